"""What the Model pane always shows: formula, equation, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.data.group_words import counted_groups
from engine.data.wording import counted
from engine.errors import FormulaError
from engine.reporting.equations import general_line
from engine.written_numbers import count
from gui.controls import FlowLayout, IconButton, label
from gui.controls.painting import px
from gui.model.counts_words import BETWEEN, CountsWords
from gui.model.equation_line import EquationLine
from gui.model.formula_line import FormulaLine

if TYPE_CHECKING:
    from engine import FittedModel, ModelSpec
    from engine.errors import EngineError

_TIMES = " × "
_LONG = 24  # letters: as in "18 combinations of block and variety"


class ModelFoot(QWidget):
    """Shows a model and its problem; knows no session.

    Signals
    -------
    counts_pressed : str
        The number of parameters, in words.
    """

    counts_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.formula = FormulaLine()
        self.copy = IconButton("copy", "Copy the formula")
        self.problem = label("", "caption", wrap=True)
        self.equation = EquationLine()
        self.counts = CountsWords("explain the parameters")
        self._lay_out()
        self.copy.clicked.connect(self._on_copy_clicked)
        self.counts.clicked.connect(self._on_counts_clicked)

    def _lay_out(self) -> None:
        self.setProperty("surface", True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px(16), px(8), px(16), px(8))
        self._column.setSpacing(px(4))
        line = QHBoxLayout()
        line.setSpacing(px(4))
        line.addWidget(self.formula, 1)
        line.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(line)
        self._column.addWidget(self.problem)
        below = FlowLayout(px(16), px(2))
        below.addWidget(self.equation)
        below.addWidget(self.counts)
        self._column.addLayout(below)
        self.problem.hide()

    def height_with(self, n_lines: int) -> int:
        """Pixels that it needs if the formula has so many lines at most."""
        whole = self._column.totalHeightForWidth(self.width())
        formula = self.formula
        return whole - formula.sizeHint().height() + formula.height_of(n_lines)

    def show_spec(self, spec: ModelSpec | None) -> None:
        """Show formula and equation."""
        self.formula.show_formula("" if spec is None else str(spec))
        self.equation.setText("" if spec is None else general_line(spec))
        self.equation.setVisible(spec is not None)

    def show_counts(self, model: FittedModel | None) -> None:
        """Show what was counted; nothing without a fit."""
        if model is None:
            self.counts.set_counts((), ())
            return
        rows = counted(model.n_rows, "row")
        levels = model.n_levels.items()
        long = [counted_groups(n, name) for name, n in levels]
        named = [f"{count(n)} {name.replace(':', _TIMES)}" for name, n in levels]
        short = [
            words if len(words) <= _LONG else name
            for words, name in zip(long, named, strict=True)
        ]
        parameters = counted(model.n_parameters, "parameter")
        self.counts.set_counts((rows, *long, parameters), (rows, *short, parameters))

    def say_problem(self, error: EngineError) -> None:
        """Say what is the matter with the formula, and underline its place."""
        if isinstance(error, FormulaError):
            self.formula.show_problem(error)
        self.problem.setText(f"{error.message} {error.remedy}".strip())
        self.problem.show()

    def forget_problem(self) -> None:
        """Say that nothing is the matter; what is being typed stays underlined."""
        self.problem.hide()
        if not self.formula.is_edited:
            self.formula.show_problem(None)

    @Slot()
    def _on_copy_clicked(self) -> None:
        self.formula.selectAll()
        self.formula.copy()

    @Slot()
    def _on_counts_clicked(self) -> None:
        self.counts_pressed.emit(self.counts.text().rpartition(BETWEEN)[2])
