"""The line above the results: what was fitted, tables or equations or words, copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.controls import Button, ElidedLabel, Segmented
from gui.controls.painting import font, plain_tip, px, text_width
from gui.fonts import SEMIBOLD
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QResizeEvent

VIEWS = ("Tables", "Equations", "In words")
_COPY = "Copy all"
_GAP = 12
SIDE, SIDE_NARROW, NARROW_BELOW = 24, 16, 560
"""Room at each side of the page; the second where the page is narrow."""


def page_side(width: int) -> int:
    """Room at each side of a page of some width."""
    return px(SIDE if width >= px(NARROW_BELOW) else SIDE_NARROW)


class ResultsHead(QWidget):
    """Where it is narrow the title says less, then Copy all is its icon alone.

    Signals
    -------
    view_chosen : int
        Place in `VIEWS`.
    copy_asked : ()
    """

    view_chosen = Signal(int)
    copy_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: tuple[str, ...] = ("",)
        self.title = ElidedLabel("", role="panel")
        self.views = Segmented(VIEWS, "Results as")
        self.views.chosen.connect(self.view_chosen)
        self.copy = Button(_COPY, icon="copy", small=True)
        self.copy.clicked.connect(self.copy_asked)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(px(SIDE), px(10), px(SIDE), px(6))
        row.setSpacing(px(_GAP))
        row.addWidget(self.title, 1)
        row.addWidget(self.views)
        row.addWidget(self.copy)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        look().changed.connect(self._fit)

    def set_title(self, kind: str, estimation: str) -> None:
        """Say what was fitted.

        Parameters
        ----------
        kind : str
            Such as "Linear mixed model (partial pooling)"; nothing without a fit.
        estimation : str
            Such as "REML".
        """
        short = kind.partition(" (")[0]
        fitted = f", fitted by {estimation}" if estimation else ""
        self._titles = (f"{kind}{fitted}", f"{short}{fitted}", kind, short)
        self._fit()

    def set_copy_tip(self, tip: str) -> None:
        """Say what exactly is copied."""
        self.copy.set_tip(tip)
        self.copy.setAccessibleName(tip)

    def set_stale(self, is_stale: bool) -> None:
        """Old numbers are not copied."""
        if is_stale:
            self.copy.set_unavailable("These are old numbers.")
        else:
            self.copy.set_available()

    def minimumSizeHint(self) -> QSize:
        """Room for the choice and an icon."""
        width = self.views.sizeHint().width() + px(2 * SIDE_NARROW + _GAP + 40)
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose what fits."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def _fit(self) -> None:
        """Show the longest title that fits, or none, and the words of the button."""
        side = page_side(self.width())
        self._row.setContentsMargins(side, px(10), side, px(6))
        sides = 2 * side + px(2 * _GAP)
        room = self.width() - sides - self.views.sizeHint().width()
        used = font("panel", SEMIBOLD)
        words = text_width(_COPY, font("caption", SEMIBOLD)) + px(44)
        with_words = self._fitting(room - words, used)
        icon_only = self._fitting(room - px(44), used)
        has_words = bool(with_words) or (room >= words and not icon_only)
        shown = with_words if has_words else icon_only
        self.title.setText(shown)
        self.setToolTip("" if shown == self._titles[0] else plain_tip(self._titles[0]))
        self.copy.setText(_COPY if has_words else "")
        self.copy.set_icon("copy")  # its gap depends on the words

    def _fitting(self, room: int, used: QFont) -> str:
        """The longest title that fits."""
        fits = (own for own in self._titles if text_width(own, used) + px(4) <= room)
        return next(fits, "")
