"""What Qt's SVG needs before other programs can use it well.

Qt writes whole millimetres only by accident, repeats the font on every shape, leaves
hundreds of empty groups, and names one font family without a substitute.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QPainterPath

from gui.fonts import SANS, SYMBOLS, sans

if TYPE_CHECKING:
    from collections.abc import Iterator

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
FAMILIES = f"{SANS}, Helvetica, Arial, '{SYMBOLS}', sans-serif"
_FONT = ("font-family", "font-size", "font-weight", "font-style")
_DRAWING = (
    "path",
    "polyline",
    "polygon",
    "rect",
    "circle",
    "ellipse",
    "line",
    "text",
    "image",
)

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that a level's name can have and XML cannot."""


def tidied(
    content: bytes, width_mm: float, height_mm: float, *, text_as_paths: bool
) -> bytes:
    """Return an SVG of exactly this size, lean, and readable without our fonts.

    Parameters
    ----------
    content : bytes
        What `QSvgGenerator` wrote.
    width_mm, height_mm : float
        Size in print.
    text_as_paths : bool
        Whether letters become outlines.
    """
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    root = ET.fromstring(_CONTROL.sub(b"?", content))
    root.set("width", f"{width_mm:g}mm")
    root.set("height", f"{height_mm:g}mm")
    _drop_empty(root)
    for element in root.iter():
        element.tail = "\n"
        element.attrib.pop("vector-effect", None)
        if _is(element, "text"):
            element.set("font-family", FAMILIES)
            if text_as_paths:
                _outline(element)
        else:
            for name in _FONT:
                element.attrib.pop(name, None)
            if _is(element, "g") or _is(element, "svg"):
                element.text = "\n"
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _is(element: ET.Element, name: str) -> bool:
    return element.tag == f"{{{_SVG}}}{name}"


def _draws(element: ET.Element) -> bool:
    """Whether anything in a group is visible, or says something."""
    return any(_is(inner, name) for inner in element.iter() for name in _DRAWING)


def _drop_empty(element: ET.Element) -> None:
    """Remove the groups that hold nothing."""
    for child in list(element):
        if _is(child, "g"):
            if _draws(child):
                _drop_empty(child)
            else:
                element.remove(child)


def _outline(element: ET.Element) -> None:
    """Turn a text into the outlines of its letters; a screen reader still hears it."""
    words = element.text or ""
    place = QPointF(float(element.get("x", "0")), float(element.get("y", "0")))
    font = sans(
        float(element.get("font-size", "11")),
        QFont.Weight(int(element.get("font-weight", "400"))),
        italic=element.get("font-style") == "italic",
    )
    path = QPainterPath()
    path.addText(place, font, words)
    kept = {key: element.attrib[key] for key in ("fill", "fill-opacity", "stroke")}
    element.attrib.clear()
    element.attrib.update(kept)
    element.attrib.update({"aria-label": words, "fill-rule": "nonzero"})
    element.set("d", " ".join(_commands(path)))
    element.tag = f"{{{_SVG}}}path"
    element.text = None


def _commands(path: QPainterPath) -> Iterator[str]:
    """Moves, lines and curves of a path."""
    kinds = QPainterPath.ElementType
    letters = {
        kinds.MoveToElement: "M",
        kinds.LineToElement: "L",
        kinds.CurveToElement: "C",
        kinds.CurveToDataElement: "",
    }
    for index in range(path.elementCount()):
        element = path.elementAt(index)
        yield f"{letters[element.type]}{element.x:.5g} {element.y:.5g}"
