"""Each parameter of a model as something that can be held while the rest is free.

A coefficient is held by taking its column out of X and its value times the column out
of y, both in the cross-products. A standard deviation or a correlation of a block is
held through a root U of the block's covariance, relative to sigma^2 and in the user's
units, whose rows are ordered so that those concerned come first:

    sd(a):     U_1 = (s, 0, ...)                            sigma s = sd
    cor(a, b): U_1 = (s, 0, ...),  U_2 = t (rho, sqrt(1 - rho^2), 0, ...)

What is free is linear in U and therefore in the whitened root Lambda = T U.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.linalg import solve_triangular

from engine.fitting.level_blocks import by_right
from engine.inference.held_fit import HeldProblem, Tie
from engine.model.covariance import Entry, lower_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.crossproducts import CrossProducts
    from engine.fitting.factors import Factor

NOT_ZERO = 0.03
"""Relative standard deviation, on whitened columns, from which searches set out: at
zero the deviance is stationary, whether that is its least value or not."""


@dataclass(frozen=True, slots=True)
class Near:
    """Where a search with a parameter held sets out.

    Attributes
    ----------
    lambdas : sequence of ndarray of shape (k, k)
        Whitened roots at a value nearby.
    sigma : float
        Residual standard deviation there, inner scale.
    """

    lambdas: Sequence[FloatArray]
    sigma: float


class Held(Protocol):
    """A parameter that can be held."""

    def problem(self, value: float, near: Near) -> HeldProblem:
        """What is free when the parameter has a value."""
        ...


@dataclass(frozen=True, slots=True)
class Block:
    """A correlated block of random effects.

    Attributes
    ----------
    factor : int
    columns : slice
    transform : ndarray of shape (k, k)
        T with Z = Z_white T.
    """

    factor: int
    columns: slice
    transform: FloatArray

    @property
    def sizes(self) -> FloatArray:
        """Root mean squares of the user's columns."""
        made: FloatArray = np.linalg.norm(self.transform, axis=0)
        return made

    def user_root(self, lambdas: Sequence[FloatArray]) -> FloatArray:
        """Root of the block's relative covariance in the user's units."""
        own = lambdas[self.factor][self.columns, self.columns]
        made: FloatArray = solve_triangular(self.transform, own)
        return made


def block_at(factors: Sequence[Factor], index: int) -> Block:
    """Find the block at a position in the design's list."""
    for t, factor in enumerate(factors):
        for where, own, T in zip(
            factor.blocks, factor.block_indices, factor.transforms, strict=True
        ):
            if own == index:
                return Block(t, where, T)
    raise IndexError(index)


@dataclass(frozen=True, slots=True)
class HeldCoefficient:
    """One coefficient of a kept column of X."""

    products: CrossProducts
    place: int

    def problem(self, value: float, near: Near) -> HeldProblem:
        """See `Held`."""
        return _free_roots(_without(self.products, self.place, value), near.lambdas)


@dataclass(frozen=True, slots=True)
class HeldSigma:
    """The residual standard deviation, as its logarithm."""

    products: CrossProducts

    def problem(self, value: float, near: Near) -> HeldProblem:
        """See `Held`."""
        sigma = float(np.exp(value)) / self.products.y_scale
        return replace(_free_roots(self.products, near.lambdas), sigma=sigma)


@dataclass(frozen=True, slots=True)
class HeldDeviation:
    """The standard deviation of one effect of a block."""

    products: CrossProducts
    block: Block
    row: int

    def problem(self, value: float, near: Near) -> HeldProblem:
        """See `Held`."""
        k = len(self.block.transform)
        order = [self.row, *(i for i in range(k) if i != self.row)]
        U = lower_factor(self.block.user_root(near.lambdas)[order])
        sizes = self.block.sizes[order]
        if value == 0:
            rest = _lifted(lower_factor(U[1:]), sizes[1:]) if k > 1 else U[:0, :0]
            U = np.zeros((k, k))
            U[1:, 1:] = rest
            places = [(r, c) for c in range(1, k) for r in range(c, k)]
            return _free_block(
                self.products, near.lambdas, self.block, order, U, _units(places, k)
            )
        U = _lifted(U, sizes)
        sd = value / self.products.y_scale
        U[0, 0] = sd / near.sigma
        places = [(r, c) for c in range(k) for r in range(c, k)]
        made = _free_block(
            self.products, near.lambdas, self.block, order, U, _units(places, k)
        )
        return replace(made, sigma=Tie(sd, _relative_sd(made, self.block, self.row, 0)))


@dataclass(frozen=True, slots=True)
class HeldCorrelation:
    """The correlation of two effects of a block."""

    products: CrossProducts
    block: Block
    rows: tuple[int, int]

    def problem(self, value: float, near: Near) -> HeldProblem:
        """See `Held`."""
        k = len(self.block.transform)
        order = [*self.rows, *(i for i in range(k) if i not in self.rows)]
        U = lower_factor(self.block.user_root(near.lambdas)[order])
        sizes = self.block.sizes[order]
        s, t = np.maximum(np.linalg.norm(U[:2], axis=1), NOT_ZERO / sizes[:2])
        direction = np.array([value, np.sqrt(max(1.0 - value**2, 0.0))])
        U = _lifted(U, sizes)
        U[0, 0], U[1, :2] = s, t * direction
        both = np.zeros((k, k))
        both[1, :2] = direction
        places = [(r, c) for c in range(k) for r in range(max(c, 2), k)]
        directions = [*_units([(0, 0)], k), both, *_units(places, k)]
        made = _free_block(
            self.products, near.lambdas, self.block, order, U, directions
        )
        s_share = sizes[0] * _relative_sd(made, self.block, self.rows[0], 0)
        column = 0 if abs(direction[0]) > direction[1] else 1
        t_share = _relative_sd(made, self.block, self.rows[1], column)
        t_share *= sizes[1] / direction[column]
        return replace(made, positive=np.array([s_share, t_share]))


def _relative_sd(
    problem: HeldProblem, block: Block, row: int, column: int
) -> FloatArray:
    """How the free coordinates make one element of the block's user root."""
    back = solve_triangular(block.transform, np.eye(len(block.transform)))[row]
    first = block.columns.start
    weights = np.zeros(len(problem.entries))
    for i, entry in enumerate(problem.entries):
        if entry.factor == block.factor and entry.column == first + column:
            weights[i] = _at_row(back, entry.row - first)
    made: FloatArray = problem.basis.T @ weights
    return made


def _at_row(values: FloatArray, row: int) -> float:
    """An element; zero outside, where another block of the factor stands."""
    return float(values[row]) if 0 <= row < len(values) else 0.0


def _units(places: Sequence[tuple[int, int]], k: int) -> list[FloatArray]:
    """Matrices with a one in one place."""
    made: list[FloatArray] = []
    for place in places:
        unit: FloatArray = np.zeros((k, k))
        unit[place] = 1.0
        made.append(unit)
    return made


def _lifted(U: FloatArray, sizes: FloatArray) -> FloatArray:
    """A lower factor with pivots off zero."""
    made = np.array(U)
    pivots = np.diag_indices_from(made)
    made[pivots] = np.maximum(made[pivots], NOT_ZERO / sizes)
    return made


def _without(products: CrossProducts, place: int, value: float) -> CrossProducts:
    """Cross-products of what is left when one coefficient is known.

    With the user's coefficients R^-1 (u b + b_0) for b on Q, unit u and the part b_0
    that was taken out of y before, r the row of R^-1: r'b is known, and b = a + B z for
    an orthonormal B with r'B = 0. [Q y] becomes [Q B, y - Q a].
    """
    p = products.p
    r = solve_triangular(products.R, np.eye(p))[place]
    known = (value - r @ products.y_coefficients) / products.y_scale
    B = np.linalg.qr(r[:, None], mode="complete")[0][:, 1:]
    M = np.zeros((p + 1, p))
    M[:p, : p - 1], M[:p, -1], M[p, -1] = B, -known * r / (r @ r), 1.0
    shift, border = products.shift, products.border
    return replace(
        products,
        p=p - 1,
        QyQy=M.T @ products.QyQy @ M,
        leaf_ZQy=by_right(products.leaf_ZQy, M),
        core_ZQy=products.core_ZQy @ M,
        shift=None if shift is None else by_right(shift, M),
        border=None if border is None else replace(border, ZQy=border.ZQy @ M),
    )


def _free_roots(
    products: CrossProducts, lambdas: Sequence[FloatArray], held: Block | None = None
) -> HeldProblem:
    """All blocks free, but for one that is left out."""
    entries: list[Entry] = []
    start: list[float] = []
    for t, factor in enumerate(products.factors):
        for where in factor.blocks:
            if held is not None and (t, where) == (held.factor, held.columns):
                continue
            own = lower_factor(lambdas[t][where, where])
            own = _lifted(own, np.ones(len(own)))
            for column in range(len(own)):
                for row in range(column, len(own)):
                    entries.append(Entry(t, where.start + row, where.start + column))
                    start.append(float(own[row, column]))
    return HeldProblem(products, tuple(entries), np.eye(len(start)), np.array(start))


def _free_block(
    products: CrossProducts,
    lambdas: Sequence[FloatArray],
    block: Block,
    order: Sequence[int],
    U: FloatArray,
    directions: Sequence[FloatArray],
) -> HeldProblem:
    """All other blocks free, and one along some directions of its user root.

    Parameters
    ----------
    products : CrossProducts
    lambdas : sequence of ndarray of shape (k, k)
    block : Block
    order : sequence of int
        The user's columns in the order of the rows of U.
    U : ndarray of shape (k, k)
        Where to set out; a combination of the directions.
    directions : sequence of ndarray of shape (k, k)
    """
    others = _free_roots(products, lambdas, block)
    T = block.transform[:, order]
    k, first = len(T), block.columns.start
    entries = tuple(
        Entry(block.factor, first + row, first + column)
        for row in range(k)
        for column in range(k)
    )
    # orthonormal, or the coordinates of nearly dependent columns were ill-conditioned
    columns = [(T @ own).ravel() / np.linalg.norm(T @ own) for own in directions]
    own_basis = (
        np.linalg.qr(np.array(columns).T)[0] if columns else np.zeros((k * k, 0))
    )
    n, m = others.basis.shape[0], own_basis.shape[1]
    basis = np.zeros((n + k * k, n + m))
    basis[:n, :n], basis[n:, n:] = others.basis, own_basis
    own_start = own_basis.T @ (T @ U).ravel()
    return HeldProblem(
        products,
        (*others.entries, *entries),
        basis,
        np.concatenate([others.start, own_start]),
    )
