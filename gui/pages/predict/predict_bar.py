"""The bar above the predictions: over what, how wide, explain, take out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.diagnostics.prediction_settings import KNOWN, UNCERTAIN
from engine.reporting.prediction_words import coverage
from gui.controls import FlowLayout, IconButton, WordButton, label
from gui.controls.painting import px
from gui.pages.picture_bar import Chooser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.diagnostics.prediction_scale import Scale

LEVELS = (0.9, 0.95, 0.99)
VARIANCES = {
    KNOWN: "taken as known",
    UNCERTAIN: "uncertain, refits",
}
EXACT = "exact already"
WHY = "Whether intervals let the estimated variances be uncertain: by bootstrap."
EXACT_WHY = "Least squares: Student's t already allows for the estimated variance."


class PredictBar(QWidget):
    """Says what is wanted; it shows nothing but that.

    Signals
    -------
    axis_chosen : str
    level_chosen : float
    variances_chosen, scale_chosen : str
        Keys, as `PredictionSettings` has them.
    cancel_asked : ()
        Of the refits.
    explain_asked : ()
    menu_asked : QPoint
        Where, on the screen.
    """

    axis_chosen = Signal(str)
    level_chosen = Signal(float)
    variances_chosen = Signal(str)
    scale_chosen = Signal(str)
    cancel_asked = Signal()
    explain_asked = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis, self.level = Chooser("x axis"), Chooser("Intervals")
        self.variances = Chooser("Variances")
        self.scale = Chooser("Show")
        self.progress = label("", "caption")
        self.cancel = WordButton("Stop the refits; the variances count as known")
        self.cancel.set_words("Cancel")
        self.explain = IconButton("help", "Explain this question")
        self.more = IconButton("more", "Copy, save, colours …")
        flow = FlowLayout(px(12), px(6))
        for part in (self.axis, self.level, self.variances, self.scale):
            flow.addWidget(part)
        for shown in (self.progress, self.cancel):
            flow.addWidget(shown)
            shown.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addLayout(flow, 1)
        for button in (self.explain, self.more):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._levels = {coverage(level): level for level in LEVELS}
        self._scales: dict[str, str] = {}
        self.show_level(LEVELS[1])
        self.axis.chosen.connect(self.axis_chosen)
        self.level.chosen.connect(self._on_level_chosen)
        self.variances.chosen.connect(self._on_variances_chosen)
        self.scale.chosen.connect(self._on_scale_chosen)
        self.cancel.clicked.connect(self.cancel_asked)
        self.explain.clicked.connect(self.explain_asked)
        self.more.clicked.connect(self._on_more_clicked)

    def show_axes(self, names: Sequence[str], current: str) -> None:
        """Offer the columns that can be the x axis."""
        self.axis.show_names(names, current)

    def show_level(self, level: float) -> None:
        """Show how wide the intervals are."""
        self._levels = {coverage(one): one for one in LEVELS}  # as numbers are written
        self.level.show_names(list(self._levels), coverage(level))

    def show_variances(self, how: str, *, is_mixed: bool) -> None:
        """Show how the variances count; least squares leaves no choice."""
        names = list(VARIANCES.values())
        self.variances.show_names(names, VARIANCES[how] if is_mixed else EXACT)
        self.variances.button.setEnabled(is_mixed)
        self.variances.button.setToolTip(WHY if is_mixed else EXACT_WHY)

    def show_scales(self, scales: Sequence[Scale], current: str) -> None:
        """Offer scales, if there are several."""
        self._scales = {own.words: own.key for own in scales}
        now = next((own.words for own in scales if own.key == current), "")
        self.scale.show_names(list(self._scales), now)

    def show_progress(self, words: str) -> None:
        """Say where the refits are; nothing when none are made."""
        self.progress.setText(words)
        self.progress.setVisible(bool(words))
        self.cancel.setVisible(bool(words))

    def set_stale(self, is_stale: bool) -> None:
        """An old picture cannot be taken out."""
        if is_stale:
            self.more.set_unavailable("This is an old picture.")
        else:
            self.more.set_available()

    @Slot(str)
    def _on_level_chosen(self, words: str) -> None:
        self.level_chosen.emit(self._levels[words])

    @Slot(str)
    def _on_variances_chosen(self, words: str) -> None:
        how = {own: key for key, own in VARIANCES.items()}
        self.variances_chosen.emit(how[words])

    @Slot(str)
    def _on_scale_chosen(self, words: str) -> None:
        self.scale_chosen.emit(self._scales[words])

    @Slot()
    def _on_more_clicked(self) -> None:
        below = self.more.rect().bottomLeft() + QPoint(0, 4)
        self.menu_asked.emit(self.more.mapToGlobal(below))
