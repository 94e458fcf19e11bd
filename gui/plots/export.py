"""Pictures as files: PNG, SVG and PDF of a size in millimetres."""

from __future__ import annotations

import os
import re
import secrets
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter, QPaintDevice, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from gui.fonts import SANS
from gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from pathlib import Path

    from gui.plots.base import BasePlot

MM_PER_INCH = 25.4
SMALLEST_TYPE_PT = 7.0
# Tick text, the smallest there is, comes out at 7 pt; all else follows.
PX_PER_INCH = 72 * LIGHT.sizes.tick / SMALLEST_TYPE_PT
MARGIN = 8  # logical pixels
