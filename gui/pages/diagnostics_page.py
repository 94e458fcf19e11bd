"""The Diagnostics page: small plots in a grid, each of which can fill the page."""

from __future__ import annotations

from functools import partial as bound
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from engine.diagnostics.plotdata import QQData, ResidualsByGroupData
from gui.controls import IconButton
from gui.controls.painting import draw_box, painting, px
from gui.look import look
from gui.pages.page import Page
from gui.pages.page_work import DiagnosticPlot, make_diagnostics
from gui.pages.plot_link import PlotLink
from gui.plots.qq import QQPlot
from gui.plots.residuals_by_group import ResidualsByGroupPlot
from gui.plots.residuals_fitted import ResidualsFittedPlot

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from engine import FittedModel
    from gui.plots.base import BasePlot
    from gui.plots.pointing import PointedPlot
    from gui.session import Session

_TILE = (300, 260)
_TILE_HIGH = 320
_QT_LARGEST = 16_777_215


class Tile(QFrame):
    """One plot with its tools.

    Signals
    -------
    explain_asked, enlarge_asked : str
        Topic; key of the plot.
    menu_asked : PointedPlot, QPoint
    """

    explain_asked = Signal(str)
    enlarge_asked = Signal(str)
    menu_asked = Signal(object, object)

    def __init__(self, shown: DiagnosticPlot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.topic, self.group = shown.key, shown.topic, shown.group
        self.plot = _plot_for(shown)
        self.enlarge = IconButton("expand", "Enlarge")
        self.explain = IconButton("help", "Explain this plot")
        self.more = IconButton("more", "Copy, save, colours …")
        for tool in (self.enlarge, self.explain, self.more):
            self.plot.header.addWidget(tool)
        middle = Qt.AlignmentFlag.AlignVCenter  # beside the tools, which are higher
        self.plot.header.setAlignment(self.plot.title_block, middle)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(8), px(12), px(10))
        column.addWidget(self.plot)
        self.setMinimumSize(px(_TILE[0]), px(_TILE[1]))
        self._is_enlarged = False
        self.setMaximumHeight(px(_TILE_HIGH))
        self.enlarge.clicked.connect(self._on_enlarge_clicked)
        self.explain.clicked.connect(self._on_explain_clicked)
        self.more.clicked.connect(self._on_more_clicked)
        look().changed.connect(self._on_look_changed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the surface and its edge."""
        with painting(self) as painter:
            theme = look().theme
            edge = theme.color("line")
            box = self.rect().toRectF()
            draw_box(painter, box, px(8), theme.color("surface"), edge)

    def set_enlarged(self, is_enlarged: bool) -> None:
        """Fill the page, or be one of many; the wheel zooms only a plot that fills."""
        if is_enlarged == self._is_enlarged:
            return
        self._is_enlarged = is_enlarged
        self.plot.set_zoom_enabled(is_enlarged)
        self.plot.reset_view()
        self.setMaximumHeight(_QT_LARGEST if is_enlarged else px(_TILE_HIGH))
        self._name_tools()

    def show_data(self, shown: DiagnosticPlot) -> None:
        """Show other data of the same kind."""
        self.group = shown.group
        self.plot.set_data(shown.data)
        self.setAccessibleName(shown.data.title)
        self._name_tools()

    def set_stale(self, is_stale: bool) -> None:
        """Dim the plot, which then cannot be taken out."""
        self.plot.set_stale(is_stale)
        if is_stale:
            self.more.set_unavailable("This is an old picture.")
        else:
            self.more.set_available()

    def _name_tools(self) -> None:
        """Say what each tool does, and to which plot."""
        words = "Show all plots" if self._is_enlarged else "Enlarge"
        self.enlarge.set_icon("grid" if self._is_enlarged else "expand", words)
        for tool, what in (
            (self.enlarge, words),
            (self.explain, "Explain"),
            (self.more, "Copy, save, colours"),
        ):
            tool.setAccessibleName(f"{what}: {self.accessibleName()}")

    @Slot()
    def _on_enlarge_clicked(self) -> None:
        self.enlarge_asked.emit(self.key)

    @Slot()
    def _on_explain_clicked(self) -> None:
        self.explain_asked.emit(self.topic)

    @Slot()
    def _on_more_clicked(self) -> None:
        below = self.more.rect().bottomLeft() + QPoint(0, 4)
        self.menu_asked.emit(self.plot, self.more.mapToGlobal(below))

    @Slot()
    def _on_look_changed(self) -> None:
        self.plot.apply_theme(look().theme)
        self.update()


def _plot_for(shown: DiagnosticPlot) -> BasePlot[Any]:
    theme = look().theme
    if isinstance(shown.data, QQData):
        return QQPlot(theme=theme)
    if isinstance(shown.data, ResidualsByGroupData):
        return ResidualsByGroupPlot(theme=theme)
    return ResidualsFittedPlot(theme=theme)


class DiagnosticsPage(Page):
    """Shows each `DiagnosticPlot` as it comes."""

    KEY: ClassVar[str] = "diagnostics"
    TITLE: ClassVar[str] = "Diagnostics"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.tiles: dict[str, Tile] = {}
        self._enlarged = ""
        self._new: set[str] = set()  # plots that have come since the work began
        self._inner = inner = QWidget()
        inner.setProperty("surface", True)
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(px(16), px(12), px(16), px(16))
        self._grid.setSpacing(px(12))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its plots have the keyboard
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        self.link = PlotLink(session, self)
        self.link.menu_asked.connect(self.picture_menu_asked)

    @property
    def plot(self) -> PointedPlot | None:
        """The plot that fills the page, or that has the keyboard."""
        if self._enlarged:
            return self.tiles[self._enlarged].plot
        focused = (tile.plot for tile in self.tiles.values() if tile.plot.hasFocus())
        return next(focused, None)

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Make the plots one after the other."""
        self._new = set()
        return bound(make_diagnostics, model)

    def show_part(self, part: DiagnosticPlot | tuple[str, ...]) -> None:
        """Show one plot, or at the end drop those that the model does not have."""
        if isinstance(part, tuple):
            for key in set(self.tiles) - set(part):
                self._drop(key)
            self._arrange()
            return
        tile = self.tiles.get(part.key)
        if tile is None or tile.topic != part.topic:
            self._drop(part.key)
            tile = self._add(part)
        tile.show_data(part)
        self._new.add(part.key)
        tile.set_stale(not self.session.is_fit_current)
        self.link.show_selection(tile.plot)

    def set_stale(self, is_stale: bool) -> None:
        """Dim the plots."""
        for key, tile in self.tiles.items():
            is_new = self.session.is_fit_current and key in self._new
            tile.set_stale(is_stale and not is_new)

    def forget(self) -> None:
        """Show no plots."""
        for key in list(self.tiles):
            self._drop(key)

    def show_item(self, item: str) -> None:
        """Enlarge a plot."""
        if item in self.tiles:
            self._enlarged = item
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many tiles into a row as fit."""
        super().resizeEvent(event)
        self._arrange()

    def _add(self, part: DiagnosticPlot) -> Tile:
        tile = Tile(part, self._inner)  # without a parent it would be a window
        tile.explain_asked.connect(self._on_explain_asked)
        tile.enlarge_asked.connect(self._on_enlarge_asked)
        tile.menu_asked.connect(self.picture_menu_asked)
        self.link.add(tile.plot)
        self.tiles[part.key] = tile
        self._arrange()
        return tile

    def _drop(self, key: str) -> None:
        tile = self.tiles.pop(key, None)
        if tile is not None:
            self.link.remove(tile.plot)
            self._grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        if self._enlarged == key:
            self._enlarged = ""

    def _arrange(self) -> None:
        columns = max(1, min(3, self.width() // px(_TILE[0] + 24)))
        if len(self.tiles) in (2, 4):
            columns = min(columns, 2)
        for tile in self.tiles.values():
            self._grid.removeWidget(tile)
        shown = [self._enlarged] if self._enlarged else list(self.tiles)
        for key, tile in self.tiles.items():
            tile.setVisible(key in shown)
            tile.set_enlarged(bool(self._enlarged))
        for place, key in enumerate(shown):
            self._grid.addWidget(self.tiles[key], place // columns, place % columns)
        for column in range(3):
            self._grid.setColumnStretch(column, int(column < min(columns, len(shown))))

    @Slot(str)
    def _on_enlarge_asked(self, key: str) -> None:
        self._enlarged = "" if self._enlarged else key
        self._arrange()

    @Slot(str)
    def _on_explain_asked(self, topic: str) -> None:
        self.explain_asked.emit(topic, {}, "")
