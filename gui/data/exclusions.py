"""Exclusions with their reasons: asked for before, or given and changed later."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.data.level_steps import short_name
from engine.data.row_steps import Exclude
from engine.data.wording import counted
from engine.written_numbers import count
from gui.dialogs.ask_reason import AskReasonDialog

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import pandas as pd
    from PySide6.QtWidgets import QWidget

    from gui.session import Session

    Rows = Sequence[Hashable] | pd.Index

_MOST_NAMED = 6


def ask_and_exclude(session: Session, rows: Rows, window: QWidget) -> AskReasonDialog:
    """Ask why, and take rows out of the analysis.

    Parameters
    ----------
    session : Session
    rows : sequence or index of row labels
        At least one, none of them excluded yet.
    window : QWidget
        Over which it is asked.

    Returns
    -------
    AskReasonDialog
        Open.
    """
    level = session.selection.level
    title = f"Exclude {_title(rows)}"
    dialog = AskReasonDialog(
        window, title, _which(session, rows), "Exclude", earlier=_earlier(session)
    )
    dialog.given.connect(partial(_exclude, session, rows, level))
    dialog.open()
    return dialog


def ask_reason(
    session: Session, steps: Sequence[Exclude], window: QWidget
) -> AskReasonDialog:
    """Ask anew why rows were taken out.

    Parameters
    ----------
    session : Session
    steps : sequence of Exclude
        Steps of the document with one and the same reason.
    window : QWidget
        Over which it is asked.

    Returns
    -------
    AskReasonDialog
        Open.
    """
    rows = [row for step in steps for row in step.rows]
    dialog = AskReasonDialog(
        window,
        f"Why {'is' if len(rows) == 1 else 'are'} {_title(rows)} excluded?",
        _named(rows),
        "Keep this reason",
        reason=steps[0].why,
        earlier=_earlier(session),
    )
    dialog.given.connect(partial(session.set_reason, tuple(steps)))
    dialog.open()
    return dialog


def _exclude(session: Session, rows: Rows, level: str, reason: str) -> None:
    """Exclude; a group keeps its name beside the reason."""
    session.exclude_rows(rows, ": ".join(words for words in (level, reason) if words))


def _title(rows: Rows) -> str:
    return f"row {rows[0]}" if len(rows) == 1 else counted(len(rows), "row")


def _which(session: Session, rows: Rows) -> str:
    chosen = session.selection
    if not chosen.level:
        return _named(rows)
    n_out = len(chosen.rows) - len(rows)
    words = f"{short_name(chosen.group)} {short_name(chosen.level)}"
    return f"{words}, without {count(n_out)} excluded before." if n_out else f"{words}."


def _named(rows: Rows) -> str:
    """Say which rows: the first ones of many."""
    if len(rows) == 1:
        return "It stays in the table and can be brought back."
    named = ", ".join(str(row) for row in rows[:_MOST_NAMED])
    return f"Rows {named}{', …' if len(rows) > _MOST_NAMED else ''}."


def _earlier(session: Session) -> list[str]:
    """Reasons of the document, the newest first."""
    steps = reversed(session.document.steps)
    return [step.why for step in steps if isinstance(step, Exclude)]
