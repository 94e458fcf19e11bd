from __future__ import annotations

import numpy as np
import pytest

import engine
from tests.engine.simulated import lakes


def test_that_the_parts_add_up_and_slopes_are_averaged_over_rows():
    frame = lakes()
    model = engine.fit("y ~ x + (x | lake) + (1 | year)", frame)
    parts = model.variance_partition
    slopes, years = model.estimates.blocks
    Z = np.column_stack([np.ones(120), frame["x"]])
    random = np.einsum("ia,ab,ib->i", Z, slopes.covariance, Z).mean()
    random += years.covariance[0, 0]
    fixed = np.var(model.design.X @ model.coefficients["estimate"], ddof=1)
    total = fixed + random + model.sigma**2
    assert parts["random"] == pytest.approx(random)
    assert parts["r2_marginal"] == pytest.approx(fixed / total)
    assert parts["r2_conditional"] == pytest.approx((fixed + random) / total)
    assert parts["icc_adjusted"] == pytest.approx(random / (random + model.sigma**2))


def test_that_the_unit_of_prior_weights_does_not_matter():
    weights = np.linspace(0.5, 2, 120)
    one, hundred = (
        engine.fit("y ~ x + (1 | lake)", lakes(), weights=factor * weights)
        for factor in (1.0, 100.0)
    )
    for name, value in one.variance_partition.items():
        assert hundred.variance_partition[name] == pytest.approx(value, rel=1e-6)


def test_that_a_model_without_covariate_has_exactly_no_fixed_part():
    parts = engine.fit("y ~ 1 + (1 | lake)", lakes()).variance_partition
    assert parts["fixed"] == 0.0
    assert parts["r2_marginal"] == 0.0
