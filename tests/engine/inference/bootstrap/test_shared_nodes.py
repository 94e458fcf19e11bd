from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.inference.bootstrap import several_factors as module
from engine.inference.bootstrap.nested_pair import nested_pair
from engine.inference.bootstrap.several_factors import several_factors
from engine.inference.bootstrap.variance_criterion import Data
from tests.engine.inference.bootstrap.rows import Rows


def many_levels(n=900, sd=0.7):
    """Two large factors, crossed and unbalanced."""
    rng = np.random.default_rng(3)
    first, second = rng.integers(0, 80, n), rng.integers(0, 40, n)
    x = rng.normal(size=n)
    y = x + rng.normal(size=80)[first] + sd * rng.normal(size=40)[second]
    return pd.DataFrame(
        {
            "y": y + rng.normal(size=n),
            "x": x,
            "bird": [f"b{i}" for i in first],
            "observer": [f"o{i}" for i in second],
        }
    )


@pytest.mark.parametrize("estimation", ["REML", "ML"])
def test_that_nodes_find_what_newton_finds(estimation, monkeypatch):
    formula = "y ~ x + (1 | bird) + (1 | observer)"
    rows = Rows(formula, many_levels(), estimation=estimation)
    shared = several_factors(rows.e)
    draws = shared.draw(np.random.default_rng(1), 100)
    data = Data(shared.criterion.inner.rotate(draws["w"]), draws["rest"])
    assert shared._nodes.minimise(data).is_sure.mean() > 0.95
    fast = shared.refit(draws)
    monkeypatch.setattr(module, "FEWEST_BESIDE", 10**9)
    slow = several_factors(rows.e).refit(draws)
    assert fast.is_settled.all()
    assert fast.criterion == pytest.approx(slow.criterion, abs=1e-7)
    assert fast.s2 == pytest.approx(slow.s2, rel=1e-6)
    assert fast.beta == pytest.approx(slow.beta, abs=1e-5)
    for one, other in zip(fast.sigmas, slow.sigmas, strict=True):
        assert one == pytest.approx(other, rel=1e-4)


def test_that_replicates_beyond_the_box_are_fitted_one_by_one():
    """Drawn with one variance of zero, far from where the nodes stand."""
    rows = Rows("y ~ x + (1 | bird) + (1 | observer)", many_levels())
    shared = several_factors(rows.e)
    sigmas = [np.array([[1.0]]), np.array([[0.0]])]
    draws = rows.draws(shared, rows.responses(sigmas, 1.0, 40, seed=2))
    refits = shared.refit(draws)
    assert 0.2 < refits.is_singular.mean() < 0.9
    slow = several_factors(rows.e, "schur")._by_newton(
        Data(shared.criterion.inner.rotate(draws["w"]), draws["rest"]), draws["yx"]
    )
    assert refits.criterion == pytest.approx(slow.criterion, abs=1e-7)


def test_that_a_variance_of_zero_has_no_box():
    rows = Rows("y ~ x + (1 | bird) + (1 | observer)", many_levels(sd=0.0))
    s = several_factors(rows.e).source.s
    assert (several_factors(rows.e)._nodes is None) == bool((s < 1e-3).any())


def test_that_likelihood_ratios_by_nodes_are_not_negative():
    frame = many_levels()
    rows = Rows("y ~ x + (1 | bird) + (1 | observer)", frame, estimation="ML")
    wide, narrow = nested_pair(rows.e, fixed=np.eye(2)[:, :1])
    draws = narrow.draw(np.random.default_rng(4), 100)
    ratio = narrow.refit(draws).criterion - wide.refit(draws).criterion
    assert ratio.min() > -1e-6
    assert 0.5 < ratio.mean() < 1.8  # chi-square with one degree of freedom
