from __future__ import annotations

import tomllib

from engine.reporting.version import SOFTWARE, VERSION
from tests.shared_data import ROOT


def test_that_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == VERSION
    assert SOFTWARE.lower() == project["name"]
