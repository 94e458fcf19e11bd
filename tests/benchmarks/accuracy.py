"""Is the criterion the best known, and are its derivatives right?

Run from the project's root: python -m tests.benchmarks accuracy [--r RSCRIPT]

A criterion may lie above the best of what others print (within half a unit of the last
printed digit) and of what our own random starts find by no more than the target. The
gradient and the exact Hessian are compared with extrapolated differences of the
criterion at random theta, relative to their largest element.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import engine
from engine.fitting.boundary import settle
from engine.fitting.criterion import derivatives, evaluate
from engine.fitting.crossproducts import reduce_rows
from engine.fitting.hessian import profiled_hessian
from engine.fitting.newton import Minimiser
from engine.fitting.start import moment_start
from engine.progress import ignore
from tests.benchmarks.differences import gradient_by_differences, hessian_by_differences
from tests.benchmarks.multistart import best_of, random_theta
from tests.benchmarks.reference_cases import references

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.crossproducts import CrossProducts
    from tests.benchmarks.reference_cases import Reference

TARGET = 1e-7
MOST_EVALUATIONS = 15
N_STARTS = 10
N_POINTS = 2
"""Random theta at which derivatives are compared."""
WIDEST = 0.1
"""Widest step of the differences, relative to the column's standard deviation."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """One model's numbers.

    Attributes
    ----------
    verdict : str
    from_known, from_own : float
        Criterion less that of others, and less the best of our own random starts.
    excess : float
        Criterion less the best known.
    first, others : int
        Evaluations of the first search, and of the starts tried after it.
    gradient_error, hessian_error : float
    """

    verdict: str
    from_known: float
    from_own: float
    excess: float
    first: int
    others: int
    gradient_error: float
    hessian_error: float


def accuracy(case: Reference) -> Accuracy:
    """Fit one model and compare.

    Parameters
    ----------
    case : Reference

    Returns
    -------
    Accuracy
    """
    estimation = "REML" if case.is_reml else "ML"
    model = engine.fit(case.formula, case.frame, estimation=estimation)
    design = model.estimates.design
    products, rng = reduce_rows(design), np.random.default_rng(11)
    minimiser = Minimiser(products, is_reml=case.is_reml, report=ignore)
    settle(minimiser, minimiser.minimise(moment_start(products)))
    first = minimiser.n_evaluations
    optima = best_of(products, design, is_reml=case.is_reml, n_starts=N_STARTS, rng=rng)
    from_known, from_own = model.criterion - case.known, model.criterion - optima.best
    errors = [
        derivative_errors(
            products, random_theta(products, rng, decades=0.5), is_reml=case.is_reml
        )
        for _ in range(N_POINTS)
    ]
    return Accuracy(
        str(model.convergence.verdict),
        from_known,
        from_own,
        max(from_known - case.half_unit, from_own),
        first,
        model.convergence.n_evaluations - first,
        max(error[0] for error in errors),
        max(error[1] for error in errors),
    )


def derivative_errors(
    products: CrossProducts, theta: FloatArray, *, is_reml: bool
) -> tuple[float, float]:
    """Largest errors of gradient and Hessian, relative to the largest element.

    Parameters
    ----------
    products : CrossProducts
    theta : ndarray of shape (n_theta,)
    is_reml : bool

    Returns
    -------
    gradient_error, hessian_error : float
    """
    layout = products.layout

    def value(at: FloatArray) -> float:
        return evaluate(products, layout.lambdas(at), is_reml=is_reml).value

    def slope(at: FloatArray) -> FloatArray:
        e = evaluate(products, layout.lambdas(at), is_reml=is_reml)
        return derivatives(e, layout.entries).gradient

    here = evaluate(products, layout.lambdas(theta), is_reml=is_reml)
    sizes = [np.linalg.norm(Lambda, axis=1) for Lambda in here.lambdas]
    step = np.array([WIDEST * sizes[i.factor][i.row] for i in layout.entries])
    hessian = profiled_hessian(here, layout.entries)
    return (
        _error(slope(theta), gradient_by_differences(value, theta, step)),
        _error(hessian, hessian_by_differences(value, slope, theta, step)),
    )


def _error(exact: FloatArray, by_differences: FloatArray) -> float:
    apart = np.abs(exact - by_differences).max()
    return float(apart / np.abs(by_differences).max())


def measure(rscript: str | None) -> None:
    """Print a line for each model, and what misses a target.

    Parameters
    ----------
    rscript : str or None
        R's command for scripts, for the data of its packages.
    """
    print(
        f"Accuracy: criterion less what others print, and less the best of {N_STARTS} "
        f"random starts; target: {TARGET:g}\n"
        f"Evaluations of the first search, + those of other starts (where that is "
        f"singular); target: {MOST_EVALUATIONS} for the first\n"
        f"Gradient and Hessian against differences at {N_POINTS} random theta, "
        "relative error"
    )
    print(
        f"{'case':27}{'others':>10}{'own':>10}{'evaluations':>13}{'gradient':>10}"
        f"{'Hessian':>10}  verdict, formula"
    )
    found: list[Accuracy] = []
    for case in references(rscript):
        one = accuracy(case)
        found.append(one)
        count = str(one.first) + (f"+{one.others}" if one.others else "")
        print(
            f"{case.name:27}{one.from_known:10.0e}{one.from_own:10.0e}{count:>13}"
            f"{one.gradient_error:10.0e}{one.hessian_error:10.0e}  {one.verdict}, "
            f"{case.formula}",
            flush=True,
        )
    _print_totals(found)


def _print_totals(found: list[Accuracy]) -> None:
    """What misses a target."""
    slow = sum(one.first > MOST_EVALUATIONS for one in found)
    print(f"{slow} of {len(found)} first searches above {MOST_EVALUATIONS} evaluations")
    above = [
        sum(error > TARGET for error in errors)
        for errors in zip(
            *((one.excess, one.gradient_error, one.hessian_error) for one in found),
            strict=True,
        )
    ]
    print(
        f"Above {TARGET:g}, of {len(found)}: {above[0]} criteria (over the best "
        f"known), {above[1]} gradients, {above[2]} Hessians"
    )
