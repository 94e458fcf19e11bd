"""The criterion near an optimum: smooth coordinates and the exact curvature in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.criterion import score
from engine.fitting.hessian import curvature, profiled
from engine.fitting.nearby import nearby_sums
from engine.model.covariance import Entry, lower_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.block_squares import Squares
    from engine.fitting.blocks import Block
    from engine.fitting.criterion import Evaluation

NOTABLE = 0.1
"""Relative standard deviation that is notable beside the residual one."""
ROUNDING = 1e-12
"""Share of the largest curvature that may be rounding."""
LITTLE_DOUBT = 1e-15
"""Decrement that what is left out of a slope may make up."""


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Smooth local coordinates of all Sigmas of the rank reached.

    Where a block has lost rank, its Lambda is replaced by a root with empty columns:
    variances at zero are then held there, as when the model without them were fitted.
    Rotations of the remaining columns change nothing and are projected out.

    Attributes
    ----------
    evaluation : Evaluation
        The same point with the replaced Lambdas.
    blocks : tuple of Block
        The blocks at that point.
    entries : tuple of Entry
        Entries of the Lambdas that move.
    basis : ndarray of shape (n_entries, n_free)
        Orthonormal directions that change Sigma.
    """

    evaluation: Evaluation
    blocks: tuple[Block, ...]
    entries: tuple[Entry, ...]
    basis: FloatArray


def regular_coordinates(evaluation: Evaluation) -> Coordinates:
    """Find coordinates in which the criterion is smooth and curved.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    Coordinates
    """
    lambdas = [np.array(x) for x in evaluation.lambdas]
    entries: list[Entry] = []
    bases: list[FloatArray] = []
    blocks = evaluation.blocks
    for block in blocks:
        start, k, rank = block.columns.start, len(block.values), block.n_kept
        if rank == k:
            own = [
                Entry(block.factor, start + a, start + b)
                for b in range(k)
                for a in range(b, k)
            ]
            basis: FloatArray = np.eye(len(own))
        else:
            root = np.zeros((k, k))
            kept = np.sqrt(block.values[:rank])
            root[:, :rank] = block.vectors[:, :rank] * kept
            lambdas[block.factor][block.columns, block.columns] = root
            own = [
                Entry(block.factor, start + a, start + b)
                for b in range(rank)
                for a in range(k)
            ]
            basis = _without_rotations(root[:, :rank])
        entries += own
        bases.append(basis)
    is_lost = any(block.n_kept < len(block.values) for block in blocks)
    moved = replace(evaluation, lambdas=tuple(lambdas)) if is_lost else evaluation
    return Coordinates(moved, blocks, tuple(entries), _block_diagonal(bases))


def _without_rotations(root: FloatArray) -> FloatArray:
    """Directions of a k x r root, column by column, that change root root'."""
    k, r = root.shape
    spins = []
    for a in range(r):
        for b in range(a):
            spin = np.zeros((r, r))
            spin[a, b], spin[b, a] = 1.0, -1.0
            spins.append((root @ spin).T.ravel())
    if not spins:
        return np.eye(k * r)
    left, _, _ = np.linalg.svd(np.column_stack(spins))
    free: FloatArray = left[:, len(spins) :]
    return free


def _block_diagonal(bases: list[FloatArray]) -> FloatArray:
    """Bases of all blocks side by side."""
    rows = sum(b.shape[0] for b in bases)
    result = np.zeros((rows, sum(b.shape[1] for b in bases)))
    row = column = 0
    for basis in bases:
        result[row : row + len(basis), column : column + basis.shape[1]] = basis
        row, column = row + len(basis), column + basis.shape[1]
    return result


@dataclass(frozen=True, slots=True)
class SecondOrder:
    """Slope and curvature of the criterion in regular coordinates.

    Attributes
    ----------
    where : Coordinates
    gradient : ndarray of shape (n_free,)
    hessian : ndarray of shape (n_free, n_free)
        Exact.
    curvatures : ndarray of shape (n_free,)
        Ascending eigenvalues when each direction is measured relative to the standard
        deviation it changes: the criterion rises by c/2 t^2 when it changes t-fold.
    flattest : ndarray of shape (n_entries,)
        The direction of the smallest one, by entry, in those units.
    units : ndarray of shape (n_entries,)
        The standard deviation that each entry changes.
    squares : dict of (int, int) to ndarray, or None
        Level-summed squares of K, where slopes nearby are taken from them.
    """

    where: Coordinates
    gradient: FloatArray
    hessian: FloatArray
    curvatures: FloatArray
    flattest: FloatArray
    units: FloatArray
    squares: Squares | None = None

    @property
    def is_curved(self) -> bool:
        """Whether every direction curves upwards, by more than rounding."""
        c = self.curvatures
        return len(c) == 0 or bool(c[0] > ROUNDING * c[-1])

    @property
    def is_saddle(self) -> bool:
        """Whether some direction curves downwards, by more than rounding."""
        c = self.curvatures
        return len(c) > 0 and bool(c[0] < -ROUNDING * np.abs(c).max())

    @property
    def slope(self) -> float:
        """Size of the slope that is left, in the units of the curvatures."""
        return float(np.linalg.norm(self.units * (self.where.basis @ self.gradient)))

    def newton(self, gradient: FloatArray) -> tuple[FloatArray, float]:
        """Newton's step and decrement at a slope; the Hessian must be definite."""
        step = -np.linalg.solve(self.hessian, gradient)
        return step, float(-gradient @ step)

    def roots(self, step: FloatArray) -> list[FloatArray]:
        """Roots of the Sigmas after a step of shape (n_free,)."""
        return self._changed(self.where.basis @ step)

    def theta(self, step: FloatArray) -> FloatArray:
        """Theta after a step of shape (n_free,)."""
        return self._theta(self.roots(step))

    def theta_along(self, size: float) -> FloatArray:
        """Theta after moving along the flattest direction, relative to its units."""
        direction = self.flattest / np.abs(self.flattest).max()
        return self._theta(self._changed(size * self.units * direction))

    def newton_at(
        self, evaluation: Evaluation, step: FloatArray
    ) -> tuple[FloatArray, float]:
        """Newton's step, and at most the decrement, where a step has led."""
        roots = self.roots(step)
        if self.squares is not None:
            here = self.where.evaluation
            sums, rests = nearby_sums(evaluation, here, self.squares)
            doubt = self.newton(self._slopes(rests, roots))[1]
            if doubt < LITTLE_DOUBT:
                scores = score(evaluation, sums)
                further, decrement = self.newton(self._slopes(scores, roots))
                return further, (decrement**0.5 + doubt**0.5) ** 2
        return self.newton(self._slopes(evaluation.scores, roots))

    def _slopes(
        self, scores: Sequence[FloatArray], roots: Sequence[FloatArray]
    ) -> FloatArray:
        """Slopes in these coordinates from those along the Sigmas."""
        made: FloatArray = self.where.basis.T @ _slopes(
            scores, roots, self.where.entries
        )
        return made

    def _changed(self, change: FloatArray) -> list[FloatArray]:
        """Roots after a change of shape (n_entries,)."""
        lambdas = [np.array(x) for x in self.where.evaluation.lambdas]
        for entry, value in zip(self.where.entries, change, strict=True):
            lambdas[entry.factor][entry.row, entry.column] += value
        return lambdas

    def _theta(self, roots: list[FloatArray]) -> FloatArray:
        """Theta of any roots."""
        products = self.where.evaluation.products
        for factor, root in zip(products.factors, roots, strict=True):
            for columns in factor.blocks:
                root[columns, columns] = lower_factor(root[columns, columns])
        return products.layout.theta(roots)


def second_order(evaluation: Evaluation) -> SecondOrder:
    """Take the exact slope and curvature at a point.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    SecondOrder
    """
    where = regular_coordinates(evaluation)
    e, entries, basis = where.evaluation, where.entries, where.basis
    if not entries:
        none = np.zeros(0)
        return SecondOrder(where, none, np.zeros((0, 0)), none, none, none)
    terms = curvature(e, entries, is_rough=True)
    hessian = profiled(e, terms)
    units = _units(e, where.blocks, entries)
    relative = basis.T @ (hessian * np.outer(units, units)) @ basis
    values, vectors = np.linalg.eigh(relative)
    return SecondOrder(
        where,
        basis.T @ _slopes(e.scores, e.lambdas, entries),
        basis.T @ hessian @ basis,
        values,
        basis @ vectors[:, 0],
        units,
        terms.squares if _is_costly(e, where.blocks) else None,
    )


def _is_costly(evaluation: Evaluation, blocks: Sequence[Block]) -> bool:
    """Whether slopes nearby had better not be worked out anew.

    Then there are no directions without variance, whose slopes the proof would need.
    """
    core = evaluation.V.core
    is_whole = all(block.n_kept == len(block.values) for block in blocks)
    return is_whole and core is not None and core.is_rough


def _slopes(
    scores: Sequence[FloatArray],
    roots: Sequence[FloatArray],
    entries: Sequence[Entry],
) -> FloatArray:
    """dd/droot = 2 G root, at the given entries."""
    slopes = [2 * G @ root for G, root in zip(scores, roots, strict=True)]
    return np.array([slopes[i.factor][i.row, i.column] for i in entries])


def _units(
    evaluation: Evaluation, blocks: Sequence[Block], entries: Sequence[Entry]
) -> FloatArray:
    """Relative standard deviation of the column that each entry is about.

    A block that lost rank moves as a whole: its largest one. What is nearly zero is
    measured by what would be notable.
    """
    units = [
        np.maximum(np.sqrt(np.diag(Sigma)), NOTABLE) for Sigma in evaluation.V.sigmas
    ]
    for block in blocks:
        if block.n_kept < len(block.values):
            own = units[block.factor][block.columns]
            own[:] = own.max()
    return np.array([units[entry.factor][entry.row] for entry in entries])
