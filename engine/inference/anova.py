"""A table of tests, one for each term of the fixed part.

F tests are of the contrasts of `term_contrasts`, with sums of squares on the residual's
scale, F df sigma^2, as lmerTest gives them. Likelihood ratios compare models refitted
by ML, each with a term and without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from engine.errors import EngineError
from engine.inference.f_tests import KENWARD_ROGER, SATTERTHWAITE, coefficient_tests
from engine.inference.term_contrasts import term_contrasts
from engine.inference.term_likelihood import likelihood_ratios
from engine.model.codings import coded_terms
from engine.progress import ignore

if TYPE_CHECKING:
    from engine.fitting.result import Estimates
    from engine.progress import Report

COLUMNS = ["sum_sq", "df", "df2", "statistic", "p_value"]
LIKELIHOOD_RATIO = "likelihood-ratio"
TYPES = (1, 2, 3)
BY_LIKELIHOOD = (
    "Chi-square tests of models refitted by ML: each term is left out together with "
    "the interactions that contain it, and compared with the model that has the term "
    "but not these interactions."
)
IN_ORDER = (
    "Chi-square tests of models refitted by ML: each term is added to those before it."
)
NOT_ESTIMABLE = "{} cannot be told from other terms in these rows and has no test."
NO_MOMENTS = (
    "Kenward and Roger's method gives no F test of {}: there are too few groups for it."
)


class Fitted(Protocol):
    """What is read of a fitted model."""

    @property
    def estimates(self) -> Estimates:
        """The estimates."""
        ...


def anova(
    model: Fitted,
    type: int = 3,  # noqa: A002 - the word that everybody uses
    df: str = SATTERTHWAITE,
    report: Report = ignore,
) -> pd.DataFrame:
    """Test each term of the fixed part.

    Parameters
    ----------
    model : FittedModel
        Mixed or by least squares, whose F tests are exact.
    type : {1, 2, 3}
        1: each term after those before it. 2: each term after all that do not contain
        it. 3: averages over the levels of all other factors, whatever the coding.
        A covariate that takes part in an interaction with a factor is averaged over
        the levels; the factor is tested where the covariate is zero.
    df : {"satterthwaite", "kenward-roger", "likelihood-ratio"}
        How. Kenward and Roger's method refits by REML what was fitted by ML. A
        likelihood ratio respects marginality for types 2 and 3 alike.
    report : callable
        Called with a `Step` while models are refitted; may raise `Cancelled`.

    Returns
    -------
    DataFrame
        Index term, without the intercept: sum_sq, df, df2, statistic, p_value. For
        likelihood ratios the statistic is chi-square, and sum_sq and df2 are NaN. A
        term that cannot be estimated has df 0. ``attrs["notes"]`` says what was
        refitted, held or left out.

    Raises
    ------
    EngineError
        If the type or method is unknown, or each group has its own residual SD.
    """
    if type not in TYPES:
        raise EngineError(
            f"There is no analysis of variance of type {type}.", "Choose 1, 2 or 3."
        )
    if df == LIKELIHOOD_RATIO:
        table, notes = _by_likelihood(model.estimates, type, report)
    elif df in (SATTERTHWAITE, KENWARD_ROGER):
        table, notes = _by_contrasts(model.estimates, type, df, report)
    else:
        raise EngineError(
            f"Terms cannot be tested by '{df}'.",
            "Choose 'satterthwaite', 'kenward-roger' or 'likelihood-ratio'.",
        )
    untested = [f"'{name}'" for name in table.index[table["df"] == 0]]
    notes += tuple(NOT_ESTIMABLE.format(name) for name in untested)
    if df == KENWARD_ROGER:
        lacking = table.index[(table["df"] > 0) & table["df2"].isna()]
        notes += tuple(NO_MOMENTS.format(f"'{name}'") for name in lacking)
    table.attrs["notes"] = notes
    return table


def _by_contrasts(
    estimates: Estimates, kind: int, method: str, report: Report
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """F tests."""
    tests = coefficient_tests(estimates, method, report)
    tested = tests.estimates
    assert tested.evaluation is not None
    terms = coded_terms(tested.design)
    contrasts = term_contrasts(terms, tested.evaluation.products, kind)
    rows = {}
    for name, own in contrasts.items():
        found = tests.joint(own)
        sum_sq = found.unscaled * found.df * tested.sigma**2
        rows[name] = [sum_sq, found.df, found.df2, found.statistic, found.p_value]
    return _table(rows), tests.notes


def _by_likelihood(
    estimates: Estimates, kind: int, report: Report
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Likelihood ratios."""
    ratios = likelihood_ratios(estimates, is_sequential=kind == 1, report=report)
    none = float("nan")
    rows = {
        ratio.name: [none, ratio.df, none, ratio.statistic, ratio.p_value]
        for ratio in ratios
    }
    return _table(rows), (IN_ORDER if kind == 1 else BY_LIKELIHOOD,)


def _table(rows: dict[str, list[float]]) -> pd.DataFrame:
    """Rows by term."""
    values = np.array(list(rows.values())).reshape(len(rows), len(COLUMNS))
    return pd.DataFrame(values, index=pd.Index(rows, name="term"), columns=COLUMNS)
