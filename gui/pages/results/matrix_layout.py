"""Where the matrices of an equation stand, and how large their cells are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.reporting.matrix_picture import MatrixPicture

TALLEST, WIDEST_CELL, LEAST = 150, 12, 9
"""Height of a picture and of a cell at most, width of a single column at least."""
SIGN, NAME, CAPTION, GAP = 20, 24, 18, 8
_MOST_WIDENED = 8
"""Up to so many columns a matrix is widened, so that each can be seen."""
_SMALLEST_CELL = 0.25


@dataclass(frozen=True, slots=True)
class Factor:
    """A matrix of an equation.

    Attributes
    ----------
    name : str
        Its letter.
    size : str
        How large it is, said below it.
    n_rows, n_columns : int
        Cells that are drawn, which make its picture to scale.
    picture : MatrixPicture or None
        What its cells hold; without, it is an empty box.
    is_turned : bool
        Whether it is the transpose of the picture.
    """

    name: str
    size: str
    n_rows: int
    n_columns: int
    picture: MatrixPicture | None = None
    is_turned: bool = False

    @property
    def is_square(self) -> bool:
        """Whether it has as many rows as columns."""
        return self.n_rows == self.n_columns

    def cell_words(self, row: int, column: int) -> str:
        """Say what a cell is."""
        if self.picture is None:
            return f"{self.name}, {self.size}"
        if self.is_turned:
            row, column = column, row
        return self.picture.cell_words(row, column)


def factor(picture: MatrixPicture, *, is_turned: bool = False) -> Factor:
    """Make a factor of a matrix that is drawn."""
    rows, columns = picture.values.shape
    n, m, name = picture.n_rows, picture.n_columns, picture.name
    if is_turned:
        rows, columns, n, m, name = columns, rows, m, n, f"{name}ᵀ"
    return Factor(name, f"{n} × {m}", rows, columns, picture, is_turned)


def vector(name: str, size: int, n_shown: int) -> Factor:
    """Make a factor of one column, whose cells are not shown."""
    return Factor(name, f"{size} × 1", n_shown, 1)


@dataclass(frozen=True, slots=True)
class Placed:
    """A factor, or a sign such as "=", and where it stands."""

    what: Factor | str
    box: QRectF


@dataclass(frozen=True, slots=True)
class MatrixLayout:
    """Lays equations out.

    Attributes
    ----------
    scale : float
        Of the type: 1 is a body text of 13 pixels.
    step : float
        Size of a pixel of the screen; cells are whole numbers of them.
    caption_width : callable
        Width of what is said below a factor.
    """

    scale: float
    step: float
    caption_width: Callable[[str], float]

    def place(self, parts: Sequence[Factor | str], room: float) -> tuple[Placed, ...]:
        """Give each part its place, in the largest scale that fits.

        Parameters
        ----------
        parts : sequence of Factor or str
        room : float
            Width of all.

        Returns
        -------
        tuple of Placed
            Centred; lower ones are half way between top and bottom of the tallest.
        """
        factors = [part for part in parts if isinstance(part, Factor)]
        if not factors:
            return ()
        cell = self._cell(parts, factors, room)
        tallest = max(self.tall(own, cell) for own in factors)
        left = max(0.0, (room - self._width(parts, cell)) / 2)
        placed = []
        for part in parts:
            advance = self._advance(part, cell)
            wide, tall = advance, tallest
            if isinstance(part, Factor):
                wide, tall = self.wide(part, cell), self.tall(part, cell)
            x = left + (advance - wide) / 2
            y = NAME * self.scale + (tallest - tall) / 2
            placed.append(
                Placed(part, QRectF(self._whole(x), self._whole(y), wide, tall))
            )
            left += advance
        return tuple(placed)

    def _cell(
        self, parts: Sequence[Factor | str], factors: Sequence[Factor], room: float
    ) -> float:
        """Size of a cell."""
        most = max(max(own.n_rows, own.n_columns) for own in factors)
        cell = min(TALLEST / most, WIDEST_CELL) * self.scale
        cell = max(self._whole(cell, down=True), self.step)
        while cell > self.step and self._width(parts, cell) > room:
            cell -= self.step
        while cell > _SMALLEST_CELL and self._width(parts, cell) > room:
            cell *= 0.9  # cells are smaller than pixels
        return cell

    def _whole(self, length: float, *, down: bool = False) -> float:
        steps = length / self.step
        return self.step * (int(steps + 1e-9) if down else round(steps))

    def wide(self, own: Factor, cell: float) -> float:
        """Width of a picture; a few columns are made wide enough to be seen."""
        least = LEAST * self.scale
        if own.n_columns <= _MOST_WIDENED and not own.is_turned and not own.is_square:
            return own.n_columns * max(cell, self._whole(least / own.n_columns**0.5))
        return max(own.n_columns * cell, self.step)

    def tall(self, own: Factor, cell: float) -> float:
        """Height of a picture."""
        return max(own.n_rows * cell, self.step)

    def _advance(self, part: Factor | str, cell: float) -> float:
        if isinstance(part, str):
            return SIGN * self.scale
        wide = max(self.wide(part, cell), self.caption_width(part.size))
        return wide + GAP * self.scale

    def _width(self, parts: Sequence[Factor | str], cell: float) -> float:
        return sum(self._advance(part, cell) for part in parts)
