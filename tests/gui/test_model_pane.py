"""The Model pane where there is little room, and what it offers to vary."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from gui.controls.breaking import unbroken
from gui.controls.painting import font, text_width
from gui.model.pooling_cards import HEIGHTS
from gui.welcome.examples import examples
from tests.gui.window_fixtures import (
    choose,
    click,
    open_menu,
    open_window,
    wait_for_fit,
)

LONG = (
    "mean_annual_sea_surface_temperature_degC",
    "distance_to_the_nearest_river_mouth_kmtr",
    "management_unit_of_the_national_registry",
)


def reefs():
    """A sheet of reefs as a text, with long names and many covariates."""
    rng = np.random.default_rng(4)
    numbers = ("temperature", "depth", "salinity", "nitrate", LONG[0], LONG[1])
    lines = ["\t".join(["site", "observer", "year", *numbers, LONG[2], "biomass"])]
    for i in range(240):
        cells = [f"S{i // 20:02}", f"obs{rng.integers(5)}", 2001 + i % 10]
        cells += [f"{value:.3f}" for value in rng.normal(10, 2, len(numbers))]
        lines.append("\t".join(map(str, [*cells, f"unit {i % 7}", rng.normal()])))
    return "\n".join(lines) + "\n"


@pytest.fixture
def window(qtbot, tmp_path):
    """Give a window with the reefs."""
    with open_window(qtbot, tmp_path) as made:
        made.session.open_text(reefs())
        qtbot.waitUntil(lambda: made.session.scan is not None, timeout=20_000)
        yield made


@pytest.fixture
def growth(qtbot, tmp_path):
    """Give a window with the animals that are weighed repeatedly."""
    with open_window(qtbot, tmp_path) as made:
        example = next(one for one in examples() if one.key == "growth")
        made.session.open_example(example)
        wait_for_fit(qtbot, made)
        yield made


def ask(qtbot, window, formula):
    window.session.set_formula(formula)
    wait_for_fit(qtbot, window)


def drag_to(splitter, height):
    """Give the lower part of a splitter this height, as a user does."""
    handle = splitter.handle(1)
    by = splitter.sizes()[1] - height
    start = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(handle, start + QPoint(0, by))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=start)


def scroll_bar(pane):
    (area,) = [
        one for one in pane.findChildren(QScrollArea) if one.isAncestorOf(pane.cards)
    ]
    return area.verticalScrollBar()


def shown_whole(pane, widget):
    """Whether a widget is inside the part of the pane that is seen."""
    view = scroll_bar(pane).parent().parent().viewport()
    place = QRect(widget.mapTo(view, QPoint(0, 0)), widget.size())
    return view.rect().contains(place)


TWO = "(temperature | site) + (1 | observer)"


@pytest.mark.parametrize(
    ("size", "formula"),
    [
        ((1366, 768), "biomass ~ temperature + (1 | site)"),
        ((1366, 768), "biomass ~ temperature + depth + salinity + (1 | site)"),
        ((1366, 768), f"biomass ~ temperature + depth + salinity + {TWO}"),
        ((1280, 800), f"biomass ~ temperature * depth + salinity + {TWO}"),
    ],
)
def test_that_usual_models_are_seen_whole(window, qtbot, size, formula):
    window.resize(*size)
    ask(qtbot, window, formula)
    pane = window.model_pane
    qtbot.waitUntil(lambda: scroll_bar(pane).maximum() == 0)
    for line in pane.clauses.lines:
        assert all(shown_whole(pane, box) for box in line.boxes.values())
    assert shown_whole(pane, pane.clauses.add_button)
    assert window.data_pane.height() >= 180


def test_that_pictures_give_way_before_words(window, qtbot):
    pane, splitter = window.model_pane, window.work.left
    ask(qtbot, window, "biomass ~ temperature + depth + (1 | site)")
    card = next(iter(pane.cards.cards.values()))
    assert card.height() == HEIGHTS[0]
    drag_to(splitter, 340)
    qtbot.waitUntil(lambda: card.height() == HEIGHTS[-1])
    drag_to(splitter, 440)
    qtbot.waitUntil(lambda: card.height() == HEIGHTS[0])


def test_that_counts_are_broken_between_and_never_within(window, qtbot):
    ask(
        qtbot,
        window,
        f"biomass ~ {LONG[0]} + (1 | {LONG[2]}) + (1 | site) + (1 | observer)",
    )
    counts = window.model_pane.counts
    whole = counts.text().split(" · ")
    short = [whole[0], f"7 {LONG[2]}", *whole[2:]]
    assert len(whole) == 5
    for width in (320, 400, 450, 1200):
        lines = counts.lines(width)
        is_long = len(lines) == 1
        parts = [part for line in lines for part in line.split(" · ")]
        assert parts == (whole if is_long else short)
        assert all(text_width(line, font("caption")) <= width for line in lines)
    assert counts.height() == counts.heightForWidth(counts.width())
    assert any(line.endswith("national…") for line in counts.lines(250))
    assert LONG[2] in unbroken(counts.toolTip())


def test_that_a_formula_that_is_cut_is_said_on_hover_and_opens_for_the_keyboard(
    window, qtbot
):
    pane = window.model_pane
    ask(qtbot, window, f"biomass ~ {LONG[0]} * {LONG[1]} + ({LONG[0]} | {LONG[2]})")
    line = pane.formula
    qtbot.waitUntil(lambda: line.is_cut)
    assert line.text in unbroken(line.toolTip())
    low = line.height()
    window.activateWindow()
    click(qtbot, line.viewport())
    qtbot.waitUntil(lambda: line.hasFocus() and line.height() > low)
    QTest.keyClick(line, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: line.height() == low)


def test_that_long_names_never_widen_what_is_seen(window, qtbot):
    pane = window.model_pane
    ask(qtbot, window, f"biomass ~ {LONG[0]} * {LONG[1]} + ({LONG[0]} | {LONG[2]})")
    view = scroll_bar(pane).parent().parent().viewport()
    qtbot.waitUntil(lambda: pane.words.parentWidget().width() <= view.width())
    for box in pane.clauses.lines[0].boxes.values():
        assert box.isHidden() or box.width() < view.width()
    box = pane.clauses.lines[0].boxes[f"effect of {LONG[0]}"]
    assert LONG[0] in box.toolTip()


def test_that_a_longer_model_gets_more_room_unless_the_user_shared_it(window, qtbot):
    window.resize(1500, 1150)
    work, pane = window.work, window.model_pane
    ask(qtbot, window, "biomass ~ temperature + (1 | site)")
    before = pane.height()
    longer = "biomass ~ temperature * depth + salinity + nitrate"
    longer += " + (1 | site) + (1 | observer) + (1 | year)"
    ask(qtbot, window, longer)
    qtbot.waitUntil(lambda: pane.height() > before)
    card = next(iter(pane.cards.cards.values()))
    qtbot.waitUntil(lambda: card.height() == HEIGHTS[0])
    ask(qtbot, window, "biomass ~ temperature + (1 | site)")
    assert pane.height() > before  # boxes do not move under the pointer
    work.left.splitterMoved.emit(300, 1)
    work.left.setSizes([500, 330])
    ask(qtbot, window, f"{longer} + (1 | {LONG[2]})")
    assert pane.height() < before


# ---- what can vary ------------------------------------------------------------


def test_that_an_interaction_that_no_animal_shows_is_not_to_be_had(growth):
    line, _ = growth.model_pane.clauses.lines
    box = line.boxes["effect of week × sex"]
    assert not box.isEnabled()
    assert "sex is the same in every row" in box.toolTip()
    assert line.boxes["effect of week"].isEnabled()


def test_that_a_hopeless_effect_of_the_formula_can_be_taken_out(growth, qtbot):
    ask(qtbot, growth, "mass ~ week * sex + (week + week:sex | animal) + (1 | litter)")
    (finding,) = [f for f in growth.session.findings if f.key.startswith("slope:")]
    assert "week × sex" in finding.sentence
    box = growth.model_pane.clauses.lines[0].boxes["effect of week × sex"]
    assert box.isChecked()
    assert "sex is the same" in box.toolTip()
    click(qtbot, box)
    wait_for_fit(qtbot, growth)
    assert "(week | animal)" in growth.session.fit.formula


def test_that_effects_among_further_groups_are_in_a_menu(growth, qtbot):
    _, litters = growth.model_pane.clauses.lines
    assert list(litters.boxes) == ["baseline"]
    click(qtbot, litters.more)
    choose(open_menu(), "week")
    wait_for_fit(qtbot, growth)
    assert growth.session.fit.formula.endswith("(week | litter)")
    _, litters = growth.model_pane.clauses.lines
    assert litters.boxes["effect of week"].isChecked()
    assert litters.correlated.isChecked()
