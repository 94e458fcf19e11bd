"""The top of the window: mark, menus, name of the work, undo, search, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenuBar,
    QSizePolicy,
    QWidget,
)

from gui.controls import Button, ElidedLabel, IconButton, label
from gui.controls.painting import px
from gui.icons import logo
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from gui.session import Session


class Header(QFrame):
    """One row of 48 pixels.

    Signals
    -------
    search_asked, export_asked : ()
    """

    search_asked = Signal()
    export_asked = Signal()

    def __init__(
        self,
        session: Session,
        menus: QMenuBar,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._session = session
        self._mark = QLabel()
        self.menus = menus
        self._name = ElidedLabel("", role="panel")
        self._saved = label("", "caption")
        self.undo = IconButton("undo", "Undo")
        self.redo = IconButton("redo", "Redo")
        self.undo.clicked.connect(actions["undo"].trigger)
        self.redo.clicked.connect(actions["redo"].trigger)
        self.search = Button("Find a command", icon="search", tip="Ctrl+K")
        self.search.clicked.connect(self.search_asked)
        self.export = Button("Export", icon="export", variant="primary")
        self.export.clicked.connect(self.export_asked)
        self._lay_out()
        session.saved_changed.connect(self._on_saved_changed)
        session.table_changed.connect(self._on_saved_changed)
        session.history_changed.connect(self._on_history_changed)
        look().changed.connect(self._on_look_changed)
        self._on_saved_changed()
        self._on_history_changed()
        self._on_look_changed()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(px(12), 0, px(12), 0)
        row.setSpacing(px(8))
        self.setFixedHeight(px(48))
        self.menus.setNativeMenuBar(False)
        self.menus.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row.addWidget(self._mark)
        row.addWidget(self.menus)
        row.addStretch(1)
        row.addWidget(self._name, 2)
        row.addWidget(self._saved)
        row.addStretch(1)
        for part in (self.undo, self.redo, self.search, self.export):
            row.addWidget(part)
        self._name.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )

    @Slot()
    def _on_saved_changed(self) -> None:
        session = self._session
        has_table = session.table is not None
        self._name.setText(session.title)
        words = ""
        if has_table:
            words = "Saved" if session.path and not session.is_modified else "Not saved"
            if session.path is None and not session.is_modified:
                words = ""
        self._saved.setText(words)
        self.export.setVisible(has_table)

    @Slot()
    def _on_history_changed(self) -> None:
        for button, word, what in (
            (self.undo, "Undo", self._session.undo_words),
            (self.redo, "Redo", self._session.redo_words),
        ):
            icon = word.lower()
            if what:
                button.set_available()
                button.set_icon(icon, f"{word}: {what[:1].lower()}{what[1:]}")
            else:
                button.set_unavailable(f"There is nothing to {icon}.")

    @Slot()
    def _on_look_changed(self) -> None:
        self._mark.setPixmap(logo(px(26)))

    def minimumSizeHint(self) -> QSize:
        """Everything but the name of the work."""
        return QSize(px(640), px(48))
