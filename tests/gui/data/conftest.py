"""A session with the fish of twelve lakes, and its panel."""

from __future__ import annotations

import pytest

from gui.data.data_pane import DataPane
from gui.session import Session
from tests.shared_data import ROOT

FISH = ROOT / "resources" / "examples" / "fish.csv"
WAIT = 20_000  # milliseconds, on a slow machine


@pytest.fixture
def session(qtbot):
    """Nothing open yet; ended with the test."""
    made = Session()
    yield made
    assert made.shutdown()


@pytest.fixture
def pane(qtbot, session):
    """The panel, shown."""
    made = DataPane(session)
    qtbot.addWidget(made)
    made.resize(432, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def fish(qtbot, session, pane):
    """The panel with the fish in it."""
    session.open_table(FISH)
    qtbot.waitUntil(lambda: session.scan is not None, timeout=WAIT)
    return pane
