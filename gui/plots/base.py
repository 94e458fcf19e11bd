"""What all plots have in common: data, theme, hover, selection, range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

import numpy as np
from PySide6.QtCore import QPointF, Signal

from gui.plots.items import EMPTY, make_pen
from gui.plots.numbers import number_text
from gui.plots.panel import PlotPanel
from gui.plots.points import Points
from gui.plots.ranges import Range, padded
from gui.plots.rows import Rows
from gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from PySide6.QtWidgets import QWidget

    from engine.arrays import FloatArray
    from gui.plots.legend import LegendEntry

MANY_ROWS, VERY_MANY_ROWS = 2_000, 20_000
TILE_BELOW = 420  # pixels of width


class PlotData(Protocol):
    """What the data of every plot say in words."""

    @property
    def title(self) -> str:
        """Heading."""

    @property
    def caption(self) -> str:
        """One sentence below."""


D = TypeVar("D", bound=PlotData)


class BasePlot(Generic[D], PlotPanel):
    """A picture of one kind of plot data.

    Subclasses say what is drawn (`_build`), with which data (`_take`), in which look
    (`_restyle`) and over which range (`_limits`), and may place what depends on the
    size in pixels (`_settle`).

    Parameters
    ----------
    parent : QWidget, optional
        Owner.
    theme : Theme
        Colours and sizes; change them later with `apply_theme`.
    vector : bool
        Draw for a picture: everything as shapes, nothing snapped to the screen.
    """

    row_clicked = Signal(object)  # label of the row, as a Python object
    level_clicked = Signal(str)

    EMPTY_TEXT = "Say what depends on what. The picture appears with the first fit."
    NOTHING_TEXT = "There is nothing to draw."
    HAS_LEGEND_AT_FIRST = False

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        theme: Theme = LIGHT,
        vector: bool = False,
    ) -> None:
        super().__init__(parent, theme=theme, vector=vector)
        self.rows = Rows.finite(EMPTY, EMPTY, EMPTY, None)
        self._data: D | None = None
        self._chosen_labels: frozenset[Hashable] = frozenset()
        self._chosen_levels: frozenset[str] = frozenset()
        self._is_zoomed = self._is_flowing = False
        self._is_legend_wanted = self.HAS_LEGEND_AT_FIRST
        self._is_chosen = np.zeros(0, dtype=bool)
        self.points = self.add_item(Points(10, vector=vector))
        self.chosen_points = self.add_item(Points(50, vector=vector))
        self.pointed_point = self.add_item(Points(60, vector=vector))
        self._build()
        self._connect()
        self.apply_theme(theme)
        self.set_data(None)

    def _connect(self) -> None:
        """Listen to the canvas."""
        self.canvas.pointed.connect(self._on_canvas_pointed)
        self.canvas.left.connect(self._forget_pointer)
        self.canvas.clicked.connect(self._on_canvas_clicked)
        self.canvas.double_clicked.connect(self.reset_view)
        self.canvas.resized.connect(self._flow)
        self.canvas.zoomed.connect(self._on_canvas_zoomed)

    # -- what a page calls --------------------------------------------------------

    @property
    def data(self) -> D | None:
        """Return what is shown."""
        return self._data

    def set_data(self, data: D | None) -> None:
        """Show other data, or with None an instruction in place of a picture."""
        self._data = data
        self._forget_pointer()
        if data is None:
            self.say("", "", self.EMPTY_TEXT)
        else:
            self.rows = self._take(data)
            caption = f"{data.caption} {self.rows.dropped_sentence()}".strip()
            instead = "" if len(self.rows.x) else self.NOTHING_TEXT
            self.say(data.title, caption, instead)
        self._show_legend()
        self.reset_view()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self.paint_with(theme)
        self._restyle()
        self._flow()

    def set_highlight(
        self, labels: Iterable[Hashable] = (), levels: Iterable[str] = ()
    ) -> None:
        """Bring out these rows and everything of these groups; nothing else fades."""
        self._chosen_labels = frozenset(labels)
        self._chosen_levels = frozenset(levels)
        self._forget_pointer()
        self._flow()

    def zoom_to(self, x: Range, y: Range) -> None:
        """Show this part of the plane until `reset_view`."""
        self._is_zoomed = True
        self.canvas.set_range(x, y)
        self._flow()

    def reset_view(self) -> None:
        """Show everything."""
        self._is_zoomed = False
        self._flow()

    def set_legend_visible(self, is_visible: bool) -> None:
        """Show the legend, where the plot has one."""
        self._is_legend_wanted = is_visible
        self._show_legend()

    def replica(self, theme: Theme, *, has_words: bool) -> Self:
        """Return a copy to be drawn elsewhere, with its legend.

        Parameters
        ----------
        theme : Theme
            Colours and sizes of the copy.
        has_words : bool
            Whether it says its title and caption.
        """
        copy = type(self)(theme=theme, vector=True)
        self._pass_on(copy)
        copy.set_data(self._data)
        copy.set_highlight(self._chosen_labels, self._chosen_levels)
        copy.set_legend_visible(True)
        if not has_words:
            copy.say("", "", copy.empty_block.text())
        if self._is_zoomed:
            copy.zoom_to(*self.canvas.view.viewRange())
        return copy

    # -- what a subclass says -----------------------------------------------------

    def _build(self) -> None:
        """Make the items and put them into the view."""
        raise NotImplementedError

    def _take(self, data: D) -> Rows:
        """Give the items their data, the axes their names; return the rows drawn."""
        raise NotImplementedError

    def _restyle(self) -> None:
        """Give the items their pens and brushes."""
        raise NotImplementedError

    def _limits(self) -> tuple[Range, Range]:
        """Return the ranges of x and y that hold everything."""
        raise NotImplementedError

    def _settle(self) -> None:
        """Place what depends on the selection or on the size of the view in pixels."""

    def _pass_on(self, copy: Self) -> None:
        """Give a copy the settings that are not data."""

    def _entries(self) -> list[LegendEntry]:
        """Return what the legend explains, now."""
        return []

    def _places(self) -> tuple[FloatArray, FloatArray]:
        """Return where the rows are drawn, in data units."""
        return self.rows.x, self.rows.y

    def _view_range(self, width: float, height: float) -> tuple[Range, Range]:
        """Limits with room at the edges, for a view of so many pixels."""
        x, y = self._limits()
        return padded(x, width), padded(y, height)

    def _level_at(self, _at: QPointF) -> str | None:
        """Group whose line or name is at a place of the scene."""
        return None

    def _describe(self, index: int) -> list[tuple[str, str]]:
        """Names and values on the card of a row."""
        return [
            (self.canvas.bottom_axis.title, number_text(self.rows.x[index])),
            (self.canvas.left_axis.title, number_text(self.rows.y[index])),
        ]

    def _show_legend(self) -> None:
        """Bring the legend up to date."""
        is_empty = self._data is None or len(self.rows.x) == 0
        self.legend.set_entries([] if is_empty else self._entries())
        self.legend.setVisible(self._is_legend_wanted and bool(self.legend.entries))

    def _flow(self) -> None:
        """Fit range, axes and points to the room there is."""
        if self._is_flowing or self._data is None or len(self.rows.x) == 0:
            return
        self._is_flowing = True
        try:
            self.canvas.highlight_levels(self._chosen_levels)
            for _ in range(2):  # the axes' room depends on the range and the reverse
                if not self._is_zoomed:
                    self.canvas.set_range(*self._view_range(*self.canvas.view_size()))
                self.canvas.fit_axes()
            x, y = self._places()
            self._is_chosen = self.rows.chosen(self._chosen_labels, self._chosen_levels)
            self.points.set_data(x, y)
            self.chosen_points.set_data(x[self._is_chosen], y[self._is_chosen])
            self._restyle_points()
            self._settle()
            self._show_legend()
        finally:
            self._is_flowing = False

    def _restyle_points(self) -> None:
        """Let size and opacity of the points follow their number and the room."""
        theme, n = self.theme, len(self.rows.x)
        sizes = theme.sizes
        is_tile = self.width() < TILE_BELOW * sizes.scale
        size, alpha = (sizes.row_dot_tile if is_tile else sizes.row_dot), 0.55
        if n > VERY_MANY_ROWS:
            size, alpha = sizes.row_dot_many * 0.75, 0.12
        elif n > MANY_ROWS:
            size, alpha = sizes.row_dot_many, 0.25
        self.points.set_look(size, theme.color("point", alpha))
        self.chosen_points.set_look(
            sizes.selected_dot_tile if is_tile else sizes.selected_dot,
            theme.color("hi"),
            make_pen(theme.color("surface"), 1),
        )

    def _forget_pointer(self) -> None:
        """Take ring and card away."""
        self.card.hide()
        self.pointed_point.set_data(EMPTY, EMPTY)

    def _on_canvas_pointed(self, at: QPointF) -> None:
        """Ring the nearest row and say who it is."""
        self._forget_pointer()
        index = self.canvas.nearest(*self.points.get_data(), at)
        if index is None:
            if (group := self._level_at(at)) is not None:
                self.show_card(at, group, [])
            return
        x, y = (float(places[index]) for places in self.points.get_data())
        self.pointed_point.set_look(
            self.theme.sizes.pointed_dot,
            self.theme.color("hi" if self._is_chosen[index] else "point"),
            make_pen(self.theme.color("ink"), 1.6),
        )
        self.pointed_point.set_data(np.array([x]), np.array([y]))
        name = self.rows.name(index)
        self.show_card(self.canvas.place_of(x, y), name, self._describe(index))

    def _on_canvas_clicked(self, at: QPointF) -> None:
        """Tell who was clicked: a row first, or the group whose line is there."""
        index = self.canvas.nearest(*self.points.get_data(), at)
        if index is not None:
            self.row_clicked.emit(self.rows.labels[index])
        elif (level := self._level_at(at)) is not None:
            self.level_clicked.emit(level)

    def _on_canvas_zoomed(self) -> None:
        """Keep the range that the user chose."""
        self._is_zoomed = True
        self._flow()
