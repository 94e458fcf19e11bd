"""The card of one column: what it holds, why, and what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from engine.data.level_steps import MergeLevels, short_name
from engine.data.steps import centred_name
from engine.data.table import Kind
from engine.data.wording import counted
from gui.controls import (
    Button,
    Dialog,
    ElidedLabel,
    IconButton,
    IconLabel,
    Popover,
    Segmented,
    label,
)
from gui.controls.painting import literal, number_font, px
from gui.data import column_edits
from gui.data.column_words import alike_words, facts, merging_words
from gui.data.kind_change import KindChange
from gui.data.kind_words import KIND_ICONS, KIND_NAMES
from gui.data.level_list import LevelList
from gui.data.line_list import CARD_WIDTH, fit_height
from gui.style import set_look_property

if TYPE_CHECKING:
    from engine.data.column_steps import SetKind
    from engine.data.summaries import ColumnSummary
    from gui.data.column_words import Alike
    from gui.session import Session

_KINDS = tuple(Kind)
_TOPICS = {
    Kind.NUMBER: ("centring", "What centring is for"),
    Kind.CATEGORY: ("reference_level", "What a reference level is"),
}


class ColumnCard(Popover):
    """Opens below a heading; closes by itself when something is changed.

    Parameters
    ----------
    session : Session
        With rows.
    column : str
        One of its columns.
    parent : QWidget
        The panel.

    Signals
    -------
    rename_asked : str
        Another name is wanted for this column.
    explain_asked : str, dict, str
        Topic, what exactly, and what is shown.
    """

    rename_asked = Signal(str)
    explain_asked = Signal(str, object, str)

    def __init__(self, session: Session, column: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._column = session, column
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(f"Column {column}")
        self.setFixedWidth(px(CARD_WIDTH))
        prepared = session.prepared
        assert prepared is not None
        self._kind = prepared.kinds[column]
        self._summary = session.summaries.get(column)
        self._levels: LevelList | None = None
        self._reference: Button | None = None
        self._without_words: SetKind | None = None
        self._owner = parent
        self._make_head()
        self._make_kinds(str(prepared.kind_reasons.get(column, "")))
        if self._summary is not None:
            self._make_facts(self._summary)
            self._make_levels(self._summary)
        self._make_buttons()
        fit_height(self)

    def _make_head(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(IconLabel(KIND_ICONS[self._kind], "accent", 18))
        row.addWidget(ElidedLabel(self._column, role="heading"), 1)
        if self._kind in _TOPICS:
            topic, words = _TOPICS[self._kind]
            why = IconButton("help", words)
            why.clicked.connect(partial(self._explain, topic))
            row.addWidget(why)
        self.body.addLayout(row)

    def _make_kinds(self, reason: str) -> None:
        words = [KIND_NAMES[kind].capitalize() for kind in _KINDS]
        self.kinds = Segmented(words, f"What {self._column} holds")
        self.kinds.set_current(_KINDS.index(self._kind))
        self.kinds.chosen.connect(self._on_kind_chosen)
        self.reason = label(reason, "caption", wrap=True)
        self.body.addWidget(self.kinds)
        self.body.addWidget(self.reason)
        self.read_as_missing = Button("Read as missing", small=True)
        self.read_as_missing.clicked.connect(self._on_read_as_missing_clicked)
        self.read_as_missing.hide()
        self.body.addWidget(self.read_as_missing, 0, Qt.AlignmentFlag.AlignLeft)

    def _make_facts(self, summary: ColumnSummary) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(2))
        for place, (name, words) in enumerate(facts(summary)):
            across, down = 2 * (place % 2), place // 2
            grid.addWidget(label(name, "muted"), down, across)
            value = label(words)
            value.setAccessibleName(f"{name} {words}")
            value.setFont(number_font())
            grid.addWidget(value, down, across + 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.body.addLayout(grid)

    def _make_levels(self, summary: ColumnSummary) -> None:
        if not summary.levels:
            return
        self._levels = LevelList(summary, self)
        self._levels.level_chosen.connect(self._on_level_chosen)
        self._levels.current_changed.connect(self._on_current_level_changed)
        self.body.addWidget(self._levels)
        hidden = summary.n_different - len(summary.levels)
        if hidden > 0:
            words = f"{counted(hidden, 'rarer level')} not listed."
            self.body.addWidget(label(words, "muted"))
        if summary.alike:
            self.body.addWidget(label(alike_words(summary.alike), "caption", wrap=True))
            self.body.addLayout(self._make_merging(summary.alike))

    def _make_merging(self, alike: Alike) -> QHBoxLayout:
        step = MergeLevels.suggested(self._column, alike)
        merge = Button(literal(step.offer), small=True, tip=merging_words(step))
        merge.setAccessibleDescription(merging_words(step))
        merge.clicked.connect(partial(self._merge, step))
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(merge)
        why = IconButton("help", "When levels are one, and when not")
        why.clicked.connect(partial(self._explain, "like_names"))
        row.addWidget(why)
        row.addStretch(1)
        return row

    def _make_buttons(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(px(8))
        rename = Button("Rename…", small=True, icon="edit")
        rename.clicked.connect(self._on_rename_clicked)
        row.addWidget(rename)
        if self._kind is Kind.NUMBER:
            row.addWidget(self._centre_button())
        if self._levels is not None and self._kind is Kind.CATEGORY:
            self._reference = Button("Make it the reference", small=True)
            self._reference.clicked.connect(self._on_reference_clicked)
            self._reference.set_unavailable("Choose a level in the list first.")
            row.addWidget(self._reference)
        row.addStretch(1)
        self.body.addLayout(row)

    def _centre_button(self) -> Button:
        prepared = self._session.prepared
        taken = () if prepared is None else prepared.kinds
        words = f"Adds {centred_name(self._column, taken)}: the values minus their mean"
        if column_edits.acts_as_covariate(self._session.spec, self._column):
            words += ". The model uses it from then on"
        centre = Button("Centre", small=True, icon="target", tip=f"{words}.")
        if self._summary is not None and self._summary.mean is None:
            centre.set_unavailable("There is no number to take the mean of.")
        centre.clicked.connect(self._on_centre_clicked)
        return centre

    def _explain(self, topic: str, _on: bool = False) -> None:
        self.close()
        self.explain_asked.emit(topic, {}, "")

    @Slot(int)
    def _on_kind_chosen(self, number: int) -> None:
        kind = _KINDS[number]
        if kind is self._kind:
            return
        change = KindChange(self._session, self._column, self, self._owner)
        change.done.connect(self.close)
        change.refused.connect(self._on_kind_refused)
        change.ask(kind)
        if change.is_asking:
            self.kinds.setEnabled(False)
            self._say(f"Reading the cells as {KIND_NAMES[kind]} …", None)

    @Slot(str, object)
    def _on_kind_refused(self, problem: str, without: SetKind | None) -> None:
        self.kinds.setEnabled(True)
        self.kinds.set_current(_KINDS.index(self._kind))
        self._say(problem, without)

    def _say(self, words: str, without: SetKind | None) -> None:
        """Say why a kind cannot be, and offer what could."""
        self.reason.setText(words)
        self._without_words = without
        self.read_as_missing.setVisible(without is not None)
        if without is not None:
            offer = f"{without.description}."
            self.read_as_missing.set_tip(offer)
            self.read_as_missing.setAccessibleDescription(offer)
        fit_height(self)

    @Slot()
    def _on_read_as_missing_clicked(self) -> None:
        step = self._without_words
        self.close()
        if step is not None:
            column_edits.read_as_missing(self._session, step)

    @Slot(str)
    def _on_level_chosen(self, level: str) -> None:
        self._session.select_level(self._column, level)
        self.close()

    @Slot(str)
    def _on_current_level_changed(self, level: str) -> None:
        if self._reference is None or self._levels is None:
            return
        if self._levels.is_first(level):
            self._reference.set_unavailable(f"{level} is the reference already.")
        else:
            self._reference.set_tip(f"The others are compared with {level}.")
            self._reference.set_available()

    @Slot()
    def _on_reference_clicked(self) -> None:
        level = "" if self._levels is None else self._levels.current
        self.close()
        column_edits.set_reference(self._session, self._column, level)

    def _merge(self, step: MergeLevels, _on: bool = False) -> None:
        self.close()
        column_edits.merge_levels(self._session, step)

    @Slot()
    def _on_centre_clicked(self) -> None:
        self.close()
        column_edits.centre(self._session, self._column)

    @Slot()
    def _on_rename_clicked(self) -> None:
        self.close()
        self.rename_asked.emit(self._column)


class RenameDialog(Dialog):
    """Asks for another name of a column.

    Parameters
    ----------
    session : Session
    column : str
        Its name now.
    parent : QWidget
    """

    def __init__(self, session: Session, column: str, parent: QWidget) -> None:
        super().__init__(parent, "Rename the column")
        self._session, self._column = session, column
        column_box = QVBoxLayout()
        column_box.setSpacing(px(4))
        # beside a buddy, a single & would mark a key
        words = literal(f"Name of {short_name(column)} from now on")
        question = label(words, "caption", wrap=True)
        self.field = QLineEdit(column)
        self.field.setAccessibleName(f"New name of {column}")
        self.field.selectAll()
        self.field.textChanged.connect(self._on_text_changed)
        question.setBuddy(self.field)
        self.problem = label("", "caption", wrap=True)
        for part in (question, self.field, self.problem):
            column_box.addWidget(part)
        self.body.addLayout(column_box)
        self.add_button("Cancel", role="reject")
        self.button = self.add_button("Rename", "primary")
        self.button.clicked.connect(self._on_rename_clicked)
        self.field.setFocus()

    @Slot()
    def _on_text_changed(self) -> None:
        self.problem.setText("")
        set_look_property(self.field, "wrong", value=False)

    @Slot()
    def _on_rename_clicked(self) -> None:
        problem = column_edits.rename(
            self._session, self._column, self.field.text().strip()
        )
        if not problem:
            self.accept()
            return
        self.problem.setText(problem)
        set_look_property(self.field, "wrong", value=True)
        self.field.setFocus()
