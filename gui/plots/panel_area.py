"""The drawing area of a set of panels: scrolls, and tells what the pointer does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QSizePolicy

from gui.plots.cover import CanvasCover
from gui.plots.panel_grid import GAP
from gui.plots.panel_page import PanelPage

if TYPE_CHECKING:
    from gui.plots.panel_content import PanelContent
    from gui.plots.panel_painter import PanelState
    from gui.theme import Theme


class PanelArea(QAbstractScrollArea):
    """Shows a `PanelPage`; places are told in pixels of the viewport."""

    pointed = Signal(QPointF)
    left = Signal()
    clicked = Signal(QPointF)
    menu_asked = Signal(QPoint)  # on the screen

    def __init__(self, theme: Theme, *, vector: bool) -> None:
        super().__init__()
        self.modifiers = Qt.KeyboardModifier.NoModifier
        self.theme, self.vector = theme, vector
        self.page: PanelPage | None = None
        self._pressed: QPoint | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.viewport().setMouseTracking(True)
        self.viewport().installEventFilter(self)
        self.cover = CanvasCover(self, theme)

    # -- what it shows ------------------------------------------------------------

    def set_content(self, content: PanelContent | None) -> None:
        """Show other panels."""
        self.page = None
        if content is not None and content.levels:
            self.page = PanelPage(content, self.theme, vector=self.vector)
        self.verticalScrollBar().setValue(0)
        self._arrange()

    def set_state(self, state: PanelState) -> None:
        """Draw with another selection, other lines or another ring."""
        if self.page is None:
            return
        old, self.page.state = self.page.state, state
        if old.pointed == state.pointed or old.is_chosen is not state.is_chosen:
            self.viewport().update()
            return
        for row in (old.pointed, state.pointed):  # only the ring has moved
            if row is not None:
                rect = self.page.panel_rect(self.page.content.panel_of(row))
                self.viewport().update(rect.adjusted(-8, -8, 8, 8).toAlignedRect())

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self.theme = theme
        self.cover.apply_theme(theme)
        if self.page is not None:
            state = self.page.state
            self.page = PanelPage(self.page.content, theme, vector=self.vector)
            self.page.state = state
        self._arrange()

    def set_clickable(self, is_clickable: bool) -> None:
        """Let the pointer say whether a click would do something."""
        if is_clickable:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.viewport().unsetCursor()

    def to_widget(self, at: QPointF) -> QPoint:
        """Return where a place of the viewport is in the widget."""
        return self.viewport().mapTo(self, at.toPoint())

    def show_row(self, row: int) -> None:
        """Scroll until a row can be seen."""
        if self.page is None:
            return
        rect = self.page.panel_rect(self.page.content.panel_of(row))
        bar, seen = self.verticalScrollBar(), self.page.seen_height
        if rect.top() < 0:
            bar.setValue(bar.value() + math.floor(rect.top()))
        elif rect.bottom() > seen:
            bar.setValue(bar.value() + math.ceil(rect.bottom() - seen))

    def _arrange(self) -> None:
        """Give the page the room there is, and the bar what it has to reach."""
        bar = self.verticalScrollBar()
        if self.page is not None:
            # room for the bar always: panels must not jump when it comes
            aside = 0 if self.vector else bar.sizeHint().width() + 6
            width = max(40, self.width() - aside)
            self.page.resize(width, max(40, self.height()))
            hidden = 0 if self.vector else math.ceil(self.page.hidden_height)
            bar.setRange(0, hidden)
            bar.setPageStep(int(self.page.seen_height))
            bar.setSingleStep(int((self.page.grid.panel_height + GAP) / 3))
            self.page.offset = float(bar.value())
        self.viewport().update()

    # -- painting -----------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what can be seen of what has changed."""
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), self.theme.color("surface"))
            if self.page is not None:
                seen = QRectF(0, 0, self.viewport().width(), self.page.seen_height)
                painter.save()
                painter.setClipRect(seen)
                self.page.paint_panels(painter, seen & QRectF(event.rect()))
                painter.restore()
                self.page.paint_axes(painter)

    def paint_picture(self, painter: QPainter, place: QRectF) -> None:
        """Draw everything into a place of a picture."""
        if self.page is None:
            return
        painter.save()
        painter.translate(place.topLeft())
        self.page.paint_panels(painter, QRectF(0, 0, place.width(), place.height()))
        self.page.paint_axes(painter)
        painter.restore()

    # -- events -------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find other places for the panels."""
        super().resizeEvent(event)
        self.cover.setGeometry(self.rect())
        self._arrange()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Paint again: not everything moves."""
        if self.page is not None:
            self.page.offset = float(self.verticalScrollBar().value())
        self.left.emit()
        self.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the pointer leaves."""
        if event.type() == QEvent.Type.Leave:
            self.left.emit()
        return super().eventFilter(watched, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the pointer is."""
        if event.buttons() == Qt.MouseButton.NoButton:
            self.pointed.emit(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a click may begin."""
        self._pressed = event.position().toPoint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell about a click; a right one asks for a menu."""
        start, self._pressed = self._pressed, None
        here, far = event.position().toPoint(), QApplication.startDragDistance()
        if start is None or (start - here).manhattanLength() > far:
            return
        self.modifiers = event.modifiers()
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_asked.emit(event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave the mouse's to the click."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            event.accept()
        else:
            event.ignore()
