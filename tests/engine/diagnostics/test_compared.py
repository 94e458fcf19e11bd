"""What is compared on a page: the model's own means, slopes and contrasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.diagnostics.compared import MOST_COMPARED, compared
from engine.diagnostics.compared_inputs import Quantity, compared_inputs
from engine.diagnostics.compared_settings import (
    WAYS,
    ComparedSettings,
    comparison,
    names_of,
    offered_by,
)
from engine.diagnostics.prediction_inputs import prediction_inputs
from engine.inference.contrasts import contrasts
from engine.inference.marginal_means import marginal_means
from engine.inference.slopes import marginal_slopes
from engine.workflow import fit
from tests.engine.reporting.models import EVERY_KIND, every_kind, fish, fitted

CROSSED = "mass ~ food * length + (1 | lake) + (1 | year)"


def offered(model):
    return compared_inputs(model, prediction_inputs(model))


def asked(model, **settings):
    inputs = offered(model)
    question = comparison(inputs, ComparedSettings(**settings))
    assert question is not None
    return compared(model, inputs, question)


def doses(n=80):
    """Three doses, two sexes and a date, in ten lakes."""
    rng = np.random.default_rng(3)
    dose, sex, lake = (rng.integers(0, k, n) for k in (3, 2, 10))
    day = pd.Timestamp("2020-05-01") + pd.to_timedelta(rng.integers(0, 40, n), "D")
    return pd.DataFrame(
        {
            "y": dose + 0.5 * sex + rng.normal(size=10)[lake] + rng.normal(size=n),
            "dose": 10.0 * dose,
            "sex": sex,
            "day": day,
            "lake": lake.astype(str),
            "kind": np.array(["a", "b", "c"])[rng.integers(0, 3, n)],
        }
    )


def test_that_means_and_differences_are_the_models_own():
    model = fitted(CROSSED)
    found = asked(model, values={"length": 4.5}, level=0.9)
    expected = marginal_means(model, "food", {"length": 4.5}, level=0.9)
    pd.testing.assert_frame_equal(found.means, expected)
    pairs = contrasts(model, "food", at={"length": 4.5}, level=0.9)
    pd.testing.assert_frame_equal(found.differences, pairs)
    assert found.data.levels == ("algae", "insects", "snails")
    np.testing.assert_array_equal(found.data.estimate[0], expected["estimate"])


def test_that_slopes_are_compared_by_factor():
    model = fitted(CROSSED)
    found = asked(model, quantity=Quantity(("food",), "length"))
    expected = marginal_slopes(model, "length", "food")
    pd.testing.assert_frame_equal(found.means, expected)
    assert found.differences["contrast"].iloc[0] == "algae - insects"
    assert len(found.data.y) == 0  # rows have no slope


def test_that_a_covariate_is_told_apart_at_its_own_values():
    model = fit("y ~ dose * kind + (1 | lake)", doses())
    inputs = offered(model)
    assert inputs.stands == {"dose": (0.0, 10.0, 20.0)}
    found = asked(model, quantity=Quantity(("kind",)), by="dose")
    expected = marginal_means(model, ["kind", "dose"], {"dose": [0.0, 10.0, 20.0]})
    np.testing.assert_allclose(
        found.data.estimate, expected["estimate"].to_numpy().reshape(3, 3)
    )
    assert found.data.series == ("0", "10", "20")


def test_that_a_covariate_of_many_values_stands_at_three_of_them():
    inputs = offered(fitted(CROSSED))
    low, middle, high = inputs.stands["length"]
    length = fish()["length"]
    within = np.array([np.mean(length < v) for v in (low, middle, high)])
    np.testing.assert_allclose(within, [0.1, 0.5, 0.9], atol=0.03)


def test_that_each_row_stands_behind_its_own_mean():
    frame = doses()
    model = fit("y ~ dose * kind + sex + (1 | lake)", frame)
    found = asked(model, quantity=Quantity(("kind",)), by="dose")
    data = found.data
    kinds = np.array(data.levels)[data.x]
    assert kinds.tolist() == frame["kind"].tolist()
    dose = np.array(data.series)[data.row_series]
    assert dose.tolist() == [f"{value:g}" for value in frame["dose"]]
    np.testing.assert_array_equal(data.y, frame["y"])


def test_that_rows_between_the_values_of_a_covariate_are_no_points():
    found = asked(fitted(CROSSED), quantity=Quantity(("length",)))
    assert len(found.data.y) < 10
    at = np.array(offered(fitted(CROSSED)).stands["length"])[found.data.x]
    rows = found.data.labels
    np.testing.assert_array_equal(fish().loc[rows, "length"], at)


def test_that_two_values_are_levels_as_they_are_to_the_grid():
    model = fit("y ~ sex + dose + (1 | lake)", doses())
    inputs = offered(model)
    assert inputs.levels == {"sex": ("0", "1")}
    assert list(inputs.numbers) == ["dose"]
    found = asked(model)
    np.testing.assert_allclose(
        found.means["estimate"], marginal_means(model, "sex")["estimate"]
    )


def test_that_dates_can_be_held_and_told_apart():
    model = fit("y ~ day + kind + (1 | lake)", doses())
    found = asked(model, quantity=Quantity(("kind",)), values={"day": 10.0})
    day = offered(model).numbers["day"].origin + pd.Timedelta(days=10)
    expected = marginal_means(model, "kind", {"day": day})
    np.testing.assert_allclose(found.means["estimate"], expected["estimate"])
    told = asked(model, quantity=Quantity(("day",)))
    assert told.data.levels[0].startswith("2020-05-")


def test_that_names_follow_the_order_of_the_means():
    model = fit("y ~ kind * C(sex) + (1 | lake)", doses())
    inputs, pair = offered(model), Quantity(("kind", "sex"))
    assert pair in inputs.quantities
    found = asked(model, quantity=pair)
    table = found.means
    texts = [f"{a} {b}" for a, b in zip(table["kind"], table["sex"], strict=True)]
    assert list(names_of(inputs, pair)) == texts
    assert found.differences["contrast"].iloc[0] == f"{texts[0]} - {texts[1]}"


@pytest.mark.parametrize("way", WAYS)
def test_that_every_way_of_comparing_reaches_the_engine(way):
    model = fitted(CROSSED)
    found = asked(model, way=way, control="snails")
    control = "snails" if way == "control" else None
    expected = contrasts(model, "food", way, control=control)
    pd.testing.assert_frame_equal(found.differences, expected)


def test_that_unknown_settings_give_way_to_what_the_model_has():
    inputs = offered(fitted(CROSSED))
    wanted = ComparedSettings(
        quantity=Quantity(("habitat",)),
        by="habitat",
        values={"habitat": 1.0, "length": 4.0},
        control="nowhere",
    )
    question = comparison(inputs, wanted)
    assert question.quantity == inputs.quantities[0]
    assert question.settings.by == ""
    assert question.settings.values == {"length": 4.0}
    assert question.settings.control == "algae"


def test_that_a_column_is_never_compared_and_held():
    inputs = offered(fitted(CROSSED))
    for quantity in inputs.quantities:
        told = {*quantity.columns, quantity.slope_of}
        assert not told & set(offered_by(inputs, quantity))
        for by in ("", *offered_by(inputs, quantity)):
            assert not {*quantity.columns, by} & set(inputs.held(quantity, by))


def test_that_where_a_straight_slope_is_taken_does_not_matter():
    inputs = offered(fitted(CROSSED))
    assert inputs.held(Quantity((), "length"), "") == ()
    curved = offered(fitted("mass ~ poly(length, 2) + (1 | lake)"))
    assert curved.held(Quantity((), "length"), "") == ("length",)


def test_that_a_model_without_covariates_has_nothing_to_compare():
    inputs = offered(fitted("mass ~ 1 + (1 | lake)"))
    assert comparison(inputs, ComparedSettings()) is None


def test_that_too_many_pairs_are_not_made_but_said():
    rng = np.random.default_rng(1)
    n = 20 * (MOST_COMPARED + 1)
    frame = pd.DataFrame(
        {
            "site": np.arange(n) % (MOST_COMPARED + 1),
            "y": rng.normal(size=n),
            "lake": rng.integers(0, 9, n).astype(str),
        }
    )
    model = fit("y ~ C(site) + (1 | lake)", frame)
    found = asked(model)
    assert found.is_too_many
    assert found.differences is None
    assert asked(model, way="consecutive", adjust="holm").differences is not None


@pytest.mark.parametrize("name", EVERY_KIND)
def test_that_every_kind_of_model_can_be_asked_everything(name):
    model = every_kind()[name]
    inputs = offered(model)
    for quantity in inputs.quantities:
        for by in ("", *offered_by(inputs, quantity)):
            found = asked(model, quantity=quantity, by=by)
            shape = len(found.data.series), len(found.data.levels)
            assert found.data.estimate.shape == shape
            is_said = "Not estimated" in " ".join(map(str, found.means.attrs["notes"]))
            assert is_said != np.isfinite(found.data.estimate).all()
