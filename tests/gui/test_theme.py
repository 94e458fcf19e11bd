import dataclasses

import pytest
from PySide6.QtGui import QColor

from gui.theme import DARK, GROUP_ROLES, LIGHT, Theme


def luminance(text: str) -> float:
    color = QColor(text)
    parts = []
    for part in (color.redF(), color.greenF(), color.blueF()):
        is_low = part <= 0.04045
        parts.append(part / 12.92 if is_low else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(theme: Theme, ink: str, paper: str) -> float:
    pair = (getattr(theme.colors, ink), getattr(theme.colors, paper))
    low, high = sorted(map(luminance, pair))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [
        ("ink", "surface", 7),
        ("ink2", "surface", 4.5),
        ("ink3", "surface", 4.5),
        ("ink3", "mute", 4.5),
        ("ptick", "surface", 4.5),
        ("hiText", "hiT", 4.5),
        ("onaccent", "accent", 4.5),
        ("accentH", "accentT", 4.5),
        ("ok", "okT", 4.5),
        ("warn", "warnT", 4.5),
        ("bad", "badT", 4.5),
        ("gline", "surface", 3),
        ("gthin", "surface", 3),
        ("hi", "surface", 3),
        ("paxis", "surface", 3),
        *((role, "surface", 3) for role in GROUP_ROLES),
    ],
)
def test_that_text_and_marks_stand_out(theme, ink, paper, least):
    assert contrast(theme, ink, paper) >= least


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_that_every_role_is_a_color(theme):
    for role in dataclasses.fields(theme.colors):
        assert theme.color(role.name).isValid()


def test_that_scaling_reaches_every_size_and_no_color():
    large = LIGHT.scaled(1.5)
    assert large.colors == LIGHT.colors
    for size in dataclasses.fields(LIGHT.sizes):
        scaled, drawn = getattr(large.sizes, size.name), getattr(LIGHT.sizes, size.name)
        assert scaled == pytest.approx(1.5 * drawn)


def test_that_scaling_twice_does_not_add_up():
    assert LIGHT.scaled(1.5).scaled(1.25) == LIGHT.scaled(1.25)


def test_that_alpha_makes_a_color_translucent():
    assert LIGHT.color("point", 0.5).alphaF() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_that_no_two_groups_have_nearly_the_same_color(theme):
    colors = [theme.color(role) for role in GROUP_ROLES]
    for place, one in enumerate(colors):
        for other in colors[place + 1 :]:
            pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)
            assert sum((a - b) ** 2 for a, b in pairs) ** 0.5 > 60


def test_that_a_mixed_color_is_solid_and_between_its_parts():
    mixed = LIGHT.mixed("ink", 0.5)
    assert mixed.alpha() == 255
    ink, paper = LIGHT.color("ink"), LIGHT.color("surface")
    assert abs(mixed.red() - (ink.red() + paper.red()) / 2) <= 1
