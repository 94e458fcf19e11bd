"""The numbers of explanations are those of the tables, and every cell has a topic."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import stats

from engine.reporting.explained_cells import topic_of_cell
from engine.reporting.explained_numbers import explained_numbers
from engine.reporting.numbers import MINUS
from engine.reporting.tables import result_tables
from engine.workflow import fit
from tests.engine.reporting.models import (
    EVERY_KIND,
    every_kind,
    fish,
    fitted,
    table,
    with_lost_rows,
)
from tests.shared_data import ROOT

INTERCEPTS = "mass ~ length + (1 | lake)"
SLOPES = "mass ~ length + (length | lake)"


def topic_files():
    found = {path.stem for path in (ROOT / "resources" / "help").glob("*.md")}
    return found - {"README"}


def number(text):
    """The number that a text shows."""
    mantissa, _, power = text.replace(MINUS, "-").partition("×10")
    exponent = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or "0"
    return float(mantissa) * 10.0 ** int(exponent)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_every_cell_and_heading_has_a_text_and_its_key_finds_something(kind):
    model, texts = every_kind()[kind], topic_files()
    for own in result_tables(model):
        for column in map(str, own.frame.columns):
            assert topic_of_cell(own, -1, column)[1] == {}
            for row in range(min(len(own.frame), 40)):
                topic, key = topic_of_cell(own, row, column)
                assert topic in texts, (own.name, column)
                values = explained_numbers(model, topic, key)
                assert all(isinstance(text, str) and text for text in values.values())


def test_that_a_coefficient_is_told_as_its_table_tells_it():
    model = fitted(SLOPES)
    own = table(model, "fixed_effects")
    topic, key = topic_of_cell(own, 1, "df")
    assert (topic, key) == ("degrees_of_freedom", {"term": "length"})
    values = explained_numbers(model, topic, key)
    shown = dict(zip(own.frame.columns, own.texts()[1], strict=True))
    for name, column in {
        "term": "Term",
        "estimate": "Estimate",
        "se": "SE",
        "lower": "95 % lower",
        "upper": "95 % upper",
        "df": "df",
        "t": "t",
    }.items():
        assert values[name] == shown[column]


def test_that_the_degrees_of_freedom_follow_from_the_numbers_beside_them():
    values = explained_numbers(fitted(SLOPES), "degrees_of_freedom", {"term": "length"})
    variance = number(values["variance_of_estimate"])
    df = 2 * variance**2 / number(values["variance_of_variance"])
    assert df == pytest.approx(number(values["df"]), rel=0.01)


@pytest.mark.parametrize("term", ["Intercept", "length"])
@pytest.mark.parametrize("formula", [INTERCEPTS, SLOPES, "mass ~ length"])
def test_that_the_interval_can_be_worked_out_with_a_calculator(formula, term):
    values = explained_numbers(fitted(formula), "confidence_interval", {"term": term})
    half = number(values["critical"]) * number(values["fine_se"])
    assert len(values["fine_se"].replace(".", "").lstrip("0")) == 4
    for name, bound in (("lower", -half), ("upper", half)):
        unit = 10.0 ** -len(values[name].partition(".")[2])
        worked_out = number(values["fine_estimate"]) + bound
        assert worked_out == pytest.approx(number(values[name]), abs=0.53 * unit)


def test_that_the_interval_of_other_degrees_of_freedom_is_told_for_mixed_models():
    model = fitted(SLOPES)
    values = explained_numbers(model, "degrees_of_freedom", {"term": "length"})
    assert values["residual_df"] == "88"
    row = model.coefficients.loc["length"]
    half = float(stats.t.ppf(0.975, 88)) * row["std_error"]
    lower, upper = (number(values[f"residual_{end}"]) for end in ("lower", "upper"))
    assert (lower + upper) / 2 == pytest.approx(row["estimate"], abs=0.01)
    assert (upper - lower) / 2 == pytest.approx(half, abs=0.01)
    own = number(values["upper"]) - number(values["lower"])
    normal = number(values["normal_upper"]) - number(values["normal_lower"])
    assert normal <= upper - lower < own
    exact = explained_numbers(fitted("mass ~ length"), "t", {"term": "length"})
    assert "residual_df" not in exact


@pytest.mark.parametrize(
    ("kind", "term", "own"),
    [
        ("not pooled: means", "lake: L01", {"own_level": "lake: L01"}),
        (
            "not pooled: slopes",
            "lake: L01 × length",
            {"own_slope_level": "lake: L01", "own_slope": "length"},
        ),
        ("crossed", "food: insects", {}),
        ("crossed", "food: insects × length", {}),
        ("crossed", "length", {}),
        ("polynomial", "poly(length, 2)[1]", {}),
    ],
)
def test_that_a_level_s_own_value_is_told_from_a_difference(kind, term, own):
    values = explained_numbers(every_kind()[kind], "estimate", {"term": term})
    assert values["term"] == term
    assert {name: v for name, v in values.items() if name.startswith("own_")} == own


def test_that_what_is_still_to_gain_is_half_of_the_newton_decrement():
    model = fitted(SLOPES)
    gain = model.convergence.newton_decrement / 2
    for topic in ("optimum", "not_certified"):
        values = explained_numbers(model, topic, {})
        assert number(values["still_to_gain"]) == pytest.approx(gain, rel=0.01)
    items = table(model, "model_information").frame.set_index("Item")["Value"]
    assert items["Criterion still to gain"] == gain


def test_that_a_perfect_correlation_is_named_and_that_centring_leaves_it_perfect():
    frame = fish()
    lake = frame["lake"].str[1:].astype(int) - 5.0
    noise = np.random.default_rng(3).normal(0, 3, len(frame))
    frame["mass"] = lake * (1 + 0.5 * frame["length"]) + noise
    centred = frame.assign(length=frame["length"] - frame["length"].mean())
    models = [fit(SLOPES, own) for own in (frame, centred)]
    for model in models:
        values = explained_numbers(model, "perfect_correlation", {})
        assert model.is_singular
        assert values["correlations"] == "lake, baseline and effect of length: 1.00"
        assert "perfectly" in values["optimum_words"]
    assert models[0].criterion == pytest.approx(models[1].criterion, abs=1e-8)
    alone = explained_numbers(fitted(INTERCEPTS), "perfect_correlation", {})
    assert "correlations" not in alone


def test_that_least_squares_counts_rows_less_coefficients():
    values = explained_numbers(
        fitted("mass ~ length * food"), "degrees_of_freedom", {"term": "length"}
    )
    assert "variance_of_variance" not in values
    rows, coefficients = int(values["rows_less_coefficients"]), int(values["n_fixed"])
    assert int(values["df"]) == rows - coefficients


def test_that_the_shrinkage_formula_gives_the_predicted_difference():
    frame = fish()
    frame["known"] = frame["length"] / 3
    for offset in (None, "known"):
        model = fit(INTERCEPTS, frame, offset=offset)
        own = table(model, "group_estimates_lake")
        for row in range(len(own.frame)):
            topic, key = topic_of_cell(own, row, "Baseline: deviation")
            values = explained_numbers(model, topic, key)
            assert topic == "shrinkage"
            product = number(values["lambda_j"]) * number(values["raw"])
            deviation = own.frame["Baseline: deviation"].iloc[row]
            assert product == pytest.approx(deviation, abs=0.01)
            assert number(values["shrunk"]) == pytest.approx(deviation, abs=0.005)


def test_that_shrinkage_is_no_single_number_with_slopes_or_weights():
    key = {"table": "group_estimates_lake", "level": "L01", "term": "Baseline"}
    weighted = fit(INTERCEPTS, fish(), weights=np.arange(1.0, 91.0))
    for model in (fitted(SLOPES), weighted):
        values = explained_numbers(model, "shrinkage", key)
        assert "lambda_j" not in values
        assert values["deviation"]


@pytest.mark.parametrize("what", ["Baseline", "Effect of length"])
def test_that_a_group_is_the_average_plus_its_difference(what):
    model = fitted(SLOPES)
    own = table(model, "group_estimates_lake")
    key = topic_of_cell(own, 2, f"{what}: in this group")[1]
    values = explained_numbers(model, "group_estimates", key)
    whole = own.frame[f"{what}: in this group"].iloc[2]
    assert number(values["in_this_group"]) == pytest.approx(whole, rel=0.01)
    sign, size = values["plus_deviation"].split(" ")
    assert number(size) * (-1 if sign == MINUS else 1) == number(values["deviation"])


def test_that_a_level_of_two_groupings_is_found_in_the_table_it_was_asked_in():
    frame = fish()
    frame["net"] = frame["lake"].sample(frac=1, random_state=1).to_numpy()
    model = fit("mass ~ length + (1 | lake) + (1 | net)", frame)
    for name in ("lake", "net"):
        own = table(model, f"group_estimates_{name}")
        key = topic_of_cell(own, 0, "Baseline: deviation")[1]
        assert explained_numbers(model, "shrinkage", key)["group"] == name


def test_that_variance_and_correlation_are_told_as_their_table_tells_them():
    model = fitted(SLOPES)
    own = table(model, "random_effect_variances")
    topic, key = topic_of_cell(own, 1, "Correlation with baseline")
    values = explained_numbers(model, topic, key)
    shown = dict(zip(own.frame.columns, own.texts()[1], strict=True))
    assert topic == "correlation"
    assert values["varying"] == shown["Varies in"]
    assert values["variance"] == shown["Variance"]
    assert values["sd"] == shown["SD"]
    assert values["correlation"] == shown["Correlation with baseline"]
    assert number(values["covariance"]) == pytest.approx(
        number(values["sd"]) * number(values["sd_other"]) * model_correlation(model),
        rel=0.02,
    )


def model_correlation(model):
    return float(model.variance_components["correlation"].dropna().iloc[0])


def test_that_parts_of_the_variance_and_of_the_criteria_add_up():
    model = fitted(INTERCEPTS)
    values = explained_numbers(model, "icc", {})
    parts = [number(values[f"var_{name}"]) for name in ("fixed", "random", "residual")]
    assert sum(parts) == pytest.approx(number(values["var_total"]), rel=0.01)
    values = explained_numbers(model, "bic", {})
    bic = number(values["criterion"]) + int(values["k"]) * number(values["log_n"])
    assert bic == pytest.approx(number(values["bic"]), abs=0.02)
    counts = [int(values[name]) for name in ("n_fixed", "n_covariance", "n_sigmas")]
    assert sum(counts) == int(values["k"])


def test_that_rows_and_terms_left_out_are_named():
    model = with_lost_rows()
    assert explained_numbers(model, "collinear", {})["not_estimated"] == "twice"
    values = explained_numbers(model, "rows_not_used", {})
    assert int(values["n"]) + int(values["n_not_used"]) == int(values["n_in_all"]) == 90
    assert re.search(r": \d", values["reasons"])
    row = topic_of_cell(table(model, "rows"), 4, "Residual")
    assert row == ("rows", {"row": "6"})
    assert explained_numbers(model, *row)["residual"]


@pytest.mark.parametrize(
    "key",
    [
        {"term": "nothing"},
        {"group": "lake", "term": "nothing"},
        {"group": "lake", "term": "baseline", "with": "nothing"},
        {"table": "nowhere", "level": "L99", "term": "Baseline"},
        {"row": "-1"},
        {"other": ""},
    ],
)
def test_that_a_key_of_another_model_does_no_harm(key):
    values = explained_numbers(fitted(INTERCEPTS), "estimate", key)
    assert values["n"] == "90"
    assert "estimate" not in values
    assert "deviation" not in values
