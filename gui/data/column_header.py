"""Headings of the columns: kind, name, small histogram, range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from engine.data.table import Kind
from gui.controls.painting import (
    LEFT,
    RIGHT,
    draw_icon,
    draw_text,
    font,
    plain_tip,
    px,
    text_width,
)
from gui.data.header_shares import HeaderShares
from gui.data.kind_words import KIND_ICONS, KIND_NAMES, range_words
from gui.fonts import MEDIUM, SEMIBOLD, sans
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.arrays import IntArray
    from engine.data.prepared import Prepared
    from engine.data.summaries import ColumnSummary

HEIGHT = 68
_PAD = 10
_NAME_TOP, _NAME = 6, 20
_BARS_TOP, _BARS = 28, 20
_RANGE_TOP, _RANGE = 49, 14
_RANGE_TYPE = 10  # the one place with type below 11


class ColumnHeader(QHeaderView):
    """Paints the headings; a click or Enter asks for the column's card.

    Signals
    -------
    card_asked : str
        Name of the column.
    """

    card_asked = Signal(str)

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._summaries: Mapping[str, ColumnSummary] = {}
        self._kinds: Mapping[str, Kind] = {}
        self._pointed = -1
        self._focused = 0
        self._anchor = QWidget(self.viewport())
        self._anchor.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.shares = HeaderShares(self)
        self.shares.counted.connect(self._on_counted)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(px(48))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Columns")
        self.setAccessibleDescription(
            "Left and right go from column to column, Enter tells about one."
        )
        self.sectionClicked.connect(self._on_section_clicked)
        look().changed.connect(self._on_look_changed)

    def set_columns(
        self,
        prepared: Prepared | None,
        summaries: Mapping[str, ColumnSummary],
        selected: IntArray,
    ) -> None:
        """Show other columns, and which part of them is selected.

        Parameters
        ----------
        prepared : Prepared or None
        summaries : mapping of str to ColumnSummary
            As far as they are known.
        selected : ndarray of int
            Positions of the selected rows.
        """
        self._kinds = {} if prepared is None else prepared.kinds
        self._summaries = summaries
        self.shares.set_rows(prepared, summaries, selected)
        self.viewport().update()

    def wanted_width(self, column: int) -> int:
        """Width with which nothing is cut."""
        name = self._name(column)
        title = text_width(name, font("caption", SEMIBOLD)) + px(16 + 6 + 16)
        summary = self._summaries.get(name)
        ends = ("", "") if summary is None else range_words(summary)
        used = self._range_font()
        below = sum(text_width(end, used) for end in ends) + px(8)
        return max(title, below) + 2 * px(_PAD)

    def anchor_at(self, column: int) -> QWidget:
        """Return an invisible widget that lies on a heading, to open a card below."""
        left = self.sectionViewportPosition(column)
        self._anchor.setGeometry(left, 0, self.sectionSize(column), self.height())
        return self._anchor

    def sizeHint(self) -> QSize:
        """Three lines."""
        return QSize(super().sizeHint().width(), px(HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from heading to heading; open the card."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps and self.count():
            self._focus(min(max(self._focused + steps[key], 0), self.count() - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_section_clicked(self._focused)
        elif key == Qt.Key.Key_Down:
            self._view().setFocus(Qt.FocusReason.TabFocusReason)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which heading the keys act on."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no longer."""
        super().focusOutEvent(event)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that the heading can be pressed."""
        super().mouseMoveEvent(event)
        self._point_at(self.logicalIndexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at none."""
        super().leaveEvent(event)
        self._point_at(-1)

    def paintSection(  # noqa: N802 - Qt's name
        self, painter: QPainter, rect: QRect, section: int
    ) -> None:
        """Paint one heading."""
        if not rect.isValid():
            return
        theme = look().theme
        name = self._name(section)
        painter.save()
        painter.fillRect(rect, theme.color("surface"))
        painter.fillRect(
            rect.left(), rect.bottom(), rect.width(), 1, theme.color("line2")
        )
        inner = QRectF(rect).adjusted(px(_PAD), 0, -px(_PAD), 0)
        is_pointed = section == self._pointed
        if self.hasFocus() and section == self._focused:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(QRectF(rect).adjusted(2, 2, -2, -3))
            is_pointed = True
        self._paint_name(painter, inner, name, is_pointed)
        if name in self._summaries:
            self._paint_bars(painter, inner, self._summaries[name])
            self._paint_range(painter, inner, self._summaries[name])
        painter.restore()

    def _paint_name(
        self, painter: QPainter, inner: QRectF, name: str, is_pointed: bool
    ) -> None:
        theme = look().theme
        middle = px(_NAME_TOP) + px(_NAME) / 2
        icon = px(14)
        kind = self._kinds.get(name, Kind.LABEL)
        place = QPointF(inner.left() + icon / 2, middle)
        draw_icon(painter, KIND_ICONS[kind], "accent", place, icon)
        right = px(16) if is_pointed else 0
        text = QRectF(inner.left() + px(20), px(_NAME_TOP), 0, px(_NAME))
        text.setRight(inner.right() - right)
        draw_text(
            painter, text, name, font("caption", SEMIBOLD), theme.color("ink"), LEFT
        )
        if is_pointed:
            place = QPointF(inner.right() - px(6), middle)
            draw_icon(painter, "down", "ink2", place, px(14))

    def _paint_bars(
        self, painter: QPainter, inner: QRectF, summary: ColumnSummary
    ) -> None:
        heights = summary.bar_counts
        if not heights:
            return
        theme = look().theme
        chosen = self.shares.of(summary.column) or (0,) * len(heights)
        most = max(heights)
        room = QRectF(inner.left(), px(_BARS_TOP), inner.width(), px(_BARS))
        step = room.width() / len(heights)
        for place, (count, part) in enumerate(zip(heights, chosen, strict=True)):
            left = round(room.left() + place * step)
            width = max(1, round(room.left() + (place + 1) * step) - left - 1)
            for number, color in ((count, "accentL"), (part, "hi")):
                _paint_bar(
                    painter,
                    QRect(left, 0, width, 0),
                    room,
                    number / most,
                    theme.color(color),
                )

    def _paint_range(
        self, painter: QPainter, inner: QRectF, summary: ColumnSummary
    ) -> None:
        color = look().theme.color("ink2")
        used = self._range_font()
        low, high = range_words(summary)
        line = QRectF(inner.left(), px(_RANGE_TOP), inner.width(), px(_RANGE))
        right = text_width(high, used) if high else 0
        if right + text_width(low, used) > inner.width():
            high, right = "", 0
        draw_text(painter, line, high, used, color, RIGHT)
        line.setRight(inner.right() - right)
        draw_text(painter, line, low, used, color, LEFT)

    def event(self, event: QEvent) -> bool:
        """Tell on hover what the column is."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self._tip(self._pointed))
        return bool(super().event(event))

    def _tip(self, section: int) -> str:
        if not 0 <= section < self.count():
            return ""
        name = self._name(section)
        kind = self._kinds.get(name)
        return plain_tip(f"{name}: {KIND_NAMES[kind]}" if kind else name)

    def _range_font(self) -> QFont:
        return sans(_RANGE_TYPE * look().theme.sizes.scale, MEDIUM)

    def _name(self, section: int) -> str:
        model = self.model()
        return (
            "" if model is None else str(model.headerData(section, self.orientation()))
        )

    def _view(self) -> QTableView:
        view = self.parentWidget()
        assert isinstance(view, QTableView)
        return view

    def _focus(self, section: int) -> None:
        self._focused = section
        self._view().scrollTo(
            self.model().index(max(0, self._view().rowAt(0)), section)
        )
        self.setAccessibleDescription(self._tip(section))
        self.viewport().update()

    def _point_at(self, section: int) -> None:
        if section != self._pointed:
            self._pointed = section
            self.viewport().update()

    @Slot(int)
    def _on_section_clicked(self, section: int) -> None:
        if 0 <= section < self.count():
            self._focused = section
            self.card_asked.emit(self._name(section))

    @Slot(str)
    def _on_counted(self, _column: str) -> None:
        self.viewport().update()

    @Slot()
    def _on_look_changed(self) -> None:
        self.setMinimumSectionSize(px(48))
        self.updateGeometry()
        self.viewport().update()


def _paint_bar(
    painter: QPainter, across: QRect, room: QRectF, share: float, color: QColor
) -> None:
    if share <= 0:
        return
    height = max(1, round(room.height() * share))
    bottom = round(room.bottom())
    painter.fillRect(across.left(), bottom - height, across.width(), height, color)
