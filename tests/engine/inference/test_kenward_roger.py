from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.inference.f_tests import f_test
from tests.engine.facts import dyestuff, dyestuff2
from tests.engine.fitting.conftest import all_cores, eliminated
from tests.engine.fitting.test_reference import case_names, data, fitted, results
from tests.engine.inference.dense_kenward_roger import Dense
from tests.engine.simulated import STRUCTURES, lakes
from tests.shared_data import shared_folder

__all__ = ["all_cores", "eliminated"]

REGULAR = [name for name in STRUCTURES if name != "no fixed part"]


def without_x(model: engine.FittedModel) -> np.ndarray:
    """Contrasts of everything but the first coefficient."""
    return np.eye(len(model.design.terms))[1:]


def same_as_dense(model: engine.FittedModel, rtol: float) -> None:
    dense = Dense(model)
    table = model.coefficient_table("kenward-roger")
    errors = np.sqrt(np.diag(dense.adjusted))
    np.testing.assert_allclose(table["std_error"], errors, rtol=rtol)
    beta = model.estimates.beta
    for row, L in zip(table.itertuples(), np.eye(len(beta)), strict=True):
        F, df = dense.f_test(L[None], beta)
        assert row.df == pytest.approx(df, rel=rtol)
        assert row.statistic**2 == pytest.approx(F, rel=rtol)
    L = without_x(model)
    found = f_test(model.estimates, L, "kenward-roger")
    F, df = dense.f_test(L, beta)
    assert found.df == len(L)
    assert found.df2 == pytest.approx(df, rel=rtol)
    assert found.statistic == pytest.approx(F, rel=rtol)


def varied(n: int = 180) -> pd.DataFrame:
    """Rows in which all that is asked for varies, by far."""
    rng = np.random.default_rng(12)
    lake, year, net = (rng.integers(0, k, n) for k in (12, 8, 5))
    x, z = rng.normal(0, 1, (2, n))
    f = rng.integers(0, 3, n)
    y = x + 0.5 * f + rng.normal(0, 1, n)
    for codes, sizes in [
        (lake, (2.5, 1.5, 1.0)),
        (year, (1.5, 0.0, 1.2)),
        (net, (2.0, 0.0, 0.0)),
        (lake * 5 + net, (1.6, 1.4, 0.0)),
    ]:
        effects = rng.normal(0, 1, (3, 60)) * np.array(sizes)[:, None]
        y += effects[0][codes] + effects[1][codes] * x + effects[2][codes] * z
    frame = pd.DataFrame({"y": y, "x": x, "z": z, "f": np.array(list("abc"))[f]})
    return frame.assign(lake=lake, year=year, net=net)


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("structure", REGULAR)
@pytest.mark.usefixtures("all_cores")
def test_that_everything_equals_the_method_by_dense_matrices(
    structure, weighted, request
):
    frame = varied()
    weights = np.random.default_rng(1).uniform(0.3, 3.0, len(frame))
    formula = STRUCTURES[structure]
    model = engine.fit(formula, frame, weights=weights if weighted else None)
    assert not model.is_singular
    is_eliminated = "eliminated" in request.node.callspec.id
    same_as_dense(model, 1e-5 if is_eliminated else 1e-7)


@pytest.mark.parametrize("name", case_names())
def test_that_the_tables_equal_pbkrtests(name):
    shared_folder()
    case, model = results()[name], fitted(name)
    if "kenward_roger" not in case or case["singular"]:
        return  # pbkrtest does not hold what stands at its limit
    table = model.coefficient_table("kenward-roger")
    expected = pd.DataFrame(case["kenward_roger"])
    np.testing.assert_allclose(table["std_error"], expected["Std. Error"], rtol=1e-6)
    np.testing.assert_allclose(table["df"], expected["df"], rtol=1e-6)
    np.testing.assert_allclose(table["p_value"], expected["Pr(>|t|)"], rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "formula", "expected"),
    [
        ("sleepstudy", "Reaction ~ Days + (Days | Subject)", [17, 17]),
        ("sleepstudy", "Reaction ~ Days + (1 | Subject)", [22.8101991, 161]),
        ("orthodont", "distance ~ age * Sex + (age | Subject)", [25] * 4),
        ("pastes", "strength ~ 1 + (1 | batch / cask)", [9]),
        ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)", [5.4870923]),
    ],
)
@pytest.mark.parametrize("method", ["satterthwaite", "kenward-roger"])
def test_that_published_designs_have_their_exact_df(name, formula, expected, method):
    if (name, method) == ("penicillin", "satterthwaite"):
        expected = [5.4870923]  # the same in a balanced design
    model = engine.fit(formula, data(name, {}) if shared_folder() else None)
    found = model.coefficient_table(method)["df"]
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-6)


def test_that_balanced_designs_have_integer_df_and_unchanged_errors():
    model = engine.fit("Yield ~ 1 + (1 | Batch)", dyestuff())
    table = model.coefficient_table("kenward-roger")
    assert table["df"].iloc[0] == pytest.approx(5, abs=1e-9)
    plain = model.coefficients["std_error"].iloc[0]
    assert table["std_error"].iloc[0] == pytest.approx(plain, rel=1e-9)


def test_that_a_zero_variance_leaves_the_test_of_least_squares_and_is_said():
    mixed = engine.fit("Yield ~ 1 + (1 | Batch)", dyestuff2())
    pooled = engine.fit("Yield ~ 1", dyestuff2())
    table = mixed.coefficient_table("kenward-roger")
    expected = pooled.coefficient_table("kenward-roger")
    pd.testing.assert_frame_equal(table, expected, rtol=1e-8, check_freq=False)
    (note,) = table.attrs["notes"]
    assert "'Batch'" in note
    assert not expected.attrs["notes"]


def test_that_a_perfect_correlation_is_held_and_all_else_is_free():
    shared_folder()
    model = fitted("fish_slope")
    (block,) = model.estimates.blocks
    lost = np.linalg.eigh(block.covariance)[1][:, 0]
    kept = np.array([-lost[1], lost[0]])
    directions = [
        np.outer(kept, kept),
        np.outer(kept, lost) + np.outer(lost, kept),
    ]
    dense = Dense(model, [directions])
    table = model.coefficient_table("kenward-roger")
    errors = np.sqrt(np.diag(dense.adjusted))
    np.testing.assert_allclose(table["std_error"], errors, rtol=1e-5)
    for df, L in zip(table["df"], np.eye(2), strict=True):
        expected = dense.f_test(L[None], model.estimates.beta)[1]
        assert df == pytest.approx(expected, rel=1e-5)


def test_that_units_of_covariates_do_not_matter():
    frame = lakes(seed=8)
    formula = "y ~ x + f + (x | lake) + (1 | year)"
    model = engine.fit(formula, frame)
    other = engine.fit(formula, frame.assign(x=1000 * frame["x"] + 5e4))
    ours = f_test(model.estimates, np.eye(4)[1:], "kenward-roger")
    theirs = f_test(other.estimates, np.eye(4)[1:], "kenward-roger")
    assert theirs.statistic == pytest.approx(ours.statistic, rel=1e-6)
    assert theirs.df2 == pytest.approx(ours.df2, rel=1e-6)


def test_that_a_fit_by_ml_is_refitted_by_reml_and_says_so():
    frame = lakes()
    by_ml = engine.fit("y ~ x + (1 | lake)", frame, estimation="ML")
    by_reml = engine.fit("y ~ x + (1 | lake)", frame)
    table = by_ml.coefficient_table("kenward-roger")
    pd.testing.assert_frame_equal(table, by_reml.coefficient_table("kenward-roger"))
    assert any("refitted by REML" in note for note in table.attrs["notes"])
    found = f_test(by_ml.estimates, np.eye(2)[1:], "kenward-roger")
    assert "refitted by REML" in found.note


def test_that_least_squares_keeps_its_exact_df():
    model = engine.fit("y ~ x + f", lakes())
    pd.testing.assert_frame_equal(
        model.coefficient_table("kenward-roger"), model.coefficients
    )


def test_that_there_may_be_no_coefficients_or_some_that_cannot_be_estimated():
    frame = lakes()
    assert (
        engine.fit("y ~ 0 + (1 | lake)", frame).coefficient_table("kenward-roger").empty
    )
    frame["twice"] = 2 * frame["x"]
    table = engine.fit("y ~ x + twice + (1 | lake)", frame).coefficient_table(
        "kenward-roger"
    )
    plain = engine.fit("y ~ x + (1 | lake)", frame).coefficient_table("kenward-roger")
    assert table.loc["twice"].isna().all()
    pd.testing.assert_frame_equal(table.loc[["Intercept", "x"]], plain, rtol=1e-8)
