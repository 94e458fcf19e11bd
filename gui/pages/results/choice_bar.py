"""The line that chooses how fixed effects are tested, and how wide intervals are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.inference.choice import DF_NAMES, LEVELS, TERM_TESTS, TYPES, USUAL
from engine.reporting.model_facts import percent
from engine.reporting.term_tables import TYPES as TYPE_WORDS
from gui.controls import FlowLayout
from gui.controls.painting import plain_tip, px
from gui.number_look import number_look
from gui.pages.picture_bar import Chooser
from gui.pages.results.results_head import SIDE

if TYPE_CHECKING:
    from engine.inference.choice import Df, InferenceChoice

TEST_NAMES = dict(zip(TERM_TESTS, ("F", "likelihood ratio"), strict=True))
TYPE_NAMES = {3: "III", 2: "II", 1: "I"}
DF_TIPS: dict[Df, str] = {
    "satterthwaite": "Quick; serves well from about 20 groups on.",
    "kenward-roger": "Corrects standard errors for few groups too. By REML: what is "
    "fitted by ML is refitted for it.",
}


class ChoiceBar(QWidget):
    """Shows a choice and tells another one; it changes nothing itself.

    Signals
    -------
    chosen : InferenceChoice
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice, self._is_mixed, self._has_terms = USUAL, False, False
        self.df = Chooser("Effects by", "degrees of freedom by")
        self.terms = Chooser("Terms by", "terms tested by")
        self.kind = Chooser("of type", "type of the tests of terms")
        self.level = Chooser("Intervals", "level of the intervals")
        flow = FlowLayout(px(14), px(6))
        for part in (self.df, self.terms, self.kind, self.level):
            flow.addWidget(part)
            part.menu.setToolTipsVisible(True)
        self._row = QHBoxLayout(self)
        self._row.addLayout(flow, 1)
        self.set_side(px(SIDE))
        self.df.chosen.connect(self._on_df_chosen)
        self.terms.chosen.connect(self._on_test_chosen)
        self.kind.chosen.connect(self._on_kind_chosen)
        self.level.chosen.connect(self._on_level_chosen)
        number_look().changed.connect(self._show)
        self._show()

    def set_side(self, side: int) -> None:
        """Leave room at both sides, as the tables do."""
        self._row.setContentsMargins(side, 0, side, px(6))

    def set_choice(self, choice: InferenceChoice) -> None:
        """Show what is chosen."""
        self._choice = choice
        self._show()

    def set_model(self, *, is_mixed: bool, has_terms: bool) -> None:
        """Offer only what makes a difference.

        Parameters
        ----------
        is_mixed : bool
            Whether degrees of freedom are a matter of choice.
        has_terms : bool
            Whether terms are tested.
        """
        self._is_mixed, self._has_terms = is_mixed, has_terms
        self._show()

    @Slot()
    def _show(self) -> None:
        own = self._choice
        dfs = DF_NAMES.values() if self._is_mixed else ()
        self.df.show_names([*dfs], DF_NAMES[own.df])
        _set_tips(self.df, {DF_NAMES[df]: tip for df, tip in DF_TIPS.items()})
        tests = TEST_NAMES.values() if self._has_terms else ()
        self.terms.show_names([*tests], TEST_NAMES[own.terms_by])
        is_ratio = own.terms_by != USUAL.terms_by
        # likelihood ratios of type III are not made
        kinds = [kind for kind in TYPES if not (is_ratio and kind == 3)]
        kind = own.kind if own.kind in kinds else kinds[0]
        names = [TYPE_NAMES[one] for one in kinds] if self._has_terms else []
        self.kind.show_names(names, TYPE_NAMES[kind])
        _set_tips(self.kind, {TYPE_NAMES[one]: TYPE_WORDS[one] for one in TYPES})
        self.level.show_names([*map(percent, LEVELS)], percent(own.level))

    @Slot(str)
    def _on_df_chosen(self, name: str) -> None:
        df = next(key for key, own in DF_NAMES.items() if own == name)
        self.chosen.emit(replace(self._choice, df=df))

    @Slot(str)
    def _on_test_chosen(self, name: str) -> None:
        test = next(key for key, own in TEST_NAMES.items() if own == name)
        self.chosen.emit(replace(self._choice, terms_by=test))

    @Slot(str)
    def _on_kind_chosen(self, name: str) -> None:
        kind = next(key for key in TYPES if TYPE_NAMES[key] == name)
        self.chosen.emit(replace(self._choice, kind=kind))

    @Slot(str)
    def _on_level_chosen(self, name: str) -> None:
        level = next(own for own in LEVELS if percent(own) == name)
        self.chosen.emit(replace(self._choice, level=level))


def _set_tips(chooser: Chooser, tips: dict[str, str]) -> None:
    """Say of each name in a menu what it means."""
    for action in chooser.menu.actions():
        action.setToolTip(plain_tip(tips.get(str(action.data()), "")))
