"""Data and fitted lines, one small panel for each group, on common axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from PySide6.QtCore import QPointF

from gui.plots.fitted_lines import LINE_WORDS, FittedLinesPlot, line_words
from gui.plots.legend import LegendEntry
from gui.plots.numbers import card_number
from gui.plots.panel_area import PanelArea
from gui.plots.panel_content import PanelContent
from gui.plots.panel_painter import PanelState
from gui.plots.pointing import PointedPlot
from gui.plots.rows import NO_ROWS, Rows
from gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QWidget

    from engine.arrays import IntArray
    from engine.diagnostics.plotdata import FittedLinesData


class FittedLinesByGroup(PointedPlot):
    """A panel for each group: its rows, its own lines, and the line of all groups.

    It takes the same data as `FittedLinesPlot`, has the same signals, and can be
    exported as a plot can; in print all panels are on the one page.

    Parameters
    ----------
    parent : QWidget, optional
        Owner.
    theme : Theme
        Colours and sizes; change them later with `apply_theme`.
    vector : bool
        Draw for a picture: everything as shapes, and all panels at once.
    """

    HAS_LEGEND_AT_FIRST = True
    EMPTY_TEXT = FittedLinesPlot.EMPTY_TEXT
    NOTHING_TEXT = "This model has no groups: there is one panel for all rows."

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        theme: Theme = LIGHT,
        vector: bool = False,
    ) -> None:
        area = PanelArea(theme, vector=vector)
        super().__init__(area, parent, theme, vector=vector)
        self.area = area
        self._data: FittedLinesData | None = None
        self._content: PanelContent | None = None
        self.shown = frozenset(LINE_WORDS)
        self._state = PanelState(self.shown, np.zeros(0, dtype=bool), frozenset())
        self.apply_theme(theme)
        self.set_data(None)

    # -- what a page calls --------------------------------------------------------

    @property
    def data(self) -> FittedLinesData | None:
        """Return what is shown."""
        return self._data

    @property
    def group_name(self) -> str:
        """Name of the grouping whose levels have a panel."""
        groups = self.rows.groups
        return "" if groups is None else groups.name

    def set_data(self, data: FittedLinesData | None) -> None:
        """Show other data, or with None an instruction in place of panels."""
        self._forget_pointer()
        self._orders.clear()
        self._data, self._content, self.rows = data, None, NO_ROWS
        if data is None:
            self.say("", "", self.EMPTY_TEXT)
        else:
            self.rows = Rows.finite(data.x, data.y, data.labels, data.row_levels)
            self._content = PanelContent(data, self.rows)
            dropped = self.rows.dropped_sentence()
            has_panels = bool(self._content.levels) and len(self.rows) > 0
            instead = "" if has_panels else self.NOTHING_TEXT
            self.say(data.title, f"{data.caption} {dropped}".strip(), instead)
            self.area.setAccessibleName(f"{data.y_name} over {data.x_name}, by group")
        self.area.set_content(self._content)
        self._show_legend()
        self._refresh()

    def set_lines_visible(self, kinds: Iterable[str]) -> None:
        """Show these of "partial", "none" and "complete"; the others are hidden."""
        self.shown = frozenset(kinds)
        self._show_legend()
        self._refresh()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self.paint_with(theme)
        self._refresh()

    def replica(self, theme: Theme, *, has_words: bool) -> Self:
        """Return a copy to be drawn elsewhere, with its legend and all panels.

        Parameters
        ----------
        theme : Theme
            Colours and sizes of the copy.
        has_words : bool
            Whether it says its title and caption.
        """
        copy = type(self)(theme=theme, vector=True)
        copy.set_lines_visible(self.shown)
        copy.set_data(self._data)
        copy.set_highlight(self._chosen_labels, self._highlighted)
        if not has_words:
            copy.say("", "", copy.empty_block.text())
        return copy

    # -- drawing ------------------------------------------------------------------

    def _show_highlight(self) -> None:
        self._refresh()

    def _refresh(self) -> None:
        """Draw with the present selection and lines."""
        chosen = self.own_levels(self._highlighted)
        is_chosen = self.rows.chosen(self._chosen_labels, chosen)
        self._state = PanelState(self.shown, is_chosen, chosen, self._pointed_row)
        self.area.set_state(self._state)

    def _show_legend(self) -> None:
        data = self._data
        entries = [
            LegendEntry(kind, line_words(kind, self._data))
            for kind in LINE_WORDS
            if data is not None and kind in self.shown and getattr(data, kind)
        ]
        self.legend.set_entries(entries)
        self.legend.setVisible(self._is_legend_wanted and bool(entries))

    # -- what is pointed at -------------------------------------------------------

    def _row_at(self, at: QPointF) -> int | None:
        return None if self.area.page is None else self.area.page.row_at(at)

    def _level_at(self, at: QPointF) -> str | None:
        kinds = [kind for kind in ("partial", "none") if kind in self.shown]
        return None if self.area.page is None else self.area.page.level_at(at, kinds)

    def _ring_row(self, index: int) -> QPointF:
        self.area.show_row(index)
        self._pointed_row = index  # scrolling lets go of it
        self._set_ring(index)
        page = self.area.page
        return QPointF() if page is None else page.place_of(index)

    def _take_ring_away(self) -> None:
        self._set_ring(None)

    def _set_ring(self, row: int | None) -> None:
        state = self._state
        self._state = PanelState(state.shown, state.is_chosen, state.chosen_levels, row)
        self.area.set_state(self._state)

    def _describe(self, index: int) -> list[tuple[str, str]]:
        data = self._data
        if data is None:
            return []
        values = {data.x_name: data.x, data.y_name: data.y}
        known = values | {"fitted": data.fitted, "residual": data.raw_residuals}
        return [
            (name, card_number(float(self.rows.of(value)[index])))
            for name, value in known.items()
            if value is not None
        ]

    def _order(self, axis: int) -> IntArray:
        """Rows from panel to panel, within each in the order of x or y."""
        rows, groups = self.rows, self.rows.groups
        along = rows.y if axis else rows.x
        panels = np.zeros(len(rows)) if groups is None else groups.codes
        return np.lexsort((along, panels))
