"""Random small designs: other units, origins, orders and names leave the fit as it is.

X' = X T changes the coefficients to T^-1 beta and, by REML, the criterion by
2 log |det T|; a block of Z changes as X does. c y changes it by 2 nu log c, with nu the
rows, less the coefficients by REML.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import engine
from engine.fitting.certificate import Verdict

CRITERION, ESTIMATE = 1e-8, 1e-6
FORMULAS = {
    "random intercepts": "y ~ x + f + (1 | lake)",
    "correlated slopes": "y ~ x * z + (x | lake)",
    "three columns": "y ~ x + z + (x + z | lake)",
    "double bar": "y ~ x + f + (x || lake)",
    "nested": "y ~ x + (1 | lake / net)",
    "nested slopes": "y ~ x + z + (x | lake / net)",
    "crossed": "y ~ x + f + (1 | lake) + (1 | year)",
    "crossed slopes": "y ~ x + f + (x | lake) + (x | year)",
}
SHIFTED = sorted({*FORMULAS} - {"double bar"})
ALIKE, TOGETHER = -1, -2
"""Instead of a seed: groups that do not differ; lines that meet in one point."""
SINGULAR = {ALIKE: "crossed slopes", TOGETHER: "correlated slopes"}


@dataclass(frozen=True)
class Case:
    """A design and how it is estimated."""

    structure: str
    estimation: str
    seed: int

    @property
    def formula(self):
        return FORMULAS[self.structure]


@cache
def fitted(case):
    return engine.fit(case.formula, data(case.seed), estimation=case.estimation)


@cache
def data(seed):
    """Unbalanced rows; groups that differ much, little, not at all or in one way."""
    rng = np.random.default_rng(abs(seed))
    n, n_lakes = int(rng.integers(50, 120)), int(rng.integers(4, 10))
    lake, year, net = (rng.integers(0, k, n) for k in (n_lakes, 5, 3))
    x = rng.normal(rng.choice([0.0, 5.0]), 1.0, n)
    z = rng.normal(0.0, 3.0, n)
    spreads = rng.choice([0.0, 0.5, 2.0], 4)
    own, slopes, years, nets = (
        spread * rng.normal(0, 1, size)
        for spread, size in zip(
            spreads, (n_lakes, n_lakes, 5, 3 * n_lakes), strict=True
        )
    )
    if seed == TOGETHER:
        own, slopes = 2 * np.arange(n_lakes), np.arange(n_lakes)
    effects = own[lake] + slopes[lake] * x + years[year] + nets[3 * lake + net]
    noise = rng.normal(0, 1, n)
    if seed == ALIKE:
        groups = np.column_stack(
            [pd.get_dummies(g, dtype=float) for g in (3 * lake + net, year)]
        )
        taken = np.column_stack([groups, groups * x[:, None]])
        effects = -taken @ np.linalg.lstsq(taken, noise, rcond=None)[0]
    return pd.DataFrame(
        {
            "y": 1 + x + effects + noise,
            "x": x,
            "z": z,
            "f": np.array(["a", "b", "c"])[rng.integers(0, 3, n)],
            "lake": [f"L{i}" for i in lake],
            "year": 2000 + year,
            "net": [f"N{i}" for i in net],
        }
    )


def cases(structures=tuple(FORMULAS)):
    return st.builds(
        Case,
        structure=st.sampled_from(structures),
        estimation=st.sampled_from(["REML", "ML"]),
        seed=st.integers(0, 2**32 - 1),
    )


def singular(**given_too):
    """Run a test of one case with singular fits too."""

    def decorated(test):
        for seed, structure in SINGULAR.items():
            for estimation in ("REML", "ML"):
                case = Case(structure, estimation, seed)
                test = example(case=case, **given_too)(test)
        return test

    return decorated


powers = st.floats(-6, 6)
signs = st.sampled_from([-1.0, 1.0])


@dataclass(frozen=True)
class Change:
    """What becomes of the numbers of a fit.

    `x` and `origin` say that x becomes `x` times itself plus `origin`.
    """

    y_scale: float = 1.0
    y_shift: float = 0.0
    x: float = 1.0
    origin: float = 0.0
    sigma: float = 1.0
    names: dict = field(default_factory=dict)

    def inverse(self, terms):
        """T^-1 for columns with these names."""
        forward, shift = np.eye(len(terms)), np.zeros((len(terms), len(terms)))
        for j, term in enumerate(terms):
            factors = term.split(":")
            if "x" not in factors:
                continue
            forward[j, j] = 1 / self.x
            rest = ":".join(f for f in factors if f != "x") or "Intercept"
            if self.origin:
                shift[list(terms).index(rest), j] = -self.origin / self.x
        return forward + shift


def assert_same(model, base, change=Change()):
    """Compare a changed fit with the first one, its numbers changed alike."""
    c, terms = change.y_scale, list(base.coefficients.index)
    T1 = change.inverse(terms)
    nu = base.n_rows - (len(terms) if base.estimation == "REML" else 0)
    expected = base.criterion + 2 * nu * np.log(c)
    if base.estimation == "REML":
        expected -= 2 * np.linalg.slogdet(T1)[1]
    assert model.criterion == pytest.approx(expected, rel=CRITERION, abs=CRITERION)
    ours = model.coefficients.loc[terms]
    beta = c * T1 @ base.coefficients["estimate"].to_numpy()
    beta[terms.index("Intercept")] += change.y_shift
    covariance = c**2 * T1 @ base.covariance.to_numpy() @ T1.T
    errors = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(ours["std_error"], errors, rtol=ESTIMATE)
    gap = np.abs(ours["estimate"] - beta) / errors
    assert gap.max() < ESTIMATE
    # the coefficients at x = 0 are others where the origin is another
    seen = [t for t in terms if not change.origin or "x" in t.split(":")]
    np.testing.assert_allclose(
        ours.loc[seen, "df"], base.coefficients.loc[seen, "df"], rtol=ESTIMATE
    )
    sigma = c * base.sigma * change.sigma
    assert model.sigma == pytest.approx(sigma, rel=ESTIMATE)
    assert model.is_singular == base.is_singular
    assert model.convergence.verdict is base.convergence.verdict
    assert_same_blocks(model, base, change)


def assert_same_blocks(model, base, change):
    """Compare covariances and predicted effects, relative to all that varies."""
    blocks = {
        (block.grouping.name, frozenset(block.terms)): i
        for i, block in enumerate(model.design.blocks)
    }
    for design, own in zip(base.design.blocks, base.estimates.blocks, strict=True):
        index = blocks[design.grouping.name, frozenset(design.terms)]
        block, found = model.design.blocks[index], model.estimates.blocks[index]
        order = [block.terms.index(term) for term in design.terms]
        T1 = change.y_scale * change.inverse(design.terms)
        covariance = T1 @ own.covariance @ T1.T
        residual = (change.y_scale * base.sigma) ** 2 / np.mean(
            block.Z[:, order] ** 2, axis=0
        )
        size = np.sqrt(np.diag(covariance) + residual)
        gap = np.abs(found.covariance[np.ix_(order, order)] - covariance) / np.outer(
            size, size
        )
        assert gap.max() < ESTIMATE
        effects = pd.DataFrame(own.effects @ T1.T, index=design.grouping.levels)
        names = change.names.get(design.grouping.name, {})
        effects = effects.rename(index=names).reindex(block.grouping.levels)
        assert (np.abs(found.effects[:, order] - effects) / size).max(
            axis=None
        ) < ESTIMATE


def assert_same_predictions(model, frame, base, change=Change()):
    """Compare predictions of known groups with their intervals, row by row."""
    ours = model.predict(frame, kind="group")
    theirs = base.predict(base.design.frame, kind="group")
    for column in ("estimate", "lower", "upper"):
        expected = change.y_scale * theirs[column].to_numpy() + change.y_shift
        gap = np.abs(ours[column].to_numpy() - expected)
        assert gap.max() < ESTIMATE * change.y_scale * base.sigma


def check(case, frame, change=Change(), *, formula=""):
    """Fit changed data and compare."""
    base = fitted(case)
    model = engine.fit(formula or case.formula, frame, estimation=case.estimation)
    assert_same(model, base, change)
    assert_same_predictions(model, frame, base, change)


@pytest.mark.parametrize("estimation", ["REML", "ML"])
def test_that_singular_fits_are_among_those_compared(estimation):
    verdicts = {
        seed: fitted(Case(structure, estimation, seed)).convergence.verdict
        for seed, structure in SINGULAR.items()
    }
    assert verdicts[ALIKE] is Verdict.ZERO_VARIANCE
    assert verdicts[TOGETHER] is Verdict.PERFECT_CORRELATION


@singular(power=6.0, sign=-1.0)
@settings(max_examples=12)
@given(case=cases(), power=powers, sign=signs)
def test_that_units_and_origin_of_the_response_are_those_of_the_results(
    case, power, sign
):
    c = 10**power
    check(case, data(case.seed).assign(y=lambda d: d["y"] * c), Change(y_scale=c))
    shift = sign * c * data(case.seed)["y"].std()
    frame = data(case.seed).assign(y=lambda d: d["y"] + shift)
    check(case, frame, Change(y_shift=shift))


@singular(power=6.0)
@singular(power=-6.0)
@settings(max_examples=12)
@given(case=cases(), power=powers)
def test_that_the_unit_of_a_covariate_only_rescales_its_effects(case, power):
    frame = data(case.seed).assign(x=lambda d: d["x"] * 10**power)
    check(case, frame, Change(x=10**power))


@singular(power=6.0, sign=1.0)
@settings(max_examples=12)
@given(case=cases(SHIFTED), power=powers, sign=signs)
def test_that_the_origin_of_a_covariate_moves_the_baselines_along_the_slopes(
    case, power, sign
):
    shift = sign * 10**power * data(case.seed)["x"].std()
    frame = data(case.seed).assign(x=lambda d: d["x"] + shift)
    check(case, frame, Change(origin=shift))


@singular(seed=1)
@settings(max_examples=12)
@given(case=cases(), seed=st.integers(0, 2**32 - 1))
def test_that_the_order_of_rows_does_not_matter(case, seed):
    rng = np.random.default_rng(seed)
    frame, base = data(case.seed), fitted(case)
    order = rng.permutation(len(frame))
    model = engine.fit(case.formula, frame.iloc[order], estimation=case.estimation)
    assert_same(model, base)
    assert list(model.design.rows) == list(order)
    gap = model.fitted.sort_index() - base.fitted
    assert np.abs(gap).max() < ESTIMATE * base.sigma
    assert_same_predictions(model, frame, base)


@singular(kind="number", seed=1)
@settings(max_examples=12)
@given(
    case=cases(sorted({*FORMULAS} - {"nested", "nested slopes"})),
    kind=st.sampled_from(["text", "number", "float", "category"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_that_the_names_of_groups_do_not_matter(case, kind, seed):
    """Texts become numbers and numbers texts, in another order."""
    rng = np.random.default_rng(seed)
    frame, names = data(case.seed).copy(), {}
    for column in ("lake", "year"):
        old = sorted(frame[column].unique())
        numbers = rng.permutation(len(old)) - 2
        new = (
            [f"{n} é:{n}" for n in numbers] if kind == "text" else [*map(int, numbers)]
        )
        frame[column] = frame[column].map(dict(zip(old, new, strict=True)))
        if kind in ("float", "category"):
            frame[column] = frame[column].astype(kind)
        names[column] = {str(a): str(b) for a, b in zip(old, new, strict=True)}
    check(case, frame, Change(names=names))


@singular(seed=1)
@settings(max_examples=12)
@given(case=cases(), seed=st.integers(0, 2**32 - 1))
def test_that_the_order_of_terms_does_not_matter(case, seed):
    """Also `(1 | a) + (x | b)` for `(x | b) + (1 | a)`, and terms inside a bar."""
    rng = np.random.default_rng(seed)
    spec = fitted(case).spec
    fixed = [spec.fixed[i] for i in rng.permutation(len(spec.fixed))]
    random = [spec.random[i] for i in rng.permutation(len(spec.random))]
    inside = (replace(own, terms=own.terms[::-1]) for own in random)
    parts = [*map(":".join, fixed), *map(str, inside)]
    formula = f"y ~ {' + '.join(parts)}"
    check(case, data(case.seed), formula=formula)


@singular(power=6.0)
@settings(max_examples=12)
@given(case=cases(), power=powers)
def test_that_constant_weights_are_a_unit_of_the_residual_variance(case, power):
    """sigma^2 / c is what is left of a row's variance: sigma^2 itself is c times it."""
    frame, c = data(case.seed), 10**power
    base = fitted(case)
    model = engine.fit(
        case.formula, frame, estimation=case.estimation, weights=np.full(len(frame), c)
    )
    assert_same(model, base, Change(sigma=np.sqrt(c)))
    assert_same_predictions(model, frame, base)
