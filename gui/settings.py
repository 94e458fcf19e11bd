"""What the program remembers between two starts. A damaged entry counts as absent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from engine.number_style import NumberStyle
from gui.number_look import number_look

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_RECENT = 10
DECIMAL_MARKS = (".", ",")
DIGITS = ("auto", "2", "3", "4", "6")
"""How many significant digits results have; "auto" lets the error decide."""


class Settings:
    """Typed access to the system's store of settings.

    Parameters
    ----------
    store : QSettings, optional
        The user's own by default; tests give a file.

    Notes
    -----
    Digits and decimal mark act at once on the whole program, through
    `gui.number_look.number_look`.
    """

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = QSettings() if store is None else store
        number_look().set_style(self.number_style)

    @property
    def scheme(self) -> str:
        """Light, dark, or as the system: see `gui.look.SCHEMES`."""
        return self._choice("scheme", ("system", "light", "dark"))

    @scheme.setter
    def scheme(self, value: str) -> None:
        self._store.setValue("scheme", value)

    @property
    def digits(self) -> str:
        """One of `DIGITS`."""
        return self._choice("digits", DIGITS)

    @digits.setter
    def digits(self, value: str) -> None:
        self._store.setValue("digits", value)
        number_look().set_style(self.number_style)

    @property
    def decimal_mark(self) -> str:
        """What stands between whole and fraction."""
        return self._choice("decimal_mark", DECIMAL_MARKS)

    @decimal_mark.setter
    def decimal_mark(self, value: str) -> None:
        self._store.setValue("decimal_mark", value)
        number_look().set_style(self.number_style)

    @property
    def number_style(self) -> NumberStyle:
        """Digits and decimal mark as the engine takes them."""
        digits = None if self.digits == "auto" else int(self.digits)
        return NumberStyle(digits, self.decimal_mark)

    @property
    def folder(self) -> str:
        """Where files were opened or saved last; ``""`` if that is gone."""
        found = str(self._store.value("folder", ""))
        return found if found and _is_there(Path.is_dir, found) else ""

    @folder.setter
    def folder(self, value: str) -> None:
        self._store.setValue("folder", value)

    @property
    def recent(self) -> tuple[Path, ...]:
        """Files opened or saved, the newest first, without those that are gone."""
        value = self._store.value("recent", [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list):
            return ()
        paths = [Path(text) for text in texts if isinstance(text, str) and text]
        return tuple(path for path in paths if _is_there(Path.is_file, path))

    def add_recent(self, path: Path) -> None:
        """Put a file first in the list of recent ones."""
        path = path.absolute()
        others = [str(other) for other in self.recent if other != path]
        self._store.setValue("recent", [str(path), *others][:MOST_RECENT])
        self.folder = str(path.parent)

    def layout(self, name: str) -> QByteArray | None:
        """The remembered place of a window or splitter."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else None

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Remember the place of a window or splitter."""
        self._store.setValue(f"layout/{name}", state)

    def sync(self) -> None:
        """Write everything to the disk now."""
        self._store.sync()

    def _choice(self, key: str, allowed: Sequence[str]) -> str:
        value = self._store.value(key, allowed[0])
        return value if isinstance(value, str) and value in allowed else allowed[0]


def _is_there(kind: Callable[[Path], bool], path: str | Path) -> bool:
    try:
        return kind(Path(path))
    except (OSError, ValueError):  # a drive that is gone, a name that never was one
        return False
