"""Every case of lme4's reference results but the largest, which is a benchmark."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

import engine
from tests.shared_data import SHARED, shared_folder

TOO_LARGE = "insteval_crossed"


def case_names() -> list[str]:
    """Names of the cases, or a placeholder whose test then skips or fails."""
    if not SHARED.is_dir():
        return ["absent"]
    return [name for name in results() if name != TOO_LARGE]


@cache
def results() -> dict:
    path = shared_folder() / "reference" / "lme4.json"
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def fitted(name: str) -> engine.FittedModel:
    case = results()[name]
    return engine.fit(
        case["formula"],
        data(case["data"], case["levels"]),
        estimation="REML" if case["reml"] else "ML",
    )


def data(name: str, levels: dict) -> pd.DataFrame:
    frame = pd.read_csv(shared_folder() / "reference" / "data" / f"{name}.csv")
    for column, order in levels.items():
        frame[column] = pd.Categorical(frame[column], categories=order)
    return frame


def fixed(case: dict, column: str) -> np.ndarray:
    return np.array([row[column] for row in case["fixed"]], dtype=float)


@pytest.mark.parametrize("name", case_names())
def test_that_the_criterion_is_not_above_lme4s(name):
    shared_folder()
    assert fitted(name).criterion <= results()[name]["criterion"] + 1e-5


@pytest.mark.parametrize("name", case_names())
def test_that_coefficients_and_their_errors_equal_lme4s(name):
    shared_folder()
    case, model = results()[name], fitted(name)
    error = fixed(case, "Std. Error")
    gap = np.abs(model.coefficients["estimate"] - fixed(case, "Estimate")) / error
    assert gap.max() < 1e-3
    assert np.abs(model.coefficients["std_error"] / error - 1).max() < 1e-4
    np.testing.assert_allclose(
        model.covariance, np.atleast_2d(case["vcov_beta"]), rtol=1e-3, atol=1e-9
    )


@pytest.mark.parametrize("name", case_names())
def test_that_variances_and_fit_indices_equal_lme4s(name):
    shared_folder()
    case, model = results()[name], fitted(name)
    assert model.is_singular == case["singular"]
    assert model.sigma == pytest.approx(case["sigma"], rel=1e-4)
    if not case["singular"]:
        np.testing.assert_allclose(model.theta, case["theta"], rtol=1e-4, atol=1e-5)
    table = model.variance_components
    for row, (_, ours) in zip(case["varcorr"], table.iterrows(), strict=True):
        assert ours["variance"] == pytest.approx(row["vcov"], rel=2e-4, abs=1e-9)
    assert model.n_parameters == case["df_model"]
    for quantity in ("loglik", "aic", "bic"):
        assert getattr(model, quantity) == pytest.approx(case[quantity], abs=1e-5)


@pytest.mark.parametrize("name", case_names())
def test_that_rows_and_groups_equal_lme4s(name):
    shared_folder()
    case, model = results()[name], fitted(name)
    scale = model.sigma
    np.testing.assert_allclose(model.fitted[:6], case["fitted_head"], atol=1e-4 * scale)
    np.testing.assert_allclose(
        model.residuals[:6], case["resid_head"], atol=1e-4 * scale
    )
    np.testing.assert_allclose(
        model.estimates.leverage[:6], case["hat_head"], atol=1e-5
    )
    assert model.estimates.leverage.sum() == pytest.approx(case["hat_sum"], rel=1e-4)
    assert sorted(model.n_levels.values()) == sorted(case["groups"].values())
    for name_there, head in case["ranef_head"].items():
        name_here = ":".join(reversed(name_there.split(":")))
        levels = [":".join(reversed(level.split(":"))) for level in head["level"]]
        ours = model.group_effects[name_here].loc[levels]
        np.testing.assert_allclose(ours, head["values"], atol=1e-4 * scale)


@pytest.mark.parametrize("name", case_names())
def test_that_conditional_deviations_of_groups_equal_lme4s(name):
    shared_folder()
    case, model = results()[name], fitted(name)
    for name_there, head in case["condsd_head"].items():
        if not head:
            continue  # lme4 gives none for a double bar
        name_here = ":".join(reversed(name_there.split(":")))
        there = case["ranef_head"][name_there]["level"]
        levels = [":".join(reversed(level.split(":"))) for level in there]
        ours = model.group_effects_sd[name_here].loc[levels].to_numpy()
        expected = np.array(head).reshape(ours.shape)
        np.testing.assert_allclose(ours, expected, rtol=1e-3, atol=1e-9)


@pytest.mark.parametrize("name", case_names())
def test_that_degrees_of_freedom_equal_lmertests_where_it_is_regular(name):
    shared_folder()
    case, model = results()[name], fitted(name)
    if case["singular"]:
        assert np.isfinite(model.coefficients["df"]).all()
        return
    expected = fixed(case, "df")
    np.testing.assert_allclose(model.coefficients["df"], expected, rtol=1e-3)
    np.testing.assert_allclose(
        model.coefficients["p_value"], fixed(case, "Pr(>|t|)"), rtol=1e-2
    )


@pytest.mark.parametrize("name", case_names())
def test_that_the_variance_partition_equals_johnsons(name):
    shared_folder()
    case, model = results()[name], fitted(name)
    for part, expected in case["variance_partition"].items():
        ours = model.variance_partition[part]
        assert ours == pytest.approx(expected, rel=2e-4, abs=1e-9), part


def test_that_the_table_of_differences_from_lme4_is_shown(capsys):
    shared_folder()
    lines = [f"{'case':26}{'criterion':>12}{'coef/SE':>10}{'SE':>10}{'sigma':>10}"]
    for name in case_names():
        case, model = results()[name], fitted(name)
        error = fixed(case, "Std. Error")
        table = model.coefficients
        gap = np.abs(table["estimate"] - fixed(case, "Estimate")) / error
        lines.append(
            f"{name:26}{model.criterion - case['criterion']:>+12.1e}{gap.max():>10.1e}"
            f"{np.abs(table['std_error'] / error - 1).max():>10.1e}"
            f"{abs(model.sigma / case['sigma'] - 1):>10.1e}"
        )
    with capsys.disabled():
        print("\nDifferences from lme4 (criterion: ours less lme4's)")  # noqa: T201
        print("\n".join(lines))  # noqa: T201
    assert len(lines) > 15
