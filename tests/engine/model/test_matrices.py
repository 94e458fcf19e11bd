from __future__ import annotations

import json

import formulaic
import numpy as np
import pandas as pd
import pytest

import engine
from engine.errors import DesignError
from engine.model.formula import parse_formula
from engine.model.matrices import build_design
from engine.model.spec import ModelSpec, NoPooling, RandomTerm
from tests.engine.simulated import lakes


def design_of(formula: str, frame: pd.DataFrame | None = None, **options: object):
    data = lakes() if frame is None else frame
    return build_design(parse_formula(formula), data, **options)


def test_that_columns_are_named_as_formulaic_names_them():
    frame = lakes().rename(columns={"z": "water depth (m)"})
    design = design_of("y ~ f * x + I(x^2) + `water depth (m)` + (1 | lake)", frame)
    assert design.terms == (
        "Intercept",
        "f[T.low]",
        "f[T.mid]",
        "x",
        "I(x ** 2)",
        "water depth (m)",
        "f[T.low]:x",
        "f[T.mid]:x",
    )


@pytest.mark.parametrize(
    "fixed", ["x", "x + z + x:z", "z:x + n + x:n:z", "0 + x + z", "flag + flag:x"]
)
def test_that_products_of_numbers_are_those_of_formulaic(fixed):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "y": rng.normal(size=40),
            "x": rng.normal(size=40).astype(np.float32),
            "z": rng.normal(size=40),
            "n": rng.integers(0, 9, 40),
            "flag": rng.integers(0, 2, 40).astype(bool),
        }
    )
    design = engine.fit(f"y ~ {fixed}", frame).design
    wanted = formulaic.model_matrix(fixed, frame.astype(float))
    assert set(design.terms) == set(wanted.columns)
    for name, values in zip(design.terms, design.X.T, strict=True):
        np.testing.assert_allclose(values, wanted[name], rtol=1e-15)
    np.testing.assert_array_equal(design.encoder.encode(frame), design.X)


def test_that_a_categoricals_own_order_decides_the_reference_level():
    frame = lakes()
    frame["f"] = pd.Categorical(frame["f"], ["mid", "absent", "low", "high"])
    design = design_of("y ~ f + (1 | lake)", frame)
    assert design.terms == ("Intercept", "f[T.low]", "f[T.high]")


def test_that_numbers_inside_C_are_levels_in_numeric_order():
    frame = lakes().assign(dose=lambda d: (d["year"] - 2000) * 5.0)
    design = design_of("y ~ C(dose) + (1 | lake)", frame)
    assert design.terms[1:4] == ("C(dose)[T.5]", "C(dose)[T.10]", "C(dose)[T.15]")


def test_that_nested_groups_are_the_combinations_that_occur():
    design = design_of("y ~ 1 + (1 | lake / net)")
    outer, inner = design.blocks
    assert outer.grouping.name == "lake"
    assert inner.grouping.name == "lake:net"
    pairs = lakes()["lake"] + ":" + lakes()["net"]
    assert list(inner.grouping.levels) == sorted(pairs.unique())
    np.testing.assert_array_equal(inner.grouping.levels[inner.grouping.codes], pairs)


def test_that_groups_of_numbers_are_ordered_as_numbers():
    frame = lakes().assign(plot=lambda d: (d["year"] - 1998) * 5)
    design = design_of("y ~ 1 + (1 | plot)", frame)
    assert list(design.blocks[0].grouping.levels) == [
        "10",
        "15",
        "20",
        "25",
        "30",
        "35",
    ]


def test_that_a_double_bar_makes_a_block_of_each_term():
    design = design_of("y ~ x + (x + z || lake)")
    assert [block.terms for block in design.blocks] == [("Intercept",), ("x",), ("z",)]


def test_that_rows_with_missing_cells_are_dropped_with_the_reason():
    frame = lakes()
    frame.loc[3, "y"] = np.nan
    frame.loc[7, ["x", "lake"]] = [np.nan, None]
    frame.loc[9, "z"] = np.nan  # not in the model
    design = design_of("y ~ x + (1 | lake)", frame)
    assert design.dropped_rows["reason"].to_dict() == {
        3: "y missing",
        7: "x, lake missing",
    }
    assert len(design.y) == len(frame) - 2
    assert 9 in design.rows
    assert any("2 of 120 rows" in note for note in design.notes)


def test_that_repeated_row_labels_do_no_harm():
    frame = lakes()
    frame.index = [0] * len(frame)
    frame.iloc[4, frame.columns.get_loc("x")] = np.nan
    weights = np.linspace(1, 2, len(frame))
    design = design_of("y ~ x + (1 | lake)", frame, weights=weights)
    assert len(design.y) == len(frame) - 1
    np.testing.assert_array_equal(design.weights, np.delete(weights, 4))


def test_that_the_kind_of_number_does_not_matter():
    frame = lakes()
    frame["x"] = frame["x"].round(3)
    expected = engine.fit("y ~ x + year + (1 | lake)", frame).criterion
    for dtype in ("Float64", "float32"):
        other = frame.astype({"x": dtype})
        ours = engine.fit("y ~ x + year + (1 | lake)", other).criterion
        assert ours == pytest.approx(expected, rel=1e-6)
    for dtype in ("Int64", "int8", "uint16"):
        other = frame.assign(year=(frame["year"] - 2000).astype(dtype))
        ours = engine.fit("y ~ x + year + (1 | lake)", other).criterion
        assert ours == pytest.approx(expected, rel=1e-9)


def test_that_yes_and_no_count_as_one_and_zero():
    frame = lakes().assign(deep=lambda d: d["z"] > 0)
    as_number = frame.assign(deep=frame["deep"].astype(float))
    design = design_of("y ~ deep + (1 | lake)", frame)
    np.testing.assert_array_equal(design.X, design_of("y ~ deep", as_number).X)
    nullable = frame.astype({"deep": "boolean"})
    np.testing.assert_array_equal(design.X, design_of("y ~ deep", nullable).X)


def test_that_dates_count_days_from_the_first():
    frame = lakes()
    frame["day"] = pd.Timestamp("2020-05-01") + pd.to_timedelta(frame["year"], "D")
    design = design_of("y ~ day + (1 | lake)", frame)
    assert design.X[:, 1].min() == 0
    assert np.ptp(design.X[:, 1]) == 5
    assert any("counts days" in note for note in design.notes)


def test_that_a_repeating_column_gives_way_and_is_named():
    frame = lakes().assign(twice=lambda d: 2 * d["x"] + 3)
    model = engine.fit("y ~ x + twice + z + (1 | lake)", frame)
    assert np.isnan(model.coefficients.loc["twice", "estimate"])
    plain = engine.fit("y ~ x + z + (1 | lake)", frame)
    pd.testing.assert_frame_equal(
        model.coefficients.drop("twice"), plain.coefficients, rtol=1e-8
    )
    assert model.criterion == pytest.approx(plain.criterion, rel=1e-10)
    (note,) = (note for note in model.notes if "twice" in note)
    assert "2 × 'x'" in note
    assert "3 × 'Intercept'" in note
    np.testing.assert_allclose(
        model.predict(frame)["estimate"], plain.predict(frame)["estimate"], rtol=1e-9
    )


PROBLEMS = {
    "constant response": ("x ~ y + (1 | lake)", {"x": 4.0}, "is 4 in every row"),
    "text response": ("f ~ x + (1 | lake)", {}, "holds text"),
    "empty column": ("y ~ z + (1 | lake)", {"z": np.nan}, "'z' is empty"),
    "more parameters than rows": ("y ~ id", {"id": map(str, range(120))}, "120 levels"),
    "infinite value": ("y ~ z", {"z": [np.inf] + [1.0] * 119}, "not a finite number"),
    "logarithm of zero": ("y ~ log(z)", {"z": [0.0] + [1.0] * 119}, "first in row 0"),
    "huge value": ("y ~ z", {"z": [1e300] + [1.0] * 119}, "too large"),
    "huge response": ("z ~ x", {"z": [1e300] + [1.0] * 119}, "too large"),
    "logarithm of text": ("y ~ log(f)", {}, "cannot be computed"),
    "perfect fit": ("y ~ z", {"z": lambda d: 2 * d["y"] + 1}, "exactly"),
    "date response": (
        "z ~ x",
        {"z": pd.date_range("2020-01-01", periods=120)},
        "holds dates",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_that_data_without_an_answer_are_refused_in_words(name):
    formula, columns, words = PROBLEMS[name]
    values = {k: list(v) if isinstance(v, map) else v for k, v in columns.items()}
    with pytest.raises(engine.EngineError, match=words) as caught:
        engine.fit(formula, lakes().assign(**values))
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ("depth", "no column 'depth'"),
        ("f", "holds text"),
        (np.ones(3), "3 weights for 120 rows"),
        (np.zeros(120), "not a positive number"),
    ],
)
def test_that_impossible_weights_are_refused_in_words(weights, words):
    with pytest.raises(DesignError, match=words):
        engine.fit("y ~ x + (1 | lake)", lakes(), weights=weights)


def test_that_weights_offset_and_missing_rows_meet_the_reference(reference):
    results = json.loads((reference / "lme4_inference.json").read_text("utf-8"))
    frame = pd.read_csv(reference / "data" / "sleepstudy.csv")
    formula = "Reaction ~ Days + (Days | Subject)"
    case = results["weights_sleepstudy"]
    model = engine.fit(formula, frame, weights=1 + frame["Days"] % 3)
    assert model.criterion == pytest.approx(case["criterion"], abs=1e-6)
    assert model.sigma == pytest.approx(case["sigma"], rel=1e-6)
    np.testing.assert_allclose(model.theta, case["theta"], rtol=1e-4)
    table = model.coefficients
    np.testing.assert_allclose(table["estimate"], case["beta"], rtol=1e-6)
    np.testing.assert_allclose(table["std_error"], case["se"], rtol=1e-5)
    case = results["offset_sleepstudy"]
    model = engine.fit(formula, frame, offset=2 * frame["Days"])
    assert model.criterion == pytest.approx(case["criterion"], abs=1e-6)
    np.testing.assert_allclose(model.coefficients["estimate"], case["beta"], rtol=1e-7)
    case = results["missing_sleepstudy"]
    holes = frame.copy()
    holes.loc[[2, 49, 50, 119], "Reaction"] = np.nan
    holes["Days"] = holes["Days"].astype(float)
    holes.loc[76, "Days"] = np.nan
    model = engine.fit(formula, holes)
    assert model.n_rows == case["n"]
    assert model.criterion == pytest.approx(case["criterion"], abs=1e-6)
    case = results["rank_deficient_sleepstudy"]
    model = engine.fit(
        "Reaction ~ Days + twice + (1 | Subject)",
        frame.assign(twice=2 * frame["Days"]),
    )
    assert model.criterion == pytest.approx(case["criterion"], abs=1e-6)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([0, 1], "yes or no"),
        ([0, 0, 1, 2, 3], "counts"),
        ([0.0, 0.25, 0.5, 1.0], "proportion"),
    ],
)
def test_that_a_response_that_is_not_normal_is_fitted_with_advice(values, word):
    rng = np.random.default_rng(2)
    frame = lakes().assign(w=rng.choice(values, 120))
    model = engine.fit("w ~ x + (1 | lake)", frame)
    assert any(word in note for note in model.notes)
    assert np.isfinite(model.criterion)
    assert not any(word in note for note in engine.fit("y ~ x", lakes()).notes)


@pytest.mark.parametrize(
    "name", ["class", "np", "log", "C", "I", "1", "a b", "m²", "x:f", "é"]
)
def test_that_any_column_name_gives_the_same_fit(name):
    frame = lakes()
    expected = engine.fit("y ~ x + I(x ** 2) + scale(x) : f + (x | lake)", frame)
    odd = frame.rename(columns={"x": name})
    quoted = f"`{name}`"
    formula = f"y ~ {quoted} + I({quoted} ** 2) + scale({quoted}):f + ({quoted} | lake)"
    model = engine.fit(formula, odd)
    assert model.criterion == pytest.approx(expected.criterion, rel=1e-12)
    new = odd.iloc[:5]
    np.testing.assert_allclose(
        model.predict(new, "group")["estimate"], model.fitted.iloc[:5]
    )


def test_that_two_terms_of_one_name_are_refused():
    frame = lakes().assign(**{"log(x)": 1.0})
    with pytest.raises(DesignError, match=r"both be called 'log\(x\)'"):
        engine.fit("y ~ log(x) + `log(x)`", frame)
    frame = lakes().rename(columns={"x": "Intercept"})
    with pytest.raises(DesignError, match="both be called 'Intercept'"):
        engine.fit("y ~ Intercept + (1 | lake)", frame)


def test_that_listed_levels_must_be_complete():
    frame = lakes()
    model = engine.fit("y ~ C(f, levels=['mid', 'low', 'high'])", frame)
    assert model.design.terms[1].endswith("[T.low]")
    with pytest.raises(DesignError, match="each level of 'f'"):
        engine.fit("y ~ C(f, levels=['mid', 'low'])", frame)


def test_that_a_grouping_of_numbers_can_be_not_pooled():
    spec = ModelSpec("y", (("x",),), grouping="year", no_pooling=NoPooling.SLOPES)
    model = engine.fit(spec, lakes())
    assert model.formula == "y ~ 0 + C(year) + C(year):x"
    table = model.group_coefficients["year"]
    assert table.index.tolist() == [str(year) for year in range(2000, 2006)]
    assert engine.fit(model.formula, lakes()).criterion == model.criterion


def test_that_weights_with_labels_are_put_in_order():
    frame = lakes().set_index(pd.Index([f"r{i}" for i in range(120)]))
    weights = pd.Series(np.linspace(1, 3, 120), index=frame.index)
    expected = engine.fit("y ~ x + (1 | lake)", frame, weights=weights).criterion
    shuffled = weights.sample(frac=1, random_state=3)
    ours = engine.fit("y ~ x + (1 | lake)", frame, weights=shuffled).criterion
    assert ours == pytest.approx(expected, rel=1e-12)
    plain = weights.reset_index(drop=True)
    assert engine.fit("y ~ x + (1 | lake)", frame, weights=plain).criterion == expected
    with pytest.raises(DesignError, match="other row labels"):
        engine.fit("y ~ x", frame, weights=weights.rename(lambda name: name + "!"))


def test_that_an_infinite_weight_is_blamed_on_its_row():
    weights = np.ones(120)
    weights[5] = np.inf
    with pytest.raises(DesignError, match="row 5"):
        engine.fit("y ~ x", lakes(), weights=weights)


def test_that_groups_of_mixed_kinds_are_told_apart_by_their_text():
    frame = lakes()
    frame["g"] = pd.Series([1, "1", 2, "b"] * 30, dtype=object)
    assert engine.fit("y ~ x + (1 | g)", frame).n_levels == {"g": 3}
    frame["g"] = np.where(np.arange(120) % 3 == 0, np.inf, np.arange(120) % 3)
    assert engine.fit("y ~ x + (1 | g)", frame).n_levels == {"g": 3}


def test_that_a_factorial_with_empty_cells_is_fitted():
    rng = np.random.default_rng(2)
    cells = [
        (a, b)
        for a in "abcd"
        for b in "wxyz"
        if (a, b)
        not in [("a", "w"), ("b", "x"), ("c", "y"), ("d", "z"), ("a", "x"), ("b", "y")]
    ]
    rows = [cells[i] for i in [*range(10), *rng.integers(0, 10, 5)]]
    frame = pd.DataFrame(rows, columns=["a", "b"]).assign(y=rng.normal(size=15))
    model = engine.fit("y ~ a * b", frame)
    assert len(model.estimates.kept) == 10
    means = frame.groupby(["a", "b"])["y"].transform("mean")
    np.testing.assert_allclose(model.fitted, means)


def test_that_the_note_on_a_dependency_counts_large_columns():
    rng = np.random.default_rng(4)
    x = rng.uniform(1e8, 2e8, 60)
    frame = pd.DataFrame({"y": rng.normal(size=60), "x": x, "z": 2000 + 1e-4 * x})
    (note,) = (n for n in engine.fit("y ~ x + z", frame).notes if "'z'" in n)
    assert "'x'" in note


def test_that_powers_of_large_whole_numbers_do_not_overflow():
    frame = lakes().assign(north=np.linspace(2_000_000, 2_190_000, 120).astype(int))
    design = design_of("y ~ I(north ** 3)", frame)
    np.testing.assert_allclose(design.X[:, 1], frame["north"].astype(float) ** 3)


def test_that_numbers_inside_C_stay_numbers_outside():
    frame = lakes()
    design = design_of("y ~ year + (0 + C(year) | lake)", frame)
    assert design.terms == ("Intercept", "year")
    assert len(design.blocks[0].terms) == 6
    both = design_of("y ~ x + C(year):x", frame)
    assert both.terms[1] == "x"
    assert "C(year)[T.2001]:x" in both.terms


def test_that_categories_of_numbers_keep_their_groups():
    frame = lakes()
    halves = pd.Categorical(frame["lake"].str[1:].astype(float) / 2)
    frame["g"] = halves
    assert engine.fit("y ~ x + (1 | g)", frame).n_levels == {"g": 10}
    frame["g"] = pd.Categorical(frame["year"].astype(float))
    assert engine.fit("y ~ x + g + (1 | lake)", frame).design.terms[2] == "g[T.2001]"


def test_that_a_text_offset_is_refused():
    for arguments in ({"offset": "f"}, {}):
        formula = "y ~ x" if arguments else "y ~ x + offset(f)"
        with pytest.raises(DesignError, match="offset 'f' holds text"):
            engine.fit(formula, lakes(), **arguments)


def test_that_column_names_may_be_numbers():
    frame = pd.DataFrame(lakes()[["y", "x", "lake"]].to_numpy(), columns=[0, 1, 2])
    frame = frame.astype({0: float, 1: float})
    model = engine.fit("`0` ~ `1` + (1 | `2`)", frame)
    assert model.criterion == engine.fit("y ~ x + (1 | lake)", lakes()).criterion


@pytest.mark.parametrize("arguments", [(None, lakes()), ("y ~ x", None), (3, lakes())])
def test_that_calls_without_model_or_data_are_refused(arguments):
    with pytest.raises(engine.EngineError):
        engine.fit(*arguments)


def test_that_a_random_term_without_anything_varying_is_refused():
    spec = ModelSpec("y", (("x",),), random=(RandomTerm(("lake",), intercept=False),))
    with pytest.raises(DesignError, match="Nothing varies"):
        engine.fit(spec, lakes())


def test_that_reading_explains_why_a_column_is_text(tmp_path):
    text = lakes().round(3).to_csv(index=False)
    lines = text.splitlines()
    lines[5] = lines[5].replace(lines[5].split(",")[0], "about 12", 1)
    (tmp_path / "d.csv").write_text("\n".join(lines))
    table = engine.read_table(tmp_path / "d.csv")
    with pytest.raises(DesignError) as caught:
        engine.fit("y ~ x + (1 | lake)", table)
    assert "about 12" in caught.value.remedy
