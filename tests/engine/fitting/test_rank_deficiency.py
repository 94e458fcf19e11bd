"""Columns of X that follow from others: they give way, and nothing else changes."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine.fitting.certificate import Verdict

RANDOM = {
    "none": "",
    "baselines": " + (1 | lake)",
    "slopes": " + (x | lake)",
    "crossed": " + (1 | lake) + (x | year)",
}
TERMS = (
    *("x", "z", "double", "sum", "far", "tiny", "const", "zero", "f", "site", "h"),
    *("f:h", "x:f", "x:double", "f:site", "lake"),
)


def data(seed):
    """Columns that follow from others; sites within f; combinations without rows."""
    rng = np.random.default_rng(seed)
    n = 90
    x, z = rng.normal(0, 1, n) + rng.choice([0, 8]), rng.normal(0, 3, n)
    f, site, h, lake, year = (rng.integers(0, k, n) for k in (3, 3, 3, 8, 5))
    h = np.where(f == 2, 0, h)  # some combinations have no rows
    y = x + f + rng.normal(0, 1, 8)[lake] + rng.normal(0, 1, 5)[year] * x
    frame = pd.DataFrame(
        {
            "y": y + rng.normal(0, 1, n),
            "x": x,
            "z": z,
            "double": rng.choice([-2.5, 0.5, 3.0]) * x + rng.choice([0.0, 7.0]),
            "sum": x - 2 * z + 3,
            "far": 1e4 + z,
            "tiny": 1e-6 * (x + z),
            "const": rng.choice([-4.0, 1e5]),
            "zero": 0.0,
        }
    )
    texts = {"f": f, "h": h, "lake": lake, "year": year}
    frame = frame.assign(**{k: [f"{k}{i}" for i in own] for k, own in texts.items()})
    return frame.assign(site=[f"s{a}.{b}" for a, b in zip(f, site, strict=True)])


def independent(X):
    """Columns that are no combination of earlier ones, by singular values."""
    kept = []
    for j in range(X.shape[1]):
        sizes = np.linalg.norm(X[:, [*kept, j]], axis=0)
        if not sizes[-1]:
            continue
        columns = X[:, [*kept, j]] / sizes
        if np.linalg.svd(columns, compute_uv=False)[-1] > 1e-11:
            kept.append(j)
    return kept


def full_rank(design, frame, random, estimation):
    """The same model with only the columns that can be estimated, under plain names."""
    X = design.X[:, independent(design.X)]
    names = [f"column{j}" for j in range(X.shape[1])]
    plain = pd.concat([frame, pd.DataFrame(X, columns=names)], axis=1)
    formula = f"y ~ 0 + {' + '.join(names)}{random}"
    return engine.fit(formula, plain, estimation=estimation), plain


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    terms=st.lists(st.sampled_from(TERMS), min_size=2, max_size=6, unique=True),
    random=st.sampled_from(sorted(RANDOM)),
    estimation=st.sampled_from(["REML", "ML"]),
)
def test_that_the_rest_is_the_model_without_the_columns_that_give_way(
    seed, terms, random, estimation
):
    frame = data(seed)
    formula = f"y ~ {' + '.join(terms)}{RANDOM[random]}"
    model = engine.fit(formula, frame, estimation=estimation)
    design = model.design
    kept = independent(design.X)
    plain, plain_frame = full_rank(design, frame, RANDOM[random], estimation)
    table = model.coefficients
    assert list(np.flatnonzero(table["estimate"].notna())) == kept
    assert table.iloc[kept].notna().all(axis=None)
    gone = np.setdiff1d(np.arange(len(table)), kept)
    assert table.iloc[gone].isna().all(axis=None)
    assert model.criterion == pytest.approx(plain.criterion, rel=1e-9)
    assert model.n_parameters == plain.n_parameters
    assert model.sigma == pytest.approx(plain.sigma, rel=1e-7)
    ours, theirs = table.iloc[kept], plain.coefficients
    errors = theirs["std_error"].to_numpy()
    gap = (ours["estimate"].to_numpy() - theirs["estimate"]) / errors
    assert np.abs(gap).max() < 1e-6
    if model.convergence.verdict is Verdict.NOT_IDENTIFIED:
        return  # a grouping that is in the fixed part too: any variance fits as well
    for column in ("std_error", "df"):
        np.testing.assert_allclose(ours[column], theirs[column], rtol=1e-6)
    np.testing.assert_allclose(ours["p_value"], theirs["p_value"], atol=1e-6)
    covariance = model.covariance.to_numpy()[np.ix_(kept, kept)]
    gap = covariance - plain.covariance
    assert np.abs(gap / np.outer(errors, errors)).max(axis=None) < 1e-6
    ours, theirs = model.variance_components, plain.variance_components
    np.testing.assert_allclose(
        ours["variance"], theirs["variance"], rtol=1e-5, atol=1e-6 * model.sigma**2
    )
    for kind in ("population", "group") if RANDOM[random] else ("population",):
        ours = model.predict(frame, kind=kind)
        theirs = plain.predict(plain_frame, kind=kind)
        assert np.abs(ours - theirs).max(axis=None) < 1e-6 * model.sigma


NUMBER = re.compile(r"(?:^| ([+−]) )([−\d.]+) × '([^']+)'")


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    terms=st.lists(
        st.sampled_from(sorted({*TERMS} - {"far", "tiny", "const"})),
        min_size=3,
        max_size=6,
        unique=True,
    ),
)
def test_that_each_dependency_is_named_with_its_numbers(seed, terms):
    frame = data(seed)
    model = engine.fit(f"y ~ {' + '.join(terms)}", frame)
    design = model.design
    X = dict(zip(design.terms, design.X.T, strict=True))
    gone = [
        t
        for t, b in zip(design.terms, model.estimates.beta, strict=True)
        if np.isnan(b)
    ]
    notes = [
        str(note) for note in model.notes if "no coefficient of its own" in str(note)
    ]
    assert len(notes) == len(gone)
    for term, note in zip(gone, notes, strict=True):
        assert note.startswith(f"'{term}' has no coefficient")
        said = note.split("in these rows it equals ")[1].removesuffix(".")
        parts = [
            (-1.0 if sign == "−" else 1.0) * float(text.replace("−", "-")) * X[name]
            for sign, text, name in NUMBER.findall(said)
        ]
        if said == "0":
            parts = [np.zeros(len(frame))]
        assert parts, note
        size = np.abs(parts).max()
        np.testing.assert_allclose(sum(parts), X[term], atol=2e-3 * max(size, 1e-300))


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    terms=st.lists(st.sampled_from(TERMS), min_size=3, max_size=6, unique=True),
)
def test_that_the_dependencies_are_exact(seed, terms):
    model = engine.fit(f"y ~ {' + '.join(terms)} + (1 | lake)", data(seed))
    products, X = model.estimates.evaluation.products, model.design.X
    kept = X[:, list(products.kept)]
    for column, weights in products.dependencies.items():
        size = np.abs(kept).max(axis=0) @ np.abs(weights) + np.abs(X[:, column]).max()
        gap = np.abs(X[:, column] - kept @ weights).max()
        assert gap <= 1e-10 * size


def test_that_of_two_orders_the_later_term_gives_way():
    frame = data(1)
    for first, second in (("x", "double"), ("double", "x")):
        estimates = engine.fit(f"y ~ {first} + {second} + (1 | lake)", frame)
        estimates = estimates.coefficients["estimate"]
        assert np.isfinite(estimates[first])
        assert np.isnan(estimates[second])


def test_that_the_outer_of_nested_factors_stays_where_it_comes_first():
    model = engine.fit("y ~ f + site + (1 | lake)", data(1))
    table = model.coefficients["estimate"]
    assert table[["f[T.f1]", "f[T.f2]"]].notna().all()
    assert table.isna().sum() == 2
    turned = engine.fit("y ~ site + f + (1 | lake)", data(1)).coefficients["estimate"]
    assert turned[["f[T.f1]", "f[T.f2]"]].isna().all()
    assert turned.isna().sum() == 2


def test_that_rows_which_break_a_dependency_have_no_prediction():
    frame = data(1)
    model = engine.fit("y ~ x + double + f:h + (1 | lake)", frame)
    new = frame.head(6).copy()
    new.loc[[1, 3], "double"] += 0.01
    new.loc[[4], ["f", "h"]] = ["f2", "h1"]  # a combination without rows
    predicted = model.predict(new)["estimate"]
    assert list(predicted.isna()) == [False, True, False, True, True, False]
