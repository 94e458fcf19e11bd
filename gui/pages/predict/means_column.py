"""The column at the left of the means: what is compared, how, and what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from engine.diagnostics.compared_settings import ADJUSTMENTS, WAYS, WEIGHTS, offered_by
from engine.reporting.compared_words import (
    ADJUST_WORDS,
    TOGETHER,
    WAY_WORDS,
    WEIGHT_WORDS,
    adjust_words,
    columns_words,
    kind_words,
)
from gui.controls import label
from gui.controls.painting import px
from gui.look import look
from gui.pages.predict.choice_control import ChoiceControl
from gui.pages.predict.inputs_column import MARGINS, NARROW, WIDTH
from gui.pages.predict.number_control import NumberControl

if TYPE_CHECKING:
    from engine.diagnostics.compared_inputs import Quantity
    from gui.pages.predict.means_work import MeansContent


class MeansColumn(QScrollArea):
    """Menus for the comparison, sliders for the covariates that are held.

    Signals
    -------
    chosen : str, object
        A setting of `ComparedSettings`, and its value.
    held : str, float
        A covariate, and where it is held.
    """

    chosen = Signal(str, object)
    held = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What is compared")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its controls have the keyboard
        self.numbers: dict[str, NumberControl] = {}
        self._made_of: Any = None
        self._is_narrow = False
        self._content: MeansContent | None = None
        self._adjusts = ADJUST_WORDS
        self.kind = ChoiceControl("Look at")
        self.columns = ChoiceControl("for each")
        self.by = ChoiceControl("at each", TOGETHER)
        self.way = ChoiceControl("Compare")
        self.control = ChoiceControl("with")
        self.adjust = ChoiceControl("Adjust p by")
        self.weights = ChoiceControl("Averages")
        self.scale = ChoiceControl("Show")
        self._lay_out()
        self._connect()
        self.set_narrow(is_narrow=False)

    @property
    def choices(self) -> tuple[ChoiceControl, ...]:
        """The menus, from top to bottom."""
        return (
            self.kind,
            self.columns,
            self.by,
            self.way,
            self.control,
            self.adjust,
            self.weights,
            self.scale,
        )

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("surface", True)
        self._column = column = QVBoxLayout(inner)
        column.setSpacing(px(14))
        for control in self.choices:
            column.addWidget(control)
        self._held_title = label("Held at", "panel")
        column.addWidget(self._held_title)
        self._held = QVBoxLayout()
        self._held.setSpacing(px(14))
        column.addLayout(self._held)
        column.addStretch(1)
        self.setWidget(inner)

    def _connect(self) -> None:
        for control in self.choices:
            control.changed.connect(self._on_changed)
        look().changed.connect(self._on_look_changed)

    def set_narrow(self, is_narrow: bool) -> None:
        """Take less of the page's width."""
        self._is_narrow = is_narrow
        self.setFixedWidth(px(NARROW if is_narrow else WIDTH))
        side = px(MARGINS[is_narrow])
        self._column.setContentsMargins(side, px(14), px(12), px(16))

    @Slot()
    def _on_look_changed(self) -> None:
        self.set_narrow(self._is_narrow)

    # -- what it shows --------------------------------------------------------------

    def show_content(self, content: MeansContent, *, has_values: bool) -> None:
        """Show what the model offers, and what is set unless that is out of date."""
        self._content = content
        self.setVisible(content.asked is not None)
        made_of = tuple(content.offered.numbers.values())
        if made_of != self._made_of:
            self._make_numbers(content)
            self._made_of, has_values = made_of, True
        if has_values and content.asked is not None:
            self._show_choices(content)
            self._show_numbers(content)

    def _show_choices(self, content: MeansContent) -> None:
        asked, offered = content.asked, content.offered
        assert asked is not None
        settings, quantity = asked.settings, asked.quantity
        kinds = dict.fromkeys(kind_words(q.slope_of) for q in offered.quantities)
        self.kind.show_levels(tuple(kinds), kind_words(quantity.slope_of))
        alike = [q for q in offered.quantities if q.slope_of == quantity.slope_of]
        words = [columns_words(own.columns) for own in alike]
        self.columns.show_levels(words, columns_words(quantity.columns))
        self.columns.setVisible(len(words) > 1 or bool(quantity.columns))
        places = offered_by(offered, quantity)
        self.by.show_levels(places, settings.by)
        self.by.setVisible(bool(places))
        ways = [way for way in WAYS if way != "control" or len(asked.names) > 1]
        self.way.show_levels([WAY_WORDS[way] for way in ways], WAY_WORDS[settings.way])
        self.control.show_levels(asked.names, settings.control)
        self._adjusts = adjust_words(settings.way)
        adjusts = [self._adjusts[own] for own in ADJUSTMENTS]
        self.adjust.show_levels(adjusts, self._adjusts[settings.adjust])
        weights = [WEIGHT_WORDS[own] for own in WEIGHTS]
        self.weights.show_levels(weights, WEIGHT_WORDS[settings.weights])
        self.scale.show_levels([own.words for own in offered.scales], asked.scale.words)
        self.scale.setVisible(len(offered.scales) > 1 and not quantity.slope_of)
        n = len(asked.names)
        self.way.setVisible(n > 1)
        self.control.setVisible(n > 1 and settings.way == "control")
        self.adjust.setVisible(n > 2 and settings.way != "polynomial")
        told = {*quantity.columns, settings.by}
        self.weights.setVisible(any(name not in told for name in offered.levels))

    def _show_numbers(self, content: MeansContent) -> None:
        asked = content.asked
        assert asked is not None
        held = content.offered.held(asked.quantity, asked.settings.by)
        for name, control in self.numbers.items():
            value = asked.settings.values.get(name, control.number.mean)
            control.show_value(value, content.held.get(name, ""))
            control.setVisible(name in held)
        self._held_title.setVisible(bool(held))

    def _make_numbers(self, content: MeansContent) -> None:
        for old in self.numbers.values():
            old.hide()
            old.deleteLater()
        numbers = content.offered.numbers
        self.numbers = {name: NumberControl(own) for name, own in numbers.items()}
        for control in self.numbers.values():
            self._held.addWidget(control)
            control.changed.connect(self.held)

    def forget(self) -> None:
        """Show no controls."""
        self.hide()

    # -- what the user does ---------------------------------------------------------

    @Slot(str, str)
    def _on_changed(self, _name: str, words: str) -> None:
        content, control = self._content, self.sender()
        if content is None:
            return
        if control in (self.kind, self.columns):
            self.chosen.emit("quantity", self._quantity(content, control, words))
        elif control is self.scale:
            keys = {own.words: own.key for own in content.offered.scales}
            self.chosen.emit("scale", keys[words])
        elif control is self.by:
            self.chosen.emit("by", words)
        elif control is self.control:
            self.chosen.emit("control", words)
        for menu, name, known in (
            (self.way, "way", WAY_WORDS),
            (self.adjust, "adjust", self._adjusts),
            (self.weights, "weights", WEIGHT_WORDS),
        ):
            if control is menu:
                self.chosen.emit(name, _key_of(known, words))

    def _quantity(self, content: MeansContent, control: object, words: str) -> Quantity:
        """What is meant by one menu, beside what the other one says."""
        known = content.asked
        assert known is not None
        of_kind = kind_words(known.quantity.slope_of)
        if control is self.kind:
            of_kind, words = words, columns_words(known.quantity.columns)
        alike = [
            own
            for own in content.offered.quantities
            if kind_words(own.slope_of) == of_kind
        ]
        same = (own for own in alike if columns_words(own.columns) == words)
        return next(same, alike[0])


def _key_of(known: dict[str, str], words: str) -> str:
    return next(key for key, said in known.items() if said == words)
