"""What every test is given: settings for a machine without a display, and data."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.shared_data import shared_folder

if TYPE_CHECKING:
    from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A slow machine is no bug, and CI must not find by chance what a rerun loses again.
hypothesis.settings.register_profile(
    "house", deadline=None, derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder ``../shared``, or skip (in CI: fail) where it is absent."""
    return shared_folder()


@pytest.fixture(scope="session")
def reference(shared: Path) -> Path:
    """Give the folder of data sets and of results of lme4."""
    return shared / "reference"
