"""What varies among the groups: one line of boxes for each grouping."""

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
from engine.model.spec import INTERCEPT, Pooling
from gui.controls import Button, CheckBox, FlowLayout, IconButton, label
from gui.controls.buttons import open_below
from gui.controls.painting import literal, plain_tip, px
from gui.model.menus import choice_menu

if TYPE_CHECKING:
    from engine.model.choice import Choice
    from engine.model.sentence import GroupClause, Sentence
    from gui.session import Session

    _Shown = tuple[GroupClause, tuple[Choice, ...], bool]


class ClauseLine(QWidget):
    """Boxes for one parenthesis of the formula.

    Signals
    -------
    varying_asked : GroupClause, bool, tuple of Term, bool
        Baseline, effects, correlated.
    remove_asked : GroupClause
    """

    varying_asked = Signal(object, object, object, object)
    remove_asked = Signal(object)

    def __init__(
        self,
        clause: GroupClause,
        choices: tuple[Choice, ...],
        *,
        is_further: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clause = clause
        self._boxes: list[tuple[CheckBox, Choice]] = []
        flow = FlowLayout(px(10), px(6), self)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(label(f"Among {clause.plural} vary"))
        for choice in choices:
            self._add_box(flow, choice)
        self.correlated = CheckBox("correlated")
        n_varying = int(clause.has_baseline) + len(clause.varying)
        self.correlated.setEnabled(n_varying > 1)
        if n_varying < 2:
            self.correlated.setToolTip("Only where at least two things vary.")
        self.correlated.setAccessibleName(f"correlated among {clause.plural}")
        self.correlated.clicked.connect(self._on_box_clicked)
        flow.addWidget(self.correlated)
        if is_further:
            remove = IconButton("x", f"Take {clause.plural} out of the model")
            remove.clicked.connect(self._on_remove_clicked)
            flow.addWidget(remove)
        self.show_state()

    def _add_box(self, flow: FlowLayout, choice: Choice) -> None:
        words = choice.text
        box = CheckBox(literal(words))
        box.setEnabled(choice.is_possible)
        box.setToolTip(plain_tip(choice.why_not or choice.detail))
        box.setAccessibleName(f"{words} varies among {self._clause.plural}")
        box.clicked.connect(self._on_box_clicked)
        self._boxes.append((box, choice))
        flow.addWidget(box)

    def show_state(self) -> None:
        """Tick the boxes as the model has it, whatever was clicked."""
        for box, choice in self._boxes:
            box.setChecked(choice.is_chosen)
        self.correlated.setChecked(
            self._clause.is_correlated and self.correlated.isEnabled()
        )

    @property
    def boxes(self) -> dict[str, CheckBox]:
        """The boxes by their words."""
        return {choice.text: box for box, choice in self._boxes}

    @Slot()
    def _on_box_clicked(self) -> None:
        chosen = [choice.value for box, choice in self._boxes if box.isChecked()]
        baseline = INTERCEPT in chosen
        terms = tuple(value for value in chosen if value != INTERCEPT)
        was_single = int(self._clause.has_baseline) + len(self._clause.varying) < 2
        correlated = was_single or self.correlated.isChecked()
        self.varying_asked.emit(self._clause, baseline, terms, correlated)

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.remove_asked.emit(self._clause)


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
        self._column.setSpacing(px(8))
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
            menu = choice_menu(self, choices, self._add_grouping)
        open_below(self.add_button, menu)

    def _add_grouping(self, columns: object) -> None:
        spec = self._session.spec
        if spec is not None and isinstance(columns, tuple):
            new = with_further_grouping(spec, columns)
            self.spec_asked.emit(new, f"Add the grouping {':'.join(columns)}")
