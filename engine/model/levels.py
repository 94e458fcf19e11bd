"""Levels of categories and groups: their names, their order, the rows they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas.api.extensions import ExtensionArray

    from engine.arrays import IntArray

FEW_EMPTY = 8
"""Possible combinations for each row up to which all of them are counted."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of one grouping factor.

    Attributes
    ----------
    name : str
        `a`, or `a:b` for combinations.
    columns : tuple of str
        The columns whose combinations are the groups.
    levels : Index of length n_levels
        Level names as text; parts of a combination are joined by a colon.
    codes : ndarray of int, shape (n,)
        For each row, the position of its level in `levels`.
    """

    name: str
    columns: tuple[str, ...]
    levels: pd.Index
    codes: IntArray


def level_texts(column: pd.Series) -> list[str]:
    """Cells as level names; whole numbers without decimals."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = level_texts(pd.Series(column.cat.categories))
        return [names[code] for code in column.cat.codes]
    if pd.api.types.is_float_dtype(column):
        values = column.to_numpy(float).tolist()
        return [str(int(v)) if v.is_integer() else str(v) for v in values]
    if pd.api.types.is_datetime64_any_dtype(column):
        return [str(v).removesuffix(" 00:00:00") for v in column]
    texts: list[str] = column.tolist()
    return texts if isinstance(column.dtype, pd.StringDtype) else list(map(str, texts))


def ordered_levels(column: pd.Series) -> list[str]:
    """Level names that occur: a categorical's own order, else sorted."""
    return list(_levels_and_codes(column)[0])


def _levels_and_codes(column: pd.Series) -> tuple[Sequence[str], IntArray]:
    """Level names that occur, in order, and the position of each cell's."""
    if isinstance(column.dtype, pd.StringDtype):
        found, codes = _texts_and_codes(column)
        return found.tolist(), codes
    raw, unique = pd.factorize(column)
    if pd.api.types.is_integer_dtype(column.dtype):
        order = unique.argsort()  # no two are written alike
        return list(map(str, unique[order].tolist())), _replaced(raw, _inverse(order))
    cells = pd.Series(unique, dtype=column.dtype)
    order = _order(cells)
    texts = level_texts(cells.iloc[order])
    ranks = np.empty(len(unique), dtype=np.intp)
    places: dict[str, int] = {}
    ranks[order] = [places.setdefault(text, len(places)) for text in texts]
    return list(places), _replaced(raw, ranks)


def _texts_and_codes(column: pd.Series) -> tuple[ExtensionArray, IntArray]:
    """The same for a column of text, its level names not yet Python's own."""
    raw, unique = column.array.factorize()
    order = unique.argsort()
    return unique.take(order), _replaced(raw, _inverse(order))


def _inverse(order: IntArray) -> IntArray:
    """The place of each number in an order of all numbers from zero."""
    ranks = np.empty(len(order), dtype=np.intp)
    ranks[order] = np.arange(len(order))
    return ranks


def _replaced(raw: IntArray, ranks: IntArray) -> IntArray:
    """ranks[raw], in place: there may be millions."""
    return np.take(ranks, raw, out=raw, mode="clip")


def _order(cells: pd.Series) -> IntArray:
    """Places of distinct cells in the order of the levels."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return np.argsort(cells.cat.codes.to_numpy())
    try:
        ordered = cells.sort_values()
    except TypeError:  # numbers and texts mixed
        ordered = cells.sort_values(key=lambda values: values.map(str))
    return ordered.index.to_numpy(dtype=np.intp)


def combined_names(parts: Sequence[Sequence[str]]) -> list[str]:
    """Names of combined levels: parts joined by a colon.

    Parts that have a colon themselves are put in quotation marks, or `p:q` with `r`
    would be called the same as `p` with `q:r`.
    """
    if len(parts) == 1:
        return list(parts[0])
    clear = [[f'"{t}"' if ":" in t else t for t in texts] for texts in parts]
    return [":".join(texts) for texts in zip(*clear, strict=True)]


def make_grouping(used: pd.DataFrame, columns: tuple[str, ...]) -> Grouping:
    """Find the groups of one or several columns.

    Parameters
    ----------
    used : DataFrame
        Rows without missing cells.
    columns : tuple of str

    Returns
    -------
    Grouping
        Only combinations that occur, in the order of the columns' own levels.
    """
    first = used[columns[0]]
    if len(columns) == 1 and isinstance(first.dtype, pd.StringDtype):
        texts, codes = _texts_and_codes(first)
        return Grouping(columns[0], columns, pd.Index(texts, dtype="str"), codes)
    levels, codes = _levels_and_codes(first)
    parts = [levels]
    for name in columns[1:]:
        levels, own = _levels_and_codes(used[name])
        present, codes = _renumbered(codes * len(levels) + own)
        before, last = (part.tolist() for part in np.divmod(present, len(levels)))
        parts = [[texts[i] for i in before] for texts in parts]
        parts.append([levels[i] for i in last])
    names = pd.Index(combined_names(parts), dtype="str")
    return Grouping(":".join(columns), columns, names, codes)


def _renumbered(numbers: IntArray) -> tuple[IntArray, IntArray]:
    """Numbers that occur, increasing, and the position of each; no sort of all."""
    if numbers.max(initial=0) < FEW_EMPTY * len(numbers):
        occurs = np.bincount(numbers) > 0
        return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[numbers]
    raw, found = pd.factorize(numbers)
    order = np.argsort(found)
    return found[order], _replaced(raw, _inverse(order))
