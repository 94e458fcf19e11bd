"""The fixed effects one by one: estimates, standard errors, t tests, intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.distributions import t_quantile, two_sided_p
from engine.errors import EngineError
from engine.inference.f_tests import KENWARD_ROGER, SATTERTHWAITE, coefficient_tests
from engine.inference.satterthwaite import coefficient_df

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates

COEFFICIENT_COLUMNS = [
    "estimate",
    "std_error",
    "df",
    "statistic",
    "p_value",
    "lower",
    "upper",
]


class TestedCoefficients:
    """Coefficients with standard errors and degrees of freedom by one method.

    Parameters
    ----------
    estimates : Estimates
    method : {"satterthwaite", "kenward-roger", "none"}
        Least squares has exact df, whatever is asked.

    Raises
    ------
    EngineError
        If the method is unknown.
    """

    def __init__(self, estimates: Estimates, method: str) -> None:
        self._terms = estimates.design.terms
        self._notes: tuple[str, ...] = ()
        self._estimate = estimates.beta
        self._error: FloatArray = np.sqrt(np.diag(estimates.covariance))
        if method not in (SATTERTHWAITE, KENWARD_ROGER, "none"):
            raise EngineError(
                f"Degrees of freedom by '{method}' are not available.",
                "Choose 'satterthwaite', 'kenward-roger' or 'none'.",
            )
        if estimates.residual_df is not None or method == SATTERTHWAITE:
            self._df = coefficient_df(estimates)
        elif method == "none":
            self._df = np.where(np.isnan(estimates.beta), np.nan, np.inf)
        else:
            self._test_by_kenward_roger(estimates)

    def _test_by_kenward_roger(self, estimates: Estimates) -> None:
        """Take estimates and errors too: a fit by ML is refitted."""
        tests = coefficient_tests(estimates, KENWARD_ROGER)
        kept, p = list(estimates.kept), len(estimates.beta)
        self._notes, self._estimate = tests.notes, tests.estimates.beta
        self._error, self._df = np.full(p, np.nan), np.full(p, np.nan)
        if kept:
            found = tests.single(np.eye(p)[kept])
            self._error[kept], self._df[kept] = found.std_error, found.df

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Fixed effects by term.

        Parameters
        ----------
        level : float
            Coverage of the intervals.

        Returns
        -------
        DataFrame
            Index term; estimate, std_error, df, statistic, p_value, lower, upper. What
            a reader has to know stands in ``attrs["notes"]``.

        Raises
        ------
        EngineError
            If the level is no coverage.
        """
        if not 0 < level < 1:
            raise EngineError(
                f"A level of {level} is no coverage.", "Choose one between 0 and 1."
            )
        estimate, error, df = self._estimate, self._error, self._df
        with np.errstate(invalid="ignore", divide="ignore"):
            statistic = estimate / error
        half = t_quantile((1 + level) / 2, df) * error
        columns = [estimate, error, df, statistic, two_sided_p(statistic, df)]
        table = pd.DataFrame(
            np.column_stack([*columns, estimate - half, estimate + half]),
            index=pd.Index(self._terms, name="term"),
            columns=COEFFICIENT_COLUMNS,
        )
        table.attrs["notes"] = self._notes
        return table
