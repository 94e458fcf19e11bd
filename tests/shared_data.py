"""Where the reference data and results are that are kept beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def shared_folder() -> Path:
    """Give the folder ``../shared``; where it is absent, skip, but fail in CI.

    Returns
    -------
    Path
        The folder, which exists.
    """
    if not SHARED.is_dir():
        reason = "needs the reference data in ../shared, which is not on this machine"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return SHARED
