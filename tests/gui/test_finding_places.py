"""Every place a finding points at is there; its buttons say what is suggested."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal

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
