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
    values = [step.value for step in steps if step.value is not None]
    assert len(values) == model.convergence.n_evaluations
    counts = [step.done for step in steps if step.value is not None]
    assert counts == list(range(1, len(values) + 1))
    assert min(values) == pytest.approx(model.criterion, abs=1e-8)


def test_that_the_proof_is_announced_before_it_takes_its_time():
    steps: list[Step] = []
    engine.fit(FORMULA, lakes(), report=steps.append)
    assert "Proving the optimum" in [step.what for step in steps]


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
