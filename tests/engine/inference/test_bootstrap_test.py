"""Likelihood-ratio tests against their simulated null distribution."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import engine
from engine.errors import EngineError
from engine.inference.bootstrap.drawn_pairs import fast_pair
from engine.inference.bootstrap.paired import OneByOnePair, null_statistics
from engine.inference.likelihood_ratio import compared
from engine.progress import Cancelled, ignore
from tests.engine.simulated import lakes
from tests.shared_data import shared_folder

PAIRS = [
    ("y ~ 1 + (1 | lake)", "y ~ x + (1 | lake)"),
    ("y ~ x + (1 | lake)", "y ~ x + (x | lake)"),
    ("y ~ x + (0 + x | lake)", "y ~ x + (x | lake)"),
    ("y ~ x + (x || lake)", "y ~ x + (x | lake)"),
    ("y ~ x", "y ~ x + (1 | lake)"),
    ("y ~ x + (1 | lake)", "y ~ x + (1 | lake) + (1 | year)"),
    ("y ~ 1 + (1 | lake) + (1 | year)", "y ~ x + (1 | lake) + (1 | year)"),
    ("y ~ x + (1 | lake) + (1 | year)", "y ~ x + (x | lake) + (1 | year)"),
    ("y ~ 1 + (1 | lake)", "y ~ f * x + (x | lake) + (1 | year)"),
]


def fits(null, full, **options):
    frame = lakes(n=60).assign(w=lambda d: np.linspace(0.5, 2.0, len(d)))
    return [engine.fit(formula, frame, **options) for formula in (null, full)]


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize(("null", "full"), PAIRS)
def test_that_drawn_statistics_have_the_law_of_simulated_rows(null, full, weights):
    found = compared(*fits(null, full, weights=weights))
    pair = fast_pair(found.null, found.full)
    assert pair is not None
    rng = np.random.default_rng(1)
    small, large = pair.refits(pair.draw(rng, 400))
    fast = small.criterion - large.criterion
    slowly = OneByOnePair(found.null, found.full)
    small, large = slowly.refits(slowly.draw(rng, 100))
    slow = small.criterion - large.criterion
    assert min(fast.min(), slow.min()) > -1e-5
    # shares beyond each decile of the other, within four standard errors
    for share in (0.25, 0.5, 0.75, 0.9):
        beyond = (slow > np.quantile(fast, share) + 1e-6).mean()
        error = np.sqrt(share * (1 - share) * (1 / 100 + 1 / 400))
        assert beyond < 1 - share + 4 * error
        below = (slow < np.quantile(fast, share) - 1e-6).mean()
        assert below < share + 4 * error


def test_that_the_test_agrees_with_the_reference():
    path = shared_folder() / "reference"
    case = json.loads((path / "lme4_inference.json").read_text(encoding="utf-8"))
    known = case["pb_lrt_sleepstudy_days"]
    frame = pd.read_csv(path / "data" / "sleepstudy.csv")
    models = [engine.fit(known[name], frame) for name in ("null", "full")]
    found = engine.bootstrap_test(*models, replicates=4000, seed=3)
    assert found.statistic == pytest.approx(known["statistic"], abs=1e-5)
    # none of 4 000 there; the chi-square says one in a million
    assert found.p_value == pytest.approx(1 / 4001, abs=2 / 4001)
    assert "refitted by ML" in str(found.note)
    assert "0 of 4" in str(found.note)


def test_that_p_counts_the_data_and_repeats_by_seed():
    models = fits("y ~ x + (1 | lake)", "y ~ x + z + (1 | lake)")
    first, again, other = (
        engine.bootstrap_test(*models, replicates=500, seed=s) for s in (1, 1, 2)
    )
    assert first.p_value == again.p_value
    assert first.p_value != other.p_value
    assert 1 / 501 <= first.p_value <= 1.0
    chi_square = engine.likelihood_ratio_test(*models).p_value
    assert first.p_value == pytest.approx(chi_square, abs=0.12)
    assert np.isnan(first.df)


def test_that_the_size_is_right_where_chi_square_is_not():
    """One variance among five groups: half of all statistics are zero."""
    rng, rejected = np.random.default_rng(8), []
    for number in range(120):
        frame = pd.DataFrame({"g": np.repeat(list("abcde"), 4)})
        frame["y"] = rng.normal(size=20)
        models = [engine.fit(f, frame) for f in ("y ~ 1", "y ~ 1 + (1 | g)")]
        p = engine.bootstrap_test(*models, replicates=199, seed=number).p_value
        rejected.append(p <= 0.1)
    assert np.mean(rejected) == pytest.approx(0.1, abs=3 * np.sqrt(0.09 / 120))


def test_that_models_that_cannot_be_compared_are_refused():
    small, large = fits("y ~ x + (1 | lake)", "y ~ x + z + (1 | lake)")
    with pytest.raises(EngineError, match="larger one"):
        engine.bootstrap_test(large, small)
    with pytest.raises(EngineError, match="cannot be 0 replicates"):
        engine.bootstrap_test(small, large, replicates=0)


def test_that_least_squares_are_compared_too():
    found = engine.bootstrap_test(*fits("y ~ x", "y ~ x + z"), replicates=400)
    exact = engine.anova(fits("y ~ x", "y ~ x + z")[1]).loc["z", "p_value"]
    assert found.p_value == pytest.approx(exact, abs=0.1)


def test_that_it_can_be_cancelled():
    models = fits("y ~ x + (1 | lake)", "y ~ x + z + (1 | lake)")

    def report(step):
        raise Cancelled

    with pytest.raises(Cancelled):
        engine.bootstrap_test(*models, report=report)
    found = compared(*models)
    assert null_statistics(found.null, found.full, 5, 1, ignore).values.shape == (5,)
