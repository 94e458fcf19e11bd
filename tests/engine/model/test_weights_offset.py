"""Weights and offsets, in whatever form they are given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.errors import DesignError
from tests.engine.simulated import dense_criterion, lakes

FORMULA = "y ~ x + f + (x | lake) + (1 | year)"


def weighted(labels=None) -> pd.DataFrame:
    frame = lakes().assign(
        w=np.tile([1.0, 2.0, 4.0, 0.5], 30), known=np.tile([0.0, 1.0, 0.5], 40)
    )
    return frame if labels is None else frame.set_axis(labels)


UNIQUE = [f"row {119 - i}" for i in range(120)]
REPEATED = [i % 7 for i in range(120)]


def mixed_up(values: pd.Series) -> pd.Series:
    return values.sample(frac=1, random_state=1)


FORMS = {
    "names": (None, lambda v: v.name),
    "series": (None, lambda v: v),
    "array": (None, lambda v: v.to_numpy()),
    "column vector": (None, lambda v: v.to_numpy()[:, None]),
    "list": (None, list),
    "tuple": (None, tuple),
    "index": (None, pd.Index),
    "float32": (None, lambda v: v.to_numpy("float32")),
    "Float64": (None, lambda v: v.astype("Float64")),
    "Arrow": (None, lambda v: v.astype("double[pyarrow]")),
    "objects": (None, lambda v: v.astype(object)),
    "in another order": (None, mixed_up),
    "with labels": (UNIQUE, lambda v: v),
    "with labels in another order": (UNIQUE, mixed_up),
    "without labels": (UNIQUE, lambda v: v.reset_index(drop=True)),
    "with repeated labels": (REPEATED, lambda v: v),
    "without labels for repeated ones": (REPEATED, lambda v: v.reset_index(drop=True)),
    "array for repeated labels": (REPEATED, lambda v: v.to_numpy()),
}


@pytest.fixture(scope="module")
def base() -> engine.FittedModel:
    frame = weighted()
    weights, offset = frame["w"].to_numpy(), frame["known"].to_numpy()
    return engine.fit(FORMULA, frame, weights=weights, offset=offset)


def test_that_weights_and_offset_are_those_of_brute_force(base):
    roots = [own.root for own in base.estimates.blocks]
    expected = dense_criterion(base.design, roots, is_reml=True)
    assert base.criterion == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_that_weights_and_offset_may_have_any_form(form, base):
    labels, made = FORMS[form]
    frame = weighted(labels)
    weights, offset = made(frame["w"]), made(frame["known"])
    model = engine.fit(FORMULA, frame, weights=weights, offset=offset)
    assert model.criterion == pytest.approx(base.criterion, rel=1e-12)
    pd.testing.assert_frame_equal(model.coefficients, base.coefficients, rtol=1e-7)


def test_that_a_sorted_frame_keeps_its_weights(base):
    """The labels are numbers, but no longer those that count the rows."""
    frame = weighted().sort_values("x")
    options = {"weights": weighted()["w"], "offset": weighted()["known"]}
    model = engine.fit(FORMULA, frame, **options)
    assert model.criterion == pytest.approx(base.criterion, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "The weight of row 5 is 0, not a positive number"),
        (-2.5, "The weight of row 5 is −2.5, not a positive number"),
        (np.inf, "The weight of row 5 is infinite, not a positive number"),
        (-np.inf, "The weight of row 5 is infinite, not a positive number"),
        (1e300, "too far apart"),
        (1e-200, "too far apart"),
    ],
)
@pytest.mark.parametrize("is_named", [True, False])
def test_that_a_weight_that_cannot_be_is_blamed_on_its_row(value, words, is_named):
    frame = weighted()
    frame.loc[5, "w"] = value
    weights = "w" if is_named else frame["w"].to_numpy()
    with pytest.raises(DesignError, match=words) as caught:
        engine.fit(FORMULA, frame, weights=weights)
    assert "row 5" in caught.value.message
    assert "exclude" in caught.value.remedy


def test_that_many_such_weights_are_counted():
    with pytest.raises(DesignError, match=r"row 0 is 0, .* \(119 more rows like it\)"):
        engine.fit(FORMULA, weighted(), weights=np.zeros(120))


@pytest.mark.parametrize("what", ["weights", "offset"])
@pytest.mark.parametrize("nothing", [np.nan, None, pd.NA])
def test_that_rows_without_a_weight_or_offset_are_listed(what, nothing):
    frame = weighted()
    values = frame["w"].astype("Float64")
    values[[4, 50]] = nothing
    frame.loc[50, "y"] = np.nan
    one = what.removesuffix("s")
    for given in (values, list(values), tuple(values.astype(object))):
        model = engine.fit(FORMULA, frame, **{what: given})
        reasons = model.design.dropped_rows["reason"].to_dict()
        assert reasons == {4: f"the {one} missing", 50: f"y, the {one} missing"}
    left = frame.drop([4, 50])
    expected = engine.fit(FORMULA, left, **{what: left["w"].to_numpy()})
    assert model.criterion == pytest.approx(expected.criterion, rel=1e-12)


@pytest.mark.parametrize("what", ["weights", "offset"])
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ("depth", "no column 'depth'"),
        ("f", "'f' holds text"),
        ("date", "'date' holds dates"),
        (np.ones(3), "3 {what}s for 120 rows"),
        (2.0, "There is 1 {what} for 120 rows"),
        (np.ones((60, 2)), "{what}s are a table"),
        (["heavy"] * 120, "hold something that is no number"),
        (np.full(120, 1j), "hold something that is no number"),
        ({1: 2}, "hold something that is no number"),
        (pd.to_timedelta(np.ones(120), "D"), "hold something that is no number"),
        (pd.Series(np.ones(120), index=UNIQUE), "have other row labels"),
    ],
    ids=str,
)
def test_that_what_is_no_weight_is_refused_in_words(what, values, words):
    frame = weighted().assign(date=pd.Timestamp("2020-01-01"))
    words = words.replace("{what}", what.removesuffix("s"))
    with pytest.raises(DesignError, match=words) as caught:
        engine.fit(FORMULA, frame, **{what: values})
    assert caught.value.remedy


def test_that_an_impossible_offset_is_blamed_on_its_row():
    offset = np.zeros(120)
    offset[5] = np.inf
    with pytest.raises(DesignError, match="row 5"):
        engine.fit(FORMULA, weighted(), offset=offset)
