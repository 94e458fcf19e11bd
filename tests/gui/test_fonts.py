import string

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QRawFont

from gui import fonts
from gui.controls.labels import ROLES, label

ACCENTS = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžÀÉÈÖÜÄÅØÑÇłđčćřůęąőűğışţ"
GREEK = "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"
SIGNS = "\u2212×·–—“”‘’…°±µ§†•‰½\u00a0\u2009\u202f"
SCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉"
OPERATORS = "≤≥≠≈→←√∞∑∼"
PRINTABLE = string.printable.strip()
EVERYTHING = PRINTABLE + ACCENTS + GREEK + SIGNS + SCRIPTS
FAMILIES = {"sans": fonts.sans, "serif": fonts.serif}


def picture_of(character: str, font: QFont) -> bytes:
    image = QImage(48, 48, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(font)
    painter.drawText(QPointF(8, 34), character)
    painter.end()
    return bytes(image.constBits())


@pytest.mark.parametrize("weight", [fonts.REGULAR, fonts.MEDIUM, fonts.BOLD])
@pytest.mark.parametrize("is_italic", [False, True])
def test_that_inter_has_every_character_the_program_uses(weight, is_italic):
    raw = QRawFont.fromFont(fonts.sans(24, weight, italic=is_italic))
    assert raw.familyName().startswith(fonts.SANS)
    missing = [c for c in EVERYTHING + "≤≥≠≈→←√∞∑" if not raw.supportsCharacter(ord(c))]
    assert missing == []


@pytest.mark.parametrize("is_italic", [False, True])
def test_that_stix_two_has_every_letter_of_an_equation(is_italic):
    raw = QRawFont.fromFont(fonts.serif(24, italic=is_italic))
    assert raw.familyName() == fonts.SERIF
    assert [c for c in EVERYTHING if not raw.supportsCharacter(ord(c))] == []


def test_that_operators_come_from_stix_two_math():
    font = QFont(fonts.SYMBOLS)
    raw = QRawFont.fromFont(font)
    assert raw.familyName() == fonts.SYMBOLS
    assert all(index > 0 for index in raw.glyphIndexesForString(OPERATORS))


@pytest.mark.parametrize("family", FAMILIES)
def test_that_no_character_is_drawn_as_a_box_or_as_nothing(family):
    font = FAMILIES[family](24)
    blank = picture_of(" ", font)
    private = picture_of("\ue0ff", font)  # nobody has this: shows what a box looks like
    visible = [c for c in EVERYTHING + OPERATORS if c.strip() and not c.isspace()]
    pictures = {character: picture_of(character, font) for character in visible}
    assert [c for c, drawn in pictures.items() if drawn in {blank, private}] == []


def test_that_different_characters_look_different():
    font = fonts.sans(24)
    characters = string.ascii_letters + string.digits + "λστρβ\u2212×≤≥→²₀–—"
    pictures = {picture_of(character, font) for character in characters}
    assert len(pictures) == len(characters)


@pytest.mark.parametrize("weight", [fonts.REGULAR, fonts.MEDIUM, fonts.BOLD])
def test_that_all_digits_are_equally_wide(weight):
    metrics = QFontMetricsF(fonts.numerals(13, weight))
    widths = [metrics.horizontalAdvance(digit) for digit in string.digits]
    assert max(widths) - min(widths) < 0.1


def test_that_weights_are_drawn_with_different_files():
    weights = (fonts.REGULAR, fonts.MEDIUM, fonts.SEMIBOLD, fonts.BOLD)
    pictures = {picture_of("m", fonts.sans(24, weight)) for weight in weights}
    assert len(pictures) == len(weights)


def test_that_loading_twice_gives_the_same_families():
    assert {fonts.SANS, fonts.SERIF, fonts.SYMBOLS} <= set(fonts.load_fonts())
    assert fonts.load_fonts() is fonts.load_fonts()


def test_that_a_missing_font_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    fonts.load_fonts.cache_clear()
    with pytest.raises(fonts.FontsMissing, match="Inter-Regular"):
        fonts.load_fonts()
    monkeypatch.undo()
    fonts.load_fonts()


def test_that_each_font_folder_carries_its_licence():
    for folder in {(fonts.FOLDER / name).parent for name in fonts.FILES}:
        assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text("utf-8")


WEIGHTS = [fonts.REGULAR, fonts.MEDIUM, fonts.SEMIBOLD, fonts.BOLD]


@pytest.mark.parametrize("weight", WEIGHTS)
def test_that_a_hyphen_is_narrower_than_a_digit_in_every_weight(weight):
    metrics = QFontMetricsF(fonts.sans(24, weight))
    assert metrics.horizontalAdvance("-") < 0.8 * metrics.horizontalAdvance("0")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "mono"])
def test_that_labels_draw_hyphens_as_hyphens(qtbot, role):
    made = label("Random-effect variances", role)
    qtbot.addWidget(made)
    made.show()
    metrics = QFontMetricsF(made.font())
    assert metrics.horizontalAdvance("-") < 0.8 * metrics.horizontalAdvance("0")
