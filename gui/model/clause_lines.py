"""What varies among the groups: one line for each grouping, and the way to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from engine.model.choices import further_choices, varying_choices
from engine.model.grouping_edits import (
    with_further_grouping,
    with_varying,
    without_further,
)
from engine.model.spec import Pooling
from gui.controls import Button
from gui.controls.buttons import open_below
from gui.controls.painting import px
from gui.model.clause_line import ClauseLine
from gui.model.menus import ChoiceMenu

if TYPE_CHECKING:
    from engine.model.choice import Choice
    from engine.model.sentence import GroupClause, Sentence
    from gui.session import Session

    _Shown = tuple[GroupClause, tuple[Choice, ...], bool]


class ClauseLines(QWidget):
    """All lines, and the way to another grouping.

    Signals
    -------
    spec_asked : ModelSpec, str
    """

    spec_asked = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.lines: list[ClauseLine] = []
        self._shown: list[_Shown] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(4))
        self.add_button = Button(
            "Another grouping", icon="plus", variant="link", small=True
        )
        self.add_button.clicked.connect(self._on_add_clicked)
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_sentence(self, sentence: Sentence | None) -> None:
        """Show what varies among which groups; lines that are the same stay."""
        can_add = sentence is not None and sentence.main is not None
        self.add_button.setVisible(can_add)
        clauses = [] if sentence is None else self._clauses(sentence)
        if clauses == self._shown:
            for line in self.lines:
                line.show_state()
            return
        self._shown = clauses
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        for line in self.lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = []
        for clause, choices, is_further in clauses:
            line = ClauseLine(clause, choices, is_further=is_further)
            line.varying_asked.connect(self._on_varying_asked)
            line.remove_asked.connect(self._on_remove_asked)
            self._column.insertWidget(len(self.lines), line)
            self.lines.append(line)
        if self.lines and can_add:
            self.lines[-1].take_in(self.add_button)

    def _clauses(self, sentence: Sentence) -> list[_Shown]:
        """What each line says, can say, and whether it can be taken out."""
        session = self._session
        spec, scan, rows = session.spec, session.scan, session.prepared
        if spec is None or scan is None or rows is None:
            return []
        clauses = [] if sentence.main is None else [(sentence.main, False)]
        clauses += [(clause, True) for clause in sentence.further]
        return [
            (
                clause,
                varying_choices(spec, clause, scan, rows.kinds, session.unseen),
                is_further,
            )
            for clause, is_further in clauses
            if clause.pooling is Pooling.PARTIAL
        ]

    @Slot(object, object, object, object)
    def _on_varying_asked(
        self, clause: GroupClause, baseline: bool, terms: tuple[object, ...], tied: bool
    ) -> None:
        spec = self._session.spec
        if spec is None:
            return
        where = clause.columns if clause.place is None else clause.place
        new = with_varying(
            spec,
            where,
            baseline=baseline,
            terms=terms,  # type: ignore[arg-type]  # terms, as the choices gave them
            correlated=tied,
        )
        self.spec_asked.emit(new, f"Change what varies among {clause.plural}")

    @Slot(object)
    def _on_remove_asked(self, clause: GroupClause) -> None:
        spec = self._session.spec
        if spec is not None:
            where = clause.columns if clause.place is None else clause.place
            new = without_further(spec, where)
            self.spec_asked.emit(new, f"Take {clause.plural} out")

    @Slot()
    def _on_add_clicked(self) -> None:
        spec, scan = self._session.spec, self._session.scan
        if spec is None or scan is None:
            return
        choices = further_choices(scan, spec)
        if not choices:
            menu = QMenu(self)
            menu.addAction("No other column has groups").setEnabled(False)
        else:
            menu = ChoiceMenu(self, choices, self._add_grouping)
        open_below(self.add_button, menu)

    def _add_grouping(self, columns: object) -> None:
        spec = self._session.spec
        if spec is not None and isinstance(columns, tuple):
            new = with_further_grouping(spec, columns)
            self.spec_asked.emit(new, f"Add the grouping {':'.join(columns)}")
