"""The frame of every plot: heading, legend, canvas or instruction, caption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.fonts import REGULAR, SEMIBOLD
from gui.plots.chrome import TextBlock
from gui.plots.hover_card import HoverCard
from gui.plots.legend import LegendStrip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QPaintEvent

    from gui.plots.canvas import Canvas
    from gui.plots.panel_area import PanelArea
    from gui.theme import Theme

    Surface = Canvas | PanelArea

STALE_WORDS = "Old result, dimmed: the new one is on its way."
_SPACING, _SPACING_TILE = 6, 2


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
    surface : Canvas or PanelArea
        What the plot is drawn on.
    card : HoverCard
        Appears beside the pointed-at point.
    """

    def __init__(
        self, surface: Surface, parent: QWidget | None, theme: Theme, *, vector: bool
    ) -> None:
        super().__init__(parent)
        self.surface = surface
        self.theme = theme
        self.is_vector = vector
        self._is_stale = False
        self._title = self._caption = ""
        self._stale_words = STALE_WORDS
        self._is_title_visible = True
        self.is_compact = False
        self.title_block = TextBlock(theme, "ink", SEMIBOLD)
        self.caption_block = TextBlock(theme, "ink2", REGULAR)
        self.empty_block = TextBlock(theme, "ink3", REGULAR, is_centred=True)
        self.legend = LegendStrip(theme)
        self._lay_out()
        self.card = HoverCard(self, theme)

    def _lay_out(self) -> None:
        """Put the parts below each other."""
        self.header = QHBoxLayout()
        self.header.addWidget(self.title_block, 1)
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_SPACING)
        column.addLayout(self.header)
        column.addWidget(self.legend)
        column.addWidget(self.surface, 1)
        column.addStretch(0)
        column.addWidget(self.empty_block)
        column.addStretch(0)
        column.addWidget(self.caption_block)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the surface; a palette would be lost to the program's style sheet."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.theme.color("surface"))

    def paint_picture(self, painter: QPainter) -> None:
        """Draw everything with the painter of a picture."""
        painter.fillRect(self.rect(), self.theme.color("surface"))
        blocks = self.title_block, self.legend, self.caption_block, self.empty_block
        for part in blocks:
            if not part.isHidden():
                part.render(painter, part.pos(), QRegion(), QWidget.RenderFlag(0))
        if not self.surface.isHidden():
            self.surface.paint_picture(painter, QRectF(self.surface.geometry()))

    def show_card(
        self, at: QPointF, heading: str, values: Sequence[tuple[str, str]]
    ) -> None:
        """Say something beside a place of the surface."""
        place = self.surface.mapTo(self, self.surface.to_widget(at))
        self.card.show_at(place, heading, values)

    @property
    def is_stale(self) -> bool:
        """Whether the picture belongs to something older."""
        return self._is_stale

    def set_stale(self, is_stale: bool, words: str = STALE_WORDS) -> None:
        """Dim an old picture and say so; it cannot be pointed at meanwhile.

        Parameters
        ----------
        is_stale : bool
        words : str
            What takes the place of the caption.
        """
        self._is_stale, self._stale_words = is_stale, words
        self._forget_pointer()
        self.surface.setEnabled(not is_stale)
        self.surface.cover.set_veiled(is_stale)
        self.legend.setEnabled(not is_stale)
        self._show_words()

    def set_title_visible(self, is_visible: bool) -> None:
        """Show the heading, or leave it to the page; its words remain the plot's name.

        Parameters
        ----------
        is_visible : bool
        """
        self._is_title_visible = is_visible
        self._show_words()

    def set_compact(self, is_compact: bool) -> None:
        """Be a tile among others: small marks, close together, no legend.

        Parameters
        ----------
        is_compact : bool
        """
        self.is_compact = is_compact
        self.column.setSpacing(_SPACING_TILE if is_compact else _SPACING)

    def paint_with(self, theme: Theme) -> None:
        """Give every part the colours and sizes of `theme`."""
        self.theme = theme
        self.update()
        for block in (self.title_block, self.caption_block, self.empty_block):
            block.apply_theme(theme)
        self.legend.apply_theme(theme)
        self.card.apply_theme(theme)
        self.surface.apply_theme(theme)

    def say(self, title: str, caption: str, instead: str) -> None:
        """Set the words; `instead` takes the place of the plot unless it is empty."""
        self._title, self._caption = title, caption
        self._show_words()
        self.empty_block.set_text(instead)
        self.surface.setVisible(not instead)
        is_reachable = not (instead or self.is_vector)
        policy = Qt.FocusPolicy.StrongFocus if is_reachable else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)
        self.setAccessibleName(title or instead)
        self.setAccessibleDescription(caption)

    def _show_words(self) -> None:
        """Write heading and caption, or what is said in their place."""
        self.title_block.set_text(self._title if self._is_title_visible else "")
        caption = self._stale_words if self._is_stale else self._caption
        self.caption_block.set_text(caption)

    def _forget_pointer(self) -> None:
        """Take away what the pointer brought."""
        self.card.hide()
