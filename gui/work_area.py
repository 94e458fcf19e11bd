"""All that one sees once there are data: panes at the left, pages, findings, help.

Importing this brings the engine, numpy and pyqtgraph; `gui.main_window` shows its first
page before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from gui.controls.painting import px
from gui.data.data_pane import DataPane
from gui.explaining import Explaining
from gui.findings.findings_strip import FindingsStrip
from gui.model.model_pane import ModelPane
from gui.pages.diagnostics_page import DiagnosticsPage
from gui.pages.page_area import PageArea
from gui.pages.picture_page import PicturePage
from gui.pages.predict.predict_page import PredictPage
from gui.pages.results.results_page import ResultsPage
from gui.pages.uncertainty.uncertainty_page import UncertaintyPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from gui.session import Session
    from gui.settings import Settings

_GAP = 12
_LEFT, _LEFT_NARROW, _NARROW_BELOW = 432, 416, 1400
_LEFT_LEAST = 360
_MODEL_LEAST, _MODEL, _DATA_LEAST = 330, 420, 130
_DATA_WITH_A_ROW, _MODEL_WITHOUT = 186, 200
_MODEL_SHARE = 0.665  # of a low window


class WorkArea(QWidget):
    """Puts panes, pages, findings and explanations together and connects them.

    It is empty until it is filled.

    Parameters
    ----------
    session : Session
    parent : QWidget, optional
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_low = False
        self._is_left_chosen = False
        self._model_wanted = 0
        self._has_model = False

    def filling(self) -> Iterator[None]:
        """Make all parts, in pieces between which the window answers.

        Yields
        ------
        None
            After each piece.
        """
        session = self._session
        self.explaining = Explaining(session, self)
        yield
        self.data_pane = DataPane(session)
        yield
        self.model_pane = ModelPane(session)
        yield
        self.picture_page = PicturePage(session)
        yield
        self.results_page = ResultsPage(session)
        yield
        self.diagnostics_page = DiagnosticsPage(session)
        yield
        self.uncertainty_page = UncertaintyPage(session)
        yield
        self.predict_page = PredictPage(session)
        self.predict_page.questions.refits.there = self.uncertainty_page.run.finished
        yield
        self.pages = PageArea(
            session,
            [
                self.picture_page,
                self.results_page,
                self.diagnostics_page,
                self.uncertainty_page,
                self.predict_page,
            ],
        )
        yield
        self.findings = FindingsStrip(session)
        yield
        self._lay_out_left()
        yield
        self._lay_out_right()
        yield
        self._lay_out()
        self._connect(session)

    def _lay_out_left(self) -> None:
        self.left = QSplitter(Qt.Orientation.Vertical)
        self.left.addWidget(self.data_pane)
        self.left.addWidget(self.model_pane)
        self.model_pane.setMinimumHeight(px(_MODEL_WITHOUT))
        self.data_pane.setMinimumHeight(px(_DATA_LEAST))
        self.left.setStretchFactor(0, 1)
        self.left.setStretchFactor(1, 0)
        self.left.setMinimumWidth(px(_LEFT_LEAST))

    def _lay_out_right(self) -> None:
        self.right = QSplitter(Qt.Orientation.Horizontal)
        self.right.addWidget(self.pages)
        self.right.addWidget(self.explaining.pane)
        self.right.setStretchFactor(0, 1)

    def _lay_out(self) -> None:
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.addWidget(self.left)
        self.across.addWidget(self.right)
        self.across.setStretchFactor(1, 1)
        for splitter in (self.left, self.right, self.across):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(px(12))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(_GAP), px(_GAP), px(_GAP), px(_GAP))
        column.setSpacing(px(_GAP))
        column.addWidget(self.across, 1)
        column.addWidget(self.findings)

    def _connect(self, session: Session) -> None:
        for part in (
            self.picture_page,
            self.results_page,
            self.diagnostics_page,
            self.uncertainty_page,
            self.predict_page,
            self.findings,
            self.model_pane,
            self.data_pane,
        ):
            part.explain_asked.connect(self.explaining.explain)
        for page in (self.results_page, self.predict_page):
            self.explaining.closed.connect(page.forget_choice)
            page.number_changed.connect(self.explaining.update_number)
        self.pages.page_changed.connect(self._arrange)
        self.model_pane.wanted_height_changed.connect(self._on_wanted_changed)
        session.table_changed.connect(self._on_table_changed)
        session.spec_changed.connect(self._on_spec_changed)
        self.left.splitterMoved.connect(self._on_left_moved)
        self.left.installEventFilter(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, where nothing in front had a use for it, closes the explanation."""
        if event.key() == Qt.Key.Key_Escape and self.explaining.is_shown:
            self.explaining.hide()
        else:
            super().keyPressEvent(event)

    # -- who has how much room -----------------------------------------------------

    def set_low(self, is_low: bool) -> None:
        """Say whether the window is low: then the findings are one bar."""
        self._is_low = is_low
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the findings how much of the new height they may have."""
        super().resizeEvent(event)
        self._limit_findings()

    def _limit_findings(self) -> None:
        above = self.across.minimumSizeHint().height()
        self.findings.set_room(self.height() - above - 3 * px(_GAP))

    @Slot()
    def _arrange(self) -> None:
        """Tables and plots need the height: there the findings are a bar."""
        is_picture = self.pages.tabs.current == self.picture_page.KEY
        self.findings.suggest_open(is_picture and not self._is_low)

    def restore_layout(self, settings: Settings, width: int) -> None:
        """Share the room as it was, or as suits a window of this width."""
        left = px(_LEFT_NARROW if width < px(_NARROW_BELOW) else _LEFT)
        self.across.setSizes([left, max(1, width - left)])
        self.share_height()
        for name, splitter in self._splitters().items():
            kept = settings.layout(name)
            if kept is not None and splitter.restoreState(kept):
                self._is_left_chosen |= splitter is self.left
        self.explaining.pane.hide()

    def remember_layout(self, settings: Settings) -> None:
        """Note how the room is shared."""
        settings.set_layout("across", self.across.saveState())
        if self._is_left_chosen:
            settings.set_layout("left", self.left.saveState())

    @Slot()
    def _on_left_moved(self) -> None:
        self._is_left_chosen = True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Share the left column anew when it is higher or lower."""
        if event.type() == QEvent.Type.Resize:
            self.share_height()
        return False

    @Slot()
    def _on_table_changed(self) -> None:
        self._model_wanted = 0
        self.share_height()

    @Slot()
    def _on_spec_changed(self) -> None:
        """Without a model one looks at the data: the table has the room."""
        if self._has_model != (self._session.spec is not None):
            self._has_model = not self._has_model
            least = _MODEL_LEAST if self._has_model else _MODEL_WITHOUT
            self.model_pane.setMinimumHeight(px(least))
            self._limit_findings()
            self._model_wanted = 0
            self.share_height()

    @Slot()
    def _on_wanted_changed(self) -> None:
        """Give a longer model more room; nothing jumps back while one works at it."""
        wanted = self.model_pane.wanted_height
        if wanted > self._model_wanted:
            self._model_wanted = wanted
            self.share_height()

    def share_height(self) -> None:
        """The model needs its height, the table gives way, unless the user chose."""
        if self._is_left_chosen:
            return
        model = min(px(_MODEL), int(_MODEL_SHARE * self.left.height()))
        room = self.left.height() - self.left.handleWidth() - px(_DATA_WITH_A_ROW)
        model = max(model, px(_MODEL_LEAST), min(self._model_wanted, room))
        if not self._has_model:
            model = px(_MODEL_WITHOUT)
        self.left.setSizes([max(px(_DATA_LEAST), self.left.height() - model), model])

    def _splitters(self) -> dict[str, QSplitter]:
        return {"across": self.across, "left": self.left}
