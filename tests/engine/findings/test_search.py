"""What is proved, how findings are joined and ordered, and how long it takes."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine import findings, fit, parse_formula, scan_design
from engine.data.steps import Exclude, prepare
from engine.findings import Change, Severity
from engine.fitted_model import FittedModel
from engine.fitting.certificate import Verdict
from engine.model.spec import ModelSpec
from tests.engine.findings.cases import check, data, look, look_before, sites, table_of
from tests.engine.simulated import STRUCTURES, lakes


def judged(verdict, message, formula="y ~ x + (x | lake)", frame=None):
    """Findings of a fit whose certificate says something else than it did."""
    table = table_of(lakes() if frame is None else frame)
    prepared = prepare(table, ())
    scan = scan_design(prepared.used_frame, prepared.kinds)
    model = fit(formula, prepared.used_frame)
    convergence = replace(model.convergence, verdict=verdict, said=message)
    changed = FittedModel(replace(model.estimates, convergence=convergence))
    found = findings.find(changed, prepared, scan)
    check(found)
    return found


def test_that_a_verified_optimum_says_what_is_still_to_be_gained(reference):
    fish = look(data(reference, "fish"), "log_mass ~ log_length + (1 | lake)")
    finding = fish.one("optimum")
    assert finding.severity is Severity.GREEN
    assert re.fullmatch(
        r"The optimum is verified: the deviance can fall by 10⁻\S+ at most\.",
        finding.sentence,
    )


def test_that_least_squares_has_no_search():
    found = look(sites(), "y ~ depth + site")
    assert found.one("optimum").sentence.startswith("The estimates are exact")


def test_that_a_search_that_stopped_makes_all_numbers_provisional():
    found = judged(Verdict.STOPPED, "The search stopped.")
    assert found[0].key == "stopped"
    assert found[0].severity is Severity.RED
    assert found[0].topic == "not_certified"
    assert "optimum" not in [finding.key for finding in found]
    change = found[0].actions[0]
    assert isinstance(change, Change)
    assert str(change.spec) == "y ~ x + (x || lake)"


@pytest.mark.parametrize(
    ("formula", "simpler"),
    [
        ("y ~ x + (x || lake)", "y ~ x + (1 | lake)"),
        ("y ~ x + (1 | lake)", None),
    ],
)
def test_that_the_random_part_is_made_simpler_by_one_step(formula, simpler):
    actions = judged(Verdict.STOPPED, "", formula)[0].actions
    changes = [str(a.spec) for a in actions if isinstance(a, Change)]
    assert changes == ([] if simpler is None else [simpler])


def test_that_variances_that_cannot_be_told_apart_are_named():
    frame = lakes()
    frame["catch"] = frame["lake"] + frame["net"]
    message = (
        "The data cannot tell apart the variances of 'Intercept' among levels of "
        "'lake' and 'x' among levels of 'net': different values fit equally well."
    )
    formula = "y ~ x + (1 | lake) + (0 + x | net)"
    found = judged(Verdict.NOT_IDENTIFIED, message, formula, frame)
    finding = next(f for f in found if f.key == "not_identified")
    assert finding.sentence == (
        "The data cannot tell apart how much vary the baselines of lakes and the "
        "effects of x among nets."
    )
    assert finding.details == message
    change = finding.actions[0]
    assert isinstance(change, Change)
    assert str(change.spec) == "y ~ x + (0 + x | net)"


def test_that_every_verdict_has_its_words():
    for verdict in Verdict:
        keys = {"optimum", "stopped", "not_identified", "several_optima"}
        found = [f for f in judged(verdict, "Message.") if f.key in keys]
        assert len(found) == 1, verdict


@pytest.mark.parametrize("structure", STRUCTURES)
def test_that_every_structure_can_be_looked_at_and_every_button_pressed(structure):
    found = look(lakes(), STRUCTURES[structure])
    for finding in found.found:
        for action in finding.actions:
            if not isinstance(action, Change):
                continue
            after = found.pressed(finding.key, action.label)
            assert finding.key not in after.keys
            same = [
                other
                for other in after.found
                if other.topic == finding.topic and other.key not in found.keys
            ]
            ranks = [f.severity.rank for f in same]
            assert min(ranks, default=3) >= finding.severity.rank


def test_that_findings_start_from_the_model_as_it_is_edited():
    table = table_of(sites())
    prepared = prepare(table, ())
    scan = scan_design(prepared.used_frame, prepared.kinds)
    spec = replace(parse_formula("y ~ depth"), grouping="site")
    model = fit(spec, prepared.used_frame)
    found = findings.find(model, prepared, scan, spec)
    change = found[0].actions[0]
    assert isinstance(change, Change)
    assert change.spec is not None
    assert (str(change.spec), change.spec.grouping) == (
        "y ~ depth + (1 | site)",
        "site",
    )


@pytest.mark.parametrize(
    "spec",
    [
        None,
        ModelSpec("y", (("gone",),)),
        ModelSpec("y", (("depth",),), grouping="gone"),
        ModelSpec("site", (("depth",),)),
        parse_formula("log(y) ~ log(depth) + (1 | site)"),
        parse_formula("y ~ site + (1 | site)"),
    ],
)
def test_that_a_model_that_cannot_be_fitted_is_looked_at_all_the_same(spec):
    look_before(sites(), spec)


def test_that_a_table_without_rows_that_count_has_no_findings():
    everything = Exclude(range(1, 121), "all")
    assert look_before(sites(), "y ~ depth", (everything,)).keys == ["rows_excluded"]
    frame = sites().assign(empty=np.nan)
    found = look_before(frame, "y ~ depth + empty + (1 | site)")
    assert found.one("rows_not_used").severity is Severity.RED


def test_that_before_a_fit_nothing_is_called_well():
    found = look_before(sites(), "y ~ depth + (1 | site)")
    assert all(finding.severity is not Severity.GREEN for finding in found.found)


def test_that_odd_names_and_kinds_of_columns_do_not_stop_the_search():
    rng = np.random.default_rng(3)
    n = 120
    frame = pd.DataFrame(
        {
            "Länge (mm)": rng.normal(50, 2, n),
            "is fed": rng.random(n) < 0.5,
            "day": pd.to_datetime("2024-05-01") + pd.to_timedelta(np.arange(n), "D"),
            "C(x)": np.tile(list("abcdef"), 20),
            "Anzahl": pd.array(rng.poisson(30, n), dtype="Int64"),
        }
    )
    found = look(
        frame, "Anzahl ~ `Länge (mm)` * `is fed` + day + (`Länge (mm)` | `C(x)`)"
    )
    for finding in found.found:
        for action in finding.actions:
            if isinstance(action, Change):
                found.pressed(finding.key, action.label)
