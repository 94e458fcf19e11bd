"""Every place a finding points at is there; its buttons say what is suggested."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel

from engine.findings.finding import (
    HERE,
    PLACES,
    Change,
    Dismiss,
    Finding,
    Severity,
    Show,
)
from engine.workflow import fit
from gui.findings.finding_card import FindingCard
from gui.findings.findings_strip import FindingsStrip
from gui.pages.diagnostics_page import DiagnosticsPage
from gui.pages.page_work import make_diagnostics
from tests.engine.simulated import lakes
from tests.gui.window_fixtures import click


def test_that_every_place_a_finding_points_at_is_in_the_window() -> None:
    assert set(PLACES) == {HERE, DiagnosticsPage.KEY}
    assert PLACES[HERE] == frozenset()
    shown: list[object] = []
    model = fit("y ~ x + (1 | lake)", lakes())
    plots = make_diagnostics(model, partial=shown.append)
    assert PLACES[DiagnosticsPage.KEY] <= set(plots)


LEAVE, LOOK, CENTRE = Dismiss(), Show("Show the rows", HERE), Change("Centre age")


class Session(QObject):
    """Findings, and nothing else of a session."""

    findings_changed, fit_changed = Signal(), Signal()
    fit = None

    def __init__(self, *actions):
        super().__init__()
        self.findings = (Finding("k", Severity.NOTE, "Seen.", "", actions, "icc"),)


@pytest.mark.parametrize(
    ("actions", "tinted"),
    [((LEAVE,), []), ((LEAVE, LOOK), [LOOK.label]), ((CENTRE, LOOK), [CENTRE.label])],
)
def test_that_to_leave_all_as_it_is_does_not_look_suggested(qtbot, actions, tinted):
    card = FindingCard(Session(*actions).findings[0])
    qtbot.addWidget(card)
    looks = {button.text(): button.property("v") for button in card.buttons}
    assert len(looks) == len(actions)
    assert [text for text, look in looks.items() if look == "tint"] == tinted


def test_that_the_folded_strip_offers_only_what_changes_or_shows_something(qtbot):
    session = Session(LEAVE, LOOK)
    strip = FindingsStrip(session)
    qtbot.addWidget(strip)
    strip.set_open(False)
    strip.show()
    assert strip._first_button.text() == LOOK.label
    with qtbot.waitSignal(strip.show_asked) as asked:
        strip._first_button.click()
    assert asked.args == [LOOK]
    session.findings = Session(LEAVE).findings
    session.findings_changed.emit()
    assert not strip._first_button.isVisible()
    assert not strip._first_button.text()


def finding(key, sentence, *actions, severity=Severity.NOTE):
    return Finding(key, severity, sentence, "", actions, "icc")


def words_of(card):
    """Give everything that a card says and offers, as seen."""
    labels = [part.text() for part in card.findChildren(QLabel) if part.isVisible()]
    return labels, [button.text() for button in card.buttons if button.isVisible()]


def test_that_a_finding_keeps_its_card_and_a_new_one_is_shown_at_once(qtbot):
    session = Session()
    session.findings = (finding("a", "Few groups.", LEAVE), finding("b", "Outliers."))
    strip = FindingsStrip(session)
    qtbot.addWidget(strip)
    strip.resize(1200, 200)
    strip.show()
    first, second = strip.cards
    session.findings = (
        finding("c", "Singular.", CENTRE, LEAVE, severity=Severity.RED),
        finding("a", "Fewer groups.", LOOK),
    )
    session.findings_changed.emit()
    new, kept = strip.cards
    assert kept is first
    assert new is second  # b is gone, its card is used again
    assert words_of(kept) == (["Fewer groups."], [LOOK.label])
    assert words_of(new) == (["Singular."], [CENTRE.label, LEAVE.label])
    qtbot.waitUntil(lambda: new.x() < kept.x())
    with qtbot.waitSignal(new.action_chosen) as chosen:
        new.buttons[0].click()
    assert chosen.args == [session.findings[0], CENTRE]


def test_that_all_findings_stand_below_each_other_and_the_first_side_by_side(qtbot):
    session = Session()
    session.findings = tuple(finding(f"k{i}", f"Number {i}.") for i in range(5))
    strip = FindingsStrip(session)
    qtbot.addWidget(strip)
    strip.resize(1200, 200)
    strip.show()
    for n_shown, is_column in ((3, False), (5, True), (3, False)):
        qtbot.waitUntil(lambda n=n_shown: len(strip.cards) == n)
        qtbot.waitUntil(
            lambda yes=is_column: (strip.cards[0].x() == strip.cards[1].x()) == yes
        )
        assert [words_of(card)[0] for card in strip.cards] == [
            [f"Number {i}."] for i in range(n_shown)
        ]
        strip.all_button.click()


def test_that_the_open_strip_shows_its_cards_whole(qtbot):
    long = "So the intercept describes no row that you could ever meet. " * 2
    session = Session()
    session.findings = tuple(
        Finding(
            f"k{i}",
            Severity.NOTE,
            "A sentence of some length, with 1.00.",
            long,
            (CENTRE, LEAVE),
            "icc",
        )
        for i in range(3)
    )
    strip = FindingsStrip(session)
    qtbot.addWidget(strip)
    strip.resize(1400, 200)
    strip.show()
    qtbot.waitExposed(strip)
    bar = strip._area.verticalScrollBar()
    qtbot.waitUntil(lambda: strip.cards[0].width() > 400)
    assert strip.height() < 210
    assert bar.maximum() == 0
    for card in strip.cards:
        assert card.height() >= card.heightForWidth(card.width())


def test_that_all_findings_leave_the_model_its_room(fish, qtbot):
    fish.resize(1280, 800)
    work = fish.work
    click(qtbot, fish.findings.fold_button)
    click(qtbot, fish.findings.all_button)
    qtbot.waitUntil(lambda: len(fish.findings.cards) == len(fish.session.findings))
    pane = work.model_pane
    qtbot.waitUntil(lambda: pane.height() >= pane.minimumHeight())
    bottom = pane.mapTo(work, pane.rect().bottomLeft()).y()
    assert bottom < fish.findings.y()
    assert fish.findings._area.verticalScrollBar().maximum() > 0
