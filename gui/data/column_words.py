"""What the card of a column says: its facts, and levels that are probably one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.level_steps import short_name
from engine.data.table import Kind
from engine.data.wording import counted
from engine.written_numbers import count
from gui.data.kind_words import number_words

if TYPE_CHECKING:
    from engine.data.level_steps import MergeLevels
    from engine.data.summaries import ColumnSummary

    Alike = tuple[tuple[tuple[str, int], ...], ...]

_MOST_PAIRS = 6


def alike_words(alike: Alike) -> str:
    """Say which levels are probably one: the first of them, and how many more."""
    *named, last = [f"“{name}” ({counted(rows, 'row')})" for name, rows in alike[0]]
    rest = len(alike) - 1
    more = f"; and {counted(rest, 'more such group')}" if rest else ""
    written = f"{', '.join(named)} and {last}"
    return f"Perhaps one level, written differently: {written}{more}."


def merging_words(step: MergeLevels) -> str:
    """Say which levels become what: “lake1” → “Lake 1”; of many the first."""
    pairs = [
        f"{', '.join(f'“{short_name(name)}”' for name in old)} → “{short_name(to)}”"
        for to, old in step.names
    ]
    rest = len(pairs) - _MOST_PAIRS
    more = [f"and {rest} more"] if rest > 0 else []
    return f"{'; '.join([*pairs[:_MOST_PAIRS], *more])}. The file stays as it is."


def facts(summary: ColumnSummary) -> list[tuple[str, str]]:
    """Name and words of what is known of a column.

    Parameters
    ----------
    summary : ColumnSummary

    Returns
    -------
    list of (str, str)
    """
    found = [("Rows", count(summary.n_rows)), ("Missing", count(summary.n_missing))]
    if summary.kind in (Kind.NUMBER, Kind.DATE):
        found += [
            ("Smallest", number_words(summary.minimum)),
            ("Largest", number_words(summary.maximum)),
            ("Median", number_words(summary.median)),
            ("Different", count(summary.n_different)),
        ]
        found += [
            (name, number_words(value))
            for name, value in (("Mean", summary.mean), ("SD", summary.sd))
            if value is not None
        ]
        if summary.n_infinite:
            found.append(("Infinite", count(summary.n_infinite)))
    elif summary.n_different:
        low, high = summary.rows_min, summary.rows_max
        each = count(low) if low == high else f"{count(low)}–{count(high)}"
        found += [("Levels", count(summary.n_different)), ("Rows per level", each)]
    return [(name, words) for name, words in found if words]
