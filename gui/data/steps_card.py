"""The list of preparation steps, each of which can be removed; how the file is read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.controls import IconButton, Popover, hairline, label
from gui.controls.painting import px
from gui.data.column_edits import remove_step
from gui.data.line_list import CARD_WIDTH, fit_height, line_list, short_label
from gui.data.reading_words import reading_words

if TYPE_CHECKING:
    from engine.data.prepared import Step
    from engine.data.table import Table
    from gui.session import Session

_MOST_LISTED = 200


class StepsCard(Popover):
    """What was done to the data, in order; the file itself is never changed.

    Parameters
    ----------
    session : Session
    parent : QWidget
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Preparation steps")
        self.setFixedWidth(px(CARD_WIDTH))
        self.body.addWidget(label("Preparation steps", "panel"))
        self._fill()
        if session.table is not None:
            self._add_reading(session.table)
        fit_height(self)

    def _fill(self) -> None:
        steps = self._session.document.steps
        if not steps:
            words = (
                "None so far. What you change in the data is listed here and can be "
                "taken back; the file stays as it is."
            )
            self.body.addWidget(label(words, "caption", wrap=True))
            return
        first = max(0, len(steps) - _MOST_LISTED)
        lines = [self._line(n, step) for n, step in enumerate(steps[first:], first + 1)]
        self.body.addWidget(line_list(lines))
        words = "Replayed in this order on opening; the file stays as it is."
        self.body.addWidget(label(words, "muted", wrap=True))

    def _add_reading(self, table: Table) -> None:
        """Say what was recognised and left out when the file was read."""
        sentences = reading_words(table)
        if not sentences:
            return
        self.body.addWidget(hairline())
        self.body.addWidget(label("How the file was read", "panel"))
        lines = []
        for words in sentences:
            lines.append(QHBoxLayout())
            lines[-1].addWidget(label(words, "caption", wrap=True))
        self.body.addWidget(line_list(lines))

    def _line(self, number: int, step: Step) -> QHBoxLayout:
        words = step.description
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(label(str(number), "muted"))
        row.addWidget(short_label(words), 1)
        remove = IconButton("x", f"Remove: {words}")
        remove.clicked.connect(partial(self._remove, step))
        row.addWidget(remove)
        return row

    def _remove(self, step: Step, _on: bool = False) -> None:
        self.close()
        remove_step(self._session, step)
