"""The frame of every plot: heading, legend, canvas or instruction, caption."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.fonts import REGULAR, SEMIBOLD
from gui.plots.canvas import Canvas
from gui.plots.chrome import HoverCard, TextBlock
from gui.plots.legend import LegendStrip
from gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPointF

Item = TypeVar("Item")


class PlotPanel(QWidget):
    """Parts below each other, in the colours of one theme.

    Attributes
    ----------
    header : QHBoxLayout
        The line of the heading; a page may add a chip or a button at its right.
    title_block, caption_block, empty_block : TextBlock
        Heading, sentence below the plot, and what is said in place of a plot.
    legend : LegendStrip
        Samples and words, between heading and plot.
    canvas : Canvas
        View and axes.
    card : HoverCard
        Appears beside the pointed-at point.
    """

    BY_LEVEL = False  # whether the bottom axis carries names rather than numbers

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        theme: Theme = LIGHT,
        vector: bool = False,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.is_vector = vector
        self.title_block = TextBlock(theme, "ink", SEMIBOLD)
        self.caption_block = TextBlock(theme, "ink2", REGULAR)
        self.empty_block = TextBlock(theme, "ink3", REGULAR, is_centred=True)
        self.legend = LegendStrip(theme)
        self.canvas = Canvas(theme, by_level=self.BY_LEVEL, vector=vector)
        self._lay_out()
        self.card = HoverCard(self, theme)

    def _lay_out(self) -> None:
        """Put the parts below each other."""
        self.setAutoFillBackground(True)
        self.header = QHBoxLayout()
        self.header.addWidget(self.title_block, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self.header)
        column.addWidget(self.legend)
        column.addWidget(self.canvas, 1)
        column.addStretch(0)
        column.addWidget(self.empty_block)
        column.addStretch(0)
        column.addWidget(self.caption_block)

    def add_item(self, item: Item) -> Item:
        """Put an item into the view; ranges are set by hand."""
        self.canvas.view.addItem(item, ignoreBounds=True)
        return item

    def set_zoom_enabled(self, is_enabled: bool) -> None:
        """Let the wheel zoom and a drag move; a double click shows everything again."""
        self.canvas.set_zoom_enabled(is_enabled)

    def show_card(
        self, at: QPointF, heading: str, values: Sequence[tuple[str, str]]
    ) -> None:
        """Say something beside a place of the scene."""
        place = self.canvas.mapTo(self, self.canvas.mapFromScene(at))
        self.card.show_at(place, heading, values)

    def paint_with(self, theme: Theme) -> None:
        """Give every part the colours and sizes of `theme`."""
        self.theme = theme
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.color("surface"))
        self.setPalette(palette)
        for block in (self.title_block, self.caption_block, self.empty_block):
            block.apply_theme(theme)
        self.legend.apply_theme(theme)
        self.card.apply_theme(theme)
        self.canvas.apply_theme(theme)

    def say(self, title: str, caption: str, instead: str) -> None:
        """Set the words; `instead` takes the place of the plot unless it is empty."""
        self.title_block.set_text(title)
        self.caption_block.set_text(caption)
        self.empty_block.set_text(instead)
        self.canvas.setVisible(not instead)
        self.setAccessibleName(title or instead)
        self.setAccessibleDescription(caption)
