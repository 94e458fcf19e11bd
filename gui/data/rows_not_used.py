"""Which rows are not used, and why: of the steps and of the current fit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.data.row_steps import Exclude
from engine.data.wording import counted
from gui.controls import Button, IconButton, Popover, label
from gui.controls.painting import px
from gui.data.exclusions import ask_reason
from gui.data.line_list import CARD_WIDTH, fit_height, line_list, short_label
from gui.data.reading_words import skipped_words

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from engine.data.prepared import Prepared, Step
    from gui.session import Session

_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class NotUsed:
    """Rows that are left out for one reason.

    Attributes
    ----------
    words : str
        The reason; empty if none was given.
    rows : tuple of row labels
    is_excluded : bool
        Whether a step left them out; otherwise the model cannot use them.
    steps : tuple of Exclude
        The steps that did.
    """

    words: str
    rows: tuple[Hashable, ...]
    is_excluded: bool
    steps: tuple[Exclude, ...] = ()


def not_used(session: Session) -> tuple[NotUsed, ...]:
    """List why rows are not used: excluded ones first, in the order of the steps.

    What was excluded for one reason is one entry; without a reason each step is one.

    Parameters
    ----------
    session : Session

    Returns
    -------
    tuple of NotUsed
    """
    prepared, fit = session.prepared, session.fit
    if prepared is None:
        return ()
    found = _excluded(prepared, session.document.steps)
    if fit is not None and session.is_fit_current:
        for reason, part in fit.dropped_rows.groupby("reason", sort=False):
            found.append(NotUsed(str(reason), tuple(part.index.tolist()), False))
    return tuple(found)


def _excluded(prepared: Prepared, all_steps: Sequence[Step]) -> list[NotUsed]:
    exclusions = [step for step in all_steps if isinstance(step, Exclude)]
    if len(exclusions) != len(prepared.reasons):  # the rows of these steps are to come
        exclusions = []
    if not prepared.reasons:
        return []
    entries: dict[tuple[str, int], list[int]] = {}  # with the places of its reason
    for place, reason in enumerate(prepared.reasons):
        entries.setdefault((reason, -1 if reason else place), []).append(place)
    number = np.zeros(len(prepared.reasons), dtype=np.intp)  # of the entry of a place
    for n, places in enumerate(entries.values()):
        number[places] = n
    out = np.flatnonzero(~prepared.is_used)
    numbers = number[prepared.why[out]]
    found = []
    labels = prepared.frame.index[out[np.argsort(numbers, kind="stable")]]
    ends = np.cumsum(np.bincount(numbers, minlength=len(entries))).tolist()
    for ((reason, _), places), begin, end in zip(
        entries.items(), [0, *ends[:-1]], ends, strict=True
    ):
        steps = tuple(exclusions[place] for place in places if exclusions)
        if begin < end:
            rows = tuple(labels[begin:end].tolist())
            found.append(NotUsed(reason, rows, True, steps))
    return found


def count_not_used(session: Session) -> tuple[int, int]:
    """Count rows.

    Returns
    -------
    used, not_used : int
    """
    prepared, fit = session.prepared, session.fit
    if prepared is None:
        return 0, 0
    out = int(np.count_nonzero(~prepared.is_used))
    if fit is not None and session.is_fit_current:
        out += len(fit.dropped_rows)
    return len(prepared.frame) - out, out


class NotUsedCard(Popover):
    """Says why rows are not used, and brings excluded ones back.

    Parameters
    ----------
    session : Session
    parent : QWidget

    Signals
    -------
    explain_asked : str, dict, str
        Topic, what exactly, and what is shown.
    """

    explain_asked = Signal(str, object, str)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._owner = session, parent
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Rows not used and why")
        self.setFixedWidth(px(CARD_WIDTH))
        head = QHBoxLayout()
        head.addWidget(label("Rows not used and why", "panel"), 1)
        why = IconButton("help", "When a row cannot be used")
        why.clicked.connect(self._on_explain_clicked)
        head.addWidget(why)
        self.body.addLayout(head)
        self._fill(not_used(session))
        fit_height(self)

    def _fill(self, groups: tuple[NotUsed, ...]) -> None:
        self._list(groups)
        if words := skipped_words(self._session.table):
            self.body.addWidget(label(words, "caption", wrap=True))

    def _list(self, groups: tuple[NotUsed, ...]) -> None:
        if not groups:
            self.body.addWidget(label("Every row is used.", "caption", wrap=True))
            return
        lines = [self._line(group) for group in groups[:_MOST_LISTED]]
        self.body.addWidget(line_list(lines))
        excluded = [row for group in groups if group.is_excluded for row in group.rows]
        if len({group.words for group in groups if group.is_excluded}) > 1:
            every = Button("Bring all back", variant="tint", small=True)
            every.clicked.connect(partial(self._bring_back, tuple(excluded)))
            self.body.addWidget(every, 0, Qt.AlignmentFlag.AlignLeft)

    def _line(self, group: NotUsed) -> QHBoxLayout:
        rows = counted(len(group.rows), "row")
        if len(group.rows) == 1:
            rows = f"Row {group.rows[0]}"
        how = "excluded" if group.is_excluded else "left out"
        reason = f": {group.words}" if group.words else ""
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(short_label(f"{rows} {how}{reason}"), 1)
        if group.steps:
            words = "Change the reason" if group.words else "Say why"
            why = Button("Why?", variant="link", small=True, tip=f"{words}…")
            why.clicked.connect(partial(self._ask_why, group.steps))
            why.setAccessibleName(f"{words}: {rows}{reason}")
            row.addWidget(why)
        if group.is_excluded:
            button = Button("Bring back", small=True)
            button.clicked.connect(partial(self._bring_back, group.rows))
        else:
            button = Button("Select", small=True)
            button.clicked.connect(partial(self._select, group.rows))
        button.setAccessibleName(f"{button.text()} {rows}{reason}")
        row.addWidget(button)
        return row

    @Slot()
    def _on_explain_clicked(self) -> None:
        self.close()
        self.explain_asked.emit("rows_not_used", {}, "")

    def _ask_why(self, steps: tuple[Exclude, ...], _on: bool = False) -> None:
        self.close()
        ask_reason(self._session, steps, self._owner.window())

    def _bring_back(self, rows: tuple[Hashable, ...], _on: bool = False) -> None:
        self.close()
        self._session.include_rows(rows)

    def _select(self, rows: tuple[Hashable, ...], _on: bool = False) -> None:
        self.close()
        self._session.select_rows(rows)
