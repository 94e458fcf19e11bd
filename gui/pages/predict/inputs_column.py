"""The column at the left of the Predict page: a control for everything to be set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from engine.data.group_words import group_noun
from gui.controls import label
from gui.controls.painting import px
from gui.look import look
from gui.pages.predict.choice_control import ChoiceControl
from gui.pages.predict.number_control import NumberControl

if TYPE_CHECKING:
    from gui.pages.predict.predict_work import PredictContent

WIDTH, NARROW = 224, 168
MARGINS = (20, 12)


class InputsColumn(QScrollArea):
    """Sliders, menus and pickers, made of a model's own columns.

    Signals
    -------
    number_set : str, float
    category_set, group_set : str, str
        Column, and level; ``""`` for a new group.
    """

    number_set = Signal(str, float)
    category_set = Signal(str, str)
    group_set = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers: dict[str, NumberControl] = {}
        self.categories: dict[str, ChoiceControl] = {}
        self.groups: dict[str, ChoiceControl] = {}
        self._made_of: Any = None
        self.setAccessibleName("What is set")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its controls have the keyboard
        self._is_narrow = False
        self.setFixedWidth(px(WIDTH))
        look().changed.connect(self._on_look_changed)

    def set_narrow(self, is_narrow: bool) -> None:
        """Take less of the page's width."""
        self._is_narrow = is_narrow
        self.setFixedWidth(px(NARROW if is_narrow else WIDTH))
        inner = self.widget()
        column = None if inner is None else inner.layout()
        if column is not None:
            side = px(MARGINS[is_narrow])
            column.setContentsMargins(side, px(14), px(12), px(16))

    @Slot()
    def _on_look_changed(self) -> None:
        self.set_narrow(self._is_narrow)

    def show_content(self, content: PredictContent, *, has_values: bool) -> None:
        """Show the controls of a model, with what is set unless that is out of date."""
        made_of = _facts(content)
        if made_of != self._made_of:
            self._make(content)
            self._made_of, has_values = made_of, True
        settings = content.settings
        if not has_values:
            return
        for name, own in self.numbers.items():
            outside = content.outside.get(name, "")
            own.show_value(float(settings.values[name]), outside)
        for name, category in self.categories.items():
            levels = content.inputs.categories[name].levels
            category.show_levels(levels, str(settings.values[name]))
        for name, group in self.groups.items():
            group.show_levels(content.offered[name], settings.groups[name])

    def forget(self) -> None:
        """Show no controls."""
        self._made_of = None
        self.numbers, self.categories, self.groups = {}, {}, {}
        self.setWidget(QWidget())

    def _make(self, content: PredictContent) -> None:
        inputs, self.groups = content.inputs, {}
        self.numbers = {k: NumberControl(own) for k, own in inputs.numbers.items()}
        self.categories = {name: ChoiceControl(name) for name in inputs.categories}
        for name in inputs.groups:
            self.groups[name] = ChoiceControl(name, f"a new {group_noun(name)[0]}")
        inner = QWidget()
        inner.setProperty("surface", True)
        column = QVBoxLayout(inner)
        column.setSpacing(px(14))
        covariates = [*self.numbers.values(), *self.categories.values()]
        for title, controls in (
            ("Predict when", covariates),
            ("and in" if covariates else "Predict in", list(self.groups.values())),
        ):
            if controls:
                column.addWidget(label(title, "panel"))
            for control in controls:
                column.addWidget(control)
        if not content.inputs.axes:
            words = "This model has nothing to set: all rows are alike to it."
            column.addWidget(label(words, "caption", wrap=True))
        column.addStretch(1)
        for number in self.numbers.values():
            number.changed.connect(self.number_set)
        for category in self.categories.values():
            category.changed.connect(self.category_set)
        for group in self.groups.values():
            group.changed.connect(self.group_set)
        self.setWidget(inner)
        self.set_narrow(self._is_narrow)


def _facts(content: PredictContent) -> tuple[object, ...]:
    """What controls are made of; the same for another model of the same columns."""
    inputs = content.inputs
    return (
        tuple(inputs.numbers.values()),
        tuple(inputs.categories),
        tuple(inputs.groups),
    )
