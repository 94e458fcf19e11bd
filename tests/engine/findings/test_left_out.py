from __future__ import annotations

import pytest

from engine.findings import Severity
from engine.fitting.certificate import Verdict
from tests.engine.findings.cases import look, sites


def crowded():
    """Sites with a single lake, a ring for each row, and pairs of rows."""
    return sites().assign(
        lake="Windermere",
        ring=[f"R{k}" for k in range(120)],
        pair=[f"Q{k // 2}" for k in range(120)],
    )


@pytest.mark.parametrize(
    ("term", "key", "label"),
    [
        ("(1 | lake)", "one_level:lake", "Leave out lake"),
        ("(depth | ring)", "single_rows:ring", "Leave out ring"),
    ],
)
def test_that_one_finding_speaks_of_a_grouping_that_is_left_out(term, key, label):
    found = look(crowded(), f"y ~ depth + {term} + (slope | site)")
    assert found.model.formula == "y ~ depth + (slope | site)"
    assert found.one(key).severity is Severity.RED
    assert not any(k.startswith("left_out") for k in found.keys)
    after = found.pressed(key, label)
    assert str(after.spec) == after.model.formula == found.model.formula
    assert after.model.criterion == found.model.criterion


def test_that_combinations_that_are_left_out_are_found():
    found = look(crowded(), "y ~ depth + (1 | site / ring)")
    finding = found.one("left_out:site:ring")
    assert finding.severity is Severity.RED
    assert "'site:ring'" in finding.sentence
    assert finding.meaning == "The model is fitted without (1 | site:ring)."
    after = found.pressed(finding.key, "Leave out (1 | site:ring)")
    assert str(after.spec) == found.model.formula == "y ~ depth + (1 | site)"


def test_that_effects_that_need_too_many_random_effects_are_found():
    found = look(crowded(), "y ~ depth + (depth | pair)")
    finding = found.one("fewer:pair")
    assert "120 random effects" in finding.sentence
    assert finding.meaning == "The model is fitted with (1 | pair) instead."
    after = found.pressed("fewer:pair", "Write (1 | pair)")
    assert str(after.spec) == found.model.formula
    assert "fewer:pair" not in after.keys


def test_that_a_lost_variance_is_told_of_its_own_parenthesis():
    """Those that are left out stand before it in the model as asked for."""
    frame = crowded().assign(
        y=lambda d: d["depth"] + (d.index % 12 - 5.5) * (-1.0) ** (d.index // 12)
    )
    found = look(frame, "y ~ depth + (1 | lake) + (1 | ring) + (1 | site)")
    assert found.model.convergence.verdict is Verdict.ZERO_VARIANCE
    finding = found.one("zero:site:")
    assert "sites" in finding.sentence
