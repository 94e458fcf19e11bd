"""Tarn's icons: strokes from one file, tinted with the theme that is in use.

Pixmaps are kept in Qt's own cache, which ends with the application.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QIcon,
    QPainter,
    QPen,
    QPixmap,
    QPixmapCache,
    QPolygonF,
)
from PySide6.QtSvg import QSvgRenderer

from gui.look import look
from gui.theme import LIGHT, Theme

FILE = Path(__file__).resolve().parent.parent / "resources" / "icons" / "icons.json"
SIZE = 20  # the field the strokes were drawn on
_DENSITIES = (1.0, 2.0)  # a QIcon is given these and the screen's own
_THINNEST = 1.3  # pixels, of a stroke
_APP_SIZES = (16, 24, 32, 48, 64, 128, 256)

# the mark, on a field of 48 by 48
_MOUNTAINS = ((7.0, 27.5), (18.8, 11.3), (26.2, 20.2), (30.1, 16.2), (41.0, 27.5))
_WATER = (QLineF(7.6, 32.9, 40.4, 32.9), QLineF(14.0, 38.5, 34.0, 38.5))


def names() -> tuple[str, ...]:
    """Every icon there is, by name."""
    return tuple(_drawings()["paths"])


def pixmap(name: str, role: str = "ink2", size: float = SIZE) -> QPixmap:
    """Draw an icon in the colour of a role.

    Parameters
    ----------
    name : str
        One of `names`.
    role : str
        A colour role of the theme in use.
    size : float
        Edge in logical pixels.

    Returns
    -------
    QPixmap
        As sharp as the densest screen; its device pixel ratio is set.

    Raises
    ------
    KeyError
        If there is no such icon.
    AttributeError
        If there is no such role.
    """
    return _tinted(name, look().theme.color(role), size, _screen_density())


def icon(name: str, role: str = "ink2", size: float = SIZE) -> QIcon:
    """Icon for a button or a menu, with a fainter picture for "not possible now".

    Colours are those of the moment: ask again when ``look().changed`` speaks.
    Parameters and errors as for `pixmap`.
    """
    theme = look().theme
    found = QIcon()
    for density in sorted({*_DENSITIES, _screen_density()}):
        for mode, color in (
            (QIcon.Mode.Normal, theme.color(role)),
            (QIcon.Mode.Disabled, theme.color("ink3", 0.55)),
        ):
            found.addPixmap(_tinted(name, color, size, density), mode)
    return found


def logo(size: float) -> QPixmap:
    """Tarn's mark: mountains over water, in the accent of the theme in use.

    Parameters
    ----------
    size : float
        Edge in logical pixels.
    """
    return _mark(look().theme, size, _screen_density())


def app_icon() -> QIcon:
    """Tarn's mark for the system's window list, the same in both themes."""
    found = QIcon()
    for size in _APP_SIZES:
        found.addPixmap(_mark(LIGHT, size, 1.0))
    return found


@cache
def _drawings() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = json.loads(FILE.read_text("utf-8"))
    return read


def _screen_density() -> float:
    app = QGuiApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0


def _svg(name: str, size: float) -> QByteArray:
    """Return one icon as a document, black on nothing.

    A small icon has stronger strokes, so that they are never fainter than text.
    """
    told = _drawings()
    width = max(float(str(told["stroke_width"])), _THINNEST * SIZE / size)
    path = told["paths"][name]
    return QByteArray(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{told["viewBox"]}">'
        f'<path d="{path}" fill="none" stroke="#000"'
        f' stroke-width="{width:.3f}"'
        f' stroke-linecap="{told["stroke_linecap"]}"'
        f' stroke-linejoin="{told["stroke_linejoin"]}"/></svg>'.encode()
    )


def _tinted(name: str, color: QColor, size: float, density: float) -> QPixmap:
    key = f"tarn-{name}-{color.name(QColor.NameFormat.HexArgb)}-{size:g}-{density:g}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    renderer = QSvgRenderer(_svg(name, size))
    made = _blank(size, density)
    painter = QPainter(made)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(QRectF(0, 0, size, size), color)
    painter.end()
    QPixmapCache.insert(key, made)
    return made


def _mark(theme: Theme, size: float, density: float) -> QPixmap:
    made = _blank(size, density)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 48, size / 48)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent"))
    painter.drawRoundedRect(QRectF(0, 0, 48, 48), 11.5, 11.5)
    painter.setBrush(theme.color("onaccent"))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in _MOUNTAINS]))
    pen = QPen(theme.color("onaccent"), 3.1)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLines(_WATER)
    painter.end()
    return made


def _blank(size: float, density: float) -> QPixmap:
    edge = max(1, round(size * density))
    made = QPixmap(edge, edge)
    made.setDevicePixelRatio(density)
    made.fill(Qt.GlobalColor.transparent)
    return made
