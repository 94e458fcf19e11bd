from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import engine
from engine.fitting import row_sums
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


def test_that_other_starts_are_told_in_words():
    steps: list[Step] = []
    engine.fit("y ~ x + (x | lake) + (1 | year)", lakes(), report=steps.append)
    told = list(dict.fromkeys(step.what for step in steps))
    assert told == ["Fitting", "Proving the optimum", "Trying other starting values"]


def test_that_a_fit_can_be_stopped_at_any_step_and_nothing_is_broken():
    """Also while the optimum is proved or other starts are tried."""
    formula, frame = "y ~ x + (x | lake) + (1 | year)", lakes()
    steps: list[Step] = []
    model = engine.fit(formula, frame, report=steps.append)
    for last in range(1, len(steps) + 1):
        seen: list[Step] = []

        def report(step: Step, seen: list[Step] = seen, last: int = last) -> None:
            seen.append(step)
            if len(seen) == last:
                raise engine.Cancelled

        with pytest.raises(engine.Cancelled):
            engine.fit(formula, frame, report=report)
        assert seen == steps[:last]
    again = engine.fit(formula, frame)
    assert again.criterion == model.criterion
    assert (again.theta == model.theta).all()


def test_that_many_rows_are_summed_where_one_may_stop(monkeypatch):
    monkeypatch.setattr(row_sums, "ROWS_AT_ONCE", 20)
    steps: list[Step] = []
    frame = pd.concat([lakes(seed) for seed in range(4)], ignore_index=True)
    engine.fit(FORMULA, frame, report=steps.append)
    before = [step for step in steps if step.within is not None]
    assert {step.within.what for step in before} == {"Summing over rows"}
    assert {(step.what, step.done, step.of) for step in before} == {
        ("Fitting", 0, None)
    }
    assert before == steps[: len(before)]

    def report(step: Step) -> None:
        raise engine.Cancelled

    with pytest.raises(engine.Cancelled):
        engine.fit(FORMULA, frame, report=report)
