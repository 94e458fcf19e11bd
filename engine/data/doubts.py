"""Why a column that looks like numbers or dates is kept as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from engine.data.dates import read_dates
from engine.data.numerals import read_numerals
from engine.data.wording import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from engine.data.distinct import Distinct

_WITH_UNIT = re.compile(
    r"[+−-]?[\d.,]*\d *(%|‰|°|°[CF]|[kmcµμ]?m[²³23]?|[mkµμ]?g|[mµμ]?[lL]|ha|s|min|h|€)"
)
_A_FEW = 0.5  # share of readable cells from which the others are worth a remark


def are_padded_codes(texts: Sequence[str]) -> bool:
    """Tell codes such as 007 from numbers: only digits, some with a leading zero.

    Parameters
    ----------
    texts : sequence of str
        The distinct texts of a column.

    Returns
    -------
    bool
    """
    return all(text.isdecimal() for text in texts) and any(map(_is_padded, texts))


def doubt_about(
    name: str,
    distinct: Distinct,
    hint: str,
    forced_decimal: str | None,
    rows: pd.Index | None = None,
) -> str:
    """Say why a column is text although it looks like numbers or dates.

    Parameters
    ----------
    name : str
        The column.
    distinct : Distinct
        Its texts without codes for missing values, known not to be all numbers or
        all dates that can be used.
    hint, forced_decimal : str
        See `engine.data.numerals.read_numerals`.
    rows : Index, optional
        Numbers of the rows; from 1 on by default.

    Returns
    -------
    str
        A sentence, or nothing if the column is plainly text.
    """
    texts = distinct.texts
    if are_padded_codes(texts):
        example = next(text for text in texts if text[0] == "0")
        return (
            f"Column {quoted(name)} is text because its numbers have leading zeros, as "
            f"codes do ({quoted(example)})."
        )
    if all(text.lstrip("+-").isdecimal() for text in texts):
        example = max(texts, key=len)
        return (
            f"Column {quoted(name)} is text because its numbers have too many digits "
            f"to be kept exactly ({quoted(example)})."
        )
    unit = _common_unit(texts)
    if unit:
        return (
            f"Column {quoted(name)} is text because its numbers are followed by "
            f"{quoted(unit)}, as in {quoted(texts[0])}."
        )
    numerals = read_numerals(texts, hint, forced_decimal)
    if numerals.doubt:
        return f"In column {quoted(name)}, {numerals.doubt}."
    dates = read_dates(texts)
    if dates.doubt:
        return f"In column {quoted(name)}, {dates.doubt}."
    if any(map(_is_padded, texts)):
        return ""  # rings 00123 and A0125 are codes, not numbers with an odd one
    return _odd_cells(name, distinct, numerals.is_number, rows) or _odd_cells(
        name, distinct, dates.values.notna().to_numpy(), rows
    )


def _is_padded(text: str) -> bool:
    return len(text) > 1 and text[0] == "0" and text.isdecimal()


def _common_unit(texts: Sequence[str]) -> str:
    """Find the unit that follows every number; empty if there is none."""
    first = _WITH_UNIT.fullmatch(texts[0])
    if first is None:
        return ""
    units = {match and match[1] for match in map(_WITH_UNIT.fullmatch, texts)}
    return first[1] if len(units) == 1 else ""


def _odd_cells(
    name: str, distinct: Distinct, is_read: NDArray[np.bool_], rows: pd.Index | None
) -> str:
    """Name the first of a few cells which keep a column from being read."""
    if is_read.size == 0 or is_read.all():
        return ""
    n_odd = int(distinct.counts[~is_read].sum())
    if n_odd > _A_FEW * int(distinct.counts.sum()):
        return ""
    first = int(np.argmin(is_read))
    where = "first in row" if n_odd > 1 else "in row"
    row = distinct.first_row(first)
    row = row if rows is None else int(rows[row - 1])
    return (
        f"Column {quoted(name)} is text because of {counted(n_odd, 'cell')}, {where} "
        f"{row}: {quoted(distinct.texts[first])}."
    )
