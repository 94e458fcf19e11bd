"""Very many rows as shades of one hue: the darker, the more rows there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gui.plots.items import PixelItem

if TYPE_CHECKING:
    from PySide6.QtGui import QTransform

    from engine.arrays import AnyArray, IntArray
    from engine.diagnostics.density import Density

_FAINTEST = 0.14  # of the colour, for a single row
_LEAST = 2.0  # pixels of a cell
_SUBCOLUMNS = 10  # of a level's slot
_WIDEST = 4_000  # dots of an image; with more levels there are no gaps between them


def shades(counts: IntArray, color: QColor) -> AnyArray:
    """Return premultiplied ARGB, first line on top, for counts from the bottom up.

    Parameters
    ----------
    counts : ndarray of int, shape (n_y, n_x)
    color : QColor
        What the fullest cell looks like; empty cells are clear.

    Returns
    -------
    ndarray of uint32, shape (n_y, n_x)
    """
    most = max(1, int(counts.max(initial=0)))
    depth = np.sqrt(counts / most)
    level = np.where(counts > 0, np.rint(1 + 254 * depth), 0).astype(np.uint8)
    alpha = _FAINTEST + (1 - _FAINTEST) * np.arange(256) / 255
    alpha[0] = 0.0
    table: AnyArray = np.zeros(256, dtype=np.uint32)
    for part in (1.0, color.redF(), color.greenF(), color.blueF()):
        table = (table << 8) | np.rint(255 * alpha * part).astype(np.uint32)
    return np.ascontiguousarray(table[level[::-1]])


def with_gaps(counts: IntArray, share: float) -> IntArray:
    """Return each column several times with empty ones around: slots of groups."""
    n = counts.shape[1]
    if n * _SUBCOLUMNS > _WIDEST:
        return counts
    wide = np.repeat(counts, _SUBCOLUMNS, axis=1)
    empty = round(_SUBCOLUMNS * (1 - share) / 2)
    place = np.arange(n * _SUBCOLUMNS) % _SUBCOLUMNS
    wide[:, (place < empty) | (place >= _SUBCOLUMNS - empty)] = 0
    return wide


def coarser(counts: IntArray) -> IntArray:
    """Return the sums of two by two cells."""
    n_y, n_x = counts.shape
    even = np.pad(counts, ((0, n_y % 2), (0, n_x % 2)))
    total: IntArray = even.reshape(-(-n_y // 2), 2, -(-n_x // 2), 2).sum(axis=(1, 3))
    return total


def image_of(counts: IntArray, color: QColor, share: float = 1.0) -> QImage:
    """Return counts as an image; a share below 1 leaves gaps between columns."""
    counts = counts if share >= 1 else with_gaps(counts, share)
    dots = shades(counts, color)
    height, width = dots.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(dots.tobytes(), width, height, 4 * width, form).copy()


class DensityImage(PixelItem):
    """Draws a `Density` as an image under the marks."""

    def __init__(self, z: float, *, is_by_level: bool) -> None:
        super().__init__()
        self.setZValue(z)
        self.color = QColor()
        self.share = 1.0  # of a slot, for groups side by side
        self._is_by_level = is_by_level
        self._density: Density | None = None
        self._image: QImage | None = None
        self._is_coarse = False

    def set_data(self, density: Density | None) -> None:
        """Replace what is drawn."""
        if density is not self._density:
            self._density, self._image = density, None
            self.update()

    def get_data(self) -> Density | None:
        """Return what is drawn."""
        return self._density

    def set_look(self, color: QColor, share: float = 1.0) -> None:
        """Colour of the fullest cell, and the share of a slot that is painted."""
        if (color, share) != (self.color, self.share):
            self.color, self.share, self._image = color, share, None
            self.update()

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Draw the part of the image that is inside the view."""
        if self._density is None:
            return
        (left, right), (low, high) = self._density.x, self._density.y
        place = transform.mapRect(QRectF(left, low, right - left, high - low))
        image = self._drawn(self._density, place.width())
        shown = place & self.pixel_rect(transform)
        if shown.isEmpty() or place.isEmpty():
            return
        across, down = image.width() / place.width(), image.height() / place.height()
        part = QRectF(
            (shown.left() - place.left()) * across,
            (shown.top() - place.top()) * down,
            shown.width() * across,
            shown.height() * down,
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(shown, image, part)

    def _drawn(self, density: Density, width: float) -> QImage:
        """Return the image, made when it is first needed."""
        is_coarse = not self._is_by_level and width < _LEAST * density.counts.shape[1]
        if self._image is None or is_coarse != self._is_coarse:
            counts = coarser(density.counts) if is_coarse else density.counts
            share = self.share if self._is_by_level else 1.0
            self._image, self._is_coarse = (
                image_of(counts, self.color, share),
                is_coarse,
            )
        return self._image
