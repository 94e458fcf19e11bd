"""From a Design to Estimates: cross-products, start, Newton, boundary, certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import DesignError, EngineError
from engine.fitting.certificate import CLOSED_FORM, certify, is_singular
from engine.fitting.criterion import evaluate
from engine.fitting.crossproducts import reduce_rows
from engine.fitting.newton import FITTING, Minimiser
from engine.fitting.result import Estimates, fixed_estimates
from engine.fitting.search import find_optimum
from engine.progress import Step, ignore, listening
from engine.sentences import Number, Sentence
from engine.written_numbers import MINUS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.arrays import FloatArray
    from engine.fitting.crossproducts import CrossProducts
    from engine.model.design import Design
    from engine.progress import Report

ESTIMATIONS = ("REML", "ML")
NEGLIGIBLE_PART = 1e-7
"""Share of a combination's largest part below which another is rounding."""
NOTHING_LEFT = 1e-11
"""Residual SD, relative to the response's spread, below which groups explain all."""
ENDLESS = 1e-8
"""The same where the criterion still fell: it does so for ever."""


def estimate(
    design: Design, *, estimation: str = "REML", report: Report = ignore
) -> Estimates:
    """Fit a mixed model by REML or ML, or a linear model by least squares.

    Parameters
    ----------
    design : Design
    estimation : {"REML", "ML"}
        Which likelihood. For least squares it chooses the criterion only: sigma is
        always the usual estimate with n - p degrees of freedom.
    report : callable
        Called with a `Step` at each evaluation, and within those that take long; may
        raise `Cancelled`.

    Returns
    -------
    Estimates

    Raises
    ------
    EngineError
        If `estimation` is unknown, or the data leave nothing to estimate.
    """
    if estimation not in ESTIMATIONS:
        raise EngineError(
            f"'{estimation}' is no way to estimate.", "Choose 'REML' or 'ML'."
        )
    with listening(lambda step: report(Step(FITTING, 0, within=step))):
        products = reduce_rows(design)
    if design.blocks:
        return _mixed(design, products, estimation, report)
    return _least_squares(design, products, estimation)


def _mixed(
    design: Design, products: CrossProducts, estimation: str, report: Report
) -> Estimates:
    """Optimise theta and collect the estimates there."""
    minimiser = Minimiser(products, is_reml=estimation == "REML", report=report)
    with listening(minimiser.hear):
        found = find_optimum(minimiser, products)
    e = found.path.evaluation
    least = NOTHING_LEFT if found.path.is_stationary else ENDLESS
    if e.r2 / e.nu < least**2:
        raise DesignError(
            f"The groups reproduce every value of {design.response_name} exactly, so "
            "nothing is left from which to estimate residual variation.",
            "Check whether the response was measured once per group; if so, use one "
            "row per group and no random effects of it.",
        )
    sigma = products.y_scale * float(np.sqrt(e.r2 / e.nu))
    beta, covariance = fixed_estimates(e, len(design.terms), sigma)
    return Estimates(
        design=design,
        estimation=estimation,
        criterion=e.value,
        n_parameters=products.p + len(found.path.theta) + 1,
        sigma=sigma,
        beta=beta,
        covariance=covariance,
        residual_df=None,
        evaluation=e,
        convergence=certify(
            found.path,
            found.second,
            design,
            rival=found.rival,
            is_unbounded=found.is_unbounded,
        ),
        is_singular=is_singular(found.path),
        notes=_own_notes(design, products),
    )


def _least_squares(
    design: Design, products: CrossProducts, estimation: str
) -> Estimates:
    """The same criterion without random effects: a closed form."""
    e = evaluate(products, [], is_reml=estimation == "REML")
    df = products.n - products.p
    sigma = products.y_scale * float(np.sqrt(e.r2 / df))
    beta, covariance = fixed_estimates(e, len(design.terms), sigma)
    return Estimates(
        design=design,
        estimation=estimation,
        criterion=e.value,
        n_parameters=products.p + 1,
        sigma=sigma,
        beta=beta,
        covariance=covariance,
        residual_df=np.where(np.isnan(beta), np.nan, float(df)),
        evaluation=e,
        convergence=CLOSED_FORM,
        is_singular=False,
        notes=_own_notes(design, products),
    )


def dependency_notes(
    terms: tuple[str, ...],
    kept: tuple[int, ...],
    dependencies: Mapping[int, FloatArray],
    sizes: FloatArray | None = None,
) -> tuple[Sentence, ...]:
    """Name each coefficient that gave way and the combination that it equals.

    Parameters
    ----------
    terms : tuple of str
        Names of all columns of X.
    kept : tuple of int
        Columns that can be estimated.
    dependencies : mapping of int to ndarray
        The others, as combinations of the kept ones.
    sizes : ndarray of shape (p,), optional
        Sizes of the columns: parts that are small beside the others are left out.

    Returns
    -------
    tuple of Sentence
    """
    notes: list[Sentence] = []
    for column, weights in dependencies.items():
        parts = weights if sizes is None else weights * sizes[list(kept)]
        notable = np.abs(parts) > NEGLIGIBLE_PART * np.abs(parts).max(initial=0.0)
        named = [terms[kept[i]] for i in np.flatnonzero(notable)]
        equals = _sum_in_words(named, weights[notable].tolist())
        notes.append(
            Sentence(
                f"'{terms[column]}' has no coefficient of its own: in these rows it "
                "equals ",
                *equals,
                ".",
            )
        )
    return tuple(notes)


def _sum_in_words(names: list[str], weights: list[float]) -> Iterator[str | Number]:
    """Write a combination of columns: 2 × 'a' − 0.5 × 'b'."""
    if not names:
        yield "0"
    for place, (name, weight) in enumerate(zip(names, weights, strict=True)):
        if place:
            yield f" {MINUS if weight < 0 else '+'} "
        yield Number(abs(weight) if place else weight, 4)
        yield f" × '{name}'"


def _own_notes(design: Design, products: CrossProducts) -> tuple[Sentence, ...]:
    """What gave way in one design."""
    if not products.dependencies:
        return ()
    sizes = np.abs(design.X).max(axis=0, initial=0.0)
    return dependency_notes(design.terms, products.kept, products.dependencies, sizes)
