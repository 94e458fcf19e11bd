"""Pictures as files: PNG, SVG and PDF of a size in millimetres.

A picture is drawn from a copy of the plot, never from the widget on the screen: its
size, text and lines depend on the millimetres asked for and on nothing else. Type of
11 px on the screen is 7 pt in print, and everything else follows in proportion.
"""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    QUuid,
)
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from engine.errors import EngineError
from gui.plots.svg import tidied
from gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gui.plots.panel import PlotPanel

MM_PER_INCH = 25.4
PT_PER_INCH = 72
SMALLEST_PT = 7.0  # of text in print
PX_PER_INCH = PT_PER_INCH * LIGHT.sizes.tick / SMALLEST_PT  # logical pixels
MARGIN = 8  # logical pixels around the picture


class Printable(Protocol):
    """What can be saved: a plot, or a set of panels."""

    @property
    def is_stale(self) -> bool:
        """Whether it belongs to something older."""

    def replica(self, theme: Theme, *, has_words: bool) -> PlotPanel:
        """Return a copy to be drawn elsewhere."""


class OldPictureError(EngineError):
    """A picture that is no longer of the model cannot be saved."""

    def __init__(self) -> None:
        super().__init__(
            "This picture is still of your last model, so it was not saved.",
            "Save it again when the new result is there.",
        )


def export_png(
    plot: Printable,
    path: Path,
    width_mm: float,
    height_mm: float,
    dpi: int = 300,
    *,
    theme: Theme = LIGHT,
    has_words: bool = True,
) -> None:
    """Write a plot as a PNG file.

    Parameters
    ----------
    plot : BasePlot or FittedLinesByGroup
        What is shown: its data, selection and visible range.
    path : Path
        The file; one that exists is replaced, but only by a complete one.
    width_mm, height_mm : float
        Size in print, in millimetres.
    dpi : int
        Dots per inch.
    theme : Theme
        Colours; light ones are for paper.
    has_words : bool
        Whether title and caption are part of the picture.

    Raises
    ------
    OSError
        If the file cannot be written; nothing is left behind.
    OldPictureError
        If the plot `is_stale`.
    """
    width, height = (round(mm / MM_PER_INCH * dpi) for mm in (width_mm, height_mm))
    image = QImage(width, height, QImage.Format.Format_RGB32)
    if image.isNull():
        message = f"A picture of {width} by {height} dots is too large."
        raise OSError(message)
    image.fill(theme.color("surface"))
    with _copy(plot, width_mm, height_mm, theme, has_words=has_words) as copy:
        image.setDevicePixelRatio(width / copy.width())
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        copy.paint_picture(painter)
        painter.end()
    image.setDevicePixelRatio(1.0)
    per_metre = round(dpi / MM_PER_INCH * 1000)
    image.setDotsPerMeterX(per_metre)
    image.setDotsPerMeterY(per_metre)
    buffer = _open_buffer()
    image.save(buffer, "PNG")  # type: ignore[call-overload] # str is what Qt wants
    write_whole(path, _content(buffer))


def export_svg(
    plot: Printable,
    path: Path,
    width_mm: float,
    height_mm: float,
    *,
    theme: Theme = LIGHT,
    has_words: bool = True,
    text_as_paths: bool = False,
) -> None:
    """Write a plot as an SVG file in which everything is a shape or a text.

    Parameters
    ----------
    plot, path, width_mm, height_mm, theme, has_words
        See `export_png`.
    text_as_paths : bool
        Draw letters as outlines, which look the same without the font but can no
        longer be edited or searched.

    Raises
    ------
    OSError
        If the file cannot be written; nothing is left behind.
    """
    buffer = _open_buffer()
    with _copy(plot, width_mm, height_mm, theme, has_words=has_words) as copy:
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(QSize(copy.width(), copy.height()))
        generator.setViewBox(QRectF(0, 0, copy.width(), copy.height()))
        generator.setTitle(copy.accessibleName())
        generator.setDescription(copy.accessibleDescription())
        painter = QPainter(generator)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        copy.paint_picture(painter)
        painter.end()
    text = _content(buffer)
    write_whole(path, tidied(text, width_mm, height_mm, text_as_paths=text_as_paths))


def export_pdf(
    plot: Printable,
    path: Path,
    width_mm: float,
    height_mm: float,
    *,
    theme: Theme = LIGHT,
    has_words: bool = True,
) -> None:
    """Write a plot as a PDF file of one page; parameters as for `export_png`.

    Raises
    ------
    OSError
        If the file cannot be written; nothing is left behind.
    """
    buffer = _open_buffer()
    with _copy(plot, width_mm, height_mm, theme, has_words=has_words) as copy:
        writer = QPdfWriter(buffer)
        writer.setResolution(round(PX_PER_INCH))
        size = QPageSize(QSizeF(width_mm, height_mm), QPageSize.Unit.Millimeter)
        writer.setPageSize(size)
        writer.setPageMargins(QMarginsF(), QPageLayout.Unit.Millimeter)
        name = copy.accessibleName()
        writer.setTitle(name)
        writer.setDocumentId(QUuid.createUuidV5(QUuid(), name.encode()))
        painter = QPainter(writer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        copy.paint_picture(painter)
        painter.end()
    write_whole(path, _undated(_content(buffer)))


def _undated(content: bytes) -> bytes:
    """Set the dates of a PDF to 1970: the same picture is the same file."""
    content = re.sub(rb"Date \(D:\d{14}", b"Date (D:19700101000000", content)
    day = rb'Date="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'
    return re.sub(day, b'Date="1970-01-01T00:00:00', content)


@contextmanager
def _copy(
    plot: Printable,
    width_mm: float,
    height_mm: float,
    theme: Theme,
    *,
    has_words: bool,
) -> Iterator[PlotPanel]:
    """Lay out a copy of the plot at the size of the print, out of sight."""
    if plot.is_stale:
        raise OldPictureError
    copy = plot.replica(theme, has_words=has_words)
    copy.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
    wide, tall = (mm / MM_PER_INCH * PX_PER_INCH for mm in (width_mm, height_mm))
    copy.setFixedSize(round(wide), round(tall))
    copy.grab(QRect(0, 0, 1, 1))  # lays out what is never shown
    try:
        yield copy
    finally:
        copy.deleteLater()


def _open_buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _content(buffer: QBuffer) -> bytes:
    content: QByteArray = buffer.data()
    return bytes(content.data())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file completely or not at all.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
