"""What a column holds, and the reason, for columns whose cells are understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.table import Kind
from engine.data.wording import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import pandas as pd
    from numpy.typing import NDArray

_NEARLY_ALL = 0.9  # share of distinct texts from which a text is a label
_LONG_TEXT = 60  # characters, on average, from which texts are remarks
_TRUTH = ({"true", "false"}, {"t", "f"})


def empty_kind() -> tuple[Kind, str]:
    """Judge a column without any value.

    Returns
    -------
    kind : Kind
    reason : str
    """
    return Kind.LABEL, "Every cell is empty."


def number_kind(values: pd.Series) -> tuple[Kind, str]:
    """Judge a column of numbers.

    Parameters
    ----------
    values : Series of int64 or float64
        NaN where missing, at least one value.

    Returns
    -------
    kind : Kind
    reason : str
    """
    present = values.dropna()
    n_missing = len(values) - len(present)
    n_distinct = present.nunique() if _are_whole(present.to_numpy()) else len(present)
    reason = "Every cell is a number."
    if n_missing:
        n_cells = counted(len(values), "cell")
        reason = f"{len(present)} of {n_cells} are numbers and the rest is missing."
    if n_distinct == 1:
        return Kind.NUMBER, f"{reason} It is always the same."
    if n_distinct > len(present) / 2:
        return Kind.NUMBER, reason
    return Kind.NUMBER, (
        f"{reason} They are whole and repeat, {n_distinct} different ones in all, so "
        "the column can also be used as a grouping."
    )


def date_kind(order: str) -> tuple[Kind, str]:
    """Judge a column of dates.

    Parameters
    ----------
    order : str
        How the dates are written, or empty for the dates of a workbook.

    Returns
    -------
    kind : Kind
    reason : str
    """
    written = f", written {order}" if order else ""
    return Kind.DATE, f"Every cell that is not missing is a date{written}."


def text_kind(texts: Sequence[str], n_cells: int) -> tuple[Kind, str]:
    """Judge a column of text.

    Parameters
    ----------
    texts : sequence of str
        Its distinct texts, at least one.
    n_cells : int
        The number of cells that are not missing.

    Returns
    -------
    kind : Kind
    reason : str
    """
    n_distinct = len(texts)
    if n_cells == 1:
        return Kind.LABEL, "Only one cell is not empty."
    if n_distinct == 2 and {text.lower() for text in texts} in _TRUTH:
        return Kind.CATEGORY, f"Every cell is {' or '.join(sorted(texts))}."
    if n_distinct == 1:
        return Kind.CATEGORY, f"Every cell is {quoted(texts[0])}."
    if n_distinct > _NEARLY_ALL * n_cells:
        return Kind.LABEL, (
            f"Nearly every cell has a text of its own ({n_distinct} different in "
            f"{counted(n_cells, 'cell')})."
        )
    if sum(map(len, texts)) > _LONG_TEXT * n_distinct:
        return Kind.LABEL, "The texts are long, as remarks are."
    return Kind.CATEGORY, (
        f"The cells are texts that repeat: {n_distinct} different ones in "
        f"{counted(n_cells, 'cell')}."
    )


def _are_whole(values: NDArray[Any]) -> bool:
    if values.dtype.kind == "i":
        return True
    return bool(np.all(np.isfinite(values)) and np.all(values == np.floor(values)))
