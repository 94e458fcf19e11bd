"""How predictions are made: what counts as known, and on which scale they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.diagnostics.prediction_settings import KNOWN, UNCERTAIN
from gui.controls import WordButton, label
from gui.controls.painting import px
from gui.pages.picture_bar import Chooser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.diagnostics.prediction_scale import Scale

VARIANCES = {
    KNOWN: "taken as known",
    UNCERTAIN: "uncertain, refits",
}
EXACT = "exact already"
WHY = "Whether intervals let the estimated variances be uncertain: by bootstrap."
EXACT_WHY = "Least squares: Student's t already allows for the estimated variance."


class HowPanel(QWidget):
    """Two menus, and where the refits are while they are made.

    Signals
    -------
    variances_chosen, scale_chosen : str
        Keys, as `PredictionSettings` has them.
    cancel_asked : ()
        Of the refits.
    """

    variances_chosen = Signal(str)
    scale_chosen = Signal(str)
    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.variances = Chooser("Variances", is_above=True)
        self.scale = Chooser("Show", is_above=True)
        self.progress = label("", "caption", wrap=True)
        self.cancel = WordButton("Stop the refits; the variances count as known")
        self.cancel.set_words("Cancel")
        self._scales: dict[str, str] = {}
        self._column = QVBoxLayout(self)
        self._column.setSpacing(px(10))
        for part in (self.scale, self.variances, self.progress, self.cancel):
            self._column.addWidget(part)
        self.show_progress("")
        self.set_side(px(20))
        self.variances.chosen.connect(self._on_variances_chosen)
        self.scale.chosen.connect(self._on_scale_chosen)
        self.cancel.clicked.connect(self.cancel_asked)

    def set_side(self, room: int) -> None:
        """Stand below the controls above it."""
        self._column.setContentsMargins(room, px(6), px(12), px(12))

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

    def forget(self) -> None:
        """Offer nothing."""
        self.show_progress("")
        self.show_scales((), "")
        self.variances.show_names((), "")

    @Slot(str)
    def _on_variances_chosen(self, words: str) -> None:
        how = {own: key for key, own in VARIANCES.items()}
        self.variances_chosen.emit(how[words])

    @Slot(str)
    def _on_scale_chosen(self, words: str) -> None:
        self.scale_chosen.emit(self._scales[words])
