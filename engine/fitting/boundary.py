"""Zero variances and perfect correlations: reached exactly, left when false.

theta = 0 is always stationary, optimum or not. What decides is dd/dSigma on the
directions that have no variance: when it is positive semidefinite there, adding
variance can only make the fit worse and the boundary is the optimum; when not, the
eigenvector of its negative eigenvalue is the way out (Karush, Kuhn and Tucker).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.criterion import score
from engine.fitting.hessian import profiled_hessian
from engine.model.covariance import Entry, lower_factor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.fitting.newton import Minimiser, Path

NEARLY_ZERO = 1e-3
"""Relative standard deviations below this are tried at zero."""
LOST = 1e-14
"""Share of the largest eigenvalue (or of one) below which rank is lost."""
ESCAPES = (0.3, 0.1, 0.03, 0.01, 0.003)
"""Relative standard deviations at which a false zero is left."""
GAIN = 1e-9
"""Fall of the criterion that counts as real."""
MAX_ESCAPES = 10


@dataclass(frozen=True, slots=True)
class Block:
    """One correlated block of one factor, at the values reached."""

    factor: int
    columns: slice
    values: FloatArray
    vectors: FloatArray

    @property
    def n_kept(self) -> int:
        """Rank of the block's Sigma."""
        largest = max(1.0, float(self.values.max(initial=0.0)))
        return int((self.values > LOST * largest).sum())


def blocks_of(evaluation: Evaluation) -> Iterator[Block]:
    """Eigenvalues (descending) and eigenvectors of every block's Sigma."""
    for t, factor in enumerate(evaluation.products.factors):
        for columns in factor.blocks:
            Sigma = evaluation.V.sigmas[t][columns, columns]
            values, vectors = np.linalg.eigh(Sigma)
            yield Block(t, columns, np.maximum(values[::-1], 0.0), vectors[:, ::-1])


def boundary_eigenvalue(evaluation: Evaluation) -> float:
    """Smallest eigenvalue of dd/dSigma on the directions without variance.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    float
        Positive: adding variance makes the fit worse. NaN when no rank is lost.
    """
    smallest = [value for value, _, _ in _ways_out(evaluation)]
    return min(smallest, default=float("nan"))


def _ways_out(evaluation: Evaluation) -> list[tuple[float, Block, FloatArray]]:
    """Smallest eigenvalue, and its direction, in each block without full rank."""
    scores = score(evaluation)
    result = []
    for block in blocks_of(evaluation):
        lost = block.vectors[:, block.n_kept :]
        if lost.shape[1]:
            G = scores[block.factor][block.columns, block.columns]
            values, vectors = np.linalg.eigh(lost.T @ G @ lost)
            result.append((float(values[0]), block, lost @ vectors[:, 0]))
    return result


def settle(minimiser: Minimiser, path: Path) -> Path:
    """Put nearly lost directions to exactly zero, and leave false optima.

    Parameters
    ----------
    minimiser : Minimiser
    path : Path
        Where Newton's method stopped.

    Returns
    -------
    Path
        A point that is optimal also against adding variance, unless escapes ran out.
    """
    for _ in range(MAX_ESCAPES):
        path = _snap(minimiser, path)
        start = _escape_zero(minimiser, path)
        if start is None:
            start = _escape_saddle(minimiser, path)
        if start is None:
            break
        again = minimiser.minimise(start)
        path = replace(again, history=path.history + again.history)
    return replace(path, n_evaluations=minimiser.n_evaluations)


def _snap(minimiser: Minimiser, path: Path) -> Path:
    """Try zero for the small directions of each block; keep it if nothing is lost."""
    layout = minimiser.layout
    for block in blocks_of(path.evaluation):
        small = (block.values < NEARLY_ZERO**2) & (block.values > 0)
        if not small.any():
            continue
        values = np.where(small, 0.0, block.values)
        lambdas = [np.array(x) for x in layout.lambdas(path.theta)]
        root = lower_factor(block.vectors * np.sqrt(values))
        lambdas[block.factor][block.columns, block.columns] = root
        theta = layout.theta(lambdas)
        evaluation = minimiser.evaluate(theta)
        if evaluation.value <= path.evaluation.value + GAIN:
            path = replace(path, theta=theta, evaluation=evaluation)
    return path


def _escape_zero(minimiser: Minimiser, path: Path) -> FloatArray | None:
    """Return a better theta off a false zero, or None when the zeros are genuine."""
    layout = minimiser.layout
    for value, block, direction in _ways_out(path.evaluation):
        if value >= 0:
            continue
        for size in ESCAPES:
            lambdas = [np.array(x) for x in layout.lambdas(path.theta)]
            root = lambdas[block.factor][block.columns, block.columns]
            wider = np.column_stack([root, size * direction])
            lambdas[block.factor][block.columns, block.columns] = lower_factor(wider)
            theta = layout.theta(lambdas)
            if minimiser.evaluate(theta).value < path.evaluation.value - GAIN:
                return theta
    return None


def _escape_saddle(minimiser: Minimiser, path: Path) -> FloatArray | None:
    """Return a better theta along negative curvature, or None at a minimum."""
    entries = minimiser.layout.entries
    if not entries:
        return None
    values, vectors = np.linalg.eigh(profiled_hessian(path.evaluation, entries))
    if values[0] >= -LOST * max(1.0, values[-1]):
        return None
    for size in ESCAPES:
        for sign in (1.0, -1.0):
            theta = path.theta + sign * size * vectors[:, 0]
            if minimiser.evaluate(theta).value < path.evaluation.value - GAIN:
                return theta
    return None


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
    entries : tuple of Entry
        Entries of the Lambdas that move.
    basis : ndarray of shape (n_entries, n_free)
        Orthonormal directions that change Sigma.
    """

    evaluation: Evaluation
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
    for block in blocks_of(evaluation):
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
    moved = replace(evaluation, lambdas=tuple(lambdas))
    return Coordinates(moved, tuple(entries), _block_diagonal(bases))


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
