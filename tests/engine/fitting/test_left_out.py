"""Random terms that the rows cannot support: named, and the rest is fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.errors import DesignError
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
