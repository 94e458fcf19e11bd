"""The least ML deviance with one parameter held: Newton's method in free coordinates.

With sigma^2 = s the deviance, coefficients profiled out, is

    D(Lambda, s) = log|V| + n log(2 pi s) + r^2 / s

and Lambda = B phi is linear in the free coordinates phi, so that gradient and Hessian
in phi follow from those along the entries of Lambda, which are exact for any roots.
sigma is free (s = r^2 / n), held, or tied to a standard deviation that is held: that is
sigma times a linear function w'phi, so log s = const - 2 log w'phi. With c = 1/s and
d_i = y'P V_i P y the further derivatives are

    D_log s = n - c r^2 ,  D_(log s, log s) = c r^2 ,  D_(i, log s) = c d_i
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.criterion import data_information, evaluate, within_factor
from engine.fitting.hessian import curvature
from engine.fitting.level_blocks import sum_of_products
from engine.fitting.vectors import by_factor

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.fitting.crossproducts import CrossProducts
    from engine.model.covariance import Entry

ENOUGH = 1e-11
"""Decrement at which nothing is left to gain that a signed root could show."""
MAX_ITERATIONS = 60
EXACT_AFTER, NEAR = 6, 0.1
"""Iterations after which, and decrement below which, the exact Hessian is used also
where it is costly: it needs fewer steps at the end."""
MAX_HALVINGS = 20
SHORTEST, LONGEST = 0.1, 0.5
"""A step that raised the deviance is shortened to a share between these."""
LARGEST_FALL = 0.9
"""Share of a standard deviation that one step takes away at most, if it must stay."""
VANISHED = 1e-4
"""Relative standard deviation that counts as none."""
FLOOR = 1e-10
"""Curvatures count as at least this share of the largest, in absolute value."""
DOWNWARDS = -1e-7
"""Curvature below which a stationary point is a saddle; the diagonal is one."""
ESCAPES = (0.3, 0.1, 0.03, 0.01)
"""How far a saddle is left, in the units of the coordinates."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A standard deviation that is held: sigma w'phi = size.

    Attributes
    ----------
    size : float
        Positive, inner scale.
    w : ndarray of shape (n_free,)
    """

    size: float
    w: FloatArray


@dataclass(frozen=True, slots=True)
class HeldProblem:
    """What is free while one parameter is held.

    Attributes
    ----------
    products : CrossProducts
        Of the data, or of what a held coefficient leaves of them.
    entries : tuple of Entry
        Entries of the Lambdas that may differ from zero.
    basis : ndarray of shape (n_entries, n_free)
        B, orthonormal columns.
    start : ndarray of shape (n_free,)
    sigma : float or Tie or None
        Residual standard deviation on the inner scale; None where it is free.
    positive : ndarray of shape (m, n_free)
        Linear functions of the coordinates that may not change their sign: relative
        standard deviations of two effects whose correlation is held. The search ends
        where one vanishes.
    """

    products: CrossProducts
    entries: tuple[Entry, ...]
    basis: FloatArray
    start: FloatArray
    sigma: float | Tie | None = None
    positive: FloatArray | None = None

    def lambdas(self, phi: FloatArray) -> list[FloatArray]:
        """Relative covariance factors at some coordinates."""
        k = [factor.n_columns for factor in self.products.factors]
        made: list[FloatArray] = [np.zeros((own, own)) for own in k]
        for value, entry in zip(self.basis @ phi, self.entries, strict=True):
            made[entry.factor][entry.row, entry.column] = value
        return made


@dataclass(frozen=True, slots=True)
class HeldPoint:
    """The deviance at some coordinates.

    Attributes
    ----------
    phi : ndarray of shape (n_free,)
    value : float
        Deviance on the user's scale.
    evaluation : Evaluation
    variance : float
        sigma^2, inner scale.
    """

    phi: FloatArray
    value: float
    evaluation: Evaluation
    variance: float

    @property
    def sigma(self) -> float:
        """Residual standard deviation, inner scale."""
        return float(np.sqrt(self.variance))

    @property
    def rounding(self) -> float:
        """How far rounding may have moved the value."""
        return self.evaluation.rounding


def least_deviance(problem: HeldProblem) -> HeldPoint:
    """Minimise over what is free.

    Parameters
    ----------
    problem : HeldProblem

    Returns
    -------
    HeldPoint
    """
    current = _feasible(problem)
    is_costly = problem.products.cells is not None
    if not len(problem.start):
        return current
    decrement = np.inf
    for iteration in range(MAX_ITERATIONS):
        is_near = decrement < NEAR or iteration >= EXACT_AFTER
        is_exact = is_near or not is_costly
        gradient, hessian = _derivatives(problem, current, is_exact=is_exact)
        step, decrement, downwards = _newton(gradient, hessian)
        if decrement <= max(ENOUGH, current.rounding):
            moved = None if downwards is None else _escape(problem, current, downwards)
        else:
            moved = _search(problem, current, step, float(gradient @ step))
        if moved is None:
            break
        current = moved
        if has_vanished(problem, current):
            break
    return current


def has_vanished(problem: HeldProblem, point: HeldPoint) -> bool:
    """Whether what must stay positive is on its way to zero."""
    if problem.positive is None:
        return False
    return bool((problem.positive @ point.phi).min() < VANISHED)


def _feasible(problem: HeldProblem) -> HeldPoint:
    """Evaluate at the start, shrunk where random effects explain all there is."""
    phi = problem.start
    for _ in range(MAX_HALVINGS):
        found = _at(problem, phi)
        if found is not None:
            return found
        phi = phi / 4
    msg = "the random effects explain more than there is"
    raise np.linalg.LinAlgError(msg)


def _at(problem: HeldProblem, phi: FloatArray) -> HeldPoint | None:
    """Evaluate; None where the factorisation breaks down or a tied SD vanishes."""
    try:
        e = evaluate(problem.products, problem.lambdas(phi), is_reml=False)
    except np.linalg.LinAlgError:
        return None
    n, sigma = problem.products.n, problem.sigma
    if sigma is None:
        return HeldPoint(phi, e.value, e, e.r2 / n)
    if isinstance(sigma, Tie):
        share = float(sigma.w @ phi)
        if share <= 0:
            return None
        sigma = sigma.size / share
    ratio = e.r2 / (n * sigma**2)
    value = e.value + n * (ratio - 1.0 - float(np.log(ratio)))
    return HeldPoint(phi, value, e, sigma**2)


def _derivatives(
    problem: HeldProblem, point: HeldPoint, *, is_exact: bool
) -> tuple[FloatArray, FloatArray]:
    """Gradient and Hessian in phi; the Hessian's data part averaged if not exact."""
    e, c, entries = point.evaluation, 1 / point.variance, problem.entries
    n = e.products.n
    h = by_factor(e.products, e.h)
    pairs = zip(e.diagonal_sums, h, strict=True)
    scores = [K - c * sum_of_products(own, own) for K, own in pairs]
    slopes = [2.0 * G @ Lambda for G, Lambda in zip(scores, e.lambdas, strict=True)]
    along = np.array([slopes[i.factor][i.row, i.column] for i in entries])
    within = within_factor(scores, entries)
    if is_exact:
        terms = curvature(e, entries, is_rough=True)
        second, d = within - terms.traces + 2 * c * terms.information, terms.d
    else:
        information, d = data_information(e, entries)
        second = within + c * information
    B = problem.basis
    gradient, hessian, d = B.T @ along, B.T @ second @ B, B.T @ d
    if problem.sigma is None:
        return gradient, hessian - c**2 / n * np.outer(d, d)
    if isinstance(problem.sigma, Tie):
        relative = problem.sigma.w / (problem.sigma.w @ point.phi)
        rise, mixed = n - c * e.r2, c * np.outer(d, -2 * relative)
        gradient = gradient - 2 * rise * relative
        bend = 4 * c * e.r2 + 2 * rise
        hessian = hessian + mixed + mixed.T + bend * np.outer(relative, relative)
    return gradient, hessian


def _newton(
    gradient: FloatArray, hessian: FloatArray
) -> tuple[FloatArray, float, FloatArray | None]:
    """Newton's step, its decrement, and a direction that curves downwards, if any.

    Curvatures are measured with the diagonal scaled to one; negative and vanishing
    ones are made positive.
    """
    scale = np.sqrt(np.abs(hessian.diagonal()))
    scale[scale == 0] = 1.0
    values, vectors = np.linalg.eigh(hessian / np.outer(scale, scale))
    sizes = np.abs(values)
    sizes = np.maximum(sizes, FLOOR * sizes.max())
    step = -(vectors @ ((vectors.T @ (gradient / scale)) / sizes)) / scale
    down = vectors[:, 0] / scale if values[0] < DOWNWARDS else None
    if down is not None:
        down = down / np.linalg.norm(down)
    return step, float(-gradient @ step), down


def _search(
    problem: HeldProblem, current: HeldPoint, step: FloatArray, slope: float
) -> HeldPoint | None:
    """Shorten the step until the deviance does not rise; None if none does."""
    share = _share(problem, current, step)
    for _ in range(MAX_HALVINGS):
        trial = _at(problem, current.phi + share * step)
        if trial is not None and trial.value <= current.value:
            return trial
        shorter = SHORTEST
        if trial is not None:
            bend = trial.value - current.value - share * slope
            shorter = -0.5 * share * slope / bend if bend > 0 else SHORTEST
        share *= min(max(shorter, SHORTEST), LONGEST)
    return None


def _share(problem: HeldProblem, current: HeldPoint, step: FloatArray) -> float:
    """Largest share of the step that keeps positive what must be."""
    kept = problem.positive
    if isinstance(problem.sigma, Tie):
        kept = problem.sigma.w[None]
    if kept is None:
        return 1.0
    fall = float((-(kept @ step) / (kept @ current.phi)).max())
    return min(1.0, LARGEST_FALL / fall) if fall > 0 else 1.0


def _escape(
    problem: HeldProblem, current: HeldPoint, direction: FloatArray
) -> HeldPoint | None:
    """Leave a saddle along its downward direction; None where nothing is gained."""
    least = current.value - max(ENOUGH, current.rounding)
    for size in ESCAPES:
        for sign in (1.0, -1.0):
            step = sign * size * direction
            trial = _at(problem, current.phi + _share(problem, current, step) * step)
            if trial is not None and trial.value < least:
                return trial
    return None
