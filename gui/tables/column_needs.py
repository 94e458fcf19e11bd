"""How wide the columns of a result table must be: their texts, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.controls.painting import px, text_width
from gui.fonts import SEMIBOLD, numerals, sans
from gui.look import look
from gui.tables.cell_painting import heading_font
from gui.tables.column_widths import MOST_LINES, STEPS, Need, broken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.tables.result_model import ResultModel

SENTENCE = 300
"""Cells of words that are wider are broken into lines, where there are few rows."""
QUESTION = 180
"""The same for questions: cut in the middle they ask something else."""
_LEAST_WORDS, _LEAST_SENTENCE = 96, 180


def column_need(cells: ResultModel, column: int) -> Need:
    """Measure a column.

    Parameters
    ----------
    cells : ResultModel
    column : int

    Returns
    -------
    Need
    """
    name = cells.column_name(column)
    head = heading_font(name)

    def width(text: str) -> int:
        return text_width(text, head)

    heads = tuple(
        max(map(width, broken(name, lines, width)))
        for lines in range(1, MOST_LINES + 1)
    )
    size = look().theme.sizes.body
    plain, bold = sans(size), numerals(size, SEMIBOLD)
    numbers, words = cells.samples(column)
    # the explained cell is set in bold, and may not be cut either
    widest = max((text_width(text, bold) for text in numbers), default=0)
    body = max((text_width(text, plain) for text in words), default=0)
    least = max(widest, min(body, px(_LEAST_WORDS)))
    return Need(max(widest, body), least, heads)


def longest_line(cells: ResultModel, column: int) -> int:
    """Width beyond which the words of a column are broken into lines."""
    words = cells.samples(column)[1]
    is_asking = any(text.endswith("?") for text in words)
    return px(QUESTION if is_asking else SENTENCE)


def with_sentences(
    needs: Sequence[Need], is_sentence: Sequence[bool], room: int
) -> tuple[Need, ...]:
    """Let sentences, which can be broken, have what the other columns leave.

    Parameters
    ----------
    needs : sequence of Need
    is_sentence : sequence of bool
        One per column.
    room : int
    """
    both = list(zip(needs, is_sentence, strict=True))
    gaps = 2 * px(STEPS[0][0]) * len(both)
    others = sum(need.wanted(1) for need, is_long in both if not is_long)
    left = (room - gaps - others) // max(sum(is_sentence), 1)
    least = px(_LEAST_SENTENCE)
    return tuple(
        Need(max(least, min(need.body, left)), need.least, need.heads)
        if is_long
        else need
        for need, is_long in both
    )
