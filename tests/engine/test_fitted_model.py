"""The public face: names, indices and columns that others rely on."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import engine
from engine.reporting.methods_text import model_text
from engine.reporting.tables import result_tables
from tests.engine.simulated import lakes

FORMULA = "y ~ x + (x | lake) + (1 | year)"


@pytest.fixture(scope="module")
def model() -> engine.FittedModel:
    return engine.fit(FORMULA, lakes())


def test_that_the_coefficient_table_has_the_agreed_columns(model):
    table = model.coefficients
    assert table.index.tolist() == ["Intercept", "x"]
    assert table.columns.tolist() == [
        "estimate",
        "std_error",
        "df",
        "statistic",
        "p_value",
        "lower",
        "upper",
    ]
    np.testing.assert_allclose(
        table["std_error"] ** 2, np.diag(model.covariance.to_numpy())
    )


def test_that_variance_components_end_with_the_residual(model):
    table = model.variance_components
    assert table.columns.tolist() == [
        "group",
        "term",
        "term2",
        "variance",
        "sd",
        "correlation",
    ]
    assert table["group"].tolist() == ["lake", "lake", "lake", "year", "Residual"]
    assert table["term"].iloc[:4].tolist() == [
        "Intercept",
        "x",
        "Intercept",
        "Intercept",
    ]
    assert table["term2"].notna().tolist() == [False, False, True, False, False]
    assert table["sd"].iloc[-1] == model.sigma
    pair, first, second = table.iloc[2], table.iloc[0], table.iloc[1]
    assert pair["correlation"] * first["sd"] * second["sd"] == pytest.approx(
        pair["variance"]
    )


def test_that_theta_is_in_lme4s_order_and_gives_the_variances(model):
    lake, year = model.theta[:3], model.theta[3]
    root = np.array([[lake[0], 0], [lake[1], lake[2]]])
    variances = model.variance_components["variance"]
    np.testing.assert_allclose(
        np.diag(root @ root.T) * model.sigma**2, variances[:2], rtol=1e-9
    )
    assert year**2 * model.sigma**2 == pytest.approx(variances[3])


def test_that_group_tables_are_level_by_term(model):
    assert set(model.group_effects) == {"lake", "year"}
    effects, own = model.group_effects["lake"], model.group_coefficients["lake"]
    assert effects.columns.tolist() == ["Intercept", "x"]
    assert effects.index.name == "lake"
    np.testing.assert_allclose(
        own - effects, np.tile(model.coefficients["estimate"], (10, 1))
    )
    assert (model.group_effects_sd["lake"] > 0).all(axis=None)
    assert model.n_levels == {"lake": 10, "year": 6}


def test_that_fitted_and_residuals_are_on_the_frames_index():
    frame = lakes().set_index(pd.Index([f"fish {i}" for i in range(120)]))
    frame.loc["fish 5", "x"] = np.nan
    model = engine.fit(FORMULA, frame)
    assert "fish 5" not in model.fitted.index
    pd.testing.assert_series_equal(
        model.fitted + model.residuals,
        frame["y"].drop("fish 5"),
        check_names=False,
    )


def test_that_fit_indices_follow_from_the_criterion(model):
    k, n = model.n_parameters, model.n_rows
    assert k == 2 + 4 + 1
    assert model.loglik == -model.criterion / 2
    assert model.aic == model.criterion + 2 * k
    assert model.bic == pytest.approx(model.criterion + k * np.log(n))
    assert model.aicc == pytest.approx(model.aic + 2 * k * (k + 1) / (n - k - 1))


def test_that_ml_and_reml_say_what_they_are(model):
    ml = engine.fit(FORMULA, lakes(), estimation="ML")
    assert (model.estimation, ml.estimation) == ("REML", "ML")
    assert ml.sigma < model.sigma
    with pytest.raises(engine.EngineError, match="no way to estimate"):
        engine.fit(FORMULA, lakes(), estimation="MCMC")


def test_that_a_specification_gives_the_same_fit_as_its_formula(model):
    spec = engine.parse_formula(FORMULA)
    again = engine.fit(spec, lakes())
    assert again.criterion == model.criterion
    assert again.formula == model.formula == FORMULA


def test_that_a_table_can_be_fitted_as_it_was_read(tmp_path):
    lakes().to_csv(tmp_path / "lakes.csv", index=False)
    table = engine.read_table(tmp_path / "lakes.csv")
    assert engine.fit(FORMULA, table).criterion == pytest.approx(
        engine.fit(FORMULA, lakes()).criterion, rel=1e-12
    )


def test_that_an_unknown_column_is_named_with_the_likely_one():
    with pytest.raises(engine.EngineError, match="Did you mean 'lake'"):
        engine.fit("y ~ x + (1 | lakes)", lakes())


PROGRAM = """
import engine, numpy, scipy.linalg, threadpoolctl
pools = threadpoolctl.threadpool_info()
print(max(p["num_threads"] for p in pools if p["user_api"] == "blas"))
"""


@pytest.mark.parametrize(("wanted", "threads"), [(None, 1), ("1", 1), ("2", 2)])
def test_that_importing_the_engine_limits_blas_once(wanted, threads):
    if (os.cpu_count() or 1) < threads:
        pytest.skip("this machine has a single core")
    settings = {
        name: value
        for name, value in os.environ.items()
        if name not in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    }
    if wanted is not None:
        settings["TARN_BLAS_THREADS"] = wanted
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=settings, capture_output=True, check=True
    )
    assert int(result.stdout) == threads


def test_that_excluded_rows_are_reported_beside_those_that_could_not_be_used():
    frame = lakes()
    frame.loc[[5, 6], "y"] = np.nan
    excluded = pd.DataFrame({"reason": ["slip", ""]}, index=[1, 2])
    model = engine.fit("y ~ x + (1 | lake)", frame.drop(index=[1, 2]))
    told = model.with_excluded_rows(excluded)
    assert told.unused_rows.index.tolist() == [1, 2, 5, 6]
    assert told.unused_rows["reason"].tolist()[:2] == [
        "excluded: slip",
        "excluded, without a reason",
    ]
    assert told.dropped_rows.index.tolist() == [5, 6]
    assert model.unused_rows.index.tolist() == [5, 6]
    words = " ".join(model_text(told).methods)
    assert "116 of 120 rows were used; 4 were not" in words
    assert "excluded: slip (1)" in words
    (table,) = (t for t in result_tables(told) if t.name == "rows_not_used")
    assert table.frame["Row"].tolist() == [1, 2, 5, 6]
    pd.testing.assert_frame_equal(told.coefficients, model.coefficients)
