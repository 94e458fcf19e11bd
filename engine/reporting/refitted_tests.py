"""Tests of parameters that need a fit of the model without them.

What a method cannot answer, or not within a moment, is left out.
"""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineError
from engine.inference.bootstrap.drawn_pairs import fast_pair
from engine.inference.bootstrap_test import bootstrap_test
from engine.inference.likelihood_ratio import compared, likelihood_ratio_test
from engine.inference.null_models import without_coefficients, without_variation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.fitted_model import FittedModel
    from engine.inference.fitted import Fitted
    from engine.inference.hypothesis_test import HypothesisTest
    from engine.progress import Report, Step

REPLICATES, SEED = 1_000, 1
MOST_SIMULATED = 12
"""Questions beyond which none is simulated: it would take seconds."""
MOST_ROWS = 20_000
LONGEST_S = 1.5
"""What one test may take."""

Nulls = list[tuple[str, "Fitted"]]
"""Names of what is tested, and the model without it."""


def correlated_variances(model: FittedModel) -> Nulls:
    """The model without each effect whose variation has correlations."""
    found: Nulls = []
    for index, block in enumerate(model.design.blocks):
        if len(block.terms) > 1:
            for column, term in enumerate(block.terms):
                name = f"sd({block.grouping.name}, {term})"
                with suppress(EngineError):
                    found.append((name, without_variation(model, index, column)))
    return found


def fixed_terms(model: FittedModel, terms: Iterable[tuple[str, list[int]]]) -> Nulls:
    """The model without the columns of each term."""
    found: Nulls = []
    for name, places in terms:
        with suppress(EngineError):
            found.append((name, without_coefficients(model, places)))
    return found


def likelihood_ratios(model: FittedModel, nulls: Nulls) -> dict[str, HypothesisTest]:
    """Each against chi-square, or the mixture where a variance is on the edge."""
    found = {}
    for name, null in nulls:
        with suppress(EngineError):
            found[name] = likelihood_ratio_test(null, model)
    return found


def bootstrap_tests(
    model: FittedModel, nulls: Nulls, report: Report
) -> dict[str, HypothesisTest]:
    """Each against its distribution in data simulated without the effect."""
    found = {}
    if len(nulls) > MOST_SIMULATED or model.n_rows > MOST_ROWS:
        return {}
    for name, null in nulls:
        with suppress(EngineError, np.linalg.LinAlgError, _TooSlow):
            pair = compared(null, model)
            if fast_pair(pair.null, pair.full) is None:
                continue
            patience = _Patience(report)
            found[name] = bootstrap_test(null, model, REPLICATES, SEED, patience.hear)
    return found


class _TooSlow(Exception):  # noqa: N818 - not a fault
    """A test that would take longer than one waits for it."""


class _Patience:
    """Hears how far a test is, and ends it where the rest would take too long."""

    def __init__(self, report: Report) -> None:
        self._start, self._report = perf_counter(), report

    def hear(self, step: Step) -> None:
        """Be told of a step; a safe point."""
        self._report(step)
        seconds = perf_counter() - self._start
        share = step.done / step.of if step.of and step.done else 1.0
        if seconds / share > LONGEST_S:
            raise _TooSlow
