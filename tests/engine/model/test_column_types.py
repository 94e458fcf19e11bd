"""The same values under other types of pandas columns: the same fit."""

from __future__ import annotations

import decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import engine
from engine.errors import DesignError
from tests.engine.simulated import lakes

FORMULA = "y ~ x + count + deep + f + day + (count | lake) + (1 | year)"
FIRST_DAY = pd.Timestamp("2020-05-01")
DICTIONARY = pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))


def plain() -> pd.DataFrame:
    """Numbers that every type holds exactly; yes and no as 1 and 0; days as numbers."""
    frame = lakes()
    rng = np.random.default_rng(3)
    return frame.assign(
        y=frame["y"].astype("float32").astype(float),
        x=(frame["x"] * 8).round() / 8,
        count=frame["z"].round().clip(-100, 100),
        deep=(frame["z"] > 0).astype(float),
        day=rng.integers(0, 30, len(frame)) - 0.0,
    )


@pytest.fixture(scope="module")
def base() -> engine.FittedModel:
    return engine.fit(FORMULA, plain())


def days(values: pd.Series) -> pd.Series:
    values = values - values.min()
    return FIRST_DAY + pd.to_timedelta(values, "D")


def as_objects(values: pd.Series, kind) -> pd.Series:
    return pd.Series([kind(v) for v in values], dtype=object, index=values.index)


def with_unused(values: pd.Series) -> pd.Series:
    levels = sorted({*values, "aa", "zz"})
    return pd.Series(pd.Categorical(values, levels), index=values.index)


NUMBERS = ("float32", "Float32", "Float64", "float[pyarrow]", "Sparse[float]", "object")
WHOLE = ("int8", "int16", "Int8", "Int64", "int8[pyarrow]", "int64[pyarrow]", "float16")
TYPES = {
    **{f"x {t}": ("x", lambda v, t=t: v.astype(t)) for t in NUMBERS},
    **{f"y {t}": ("y", lambda v, t=t: v.astype(t)) for t in NUMBERS},
    **{f"count {t}": ("count", lambda v, t=t: v.astype(int).astype(t)) for t in WHOLE},
    "objects of whole numbers": ("count", lambda v: as_objects(v, int)),
    "decimal objects": ("x", lambda v: as_objects(v, decimal.Decimal)),
    "decimals": ("x", lambda v: v.astype(pd.ArrowDtype(pa.decimal128(8, 3)))),
    **{
        f"deep {t}": ("deep", lambda v, t=t: v.astype(bool).astype(t))
        for t in ("bool", "boolean", "bool[pyarrow]", "object", "int8")
    },
    **{
        f"f {t}": ("f", lambda v, t=t: v.astype(t))
        for t in ("object", "string", "string[pyarrow]", "category")
    },
    "f dictionary": ("f", lambda v: v.astype(DICTIONARY)),
    "f with unused levels": ("f", with_unused),
    "lake with unused levels": ("lake", with_unused),
    "lake dictionary": ("lake", lambda v: v.astype(DICTIONARY)),
    **{
        f"year {t}": ("year", lambda v, t=t: v.astype(t))
        for t in ("int16", "Int64", "float32", "category", "string", "int64[pyarrow]")
    },
    "year as objects": ("year", lambda v: as_objects(v, int)),
    "day datetime64[ns]": ("day", days),
    "day datetime64[s]": ("day", lambda v: days(v).astype("datetime64[s]")),
    "day in Tokyo": ("day", lambda v: days(v).dt.tz_localize("Asia/Tokyo")),
    "day Arrow": ("day", lambda v: days(v).astype("timestamp[s][pyarrow]")),
    "day Arrow date": ("day", lambda v: days(v).astype("date32[pyarrow]")),
    "day dates": ("day", lambda v: as_objects(days(v), lambda t: t.date())),
    "day periods": ("day", lambda v: days(v).dt.to_period("D")),
}


@pytest.mark.parametrize("name", TYPES)
def test_that_the_type_of_a_column_does_not_matter(name, base):
    column, convert = TYPES[name]
    frame = plain()
    frame[column] = convert(frame[column])
    before = frame.copy()
    model = engine.fit(FORMULA, frame)
    pd.testing.assert_frame_equal(frame, before)
    assert model.criterion == pytest.approx(base.criterion, rel=1e-10)
    pd.testing.assert_frame_equal(model.coefficients, base.coefficients, rtol=1e-6)
    assert model.n_levels == base.n_levels
    for group, effects in base.group_effects.items():
        pd.testing.assert_frame_equal(model.group_effects[group], effects, rtol=1e-5)
    new, plain_new = frame.tail(7), plain().tail(7)
    if column == "day":  # the first day of the fit stays the first
        plain_new["day"] -= plain()["day"].min()
    ours = model.predict(new, kind="group")
    theirs = base.predict(plain_new, kind="group")
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-6)


MISSING = {
    "float64": ("x", lambda v: v, np.nan),
    "Float64": ("x", lambda v: v.astype("Float64"), pd.NA),
    "double[pyarrow]": ("x", lambda v: v.astype("double[pyarrow]"), pd.NA),
    "objects": ("x", lambda v: v.astype(object), None),
    "Int64": ("count", lambda v: v.astype("Int64"), pd.NA),
    "objects of whole numbers": ("count", lambda v: as_objects(v, int), None),
    "boolean": ("deep", lambda v: v.astype("boolean"), pd.NA),
    "objects of yes and no": ("deep", lambda v: as_objects(v, bool), None),
    "text": ("f", lambda v: v.astype(object), None),
    "category": ("lake", lambda v: v.astype("category"), np.nan),
    "string[pyarrow]": ("lake", lambda v: v.astype("string[pyarrow]"), pd.NA),
    "Int64 groups": ("year", lambda v: v.astype("Int64"), pd.NA),
    "date": ("day", days, pd.NaT),
    "date objects": ("day", lambda v: as_objects(days(v), lambda t: t.date()), None),
}


@pytest.mark.parametrize("name", MISSING)
def test_that_rows_with_missing_cells_are_listed_whatever_the_type(name):
    column, convert, nothing = MISSING[name]
    frame = plain()
    expected = engine.fit(FORMULA, frame.drop([4, 50]))
    frame[column] = convert(frame[column])
    frame.loc[[4, 50], column] = nothing
    frame.loc[50, "y"] = np.nan
    model = engine.fit(FORMULA, frame)
    reasons = model.design.dropped_rows["reason"].to_dict()
    assert reasons == {4: f"{column} missing", 50: f"y, {column} missing"}
    assert model.criterion == pytest.approx(expected.criterion, rel=1e-10)
    np.testing.assert_allclose(
        model.coefficients["estimate"], expected.coefficients["estimate"], rtol=1e-6
    )
    predicted = model.predict(frame, kind="group")["estimate"]
    assert list(np.flatnonzero(predicted.isna())) == [4, 50]


@pytest.mark.parametrize("index", ["text", "repeated", "dates", "two levels", "gaps"])
def test_that_the_rows_labels_do_not_matter(index, base):
    n = base.n_rows
    labels = {
        "text": [f"r{n - i}" for i in range(n)],
        "repeated": [i % 7 for i in range(n)],
        "dates": pd.date_range("2020-01-01", periods=n, freq="D")[::-1],
        "two levels": pd.MultiIndex.from_product([range(n // 2), ["a", "b"]]),
        "gaps": np.arange(n) * 3 + 5,
    }[index]
    frame = plain().set_axis(labels)
    model = engine.fit(FORMULA, frame)
    assert model.criterion == base.criterion
    assert model.fitted.index.equals(frame.index)
    predicted = model.predict(frame, kind="group")
    assert predicted.index.equals(frame.index)
    expected = base.predict(plain(), kind="group")
    np.testing.assert_array_equal(predicted["estimate"], expected["estimate"])


def test_that_a_mixture_stays_text():
    frame = plain().assign(mixed=pd.Series([1, "1", 2.5, "b"] * 30, dtype=object))
    assert engine.fit("y ~ x + (1 | mixed)", frame).n_levels == {"mixed": 3}
    frame["digits"] = frame["count"].astype(int).astype(str)
    assert "digits[T.0]" in engine.fit("y ~ digits", frame).coefficients.index


def test_that_long_numbers_keep_their_digits_as_groups():
    """As floats they would be one group."""
    ids = [2**60 + i for i in range(5)]
    frame = plain().assign(id=pd.Series(ids * 24, dtype=object))
    frame.loc[3, "id"] = None
    assert engine.fit("y ~ x + (1 | id)", frame).n_levels == {"id": 5}
    frame["id"] = pd.Series([2**70 + i for i in range(5)] * 24, dtype=object)
    assert engine.fit("y ~ x + (1 | id)", frame).n_levels == {"id": 5}


def test_that_durations_are_refused_in_words():
    frame = plain().assign(lag=lambda d: pd.to_timedelta(d["day"], "D"))
    for dtype in ("timedelta64[ns]", "duration[ns][pyarrow]"):
        with pytest.raises(DesignError, match="holds durations") as caught:
            engine.fit("y ~ lag", frame.astype({"lag": dtype}))
        assert "Timedelta(days=1)" in caught.value.remedy
