"""Contrasts among marginal means, or among slopes, with adjusted tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.data.wording import counted
from engine.errors import EngineError
from engine.inference.averaging import averages, term_columns
from engine.inference.comparison_weights import comparisons
from engine.inference.linear_functions import linear_functions
from engine.inference.marginal_means import check_level, combination_names
from engine.inference.multiplicity import (
    ADJUSTMENTS,
    Family,
    adjusted,
    interval_words,
)
from engine.model.columns import listed
from engine.model.levels import level_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.inference.averaging import Averages
    from engine.inference.comparison_weights import Comparisons
    from engine.inference.fitted import Fitted
    from engine.inference.linear_functions import LinearFunctions
    from engine.inference.reference_grid import At
    from engine.model.design import Design
    from engine.sentences import Said

COLUMNS = (
    "estimate",
    "std_error",
    "df",
    "lower",
    "upper",
    "statistic",
    "p_value",
)


def contrasts(
    model: Fitted,
    terms: str | Sequence[str],
    kind: Any = "pairwise",
    adjust: str | None = None,
    by: str | Sequence[str] | None = None,
    at: At | None = None,
    *,
    control: object = None,
    slope_of: str | None = None,
    weights: str = "equal",
    df: str = "satterthwaite",
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare marginal means, or slopes, with each other.

    Parameters
    ----------
    model : FittedModel
    terms : str or sequence of str
        Columns whose combinations are compared.
    kind : str, or mapping of str to weights, or array of weights
        "pairwise", "control", "consecutive" or "polynomial" (see `comparisons`), or
        weights of the means in the order of `marginal_means`.
    adjust : {"tukey", "dunnett", "holm", "sidak", "bh", "none"}, optional
        If nothing is said, Tukey for pairs, Dunnett (the multivariate t) for a control
        and consecutive means, none for polynomials and weights.
    by : str or sequence of str, optional
        Columns at whose combinations comparisons are made, a family at each.
    at, weights, df, level
        See `marginal_means`.
    control : str or number, optional
        The level to compare with; the first if nothing is said.
    slope_of : str, optional
        Compare slopes of this covariate instead of means.

    Returns
    -------
    DataFrame
        The columns of `by`, contrast, estimate, std_error, df, lower, upper,
        statistic, p_value. `attrs`: adjust, intervals (what they promise), notes.

    Raises
    ------
    EngineError
        If something asked makes no sense.
    """
    check_level(level)
    inner, outer = _inner_and_outer(model.estimates.design, terms, by)
    made = averages(
        model.estimates, [*inner, *outer], at, weights=weights, slope_of=slope_of
    )
    asked = _asked(made, inner, kind, control)
    method = _checked_adjustment(adjust, kind, asked)
    functions = _functions(model, made, asked.weights, df)
    table = _table(functions, asked, method, level)
    _insert_held(table, made, outer, asked.weights.shape[1])
    known = (*made.notes, *asked.notes, *functions.notes)
    table.attrs["notes"] = (*known, *_notes(table, outer))
    return table if slope_of is None else _of_slopes(table, slope_of)


def _insert_held(
    table: pd.DataFrame, made: Averages, outer: Sequence[str], k: int
) -> None:
    """Put the columns of `by` in front: the same for all contrasts of a family."""
    families = len(made.frame) // k
    for place, name in enumerate(outer):
        held = made.frame[name].iloc[::k].repeat(len(table) // families)
        table.insert(place, name, held.reset_index(drop=True))


def _of_slopes(table: pd.DataFrame, covariate: str) -> pd.DataFrame:
    """Remember that what is compared are slopes."""
    table.attrs["slope_of"] = covariate
    return table


def _inner_and_outer(
    design: Design, terms: str | Sequence[str], by: str | Sequence[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns that are compared, and those that are held meanwhile."""
    known = design.encoder.columns
    inner, outer = term_columns(terms, known), term_columns(by or (), known)
    both = [name for name in inner if name in outer]
    if both or not inner:
        what = (
            f"'{both[0]}' is both compared and held." if both else "No term is named."
        )
        raise EngineError(what, "Name the terms to compare, and others in by.")
    return inner, outer


def _asked(
    made: Averages, inner: tuple[str, ...], kind: Any, control: object
) -> Comparisons:
    """The contrasts among the means at one combination of `by`."""
    k = int(np.prod([len(axis.values) for axis in made.axes[: len(inner)]]))
    texts = combination_names(made, inner)[:k]
    names = _clear_names(texts, inner)
    place = _control_place(control, texts, names)
    return comparisons(kind, names, _values(made, inner), place)


def _clear_names(texts: list[str], inner: Sequence[str]) -> list[str]:
    """Levels that are numbers with their column: "dose 0 - dose 2", not "0 - 2"."""
    if len(inner) == 1 and all(map(_is_number, texts)):
        return [f"{inner[0]} {text}" for text in texts]
    return texts


def _is_number(text: str) -> bool:
    """Whether a level reads as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _control_place(control: object, texts: list[str], names: list[str]) -> int:
    """The position of the mean to compare with."""
    if control is None:
        return 0
    text = level_texts(pd.Series([control]))[0]
    for known in (texts, names):
        if text in known:
            return known.index(text)
    raise EngineError(
        f"There is no mean of '{text}' to compare with.",
        f"Choose one of {listed(texts)}.",
    )


def _values(made: Averages, inner: Sequence[str]) -> FloatArray | None:
    """The numbers at which the means of one term stand, if they are numbers."""
    values = made.axes[0].values
    if len(inner) > 1 or values.dtype.kind not in "iuf":
        return None
    return values.to_numpy(dtype=np.float64)


def _checked_adjustment(adjust: str | None, kind: Any, asked: Comparisons) -> str:
    """The adjustment that was asked for, or the kind's own."""
    if adjust is None:
        return asked.adjust
    if adjust not in ADJUSTMENTS:
        raise EngineError(
            f"'{adjust}' is no adjustment.", f"Choose one of {listed(ADJUSTMENTS)}."
        )
    is_all_pairs = isinstance(kind, str) and kind == "pairwise"
    if adjust == "tukey" and not is_all_pairs:
        raise EngineError(
            "Tukey's adjustment is made for all pairs, not for these contrasts.",
            "Choose 'dunnett', which takes the contrasts as they are, or 'holm'.",
        )
    return adjust


def _functions(
    model: Fitted, made: Averages, weights: FloatArray, df: str
) -> LinearFunctions:
    """The contrasts of each combination of `by`; NaN where one is of nothing."""
    k = weights.shape[1]
    p = made.weights.shape[1]
    L = np.einsum("ck,bkp->bcp", weights, made.weights.reshape(-1, k, p))
    offset = made.offset.reshape(-1, k) @ weights.T
    is_empty = made.is_empty.reshape(-1, k) @ (weights.T != 0)
    functions = linear_functions(
        model.estimates, L.reshape(-1, p), offset.ravel(), df=df
    )
    estimate = np.where(is_empty.ravel(), np.nan, functions.estimate)
    return replace(functions, estimate=estimate)


def _table(
    functions: LinearFunctions, asked: Comparisons, adjust: str, level: float
) -> pd.DataFrame:
    """Numbers of all contrasts, adjusted family by family."""
    k = asked.weights.shape[1]
    families = np.arange(len(functions.df)).reshape(-1, len(asked.names))
    estimate = functions.estimate
    error = np.where(np.isnan(estimate), np.nan, functions.std_error)
    freedom = np.where(np.isnan(estimate), np.nan, functions.df)
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = estimate / error
    p_value, factor = np.full(len(estimate), np.nan), np.full(len(estimate), np.nan)
    for own in families:
        family = Family(statistic[own], freedom[own], functions.correlation(own), k)
        p_value[own], factor[own] = adjusted(family, adjust, level)
    half = factor * error
    numbers = [estimate, error, freedom, estimate - half, estimate + half]
    columns = [*numbers, statistic, p_value]
    table = pd.DataFrame(np.column_stack(columns), columns=list(COLUMNS))
    table.insert(0, "contrast", list(asked.names) * len(families))
    table.attrs |= {
        "level": level,
        "adjust": adjust,
        "intervals": interval_words(adjust),
        "ratios": dict(zip(asked.names, asked.ratios, strict=True)),
    }
    return table


def _notes(table: pd.DataFrame, outer: Sequence[str]) -> list[Said]:
    """How p-values and intervals are adjusted, and what has no number."""
    how = {
        "tukey": "by Tukey's method",
        "dunnett": "by the multivariate t distribution, as Dunnett's test",
        "holm": "by Holm's method",
        "sidak": "by Šidák's method",
        "bh": "by Benjamini and Hochberg's method",
        "none": "",
    }
    notes: list[Said] = []
    m, adjust = len(table.attrs["ratios"]), table.attrs["adjust"]
    if adjust == "none" and m > 1:
        notes.append("P-values and intervals are not adjusted.")
    elif m > 1:
        each = f" at each level of {listed(outer)}" if outer else ""
        notes.append(
            f"P-values are adjusted {how[adjust]} for {counted(m, 'comparison')}"
            f"{each}; intervals are {interval_words(adjust)}."
        )
    unknown = table["contrast"][table["estimate"].isna()]
    if len(unknown):
        notes.append(
            f"Not estimated: {listed(dict.fromkeys(unknown))}. The rows do not tell; "
            "they are not counted in the adjustment."
        )
    return notes
