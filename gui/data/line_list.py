"""Lines below each other that scroll where there are many: for the small panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.controls import label
from gui.controls.breaking import shortened
from gui.controls.painting import plain_tip, px

if TYPE_CHECKING:
    from collections.abc import Iterable

CARD_WIDTH = 336
"""Width of a small panel."""
_INNER = CARD_WIDTH - 36  # without margins and scroll bar
_MOST_HIGH = 280
_MOST_LETTERS = 120


def fit_height(card: QWidget) -> None:
    """Make a panel of fixed width as high as its wrapped texts need."""
    column = card.layout()
    if column is not None:
        card.ensurePolished()
        for child in card.findChildren(QWidget):
            child.ensurePolished()  # type sizes come from the style sheet
        column.activate()
        wanted = column.totalHeightForWidth(card.width())
        card.setFixedHeight(wanted if wanted > 0 else column.sizeHint().height())


def short_label(words: str) -> QLabel:
    """Say something in a few lines at most; in full where the pointer rests."""
    short = shortened(words, _MOST_LETTERS)
    made = label(short, wrap=True)
    if short != words:
        made.setToolTip(plain_tip(words))
        made.setAccessibleName(words)
    return made


def line_list(lines: Iterable[QHBoxLayout]) -> QScrollArea:
    """Put lines into an area as high as they are, up to a limit.

    Parameters
    ----------
    lines : iterable of QHBoxLayout

    Returns
    -------
    QScrollArea
    """
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(px(4))
    for line in lines:
        column.addLayout(line)
    inner.setFixedWidth(px(_INNER))
    for child in inner.findChildren(QWidget):
        child.ensurePolished()
    high = column.totalHeightForWidth(px(_INNER))
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    area.setFixedHeight(min(max(high, column.sizeHint().height()), px(_MOST_HIGH)))
    return area
