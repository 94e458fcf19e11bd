"""The Picture page: data and fitted model together, three ways of pooling."""

from __future__ import annotations

from functools import partial as bound
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.diagnostics.plotdata import FittedLinesData, StripData
from gui.controls import label
from gui.controls.painting import px
from gui.look import look
from gui.pages.followed_slope import FollowedSlope
from gui.pages.page import Page
from gui.pages.page_work import PictureContent, make_picture, x_axes
from gui.pages.picture_bar import LINES, PictureBar
from gui.pages.plot_link import PlotLink
from gui.plots.fitted_lines import FittedLinesPlot
from gui.plots.panels_by_group import FittedLinesByGroup
from gui.plots.strip import StripPlot

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from engine import FittedModel
    from gui.plots.pointing import PointedPlot
    from gui.session import Session

_FEWEST_PANELS = 2


class PicturePage(Page):
    """Shows `PictureContent`."""

    KEY: ClassVar[str] = "picture"
    TITLE: ClassVar[str] = "Picture"
    IS_KEPT: ClassVar[bool] = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        theme = look().theme
        self.lines_plot = FittedLinesPlot(theme=theme)
        self.panels_plot = FittedLinesByGroup(theme=theme)
        self.strip_plot = StripPlot(theme=theme)
        self.plots: tuple[PointedPlot, ...] = (
            self.lines_plot,
            self.panels_plot,
            self.strip_plot,
        )
        self.bar = PictureBar()
        self.link = PlotLink(session, self)
        self.nothing = label(
            "This model has neither a covariate nor groups: there is no picture of it.",
            "muted",
            wrap=True,
        )
        self._content = PictureContent(None)
        self._axis = self._group = ""  # as chosen by hand
        self._followed = FollowedSlope(session, self)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._on_look_changed()

    def _lay_out(self) -> None:
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for shown in (*self.plots, self.nothing):
            self._stack.addWidget(shown)
        wrapped = QVBoxLayout()
        wrapped.setContentsMargins(px(16), 0, px(16), px(12))
        wrapped.addWidget(self._stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(wrapped, 1)

    def _connect(self) -> None:
        for plot in self.plots:
            self.link.add(plot)
            plot.set_title_visible(False)  # the names of the axes say it
        self.lines_plot.set_zoom_enabled(True)
        self.strip_plot.set_zoom_enabled(True)
        self.lines_plot.set_legend_visible(False)  # the bar is its legend
        self.panels_plot.set_legend_visible(False)
        self.link.menu_asked.connect(self.picture_menu_asked)
        bar = self.bar
        bar.lines_changed.connect(self._on_lines_changed)
        bar.panels_changed.connect(self._show_content)
        bar.axis_chosen.connect(self._on_axis_chosen)
        bar.group_chosen.connect(self._on_group_chosen)
        bar.explain_asked.connect(self._on_explain_asked)
        bar.menu_asked.connect(self._on_menu_asked)
        look().changed.connect(self._on_look_changed)

    @property
    def plot(self) -> PointedPlot | None:
        """The plot that is shown."""
        shown = self._stack.currentWidget()
        return next((plot for plot in self.plots if plot is shown), None)

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Make the picture over the axis and for the groups that were chosen.

        Until an axis is chosen by hand it is the number whose effect was last let vary.
        """
        axis = self._axis if self._axis in x_axes(model) else self._followed.column
        return bound(make_picture, model, axis, self._group)

    def show_part(self, part: PictureContent) -> None:
        """Show lines or a strip."""
        self._content = part
        data = part.data
        kinds: list[str] = []
        has_panels, none_words = False, ""
        if isinstance(data, FittedLinesData):
            kinds = [kind for kind in LINES if getattr(data, kind)]
            groups, none_words = data.row_levels, data.none_words
            has_panels = groups is not None and len(groups.levels) >= _FEWEST_PANELS
        self.bar.show_lines(kinds, has_groups=has_panels, none_words=none_words)
        self.bar.axis.show_names(part.axes, part.axis)
        self.bar.group.show_names(part.groups, part.group)
        self._show_content()

    @Slot()
    def _show_content(self) -> None:
        """Give the data to the plot that shows them; the others hold none."""
        data = self._content.data
        if isinstance(data, FittedLinesData):
            is_by_group = self.bar.is_by_group
            front = self.panels_plot if is_by_group else self.lines_plot
            front.set_data(data)
            self._stack.setCurrentWidget(front)
        elif isinstance(data, StripData):
            self.strip_plot.set_data(data)
            self._stack.setCurrentWidget(self.strip_plot)
        else:
            self._stack.setCurrentWidget(self.nothing)
        if self.plot is not None:
            self.link.show_selection(self.plot)

    def set_stale(self, is_stale: bool) -> None:
        """Dim the picture."""
        for plot in self.plots:
            plot.set_stale(is_stale)
        self.bar.set_stale(is_stale)

    def forget(self) -> None:
        """Show no picture."""
        self._axis = self._group = ""
        self._content = PictureContent(None)
        for plot in (self.lines_plot, self.panels_plot, self.strip_plot):
            plot.set_data(None)

    @Slot(str)
    def _on_axis_chosen(self, name: str) -> None:
        self._axis = name
        self.work_wanted.emit()

    @Slot(str)
    def _on_group_chosen(self, name: str) -> None:
        self._group = name
        self.work_wanted.emit()

    @Slot()
    def _on_lines_changed(self) -> None:
        self.lines_plot.set_lines_visible(self.bar.lines)
        self.panels_plot.set_lines_visible(self.bar.lines)

    @Slot()
    def _on_explain_asked(self) -> None:
        topic = "strip" if self.plot is self.strip_plot else "picture"
        self.explain_asked.emit(topic, {}, "")

    @Slot(QPoint)
    def _on_menu_asked(self, at: QPoint) -> None:
        if self.plot is not None:
            self.picture_menu_asked.emit(self.plot, at)

    @Slot()
    def _on_look_changed(self) -> None:
        for plot in self.plots:
            plot.apply_theme(look().theme)
