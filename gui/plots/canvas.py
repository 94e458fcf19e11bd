"""The drawing area: a view with a left and a bottom axis, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy

from gui.plots.axes import Grid, TokenAxis
from gui.plots.cover import CanvasCover
from gui.plots.geometry import pixels
from gui.plots.level_axis import LevelAxis

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from gui.theme import Theme

pg.setConfigOptions(antialias=True)

MARGINS = (0.0, 8.0, 14.0, 0.0)  # room for half a tick label at the ends
REACH = 10.0  # pixels within which the pointer means a point
_LEAST = (120, 90)


class Canvas(pg.GraphicsView):  # type: ignore[misc] # pyqtgraph has no types
    """A view between two axes; mouse positions are told in pixels of the scene.

    Not `pyqtgraph.PlotWidget`: that comes with a context menu full of developer
    words, hidden menus that outlive it, and two axes too many.
    """

    pointed = Signal(QPointF)
    left = Signal()
    clicked = Signal(QPointF)
    menu_asked = Signal(QPoint)  # on the screen
    double_clicked = Signal()
    resized = Signal()
    zoomed = Signal()

    def __init__(self, theme: Theme, *, by_level: bool, vector: bool) -> None:
        super().__init__()
        self.modifiers = Qt.KeyboardModifier.NoModifier  # of the last click
        self.enableMouse(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the plot has it
        self.setCacheMode(self.CacheModeFlag.CacheNone)  # else a bitmap in every SVG
        self.setMinimumSize(*_LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.left_axis = TokenAxis("left", theme, vector=vector)
        self.bottom_axis: TokenAxis = (
            LevelAxis(theme, vector=vector)
            if by_level
            else TokenAxis("bottom", theme, vector=vector)
        )
        self.view = pg.ViewBox(enableMenu=False, defaultPadding=0)
        self.view.disableAutoRange()
        self.set_zoom_enabled(False)
        self._grid = Grid(self.left_axis, None if by_level else self.bottom_axis)
        self.view.addItem(self._grid, ignoreBounds=True)
        self._lay_out()
        self.cover = CanvasCover(self, theme)
        self.apply_theme(theme)
        self.viewport().installEventFilter(self)
        self.scene().sigMouseClicked.connect(self._on_scene_clicked)
        self.view.sigRangeChangedManually.connect(self._on_view_zoomed)

    def _lay_out(self) -> None:
        """Put the axes at the left and the bottom of the view."""
        self.layout_item = pg.GraphicsLayout()
        self.layout_item.setContentsMargins(*MARGINS)
        self.layout_item.setSpacing(0)
        self.layout_item.addItem(self.left_axis, 0, 0)
        self.layout_item.addItem(self.view, 0, 1)
        self.layout_item.addItem(self.bottom_axis, 1, 1)
        self.left_axis.linkToView(self.view)
        self.bottom_axis.linkToView(self.view)
        self.left_axis.setZValue(1)
        self.bottom_axis.setZValue(1)
        self.setCentralItem(self.layout_item)

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self.setBackground(theme.color("surface"))
        self.left_axis.apply_theme(theme)
        self.bottom_axis.apply_theme(theme)
        self.cover.apply_theme(theme)
        self._grid.update()

    def set_zoom_enabled(self, is_enabled: bool) -> None:
        """Let the wheel zoom and a drag move the view, or leave them to the page."""
        self.view.setMouseEnabled(is_enabled, is_enabled)

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this part of the plane."""
        self.view.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def view_size(self) -> tuple[float, float]:
        """Width and height of the view, in pixels."""
        return float(self.view.width()), float(self.view.height())

    def fit_axes(self) -> None:
        """Give the axes the room that their labels need, at once."""
        if isinstance(self.bottom_axis, LevelAxis):
            self.bottom_axis.upright_room = min(96.0, 0.28 * self.height())
        self.left_axis.fit()
        self.bottom_axis.fit()
        self.layout_item.layout.activate()

    def highlight_levels(self, levels: frozenset[str]) -> None:
        """Bring out names on an axis of groups."""
        if isinstance(self.bottom_axis, LevelAxis):
            self.bottom_axis.set_highlight(levels)

    def to_scene(self) -> QTransform:
        """Return the transform from data to the scene, as of now.

        pyqtgraph brings it up to date only before it paints.
        """
        self.view.updateMatrix()
        return QTransform(self.view.childGroup.sceneTransform())

    def nearest(self, x: FloatArray, y: FloatArray, at: QPointF) -> int | None:
        """Index of the point within reach of a place in the scene, or None."""
        left, low = self.data_at(at + QPointF(-REACH, REACH))
        right, high = self.data_at(at + QPointF(REACH, -REACH))
        near = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high))
        if len(near) == 0:
            return None
        across, down = pixels(self.to_scene(), x[near], y[near])
        distance = np.hypot(across - at.x(), down - at.y())
        best = int(np.argmin(distance))
        return int(near[best]) if distance[best] <= REACH else None

    def level_at(self, at: QPointF) -> str | None:
        """Group on whose name, or beside it on the axis, a place of the scene is."""
        axis = self.bottom_axis
        if not isinstance(axis, LevelAxis):
            return None
        return axis.level_at(axis.mapFromScene(at))

    def set_clickable(self, is_clickable: bool) -> None:
        """Let the pointer say whether a click would do something."""
        if is_clickable:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.viewport().unsetCursor()

    def place_of(self, x: float, y: float) -> QPointF:
        """Return where a data point is in the scene."""
        return self.to_scene().map(QPointF(x, y))

    def to_widget(self, at: QPointF) -> QPoint:
        """Return where a place of the scene is in the widget."""
        place: QPoint = self.mapFromScene(at)
        return place

    def paint_picture(self, painter: QPainter, place: QRectF) -> None:
        """Draw everything into a place of a picture."""
        # not QWidget.render: it forgets to move the clip of an SVG to the view
        self.render(painter, place, self.viewport().rect())

    def data_at(self, at: QPointF) -> tuple[float, float]:
        """Return the data under a place of the scene."""
        back, _ = self.to_scene().inverted()
        point = back.map(at)
        return point.x(), point.y()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell where the pointer is."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            if event.buttons() == Qt.MouseButton.NoButton:
                self.pointed.emit(self.mapToScene(event.position().toPoint()))
        elif event.type() == QEvent.Type.Leave:
            self.left.emit()
        return bool(super().eventFilter(watched, event))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Tell that there is another amount of room."""
        super().resizeEvent(event)
        if event is not None:  # as pyqtgraph's constructor says
            self.cover.setGeometry(self.rect())
            self.resized.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave it to the click, which comes after a drag has been ruled out."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            event.accept()
        else:
            event.ignore()

    def _on_scene_clicked(self, event: Any) -> None:
        """Tell about clicks; a right one asks for a menu."""
        self.modifiers = event.modifiers()
        button, at = event.button(), event.scenePos()
        if button == Qt.MouseButton.RightButton:
            self.menu_asked.emit(self.mapToGlobal(self.mapFromScene(at)))
        elif button == Qt.MouseButton.LeftButton and event.double():
            self.double_clicked.emit()
        elif button == Qt.MouseButton.LeftButton:
            self.clicked.emit(at)

    def _on_view_zoomed(self, *_: object) -> None:
        """Tell that the user moved the view."""
        self.zoomed.emit()
