"""The Results page: the model's numbers as tables, as equations, in words."""

from __future__ import annotations

from collections import deque
from functools import partial as bound
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from engine.reporting.term_tables import has_term_tests
from gui.controls.painting import px
from gui.number_look import number_look
from gui.pages.page import Page
from gui.pages.results.choice_bar import ChoiceBar
from gui.pages.results.equations_view import EquationsView
from gui.pages.results.partition_bar import PartitionBar
from gui.pages.results.results_head import VIEWS, ResultsHead, page_side
from gui.pages.results.results_work import MatrixContent, ResultsContent, make_results
from gui.pages.results.words_view import WordsView
from gui.tables.table_block import TableBlock

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PySide6.QtGui import QResizeEvent

    from engine import FittedModel
    from engine.inference.choice import InferenceChoice
    from engine.reporting.result_table import ResultTable
    from gui.session import Session

_FIRST = (
    "fixed_effects",
    "tests_of_terms",
    "random_effect_variances",
    "residual_variance",
    "variance_partition",
    "r_squared",
    "fit_indices",
)
"""Tables in the order of the page; the others follow in their own order."""
_TESTED = ("fixed_effects", "tests_of_terms")
"""Tables that say how effects were tested."""
_DIM_AFTER_MS = 150
"""What takes less changes without a flicker."""
_NOT_HERE = ("rows",)
"""Tables as long as the data."""
TABLES, EQUATIONS, WORDS = range(3)
_COPY_TIPS = (
    "Copy all tables",
    "Copy the equations as LaTeX",
    "Copy the words as plain text",
)


def ordered_tables(tables: tuple[ResultTable, ...]) -> list[ResultTable]:
    """Put tables in the order of the page, without the ones that have no rows."""
    known = {name: place for place, name in enumerate(_FIRST)}
    shown = [t for t in tables if t.name not in _NOT_HERE and len(t.frame)]
    return sorted(
        shown,
        key=lambda t: (t.name == "model_information", known.get(t.name, len(known))),
    )


class ResultsPage(Page):
    """Shows `ResultsContent` and `MatrixContent`.

    Signals
    -------
    copy_asked, export_asked : tuple of ResultTable
    text_copy_asked : str
    number_changed : str, dict, str
        What `explain_asked` sent, with the number that the cell has now.
    """

    KEY: ClassVar[str] = "results"
    TITLE: ClassVar[str] = "Results"

    copy_asked = Signal(object)
    export_asked = Signal(object)
    text_copy_asked = Signal(str)
    number_changed = Signal(str, object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.content: ResultsContent | None = None
        self._others_of: ResultsContent | None = None
        self._blocks: list[TableBlock] = []
        self._waiting: deque[ResultTable] = deque()
        self._n_tables = 0
        self._chosen_before: tuple[str, str, str] | None = None
        self._made: dict[InferenceChoice, ResultsContent] = {}
        self._is_asked_anew = False
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._set_next_block)
        self._head = ResultsHead()
        self._head.view_chosen.connect(self.show_view)
        self._head.copy_asked.connect(self._on_copy_all_clicked)
        self.copy_all = self._head.copy
        self.views = self._head.views
        self.choices = ChoiceBar()
        self.choices.chosen.connect(session.set_inference)
        self._dim = QTimer(self, singleShot=True, interval=_DIM_AFTER_MS)
        self._dim.timeout.connect(self._dim_tested)
        session.inference_changed.connect(self._on_inference_changed)
        number_look().changed.connect(self._forget_made)
        self._bar = PartitionBar(self)
        self._bar.hide()
        self._bar.part_clicked.connect(self._on_part_clicked)
        self.equations, self.words = EquationsView(), WordsView()
        self._tables, self._tables_area = _column(VIEWS[TABLES])
        equations, equations_area = _column(VIEWS[EQUATIONS])
        words, words_area = _column(VIEWS[WORDS])
        self._columns = (self._tables, equations, words)
        equations.addWidget(self.equations)
        words.addWidget(self.words)
        self._stack = QStackedWidget()
        for area in (self._tables_area, equations_area, words_area):
            self._stack.addWidget(area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.choices)
        column.addWidget(self._stack, 1)
        self.show_view(TABLES)

    # -- what the area calls --------------------------------------------------------

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Make tables, equations and words, then matrices."""
        return bound(make_results, model, self.session.document.inference)

    def show_part(self, part: ResultsContent | MatrixContent) -> None:
        """Show everything but the matrices, or these."""
        if isinstance(part, MatrixContent):
            self._show_other_views()  # or the equations would come after it
            self.equations.set_matrices(part)
            return
        self._keep(part)
        if part.model.inference != self.session.document.inference:
            return  # it was under way when what is kept of another choice came
        self._dim.stop()
        self.content = part
        self._head.set_title(part.title, part.estimation)
        self.choices.set_model(
            is_mixed=part.model.is_mixed and bool(part.model.design.terms),
            has_terms=has_term_tests(part.model),
        )
        self._set_blocks(ordered_tables(part.tables))
        QTimer.singleShot(0, self, self._show_other_views)

    @Slot()
    def _show_other_views(self) -> None:
        """Fill the views behind the tables, in a turn of their own."""
        if self.content is not None and self._others_of is not self.content:
            self._others_of = self.content
            self.equations.set_content(self.content)
            self.words.set_text(self.content.text)
            self._set_others_stale(not self.session.is_fit_current)

    # -- how effects are tested -----------------------------------------------------

    def _keep(self, part: ResultsContent) -> None:
        """Keep what was made of each choice, as long as the model is the same."""
        old = next(iter(self._made.values()), None)
        if old is not None and old.model.estimates is not part.model.estimates:
            self._made.clear()
        self._made[part.model.inference] = part

    @Slot()
    def _forget_made(self) -> None:
        """Numbers are written in another way."""
        self._made.clear()

    @Slot()
    def _on_inference_changed(self) -> None:
        """Show the tables of another choice: those that there are, or new ones."""
        choice, fit = self.session.document.inference, self.session.fit
        self.choices.set_choice(choice)
        if self.content is None or fit is None:
            return
        self._is_asked_anew = True
        kept = self._made.get(choice)
        if kept is not None and kept.model.estimates is fit.estimates:
            self.show_part(kept)
            return
        self._dim.start()
        self.work_wanted.emit()

    @Slot()
    def _dim_tested(self) -> None:
        """Dim what was tested in the way chosen before."""
        for block in self._blocks:
            if block.table is not None and block.table.name in _TESTED:
                block.set_stale(True)
        self.words.set_stale(True)
        self._head.set_stale(True)

    def _set_others_stale(self, is_stale: bool) -> None:
        is_old = is_stale or self._others_of is not self.content
        self.equations.set_stale(is_old)
        self.words.set_stale(is_old)

    def set_stale(self, is_stale: bool) -> None:
        """Dim the numbers, and those that still wait for new ones in any case."""
        n_new = len(self._blocks) if self.content is None else self._n_set()
        for number, block in enumerate(self._blocks):
            block.set_stale(is_stale or number >= n_new)
        self._bar.set_stale(is_stale)
        self._set_others_stale(is_stale)
        self._head.set_stale(is_stale)

    def forget(self) -> None:
        """Show no numbers."""
        self.content = self._others_of = None
        self._made.clear()
        self._dim.stop()
        self._set_blocks([])
        self._head.set_title("", "")
        self.equations.forget()
        self.words.set_text(None)

    def show_item(self, item: str) -> None:
        """Scroll to the table of that name."""
        self.show_view(TABLES)
        for block in self.blocks:
            if block.isHidden() or block.table is None or block.table.name != item:
                continue
            self._tables_area.verticalScrollBar().setValue(block.y() - px(10))

    def forget_choice(self) -> None:
        """Take the box around the explained cell away."""
        for block in self._blocks:
            block.view.forget_choice()

    # -- the three views ------------------------------------------------------------

    @Slot(int)
    def show_view(self, number: int) -> None:
        """Show tables, equations or words: their place in `VIEWS`."""
        self._show_other_views()
        self._stack.setCurrentIndex(number)
        self.views.set_current(number)
        self._head.set_copy_tip(_COPY_TIPS[number])
        self.choices.setVisible(number != EQUATIONS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give tables more of a narrow page."""
        super().resizeEvent(event)
        side = page_side(self.width())
        self.choices.set_side(side)
        for column in self._columns:
            column.setContentsMargins(side, px(10), side, px(24))

    # -- tables -----------------------------------------------------------------------

    @property
    def blocks(self) -> list[TableBlock]:
        """The tables in their order, all of them of the present content."""
        while self._waiting:
            self._set_next_block()
        return self._blocks

    def _set_blocks(self, tables: list[ResultTable]) -> None:
        """Show these tables, the first at once, the others one after the other.

        Their widgets are used again; one that still has an old table is dimmed.
        """
        if not self._waiting:
            self._chosen_before = self._chosen()
        self._waiting = deque(tables)
        self._n_tables = len(tables)
        for number, block in enumerate(self._blocks):
            block.setVisible(number < len(tables))
        if tables:
            self._set_next_block()

    def _n_set(self) -> int:
        """How many blocks have their table."""
        return self._n_tables - len(self._waiting)

    @Slot()
    def _set_next_block(self) -> None:
        if not self._waiting:
            return
        number, table = self._n_set(), self._waiting.popleft()
        if number == len(self._blocks):
            self._blocks.append(self._new_block())
        block = self._blocks[number]
        block.set_table(table)
        is_partition = table.name == "variance_partition"
        block.set_picture(self._bar if is_partition else None)
        if is_partition:
            self._bar.set_table(table)
        block.set_stale(not self.session.is_fit_current)
        block.show()
        if self._waiting:
            self._next.start()
        else:
            self._choose_again(self._chosen_before)

    def _new_block(self) -> TableBlock:
        block = TableBlock()
        block.explain_asked.connect(self._on_explain_asked)
        block.copy_asked.connect(self._on_copy_asked)
        block.export_asked.connect(self._on_export_asked)
        block.text_copy_asked.connect(self.text_copy_asked)
        block.level_chosen.connect(self.session.select_level)
        self._tables.addWidget(block)
        return block

    def _chosen(self) -> tuple[str, str, str] | None:
        """Table, name of the row and column of the cell that is explained."""
        for block in self._blocks:
            place, table = block.view.explained, block.table
            if not block.isHidden() and table is not None and place is not None:
                cells = block.view.cells
                return table.name, cells.row_name(place[0]), cells.column_name(place[1])
        return None

    def _choose_again(self, chosen: tuple[str, str, str] | None) -> None:
        """Keep the box around the explained cell, and tell what its number is now."""
        is_asked_anew, self._is_asked_anew = self._is_asked_anew, False
        for block in self._blocks:
            if chosen is None or block.isHidden() or block.table is None:
                continue
            name, row_name, column_name = chosen
            cells = block.view.cells
            place = cells.place(row_name, _like(column_name, block.table))
            if block.table.name == name and place is not None:
                block.view.explain_cell(*place)
                question = block.question(*place)
                # tested in another way, it may have another explanation
                tell = self.explain_asked if is_asked_anew else self.number_changed
                tell.emit(*question)

    @Slot(str, object, str)
    def _on_explain_asked(self, topic: str, key: object, number: str) -> None:
        sender = self.sender()
        for block in self._blocks:
            if block is not sender:
                block.view.forget_choice()
        self.explain_asked.emit(topic, key, number)

    @Slot(str, str)
    def _on_part_clicked(self, source: str, share: str) -> None:
        self.forget_choice()
        self.explain_asked.emit("variance_partition", {"source": source}, share)

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
        if self._stack.currentIndex() == TABLES:
            self.copy_asked.emit(tuple(ordered_tables(self.content.tables)))
        elif self._stack.currentIndex() == EQUATIONS:
            self.text_copy_asked.emit(self.equations.latex)
        else:
            self.text_copy_asked.emit(self.words.plain)


def _like(column: str, table: ResultTable) -> str:
    """The column of that name, or the limit of an interval of another level."""
    end = column.rpartition(" % ")[2]
    same = (str(name) for name in table.frame if str(name).endswith(f" % {end}"))
    return column if column in table.frame else next(same, column)


def _column(name: str) -> tuple[QVBoxLayout, QScrollArea]:
    """A column of parts that scrolls."""
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setSpacing(px(20))
    column.setAlignment(Qt.AlignmentFlag.AlignTop)
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    inner.setProperty("surface", True)
    return column, area
