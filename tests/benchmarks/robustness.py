"""Is each of many random designs fitted as well as the best of many starts?

Run from the project's root: python -m tests.benchmarks robustness [FAMILY ...]

Beside our own search from random starts, scipy minimises the criterion written with
n x n matrices on some of the designs: a check that shares no code with the engine.
"""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

import engine
from engine.errors import EngineError
from engine.fitting.certificate import Verdict
from engine.fitting.crossproducts import reduce_rows
from tests.benchmarks.battery import FAMILIES, N_EACH, SEED, trial
from tests.benchmarks.brute_force import extended_criterion, roots_of
from tests.benchmarks.multistart import Optima, best_of, random_theta
from tests.engine.simulated import dense_criterion

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.crossproducts import CrossProducts
    from engine.model.design import Design
    from tests.benchmarks.battery import Trial

N_STARTS = 24
TARGET = 1e-5
"""Most that a criterion may lie above the best known."""
APART = 1e-2
"""Relative difference of covariances from which equally good ones are different."""
CHECKED_EVERY, CHECKED_ROWS, CHECKED_STARTS = 3, 160, 3
"""Every third design with at most so many rows is checked by scipy."""
EXTENDED_ROWS, EXTENDED_POINTS = 300, 8
"""Sizes up to which lower criteria are worked out again."""
OUTSIDE = 1e10
"""Given to scipy where the criterion cannot be computed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one design.

    Attributes
    ----------
    trial : Trial
    verdict : str
        Of the certificate; "refused" with a message, or "broken" by an exception.
    message : str
    excess : float
        Criterion less the best known.
    by_scipy : float
        The same against scipy; NaN where it was not asked.
    doubts : tuple of str
        What multi-start says against the verdict.
    """

    trial: Trial
    verdict: str
    message: str
    excess: float = float("nan")
    by_scipy: float = float("nan")
    doubts: tuple[str, ...] = ()

    @property
    def is_unnamed(self) -> bool:
        """Whether nothing is proved and no name is given for the reason."""
        is_proved = self.verdict not in (Verdict.STOPPED, Verdict.NOT_IDENTIFIED)
        return self.verdict == "broken" or not (is_proved or "'" in self.message)

    @property
    def is_finding(self) -> bool:
        """Whether a reader should look into it."""
        worst = np.fmax(self.excess, self.by_scipy)
        return worst > TARGET or bool(self.doubts) or self.is_unnamed


def outcome(which: Trial) -> Outcome:
    """Fit one design and compare.

    Parameters
    ----------
    which : Trial

    Returns
    -------
    Outcome
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model = engine.fit(
                which.formula,
                which.frame,
                weights=which.weights,
                estimation=which.estimation,
            )
    except EngineError as error:
        return Outcome(which, "refused", error.message)
    except Exception as error:  # noqa: BLE001 - whatever breaks a fit is a finding
        return Outcome(which, "broken", f"{type(error).__name__}: {error}")
    design = model.estimates.design
    products, is_reml = reduce_rows(design), which.estimation == "REML"
    rng = np.random.default_rng(which.number)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        optima = best_of(products, design, is_reml=is_reml, n_starts=N_STARTS, rng=rng)
    at_ours = products.layout.theta(model.estimates.evaluation.lambdas)
    excess = _excess(model.criterion, at_ours, optima, design, products, is_reml)
    by_scipy = float("nan")
    is_asked = which.number % CHECKED_EVERY == 0
    if is_asked and products.n <= CHECKED_ROWS and not products.dependencies:
        ours = model.estimates.evaluation.lambdas
        by_scipy = _above_scipy(products, design, ours, is_reml=is_reml, rng=rng)
    convergence = model.convergence
    return Outcome(
        which,
        str(convergence.verdict),
        convergence.message,
        excess,
        by_scipy,
        tuple(_doubts(convergence.verdict, model.criterion, optima)),
    )


def _excess(
    value: float,
    theta: FloatArray,
    optima: Optima,
    design: Design,
    products: CrossProducts,
    is_reml: bool,
) -> float:
    """How far a criterion lies above the best that other starts found.

    What seems lower by more than the target is worked out again in extended precision:
    at variances of 1e12 and more the engine's criterion may be rounding.
    """
    lower = [one for one in optima.found if one.value < value - TARGET]
    if not lower or products.n > EXTENDED_ROWS or products.dependencies:
        return value - optima.best
    thetas = [theta, *(one.theta for one in lower[:EXTENDED_POINTS])]
    values = [
        extended_criterion(design, products, at, is_reml=is_reml) for at in thetas
    ]
    return values[0] - np.nanmin(values)


def _doubts(verdict: Verdict, value: float, optima: Optima) -> list[str]:
    """What random starts say against a verdict."""
    doubts = []
    rivals = [one.convergence for one in optima.as_good(value) if one.convergence]
    proved = sum(one.is_proved for one in rivals)
    if verdict is Verdict.NOT_IDENTIFIED and optima.spread < APART:
        doubts.append(f"false alarm: spread {optima.spread:.0e}, {proved} proved")
    if verdict is Verdict.STOPPED and proved:
        doubts.append(f"false alarm: {proved} of {len(rivals)} as good are proved")
    is_proved = verdict not in (Verdict.NOT_IDENTIFIED, Verdict.STOPPED)
    if is_proved and value < optima.best + TARGET and optima.spread > APART:
        doubts.append(f"no alarm, but covariances differ by {optima.spread:.0e}")
    return doubts


def _above_scipy(
    products: CrossProducts,
    design: Design,
    ours: tuple[FloatArray, ...],
    *,
    is_reml: bool,
    rng: np.random.Generator,
) -> float:
    """Criterion from n x n matrices at our optimum less that at scipy's."""

    def criterion(theta: FloatArray) -> float:
        try:
            value = dense_criterion(design, roots_of(products, theta), is_reml=is_reml)
        except np.linalg.LinAlgError:
            return OUTSIDE
        return value if np.isfinite(value) else OUTSIDE

    at_ours = products.layout.theta(ours)
    starts = [random_theta(products, rng) for _ in range(CHECKED_STARTS)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [
            minimize(criterion, start, method="L-BFGS-B")
            for start in (at_ours, at_ours + 0.1, *starts)
        ]
    best = min(found, key=lambda one: one.fun).x
    values = [
        extended_criterion(design, products, theta, is_reml=is_reml)
        for theta in (at_ours, best)
    ]
    return values[0] - values[1]


def measure(families: list[str], number: int | None, seed: int = SEED) -> None:
    """Run families; print a line for each, and then every finding.

    Parameters
    ----------
    families : list of str
        Names of `FAMILIES`; all if empty.
    number : int or None
        Which design of each; all if None.
    seed : int
    """
    print(
        "Robustness: random designs against the best of "
        f"{N_STARTS} random starts, and of scipy\n"
        f"target: none more than {TARGET:g} above, none uncertified without a named "
        "reason"
    )
    print(
        f"{'family':22}{'n':>4}{'excess':>10}{'scipy':>10}{'doubts':>8}{'unnamed':>9}"
        "  verdicts"
    )
    numbers = range(N_EACH) if number is None else [number]
    begin, found = perf_counter(), []
    for family in families or FAMILIES:
        own = [outcome(trial(family, n, seed)) for n in numbers]
        print(_line(family, own), flush=True)
        found += own
    print(_line("all", found))
    checked = sum(np.isfinite(one.by_scipy) for one in found)
    print(f"{checked} checked by scipy; {perf_counter() - begin:.0f} s")
    for one in found:
        if one.is_finding or number is not None:
            print(_written(one))


def _line(family: str, own: list[Outcome]) -> str:
    excess = np.nanmax([-np.inf, *(one.excess for one in own)])
    asked = [one.by_scipy for one in own if np.isfinite(one.by_scipy)]
    worst = f"{max(asked):10.0e}" if asked else f"{'-':>10}"
    doubtful = sum(bool(one.doubts) for one in own)
    unnamed = sum(one.is_unnamed for one in own)
    verdicts = Counter(one.verdict for one in own).most_common()
    told = ", ".join(f"{verdict} {n}" for verdict, n in verdicts)
    return (
        f"{family:22}{len(own):4}{excess:10.0e}{worst}{doubtful:8}{unnamed:9}  {told}"
    )


def _written(one: Outcome) -> str:
    which = one.trial
    with_weights = ", weighted" if which.weights is not None else ""
    return (
        f"\n{which.family} {which.number}: {which.formula} "
        f"({which.estimation}, n = {len(which.frame)}{with_weights})\n"
        f"  {one.verdict}: {one.message}\n"
        f"  excess {one.excess:.1e}, scipy {one.by_scipy:.1e}; "
        f"{'; '.join(one.doubts) or 'no doubts'}"
    )
