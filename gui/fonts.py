"""The bundled fonts, so that pictures look the same everywhere and show no boxes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

SANS = "Inter"
SERIF = "STIX Two Text"  # equations
SYMBOLS = "STIX Two Math"  # operators that the other two lack

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "fonts"
FILES = (
    "inter/Inter-Regular.ttf",
    "inter/Inter-Italic.ttf",
    "inter/Inter-Medium.ttf",
    "inter/Inter-SemiBold.ttf",
    "inter/Inter-Bold.ttf",
    "stix-two/STIXTwoText-Regular.ttf",
    "stix-two/STIXTwoText-Italic.ttf",
    "stix-two/STIXTwoText-Bold.ttf",
    "stix-two/STIXTwoMath-Operators.ttf",
)

REGULAR = QFont.Weight.Normal
MEDIUM = QFont.Weight.Medium
SEMIBOLD = QFont.Weight.DemiBold
BOLD = QFont.Weight.Bold


class FontsMissing(RuntimeError):  # noqa: N818 - says what is the case
    """A bundled font cannot be loaded: the installation is incomplete."""


@cache
def load_fonts() -> tuple[str, ...]:
    """Make the bundled fonts known to Qt, once for the whole process.

    Returns
    -------
    tuple of str
        The families, without repetition, in the order of `FILES`.

    Raises
    ------
    FontsMissing
        If a file is missing or not a font.
    """
    families: dict[str, None] = {}
    for name in FILES:
        number = QFontDatabase.addApplicationFont(str(FOLDER / name))
        if number < 0:
            message = f"The font {name} cannot be loaded. Install Tarn again."
            raise FontsMissing(message)
        families |= dict.fromkeys(QFontDatabase.applicationFontFamilies(number))
    return tuple(families)


def sans(
    pixels: float, weight: QFont.Weight = REGULAR, *, italic: bool = False
) -> QFont:
    """Font for words, also those with a number among them.

    Parameters
    ----------
    pixels : float
        Size in logical pixels.
    weight : QFont.Weight
        One of the four that are bundled.
    italic : bool
        For the symbols of statistics only.
    """
    return QFont(_sans(pixels, weight, italic, is_column=False))


def numerals(pixels: float, weight: QFont.Weight = REGULAR) -> QFont:
    """Font for columns of numbers, with digits of equal width.

    For nothing else: Inter gives hyphens, brackets and spaces the width of digits too,
    which tears words apart.
    """
    return QFont(_sans(pixels, weight, italic=False, is_column=True))


@cache
def _sans(
    pixels: float, weight: QFont.Weight, italic: bool, *, is_column: bool
) -> QFont:
    """Made once: labels of a plot ask for hundreds of fonts at each repaint."""
    font = _font([SANS, SYMBOLS], pixels, weight, italic=italic)
    if is_column:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def serif(
    pixels: float, weight: QFont.Weight = REGULAR, *, italic: bool = False
) -> QFont:
    """Font for equations; parameters as for `sans`."""
    return _font([SERIF, SYMBOLS], pixels, weight, italic=italic)


def _font(
    families: list[str], pixels: float, weight: QFont.Weight, *, italic: bool
) -> QFont:
    """Font with fractional advances, so that print and screen break lines alike."""
    font = QFont()
    font.setFamilies(families)
    font.setPixelSize(max(1, round(pixels)))
    font.setWeight(weight)
    font.setItalic(italic)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
