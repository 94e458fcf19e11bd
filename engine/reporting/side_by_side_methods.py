"""The methods of the tests side by side: each asks the same questions of a model.

A question that a method cannot answer, or not in time, is left out of its column.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, nan
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineError
from engine.inference.bootstrap.nested_pairs import fast_pair
from engine.inference.bootstrap_test import bootstrap_test
from engine.inference.hypothesis_test import HypothesisTest
from engine.inference.likelihood_ratio import compared, likelihood_ratio_test
from engine.inference.null_models import without_coefficient, without_variation
from engine.inference.restricted_lrt import restricted_lrt
from engine.model.spec import INTERCEPT
from engine.progress import breathe, listener
from engine.reporting.parameter_words import parameter_words
from engine.reporting.side_by_side import (
    KENWARD_ROGER,
    LIKELIHOOD_RATIO,
    SIMULATED,
    TestMethod,
)
from engine.written_numbers import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.fitted_model import FittedModel
    from engine.inference.fitted import Fitted
    from engine.progress import Step

REPLICATES, EXACT_REPLICATES, SEED = 1_000, 10_000, 1
MOST_SIMULATED = 12
"""Questions beyond which none is simulated: it would take seconds."""
MOST_ROWS = 20_000
LONGEST_S = 1.5
"""What one test may take."""
TESTING = "Testing"
BY_LIKELIHOOD = (
    "both models were fitted to the same rows, by ML where a coefficient is tested; a "
    "variance against the equal mixture of two chi-squares, as zero is on the edge of "
    "what is possible"
)
BY_SIMULATION = (
    f"data were simulated {count(REPLICATES)} times from the model without the effect "
    "and both models refitted; a variance without correlations against "
    f"{count(EXACT_REPLICATES)} draws of its exact distribution, which beside other "
    f"groupings is approximate (seed {SEED}); what would take more than a moment is "
    "left out"
)


def kenward_roger_tests(model: FittedModel) -> TestMethod:
    """T tests of the coefficients with Kenward and Roger's errors; only of REML."""
    found: dict[str, HypothesisTest] = {}
    if model.is_mixed and model.estimation == "REML":
        table = model.coefficient_table(df=KENWARD_ROGER)
        method = "t with Kenward and Roger's standard errors and degrees of freedom"
        notes = " ".join(str(note) for note in table.attrs["notes"])
        columns = (table[name] for name in ("statistic", "df", "p_value"))
        for term, *numbers in zip(table.index, *columns, strict=True):
            statistic, df, p_value = map(float, numbers)
            if isfinite(p_value):
                made = HypothesisTest(statistic, df, nan, p_value, method, notes)
                found[str(term)] = made
    return TestMethod(KENWARD_ROGER, "Kenward–Roger t", "t", found)


def likelihood_ratio_tests(model: FittedModel) -> TestMethod:
    """Each parameter by the likelihoods with and without it."""
    found = {}
    if model.is_mixed:
        for name, null in _nulls(model):
            try:
                made = likelihood_ratio_test(null, model)
            except EngineError:
                continue
            found[name] = replace(made, method=BY_LIKELIHOOD, note="")
    return TestMethod(LIKELIHOOD_RATIO, "Likelihood ratio", "χ²", found)


def simulated_tests(model: FittedModel) -> TestMethod:
    """Each parameter against the simulated distribution of its likelihood ratio."""
    found: dict[str, HypothesisTest] = {}
    n_asked = sum(bool(words.question) for words in parameter_words(model).values())
    if model.is_mixed and n_asked <= MOST_SIMULATED and model.n_rows <= MOST_ROWS:
        for name, null in _nulls(model):
            made = _simulated(model, name, null)
            if made is not None:
                found[name] = replace(made, method=BY_SIMULATION, note="")
    return TestMethod(SIMULATED, "Simulated", "LR", found)


def _simulated(model: FittedModel, name: str, null: Fitted) -> HypothesisTest | None:
    """Exactly for one variance by itself; else by the bootstrap, where it is quick."""
    try:
        for index, block in enumerate(model.design.blocks):
            group, (first, *others) = block.grouping.name, block.terms
            if name == f"sd({group}, {first})" and not others:
                breathe(TESTING, index)
                return restricted_lrt(
                    model, group, first, replicates=EXACT_REPLICATES, seed=SEED
                )
        pair = compared(null, model)
        if fast_pair(pair.null, pair.full) is None:
            return None
        return bootstrap_test(null, model, REPLICATES, SEED, _Patience().hear)
    except (EngineError, np.linalg.LinAlgError, _TooSlow):
        return None


class _TooSlow(Exception):  # noqa: N818 - not a fault
    """A test that would take longer than one waits for it."""


class _Patience:
    """Hears how far a test is, and ends it where the rest would take too long."""

    def __init__(self) -> None:
        self._start, self._outside = perf_counter(), listener()

    def hear(self, step: Step) -> None:
        """Be told of a step; a safe point."""
        self._outside(step)
        seconds = perf_counter() - self._start
        if step.done and step.of and seconds * step.of / step.done > LONGEST_S:
            raise _TooSlow
        if seconds > LONGEST_S:
            raise _TooSlow


def _nulls(model: FittedModel) -> Iterator[tuple[str, Fitted]]:
    """The model without each parameter about which a question is asked."""
    asked = [name for name, words in parameter_words(model).items() if words.question]
    for index, block in enumerate(model.design.blocks):
        for column, term in enumerate(block.terms):
            name = f"sd({block.grouping.name}, {term})"
            if name in asked:
                breathe(TESTING, index)
                try:
                    yield name, without_variation(model, index, column)
                except EngineError:
                    continue
    for place in model.estimates.kept:
        name = model.design.terms[place]
        if name in asked and name != INTERCEPT:
            breathe(TESTING, place)
            try:
                yield name, without_coefficient(model, place)
            except EngineError:
                continue
