"""Undo and redo: the documents that were, each with the name of the change after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.work.document import Document

MOST = 200
"""Changes that are kept. Documents share their tables, so they weigh little."""


@dataclass(frozen=True, slots=True, eq=False)
class _Change:
    """One step of the user's, with the document on its other side."""

    words: str
    document: Document


class History:
    """What can be undone and redone.

    Documents are frozen, so that to undo is to go back to the document before.
    """

    def __init__(self) -> None:
        self._past: list[_Change] = []
        self._future: list[_Change] = []

    @property
    def undo_words(self) -> str:
        """What undo would take back, or ``""``."""
        return self._past[-1].words if self._past else ""

    @property
    def redo_words(self) -> str:
        """What redo would do again, or ``""``."""
        return self._future[-1].words if self._future else ""

    def record(self, words: str, before: Document) -> None:
        """Remember a change that was made; what was undone before is forgotten.

        Parameters
        ----------
        words : str
            The change as a menu names it, such as "Exclude L09".
        before : Document
            As it was.
        """
        self._past.append(_Change(words, before))
        del self._past[:-MOST]
        self._future.clear()

    def undo(self, now: Document) -> Document | None:
        """Return the document before the last change; None if there is none."""
        return _move(self._past, self._future, now)

    def redo(self, now: Document) -> Document | None:
        """Return the document after the change undone last; None if there is none."""
        return _move(self._future, self._past, now)

    def clear(self) -> None:
        """Forget everything, as with other data."""
        self._past.clear()
        self._future.clear()


def _move(
    source: list[_Change], target: list[_Change], now: Document
) -> Document | None:
    if not source:
        return None
    change = source.pop()
    target.append(_Change(change.words, now))
    return change.document
