"""Tests of a model's parameters by each method, to be put side by side.

A coefficient is tested by its t; a term with several columns, such as a factor of three
levels, by its F or likelihood ratio (type II), where no other term contains it. A
variance is tested where it has no correlations.
"""

from __future__ import annotations

import re
from math import isfinite, nan
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.inference.anova import LIKELIHOOD_RATIO, anova
from engine.inference.f_tests import KENWARD_ROGER, SATTERTHWAITE
from engine.inference.hypothesis_test import HypothesisTest
from engine.inference.restricted_lrt import chi_square_mixture, restricted_lrt
from engine.model.spec import INTERCEPT
from engine.progress import ignore
from engine.reporting.recommended_test import BY_LIKELIHOOD, SIMULATED
from engine.reporting.refitted_tests import (
    bootstrap_tests,
    correlated_variances,
    fixed_terms,
    likelihood_ratios,
)
from engine.reporting.side_by_side import TestMethod

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from engine.fitted_model import FittedModel
    from engine.progress import Report

REPLICATES = 10_000
_LEVEL = re.compile(r"\[[^\]]*\]")


def satterthwaite_tests(model: FittedModel, report: Report = ignore) -> TestMethod:
    """T tests of the coefficients, as in the table of fixed effects; F of terms.

    Parameters
    ----------
    model : FittedModel
    report : callable
        May raise `Cancelled`.
    """
    found = _coefficients(model.coefficients, "Satterthwaite")
    found |= _terms(model, SATTERTHWAITE, report)
    if not model.is_mixed:
        how = "estimate over standard error; exact"
        return TestMethod(SATTERTHWAITE, "t test", "t", found, how)
    how = "estimate over standard error, degrees of freedom after Satterthwaite"
    return TestMethod(SATTERTHWAITE, "Satterthwaite", "t", found, how)


def kenward_roger_tests(model: FittedModel, report: Report = ignore) -> TestMethod:
    """The same with the standard errors and df of Kenward and Roger; mixed models."""
    how = "standard errors corrected for few groups as well"
    found: dict[str, HypothesisTest] = {}
    if model.is_mixed:
        try:
            table = model.coefficient_table(df=KENWARD_ROGER)
        except EngineError:
            return TestMethod(KENWARD_ROGER, "Kenward–Roger", "t", {}, how)
        found = _coefficients(table, "Kenward-Roger")
        found |= _terms(model, KENWARD_ROGER, report)
    return TestMethod(KENWARD_ROGER, "Kenward–Roger", "t", found, how)


def likelihood_ratio_tests(model: FittedModel, report: Report = ignore) -> TestMethod:
    """Terms by ML refits and chi-square; variances by REML and the mixture."""
    fixed = _terms(model, LIKELIHOOD_RATIO, report)
    varying = _variances(model, lambda g, t: chi_square_mixture(model, g, t, report))
    varying |= likelihood_ratios(model, correlated_variances(model))
    found, hows = fixed | varying, []
    if fixed:
        hows.append("of fixed effects, with and without, both refitted by ML")
    if varying:
        hows.append(
            "of a variance, against the equal mixture of two chi-squares, as zero is "
            "on the edge of what is possible"
        )
    how = "; ".join(hows)
    return TestMethod(BY_LIKELIHOOD, "Likelihood ratio", "χ²", found, how)


def simulated_tests(model: FittedModel, report: Report = ignore) -> TestMethod:
    """Variances that stand alone by the simulated law of their likelihood ratio.

    Correlated ones and terms of the fixed part by the parametric bootstrap, where that
    is quick.
    """

    def test(group: str, term: str) -> HypothesisTest:
        return restricted_lrt(model, group, term, REPLICATES, report=report)

    exact, drawn = _variances(model, test), {}
    if model.is_mixed:
        nulls = [*correlated_variances(model), *fixed_terms(model, _tested(model))]
        drawn = bootstrap_tests(model, nulls, report)
    hows = []
    if exact:
        hows.append(
            "of a variance without correlations, its restricted likelihood ratio "
            "against 10 000 draws without it (Crainiceanu and Ruppert 2004); "
            "approximate beside other random terms"
        )
    if drawn:
        hows.append(
            "likelihood ratio against its values in 1 000 data sets simulated without "
            "the effect, both models refitted to each, as far as that is quick"
        )
    how = "; ".join(hows)
    return TestMethod(SIMULATED, "Simulated", "LR", exact | drawn, how)


def _tested(model: FittedModel) -> Iterator[tuple[str, list[int]]]:
    """Terms that no other contains, and the columns of each that are estimated."""
    coded: dict[str, list[int]] = {}
    for place in model.estimates.kept:
        coded.setdefault(_LEVEL.sub("", model.design.terms[place]), []).append(place)
    coded.pop(INTERCEPT, None)
    parts = {name: set(name.split(":")) for name in coded}
    for name, places in coded.items():
        if not any(parts[name] < other for other in parts.values()):
            is_alone = len(places) == 1
            yield model.design.terms[places[0]] if is_alone else name, places


def _coefficients(table: pd.DataFrame, method: str) -> dict[str, HypothesisTest]:
    """T tests from a table of coefficients."""
    columns = (table[name] for name in ("statistic", "df", "p_value"))
    found = {}
    for term, *numbers in zip(table.index, *columns, strict=True):
        statistic, df, p_value = map(float, numbers)
        if isfinite(p_value):
            made = HypothesisTest(statistic, df, nan, p_value, method, "")
            found[str(term)] = made
    return found


def _terms(
    model: FittedModel, method: str, report: Report
) -> dict[str, HypothesisTest]:
    """Tests of terms that no other contains.

    Those of one column go to their coefficient, where they are the only test that is
    not a t.
    """
    try:
        table = anova(model, 2, method, report)
    except EngineError:
        return {}
    names = [str(name) for name in table.index]
    parts = [set(name.split(":")) for name in names]
    found = {}
    for name, own, row in zip(names, parts, table.to_dict("records"), strict=True):
        df, p_value = float(row["df"]), float(row["p_value"])
        if any(own < other for other in parts) or not (df > 0 and isfinite(p_value)):
            continue
        numbers = float(row["statistic"]), df, float(row["df2"]), p_value
        test = HypothesisTest(*numbers, method, "")
        if df > 1:
            found[name] = test
        elif method == LIKELIHOOD_RATIO:
            for term in model.design.terms:
                if _LEVEL.sub("", term) == name:
                    found[term] = test
    return found


def _variances(
    model: FittedModel, test: Callable[[str, str], HypothesisTest]
) -> dict[str, HypothesisTest]:
    """Tests of the variances that stand alone."""
    return {name: test(group, term) for name, group, term in _alone(model)}


def _alone(model: FittedModel) -> Iterator[tuple[str, str, str]]:
    """Name, grouping and term of variances without correlations."""
    for block in model.design.blocks:
        if len(block.terms) == 1:
            group, term = block.grouping.name, block.terms[0]
            yield f"sd({group}, {term})", group, term
