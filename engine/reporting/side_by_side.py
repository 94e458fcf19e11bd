"""Tests of the same question by several methods, as one table.

Each row says which p to report; `recommended_test` knows why.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING

import pandas as pd

from engine.data.wording import joined
from engine.inference.f_tests import KENWARD_ROGER, SATTERTHWAITE
from engine.inference.parameter_names import coefficient_names
from engine.reporting.model_facts import df_kind
from engine.reporting.numbers import Kind, phrase, shown
from engine.reporting.parameter_words import parameter_words
from engine.reporting.recommended_test import (
    BY_LIKELIHOOD,
    Recommendation,
    recommended,
)
from engine.reporting.result_table import ColumnFormat, ResultTable
from engine.reporting.structure_words import term_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.fitted_model import FittedModel
    from engine.inference.hypothesis_test import HypothesisTest

NAME = "tests_side_by_side"
NO_TEST, REPORT, STATISTICS = "–", "Report", "Statistics"
MOST_NAMED = 3
"""Questions that the foot names one by one."""
_TOPICS = {SATTERTHWAITE: "satterthwaite", KENWARD_ROGER: "kenward_roger"}


@dataclass(frozen=True, slots=True)
class TestMethod:
    """A column of the table: one method's answers.

    Attributes
    ----------
    key : str
        One of `recommended_test.TRUSTED`.
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
    model: FittedModel, methods: Sequence[TestMethod], *, is_whole: bool = True
) -> ResultTable:
    """Put the methods' answers to each question side by side.

    Parameters
    ----------
    model : FittedModel
    methods : sequence of TestMethod
        In the order of the columns; those without any answer are left out.
    is_whole : bool
        False while the simulated tests are still to come.

    Returns
    -------
    ResultTable
        The method to report, a p-value for each method, then all statistics in words.
        Without rows if nothing is tested.
    """
    shown_methods = [one for one in methods if one.tests]
    rows = {
        name: question
        for name, question in _questions(model, shown_methods).items()
        if question and any(name in one.tests for one in shown_methods)
    }
    advice = {
        name: _advice(model, shown_methods, name, is_whole=is_whole) for name in rows
    }
    columns: dict[str, object] = {"Question": list(rows.values())}
    if rows:
        columns[REPORT] = [_method(shown_methods, a).title for a in advice.values()]
    formats: dict[str, ColumnFormat] = {}
    topics: dict[str, tuple[str, ...]] = {}
    strong: dict[str, tuple[bool, ...]] = {}
    for one in shown_methods:
        tests = [one.tests.get(name) for name in rows]
        columns[one.title] = [nan if own is None else own.p_value for own in tests]
        formats[one.title] = ColumnFormat(Kind.P_VALUE, missing=NO_TEST)
        topics[one.title] = tuple(_topic(model, one, name) for name in rows)
        strong[one.title] = tuple(a.method == one.key for a in advice.values())
    if rows:
        columns[STATISTICS] = [
            "; ".join(_statistics(model, shown_methods, name)) for name in rows
        ]
    lead = list(_advice_words(model, shown_methods, advice))
    return ResultTable(
        NAME,
        "Tests side by side: p by method",
        pd.DataFrame(columns),
        (*lead, *(f"{one.title}: {one.how}." for one in shown_methods)),
        formats,
        topics=topics,
        strong=strong,
        n_lead=len(lead),
    )


def _advice(
    model: FittedModel, methods: Sequence[TestMethod], name: str, *, is_whole: bool
) -> Recommendation:
    """What to report of one question."""
    answers = {one.key: one.tests[name].p_value for one in methods if name in one.tests}
    found = recommended(
        model, answers, is_variance=_is_variance(model, name), is_whole=is_whole
    )
    assert found is not None  # every row has an answer
    return found


def _method(methods: Sequence[TestMethod], advice: Recommendation) -> TestMethod:
    return next(one for one in methods if one.key == advice.method)


def _is_variance(model: FittedModel, name: str) -> bool:
    """Whether a question is about a variance: neither a coefficient nor a term."""
    return name not in model.design.terms and name in parameter_words(model)


def _topic(model: FittedModel, method: TestMethod, name: str) -> str:
    """What explains one method's answer to one question."""
    if method.key in _TOPICS:
        return _TOPICS[method.key] if model.is_mixed else "t_statistic"
    if method.key == BY_LIKELIHOOD:
        is_variance = _is_variance(model, name)
        return "chi_square_mixture" if is_variance else "likelihood_ratio"
    test = method.tests.get(name)
    is_drawn = test is None or "bootstrap" in test.method.lower()
    return "bootstrap_test" if is_drawn else "simulated_variance_test"


def _advice_words(
    model: FittedModel,
    methods: Sequence[TestMethod],
    advice: Mapping[str, Recommendation],
) -> Iterator[str]:
    """Which p to report of what, and why: a sentence for each reason."""
    grouped: dict[tuple[bool, Recommendation], list[str]] = {}
    for name, own in advice.items():
        grouped.setdefault((_is_variance(model, name), own), []).append(name)
    begun: set[bool] = set()
    for (is_variance, own), names in grouped.items():
        what = "variances" if is_variance else "fixed effects"
        is_all = sum(kind is is_variance for kind, _ in grouped) == 1
        if not is_all and len(names) <= MOST_NAMED:
            what = joined([_title(model, name) for name in names])
        elif not is_all:
            some = "the other" if is_variance in begun else f"{len(names)} of the"
            what = f"{some} {what}"
        begun.add(is_variance)
        title = _method(methods, own).title
        yield f"For {what} report the p under {title}: {own.why}."


def _title(model: FittedModel, name: str) -> str:
    """What is tested, in a few words."""
    own = parameter_words(model).get(name)
    if own is None:
        return term_names(model).get(name, name)
    return f"{own.title} {own.about}" if _is_variance(model, name) else own.title


def _questions(model: FittedModel, methods: Sequence[TestMethod]) -> dict[str, str]:
    """What can be asked: of fixed terms and coefficients first, then of variances."""
    words = parameter_words(model)
    tested = dict.fromkeys(name for one in methods for name in one.tests)
    names = dict(zip(model.design.terms, coefficient_names(model.design), strict=True))
    fixed = {term: words[name].question for term, name in names.items()}
    known = {*words, *fixed}
    called = term_names(model)
    terms = {
        name: f"Does {called.get(name, name)} matter?"
        for name in tested
        if name not in known
    }
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
