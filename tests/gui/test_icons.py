from __future__ import annotations

import pytest
from PySide6.QtGui import QIcon, QImage

from gui import icons
from gui.look import look


@pytest.fixture
def scheme(ready):
    yield look().set_scheme
    look().set_scheme("system")


def inked(image: QImage) -> list[tuple[int, int]]:
    return [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 40
    ]


def darkest(image: QImage) -> str:
    places = inked(image)
    x, y = max(places, key=lambda place: image.pixelColor(*place).alpha())
    return image.pixelColor(x, y).name().upper()


@pytest.mark.parametrize("name", icons.names())
def test_that_every_icon_draws_something_and_stays_on_its_field(name):
    image = icons.pixmap(name).toImage()
    places = inked(image)
    assert len(places) > 5
    edge = image.width() - 1
    assert not [place for place in places if {0, edge} & set(place)]


@pytest.mark.parametrize(
    "name",
    ["calendar", "cat", "label", "num", "gear", "lasso", "moon", "paste", "sun", "x"],
)
def test_that_the_icons_the_window_needs_are_there(name):
    assert name in icons.names()


def test_that_an_icon_takes_the_colour_of_the_theme_in_use(scheme):
    scheme("light")
    assert darkest(icons.pixmap("one", "accent").toImage()) == "#0B6A8F"
    scheme("dark")
    assert darkest(icons.pixmap("one", "accent").toImage()) == "#5AB4D6"


def test_that_a_size_is_in_logical_pixels():
    drawn = icons.pixmap("check", size=16)
    assert drawn.deviceIndependentSize().width() == 16


def test_that_an_unknown_icon_or_role_is_refused():
    with pytest.raises(KeyError):
        icons.pixmap("no such icon")
    with pytest.raises(AttributeError):
        icons.pixmap("check", "no such role")


def test_that_an_icon_is_fainter_where_it_is_not_possible():
    found = icons.icon("one", "ink")

    def strength(mode):
        image = found.pixmap(20, mode).toImage()
        return max(image.pixelColor(*place).alpha() for place in inked(image))

    assert strength(QIcon.Mode.Disabled) < strength(QIcon.Mode.Normal)


def test_that_the_logo_is_the_accent_with_clear_corners(scheme):
    for name, accent in (("light", "#0B6A8F"), ("dark", "#5AB4D6")):
        scheme(name)
        image = icons.logo(48).toImage()
        assert image.pixelColor(0, 0).alpha() == 0
        assert image.pixelColor(24, 4).name().upper() == accent
        assert image.pixelColor(24, 24).name().upper() != accent


def test_that_the_system_finds_the_mark_in_small_and_in_large():
    sizes = {size.width() for size in icons.app_icon().availableSizes()}
    assert {16, 32, 256} <= sizes
