"""A label that gives way: cut with dots where it does not fit, in full on hover."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.controls.painting import follow_look, painting, plain_tip, px

_NARROWEST = 24


class ElidedLabel(QLabel):
    """One line of plain text that never widens what it stands in.

    Parameters
    ----------
    text : str
        What it says; `text` gives it back in full.
    mode : Qt.TextElideMode
        Where it is cut.
    role : str
        Role of a label, see `gui.controls.labels`.
    """

    def __init__(
        self,
        text: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        *,
        role: str = "body",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setText(text)
        follow_look(self)

    @property
    def is_cut(self) -> bool:
        """Whether dots are shown."""
        return self._shown() != self.text()

    def sizeHint(self) -> QSize:
        """Room for everything."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Room for hardly more than the dots."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), px(_NARROWEST)), hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much as fits."""
        shown = self._shown()
        tip = plain_tip(self.text()) if shown != self.text() else ""
        if self.toolTip() != tip:
            self.setToolTip(tip)
        with painting(self) as painter:
            self.style().drawItemText(
                painter,
                self.contentsRect(),
                int(self.alignment()),
                self.palette(),
                self.isEnabled(),
                shown,
                QPalette.ColorRole.WindowText,
            )

    def _shown(self) -> str:
        width = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), self._mode, width)
