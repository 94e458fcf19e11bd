from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from engine.reporting.effect_tables import NOT_ESTIMABLE
from engine.reporting.tables import ResultTable, result_tables
from engine.workflow import fit
from tests.engine.reporting.models import (
    EVERY_KIND,
    cells,
    every_kind,
    fish,
    fitted,
    hostile,
    singular,
    table,
    with_lost_rows,
)

if TYPE_CHECKING:
    from pathlib import Path


def exact(values: object) -> np.ndarray:
    return np.asarray(values, dtype=np.float64)


# ---- all of them --------------------------------------------------------------


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_every_table_can_be_shown(kind: str) -> None:
    tables = result_tables(every_kind()[kind])
    names = [own.name for own in tables]
    assert len({name.lower() for name in names}) == len(names)
    for own in tables:
        assert re.fullmatch(r"[A-Za-z0-9_]+", own.name)
        assert own.frame.columns.is_unique
        assert set(own.formats) <= set(own.frame.columns)
        assert all(foot.endswith(".") for foot in own.foot)
        for row in own.texts():
            assert len(row) == own.frame.shape[1]
            assert not {"nan", "NaN", "None", "<NA>", "inf"} & set(row)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_fixed_effects_are_the_models_own_numbers(kind: str) -> None:
    model = every_kind()[kind]
    frame, own = table(model, "fixed_effects").frame, model.coefficients
    pairs = {
        "Estimate": "estimate",
        "SE": "std_error",
        "95 % lower": "lower",
        "95 % upper": "upper",
        "df": "df",
        "t": "statistic",
        "p": "p_value",
    }
    for title, name in pairs.items():
        np.testing.assert_array_equal(exact(frame[title]), exact(own[name]))
    assert frame["Term"].is_unique


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_rows_are_the_models_own_numbers(kind: str) -> None:
    model = every_kind()[kind]
    frame = table(model, "rows").frame
    assert frame["Row"].tolist() == model.design.rows.tolist()
    np.testing.assert_array_equal(frame["Fitted"], model.fitted)
    np.testing.assert_array_equal(frame["Residual"], model.residuals)
    assert not table(model, "rows").in_summary


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_the_shares_of_the_variance_add_up(kind: str) -> None:
    model = every_kind()[kind]
    frame = table(model, "variance_partition").frame
    assert frame["Share"].sum() == pytest.approx(1)
    parts = model.variance_partition
    assert frame["Variance"].iloc[0] == parts["fixed"]
    assert frame["Variance"].iloc[-1] == parts["residual"]
    assert frame["Variance"].iloc[1:-1].sum() == pytest.approx(parts["random"])
    if model.is_mixed:
        left = frame["Share without fixed effects"]
        assert np.isnan(left.iloc[0])
        assert left.iloc[1:].sum() == pytest.approx(1)
        assert left.iloc[1:-1].sum() == pytest.approx(parts["icc_adjusted"])


def test_that_cells_are_not_changed_by_showing_them() -> None:
    own = table(fitted("mass ~ length + (length | lake)"), "fixed_effects")
    before = own.frame.copy()
    own.texts()
    pd.testing.assert_frame_equal(own.frame, before)
    assert len(own.texts(1)) == 1


# ---- fixed effects ------------------------------------------------------------


def test_that_a_term_that_repeats_others_is_not_estimable() -> None:
    model = with_lost_rows()
    assert cells(model, "fixed_effects", "Estimate")[-1] == NOT_ESTIMABLE
    assert cells(model, "fixed_effects", "p")[-1] == ""
    assert "see the notes" in table(model, "fixed_effects").foot[-1]
    assert "'twice' has no coefficient" in cells(model, "notes", "Note")[-1]


def test_that_the_foot_names_method_and_reference_level() -> None:
    foot = table(
        fitted("mass ~ food * length + (1 | lake) + (1 | year)"), "fixed_effects"
    ).foot
    assert "restricted maximum likelihood (REML)" in foot[0]
    assert "Satterthwaite" in foot[0]
    assert "food: differences from algae." in foot
    assert any(sentence.startswith("× marks interactions") for sentence in foot)


def test_that_least_squares_has_whole_degrees_of_freedom() -> None:
    model = fitted("mass ~ length * food")
    assert cells(model, "fixed_effects", "df") == ["84"] * 6
    assert "residual degrees of freedom" in table(model, "fixed_effects").foot[0]


# ---- variances ----------------------------------------------------------------


def test_that_correlated_effects_show_their_correlation() -> None:
    model = fitted("mass ~ length + (length | lake)")
    own = table(model, "random_effect_variances")
    components = model.variance_components
    assert own.frame["Varies in"].tolist() == ["baseline", "effect of length", ""]
    assert own.frame["Group"].tolist() == ["lake", "lake", "Residual"]
    assert own.frame["Levels"].tolist()[:2] == [9, 9]
    singles = components["term2"].isna()
    np.testing.assert_array_equal(
        own.frame["Variance"], components[singles]["variance"]
    )
    np.testing.assert_array_equal(own.frame["SD"], components[singles]["sd"])
    correlation = own.frame["Correlation with baseline"].iloc[1]
    assert correlation == components[~singles]["correlation"].iloc[0]
    shares = own.frame["Share without fixed effects"]
    assert np.isnan(shares.iloc[1])
    assert shares.sum() == pytest.approx(1)


def test_that_three_correlated_effects_keep_their_pairs_apart() -> None:
    model = fitted("mass ~ food + (food | lake)")
    frame = table(model, "random_effect_variances").frame
    components = model.variance_components.set_index(["term", "term2"])["correlation"]
    first = "Correlation with baseline"
    second = "Correlation with effect of food: insects"
    assert frame[first].iloc[2] == components["Intercept", "food[T.snails]"]
    assert frame[first].iloc[1] == components["Intercept", "food[T.insects]"]
    assert frame[second].iloc[2] == components["food[T.insects]", "food[T.snails]"]
    assert np.isnan(frame[second].iloc[1])


def test_that_uncorrelated_effects_have_shares_of_their_own() -> None:
    own = table(fitted("mass ~ length + (length || lake)"), "random_effect_variances")
    assert not [name for name in own.frame if "Correlation" in name]
    assert own.frame["Share without fixed effects"].notna().all()
    assert any("uncorrelated by the formula" in line for line in own.foot)


def test_that_a_zero_variance_is_shown_as_zero_and_explained() -> None:
    own = table(singular(), "random_effect_variances")
    assert own.texts()[0][3:5] == ["0", "0"]
    assert singular().convergence.message in own.foot


def test_that_least_squares_has_a_residual_variance_only() -> None:
    model = fitted("mass ~ length * food")
    own = table(model, "residual_variance")
    assert own.frame["Variance"].tolist() == [model.sigma**2]
    assert "r_squared" in {own.name for own in result_tables(model)}
    assert table(model, "r_squared").frame["Measure"].tolist() == ["R²"]


def test_that_the_worked_example_is_laid_out_as_published(reference: Path) -> None:
    frame = pd.read_csv(reference / "data" / "seabirds.csv")
    model = fit("index ~ t + (1 | year) + (1 | site)", frame)
    rows = table(model, "fixed_effects").texts()
    assert [row[:3] + row[5:] for row in rows] == [
        ["Intercept", "20.13", "0.93", "15.7", "21.58", "< 0.001"],
        ["t", "0.391", "0.054", "17.0", "7.25", "< 0.001"],
    ]
    assert rows[1][3:5] == ["0.277", "0.505"]
    assert table(model, "random_effect_variances").texts() == [
        ["year", "19", "baseline", "0.276", "0.525", "1.6\xa0%"],
        ["site", "9", "baseline", "4.43", "2.10", "25.9\xa0%"],
        ["Residual", "", "", "12.4", "3.52", "72.5\xa0%"],
    ]
    assert cells(model, "r_squared", "Value")[:2] == ["0.212", "0.429"]


# ---- the model as a whole -----------------------------------------------------


@pytest.mark.parametrize("estimation", ["REML", "ML"])
def test_that_fit_indices_are_of_the_fits_own_likelihood(estimation: str) -> None:
    model = fitted("mass ~ length + (1 | lake)", estimation)
    own = table(model, "fit_indices")
    values = own.frame.set_index("Index")["Value"]
    assert values["AIC"] == model.aic
    assert values["AICc"] == model.aicc
    assert values["BIC"] == model.bic
    assert values["Log-likelihood"] == model.loglik
    assert values["Parameters k"] == model.n_parameters == 4
    assert set(own.frame["Likelihood"]) == {estimation}
    warns = "do not compare" in own.foot[0]
    assert warns == (estimation == "REML")


def test_that_model_information_says_what_was_fitted() -> None:
    model = with_lost_rows()
    frame = table(model, "model_information").frame
    values = dict(zip(frame["Item"], frame["Value"], strict=True))
    assert values["Formula"] == model.formula
    assert values["Rows used"] == 86
    assert values["Rows not used"] == 4
    assert values["Levels of lake"] == 9
    assert values["Residual SD"] == model.sigma
    assert values["REML criterion"] == model.criterion
    assert values["Optimum"] == "interior optimum"
    assert values["Singular"] == "no"


def test_that_weights_and_offset_are_named() -> None:
    frame = fish().assign(effort=0.5)
    model = fit(
        "mass ~ length + offset(effort) + (1 | lake)",
        frame,
        weights=np.arange(1.0, 91.0),
    )
    items = table(model, "model_information").frame.set_index("Item")["Value"]
    assert items["Smallest weight"] == 1.0
    assert items["Largest weight"] == 90.0
    assert items["Offset"] == "effort"
    assert (
        "Residual: of a row with weight 1." in table(model, "variance_partition").foot
    )


def test_that_rows_not_used_have_a_reason() -> None:
    frame = table(with_lost_rows(), "rows_not_used").frame
    assert dict(zip(frame["Row"], frame["Reason"], strict=True)) == {
        3: "mass missing",
        7: "mass missing",
        9: "lake missing",
        20: "mass missing",
    }
    assert table(fitted("mass ~ length + (1 | lake)"), "rows_not_used").frame.empty


def test_that_notes_call_terms_as_the_tables_do() -> None:
    frame = fish()
    frame["same"] = frame["food"]
    model = fit("mass ~ food + same + (1 | lake)", frame)
    notes = cells(model, "notes", "Note")
    assert any("'same: insects'" in note for note in notes)
    assert not any("[T." in note for note in notes)


def test_that_alike_groupings_get_different_file_names() -> None:
    frame = fish().rename(columns={"lake": "a b", "year": "A_b"})
    names = [
        own.name
        for own in result_tables(fit("mass ~ 1 + (1 | `a b`) + (1 | A_b)", frame))
    ]
    assert "group_estimates_a_b" in names
    assert "group_estimates_A_b_2" in names


def test_that_a_hostile_grouping_still_names_a_file() -> None:
    names = [own.name for own in result_tables(hostile())]
    assert "group_estimates_script_alert_e_U_script" in names


def test_that_an_unnamed_column_is_text() -> None:
    own = ResultTable("a", "A", pd.DataFrame({"x": ["y"]}))
    assert own.format_of("x").starts_left
    assert replace(own, name="b").texts() == [["y"]]
