from __future__ import annotations

import numpy as np
import pytest

from engine.inference.bootstrap.nested_pair import nested_pair
from engine.inference.bootstrap.several_factors import several_factors
from tests.engine.inference.bootstrap.rows import Rows, crossed, nested
from tests.engine.simulated import lakes


def position(rows, group, nth=0):
    """Where a block of one grouping stands among all factors' blocks."""
    names = [
        (rows.design.blocks[i].grouping.name, i)
        for factor in rows.products.factors
        for i in factor.block_indices
    ]
    return [at for at, (name, _) in enumerate(names) if name == group][nth]


def columns(rows, group):
    """The span of each column of a correlated block, whitened."""
    blocks = [
        (T, i)
        for factor in rows.products.factors
        for T, i in zip(factor.transforms, factor.block_indices, strict=True)
    ]
    T = blocks[position(rows, group)][0]
    return [T[:, [k]] for k in range(len(T))]


def first_coefficients(rows, n):
    """Models whose coefficients are the first ones of the larger model."""
    return np.eye(rows.products.p)[:, :n]


CASES = {
    "balanced, a factor": (
        crossed,
        "y ~ x + (1 | plate) + (1 | sample)",
        "y ~ x + (1 | plate)",
        lambda rows: {"effects": {position(rows, "sample"): []}},
    ),
    "balanced, a slope": (
        nested,
        "y ~ visit + (visit || site) + (1 | plot)",
        "y ~ visit + (1 | site) + (1 | plot)",
        lambda rows: {"effects": {position(rows, "site", 1): []}},
    ),
    "balanced, a coefficient": (
        crossed,
        "y ~ x + (1 | plate) + (1 | sample)",
        "y ~ 1 + (1 | plate) + (1 | sample)",
        lambda rows: {"fixed": first_coefficients(rows, 1)},
    ),
    "crossed, the largest factor": (
        lakes,
        "y ~ x + (1 | lake) + (1 | year)",
        "y ~ x + (1 | year)",
        lambda rows: {"effects": {position(rows, "lake"): []}},
    ),
    "crossed, both factors": (
        lakes,
        "y ~ x + (1 | lake) + (1 | year)",
        "y ~ x",
        lambda rows: {"effects": {0: [], 1: []}},
    ),
    "crossed, coefficients": (
        lakes,
        "y ~ x + z + (1 | lake) + (1 | year)",
        "y ~ 1 + (1 | lake) + (1 | year)",
        lambda rows: {"fixed": first_coefficients(rows, 1)},
    ),
    "correlated, the slope": (
        lakes,
        "y ~ x + (x | lake) + (1 | year)",
        "y ~ x + (1 | lake) + (1 | year)",
        lambda rows: {"effects": {position(rows, "lake"): columns(rows, "lake")[:1]}},
    ),
    "correlated, the correlation": (
        lakes,
        "y ~ x + (x | lake) + (1 | year)",
        "y ~ x + (x || lake) + (1 | year)",
        lambda rows: {"effects": {position(rows, "lake"): columns(rows, "lake")}},
    ),
    "correlated, two of three": (
        lakes,
        "y ~ x + (x + z | lake) + (z | year)",
        "y ~ x + (x | lake) + (0 + z | lake) + (z || year)",
        lambda rows: {
            "effects": {
                position(rows, "lake"): [
                    np.hstack(columns(rows, "lake")[:2]),
                    columns(rows, "lake")[2],
                ],
                position(rows, "year"): columns(rows, "year"),
            }
        },
    ),
    "correlated, the other factor": (
        lakes,
        "y ~ x + (1 | lake) + (x | year)",
        "y ~ x + (x | year)",
        lambda rows: {"effects": {position(rows, "lake"): []}},
    ),
    "correlated, a coefficient": (
        lakes,
        "y ~ x + z + (x | lake) + (1 | year)",
        "y ~ x + (x | lake) + (1 | year)",
        lambda rows: {"fixed": first_coefficients(rows, 2)},
    ),
}


BOTH = [
    pytest.param(case, estimation, id=f"{name}, {estimation}")
    for name, case in CASES.items()
    for estimation in ("REML", "ML")
    # restricted likelihoods do not compare coefficients
    if estimation == "ML" or "coefficient" not in name
]


@pytest.mark.parametrize(("case", "estimation"), BOTH)
def test_that_differences_are_the_likelihood_ratios_of_both_fits(case, estimation):
    make, larger, smaller, restriction = case
    rows = Rows(larger, make(), estimation=estimation)
    what = restriction(rows)
    wide, narrow = nested_pair(rows.e, **what)
    small = Rows(smaller, make(), estimation=estimation)
    sigmas = [own[:, :, 0] for own in wide.model.sigmas(narrow.source.s[:, None])]
    Y = rows.responses(sigmas, narrow.source.s2, 60, seed=5)
    draws = rows.draws(wide, Y)
    first, second = wide.refit(draws), narrow.refit(draws)
    ratio = second.criterion - first.criterion
    assert ratio.min() > -1e-6
    is_reml = estimation == "REML"
    for b in range(6):
        y = Y[:, b]
        full = rows.fitted(y, is_reml=is_reml)
        if smaller == "y ~ x":
            left = y - rows.Q @ (rows.Q.T @ y)
            nu = rows.e.nu
            expected = nu * (1 + np.log(2 * np.pi * left @ left / nu))
            expected += rows.own_constant()
        else:
            expected = small.fitted(y, is_reml=is_reml).value
        assert ratio[b] == pytest.approx(expected - full.value, abs=2e-6)


MIXED = {name: case for name, case in CASES.items() if case[2] != "y ~ x"}


@pytest.mark.parametrize("case", MIXED.values(), ids=MIXED)
def test_that_the_nested_model_draws_from_its_own_fit(case):
    make, larger, smaller, restriction = case
    rows = Rows(larger, make(), estimation="ML")
    small = Rows(smaller, make(), estimation="ML")
    _, narrow = nested_pair(rows.e, **restriction(rows))
    scale = rows.products.y_scale, small.products.y_scale
    s2 = small.e.r2 / small.e.nu * scale[1] ** 2
    assert narrow.source.s2 * scale[0] ** 2 == pytest.approx(s2, rel=1e-4)
    draws = narrow.draw(np.random.default_rng(1), 50)
    refits = narrow.refit(draws)
    assert refits.is_settled.all()
    assert refits.s2.mean() == pytest.approx(narrow.source.s2, rel=0.2)


def test_that_a_restriction_which_ruins_the_balance_takes_another_path():
    """The covariate does not vary as its intercept does: no common eigenvectors."""
    rows = Rows("y ~ x + (1 | plate) + (1 | sample)", crossed(), estimation="ML")
    mixed = np.array([[np.cos(0.4)], [np.sin(0.4)]])
    assert several_factors(rows.e).path == "spectral"
    assert several_factors(rows.e).null(fixed=mixed) is None
    wide, narrow = nested_pair(rows.e, fixed=mixed)
    assert wide.path == narrow.path == "schur"
    draws = narrow.draw(np.random.default_rng(2), 100)
    ratio = narrow.refit(draws).criterion - wide.refit(draws).criterion
    assert ratio.min() > -1e-6


def test_that_restricted_likelihoods_do_not_compare_coefficients():
    rows = Rows("y ~ x + (1 | plate) + (1 | sample)", crossed())
    with pytest.raises(ValueError, match="coefficients"):
        several_factors(rows.e).null(fixed=np.eye(2)[:, :1])
