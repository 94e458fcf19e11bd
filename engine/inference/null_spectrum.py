"""Eigenvalues of Z'P_0 Z of one random term, without any n x n matrix.

Products with Z'V_0^-1 Z come from the full model's sums, evaluated where the tested
variance is zero and the others are as the null model estimates them. On one grouping
factor the matrix is diagonal, and Z'P_0 Z a diagonal less rank p: of m levels alike at
least m - p keep their value, so that the rest is small. Very large matrices that are
not so simple are known by the distribution of their eigenvalues: Gauss quadrature from
Lanczos' method on random signs (Golub and Welsch 1969, Math. Comput. 23, 221; Ubaru,
Chen and Saad 2017, SIAM J. Matrix Anal. Appl. 38, 1075).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import eigh_tridiagonal, eigvalsh

from engine.fitting.criterion import evaluate
from engine.fitting.level_blocks import product
from engine.fitting.vectors import by_factor, joined
from engine.inference.effective_freedom import effective_freedom
from engine.inference.spectral_null import Spectrum

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.fitting.criterion import Evaluation
    from engine.fitting.result import Estimates

Times = Callable[["FloatArray"], "FloatArray"]
"""A symmetric matrix, by its product with columns."""

MOST_LEVELS = 1200
"""Size of a matrix beyond which all its eigenvalues would take seconds."""
SAME = 1e-9
"""Eigenvalues that differ by this share are equal."""
ZERO = 1e-10
"""Eigenvalues below this share of the largest are zero."""
MOST_DISTINCT = 200
"""Eigenvalues beyond which neighbours are pooled, at their mean.

Neighbours within a share d of each other change the variance of their sum by d^2 / 12
of it, far below what any number of replicates would show.
"""
LEAST_REST = 1.0
"""Degrees of freedom of the residual beside other terms, however few they leave."""
PROBES, ORDER = 8, 30
"""Random columns, and the points of each one's quadrature."""
NUMBERS_AT_ONCE = 4_000_000


def null_spectrum(full: Estimates, null: Estimates, index: int) -> Spectrum:
    """Work out what the null distribution of one scalar random term depends on.

    Parameters
    ----------
    full : Estimates
        With the tested term.
    null : Estimates
        Of the same design without it.
    index : int
        Position of its block in the full design.

    Returns
    -------
    Spectrum
    """
    t, column = _place(full, index)
    restricted = _at_null(full, null, index, is_reml=True)
    tested = _Tested(restricted, t, column)
    values, counts = _pooled(*tested.eigenvalues(less_fixed=True), tested.size)
    df = effective_freedom(restricted, t, column)
    rest = _rest(df, float(counts.sum()), is_alone=len(full.design.blocks) == 1)
    if full.estimation == "REML":
        return Spectrum(values, counts, rest, df, values, counts)
    whole = _at_null(full, null, index, is_reml=False)
    penalty = _pooled(*tested.eigenvalues(less_fixed=False), tested.size)
    nu = max(effective_freedom(whole, t, column), df)
    return Spectrum(values, counts, rest, nu, *penalty)


def _rest(df: float, reached: float, *, is_alone: bool) -> float:
    """Degrees of freedom that the term does not reach; an approximation has some."""
    rest = df - reached
    return max(rest, 0.0 if is_alone else LEAST_REST)


def _place(full: Estimates, index: int) -> tuple[int, int]:
    """Factor of a block, and its column there."""
    assert full.evaluation is not None
    for t, factor in enumerate(full.evaluation.products.factors):
        if index in factor.block_indices:
            return t, factor.blocks[factor.block_indices.index(index)].start
    raise IndexError(index)


def _at_null(
    full: Estimates, null: Estimates, index: int, *, is_reml: bool
) -> Evaluation:
    """The full model's criterion where its other variances are the null model's."""
    assert full.evaluation is not None
    others = [i for i in range(len(full.design.blocks)) if i != index]
    roots = {i: null.blocks[at].root for at, i in enumerate(others)}
    lambdas = []
    for factor in full.evaluation.products.factors:
        Lambda = np.zeros((factor.n_columns, factor.n_columns))
        parts = zip(factor.blocks, factor.block_indices, factor.transforms, strict=True)
        for where, i, T in parts:
            if i in roots:
                Lambda[where, where] = T @ roots[i]
        lambdas.append(Lambda)
    return evaluate(full.evaluation.products, lambdas, is_reml=is_reml)


@dataclass(frozen=True)
class _Tested:
    """The tested term at the null.

    Attributes
    ----------
    e : Evaluation
        There.
    t, column : int
        Its factor, and its column within the factor.
    """

    e: Evaluation
    t: int
    column: int

    @property
    def n_levels(self) -> int:
        """J of its factor."""
        return self.e.products.factors[self.t].n_levels

    @cached_property
    def size(self) -> float:
        """Largest eigenvalue that rounding is measured by."""
        values, _ = self.eigenvalues(less_fixed=False)
        return float(values.max())

    @cached_property
    def diagonal(self) -> FloatArray | None:
        """Z'V_0^-1 Z where it is diagonal."""
        if len(self.e.products.factors) > 1:
            return None
        blocks = product(self.e.V.shrink, self.e.products.leaf_ZZ)
        found: FloatArray = blocks[self.column, self.column]
        return found

    @cached_property
    def fixed(self) -> FloatArray:
        """Z'V_0^-1 X times a root of (X'V_0^-1 X)^-1: shape (J, p)."""
        N = by_factor(self.e.products, self.e.N)[self.t][self.column]
        found: FloatArray = N.T @ self.e.C_root
        return found

    def eigenvalues(self, *, less_fixed: bool) -> tuple[FloatArray, FloatArray]:
        """Eigenvalues of Z'P_0 Z, or of Z'V_0^-1 Z, with how often each occurs."""
        if self.diagonal is not None:
            fixed = self.fixed if less_fixed else self.fixed[:, :0]
            found = _of_diagonal(self.diagonal, fixed)
            if found is not None:
                return found

        def times(right: FloatArray) -> FloatArray:
            made = self._times(right)
            return made - self.fixed @ (self.fixed.T @ right) if less_fixed else made

        if self.n_levels > MOST_LEVELS:
            return _quadrature(times, self.n_levels)
        values = eigvalsh(times(np.eye(self.n_levels)))
        return values, np.ones(self.n_levels)

    def _times(self, right: FloatArray) -> FloatArray:
        """Z'V_0^-1 Z times columns, a few at a time."""
        if self.diagonal is not None:
            return self.diagonal[:, None] * right
        factors = self.e.products.factors
        width = sum(factor.n_levels * factor.n_columns for factor in factors)
        step = max(1, NUMBERS_AT_ONCE // width)
        made = np.empty_like(right)
        for start in range(0, right.shape[1], step):
            columns = right[:, start : start + step].T
            m = len(columns)
            parts = [np.zeros((f.n_columns, m, f.n_levels)) for f in factors]
            parts[self.t][self.column] = columns
            effects = joined(self.e.products, parts)
            solved = self.e.V.solve(self.e.V.times_ZZ(effects))
            own = by_factor(self.e.products, solved)[self.t][self.column]
            made[:, start : start + step] = own.T
        return made


def _of_diagonal(
    diagonal: FloatArray, fixed: FloatArray
) -> tuple[FloatArray, FloatArray] | None:
    """Eigenvalues of diag(d) - F F'; None where too many values of d differ.

    Among m levels with one d, the rows of F span at most p directions; in the others
    the matrix is d.
    """
    order = np.argsort(-diagonal)
    starts = _starts(diagonal[order], SAME * float(diagonal.max()))
    groups = np.split(order, starts[1:])
    p = fixed.shape[1]
    if p and sum(min(len(group), p) for group in groups) > MOST_LEVELS:
        return None
    means = np.array([diagonal[group].mean() for group in groups])
    sizes = np.array([len(group) for group in groups])
    if not p:
        return means, sizes.astype(float)
    rows = [np.linalg.qr(fixed[group], mode="r") for group in groups]
    touched = np.array([len(own) for own in rows])
    F = np.concatenate(rows)
    moved = eigvalsh(np.diag(np.repeat(means, touched)) - F @ F.T)
    counts = (sizes - touched).astype(float)
    return np.append(means, moved), np.append(counts, np.ones(len(moved)))


def _quadrature(times: Times, size: int) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues that stand for all of a large matrix, and how many each."""
    rng = np.random.default_rng(size)  # the same answer each time
    order = min(ORDER, size)
    basis = np.zeros((order + 1, size, PROBES))
    basis[0] = rng.choice([-1.0, 1.0], (size, PROBES)) / np.sqrt(size)
    alpha, beta = np.zeros((order, PROBES)), np.zeros((order, PROBES))
    for j in range(order):
        w = times(basis[j])
        alpha[j] = np.einsum("im,im->m", basis[j], w)
        for _ in range(2):  # once leaves what rounding has mixed in
            inner = np.einsum("jim,im->jm", basis[: j + 1], w)
            w -= np.einsum("jim,jm->im", basis[: j + 1], inner)
        beta[j] = np.sqrt(np.einsum("im,im->m", w, w))
        # where a probe has seen all there is, the rest has weight zero
        is_over = beta[j] <= ZERO * np.abs(alpha[: j + 1]).max(axis=0)
        beta[j, is_over] = 0.0
        basis[j + 1] = np.where(is_over, 0.0, w / np.where(is_over, 1.0, beta[j]))
    values, counts = [], []
    for a, b in zip(alpha.T, beta.T, strict=True):
        own, vectors = eigh_tridiagonal(a, b[:-1])
        values.append(own)
        counts.append(vectors[0] ** 2 * size / PROBES)
    return np.concatenate(values), np.concatenate(counts)


def _pooled(
    values: FloatArray, counts: FloatArray, size: float
) -> tuple[FloatArray, FloatArray]:
    """Join equal eigenvalues; neighbours too, where there are very many."""
    some = (values > ZERO * size) & (counts > 0)
    order = np.argsort(-values[some])
    values, counts = values[some][order], counts[some][order]
    if not len(values):
        return values, counts
    starts = _starts(values, SAME * size)
    if len(starts) > MOST_DISTINCT:
        logs = np.log(values[0] / values)
        bins = np.floor(logs * MOST_DISTINCT / (logs[-1] * (1 + SAME)))
        starts = np.flatnonzero(np.diff(bins, prepend=-1.0))
    totals = np.add.reduceat(counts, starts)
    return np.add.reduceat(values * counts, starts) / totals, totals


def _starts(decreasing: FloatArray, gap: float) -> IntArray:
    """Where runs of values begin that are at most a gap apart."""
    found: IntArray = np.flatnonzero(np.diff(decreasing, prepend=np.inf) < -gap)
    return found
