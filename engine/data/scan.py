"""What the data can support: advice before or beside a fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.coded import code_column, likelihood
from engine.data.design_facts import DesignScan
from engine.data.distinct import distinct_texts
from engine.data.grouping_scan import compare, slope_facts
from engine.data.kinds import empty_kind, text_kind
from engine.data.response_kinds import response_doubt
from engine.data.table import Kind, Table
from engine.data.table_hints import table_hints
from engine.errors import DataError
from engine.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.arrays import FloatArray
    from engine.data.coded import Coded
    from engine.data.design_facts import PairFacts, SlopeFacts

MOST_COLUMNS = 200
"""Columns that are looked at: the first ones."""
MOST_GROUPINGS = 12
"""Groupings that are compared with each other: the likeliest."""
MOST_COVARIATES = 40
"""Columns of numbers that are looked at within groups: the first ones."""


def response_advice(y: FloatArray, name: str) -> tuple[Sentence, ...]:
    """Say when a response looks like yes/no, ratings, counts, or a proportion.

    Parameters
    ----------
    y : ndarray of shape (n,)
        The response, finite.
    name : str
        Its name.

    Returns
    -------
    tuple of Sentence
        At most one sentence; the model is fitted all the same.
    """
    doubt = response_doubt(y, name)
    if doubt is None:
        return ()
    meaning = f"{doubt.meaning[:1].lower()}{doubt.meaning[1:]}"
    return (Sentence(f"'{name}' ", doubt.seen, f": {meaning}"),)


def scan_design(
    frame: pd.DataFrame | Table, kinds: Mapping[str, Kind] | None = None
) -> DesignScan:
    """Find what a table offers a mixed model.

    Parameters
    ----------
    frame : DataFrame or Table
        One row a measurement: those that are to be used. Not modified.
    kinds : mapping of str to Kind, optional
        What the columns hold; by default the table's, or what their types tell.

    Returns
    -------
    DesignScan
        Of the first `MOST_COLUMNS` columns; pairs of the `MOST_GROUPINGS` likeliest
        groupings, and slopes of the first `MOST_COVARIATES` columns of numbers.

    Raises
    ------
    DataError
        If two columns have one name.
    """
    if isinstance(frame, Table):
        return scan_design(frame.frame, frame.kinds if kinds is None else kinds)
    shown = _first_columns(frame)
    kinds = guessed_kinds(shown) if kinds is None else kinds
    names = list(map(str, shown))
    coded = (code_column(shown[name], kinds[name]) for name in names)
    groups = [group for group in coded if group]
    likeliest = _likeliest(groups)
    numbers = [name for name in names if kinds[name] is Kind.NUMBER]
    scan = DesignScan(
        n_rows=len(frame),
        groupings=tuple(group.facts() for group in groups),
        pairs=_pairs(likeliest),
        slopes=_slopes(shown, numbers[:MOST_COVARIATES], likeliest),
        left_out=_left_out(frame.shape[1], len(groups), len(numbers)),
    )
    return replace(scan, hints=table_hints(scan, groups, kinds))


def _first_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Cut off the columns that are too many; all must have names of their own."""
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise DataError(f"Two columns are called '{twice}'.", "Rename one of them.")
    return frame.iloc[:, :MOST_COLUMNS].rename(columns=str)


def guessed_kinds(frame: pd.DataFrame) -> dict[str, Kind]:
    """Tell from their types what columns hold.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    dict of str to Kind
    """
    return {str(name): _guessed_kind(frame[name]) for name in frame}


def _guessed_kind(values: pd.Series) -> Kind:
    if pd.api.types.is_bool_dtype(values) or isinstance(
        values.dtype, pd.CategoricalDtype
    ):
        return Kind.CATEGORY
    if pd.api.types.is_numeric_dtype(values):
        return Kind.NUMBER
    if pd.api.types.is_datetime64_any_dtype(values):
        return Kind.DATE
    distinct = distinct_texts(values.dropna().astype(str))
    if not distinct.texts:
        return empty_kind()[0]
    return text_kind(distinct.texts, int(distinct.counts.sum()))[0]


def _likeliest(groups: list[Coded]) -> list[Coded]:
    """Choose the groupings to be compared, in the order of the columns."""
    ranked = sorted(groups, key=lambda group: likelihood(group.column, group.kind))
    chosen = {group.column for group in ranked[:MOST_GROUPINGS]}
    return [group for group in groups if group.column in chosen]


def _pairs(groups: list[Coded]) -> tuple[PairFacts, ...]:
    found = [
        compare(one, other) for i, one in enumerate(groups) for other in groups[i + 1 :]
    ]
    return tuple(pair for pair in found if pair is not None)


def _slopes(
    frame: pd.DataFrame, columns: list[str], groups: list[Coded]
) -> tuple[SlopeFacts, ...]:
    found = []
    for column in columns:
        numbers = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
        is_missing = np.isnan(numbers)
        gaps = is_missing if is_missing.any() else None
        found += [
            slope_facts(column, numbers, gaps, group)
            for group in groups
            if group.column != column
        ]
    return tuple(found)


def _left_out(n_columns: int, n_groupings: int, n_numbers: int) -> tuple[str, ...]:
    """Say what the caps have kept from being looked at."""
    caps = (
        (n_columns, MOST_COLUMNS, "columns", "the first"),
        (n_groupings, MOST_GROUPINGS, "possible groupings", "the likeliest"),
        (n_numbers, MOST_COVARIATES, "columns of numbers", "the first"),
    )
    return tuple(
        f"Of {number} {what}, {which} {cap} were compared."
        for number, cap, what, which in caps
        if number > cap
    )
