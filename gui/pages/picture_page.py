"""The Picture page: data and fitted model together, three ways of pooling."""

from __future__ import annotations

from functools import partial as bound
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.diagnostics.plotdata import FittedLinesData, StripData
from gui.controls import IconButton, LineToggle, MenuButton, label
from gui.controls.painting import literal, px
from gui.look import look
from gui.pages.page import Page
from gui.pages.page_work import PictureContent, make_picture
from gui.plots.fitted_lines import FittedLinesPlot
from gui.plots.strip import StripPlot

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from engine import FittedModel
    from gui.plots.base import BasePlot
    from gui.session import Session

_LINES = {
    "partial": "partial pooling",
    "none": "no pooling",
    "complete": "complete pooling",
}
_NARROW = 760


class PicturePage(Page):
    """Shows `PictureContent`.

    Signals
    -------
    picture_menu_asked : BasePlot, QPoint
        A plot was clicked with the right button; where, on the screen.
    """

    KEY: ClassVar[str] = "picture"
    TITLE: ClassVar[str] = "Picture"

    picture_menu_asked = Signal(object, object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.lines_plot = FittedLinesPlot(theme=look().theme)
        self.strip_plot = StripPlot(theme=look().theme)
        self._group = ""
        self._axis = ""
        self.toggles = {kind: LineToggle(words, kind) for kind, words in _LINES.items()}
        self.axis_button = MenuButton("", variant="secondary")
        self._axis_menu = QMenu(self)
        self._axis_menu.triggered.connect(self._on_axis_chosen)
        self.axis_button.set_menu(self._axis_menu)
        self._axis_label = label("x axis", "muted")
        self.nothing = label(
            "This model has neither a covariate nor groups: there is no picture of it.",
            "muted",
            wrap=True,
        )
        self.explain_button = IconButton("help", "Explain the picture")
        self.export_button = IconButton("export", "Save or copy the picture")
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._on_look_changed()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(px(20), px(10), px(20), px(6))
        bar.setSpacing(px(8))
        for toggle in self.toggles.values():
            toggle.setChecked(True)
            bar.addWidget(toggle)
        bar.addStretch(1)
        bar.addWidget(self._axis_label)
        bar.addWidget(self.axis_button)
        bar.addWidget(self.explain_button)
        bar.addWidget(self.export_button)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for shown in (self.lines_plot, self.strip_plot, self.nothing):
            self._stack.addWidget(shown)
        wrapped = QVBoxLayout()
        wrapped.setContentsMargins(px(16), 0, px(16), px(12))
        wrapped.addWidget(self._stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addLayout(wrapped, 1)

    def _connect(self) -> None:
        for toggle in self.toggles.values():
            toggle.toggled.connect(self._on_lines_toggled)
        for plot in self.plots:
            plot.row_clicked.connect(self._on_row_clicked)
            plot.level_clicked.connect(self._on_level_clicked)
            plot.set_zoom_enabled(True)
        self.lines_plot.set_legend_visible(False)
        self.explain_button.clicked.connect(self._on_explain_clicked)
        self.export_button.clicked.connect(self._on_export_clicked)
        self.session.selection_changed.connect(self._on_selection_changed)
        look().changed.connect(self._on_look_changed)

    @property
    def plots(self) -> tuple[BasePlot[Any], ...]:
        """Both plots; one of them is shown."""
        return self.lines_plot, self.strip_plot

    @property
    def plot(self) -> BasePlot[Any] | None:
        """The plot that is shown."""
        shown = self._stack.currentWidget()
        return next((plot for plot in self.plots if plot is shown), None)

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Make the picture over the axis that was chosen."""
        return bound(make_picture, model, self._axis)

    def show_part(self, part: PictureContent) -> None:
        """Show lines or a strip."""
        data = part.data
        is_lines = isinstance(data, FittedLinesData)
        if isinstance(data, FittedLinesData):
            self.lines_plot.set_data(data)
            self._stack.setCurrentWidget(self.lines_plot)
        elif isinstance(data, StripData):
            self.strip_plot.set_data(data)
            self._stack.setCurrentWidget(self.strip_plot)
        else:
            self._stack.setCurrentWidget(self.nothing)
        self._group = "" if data is None else data.group_name
        for kind, toggle in self.toggles.items():
            toggle.setVisible(is_lines and bool(getattr(data, kind)))
        self._show_axes(part.axes, part.axis)
        self._on_selection_changed()

    def set_stale(self, is_stale: bool) -> None:
        """Dim the picture."""
        for plot in self.plots:
            plot.set_stale(is_stale)
        if is_stale:
            self.export_button.set_unavailable("This is an old picture.")
        else:
            self.export_button.set_available()

    def forget(self) -> None:
        """Show no picture."""
        self._axis = self._group = ""
        for plot in self.plots:
            plot.set_data(None)

    def resizeEvent(self, event: Any) -> None:
        """Shorten the words of the legend where there is little room."""
        super().resizeEvent(event)
        is_narrow = self.width() < px(_NARROW)
        for kind, toggle in self.toggles.items():
            words = _LINES[kind]
            is_short = is_narrow and kind != "complete"
            toggle.set_text(words.split()[0] if is_short else words)

    def _show_axes(self, axes: tuple[str, ...], axis: str) -> None:
        for part in (self._axis_label, self.axis_button):
            part.setVisible(len(axes) > 1)
        self.axis_button.setText(literal(axis))
        self.axis_button.setAccessibleName(f"x axis: {axis}")
        self._axis_menu.clear()
        for name in axes:
            action = self._axis_menu.addAction(literal(name))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == axis)

    @Slot(QAction)
    def _on_axis_chosen(self, action: QAction) -> None:
        self._axis = str(action.data())
        self.work_wanted.emit()

    @Slot()
    def _on_lines_toggled(self) -> None:
        shown = [kind for kind, toggle in self.toggles.items() if toggle.isChecked()]
        self.lines_plot.set_lines_visible(shown)

    @Slot(object)
    def _on_row_clicked(self, row: object) -> None:
        self.session.select_rows([row])

    @Slot(str)
    def _on_level_clicked(self, level: str) -> None:
        self.session.select_level(self._group, level)

    @Slot()
    def _on_selection_changed(self) -> None:
        chosen = self.session.selection
        levels = [chosen.level] if chosen.level and chosen.group == self._group else []
        for plot in self.plots:
            plot.set_highlight(chosen.rows, levels)

    @Slot()
    def _on_explain_clicked(self) -> None:
        topic = "strip" if self.plot is self.strip_plot else "picture"
        self.explain_asked.emit(topic, {}, "")

    @Slot()
    def _on_export_clicked(self) -> None:
        below = self.export_button.rect().bottomLeft() + QPoint(0, 4)
        if self.plot is not None:
            at = self.export_button.mapToGlobal(below)
            self.picture_menu_asked.emit(self.plot, at)

    @Slot()
    def _on_look_changed(self) -> None:
        for plot in self.plots:
            plot.apply_theme(look().theme)
