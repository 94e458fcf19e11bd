"""What tests of the fit share."""

from __future__ import annotations

import pytest

from engine.fitting import core_matrices


@pytest.fixture(params=["dense", "in parts"])
def both_cores(request, monkeypatch):
    """Keep the core's matrices dense, then in parts even where that is slower."""
    if request.param == "in parts":
        monkeypatch.setattr(core_matrices, "FEWEST_COLUMNS", 0)
        monkeypatch.setattr(core_matrices, "LARGEST_SHARE", 2.0)
