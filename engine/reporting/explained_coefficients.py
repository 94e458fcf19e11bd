"""The numbers behind one coefficient, its interval and its test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted
from engine.distributions import t_quantile
from engine.inference.choice import USUAL
from engine.reporting.explained_intervals import followed_df, followed_interval
from engine.reporting.group_tables import own_level
from engine.reporting.model_facts import (
    df_kind,
    fixed_labels,
    is_separate,
    percent,
    rows_per_level,
    unpooled_grouping,
)
from engine.reporting.numbers import Kind, finer, phrase, shown
from engine.reporting.term_words import Role
from engine.written_numbers import general

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from engine.fitted_model import FittedModel
    from engine.reporting.term_words import TermLabel

Values = dict[str, str]


def coefficient_values(model: FittedModel, key: Mapping[str, str]) -> Values:
    """A fixed effect, its interval and its test.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        `term`; `df` and `level` where effects are tested in another way than usual;
        and no other entry.

    Returns
    -------
    dict of str to str
        Empty if no coefficient is meant, or it cannot be estimated.
    """
    names = [label.text for label in fixed_labels(model)]
    is_meant = "term" in key and set(key) <= {"term", "df", "level"}
    if not is_meant or key["term"] not in names:
        return {}
    k, level = names.index(key["term"]), float(key.get("level", USUAL.level))
    label, method = fixed_labels(model)[k], key.get("df", USUAL.df)
    if method != USUAL.df and not model.is_tested_by(method):
        return {"term": key["term"]}  # it may take a refit, and somebody waits
    row = model.coefficient_table(method, level).iloc[k]
    estimate, error = float(row["estimate"]), float(row["std_error"])
    if np.isnan(estimate):
        return {"term": key["term"]}
    values = {"term": key["term"], "estimate": shown(estimate, Kind.ESTIMATE, error)}
    values |= _own_value(label)
    if np.isfinite(error) and error > 0:
        values |= _tested(model, row, level)
        values |= _df_values(model, k, row, method)
        if model.is_mixed:
            residual = model.n_rows - len(model.estimates.kept)
            critical = float(t_quantile((1 + level) / 2, residual))
            values |= _interval("residual", estimate, error, critical)
    return values


def _tested(model: FittedModel, row: pd.Series, level: float) -> Values:
    """Interval and test."""
    names = ("estimate", "std_error", "df", "statistic")
    estimate, error, df, t = (float(row[name]) for name in names)
    point = (1 + level) / 2
    critical, normal = (float(t_quantile(point, nu)) for nu in (df, float("inf")))
    values = {
        "level": percent(level),
        "in_100": general(100 * level, 4),
        "se": shown(error, Kind.ESTIMATE, error),
        "lower": shown(float(row["lower"]), Kind.ESTIMATE, error),
        "upper": shown(float(row["upper"]), Kind.ESTIMATE, error),
        "df": shown(df, df_kind(model)),
        "t": shown(t, Kind.STATISTIC),
        "absolute_t": shown(abs(t), Kind.STATISTIC),
        "p_phrase": phrase("p", float(row["p_value"]), Kind.P_VALUE),
        **followed_interval(estimate, error, critical),
        **_interval("normal", estimate, error, normal),
        "normal_critical": shown(normal, Kind.STATISTIC),
        "narrower": shown(1 - normal / critical, Kind.SHARE),
    }
    is_usual = level == USUAL.level
    needed = shown(float(t_quantile(0.975, df)), Kind.STATISTIC)
    return values | {"needed": values["critical"] if is_usual else needed}


def _df_values(model: FittedModel, k: int, row: pd.Series, method: str) -> Values:
    """Where the degrees of freedom come from."""
    if model.is_mixed:
        values = {"residual_df": f"{model.n_rows - len(model.estimates.kept)}"}
        if method == USUAL.df:
            return values | followed_df(float(row["std_error"]), float(row["df"]))
        return values | _without_correction(model, k, float(row["std_error"]))
    if is_separate(model):
        return _own_df(model, fixed_labels(model)[k])
    return {"rows_less_coefficients": f"{model.n_rows}"}


def _without_correction(model: FittedModel, k: int, error: float) -> Values:
    """What Kenward and Roger's method has corrected; not told after a refit."""
    if model.estimation != "REML":
        return {"refit_se": finer(error, error)}
    plain = model.coefficient_table().iloc[k]
    uncorrected = float(plain["std_error"])
    return {
        "corrected_se": finer(error, error),
        "plain_se": finer(uncorrected, uncorrected),
        "satterthwaite_df": shown(float(plain["df"]), df_kind(model)),
    }


def _own_df(model: FittedModel, label: TermLabel) -> Values:
    """Rows and coefficients of the level whose regression a coefficient is of."""
    found, grouping = own_level(model, label), unpooled_grouping(model)
    if found is None or grouping is None:
        return {}
    levels = [str(level) for level in grouping.levels]
    kept = [fixed_labels(model)[i] for i in model.estimates.kept]
    own = [other for other in kept if (own_level(model, other) or "")[:1] == found[:1]]
    rows = int(rows_per_level(grouping)[levels.index(found[0])])
    return {
        "own_rows": counted(rows, "row"),
        "own_coefficients": counted(len(own), "coefficient"),
    }


def _interval(name: str, estimate: float, error: float, critical: float) -> Values:
    """The interval that other degrees of freedom would give."""
    half = critical * error
    return {
        f"{name}_lower": shown(estimate - half, Kind.ESTIMATE, error),
        f"{name}_upper": shown(estimate + half, Kind.ESTIMATE, error),
    }


def _own_value(label: TermLabel) -> Values:
    """Name the level whose value, or slope, a coefficient is by itself."""
    levels = [part for part in label.parts if part.role is Role.LEVEL]
    slopes = [part for part in label.parts if part.role is Role.NUMBER]
    if not levels or len(levels) + len(slopes) < len(label.parts):
        return {}
    level = " × ".join(part.text for part in levels)
    if not slopes:
        return {"own_level": level}
    slope = " × ".join(part.text for part in slopes)
    return {"own_slope_level": level, "own_slope": slope}
