"""Two large crossed factors: one set of factorisations serves all replicates.

Near the fit the criterion of every replicate is a smooth function of the logarithms of
both variances. It is computed at Chebyshev's nodes of a box around the fit, where D is
the same for all replicates, and each replicate's own optimum is then found on its
polynomial. What the polynomial cannot show to be the optimum - an optimum near the edge
of the box, coefficients that have not died away, a lower value at zero - is *unsure*
and left to Newton's method.

With E and U of `schur_path` at gamma_1, and the spectrum U'EU = P diag(lambda) P',
a = P'U'E w and f = gamma_2 / (1 + gamma_2 lambda),

    D^-1 w = E (w - U P (f a)) ,   w'D^-1 w = w'E w - f . a^2

so that each gamma_1 costs one product of matrices, and each gamma_2 next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.schur_path import SchurSystem
from engine.inference.bootstrap.variance_newton import newton_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import BoolArray, FloatArray
    from engine.inference.bootstrap.variance_criterion import Data, VarianceCriterion

N_NODES = 13
"""Nodes for each variance."""
WIDTH = 4.0
"""Standard errors on each side of the fit that the box takes in."""
WIDEST_ERROR = 0.5
"""Standard error of a log variance up to which polynomials serve."""
TAIL = 1e-6
"""Size of the last coefficients from which the polynomial is not trusted."""
EDGE = 0.98
MOST_STEPS = 15
STILL = 1e-8
LARGEST_STEP = 0.5


@dataclass(frozen=True, slots=True)
class Surrogate:
    """What the polynomials say of each replicate.

    Attributes
    ----------
    s : ndarray of shape (2, B)
        The optimum.
    value, r2 : ndarray of shape (B,)
        There.
    explained : ndarray of shape (p, B)
        What predicted effects explain of y_x.
    is_sure : ndarray of bool, shape (B,)
    """

    s: FloatArray
    value: FloatArray
    r2: FloatArray
    explained: FloatArray
    is_sure: BoolArray


class SharedNodes:
    """Nodes around one fit.

    Parameters
    ----------
    criterion : VarianceCriterion
        By the Schur path, of two terms.
    system : SchurSystem
        Its D of w.
    beside : list of ndarray of shape (p, r)
        Q'Z_t R_t' of each term.
    centre, half : ndarray of shape (2,)
        Of the box, in logarithms of the variances.
    """

    def __init__(
        self,
        criterion: VarianceCriterion,
        system: SchurSystem,
        beside: Sequence[FloatArray],
        centre: FloatArray,
        half: FloatArray,
    ) -> None:
        self._criterion, self._system = criterion, system
        self._beside = [own @ system.vectors for own in beside]
        self._centre, self._half = centre, half
        angles = np.pi * (np.arange(N_NODES) + 0.5) / N_NODES
        self._nodes = np.cos(angles)
        degrees = np.arange(N_NODES)[:, None]
        self._to_coefficients = np.cos(degrees * angles) * 2 / N_NODES
        self._to_coefficients[0] /= 2
        self._gammas = [
            np.exp(c + h * self._nodes) for c, h in zip(centre, half, strict=True)
        ]
        t, o = system.largest, system.others[0]
        whole = criterion.whole if isinstance(criterion.whole, SchurSystem) else system
        log_dets = [whole.log_dets(x, self._gammas[o]) for x in self._gammas[t]]
        self._log_dets = np.array(log_dets) if t == 0 else np.array(log_dets).T
        self._spectra = [system.spectrum_beside(x) for x in self._gammas[t]]

    def minimise(self, data: Data) -> Surrogate:
        """Find each replicate's optimum in the box."""
        r2, explained = self._at_nodes(data)
        values = self._log_dets[:, :, None] + self._criterion.profiled(r2)
        coefficients = self._transformed(values)
        at, is_still = self._newton(coefficients, values)
        value = _evaluated(coefficients, at)[0]
        tail = np.abs(coefficients[-2:]).max(axis=(0, 1))
        tail = np.maximum(tail, np.abs(coefficients[:, -2:]).max(axis=(0, 1)))
        is_sure = is_still & (tail < TAIL) & (np.abs(at) < EDGE).all(axis=0)
        is_sure &= value <= values.min(axis=(0, 1)) + TAIL
        log_r2 = _evaluated(self._transformed(np.log(r2)), at)[0]
        beta = [_evaluated(self._transformed(own), at)[0] for own in explained]
        s = np.exp(self._centre[:, None] + self._half[:, None] * at)
        shape = (len(beta), len(value))
        return Surrogate(
            s, value, np.exp(log_r2), np.array(beta).reshape(shape), is_sure
        )

    def _at_nodes(self, data: Data) -> tuple[FloatArray, FloatArray]:
        """r^2, shape (K, K, B), and Q'Z Sigma R'x, shape (p, K, K, B)."""
        own, B = self._system, len(data.rest)
        t, o = own.largest, own.others[0]
        p = len(self._beside[0])
        r2 = np.empty((N_NODES, N_NODES, B))
        explained = np.empty((p, N_NODES, N_NODES, B))
        for i, large in enumerate(self._gammas[t]):
            e, lam, EUP = self._spectra[i]
            a = EUP.T @ data.w
            Ew = e[:, None] * data.w
            whole = np.einsum("rb,rb->b", data.w, Ew) + data.rest
            squares = a * a
            before = [b @ Ew for b in self._beside]
            through = [b @ EUP for b in self._beside]
            for j, small in enumerate(self._gammas[o]):
                f = small / (1 + small * lam)
                place = (i, j) if t == 0 else (j, i)
                r2[place] = whole - f @ squares
                left = large * through[t] + small * through[o]
                explained[:, *place] = large * before[t] + small * before[o]
                explained[:, *place] -= (left * f) @ a
        return r2, explained

    def _transformed(self, values: FloatArray) -> FloatArray:
        """Coefficients of Chebyshev's polynomials from values at the nodes."""
        once = np.tensordot(self._to_coefficients, values, (1, 0))
        made: FloatArray = np.tensordot(self._to_coefficients, once, (1, 1))
        return made.transpose(1, 0, 2)

    def _newton(
        self, coefficients: FloatArray, values: FloatArray
    ) -> tuple[FloatArray, BoolArray]:
        """Newton's method on the polynomials, from each replicate's best node."""
        best = values.reshape(-1, values.shape[2]).argmin(axis=0)
        at = self._nodes[np.array(np.divmod(best, N_NODES))]
        is_still = np.zeros(at.shape[1], dtype=bool)
        for _ in range(MOST_STEPS):
            _, slope, curvature = _evaluated(coefficients, at)
            step, is_indefinite = newton_step(slope, curvature)
            step = np.clip(step, -LARGEST_STEP, LARGEST_STEP)
            moved = np.clip(at + step, -1.0, 1.0)
            is_still = (np.abs(moved - at).max(axis=0) < STILL) & ~is_indefinite
            at = moved
            if is_still.all():
                break
        return at, is_still


def _evaluated(
    coefficients: FloatArray, at: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Value (B,), slope (2, B) and curvature (2, 2, B) of each polynomial."""
    (T, T1, T2), (S, S1, S2) = _polynomials(at[0]), _polynomials(at[1])
    plain, first, second = (
        np.einsum("ijb,jb->ib", coefficients, own) for own in (S, S1, S2)
    )
    sums = [
        (left * right).sum(axis=0)
        for left, right in [
            (plain, T), (plain, T1), (first, T), (plain, T2), (first, T1), (second, T),
        ]
    ]  # fmt: skip
    value, x, y, xx, xy, yy = sums
    return value, np.array([x, y]), np.array([[xx, xy], [xy, yy]])


def _polynomials(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Chebyshev's polynomials and both derivatives: each of shape (K, B)."""
    T = np.zeros((3, N_NODES, len(x)))
    T[0, 0], T[0, 1], T[1, 1] = 1.0, x, 1.0
    for j in range(1, N_NODES - 1):
        T[0, j + 1] = 2 * x * T[0, j] - T[0, j - 1]
        T[1, j + 1] = 2 * T[0, j] + 2 * x * T[1, j] - T[1, j - 1]
        T[2, j + 1] = 4 * T[1, j] + 2 * x * T[2, j] - T[2, j - 1]
    return T[0], T[1], T[2]


def box_around(
    criterion: VarianceCriterion, s: FloatArray, data: Data
) -> tuple[FloatArray, FloatArray] | None:
    """Centre and half widths of a box in log variances that holds nearly all optima.

    Parameters
    ----------
    criterion : VarianceCriterion
    s : ndarray of shape (2,)
        The fit.
    data : Data
        The data themselves.

    Returns
    -------
    tuple of ndarray of shape (2,), or None
        None where a variance is zero or too uncertain.
    """
    if (s <= 0).any():
        return None
    local = criterion.local(s[:, None], data)
    H = s[:, None] * local.hessian[:, :, 0] * s
    H[[0, 1], [0, 1]] += s * local.gradient[:, 0]
    if np.linalg.eigvalsh(H)[0] <= 0:
        return None
    errors = np.sqrt(2 * np.linalg.inv(H).diagonal())
    if errors.max() > WIDEST_ERROR:
        return None
    return np.log(s), WIDTH * errors
