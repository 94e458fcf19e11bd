"""Densities and intervals of the replicates against sums and the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.diagnostics.uncertainty import (
    Role,
    density,
    parameters_of,
    replicates_of,
    split_spikes,
)
from engine.inference.bootstrap.run import bootstrap
from engine.workflow import fit
from tests.engine.facts import dyestuff2
from tests.engine.simulated import STRUCTURES, lakes


def area(curve):
    return float(np.trapezoid(curve.y, curve.x))


def kernel_sum(values, at, width, lowest, highest):
    """The reflected kernel estimate, value by value."""
    total = np.zeros(len(at))
    for centre in (values, 2 * lowest - values, 2 * highest - values):
        if np.isfinite(centre).all():
            apart = (at[:, None] - centre[None, :]) / width
            total += np.exp(-0.5 * apart**2).sum(axis=1)
    return total / (len(values) * width * np.sqrt(2 * np.pi))


def silverman(values):
    first, third = np.quantile(values, (0.25, 0.75))
    scale = min(values.std(ddof=1), (third - first) / 1.349)
    return 0.9 * scale * len(values) ** -0.2


@pytest.mark.parametrize("share", [1.0, 0.3])
@pytest.mark.parametrize(
    ("bounds", "draw"),
    [
        ((-np.inf, np.inf), lambda rng: rng.normal(3.0, 2.0, 4000)),
        ((0.0, np.inf), lambda rng: np.abs(rng.normal(0.0, 1.0, 4000))),
        ((-1.0, 1.0), lambda rng: rng.uniform(-1.0, 1.0, 4000)),
        ((-np.inf, np.inf), lambda rng: rng.standard_cauchy(4000)),
    ],
    ids=["free", "at 0", "at both ends", "long tails"],
)
def test_that_a_density_integrates_to_the_share_it_stands_for(bounds, draw, share):
    curve = density(draw(np.random.default_rng(8)), *bounds, share)
    assert area(curve) == pytest.approx(share, rel=1e-9)
    assert curve.x[0] >= bounds[0]
    assert curve.x[-1] <= bounds[1]
    assert (curve.y >= 0).all()


@pytest.mark.parametrize("bounds", [(-np.inf, np.inf), (0.0, np.inf), (0.0, 1.0)])
def test_that_a_density_is_the_sum_of_its_reflected_kernels(bounds):
    values = np.random.default_rng(9).beta(1.2, 1.5, 3000)
    curve = density(values, *bounds)
    expected = kernel_sum(values, curve.x, silverman(values), *bounds)
    assert np.abs(curve.y - expected).max() < 0.015 * expected.max()


def test_that_the_density_of_half_a_normal_does_not_fall_to_its_bound():
    values = np.abs(np.random.default_rng(10).normal(0.0, 1.0, 200_000))
    curve = density(values, 0.0)
    assert curve.x[0] == 0.0
    assert curve.y[0] == pytest.approx(2 / np.sqrt(2 * np.pi), rel=0.02)


def test_that_shift_and_scale_move_a_density_with_its_values():
    values = np.random.default_rng(11).gamma(2.0, size=2000)
    one, other = density(values, 0.0), density(1000 * values + 7, 7.0)
    np.testing.assert_allclose(other.x, 1000 * one.x + 7, rtol=1e-9)
    np.testing.assert_allclose(other.y, one.y / 1000, rtol=1e-6)


@pytest.mark.parametrize("values", [np.zeros(0), np.arange(5.0), np.full(300, 2.5)])
def test_that_too_few_values_or_one_value_have_no_density(values):
    assert density(values) is None


def test_that_values_on_a_bound_are_spikes_and_no_others():
    values = np.r_[np.zeros(30), np.full(10, 1e-12), np.linspace(0.01, 2.0, 60)]
    spikes, free = split_spikes(values, 0.0)
    assert [(one.at, one.share) for one in spikes] == [(0.0, 0.4)]
    assert len(free) == 60
    ends = np.r_[-np.ones(5), np.linspace(-0.9, 0.9, 85), np.full(10, 1 - 1e-9)]
    spikes, free = split_spikes(ends, -1.0, 1.0)
    assert [(one.at, one.share) for one in spikes] == [(-1.0, 0.05), (1.0, 0.1)]
    assert len(free) == 85


def test_that_a_constant_is_one_spike():
    spikes, free = split_spikes(np.full(50, 3.25))
    assert [(one.at, one.share) for one in spikes] == [(3.25, 1.0)]
    assert len(free) == 0
    assert split_spikes(np.zeros(0)) == ((), pytest.approx(np.zeros(0)))


@pytest.mark.parametrize("structure", STRUCTURES)
def test_that_parameters_are_those_of_the_bootstrap_in_its_order(structure):
    model = fit(STRUCTURES[structure], lakes())
    parameters = parameters_of(model)
    found = bootstrap(model, 2)
    assert [one.name for one in parameters] == list(found.estimates.columns)
    np.testing.assert_allclose(
        [one.estimate for one in parameters], found.estimate, rtol=1e-6, atol=1e-9
    )
    for one in parameters:
        assert (one.wald is not None) == (one.role is Role.FIXED)


def test_that_wald_intervals_are_those_of_the_coefficients():
    model = fit("y ~ x + (x | lake)", lakes())
    table = model.coefficient_table(level=0.9)
    walds = {one.name: one.wald for one in parameters_of(model, 0.9) if one.wald}
    for term, row in table.iterrows():
        own = walds[term]
        assert (own.lower, own.upper, own.df) == (row["lower"], row["upper"], row["df"])


def test_that_profile_intervals_go_to_their_parameters_by_name():
    model = fit("y ~ x + (1 | lake)", lakes())
    names = ["x", "sigma", "sd(lake, Intercept)", "Intercept"]
    columns = {"lower": range(4), "upper": range(10, 14)}
    profile = pd.DataFrame(columns, index=pd.Index(names, name="parameter"))
    found = {one.name: one.profile for one in parameters_of(model, 0.95, profile)}
    assert {name: own.lower for name, own in found.items()} == {
        name: place for place, name in enumerate(names)
    }


def test_that_refits_at_zero_are_counted_beside_the_curve():
    model = fit("Yield ~ 1 + (1 | Batch)", dyestuff2())
    found = bootstrap(model, 400, seed=3)
    made = replicates_of(parameters_of(model), found)
    own = made.of["sd(Batch, Intercept)"]
    (spike,) = own.spikes
    assert spike.at == 0.0
    assert spike.share == pytest.approx(found.n_singular / 400)
    assert area(own.curve) + spike.share == pytest.approx(1.0)
    assert (made.n, made.n_singular) == (400, found.n_singular)


@pytest.mark.parametrize("kind", ["percentile", "basic", "bca"])
def test_that_intervals_are_those_of_the_bootstrap(kind):
    model = fit("y ~ x + (x | lake)", lakes())
    found = bootstrap(model, 120, seed=5)
    made = replicates_of(parameters_of(model), found, 0.9, kind)
    table = found.intervals(0.9, kind)
    for name, own in made.of.items():
        row = table.loc[name]
        ends = own.interval.lower, own.interval.upper, own.interval.kind
        assert ends == (row["lower"], row["upper"], row["kind"])
        assert own.n == row["n"]
