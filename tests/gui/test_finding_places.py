"""Every place that a finding points at is in the window."""

from __future__ import annotations

from engine.findings.finding import HERE, PLACES
from engine.workflow import fit
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
