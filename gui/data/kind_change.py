"""Asks whether a column can be read as another kind; of a long one in a worker."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from engine.data.table import Kind
from engine.errors import EngineError
from gui.data import column_edits
from gui.lanes import Lane

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.data.column_steps import SetKind
    from engine.data.prepared import Prepared
    from gui.session import Session

    Answer = tuple[str, SetKind | None]

AT_ONCE = 20_000
"""Rows that are looked at in no time."""


class KindChange(QObject):
    """One wish for another kind: a step if it can be, else the reason why not.

    Parameters
    ----------
    session : Session
        With rows.
    column : str
        One of its columns.
    card : QWidget
        In which the kind was chosen, and the answer is shown.
    parent : QObject
        It outlives the card.

    Signals
    -------
    done : ()
        The column has the kind, or will have it in a moment.
    refused : str, SetKind or None
        Why not, and the step with which it could be, without a few words.
    """

    done = Signal()
    refused = Signal(str, object)

    def __init__(
        self, session: Session, column: str, card: QWidget, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._column = session, column
        self._card = weakref.ref(card)
        self._kind = Kind.LABEL
        self._asked_of: Prepared | None = None
        session.jobs.succeeded.connect(self._on_succeeded)
        session.jobs.failed.connect(self._on_failed)
        session.jobs.cancelled.connect(self._on_dropped)
        session.jobs.superseded.connect(self._on_dropped)

    @property
    def is_asking(self) -> bool:
        """Whether a worker is looking at the cells."""
        return self._asked_of is not None

    def ask(self, kind: Kind) -> None:
        """Ask for a kind; the answer may come at once."""
        prepared = self._session.prepared
        if prepared is None:
            return
        self._kind = kind
        args = (prepared, self._column, kind)
        if len(prepared.frame) <= AT_ONCE:
            self._take(*column_edits.looked_at(*args))
            return
        self._asked_of = prepared
        words = f"Reading {self._column} as {kind.value}"
        look = column_edits.looked_at
        self._session.jobs.start(Lane.LOOK, words, look, *args, token=self)

    @Slot(object, object, object)
    def _on_succeeded(self, lane: Lane, answer: Answer, token: object) -> None:
        if lane is not Lane.LOOK or token is not self:
            return
        if self._asked_of is self._session.prepared:
            self._take(*answer)
        else:
            self.deleteLater()

    @Slot(object, object, object)
    def _on_failed(self, lane: Lane, error: BaseException, token: object) -> None:
        if lane is Lane.LOOK and token is self:
            self._session.take_page_failure(error)
            self.deleteLater()

    @Slot(object, object)
    def _on_dropped(self, lane: Lane, token: object) -> None:
        """Another column was asked meanwhile."""
        if lane is Lane.LOOK and token is self:
            self.deleteLater()

    def _is_card_open(self) -> bool:
        card = self._card()
        return card is not None and isValid(card) and card.isVisible()

    def _take(self, problem: str, without: SetKind | None) -> None:
        """Do it, or say why not: in the card, or in the window if that is closed."""
        if not problem:
            column_edits.take_kind(self._session, self._column, self._kind)
            self.done.emit()
        elif self._is_card_open():
            self.refused.emit(problem, without)
        else:
            self._session.take_page_failure(EngineError(problem))
        self.deleteLater()
