"""Kenward and Roger's method in marginal means and contrasts."""

from __future__ import annotations

import numpy as np
import pytest

import engine
from tests.engine.simulated import lakes

FORMULA = "y ~ f + x + (x | lake) + (1 | year)"


def test_that_contrasts_are_the_coefficients_that_say_the_same():
    model = engine.fit(FORMULA, lakes())
    table = model.coefficient_table(df="kenward-roger")
    found = engine.contrasts(model, "f", adjust="none", df="kenward-roger")
    row = found.set_index("contrast").loc["high - low"]
    own = table.loc["f[T.low]"]
    assert row["estimate"] == pytest.approx(-own["estimate"])
    assert row["std_error"] == pytest.approx(own["std_error"], rel=1e-9)
    assert row["df"] == pytest.approx(own["df"], rel=1e-9)
    assert row["p_value"] == pytest.approx(own["p_value"], rel=1e-9)


def test_that_means_have_the_adjusted_errors():
    model = engine.fit(FORMULA, lakes())
    plain = engine.marginal_means(model, "f")
    adjusted = engine.marginal_means(model, "f", df="kenward-roger")
    np.testing.assert_allclose(adjusted["estimate"], plain["estimate"])
    assert (adjusted["std_error"] > plain["std_error"]).all()


def test_that_kenward_rogers_method_refits_what_was_fitted_by_ml_and_says_so():
    frame = lakes()
    by_ml = engine.fit("y ~ f + x + (1 | lake)", frame, estimation="ML")
    by_reml = engine.fit("y ~ f + x + (1 | lake)", frame)
    for made in (engine.marginal_means, engine.contrasts):
        found = made(by_ml, "f", df="kenward-roger")
        expected = made(by_reml, "f", df="kenward-roger")
        numbers = ["estimate", "std_error", "df", "lower", "upper"]
        np.testing.assert_allclose(found[numbers], expected[numbers], rtol=1e-5)
        assert "refitted by REML" in " ".join(map(str, found.attrs["notes"]))
        said = " ".join(map(str, expected.attrs["notes"]))
        assert "refitted" not in said
