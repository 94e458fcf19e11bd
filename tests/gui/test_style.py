from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QVBoxLayout, QWidget

from gui.controls import Button, label
from gui.fonts import sans
from gui.look import look
from gui.style import apply_look, mono, palette, set_look_property
from gui.style_sheet import RULES, style_sheet
from gui.theme import BASE_PX, DARK, LIGHT


@pytest.fixture
def dressed(ready):
    """The application in its look; the next test finds it bare."""
    apply_look(ready)
    yield ready
    for style in ready.findChildren(QObject, "tarn-style"):
        style.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    look().set_scheme("system")
    look().set_scale(1.0)
    ready.setStyleSheet("")
    ready.setPalette(QPalette())
    ready.setFont(sans(BASE_PX))


def background(widget: QWidget, x: int, y: int) -> str:
    return widget.grab().toImage().pixelColor(x, y).name().upper()


@pytest.mark.parametrize("theme", [LIGHT, DARK, LIGHT.scaled(1.5)])
def test_that_no_hole_of_the_style_sheet_stays_open(theme):
    text = style_sheet(theme, {}, ["Mono"])
    assert "<<" not in text
    assert not re.search(r"\{[@\w]+\}", text)
    assert text.count("{") == text.count("}") == RULES.count("<<")


def test_that_lengths_follow_the_text_size():
    assert "font-size: 22px" in style_sheet(LIGHT, {}, ["Mono"])
    assert "font-size: 33px" in style_sheet(LIGHT.scaled(1.5), {}, ["Mono"])


def test_that_missing_pictures_leave_a_valid_style_sheet():
    assert "image: none" in style_sheet(LIGHT, {}, ["Mono"])
    assert 'url("a/b.png")' in style_sheet(LIGHT, {"down": "a/b.png"}, ["Mono"])


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_that_dialogs_and_menus_of_qt_get_the_themes_colours(theme):
    made = palette(theme)
    assert made.color(QPalette.ColorRole.Window) == theme.color("bg")
    assert made.color(QPalette.ColorRole.Text) == theme.color("ink")
    off = QPalette.ColorGroup.Disabled
    assert made.color(off, QPalette.ColorRole.Text) == theme.color("ink3")


def test_that_the_application_changes_clothes_with_the_theme(dressed, qtbot):
    field = QLineEdit()
    qtbot.addWidget(field)
    field.resize(120, 28)
    look().set_scheme("light")
    assert background(field, 100, 14) == LIGHT.colors.surface
    look().set_scheme("dark")
    assert background(field, 100, 14) == DARK.colors.surface
    assert dressed.palette().color(QPalette.ColorRole.Window) == DARK.color("bg")


def test_that_dressing_twice_keeps_one_wardrobe(dressed):
    before = dressed.styleSheet()
    apply_look(dressed)
    assert dressed.styleSheet() == before
    assert len(dressed.findChildren(QObject, "tarn-style")) == 1


def test_that_text_grows_with_the_wanted_size(dressed, qtbot):
    look().set_scale(1.5)
    words = label("Title", "title")
    qtbot.addWidget(words)
    words.ensurePolished()
    assert words.font().pixelSize() == 33
    assert dressed.font().pixelSize() == 20


@pytest.mark.parametrize(
    ("role", "pixels", "weight"),
    [
        ("title", 22, QFont.Weight.DemiBold),
        ("heading", 15, QFont.Weight.DemiBold),
        ("panel", 13, QFont.Weight.DemiBold),
        ("body", 13, QFont.Weight.Normal),
        ("caption", 12, QFont.Weight.Normal),
        ("muted", 12, QFont.Weight.Normal),
    ],
)
def test_that_labels_have_the_type_of_their_role(dressed, qtbot, role, pixels, weight):
    words = label("0123", role)
    qtbot.addWidget(words)
    words.ensurePolished()
    assert (words.font().pixelSize(), words.font().weight()) == (pixels, weight)
    assert not words.font().isFeatureSet(QFont.Tag("tnum"))  # it widens hyphens


def test_that_formulas_are_set_in_letters_of_equal_width(dressed, qtbot):
    words = label("ilW", "mono")
    qtbot.addWidget(words)
    words.ensurePolished()
    assert QFontInfo(words.font()).fixedPitch()
    assert QFontInfo(mono(12)).fixedPitch()


def test_that_a_button_can_become_another_variant(dressed, qtbot):
    look().set_scheme("light")
    button = Button("Go on", variant="secondary")
    qtbot.addWidget(button)
    button.resize(90, 28)
    assert background(button, 6, 14) == LIGHT.colors.surface
    button.set_variant("primary")
    assert background(button, 6, 14) == LIGHT.colors.accent


@pytest.mark.parametrize("variant", ["primary", "tint", "secondary", "quiet", "link"])
def test_that_buttons_have_the_heights_of_the_design(dressed, qtbot, variant):
    for named, height in (({}, 28), ({"small": True}, 24), ({"large": True}, 36)):
        button = Button("Go on", variant=variant, **named)
        qtbot.addWidget(button)
        button.ensurePolished()
        assert abs(button.sizeHint().height() - height) <= 1


def test_that_a_field_shows_that_something_is_wrong(dressed, qtbot):
    look().set_scheme("light")
    field = QLineEdit()
    qtbot.addWidget(field)
    field.resize(120, 28)
    set_look_property(field, "wrong", True)
    assert background(field, 60, 0) == LIGHT.colors.bad


def test_that_a_combo_box_shows_its_chevron(dressed, qtbot):
    look().set_scheme("light")
    box = QComboBox()
    qtbot.addWidget(box)
    box.resize(140, 28)
    image = box.grab().toImage()
    right_end = [
        image.pixelColor(x, y).lightness()
        for x in range(112, 134)
        for y in range(8, 20)
    ]
    assert min(right_end) < 140


def test_that_rows_of_a_polished_list_do_not_overlap(dressed, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    rows = QListWidget()
    QVBoxLayout(window).addWidget(rows)
    rows.ensurePolished()
    rows.addItems(["lake", "log_length"])
    rows.setCurrentRow(1)
    first, second = (rows.visualItemRect(rows.item(number)) for number in (0, 1))
    assert first.bottom() < second.top()
