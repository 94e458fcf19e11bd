"""The examples as the welcome page gets them, and their small pictures."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

import engine
from engine.data.steps import Lengthen, prepare
from gui.look import look
from gui.welcome.examples import examples
from gui.welcome.thumbnail import Thumbnail

KEYS = ("fish", "seabirds", "split_plot", "growth")


@pytest.fixture
def scheme():
    """Choose light or dark, and go back to what was."""
    before = look().scheme
    yield look().set_scheme
    look().set_scheme(before)


@pytest.fixture
def thumbnail(qtbot):
    def made(example, size=(308, 132)):
        widget = Thumbnail(example.picture)
        qtbot.addWidget(widget)
        widget.resize(*size)
        return widget

    return made


def colours(widget):
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
    }


def role(name):
    return QColor(getattr(look().theme.colors, name)).name()


def test_that_the_examples_come_in_the_order_of_their_cards():
    found = examples()
    assert tuple(example.key for example in found) == KEYS
    for example in found:
        assert example.path.is_file()
        engine.parse_formula(example.formula)
        prepare(engine.read_table(example.path), example.steps)
    assert isinstance(found[1].steps[0], Lengthen)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("place", range(4), ids=KEYS)
def test_that_a_picture_highlights_one_line_on_the_themes_ground(
    scheme, thumbnail, place, name
):
    scheme(name)
    seen = colours(thumbnail(examples()[place]))
    assert {role("hi"), role("sunken"), role("line")} <= seen
    assert len(seen) > 20  # other lines and points, with soft edges


def test_that_a_picture_follows_the_theme(scheme, thumbnail):
    scheme("light")
    widget = thumbnail(examples()[0])
    light = role("sunken")
    assert light in colours(widget)
    scheme("dark")
    assert light not in colours(widget)
    assert role("sunken") in colours(widget)


def test_that_a_picture_fills_whatever_room_it_gets(thumbnail):
    for size in ((40, 20), (900, 60)):
        assert role("hi") in colours(thumbnail(examples()[3], size))


def test_that_clicks_go_to_the_card(thumbnail):
    widget = thumbnail(examples()[0])
    assert widget.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert widget.focusPolicy() is Qt.FocusPolicy.NoFocus
