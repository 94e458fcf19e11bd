"""Random terms that the rows cannot support: named, and the rest is fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.errors import DesignError
from engine.fitting.certificate import Verdict
from engine.model.formula import parse_formula
from tests.engine.simulated import lakes


def crowded() -> pd.DataFrame:
    """One country, a number for each row, pairs of rows, lakes, nets within lakes."""
    return lakes().assign(
        country="Finland",
        id=[f"r{i}" for i in range(120)],
        pair=[f"p{i // 2}" for i in range(120)],
    )


ONE_LEVEL = "'country' has only one level among the rows used ('Finland')"
SINGLE_ROWS = "Every level of 'id' has a single row"
LEFT_OUT = {
    "one level": ("x", "(1 | country)", "", ONE_LEVEL),
    "slopes of one level": ("x", "(x | country)", "", ONE_LEVEL),
    "one level, twice": ("x", "(1 | country) + (0 + x | country)", "", ONE_LEVEL),
    "one level beside others": (
        "x",
        "(x | country) + (x | lake)",
        "(x | lake)",
        ONE_LEVEL,
    ),
    "the outer one of nested groups": (
        "x",
        "(1 | country / lake)",
        "(1 | country:lake)",
        ONE_LEVEL,
    ),
    "a level per row": ("x", "(1 | id)", "", SINGLE_ROWS),
    "a level per row beside others": (
        "x * f",
        "(1 | lake) + (1 | id) + (1 | year)",
        "(1 | lake) + (1 | year)",
        SINGLE_ROWS,
    ),
    "rows as inner groups": (
        "x",
        "(1 | lake / id)",
        "(1 | lake)",
        "Every level of 'lake:id' has a single row",
    ),
    "slopes of pairs": (
        "x",
        "(x | pair)",
        "(1 | pair)",
        "(x | pair) needs 2 random effects for each of 60 levels of 'pair', 120 random "
        "effects together, and there are 120 rows: the model is fitted with (1 | pair)",
    ),
    "many slopes of nets": (
        "x + z",
        "(x + z + f + x:z | lake:net)",
        "(x + z | lake:net)",
        "(x + z + f + x:z | lake:net) needs 6 random effects for each of 30 levels",
    ),
    "a category of pairs": (
        "f",
        "(0 + f | pair) + (1 | lake)",
        "(1 | pair) + (1 | lake)",
        "(0 + f | pair) needs 3 random effects",
    ),
    "slopes beside a baseline of their own": (
        "x",
        "(1 | pair) + (0 + x + z | pair)",
        "(1 | pair) + (0 + x | pair)",
        "(0 + x + z | pair) needs 2 random effects",
    ),
    "a category that varies independently": (
        "x",
        "(x + f || pair)",
        "(x || pair)",
        "(x + f || pair) needs",
    ),
    "nothing of a parenthesis": (
        "f",
        "(1 | pair) + (0 + f | pair)",
        "(1 | pair)",
        "the model is fitted without (0 + f | pair)",
    ),
}


@pytest.mark.parametrize("estimation", ["REML", "ML"])
@pytest.mark.parametrize("name", LEFT_OUT)
def test_that_the_rest_is_fitted_and_what_is_left_out_is_said(name, estimation):
    fixed, asked, rest, words = LEFT_OUT[name]
    frame = crowded()
    model = engine.fit(f"y ~ {fixed} + {asked}", frame, estimation=estimation)
    formula = f"y ~ {fixed}" + (f" + {rest}" if rest else "")
    plain = engine.fit(formula, frame, estimation=estimation)
    assert any(words in note for note in model.notes)
    assert model.formula == plain.formula
    assert model.spec == plain.spec == parse_formula(formula, tuple(frame))
    assert model.criterion == plain.criterion
    assert model.convergence.verdict is plain.convergence.verdict
    assert model.convergence.message == plain.convergence.message
    pd.testing.assert_frame_equal(model.coefficients, plain.coefficients)
    pd.testing.assert_frame_equal(model.variance_components, plain.variance_components)
    assert model.n_levels == plain.n_levels
    kind = "group" if rest else "population"
    pd.testing.assert_frame_equal(
        model.predict(frame, kind=kind), plain.predict(frame, kind=kind)
    )


def test_that_the_model_as_it_was_asked_for_is_kept():
    formula = "y ~ x + (1 | lake) + (1 | id)"
    model = engine.fit(formula, crowded())
    assert str(model.design.spec) == formula
    assert model.formula == str(model.spec) == "y ~ x + (1 | lake)"


def test_that_nothing_is_said_where_the_rows_support_all():
    model = engine.fit("y ~ x + (x | lake) + (1 | year)", lakes())
    assert model.design.left_out == ()
    assert model.design.places == (0, 1)
    assert model.notes == ()


def test_that_nothing_left_is_refused():
    with pytest.raises(DesignError, match="only one level") as caught:
        engine.fit("y ~ 0 + (1 | country)", crowded())
    assert "fitted without" not in caught.value.message


def test_that_levels_are_those_of_the_rows_used():
    """A second country whose rows all lack the covariate is no second level."""
    frame = crowded()
    frame.loc[:19, "country"] = "Sweden"
    frame.loc[:19, "x"] = np.nan
    model = engine.fit("y ~ x + (1 | country) + (1 | lake)", frame)
    assert any(ONE_LEVEL in note for note in model.notes)
    assert model.formula == "y ~ x + (1 | lake)"
    assert model.n_rows == 100


def test_that_terms_that_are_too_many_together_are_fitted_with_a_warning():
    """Each needs fewer random effects than there are rows; as by lme4, all are kept."""
    formula = "y ~ x + (1 | lake) + (x || pair)"
    model = engine.fit(formula, crowded())
    assert model.formula == formula
    (note,) = model.notes
    assert "130 random effects together, and there are 120 rows" in note


def by_lake(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that are the same within lakes, and columns that follow from x."""
    number = frame["lake"].str[1:].astype(int)
    return frame.assign(
        area=number * 1.7 % 3,
        is_deep=number % 2,
        shore=number.mod(3).map({0: "rock", 1: "sand", 2: "reed"}),
        double=2 * frame["x"] - 1,
        three=3.0,
    )


@pytest.mark.parametrize("estimation", ["REML", "ML"])
@pytest.mark.parametrize(
    ("term", "named"),
    [
        ("(area | lake)", "area"),
        ("(is_deep | lake)", "is_deep"),
        ("(0 + shore | lake)", "shore"),
        ("(x + area || lake)", "area"),
        ("(x + area + x:area | lake)", "area"),
    ],
)
def test_that_an_effect_that_no_group_shows_is_named_and_fitted(
    term, named, estimation
):
    frame = by_lake(lakes())
    model = engine.fit(f"y ~ x + {term}", frame, estimation=estimation)
    (note,) = model.notes
    assert note.startswith(
        f"'{named}' is the same in all rows of every level of 'lake'"
    )
    assert model.formula == f"y ~ x + {term}"
    within = engine.fit("y ~ x + (1 | lake)", frame, estimation=estimation)
    assert model.criterion <= within.criterion + 1e-7
    assert np.isfinite(model.coefficients).all(axis=None)
    assert np.isfinite(model.predict(frame, kind="group")).all(axis=None)


@pytest.mark.parametrize("estimation", ["REML", "ML"])
@pytest.mark.parametrize(
    ("term", "rest"),
    [
        ("(three | lake)", "(1 | lake)"),
        ("(0 + three | lake)", "(1 | lake)"),
        ("(x + double | lake)", "(x | lake)"),
        ("(x + double + three | lake)", "(x | lake)"),
        ("(double | lake)", "(x | lake)"),
    ],
)
def test_that_columns_of_an_effect_that_follow_from_others_change_nothing(
    term, rest, estimation
):
    """They are more ways to the same covariances: that of the fit is identified."""
    frame = by_lake(lakes())
    model = engine.fit(f"y ~ x + {term}", frame, estimation=estimation)
    plain = engine.fit(f"y ~ x + {rest}", frame, estimation=estimation)
    assert model.criterion == pytest.approx(plain.criterion, abs=1e-7)
    ours, theirs = model.coefficients, plain.coefficients
    errors = theirs["std_error"]
    assert (np.abs(ours["estimate"] - theirs["estimate"]) / errors).max() < 1e-4
    np.testing.assert_allclose(ours["std_error"], errors, rtol=1e-4)
    assert np.abs(model.fitted - plain.fitted).max() < 1e-3 * plain.sigma
    if term in ("(0 + three | lake)", "(double | lake)"):
        return
    assert model.convergence.verdict is Verdict.NOT_IDENTIFIED
    repeated = "double" if "double" in term else "three"
    assert f"'{repeated}' among levels of 'lake'" in model.convergence.message
