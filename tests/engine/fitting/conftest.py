"""What tests of the fit share."""

from __future__ import annotations

import pytest

from engine.fitting import core_inverse, core_matrices, core_sums, elimination


@pytest.fixture
def eliminated(monkeypatch):
    """Eliminate every core layer by layer, even where that is slower."""
    monkeypatch.setattr(core_sums, "SPARSE_FROM", 0)
    monkeypatch.setattr(core_sums, "MOST_FILLED", float("inf"))
    monkeypatch.setattr(core_sums, "SMALLER", 2.0)
    monkeypatch.setattr(elimination, "FEW_COLUMNS", 3)
    monkeypatch.setattr(elimination, "FULL", 3.0)


@pytest.fixture
def rough_cores(monkeypatch):
    """Use single precision in cores of any size."""
    monkeypatch.setattr(core_inverse, "SINGLE_FROM", 0)


@pytest.fixture(params=["dense", "in parts", "eliminated"])
def all_cores(request, monkeypatch):
    """Keep the core's matrices dense, then in parts, then eliminated."""
    if request.param == "in parts":
        monkeypatch.setattr(core_matrices, "FEWEST_COLUMNS", 0)
        monkeypatch.setattr(core_matrices, "LARGEST_SHARE", 2.0)
    if request.param == "eliminated":
        request.getfixturevalue("eliminated")
