"""The bar above the predictions: over what, how wide, explain, take out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.reporting.prediction_words import coverage
from gui.controls import FlowLayout, IconButton
from gui.controls.painting import px
from gui.pages.picture_bar import Chooser

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = (0.9, 0.95, 0.99)


class PredictBar(QWidget):
    """Says what is wanted; it shows nothing but that.

    Signals
    -------
    axis_chosen : str
    level_chosen : float
    explain_asked : ()
    menu_asked : QPoint
        Where, on the screen.
    """

    axis_chosen = Signal(str)
    level_chosen = Signal(float)
    explain_asked = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis, self.level = Chooser("x axis"), Chooser("Intervals")
        self.explain = IconButton("help", "Explain this question")
        self.more = IconButton("more", "Copy, save, colours …")
        flow = FlowLayout(px(12), px(6))
        for part in (self.axis, self.level):
            flow.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addLayout(flow, 1)
        for button in (self.explain, self.more):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._levels = {coverage(level): level for level in LEVELS}
        self.show_level(LEVELS[1])
        self.axis.chosen.connect(self.axis_chosen)
        self.level.chosen.connect(self._on_level_chosen)
        self.explain.clicked.connect(self.explain_asked)
        self.more.clicked.connect(self._on_more_clicked)

    def show_axes(self, names: Sequence[str], current: str) -> None:
        """Offer the columns that can be the x axis."""
        self.axis.show_names(names, current)

    def show_level(self, level: float) -> None:
        """Show how wide the intervals are."""
        self._levels = {coverage(one): one for one in LEVELS}  # as numbers are written
        self.level.show_names(list(self._levels), coverage(level))

    def set_stale(self, is_stale: bool) -> None:
        """An old picture cannot be taken out."""
        if is_stale:
            self.more.set_unavailable("This is an old picture.")
        else:
            self.more.set_available()

    @Slot(str)
    def _on_level_chosen(self, words: str) -> None:
        self.level_chosen.emit(self._levels[words])

    @Slot()
    def _on_more_clicked(self) -> None:
        below = self.more.rect().bottomLeft() + QPoint(0, 4)
        self.menu_asked.emit(self.more.mapToGlobal(below))
