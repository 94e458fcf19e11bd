from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import engine
from tests.engine.simulated import lakes

if TYPE_CHECKING:
    from engine.progress import Step

FORMULA = "y ~ x + (x | lake)"


def test_that_each_evaluation_is_reported_with_its_criterion():
    steps: list[Step] = []
    model = engine.fit(FORMULA, lakes(), report=steps.append)
    assert len(steps) == model.convergence.n_evaluations
    assert [step.done for step in steps] == list(range(1, len(steps) + 1))
    assert min(step.value for step in steps) == pytest.approx(model.criterion, abs=1e-8)


@pytest.mark.parametrize("last", [1, 3])
def test_that_raising_from_the_report_stops_the_fit_at_once(last):
    steps: list[Step] = []

    def report(step: Step) -> None:
        steps.append(step)
        if len(steps) == last:
            raise engine.Cancelled

    with pytest.raises(engine.Cancelled):
        engine.fit(FORMULA, lakes(), report=report)
    assert len(steps) == last
