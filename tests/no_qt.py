"""A pytest plugin under which Qt and the gui cannot be imported.

``python -m pytest -p tests.no_qt tests/engine`` shows that the engine does its work
on a machine without Qt, with no need for a second virtual environment.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

UPSTAIRS = frozenset({"PySide6", "shiboken6", "pyqtgraph", "pytestqt", "gui"})


class Absent(MetaPathFinder):
    """Refuses what lives upstairs; leaves everything else to others."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: object) -> None:
        if name.partition(".")[0] in UPSTAIRS:
            self._refuse(name)

    @staticmethod
    def _refuse(name: str) -> Never:
        message = f"{name} is hidden: these tests run without Qt and the gui"
        raise ModuleNotFoundError(message, name=name)


def pytest_addoption(
    parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager
) -> None:
    """Hide Qt before anything asks for it, and take over pytest-qt's settings."""
    pluginmanager.set_blocked("pytest-qt")
    for setting in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
        parser.addini(setting, "Used by pytest-qt, which is absent here.")
    sys.meta_path.insert(0, Absent())
