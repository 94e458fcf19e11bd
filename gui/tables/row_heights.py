"""How high the rows of a table are whose cells are broken into lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics

from gui.controls.breaking import breakable
from gui.controls.painting import px
from gui.tables.cell_painting import WRAPPED_TOP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFont

    from gui.tables.column_widths import Shares
    from gui.tables.result_model import ResultModel

_TALLEST = 10_000


def wrapped_heights(
    cells: ResultModel, columns: Sequence[int], shares: Shares, used: QFont
) -> list[int]:
    """Heights of all rows, in pixels.

    Parameters
    ----------
    cells : ResultModel
    columns : sequence of int
        Those that are broken into lines.
    shares : Shares
        Widths of all columns.
    used : QFont
    """
    metrics = QFontMetrics(used)
    flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)
    heights = []
    for row in range(cells.rowCount()):
        needed = 0
        for column in columns:
            width = shares.widths[column] - 2 * shares.gap
            box = QRect(0, 0, max(width, 1), _TALLEST)
            text = breakable(cells.text(row, column))
            rect = metrics.boundingRect(box, flags, text)
            needed = max(needed, rect.height())
        heights.append(needed + 2 * px(WRAPPED_TOP) + 1)
    return heights
