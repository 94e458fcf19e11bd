"""Tests of the same question by several methods, as one table.

Which method is recommended: with few groups large-sample theory errs (Bolker et al.
2009, Trends Ecol. Evol. 24, 127), so what is simulated goes before what is corrected
for small samples (Kenward and Roger 1997), and that before what is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING

import pandas as pd

from engine.inference.f_tests import KENWARD_ROGER, SATTERTHWAITE
from engine.reporting.model_facts import df_kind
from engine.reporting.numbers import Kind, phrase, shown
from engine.reporting.parameter_words import parameter_words
from engine.reporting.result_table import ColumnFormat, ResultTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.fitted_model import FittedModel
    from engine.inference.hypothesis_test import HypothesisTest
from engine.inference.parameter_names import coefficient_names

NAME = "tests_side_by_side"
NO_TEST, STATISTICS = "–", "Statistics"
SIMULATED, BY_LIKELIHOOD = "simulated", "likelihood"
PREFERENCE = (SIMULATED, KENWARD_ROGER, SATTERTHWAITE, BY_LIKELIHOOD)
"""From the one that is trusted most with few groups."""


@dataclass(frozen=True, slots=True)
class TestMethod:
    """A column of the table: one method's answers.

    Attributes
    ----------
    key : str
        One of `PREFERENCE`.
    title : str
        Heading of the column.
    symbol : str
        What its statistic is called: t, F, χ².
    tests : mapping of str to HypothesisTest
        By the parameter's name, as in tables of the bootstrap, or by the term's.
    how : str
        What was done, for the foot of the table; no sentence.
    """

    __test__ = False  # no class of tests

    key: str
    title: str
    symbol: str
    tests: Mapping[str, HypothesisTest]
    how: str


def side_by_side_table(
    model: FittedModel, methods: Sequence[TestMethod]
) -> ResultTable:
    """Put the methods' answers to each question side by side.

    Parameters
    ----------
    model : FittedModel
    methods : sequence of TestMethod
        In the order of the columns; those without any answer are left out.

    Returns
    -------
    ResultTable
        A p-value for each method, then all statistics in words. Without rows if
        nothing is tested.
    """
    shown_methods = [one for one in methods if one.tests]
    rows = [
        (question, name)
        for name, question in _questions(model, shown_methods).items()
        if question and any(name in one.tests for one in shown_methods)
    ]
    columns: dict[str, object] = {"Question": [question for question, _ in rows]}
    formats: dict[str, ColumnFormat] = {}
    best = preferred(shown_methods)
    for one in shown_methods:
        title = f"{one.title} (preferred)" if one is best else one.title
        tests = [one.tests.get(name) for _, name in rows]
        columns[title] = [nan if test is None else test.p_value for test in tests]
        formats[title] = ColumnFormat(Kind.P_VALUE, missing=NO_TEST)
    if rows:
        columns[STATISTICS] = [
            "; ".join(_statistics(model, shown_methods, name)) for _, name in rows
        ]
    foot = tuple(_foot(shown_methods))
    title = "Tests side by side: p by method"
    return ResultTable(NAME, title, pd.DataFrame(columns), foot, formats)


def _questions(model: FittedModel, methods: Sequence[TestMethod]) -> dict[str, str]:
    """What can be asked: of fixed terms and coefficients first, then of variances."""
    words = parameter_words(model)
    tested = dict.fromkeys(name for one in methods for name in one.tests)
    names = dict(zip(model.design.terms, coefficient_names(model.design), strict=True))
    fixed = {term: words[name].question for term, name in names.items()}
    known = {*words, *fixed}
    terms = {name: f"Does {name} matter?" for name in tested if name not in known}
    varying = {
        name: own.question
        for name, own in words.items()
        if name not in fixed and name not in names.values()
    }
    return terms | fixed | varying


def _statistics(
    model: FittedModel, methods: Sequence[TestMethod], name: str
) -> Iterator[str]:
    """Each method's statistic with its degrees of freedom."""
    for one in methods:
        test = one.tests.get(name)
        if test is None:
            continue
        symbol = "F" if isfinite(test.df2) else one.symbol
        words = phrase(symbol, test.statistic, Kind.STATISTIC)
        if isfinite(test.df):
            words += f", df {_df(model, test.df)}"
            if isfinite(test.df2):
                words += f" and {_df(model, test.df2)}"
        yield f"{one.title} {words}"


def _df(model: FittedModel, df: float) -> str:
    """Whole where it is exact."""
    return shown(df, Kind.COUNT if df == round(df) else df_kind(model))


def _foot(methods: Sequence[TestMethod]) -> list[str]:
    """What was done, by method, and which to prefer."""
    said = [f"{one.title}: {one.how}." for one in methods]
    best = preferred(methods)
    if best is not None:
        said.append(
            f"The methods should agree; where they do not, prefer {best.title} where "
            "it has an answer: it relies least on there being many groups."
        )
    return said


def preferred(methods: Sequence[TestMethod]) -> TestMethod | None:
    """The method to trust where they differ; None where there is no choice."""
    if len(methods) < 2:
        return None
    known = {one.key: one for one in methods}
    return next((known[key] for key in PREFERENCE if key in known), None)
