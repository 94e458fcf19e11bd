"""The table of tests of whole terms: the analysis of variance of the fixed part."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import pandas as pd

from engine.inference.anova import LIKELIHOOD_RATIO
from engine.model.codings import coded_terms
from engine.progress import ignore
from engine.reporting.model_facts import (
    df_kind,
    is_separate,
    notes_of,
)
from engine.reporting.numbers import Kind, phrase, shown
from engine.reporting.result_table import ColumnFormat, ResultTable
from engine.reporting.structure_words import term_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.fitted_model import FittedModel
from engine.progress import Report

NAME, TITLE = "tests_of_terms", "Tests of terms"
DENOMINATOR = "Denominator df"
NOT_TESTED = "no test"
TYPES = {
    3: "Type III: each term after all others; a main effect is averaged over the "
    "levels of what it interacts with, each level counting alike.",
    2: "Type II: each term after all others but the interactions that contain it.",
    1: "Type I: each term after those above it only, so that their order matters.",
}
"""What a type of test asks, one sentence each."""
_BY = {
    "satterthwaite": "F tests with denominator degrees of freedom by Satterthwaite.",
    "kenward-roger": "F tests with scale and denominator degrees of freedom by "
    "Kenward and Roger.",
}
_EXACT = "F tests with the residual degrees of freedom, exact for least squares."
_OF_TYPE_II = "That is type II; likelihood ratios of type III are not made."
_AT_ZERO = (
    "A factor that interacts with a number is tested where that number is 0: centre it "
    "to ask about its mean instead."
)


def has_term_tests(model: FittedModel) -> bool:
    """Whether whole terms can be tested: not if each level has its own residual SD."""
    return bool(model.spec.fixed) and not is_separate(model)


def term_tests_table(model: FittedModel, report: Report = ignore) -> ResultTable:
    """Test each term of the fixed part, as the model's `inference` says.

    Parameters
    ----------
    model : FittedModel
    report : callable
        Hears of refits; may raise `Cancelled`.

    Returns
    -------
    ResultTable

    Raises
    ------
    EngineError
        If each level has a residual SD of its own; see `has_term_tests`.
    """
    tests = model.term_tests(report)
    names = term_names(model)
    terms = [names.get(str(name), str(name)) for name in tests.index]
    columns: dict[str, object] = {
        "Term": pd.Series(terms, dtype="str"),
        "df": tests["df"].astype(int).to_numpy(),
    }
    formats = {"df": ColumnFormat(Kind.COUNT)}
    is_ratio = model.inference.terms_by == LIKELIHOOD_RATIO
    symbol = "χ²" if is_ratio else "F"
    if not is_ratio:
        columns[DENOMINATOR] = tests["df2"].to_numpy()
        formats[DENOMINATOR] = ColumnFormat(df_kind(model))
    columns[symbol] = tests["statistic"].to_numpy()
    columns["p"] = tests["p_value"].to_numpy()
    formats[symbol] = ColumnFormat(Kind.STATISTIC, missing=NOT_TESTED)
    formats["p"] = ColumnFormat(Kind.P_VALUE)
    method = model.inference.df.replace("-", "_") if model.is_mixed else "f_statistic"
    return ResultTable(
        NAME,
        TITLE,
        pd.DataFrame(columns),
        tuple(_foot(model, tests)),
        formats,
        topics={DENOMINATOR: (method,) * len(terms)},
        key={"kind": f"{model.inference.kind}", "by": model.inference.term_method},
    )


def term_test_values(model: FittedModel, key: Mapping[str, str]) -> dict[str, str]:
    """The numbers of one test, for its explanation.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        `tested`, the term as the table calls it; `kind` and `by`, as the table's own
        key says.

    Returns
    -------
    dict of str to str
        By placeholder; empty if no test is meant, or it has not been computed.
    """
    if not {"tested", "kind", "by"} <= set(key):
        return {}
    tests = model.known_term_tests(int(key["kind"]), key["by"])
    names = {label: name for name, label in term_names(model).items()}
    name = names.get(key["tested"], key["tested"])
    if tests is None or name not in tests.index:
        return {}
    row = dict(zip(tests, map(float, tests.loc[name].to_numpy()), strict=True))
    values = {"tested": key["tested"], "tested_df": f"{int(row['df'])}"}
    if not isfinite(row["p_value"]):
        return values
    symbol = "chi_square" if key["by"] == LIKELIHOOD_RATIO else "f"
    values |= {
        symbol: shown(row["statistic"], Kind.STATISTIC),
        f"{symbol}_p": phrase("p", row["p_value"], Kind.P_VALUE),
    }
    if symbol == "f":
        values["tested_df2"] = shown(row["df2"], df_kind(model))
    return values


def _foot(model: FittedModel, tests: pd.DataFrame) -> Iterator[str]:
    own, notes = model.inference, notes_of(model, tests)
    if own.terms_by == LIKELIHOOD_RATIO:
        yield from notes
        if own.kind != 1:
            yield _OF_TYPE_II
        return
    yield TYPES[own.kind]
    if own.kind != 1 and _has_factor_by_number(model):
        yield _AT_ZERO
    yield _BY[own.df] if model.is_mixed else _EXACT
    yield from notes


def _has_factor_by_number(model: FittedModel) -> bool:
    """Whether a factor takes part in an interaction with a number."""
    terms = [term for term in coded_terms(model.design) if len(term.term) > 1]
    return any(term.numbers and term.numbers < term.keys for term in terms)


def term_tests_words(model: FittedModel) -> str:
    """One sentence for the Methods: how whole terms were tested."""
    own = model.inference
    if own.terms_by == LIKELIHOOD_RATIO:
        how = (
            "each added to those before it"
            if own.kind == 1
            else "each left out together with the interactions that contain it"
        )
        return (
            "Whole terms were tested by likelihood ratios of models refitted by "
            f"maximum likelihood, {how}."
        )
    by = ""
    if model.is_mixed:
        by = ", with denominator degrees of freedom by the same method"
    kind = {1: "I", 2: "II", 3: "III"}[own.kind]
    return f"Whole terms were tested by F tests of type {kind}{by}."
