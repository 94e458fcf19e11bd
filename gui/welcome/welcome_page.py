"""The first page: open your data, go on with recent work, or start from an example."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.controls import Button, ElidedLabel, IconLabel, hairline, label
from gui.controls.focus_ring import ring_on_focus
from gui.controls.painting import draw_box, follow_look, literal, painting, px
from gui.icons import logo
from gui.look import look
from gui.welcome.examples import Example, examples
from gui.welcome.thumbnail import Thumbnail

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

    from gui.settings import Settings

MOST_SHOWN = 4
"""Recent files on the page; the menu has all."""


class ExampleCard(QAbstractButton):
    """A picture, a question and facts; the whole card is the button."""

    def __init__(self, example: Example, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.example = example
        self.setText(literal(example.title))
        self.setAccessibleName(f"Example: {example.title}")
        self.setAccessibleDescription(f"{example.question} {example.facts}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, px(12))
        column.setSpacing(px(4))
        column.addWidget(Thumbnail(example.picture))
        words = QVBoxLayout()
        words.setContentsMargins(px(14), px(6), px(14), 0)
        words.setSpacing(px(4))
        for text, role in (
            (example.title, "panel"),
            (example.question, "caption"),
            (example.facts, "muted"),
        ):
            part = label(text, role, wrap=True)
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            words.addWidget(part)
        column.addLayout(words)
        follow_look(self)

    def sizeHint(self) -> QSize:
        """As its parts need."""
        return QSize(px(270), px(226))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        ring_on_focus(self, event, 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the surface, with the accent's edge when pointed at."""
        theme = look().theme
        with painting(self) as painter:
            role = "accent" if self.underMouse() or self.hasFocus() else "line"
            box = self.rect().toRectF()
            draw_box(painter, box, px(8), theme.color("surface"), theme.color(role))


class RecentRow(QAbstractButton):
    """A file that was opened before."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.setText(literal(path.stem))
        self.setAccessibleName(f"Open {path.name}")
        self.setToolTip(str(path))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(14), px(6), px(14), px(6))
        row.setSpacing(px(12))
        row.addWidget(IconLabel("file", "accent", 16))
        words = QVBoxLayout()
        words.setSpacing(0)
        folder = (
            Path(*path.parent.parts[-2:]) if len(path.parent.parts) > 2 else path.parent
        )
        words.addWidget(ElidedLabel(path.stem, role="panel"))
        words.addWidget(ElidedLabel(f"{folder} · {path.suffix[1:]}", role="caption"))
        row.addLayout(words, 1)
        row.addWidget(label(_when(path), "caption"))
        for part in self.findChildren(QWidget):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        follow_look(self)

    def sizeHint(self) -> QSize:
        """One row of two lines."""
        return QSize(px(300), px(50))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        ring_on_focus(self, event, 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Tint it when pointed at."""
        if self.underMouse():
            with painting(self) as painter:
                box = self.rect().toRectF().adjusted(2, 2, -2, -2)
                draw_box(painter, box, px(6), look().theme.color("accentT"))


def _when(path: Path) -> str:
    """When a file was changed, as people say it."""
    try:
        then = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except (OSError, OverflowError, ValueError):
        return ""
    days = (datetime.now().astimezone().date() - then.date()).days
    if days == 0:
        return f"today {then:%H:%M}"
    return "yesterday" if days == 1 else f"{then.day} {then:%b %Y}"


class DropZone(QFrame):
    """The place to drop a file, with the button that opens one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.open_button = Button(
            "Open your data", icon="folder", variant="primary", large=True
        )
        self.paste_button = Button("Paste from the clipboard", variant="link")
        words = label("or drop a file here: CSV, Excel, ODS, tab-separated text")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(10))
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(IconLabel("drop", "accent", 24), 0, centre)
        for part in (self.open_button, words, self.paste_button):
            column.addWidget(part, 0, centre)
        follow_look(self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the dashed edge."""
        theme = look().theme
        with painting(self) as painter:
            box = self.rect().toRectF().adjusted(1, 1, -1, -1)
            painter.setBrush(theme.color("surface"))
            pen = QPen(theme.color("accentL"), 2)
            pen.setDashPattern([4, 3])
            painter.setPen(pen)
            painter.drawRoundedRect(box, px(10), px(10))


class WelcomePage(QWidget):
    """What one sees first.

    Signals
    -------
    action_asked : str
        "open" or "paste".
    example_chosen : Example
    file_chosen : Path
    """

    action_asked = Signal(str)
    example_chosen = Signal(object)
    file_chosen = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.zone = DropZone()
        self.zone.open_button.clicked.connect(self._on_open_clicked)
        self.zone.paste_button.clicked.connect(self._on_paste_clicked)
        self.cards = [ExampleCard(example) for example in examples()]
        self.rows: list[RecentRow] = []
        self._mark, self._title = QLabel(), label("Tarn", "name")
        self._recent_title = label("Recent", "heading")
        self._recent = QFrame()
        self._recent.setObjectName("recent")
        self._recent_column = QVBoxLayout(self._recent)
        self._recent_column.setContentsMargins(0, 0, 0, 0)
        self._recent_column.setSpacing(0)
        self._lay_out()
        look().changed.connect(self._on_look_changed)
        self._on_look_changed()
        self.show_recent()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(px(12))
        head = QHBoxLayout()
        head.setSpacing(px(14))
        head.addWidget(self._mark)
        head.addWidget(self._title, 1)
        left.addLayout(head)
        words = "Linear mixed models without code.\n"
        words += "Fit them, understand them, check them, report them."
        left.addWidget(label(words, "body", wrap=True))
        left.addSpacing(px(4))
        left.addWidget(self.zone)
        left.addSpacing(px(8))
        left.addWidget(self._recent_title)
        left.addWidget(self._recent)
        left.addStretch(1)
        right = QGridLayout()
        right.setSpacing(px(16))
        title = QHBoxLayout()
        title.setSpacing(px(12))
        title.addWidget(label("Or start from an example", "heading"))
        title.addWidget(
            label("each opens with data and a model you can change", "caption")
        )
        title.addStretch(1)
        right.addLayout(title, 0, 0, 1, 2)
        for place, card in enumerate(self.cards):
            card.clicked.connect(self._on_card_clicked)
            right.addWidget(card, 1 + place // 2, place % 2)
        right.setRowStretch(9, 1)
        inner = QWidget()
        row = QHBoxLayout(inner)
        row.setContentsMargins(px(32), px(24), px(32), px(24))
        row.setSpacing(px(56))
        row.addStretch(1)
        row.addLayout(left, 5)
        row.addLayout(right, 8)
        row.addStretch(1)
        middle = QVBoxLayout()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keyboard
        area.setWidget(inner)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(area)
        self.setLayout(middle)

    def show_recent(self) -> None:
        """List the recent files anew."""
        while (item := self._recent_column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = [RecentRow(path) for path in self._settings.recent[:MOST_SHOWN]]
        for number, row in enumerate(self.rows):
            if number:
                self._recent_column.addWidget(hairline())
            row.clicked.connect(self._on_row_clicked)
            self._recent_column.addWidget(row)
        for part in (self._recent, self._recent_title):
            part.setVisible(bool(self.rows))

    @Slot()
    def _on_open_clicked(self) -> None:
        self.action_asked.emit("open")

    @Slot()
    def _on_paste_clicked(self) -> None:
        self.action_asked.emit("paste")

    @Slot()
    def _on_card_clicked(self) -> None:
        card = self.sender()
        if isinstance(card, ExampleCard):
            self.example_chosen.emit(card.example)

    @Slot()
    def _on_row_clicked(self) -> None:
        row = self.sender()
        if isinstance(row, RecentRow):
            self.file_chosen.emit(row.path)

    @Slot()
    def _on_look_changed(self) -> None:
        self._mark.setPixmap(logo(px(48)))
