"""A covariate that is a number: a field to type in, and a slider over the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gui.controls import ElidedLabel, Slider, label
from gui.controls.painting import plain_tip, px
from gui.style import set_look_property

if TYPE_CHECKING:
    from engine.diagnostics.prediction_inputs import NumberInput

_FIELD, _FIELD_LEAST = 92, 64


class NumberControl(QWidget):
    """Name, field, slider, and below them what must be known of the value.

    Parameters
    ----------
    number : NumberInput

    Signals
    -------
    changed : str, float
        The column, and the value that the user has set.
    """

    changed = Signal(str, float)

    def __init__(self, number: NumberInput, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number, self._value = number, number.mean
        self.name = ElidedLabel(number.name)
        self.field = QLineEdit()
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setMaximumWidth(px(_FIELD))
        self.field.setMinimumWidth(px(_FIELD_LEAST))
        self.field.setAccessibleName(number.name)
        self.slider = Slider(f"{number.name}, slider")
        self.slider.setRange(0, number.n_steps)
        self.slider.setPageStep(max(1, number.n_steps // 10))
        self.slider.setEnabled(number.n_steps > 0)
        self.said = label("", "caption", wrap=True)
        self.said.hide()
        self._lay_out()
        self.field.editingFinished.connect(self._on_typed)
        self.field.textEdited.connect(self._on_text_edited)
        self.slider.valueChanged.connect(self._on_slid)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.name, 1)
        row.addWidget(self.field, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addLayout(row)
        column.addWidget(self.slider)
        column.addWidget(self.said)

    @property
    def value(self) -> float:
        """What is set."""
        return self._value

    def show_value(self, value: float, outside: str) -> None:
        """Show what is set, and what that means if it is beyond the rows."""
        is_other = value != self._value or not self.field.isModified()
        self._value = value
        if is_other and not self._is_wrong():
            self.field.setText(self.number.written(value))
        self._place_knob()
        self._say(outside)
        self._say_span()

    def _say_span(self) -> None:
        """Tell the range of the rows, in the digits that are used now."""
        number = self.number
        span = f"{number.written(number.low)} to {number.written(number.high)}"
        self.field.setAccessibleDescription(f"Your rows: {span}")
        self.field.setToolTip(plain_tip(f"{number.name}: your rows have {span}"))

    def _is_wrong(self) -> bool:
        return bool(self.field.property("wrong"))

    def _place_knob(self) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(self.number.place(self._value))
        self.slider.set_beyond(not self.number.is_within(self._value))

    def _say(self, words: str) -> None:
        if not self._is_wrong():
            self.said.setText(words)
            self.said.setVisible(bool(words))

    def _set_wrong(self, is_wrong: bool) -> None:
        set_look_property(self.field, "wrong", is_wrong)
        if is_wrong:
            what = "number" if self.number.origin is None else "date"
            example = self.number.written(self.number.mean)
            self.said.setText(f"This is no {what}, such as {example}.")
            self.said.show()

    @Slot()
    def _on_text_edited(self) -> None:
        if self._is_wrong() and self.number.read(self.field.text()) is not None:
            self._set_wrong(is_wrong=False)
            self._say("")

    @Slot()
    def _on_typed(self) -> None:
        text = self.field.text()
        is_as_shown = text == self.number.written(self._value)
        value = self._value if is_as_shown else self.number.read(text)
        self._set_wrong(is_wrong=value is None)
        self.field.setModified(False)
        if value is None:
            return
        self._say("")
        is_new = value != self._value
        self._value = value
        self.field.setText(self.number.written(value))
        self._place_knob()
        if is_new:
            self.changed.emit(self.number.name, value)

    @Slot(int)
    def _on_slid(self, step: int) -> None:
        self._value = self.number.at(step)
        self._set_wrong(is_wrong=False)
        self._say("")
        self.slider.set_beyond(is_beyond=False)
        self.field.setText(self.number.written(self._value))
        self.changed.emit(self.number.name, self._value)
