"""The model as equations: in symbols, with its numbers, and as matrices drawn small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.controls.equation_view import EquationView
from gui.controls.labels import label
from gui.controls.painting import px
from gui.pages.results.matrix_equation import MatrixEquation
from gui.pages.results.matrix_layout import Factor, factor, vector

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from engine.reporting.matrix_pictures import MatrixPictures
    from gui.pages.results.results_work import MatrixContent, ResultsContent

_LATEX = (
    r"\mathbf{y} = \mathbf{X}\boldsymbol{\beta} + \mathbf{Z}\mathbf{b} "
    r"+ \boldsymbol{\varepsilon}",
    r"\operatorname{Cov}(\mathbf{y}) = \mathbf{V} = "
    r"\mathbf{Z}\mathbf{G}\mathbf{Z}^{\top} + \mathbf{R}",
)
_LATEX_FIXED = (
    r"\mathbf{y} = \mathbf{X}\boldsymbol{\beta} + \boldsymbol{\varepsilon}",
    r"\operatorname{Cov}(\mathbf{y}) = \mathbf{V} = \mathbf{R}",
)


class EquationsView(QWidget):
    """Shows equations, and the matrices as soon as they are there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content: ResultsContent | None = None
        self._is_mixed = False
        self._is_written = False
        self.general, self.numbers = EquationView(), EquationView()
        self.rows, self.covariance = MatrixEquation(), MatrixEquation()
        self._matrices = QWidget()
        self._about_rows = label("", "caption", wrap=True)
        self._about_covariance = label("", "caption", wrap=True)
        self._about_drawing = label("", "caption", wrap=True)
        self._lay_out()
        self._matrices.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(16))
        for words, view in (
            ("The model", self.general),
            ("With your numbers", self.numbers),
        ):
            column.addWidget(label(words, "heading"))
            column.addWidget(view)
        column.addWidget(self._matrices)
        column.addStretch(1)
        below = QVBoxLayout(self._matrices)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(px(10))
        below.addWidget(label("In matrices", "heading"))
        below.addWidget(self.rows)
        below.addWidget(self._about_rows)
        below.addSpacing(px(10))
        below.addWidget(self.covariance)
        below.addWidget(self._about_covariance)
        below.addWidget(self._about_drawing)

    def set_content(self, content: ResultsContent) -> None:
        """Show the equations of a fit."""
        self._content = content
        self._is_written = False
        if self.isVisible():
            self._write()

    def showEvent(self, event: QShowEvent) -> None:
        """Write the equations only when they are looked at: drawing takes a while."""
        super().showEvent(event)
        self._write()

    def _write(self) -> None:
        if self._content is None or self._is_written:
            return
        self._is_written = True
        general, numbers = self._content.general, self._content.with_numbers
        self.general.set_latex(general, " ; ".join(general))
        self.numbers.set_latex(numbers, " ; ".join(numbers))

    def set_matrices(self, content: MatrixContent) -> None:
        """Show the matrices of a fit."""
        pictures = content.pictures
        self._is_mixed = pictures.Z is not None
        self.rows.set_parts(*_rows(pictures))
        self.covariance.set_parts(*_covariance(pictures))
        about = (self._about_rows, self._about_covariance, self._about_drawing)
        for said, words in zip(about, content.words, strict=True):
            said.setText(words)
        self._matrices.show()

    def forget(self) -> None:
        """Show nothing."""
        self._content = None
        self.general.set_latex((), "")
        self.numbers.set_latex((), "")
        self._matrices.hide()

    def set_stale(self, is_stale: bool) -> None:
        """Dim old equations."""
        for view in (self.general, self.numbers):
            view.set_stale(is_stale)
        for drawn in (self.rows, self.covariance):
            drawn.set_stale(is_stale)

    @property
    def latex(self) -> str:
        """All equations in LaTeX, for the clipboard."""
        if self._content is None:
            return ""
        matrices = _LATEX if self._is_mixed else _LATEX_FIXED
        lines = (*self._content.general, *self._content.with_numbers, *matrices)
        return "\n".join(lines)


Equation = tuple[list[Factor | str], str]


def _rows(pictures: MatrixPictures) -> Equation:
    """Rows: y = X beta + Z b + epsilon."""
    n, shown = pictures.X.n_rows, len(pictures.rows)
    parts: list[Factor | str] = [vector("y", n, shown), "="]
    spoken = []
    if pictures.X.n_columns:
        p, p_shown = pictures.X.n_columns, pictures.X.values.shape[1]
        parts += [factor(pictures.X), vector("β", p, p_shown), "+"]
        spoken.append("X beta")
    if pictures.Z is not None:
        q, q_shown = pictures.Z.n_columns, pictures.Z.values.shape[1]
        parts += [factor(pictures.Z), vector("b", q, q_shown), "+"]
        spoken.append("Z b")
    parts.append(vector("ε", n, shown))
    return parts, f"y = {' + '.join([*spoken, 'epsilon'])}"


def _covariance(pictures: MatrixPictures) -> Equation:
    """Covariance: V = Z G Z' + R."""
    parts: list[Factor | str] = [factor(pictures.V), "="]
    spoken = "V = R"
    if pictures.Z is not None and pictures.G is not None:
        turned = factor(pictures.Z, is_turned=True)
        parts += [factor(pictures.Z), factor(pictures.G), turned, "+"]
        spoken = "V = Z G Z transposed + R"
    return [*parts, factor(pictures.R)], spoken
