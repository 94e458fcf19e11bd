from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import engine
from engine.fitting.fit import estimate
from engine.inference import null_spectrum as room
from engine.inference.null_spectrum import null_spectrum
from engine.inference.restricted_lrt import chi_square_mixture, restricted_lrt
from engine.inference.spectral_null import simulated_ratios
from engine.model.reduced import without_blocks
from tests.engine.facts import dyestuff, dyestuff2
from tests.engine.simulated import dense_V, dense_Z, lakes
from tests.shared_data import shared_folder


@pytest.fixture(scope="module")
def reference():
    return shared_folder() / "reference"


@pytest.fixture(scope="module")
def cases(reference):
    return json.loads((reference / "lme4_inference.json").read_text())


@pytest.fixture(scope="module")
def seabirds(reference):
    return pd.read_csv(reference / "data" / "seabirds.csv")


def null_of(model, index):
    """The fitted null model of a block."""
    reduced = without_blocks(model.design, [index])
    return estimate(reduced, estimation=model.estimation)


def spectrum_of(model, index):
    return null_spectrum(model.estimates, null_of(model, index), index)


@pytest.mark.parametrize("group", ["site", "year"])
def test_that_tests_beside_another_term_agree_with_rlrsim(cases, seabirds, group):
    case = cases[f"rlrt_seabirds_{group}"]
    model = engine.fit("index ~ 1 + (1 | site) + (1 | year)", seabirds)
    found = restricted_lrt(model, group, replicates=999)
    assert found.statistic == pytest.approx(case["statistic"], abs=1e-7)
    # none of their 100 000 replicates was as large
    assert found.p_value == 1 / 1000
    assert np.isnan(found.df)
    assert "approximate" in str(found.note)


def test_that_null_quantiles_agree_with_rlrsim(cases, seabirds):
    case = cases["rlrt_null_quantiles_site"]
    model = engine.fit(case["formula"].replace("|", " | "), seabirds)
    ratios = simulated_ratios(spectrum_of(model, 0), 200_000, np.random.default_rng(1))
    for probability, quantile in zip(case["prob"], case["quantile"], strict=True):
        # theirs come from fewer replicates than ours: five of their errors
        error = np.sqrt(probability * (1 - probability) / 10_000)
        at_theirs = np.mean(ratios <= quantile)
        assert at_theirs >= probability - 5 * error
        if quantile > 0:
            assert at_theirs == pytest.approx(probability, abs=5 * error)


def unbalanced(seed=1, n=40):
    """Rows in few groups of unlike size, with weights."""
    rng = np.random.default_rng(seed)
    g = rng.choice(6, n, p=[0.4, 0.25, 0.15, 0.1, 0.05, 0.05])
    return pd.DataFrame(
        {
            "x": rng.normal(g, 1),
            "g": g,
            "h": np.arange(n) % 5,
            "w": rng.uniform(1, 4, n),
        }
    )


@pytest.mark.parametrize("estimation", ["REML", "ML"])
@pytest.mark.parametrize("weights", [None, "w"])
def test_that_refits_of_simulated_responses_have_the_spectral_null(estimation, weights):
    frame = unbalanced()
    rng = np.random.default_rng(12)
    spread = 1.0 if weights is None else 1 / np.sqrt(frame["w"])
    frame["y"] = rng.normal(size=len(frame))
    model = engine.fit("y ~ x + (1 | g)", frame, estimation=estimation, weights=weights)
    designs = without_blocks(model.design, [0]), model.design

    def statistic():
        y = (3 + frame["x"] + spread * rng.normal(size=len(frame))).to_numpy()
        null, full = (
            estimate(replace(design, y=y), estimation=estimation) for design in designs
        )
        return max(null.criterion - full.criterion, 0.0)

    refits = np.array([statistic() for _ in range(300)])
    ratios = simulated_ratios(spectrum_of(model, 0), 40_000, np.random.default_rng(2))
    # zeros are ties, about which the test would be conservative: both parts apart
    is_zero = refits < 1e-6
    share = np.mean(ratios == 0)
    error = np.sqrt(share * (1 - share) / len(refits))
    assert is_zero.mean() == pytest.approx(share, abs=4 * error)
    assert stats.ks_2samp(refits[~is_zero], ratios[ratios > 0]).pvalue > 0.001


def dense_eigenvalues(model, index, *, less_fixed):
    """Of Z'P_0 Z by n x n matrices."""
    null, design = null_of(model, index), model.design
    V = dense_V(null.design, [block.root for block in null.blocks])
    inverse = np.linalg.inv(V)
    if less_fixed:
        XV = design.X.T @ inverse
        inverse = inverse - XV.T @ np.linalg.solve(XV @ design.X, XV)
    Z = dense_Z(design)[index]
    found = np.linalg.eigvalsh(Z.T @ inverse @ Z)
    return found[found > 1e-9 * found.max()]


def shares(values):
    return np.sort(np.asarray(values))[::-1] / np.max(values)


@pytest.mark.parametrize(
    ("formula", "index"),
    [
        ("y ~ x + f + (1 | lake)", 0),
        ("y ~ x + (0 + z | lake)", 0),
        ("y ~ x + (x || lake)", 0),
        ("y ~ x + (x || lake)", 1),
        ("y ~ x + (x | lake) + (0 + z | lake)", 1),
        ("y ~ x + (1 | lake) + (1 | year)", 0),
        ("y ~ x + (1 | lake) + (1 | year)", 1),
        ("y ~ x + (1 | lake / net)", 0),
        ("y ~ x + (1 | lake / net)", 1),
        ("y ~ f * x + (x || lake) + (1 | year) + (1 | net)", 3),
        ("y ~ f + lake + (1 | lake / net)", 1),
        ("y ~ 0 + (1 | lake)", 0),
    ],
)
@pytest.mark.parametrize("estimation", ["REML", "ML"])
def test_that_eigenvalues_are_those_of_n_by_n_matrices(formula, index, estimation):
    frame = lakes().assign(w=np.random.default_rng(1).uniform(0.5, 3, 120))
    model = engine.fit(formula, frame, estimation=estimation, weights="w")
    spectrum = spectrum_of(model, index)
    expected = dense_eigenvalues(model, index, less_fixed=True)
    found = np.repeat(spectrum.values, spectrum.counts.astype(int))
    np.testing.assert_allclose(shares(found), shares(expected), rtol=1e-6, atol=1e-9)
    rank = np.linalg.matrix_rank(model.design.X) if len(model.design.terms) else 0
    if len(model.design.blocks) == 1:
        assert spectrum.rest + len(found) == pytest.approx(120 - rank)
        assert spectrum.nu == 120 - (rank if estimation == "REML" else 0)
    assert spectrum.rest > 0
    if estimation == "ML":
        penalty = np.repeat(
            spectrum.penalty_values, spectrum.penalty_counts.astype(int)
        )
        whole = dense_eigenvalues(model, index, less_fixed=False)
        np.testing.assert_allclose(
            penalty / found.max(), shares(whole) * whole.max() / expected.max(), 1e-6
        )


def test_that_a_balanced_design_has_one_eigenvalue():
    model = engine.fit("Yield ~ 1 + (1 | Batch)", dyestuff())
    spectrum = spectrum_of(model, 0)
    assert spectrum.counts.tolist() == [5.0]
    assert spectrum.rest == 24


@pytest.mark.parametrize(
    "formula", ["y ~ x + f + (0 + z | g)", "y ~ x + f + (1 | g) + (1 | year)"]
)
def test_that_very_many_levels_have_nearly_the_same_null(formula, monkeypatch):
    rng = np.random.default_rng(4)
    frame = lakes(seed=4, n=3000).assign(g=rng.integers(0, 600, 3000))
    model = engine.fit(formula, frame)
    exact = spectrum_of(model, 0)
    monkeypatch.setattr(room, "MOST_LEVELS", 100)
    rough = spectrum_of(model, 0)
    assert rough.counts.sum() == pytest.approx(exact.counts.sum(), rel=1e-2)
    for power in (1, 2):
        moment = exact.counts @ (exact.values / exact.values[0]) ** power
        found = rough.counts @ (rough.values / exact.values[0]) ** power
        assert found == pytest.approx(moment, rel=0.03)
    ratios = [simulated_ratios(s, 20_000, rng) for s in (exact, rough)]
    assert np.mean(ratios[0] == 0) == pytest.approx(np.mean(ratios[1] == 0), abs=0.02)
    positive = [own[own > 0] for own in ratios]
    assert stats.ks_2samp(*positive).pvalue > 0.001


def test_that_a_variance_of_zero_has_p_one():
    model = engine.fit("Yield ~ 1 + (1 | Batch)", dyestuff2())
    for found in (
        restricted_lrt(model, "Batch", replicates=100),
        chi_square_mixture(model, "Batch"),
    ):
        assert found.statistic == 0
        assert found.p_value == 1


def test_that_the_mixture_is_half_the_tail_of_chi_square_one():
    model = engine.fit("Yield ~ 1 + (1 | Batch)", dyestuff())
    mixture, simulated = (
        chi_square_mixture(model, "Batch"),
        restricted_lrt(model, "Batch"),
    )
    assert mixture.statistic == simulated.statistic
    # lme4's criteria: 319.654 at the optimum, 326.023 without variance
    assert mixture.statistic == pytest.approx(326.023232155879 - 319.654276842342)
    assert mixture.p_value == pytest.approx(stats.chi2.sf(mixture.statistic, 1) / 2)
    assert mixture.df == 1
    # with six groups the exact p is smaller
    assert 0 < simulated.p_value < mixture.p_value
    assert mixture.method != simulated.method
    assert "exact" in str(simulated.note)


def test_that_no_p_is_zero_however_clear_the_groups_are():
    frame = dyestuff()
    frame["Yield"] += 1e6 * frame["Batch"].map(ord)
    many = pd.concat([frame] * 40, ignore_index=True)
    many["Yield"] += np.random.default_rng(1).normal(0, 1e-3, len(many))
    model = engine.fit("Yield ~ 1 + (1 | Batch)", many)
    assert chi_square_mixture(model, "Batch").p_value > 0
    assert restricted_lrt(model, "Batch", replicates=99).p_value == 0.01


def test_that_seeds_reproduce_a_test():
    model = engine.fit("y ~ x + (1 | lake) + (1 | year)", lakes())
    first = restricted_lrt(model, "year", replicates=500, seed=3)
    assert (
        first.p_value == restricted_lrt(model, "year", replicates=500, seed=3).p_value
    )


def test_that_ml_models_get_the_full_likelihood_ratio():
    frame = lakes()
    model = engine.fit("y ~ x + (1 | lake)", frame, estimation="ML")
    null = engine.fit("y ~ x", frame, estimation="ML")
    found = restricted_lrt(model, "lake", replicates=100)
    assert found.statistic == pytest.approx(null.criterion - model.criterion)
    assert found.method.startswith("Likelihood")


def test_that_nested_groups_and_uncorrelated_slopes_are_named_as_in_the_table():
    frame = lakes()
    nested = engine.fit("y ~ x + (1 | lake / net)", frame)
    plain = engine.fit("y ~ x + (1 | lake)", frame)
    found = restricted_lrt(nested, "lake:net", replicates=100)
    expected = plain.criterion - nested.criterion
    assert found.statistic == pytest.approx(max(expected, 0.0), abs=1e-7)
    coarse = restricted_lrt(nested, "lake", replicates=100)
    assert coarse.statistic > 0
    slopes = engine.fit("y ~ x + (x || lake)", frame)
    found = restricted_lrt(slopes, "lake", "x", replicates=100)
    assert found.statistic == pytest.approx(plain.criterion - slopes.criterion)


@pytest.mark.parametrize(
    ("formula", "group", "term", "says"),
    [
        ("y ~ x + (x | lake)", "lake", "x", "together with 'Intercept'"),
        ("y ~ x + (1 | lake)", "year", "Intercept", "among 'year'"),
        ("y ~ x + (1 | lake)", "lake", "z", "'z' does not vary"),
        ("y ~ x", "lake", "Intercept", "no random effects"),
    ],
)
def test_that_what_cannot_be_tested_is_said(formula, group, term, says):
    model = engine.fit(formula, lakes())
    for test in (restricted_lrt, chi_square_mixture):
        with pytest.raises(engine.EngineError) as caught:
            test(model, group, term)
        assert says in caught.value.message
        assert caught.value.remedy


def test_that_no_replicates_are_refused():
    model = engine.fit("y ~ x + (1 | lake)", lakes())
    with pytest.raises(engine.EngineError):
        restricted_lrt(model, "lake", replicates=0)
