"""The criterion near an optimum: smooth coordinates and the exact curvature in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.blocks import blocks_of
from engine.fitting.criterion import score
from engine.fitting.hessian import profiled_hessian
from engine.model.covariance import Entry, lower_factor

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation


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


@dataclass(frozen=True, slots=True)
class SecondOrder:
    """Slope and curvature of the criterion in regular coordinates.

    Attributes
    ----------
    where : Coordinates
    gradient : ndarray of shape (n_free,)
    hessian : ndarray of shape (n_free, n_free)
        Exact.
    flatness : float
        Smallest over largest eigenvalue when each direction is measured relative to
        the standard deviation it changes; one without directions.
    flattest : ndarray of shape (n_entries,)
        The direction of that smallest eigenvalue, by entry.
    """

    where: Coordinates
    gradient: FloatArray
    hessian: FloatArray
    flatness: float
    flattest: FloatArray

    @property
    def decrement(self) -> float:
        """g'H^-1 g: twice the criterion still to gain; the Hessian must be definite."""
        return float(self.gradient @ np.linalg.solve(self.hessian, self.gradient))

    def moved(self, step: FloatArray) -> FloatArray:
        """Theta after a step of shape (n_free,)."""
        e = self.where.evaluation
        lambdas = [np.array(x) for x in e.lambdas]
        change = self.where.basis @ step
        for entry, value in zip(self.where.entries, change, strict=True):
            lambdas[entry.factor][entry.row, entry.column] += value
        for factor, Lambda in zip(e.products.factors, lambdas, strict=True):
            for columns in factor.blocks:
                Lambda[columns, columns] = lower_factor(Lambda[columns, columns])
        return e.products.layout.theta(lambdas)


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
    e, basis = where.evaluation, where.basis
    if not where.entries:
        return SecondOrder(where, np.zeros(0), np.zeros((0, 0)), 1.0, np.zeros(0))
    hessian = profiled_hessian(e, where.entries, is_rough=True)
    slopes = [2 * G @ Lambda for G, Lambda in zip(score(e), e.lambdas, strict=True)]
    gradient = np.array([slopes[i.factor][i.row, i.column] for i in where.entries])
    units = np.array([_unit(e, entry) for entry in where.entries])
    relative = basis.T @ (hessian * np.outer(units, units)) @ basis
    values, vectors = np.linalg.eigh(relative)
    return SecondOrder(
        where,
        basis.T @ gradient,
        basis.T @ hessian @ basis,
        float(values[0] / np.abs(values).max()),
        basis @ vectors[:, 0],
    )


def _unit(evaluation: Evaluation, entry: Entry) -> float:
    """Relative standard deviation of the column that the entry is about.

    A block that lost rank moves as a whole: its largest one.
    """
    Sigma = evaluation.V.sigmas[entry.factor]
    for block in blocks_of(evaluation):
        inside = block.columns.start <= entry.row < block.columns.stop
        if block.factor == entry.factor and inside:
            is_whole = block.n_kept == len(block.values)
            rows = entry.row if is_whole else block.columns
            return float(np.sqrt(np.diag(Sigma)[rows].max()))
    raise AssertionError(entry)
