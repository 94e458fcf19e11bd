"""The Results page: the model's numbers as tables, as equations, in words."""

from __future__ import annotations

from functools import partial as bound
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.controls import Button, ElidedLabel, Segmented
from gui.controls.equation_view import EquationView
from gui.controls.labels import label
from gui.controls.painting import px
from gui.pages.page import Page
from gui.pages.page_work import ResultsContent, make_results
from gui.pages.results.partition_bar import PartitionBar
from gui.tables.table_block import TableBlock

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from engine import FittedModel
    from engine.reporting.result_table import ResultTable
    from gui.session import Session

_FIRST = (
    "fixed_effects",
    "random_effect_variances",
    "residual_variance",
    "variance_partition",
    "r_squared",
    "fit_indices",
)
"""Tables in the order of the page; the others follow in their own order."""
_NOT_HERE = ("rows",)
"""Tables as long as the data."""


def ordered_tables(tables: tuple[ResultTable, ...]) -> list[ResultTable]:
    """Put tables in the order of the page, without the ones that have no rows."""
    known = {name: place for place, name in enumerate(_FIRST)}
    shown = [t for t in tables if t.name not in _NOT_HERE and len(t.frame)]
    return sorted(
        shown,
        key=lambda t: (t.name == "model_information", known.get(t.name, len(known))),
    )


class ResultsPage(Page):
    """Shows `ResultsContent`.

    Signals
    -------
    copy_asked, export_asked : tuple of ResultTable
    text_copy_asked : str
    """

    KEY: ClassVar[str] = "results"
    TITLE: ClassVar[str] = "Results"

    copy_asked = Signal(object)
    export_asked = Signal(object)
    text_copy_asked = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.content: ResultsContent | None = None
        self.blocks: list[TableBlock] = []
        self._title = ElidedLabel("", role="panel")
        self.views = Segmented(["Tables", "Equations", "In words"], "Results as")
        self.views.chosen.connect(self._on_view_chosen)
        self.copy_all = Button("Copy all", icon="copy", small=True)
        self.copy_all.clicked.connect(self._on_copy_all_clicked)
        self._bar = PartitionBar(self)
        self._bar.hide()
        self._bar.part_clicked.connect(self._on_part_clicked)
        self._tables, self._tables_area = _column()
        self._equations, equations_area = _column()
        self._words, words_area = _column()
        self._text = label("", "body", wrap=True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._general, self._numbers = EquationView(), EquationView()
        self._stack = QStackedWidget()
        for area in (self._tables_area, equations_area, words_area):
            self._stack.addWidget(area)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(px(24), px(10), px(24), px(6))
        head.setSpacing(px(12))
        head.addWidget(self._title, 1)
        head.addWidget(self.views)
        head.addWidget(self.copy_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        for words, view in (
            ("The model", self._general),
            ("With your numbers", self._numbers),
        ):
            self._equations.addWidget(label(words, "heading"))
            self._equations.addWidget(view)
        self._equations.addStretch(1)
        self._words.addWidget(self._text)
        self._words.addStretch(1)

    # -- what the area calls --------------------------------------------------------

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Make tables, equations and words."""
        return bound(make_results, model)

    def show_part(self, part: ResultsContent) -> None:
        """Show everything at once."""
        self.content = part
        self._title.setText(f"{part.title}, fitted by {part.estimation}")
        tables = ordered_tables(part.tables)
        self._set_blocks(tables)
        self._general.set_latex(part.general, " ; ".join(part.general))
        self._numbers.set_latex(part.with_numbers, " ; ".join(part.with_numbers))
        self._text.setText(part.text.text)

    def set_stale(self, is_stale: bool) -> None:
        """Dim the numbers."""
        for block in self.blocks:
            block.set_stale(is_stale)
        self._bar.set_stale(is_stale)
        for view in (self._general, self._numbers, self._text):
            view.setEnabled(not is_stale)
        if is_stale:
            self.copy_all.set_unavailable("These are old numbers.")
        else:
            self.copy_all.set_available()

    def forget(self) -> None:
        """Show no numbers."""
        self.content = None
        self._set_blocks([])
        self._title.setText("")
        self._text.setText("")

    def show_item(self, item: str) -> None:
        """Scroll to the table of that name."""
        self._on_view_chosen(0)
        self.views.set_current(0)
        for block in self.blocks:
            if block.table is not None and block.table.name == item:
                self._tables_area.ensureWidgetVisible(block)

    def forget_choice(self) -> None:
        """Take the box around the explained cell away."""
        for block in self.blocks:
            block.view.forget_choice()

    # -- parts ------------------------------------------------------------------------

    def _set_blocks(self, tables: list[ResultTable]) -> None:
        """Show these tables, in widgets that are made once and used again."""
        while len(self.blocks) < len(tables):
            block = TableBlock()
            block.explain_asked.connect(self._on_explain_asked)
            block.copy_asked.connect(self._on_copy_asked)
            block.export_asked.connect(self._on_export_asked)
            block.level_chosen.connect(self.session.select_level)
            self.blocks.append(block)
            self._tables.insertWidget(self._tables.count(), block)
        for number, block in enumerate(self.blocks):
            block.setVisible(number < len(tables))
            if number < len(tables):
                block.set_table(tables[number])
                is_partition = tables[number].name == "variance_partition"
                block.set_picture(self._bar if is_partition else None)
                if is_partition:
                    self._bar.set_table(tables[number])

    @Slot(int)
    def _on_view_chosen(self, number: int) -> None:
        self._stack.setCurrentIndex(number)

    @Slot(str, object, str)
    def _on_explain_asked(self, topic: str, key: object, number: str) -> None:
        sender = self.sender()
        for block in self.blocks:
            if block is not sender:
                block.view.forget_choice()
        self.explain_asked.emit(topic, key, number)

    @Slot(str, float)
    def _on_part_clicked(self, source: str, share: float) -> None:
        key = {"source": source}
        self.explain_asked.emit("variance_partition", key, f"{100 * share:.1f} %")

    @Slot(object)
    def _on_copy_asked(self, table: ResultTable) -> None:
        self.copy_asked.emit((table,))

    @Slot(object)
    def _on_export_asked(self, table: ResultTable) -> None:
        self.export_asked.emit((table,))

    @Slot()
    def _on_copy_all_clicked(self) -> None:
        if self.content is None:
            return
        if self._stack.currentIndex() == 0:
            self.copy_asked.emit(tuple(ordered_tables(self.content.tables)))
        elif self._stack.currentIndex() == 1:
            lines = (*self.content.general, *self.content.with_numbers)
            self.text_copy_asked.emit("\n".join(lines))
        else:
            self.text_copy_asked.emit(self.content.text.text)


def _column() -> tuple[QVBoxLayout, QScrollArea]:
    """A column of parts that scrolls."""
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(px(24), px(10), px(24), px(24))
    column.setSpacing(px(20))
    column.setAlignment(Qt.AlignmentFlag.AlignTop)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its tables have the keyboard
    area.setWidget(inner)
    inner.setProperty("surface", True)
    return column, area
