"""The null distribution of the likelihood ratio of one variance, by its spectrum.

Under the null y ~ N(X beta, sigma^2 V_0), and Lambda^2 = lambda of the tested term Z is
zero. With mu_s the eigenvalues of Z'P_0 Z that are not zero, P_0 = V_0^-1 -
V_0^-1 X (X'V_0^-1 X)^-1 X'V_0^-1, and w_s^2 independent chi-squares of one degree of
freedom, the restricted likelihood ratio is distributed as

    sup over lambda >= 0 of  nu log(1 + N / D) - sum_s log(1 + lambda mu_s)
    N = sum_s w_s^2 lambda mu_s / (1 + lambda mu_s),   D = w_1^2 + ... + w_(n-p)^2 - N

with nu = n - p (Crainiceanu and Ruppert 2004, J. R. Stat. Soc. B 66, 165, there for
V_0 = I; here rows are whitened by V_0). For the full likelihood the logarithm's factor
is n, the chi-squares stay n - p, and the eigenvalues in the last sum are those of
Z'V_0^-1 Z. Chi-squares that share an eigenvalue are drawn as one.

The supremum is not read off a grid: the grid only brackets it for Newton's method.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.progress import Step, ignore

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.progress import Report

SIMULATING = "Simulating the null distribution"
STEP = 0.2
"""Between grid points in log(1 + lambda mu_1): logistic curves are five times wider."""
FARTHEST = 40.0
"""Of the grid: there is no farther optimum where the residual has any freedom."""
CLOSE = 1e-8
"""Steps below this no longer change the value: it is flat there."""
MOST_STEPS = 60
AT_ONCE = 2_000_000
"""Numbers in one array."""


@dataclass(frozen=True, slots=True)
class Spectrum:
    """What the null distribution depends on.

    Attributes
    ----------
    values : ndarray of shape (s,)
        Distinct eigenvalues mu of Z'P_0 Z, positive and decreasing.
    counts : ndarray of shape (s,)
        How many each stands for; need not be whole.
    rest : float
        Degrees of freedom that Z does not reach.
    nu : float
        n - p (REML) or n (ML); fewer beside other random terms.
    penalty_values, penalty_counts : ndarray of shape (r,)
        Eigenvalues in the log-determinant: the same for REML.
    """

    values: FloatArray
    counts: FloatArray
    rest: float
    nu: float
    penalty_values: FloatArray
    penalty_counts: FloatArray


def simulated_ratios(
    spectrum: Spectrum,
    replicates: int,
    rng: np.random.Generator,
    report: Report = ignore,
) -> FloatArray:
    """Draw likelihood ratios under the null.

    Parameters
    ----------
    spectrum : Spectrum
    replicates : int
    rng : numpy.random.Generator
    report : callable
        Called with a `Step` between chunks; may raise `Cancelled`.

    Returns
    -------
    ndarray of shape (replicates,)
        Zero where the variance would be estimated as zero.
    """
    chunk = max(1, AT_ONCE // max(len(spectrum.values), int(FARTHEST / STEP)))
    parts = []
    for start in range(0, replicates, chunk):
        report(Step(SIMULATING, start, replicates))
        shape = (min(chunk, replicates - start), len(spectrum.values))
        squares = rng.chisquare(spectrum.counts, shape)
        rest = np.zeros(shape[0])
        if spectrum.rest > 0:
            rest = rng.chisquare(spectrum.rest, shape[0])
        parts.append(greatest_ratios(spectrum, squares, rest))
    return np.concatenate(parts)


def greatest_ratios(
    spectrum: Spectrum, squares: FloatArray, rest: FloatArray
) -> FloatArray:
    """Maximise each replicate's likelihood ratio over lambda.

    Parameters
    ----------
    spectrum : Spectrum
    squares : ndarray of shape (B, s)
        Chi-squares of each distinct eigenvalue.
    rest : ndarray of shape (B,)
        That of the remaining degrees of freedom.

    Returns
    -------
    ndarray of shape (B,)
    """
    best = np.zeros(len(rest))
    if not len(spectrum.values):
        return best
    points = _grid(spectrum, squares, rest)
    on_grid = _ratios_at(spectrum, points, squares, rest)
    places = on_grid.argmax(axis=1)
    own = squares @ spectrum.values / (squares.sum(axis=1) + rest)
    rises = spectrum.nu * own > spectrum.penalty_counts @ spectrum.penalty_values
    inside = np.flatnonzero((places > 0) | rises)
    at, last = places[inside], len(points) - 1
    found = _refined(
        _Ratios(spectrum, squares[inside], rest[inside]),
        points[at],
        points[np.maximum(at - 1, 0)],
        points[np.minimum(at + 1, last)],
    )
    best[inside] = np.maximum(found, on_grid[inside, at])
    return np.maximum(best, 0.0)


def _grid(spectrum: Spectrum, squares: FloatArray, rest: FloatArray) -> FloatArray:
    """Points x = log(1 + lambda mu_1) from zero to where every optimum is behind.

    For lambda >= 1 / xi_r, the smallest eigenvalue of the penalty, a stationary point
    has lambda <= 2 nu sum(w^2 / mu) / (D(infinity) sum of the penalty's counts).
    """
    xi, K = spectrum.penalty_values, spectrum.penalty_counts.sum()
    with np.errstate(divide="ignore", over="ignore"):
        bound = 2 * spectrum.nu / K * (squares @ (1 / spectrum.values)) / rest
        farthest = np.log1p(spectrum.values[0] * max(bound.max(), 1 / xi.min()))
    n_points = int(np.ceil(min(farthest, FARTHEST) / STEP)) + 2
    return STEP * np.arange(n_points)


def _ratios_at(
    spectrum: Spectrum, points: FloatArray, squares: FloatArray, rest: FloatArray
) -> FloatArray:
    """The ratio of each replicate at each point of the grid: shape (B, points)."""
    lambdas = np.expm1(points) / spectrum.values[0]
    left = squares @ (1 / (1 + spectrum.values[:, None] * lambdas)) + rest[:, None]
    penalty = spectrum.penalty_counts @ np.log1p(
        spectrum.penalty_values[:, None] * lambdas
    )
    total = squares.sum(axis=1) + rest
    ratios: FloatArray = spectrum.nu * np.log(total[:, None] / left) - penalty
    ratios[:, 0] = 0.0
    return ratios


@dataclass(frozen=True, slots=True)
class _Ratios:
    """The ratios of some replicates as functions of x = log(1 + lambda mu_1)."""

    spectrum: Spectrum
    squares: FloatArray
    rest: FloatArray

    def of(self, rows: IntArray) -> _Ratios:
        """Some of the replicates."""
        return _Ratios(self.spectrum, self.squares[rows], self.rest[rows])

    def at(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Value, slope and curvature of each replicate at its own x."""
        own, squares = self.spectrum, self.squares
        lambdas = np.expm1(x) / own.values[0]
        kept = 1 / (1 + lambdas[:, None] * own.values)
        scaled = own.values * kept
        part = squares * kept
        left = part.sum(axis=1) + self.rest
        gained = lambdas * (squares * scaled).sum(axis=1)
        part *= scaled  # minus the derivative of what is left
        first = part.sum(axis=1)
        second = 2 * (part * scaled).sum(axis=1)
        weight = own.penalty_values / (1 + lambdas[:, None] * own.penalty_values)
        log_det = np.log1p(lambdas[:, None] * own.penalty_values) @ own.penalty_counts
        value = own.nu * np.log1p(gained / left) - log_det
        slope = own.nu * first / left - weight @ own.penalty_counts
        curvature = own.nu * ((first / left) ** 2 - second / left)
        curvature += weight**2 @ own.penalty_counts
        speed = np.exp(x) / own.values[0]  # d lambda / dx
        slope *= speed
        return value, slope, curvature * speed**2 + slope


def _refined(
    ratios: _Ratios, x: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """The maximum between low and high, by Newton's method inside a bracket."""
    best = np.zeros(len(x))
    rows = np.arange(len(x))
    for _ in range(MOST_STEPS):
        if not len(rows):
            break
        value, slope, curvature = ratios.at(x)
        best[rows] = np.maximum(best[rows], value)
        low, high = np.where(slope > 0, x, low), np.where(slope > 0, high, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            aim = x - slope / curvature
        is_good = (curvature < 0) & (aim >= low) & (aim <= high)
        aim = np.where(is_good, aim, (low + high) / 2)
        active = np.flatnonzero(np.abs(aim - x) > CLOSE)
        x, low, high = aim[active], low[active], high[active]
        rows, ratios = rows[active], ratios.of(active)
    return best
