"""Understand the cells of one column: numbers, dates, text, and what is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.dates import read_dates
from engine.data.distinct import TEXT, Distinct, distinct_texts
from engine.data.doubts import are_padded_codes, doubt_about
from engine.data.kinds import date_kind, empty_kind, number_kind, text_kind
from engine.data.missing import MissingCodes, missing_among_texts, sentinel_note
from engine.data.numerals import EXACT_INTEGER, read_numerals
from engine.data.table import Kind
from engine.data.wording import quoted

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from engine.sentences import Said


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user said, and what the rest of the file tells.

    Attributes
    ----------
    codes : MissingCodes
        Which cells are missing.
    decimal : str
        The decimal mark seen elsewhere in the file; empty if none was.
    forced_decimal : str, optional
        The decimal mark the user asked for.
    rows : Index, optional
        Numbers of the rows; from 1 on by default.
    """

    codes: MissingCodes
    decimal: str = ""
    forced_decimal: str | None = None
    rows: pd.Index | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is understood.

    Attributes
    ----------
    values : Series
        int64, float64, datetime64 or strings.
    kind : Kind
    reason : str
        Why it is of this kind, one sentence or two.
    notes : tuple of str
        What was taken for what, one sentence each.
    missing : Counter of str
        How many cells with each code were read as missing.
    is_trimmed : bool
        Whether spaces around texts were removed.
    """

    values: pd.Series
    kind: Kind
    reason: str
    notes: tuple[Said, ...] = ()
    missing: Counter[str] = field(default_factory=Counter)
    is_trimmed: bool = False


def understand(name: str, cells: pd.Series, rules: Rules) -> Column:
    """Find out what a column holds.

    Parameters
    ----------
    name : str
        Its name, for the notes.
    cells : Series
        A column of a `RawSheet`; not modified.
    rules : Rules
        What is known of the file.

    Returns
    -------
    Column
        Of the same length.
    """
    if cells.isna().all():
        return _empty_column(len(cells))
    if cells.dtype.kind in "if":
        return _number_column(name, cells, rules.codes)
    if cells.dtype.kind == "M":
        return Column(cells, *date_kind(""))
    distinct = distinct_texts(cells)
    codes = rules.codes.among_numbers
    rest = distinct.without(codes)
    if not rest.texts:
        return replace(_empty_column(len(cells)), missing=distinct.counted(codes))
    column = _as_numbers(name, rest, rules) or _as_dates(name, rest)
    if column is None:
        return _as_text(name, distinct, rest, rules)
    return replace(column, missing=column.missing + distinct.counted(codes))


def _empty_column(n_rows: int) -> Column:
    return Column(pd.Series([None] * n_rows, dtype=TEXT), *empty_kind())


def _number_column(name: str, values: pd.Series, codes: MissingCodes) -> Column:
    """Judge a column of clean numbers; the user's numeric codes are missing."""
    missing: Counter[str] = Counter()
    for code in codes.numbers:
        is_code = values == code
        if is_code.any():
            missing[f"{code:g}"] = int(is_code.sum())
            values = values.mask(is_code)
    if values.isna().all():
        return replace(_empty_column(len(values)), missing=missing)
    note = "" if codes.is_given else sentinel_note(name, values.to_numpy())
    notes = (note,) if note else ()
    return Column(values, *number_kind(values), notes, missing)


def _as_numbers(name: str, rest: Distinct, rules: Rules) -> Column | None:
    """Read the column as numbers, if every cell is one and none would lose digits."""
    numerals = read_numerals(rest.texts, rules.decimal, rules.forced_decimal)
    if not numerals.is_number.all() or are_padded_codes(rest.texts):
        return None
    if rest.has_gaps() and not _fit_float(numerals.values):
        return None
    column = _number_column(name, rest.spread(pd.Series(numerals.values)), rules.codes)
    notes = [f"In column {quoted(name)}, {note}." for note in numerals.notes]
    return replace(column, notes=(*notes, *column.notes))


def _fit_float(values: NDArray[Any]) -> bool:
    """Whether float64, needed for missing cells, keeps all whole numbers exact."""
    return values.dtype.kind == "f" or bool(np.all(np.abs(values) < EXACT_INTEGER))


def _as_dates(name: str, rest: Distinct) -> Column | None:
    """Read the column as dates, if every cell is one and there is no doubt."""
    dates = read_dates(rest.texts)
    if dates.doubt or dates.values.empty or dates.values.isna().any():
        return None
    note = f"In column {quoted(name)}, {dates.note}."
    return Column(rest.spread(dates.values), *date_kind(dates.order), (note,))


def _as_text(name: str, distinct: Distinct, rest: Distinct, rules: Rules) -> Column:
    """Keep the column as text and say what nearly was a number or a date.

    `rest` is without the codes that are missing among numbers.
    """
    codes = rules.codes.among_numbers
    note = doubt_about(name, rest, rules.decimal, rules.forced_decimal, rules.rows)
    if not note:
        codes, remark = missing_among_texts(distinct.texts, rules.codes)
        rest = distinct.without(codes)
        note = f"In column {quoted(name)}, {remark}." if remark else ""
    values = rest.spread(pd.Series(rest.texts, dtype=TEXT))
    if are_padded_codes(rest.texts):
        kind, reason = Kind.CATEGORY, "Whole numbers with leading zeros, as codes have."
    else:
        kind, reason = text_kind(rest.texts, int(rest.counts.sum()))
    return Column(
        values,
        kind,
        reason,
        (note,) if note else (),
        distinct.counted(codes),
        distinct.is_trimmed,
    )
