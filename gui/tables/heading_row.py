"""The headings of a result table, in as many lines as they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QHeaderView

from gui.controls.painting import px
from gui.look import look
from gui.tables.cell_painting import heading_font

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from gui.tables.result_view import ResultView


class HeadingRow(QHeaderView):
    """Column headings between two rules, in one line or a few."""

    def __init__(self, view: ResultView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(8)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)

    def paintSection(  # noqa: N802 - Qt's name
        self, painter: QPainter, rect: QRect, section: int
    ) -> None:
        """Paint a heading at the bottom of its place."""
        theme = look().theme
        view = self._view
        name = view.cells.column_name(section)
        used = heading_font(name)
        painter.save()
        painter.fillRect(rect, theme.color("surface"))
        painter.setFont(used)
        painter.setPen(theme.color("ink3" if view.is_stale else "ink2"))
        gap = view.shares.gap
        inner = rect.adjusted(gap, 0, -gap, -px(7))
        side = Qt.AlignmentFlag.AlignRight
        if view.cells.starts_left(section):
            side = Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextDontClip
        painter.drawText(inner, int(flags), "\n".join(view.heading(section)))
        painter.restore()
