from __future__ import annotations

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

import engine
from engine.inference.anova import COLUMNS, anova
from engine.inference.f_tests import coefficient_tests, combined_df, f_test
from engine.model.spec import NoPooling
from tests.engine.fitting.test_reference import case_names, data, fitted, results
from tests.engine.simulated import lakes
from tests.shared_data import SHARED, shared_folder

LMERTEST = ["Sum Sq", "NumDF", "DenDF", "F value", "Pr(>F)"]


@cache
def inference_results() -> dict:
    path = shared_folder() / "reference" / "lme4_inference.json"
    return json.loads(path.read_text(encoding="utf-8"))


def anova_names() -> list[str]:
    if not SHARED.is_dir():
        return ["absent"]
    return [name for name in inference_results() if name.startswith("anova")]


def expected(rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows).set_index("term")[LMERTEST].set_axis(COLUMNS, axis=1)


def same(ours: pd.DataFrame, theirs: pd.DataFrame, rtol: float) -> None:
    assert list(ours.index) == list(theirs.index)
    np.testing.assert_allclose(ours[COLUMNS[:4]], theirs[COLUMNS[:4]], rtol=rtol)
    np.testing.assert_allclose(ours["p_value"], theirs["p_value"], rtol=20 * rtol)


def unbalanced() -> pd.DataFrame:
    """Two crossed factors in unequal numbers, with a covariate."""
    frame = lakes()
    own = np.random.default_rng(1).integers(0, 3, len(frame))
    return frame.assign(h=np.array(list("abc"))[own])


@pytest.mark.parametrize("name", anova_names())
def test_that_tables_of_every_type_equal_lmertests(name):
    shared_folder()
    case = inference_results()[name]
    model = engine.fit(case["formula"], data(case["data"], {}))
    if case["data"] == "orthodont":
        model = fitted("orthodont_sex")
    table = anova(model, type=case["type"], df=case["df"])
    # the reference fit of orthodont stopped early: its df are 25.01 where 25 is exact
    same(table, expected(case["table"]), 1e-3 if case["data"] == "orthodont" else 1e-5)


@pytest.mark.parametrize("name", case_names())
def test_that_type_three_equals_lmertests_at_the_exact_optimum(name):
    shared_folder()
    rows = results()[name].get("anova3")
    if rows:
        same(anova(fitted(name)), expected(rows), 1e-6)


def test_that_df_in_balanced_designs_are_exact():
    shared_folder()
    orthodont = fitted("orthodont_sex")
    oats = engine.fit(
        "yield ~ nitro * Variety + (1 | Block / Variety)", data("oats", {})
    )
    for method in ("satterthwaite", "kenward-roger"):
        for kind in (1, 2, 3):
            found = anova(orthodont, kind, method)["df2"]
            np.testing.assert_allclose(found, 25, atol=1e-6)
        np.testing.assert_allclose(
            anova(oats, 1, method)["df2"], [51, 10, 51], atol=1e-6
        )


# lmerTest 3.1-3 with pbkrtest on the rows of `unbalanced`, optimised to 1e-11:
# sum of squares, numerator and denominator df, F
LMERTEST_UNBALANCED = [
    (
        "y ~ f * x + z + (1 | lake) + (1 | year)",
        False,
        2,
        "kenward-roger",
        {
            "f": [1.2263788179, 2.0, 100.0973808, 1.106311147],
            "x": [221.9250972865, 1.0, 100.4828451, 400.3957155513],
            "z": [0.1388304075, 1.0, 100.0498103, 0.2504768547],
            "f:x": [1.3620237257, 2.0, 100.0552804, 1.2286758253],
        },
    ),
    (
        "y ~ f * x + z + (1 | lake) + (1 | year)",
        False,
        3,
        "satterthwaite",
        {
            "f": [1.2301498693, 2.0, 100.1644505, 1.1097139152],
            "x": [207.4829120999, 1.0, 100.5018286, 374.3392255796],
            "z": [0.1393919465, 1.0, 100.1141872, 0.2514899795],
            "f:x": [1.366027118, 2.0, 100.1238163, 1.2322883082],
        },
    ),
    (
        "y ~ f * x + z + (1 | lake) + (1 | year)",
        False,
        3,
        "kenward-roger",
        {
            "f": [1.2263788179, 2.0, 100.0973808, 1.106311147],
            "x": [206.3352200256, 1.0, 100.4397643, 372.2685675289],
            "z": [0.1388304075, 1.0, 100.0498103, 0.2504768547],
            "f:x": [1.3620237257, 2.0, 100.0552804, 1.2286758253],
        },
    ),
    (
        "y ~ f * h + x + (1 | lake)",
        False,
        1,
        "satterthwaite",
        {
            "f": [4.497444949, 2.0, 101.5685354, 2.047788801],
            "h": [8.004217848, 2.0, 102.4535465, 3.644502124],
            "x": [312.676111878, 1.0, 101.6315212, 284.737066289],
            "f:h": [4.288179094, 4.0, 102.3677145, 0.976252653],
        },
    ),
    (
        "y ~ f * h + x + (1 | lake)",
        False,
        2,
        "kenward-roger",
        {
            "f": [2.144868486, 2.0, 101.5988207, 0.9766072946],
            "h": [0.752815453, 2.0, 102.3865799, 0.342773713],
            "x": [309.084530255, 1.0, 101.5821156, 281.4664089677],
            "f:h": [4.261764043, 4.0, 102.3835536, 0.9702332111],
        },
    ),
    (
        "y ~ f * h + x + (1 | lake)",
        False,
        3,
        "satterthwaite",
        {
            "f": [1.3103461081, 2.0, 101.7358897, 0.5966303348],
            "h": [0.8728777713, 2.0, 102.3614627, 0.3974410683],
            "x": [309.5203851814, 1.0, 101.5839653, 281.8633182558],
            "f:h": [4.2881790944, 4.0, 102.3786718, 0.976252653],
        },
    ),
    (
        "y ~ f * h + x + (1 | lake)",
        True,
        2,
        "satterthwaite",
        {
            "f": [0.377302799, 2.0, 88.23427472, 0.1765963328],
            "h": [0.9836575399, 2.0, 88.4820551, 0.4604002799],
            "x": [289.1101501519, 1.0, 87.67304813, 270.6356402713],
            "f:h": [4.5936045268, 3.0, 88.55840256, 1.4333557661],
        },
    ),
    (
        "y ~ f * h + x + (1 | lake)",
        True,
        3,
        "kenward-roger",
        {
            "f": [0.1415080504, 2.0, 88.26960781, 0.06623260901],
            "h": [0.918658231, 2.0, 88.30731321, 0.42997667039],
            "x": [288.6330332672, 1.0, 87.57711809, 270.1890117683],
            "f:h": [4.5650740541, 3.0, 88.47374817, 1.42444638514],
        },
    ),
]


@pytest.mark.parametrize(
    ("formula", "missing", "kind", "method", "rows"), LMERTEST_UNBALANCED
)
def test_that_unbalanced_rows_and_missing_cells_give_lmertests_tables(
    formula, missing, kind, method, rows
):
    frame = unbalanced()
    if missing:
        frame = frame[~((frame["f"] == "low") & (frame["h"] == "c"))]
    table = anova(engine.fit(formula, frame), kind, method)
    np.testing.assert_allclose(table[COLUMNS[:4]], list(rows.values()), rtol=2e-6)
    assert list(table.index) == list(rows)


def sum_coded(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Columns of f * h with levels that sum to zero."""

    def of(column: pd.Series) -> np.ndarray:
        dummies = pd.get_dummies(column).to_numpy(dtype=float)
        return dummies[:, :-1] - dummies[:, -1:]

    f, h = of(frame["f"]), of(frame["h"])
    both = np.einsum("ia,ib->iab", f, h).reshape(len(frame), -1)
    return {"f": f, "h": h, "f:h": both}


def squares(parts: list[np.ndarray], y: np.ndarray, w: np.ndarray) -> float:
    """Weighted residual sum of squares of a regression on the parts."""
    X = np.column_stack([np.ones(len(y)), *parts]) * np.sqrt(w)[:, None]
    y = y * np.sqrt(w)
    return float(np.sum((y - X @ np.linalg.lstsq(X, y, rcond=None)[0]) ** 2))


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
def test_that_least_squares_has_the_sums_of_squares_of_each_type(weighted):
    frame = unbalanced()
    w = np.random.default_rng(2).uniform(0.5, 2, len(frame)) if weighted else None
    model = engine.fit("y ~ f * h", frame, weights=w)
    w, y, X = np.ones(len(frame)) if w is None else w, frame["y"], sum_coded(frame)
    f, h, both = X.values()
    falls = {
        1: [([], [f]), ([f], [f, h]), ([f, h], [f, h, both])],
        2: [([h], [h, f]), ([f], [f, h]), ([f, h], [f, h, both])],
        3: [([h, both], [f, h, both]), ([f, both], [f, h, both])],
    }
    falls[3].append(falls[2][2])
    rest = squares([f, h, both], y.to_numpy(), w)
    for kind, pairs in falls.items():
        table = anova(model, kind)
        for (without, with_term), row in zip(pairs, table.itertuples(), strict=True):
            fall = squares(without, y.to_numpy(), w) - squares(
                with_term, y.to_numpy(), w
            )
            assert row.sum_sq == pytest.approx(fall, rel=1e-9)
            assert row.statistic == pytest.approx(
                fall / row.df / (rest / 111), rel=1e-9
            )
            assert row.df2 == 111
        assert list(table["df"]) == [2, 2, 4]


@pytest.mark.parametrize("method", ["satterthwaite", "kenward-roger"])
@pytest.mark.parametrize(
    "formula",
    [
        "y ~ C(f, contr.sum) * h * x + (1 | lake)",
        "y ~ C(f, contr.treatment('mid')) * C(h, contr.helmert) * x + (1 | lake)",
        "y ~ C(f, contr.poly) * C(h, contr.SAS) * x + (1 | lake)",
    ],
)
def test_that_type_three_does_not_depend_on_the_coding(formula, method):
    frame = unbalanced()
    plain = anova(engine.fit("y ~ f * h * x + (1 | lake)", frame), df=method)
    coded = anova(engine.fit(formula, frame), df=method)
    columns = ["sum_sq", "df", "statistic"]
    np.testing.assert_allclose(coded[columns], plain[columns], rtol=1e-6)
    if method == "kenward-roger":  # Satterthwaite's depends on it, as lmerTest's does
        np.testing.assert_allclose(coded["df2"], plain["df2"], rtol=1e-6)


def test_that_units_and_the_order_of_levels_do_not_matter():
    frame = unbalanced()
    other = frame.assign(
        x=1e4 * frame["x"], f=pd.Categorical(frame["f"], ["mid", "low", "high"])
    )
    for kind in (1, 2, 3):
        first = anova(engine.fit("y ~ f * h + x + (1 | lake)", frame), kind)
        second = anova(engine.fit("y ~ f * h + x + (1 | lake)", other), kind)
        columns = ["sum_sq", "df", "statistic"]
        np.testing.assert_allclose(second[columns], first[columns], rtol=1e-6)


def test_that_a_covariate_with_several_columns_is_one_term():
    model = engine.fit("y ~ poly(x, 2) * f + (1 | lake)", unbalanced())
    table = anova(model)
    assert list(table.index) == ["poly(x, 2)", "f", "poly(x, 2):f"]
    assert list(table["df"]) == [2, 2, 4]
    interaction = np.eye(9)[5:]
    assert f_test(model.estimates, interaction).statistic == pytest.approx(
        table.loc["poly(x, 2):f", "statistic"]
    )


def test_that_without_a_baseline_the_means_of_levels_are_tested():
    frame = unbalanced()
    model = engine.fit("y ~ 0 + f + h + (1 | lake)", frame)
    table = anova(model)
    assert list(table["df"]) == [3, 2]
    # means of f's levels, averaged over those of h
    L = np.column_stack([np.eye(3), np.full((3, 2), 1 / 3)])
    assert table.loc["f", "statistic"] == pytest.approx(
        f_test(model.estimates, L).statistic
    )


def test_that_terms_which_cannot_be_estimated_have_no_test_and_are_named():
    frame = unbalanced()
    frame["twice"] = 2 * frame["x"]
    plain = anova(engine.fit("y ~ x + f + (1 | lake)", frame))
    for kind in (1, 2, 3):
        table = anova(engine.fit("y ~ x + twice + f + (1 | lake)", frame), kind)
        assert table.loc["twice", "df"] == 0
        assert table.drop(columns="df").loc["twice"].isna().all()
        assert "'twice'" in " ".join(table.attrs["notes"])
        if kind != 1:
            pd.testing.assert_frame_equal(table.drop("twice"), plain, rtol=1e-7)
    table = anova(
        engine.fit("y ~ x + twice + (1 | lake)", frame), df="likelihood-ratio"
    )
    assert table.loc["x", "df"] == 0  # each says what the other says
    assert np.isnan(table.loc["twice", "p_value"])


def ml(formula: str, frame: pd.DataFrame) -> float:
    return engine.fit(formula, frame, estimation="ML").criterion


@pytest.mark.parametrize("estimation", ["REML", "ML"])
def test_that_likelihood_ratios_compare_fits_by_ml_and_respect_marginality(estimation):
    frame = unbalanced()
    model = engine.fit("y ~ f * x + z + (x | lake)", frame, estimation=estimation)
    table = anova(model, df="likelihood-ratio")
    r = "(x | lake)"
    whole, main = ml(f"y ~ f*x + z + {r}", frame), ml(f"y ~ f + x + z + {r}", frame)
    falls = {
        "f": ml(f"y ~ x + z + {r}", frame) - main,
        "x": ml(f"y ~ f + z + {r}", frame) - main,
        "z": ml(f"y ~ f * x + {r}", frame) - whole,
        "f:x": main - whole,
    }
    np.testing.assert_allclose(
        table["statistic"][list(falls)], [*falls.values()], atol=1e-6
    )
    assert dict(table["df"]) == {"f": 2, "x": 1, "z": 1, "f:x": 2}
    assert table[["sum_sq", "df2"]].isna().all(axis=None)
    in_order = anova(model, 1, "likelihood-ratio")
    first = ml(f"y ~ 1 + {r}", frame) - ml(f"y ~ f + {r}", frame)
    assert in_order.loc["f", "statistic"] == pytest.approx(first, abs=1e-6)
    assert "ML" in in_order.attrs["notes"][0]


def test_that_least_squares_has_likelihood_ratios_too():
    frame = unbalanced()
    table = anova(engine.fit("y ~ x", frame), df="likelihood-ratio")
    y, x, w = frame["y"].to_numpy(), frame["x"].to_numpy(), np.ones(len(frame))
    ratio = squares([], y, w) / squares([x], y, w)
    fall = len(y) * np.log(ratio)
    assert table.loc["x", "statistic"] == pytest.approx(fall, rel=1e-9)
    assert table.loc["x", "p_value"] > 0


def test_that_no_p_value_is_zero():
    frame = pd.DataFrame({"x": np.arange(3000.0), "g": np.arange(3000) % 7})
    frame["y"] = frame["x"] + np.random.default_rng(0).normal(0, 1e-3, 3000)
    model = engine.fit("y ~ x + (1 | g)", frame)
    for method in ("satterthwaite", "kenward-roger", "likelihood-ratio"):
        assert anova(model, df=method).loc["x", "p_value"] > 0


@pytest.mark.parametrize("kind", [1, 2, 3])
@pytest.mark.parametrize("baseline", [0, 1])
def test_that_a_model_without_terms_has_an_empty_table(baseline, kind):
    for method in ("satterthwaite", "kenward-roger", "likelihood-ratio"):
        table = anova(engine.fit(f"y ~ {baseline} + (1 | lake)", lakes()), kind, method)
        assert table.empty
        assert list(table.columns) == COLUMNS


def test_that_contrasts_which_follow_from_others_are_not_counted():
    model = engine.fit("y ~ f + x + (1 | lake)", lakes())
    L = np.array([[0, 1, 0, 0], [0, 0, 1, 0], [0, 1, -1, 0], [0, 0, 0, 0]])
    for method in ("satterthwaite", "kenward-roger"):
        short = f_test(model.estimates, L[:2], method)
        long = f_test(model.estimates, L, method)
        assert long.df == 2
        assert long.statistic == pytest.approx(short.statistic)
        assert long.df2 == pytest.approx(short.df2)


@pytest.mark.parametrize("method", ["satterthwaite", "kenward-roger"])
def test_that_one_contrast_has_the_square_of_t(method):
    model = engine.fit("y ~ f + x + (1 | lake)", lakes())
    table = model.coefficient_table(method)
    found = f_test(model.estimates, np.eye(4)[3], method)
    assert found.statistic == pytest.approx(table.loc["x", "statistic"] ** 2)
    assert found.df2 == pytest.approx(table.loc["x", "df"])
    assert found.p_value == pytest.approx(table.loc["x", "p_value"])
    single = coefficient_tests(model.estimates, method).single(np.eye(4))
    np.testing.assert_allclose(single.estimate, table["estimate"])
    np.testing.assert_allclose(single.std_error, table["std_error"])


def test_that_several_df_are_combined_by_the_mean_of_f():
    assert combined_df(np.array([7.0, 7.0, 7.0])) == pytest.approx(7)
    E = 10 / 8 + 5 / 3
    assert combined_df(np.array([10.0, 5.0])) == pytest.approx(2 * E / (E - 2))
    assert combined_df(np.array([10.0, 1.5])) == 2
    assert np.isinf(combined_df(np.array([np.inf, np.inf])))


@pytest.mark.parametrize(
    ("kind", "method"), [(4, "satterthwaite"), (3, "guess"), (3, "none")]
)
def test_that_an_unknown_type_or_method_is_refused(kind, method):
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    with pytest.raises(engine.EngineError):
        anova(model, kind, method)


def test_that_separate_regressions_are_refused_in_words():
    spec = engine.ModelSpec(
        "y", (("x",),), grouping="lake", no_pooling=NoPooling.SEPARATE
    )
    model = engine.fit(spec, lakes())
    for method in ("satterthwaite", "likelihood-ratio"):
        with pytest.raises(engine.EngineError, match="residual SD of its own"):
            anova(model, df=method)
