"""Plots and the one selection: what is clicked is selected, and shown everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal, Slot

from gui.plots.pointing import PointedPlot

if TYPE_CHECKING:
    from gui.session import Session


class PlotLink(QObject):
    """Connects the plots of a page with the selection of the session.

    A plot that cannot be seen is brought up to date when it is shown; those that can
    be seen one after the other, so that many plots of many rows do not hold up the
    window.

    Signals
    -------
    menu_asked : PointedPlot, QPoint
        A plot was clicked with the right button; where, on the screen.
    """

    menu_asked = Signal(object, object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._plots: list[PointedPlot] = []
        self._late: list[PointedPlot] = []
        self._is_colored = False
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._update_next)
        session.selection_changed.connect(self._on_selection_changed)

    def add(self, plot: PointedPlot) -> None:
        """Link a plot."""
        self._plots.append(plot)
        plot.row_clicked.connect(self._on_row_clicked)
        plot.level_clicked.connect(self._on_level_clicked)
        plot.background_clicked.connect(self._on_background_clicked)
        plot.menu_requested.connect(self._on_menu_requested)
        plot.installEventFilter(self)
        plot.set_color_by_group(self._is_colored)

    def remove(self, plot: PointedPlot) -> None:
        """Forget a plot that is going to be deleted."""
        plot.removeEventFilter(self)
        for plots in (self._plots, self._late):
            if plot in plots:
                plots.remove(plot)

    @property
    def is_colored(self) -> bool:
        """Whether groups have colours."""
        return self._is_colored

    def set_color_by_group(self, is_wanted: bool) -> None:
        """Colour the groups in every plot."""
        self._is_colored = is_wanted
        for plot in self._plots:
            plot.set_color_by_group(is_wanted)

    def show_selection(self, plot: PointedPlot) -> None:
        """Let a plot show the selection now; after it was given other data."""
        if plot in self._late:
            self._late.remove(plot)
        chosen = self._session.selection
        levels = [(chosen.group, chosen.level)] if chosen.level else []
        plot.set_highlight(chosen.rows, levels)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring a plot up to date that comes into view."""
        if event.type() == QEvent.Type.Show and watched in self._late:
            self._timer.start()
        return False

    def _clicked(self) -> PointedPlot:
        plot = self.sender()
        assert isinstance(plot, PointedPlot)
        return plot

    @Slot()
    def _on_selection_changed(self) -> None:
        self._late = list(self._plots)
        self._update_next()

    @Slot()
    def _update_next(self) -> None:
        seen = [plot for plot in self._late if plot.isVisible()]
        if seen:
            self.show_selection(seen[0])
        if len(seen) > 1:
            self._timer.start()

    @Slot(object)
    def _on_row_clicked(self, row: object) -> None:
        rows = self._session.selection.rows if self._clicked().is_extending else ()
        if row in rows:
            self._session.select_rows([other for other in rows if other != row])
        else:
            self._session.select_rows([*rows, row])

    @Slot(str)
    def _on_level_clicked(self, level: str) -> None:
        self._session.select_level(self._clicked().group_name, level)

    @Slot()
    def _on_background_clicked(self) -> None:
        if self._session.selection:
            self._session.select_rows(())

    @Slot(QPoint)
    def _on_menu_requested(self, at: QPoint) -> None:
        self.menu_asked.emit(self._clicked(), at)
