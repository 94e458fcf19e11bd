"""The exact Hessian of the criterion along entries of the Lambdas, in closed form.

With V_i the derivative of V along entry i, c = nu / r^2 and d_i = y'P V_i P y:

    H_ij = 2 tr(L_i' G L_j) - tr(P V_i P V_j)
           + 2 c y'P V_i P V_j P y - (c / r^2) d_i d_j

(ML: V^-1 instead of P in the trace.) As V_i = Z X_i Z' with X_i equal for all levels of
a factor, tr(P V_i P V_j) needs only the *level-summed squares* of K = Z'PZ:

    Q_ts[a, b, c, d] = sum over levels l of t, m of s of K_lm[a, c] K_lm[b, d]

and those follow from cross-products of the low-rank parts of K; no array has as many
rows and columns as there are leaf levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.criterion import data_information, evaluate, within_factor
from engine.fitting.diagonal_sums import diagonal_sums
from engine.fitting.level_squares import level_squares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.block_squares import Squares
    from engine.fitting.criterion import Evaluation
    from engine.model.covariance import Entry
DIFFERENCE, SMALL = 1e-4, 1e-2
"""Change of an entry, relative to the largest of its Lambda or at least to this, by
which the slope is taken to change: truncation and rounding are then below 1e-7."""


@dataclass(frozen=True, slots=True)
class Curvature:
    """The second-order terms that the profiled and the joint Hessian share.

    Attributes
    ----------
    within : ndarray of shape (r, r)
        2 tr(L_i' G L_j).
    traces : ndarray of shape (r, r)
        tr(P V_i P V_j).
    information : ndarray of shape (r, r)
        y'P V_i P V_j P y.
    d : ndarray of shape (r,)
        y'P V_i P y.
    squares : dict of (int, int) to ndarray, or None
        Level-summed squares of K, where the traces are made of them.
    """

    within: FloatArray
    traces: FloatArray
    information: FloatArray
    d: FloatArray
    squares: Squares | None


def curvature(
    evaluation: Evaluation, entries: Sequence[Entry], *, is_rough: bool = False
) -> Curvature:
    """Take the second-order terms along the given entries.

    Parameters
    ----------
    evaluation : Evaluation
        At any Lambdas, also such without full rank.
    entries : sequence of Entry
    is_rough : bool
        Whether six digits will do: faster where the core is large.

    Returns
    -------
    Curvature
    """
    e = evaluation
    information, d = data_information(e, entries)
    within = within_factor(e.scores, entries)
    taken, squares = projected_traces(e, entries, is_rough=is_rough)
    return Curvature(within, taken, information, d, squares)


def projected_traces(
    evaluation: Evaluation, entries: Sequence[Entry], *, is_rough: bool = False
) -> tuple[FloatArray, Squares | None]:
    """tr(P V_i P V_j), the expected information of the entries.

    Parameters
    ----------
    evaluation : Evaluation
    entries : sequence of Entry
    is_rough : bool
        Whether six digits will do: faster where the core is large.

    Returns
    -------
    ndarray of shape (n_entries, n_entries)
    dict of (int, int) to ndarray, or None
        Level-summed squares of K, where the traces are made of them.
    """
    X = [direction(evaluation, entry) for entry in entries]
    if evaluation.V.is_selected:
        return _traces_by_differences(evaluation, entries, X), None
    squares = level_squares(evaluation, is_rough=is_rough)
    return traces(squares, entries, X), squares


def _traces_by_differences(
    evaluation: Evaluation, entries: Sequence[Entry], X: Sequence[FloatArray]
) -> FloatArray:
    """tr(P V_i P V_j) = -d tr(P V_i) / d entry j at fixed V_i, by central differences.

    For cores of which the inverse is known in some places only.
    """
    e, r = evaluation, len(entries)
    result = np.empty((r, r))
    for j, entry in enumerate(entries):
        step = DIFFERENCE * max(float(np.abs(e.lambdas[entry.factor]).max()), SMALL)
        sums = []
        for change in (step, -step):
            lambdas = [np.array(x) for x in e.lambdas]
            lambdas[entry.factor][entry.row, entry.column] += change
            K = diagonal_sums(evaluate(e.products, lambdas, is_reml=e.is_reml))
            ends = zip(entries, X, strict=True)
            sums.append(np.array([np.vdot(K[i.factor], X_i) for i, X_i in ends]))
        result[:, j] = (sums[1] - sums[0]) / (2 * step)
    return (result + result.T) / 2


def traces(
    squares: Squares, entries: Sequence[Entry], directions: Sequence[FloatArray]
) -> FloatArray:
    """tr(P V_i P V_j) for V_i = Z X_i Z'.

    Parameters
    ----------
    squares : dict of (int, int) to ndarray
        Level-summed squares of Z'PZ.
    entries : sequence of Entry
        Only their factors count.
    directions : sequence of ndarray of shape (k, k)
        X_i of each, symmetric.

    Returns
    -------
    ndarray of shape (n_entries, n_entries)
    """
    n_factors = max((t for t, _ in squares), default=-1) + 1
    ends = np.cumsum([0, *(len(squares[t, t]) ** 2 for t in range(n_factors))]).tolist()
    Q = np.empty((ends[-1], ends[-1]))
    for (t, s), own in squares.items():
        rows, columns = slice(ends[t], ends[t + 1]), slice(ends[s], ends[s + 1])
        Q[rows, columns] = own.reshape(rows.stop - rows.start, -1)
    X = np.zeros((len(entries), ends[-1]))
    for row, entry, direction in zip(X, entries, directions, strict=True):
        row[ends[entry.factor] : ends[entry.factor + 1]] = direction.ravel()
    made: FloatArray = X @ Q @ X.T
    return made


def profiled_hessian(
    evaluation: Evaluation, entries: Sequence[Entry], *, is_rough: bool = False
) -> FloatArray:
    """Exact Hessian of the criterion with sigma and beta profiled out.

    Parameters
    ----------
    evaluation : Evaluation
    entries : sequence of Entry
    is_rough : bool
        Whether six digits will do: faster where the core is large.

    Returns
    -------
    ndarray of shape (n_entries, n_entries)
    """
    return profiled(evaluation, curvature(evaluation, entries, is_rough=is_rough))


def profiled(evaluation: Evaluation, terms: Curvature) -> FloatArray:
    """The same from its terms."""
    c = evaluation.precision
    hessian: FloatArray = terms.within - terms.traces + 2 * c * terms.information
    return hessian - c / evaluation.r2 * np.outer(terms.d, terms.d)


def joint_hessian(evaluation: Evaluation, entries: Sequence[Entry]) -> FloatArray:
    """Exact Hessian of the deviance in (entries of Lambda, sigma) at the optimum.

    Parameters
    ----------
    evaluation : Evaluation
        At a stationary point, so that sigma^2 = r^2 / nu.
    entries : sequence of Entry

    Returns
    -------
    ndarray of shape (n_entries + 1, n_entries + 1)
        sigma is last and on the inner scale.
    """
    c, r = evaluation.precision, len(entries)
    terms = curvature(evaluation, entries)
    result = np.empty((r + 1, r + 1))
    result[:r, :r] = terms.within - terms.traces + 2 * c * terms.information
    result[:r, r] = result[r, :r] = 2 * c**1.5 * terms.d
    result[r, r] = 4 * evaluation.nu * c
    return result


def direction(evaluation: Evaluation, entry: Entry) -> FloatArray:
    """X_i = L_i Lambda' + Lambda L_i', the k x k derivative of Sigma."""
    Lambda = evaluation.lambdas[entry.factor]
    X = np.zeros((len(Lambda), len(Lambda)))
    X[entry.row] += Lambda[:, entry.column]
    return X + X.T
