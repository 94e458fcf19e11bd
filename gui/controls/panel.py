"""A panel: a surface with rounded corners, a head row and a body."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Slot
from PySide6.QtGui import QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.controls.elided_label import ElidedLabel
from gui.controls.icon_label import IconLabel
from gui.controls.labels import hairline
from gui.controls.painting import draw_box, follow_look, painting, px
from gui.look import look

_HEAD = 48
_PAD = 16
_HEADING = 160  # of the heading, that nothing takes away


class Panel(QFrame):
    """A surface with an edge, for one part of the window.

    Parameters
    ----------
    title : str
        Heading; with an empty one there is no head row.
    icon : str
        Name of an icon before the heading, or ``""``.

    Attributes
    ----------
    tools : QHBoxLayout
        At the right of the head row.
    body : QVBoxLayout
        Everything below the hairline; without margins.
    """

    _corners: tuple[_Corner, ...] = ()

    def __init__(
        self, title: str = "", icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self.tools = QHBoxLayout()
        self.body = QVBoxLayout()
        self._head = QWidget(self)
        self._title = ElidedLabel(title, role="panel")
        self._subtitle = ElidedLabel(role="caption")
        self._make_head(icon)
        self._line = hairline()
        column.addWidget(self._head)
        column.addWidget(self._line)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        column.addLayout(self.body, 1)
        self._head.setVisible(bool(title))
        self._line.setVisible(bool(title))
        self._corners = tuple(_Corner(self, number) for number in range(4))
        follow_look(self)
        look().changed.connect(self._on_look_changed)

    @property
    def title(self) -> QLabel:
        """The heading's label, for instance to be a buddy."""
        return self._title

    def set_title(self, title: str) -> None:
        """Say something else in the head row, or hide that."""
        self._title.setText(title)
        self._keep_title()
        self.setAccessibleName(title)
        self._head.setVisible(bool(title))
        self._line.setVisible(bool(title))

    def set_subtitle(self, text: str) -> None:
        """Say more behind the heading, such as a file's name."""
        self._subtitle.setText(text)
        self._subtitle.setVisible(bool(text))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw surface and edge."""
        theme = look().theme
        with painting(self) as painter:
            draw_box(
                painter,
                QRectF(self.rect()),
                theme.sizes.radius,
                theme.color("surface"),
                theme.color("line"),
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners in the corners."""
        super().resizeEvent(event)
        self._place_corners()

    def event(self, event: QEvent) -> bool:
        """Keep the corners above children that come later."""
        if event.type() == QEvent.Type.ChildPolished:
            self._raise_corners()
        return super().event(event)

    def _make_head(self, icon: str) -> None:
        row = QHBoxLayout(self._head)
        row.setSpacing(px(8))
        row.setContentsMargins(px(_PAD), 0, px(8), 0)
        self._head.setFixedHeight(px(_HEAD) - 2)
        self._keep_title()
        if icon:
            row.addWidget(IconLabel(icon, size=18))
        row.addWidget(self._title)
        row.addWidget(self._subtitle)
        self._subtitle.setVisible(False)
        row.addStretch(1)
        self.tools.setSpacing(px(8))
        row.addLayout(self.tools)
        self._head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _keep_title(self) -> None:
        """Let a long name behind the heading give way before the heading does."""
        self._title.ensurePolished()
        self._title.setMinimumWidth(min(self._title.sizeHint().width(), px(_HEADING)))

    @Slot()
    def _on_look_changed(self) -> None:
        self._keep_title()
        row = self._head.layout()
        if row is not None:
            row.setContentsMargins(px(_PAD), 0, px(8), 0)
        self._head.setFixedHeight(px(_HEAD) - 2)
        self._place_corners()

    def _place_corners(self) -> None:
        for corner in self._corners:
            corner.place()
        self._raise_corners()

    def _raise_corners(self) -> None:
        if tuple(self.children()[-len(self._corners) or None :]) != self._corners:
            for corner in self._corners:
                corner.raise_()


class _Corner(QWidget):
    """Covers what a child paints outside the rounded edge; lets the pointer through."""

    def __init__(self, panel: Panel, number: int) -> None:
        super().__init__(panel)
        self._number = number  # top left, top right, bottom right, bottom left
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def place(self) -> None:
        """Go to the panel's corner."""
        size = int(look().theme.sizes.radius) + 1
        x = self._panel().width() - size if self._number in {1, 2} else 0
        y = self._panel().height() - size if self._number in {2, 3} else 0
        self.setGeometry(x, y, size, size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the window's colour outside the arc, and the arc."""
        theme = look().theme
        # the whole panel's outline, seen through this small window
        whole = QRectF(self._panel().rect()).translated(-self.x(), -self.y())
        outline = QPainterPath()
        outline.addRoundedRect(whole, theme.sizes.radius, theme.sizes.radius)
        outside = QPainterPath()
        outside.addRect(whole)
        with painting(self) as painter:
            painter.fillPath(outside.subtracted(outline), theme.color("bg"))
            draw_box(painter, whole, theme.sizes.radius, None, theme.color("line"))

    def _panel(self) -> QWidget:
        return self.parentWidget() or self
