"""Parameters whose names a covariate has too."""

from __future__ import annotations

import pytest

import engine
from engine.diagnostics.uncertainty import Role, parameters_of, replicates_of
from engine.reporting.parameter_tests import satterthwaite_tests
from engine.reporting.parameter_words import parameter_words
from engine.reporting.side_by_side import side_by_side_table
from tests.engine.simulated import lakes


@pytest.fixture(scope="module")
def model():
    frame = lakes().rename(columns={"x": "sigma"})
    return engine.fit("y ~ sigma + (1 | lake)", frame)


def test_that_a_covariate_called_sigma_is_told_from_the_residual_sd(model):
    found = engine.bootstrap(model, 50)
    names = ["sd(lake, Intercept)", "sigma", "Intercept", "effect of sigma"]
    assert list(found.estimates) == names
    assert found.estimate["sigma"] == pytest.approx(model.sigma)
    slope = model.coefficients.loc["sigma", "estimate"]
    assert found.estimate["effect of sigma"] == pytest.approx(slope)
    assert list(engine.profile(model).index) == names
    assert found.intervals(kind="bca").loc["effect of sigma", "kind"] == "bca"


def test_that_the_page_of_uncertainty_tells_them_apart(model):
    parameters = parameters_of(model, profile=engine.profile(model))
    made = replicates_of(parameters, engine.bootstrap(model, 50))
    roles = {one.name: one.role for one in parameters}
    assert roles["sigma"] is Role.RESIDUAL
    assert roles["effect of sigma"] is Role.FIXED
    assert set(made.of) == set(roles) == set(parameter_words(model))
    assert all(one.profile is not None for one in parameters)
    assert parameter_words(model)["effect of sigma"].title == "Effect of sigma"


def test_that_its_test_is_asked_with_its_own_words(model):
    table = side_by_side_table(model, [satterthwaite_tests(model)])
    assert table.frame["Question"].tolist() == ["Does sigma matter?"]


def test_that_other_covariates_keep_their_names():
    fitted = engine.fit("y ~ x + (x | lake)", lakes())
    assert list(engine.bootstrap(fitted, 2).estimates)[-2:] == ["Intercept", "x"]
