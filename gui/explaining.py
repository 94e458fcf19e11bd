"""Fill the explain pane: the text of a topic with this model's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError
from engine.reporting.explained_numbers import explained_numbers
from gui.explain.explain_pane import ExplainPane
from gui.explain.texts import help_text
from gui.number_look import number_look

if TYPE_CHECKING:
    from gui.session import Session


class Explaining(QObject):
    """Brings topics into the pane and shows it.

    Signals
    -------
    closed : ()
        The user has closed the pane.
    """

    closed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._topic, self._key = "", dict[str, str]()
        self.pane = ExplainPane()
        self.pane.hide()
        self.pane.closed.connect(self.hide)
        self.pane.topic_requested.connect(self._on_topic_requested)
        session.fit_changed.connect(self._on_fit_changed)
        session.table_changed.connect(self.hide)
        number_look().changed.connect(self._on_numbers_changed)

    @property
    def is_shown(self) -> bool:
        """Whether the pane is open."""
        return not self.pane.isHidden()

    @Slot(str, object, str)
    def explain(self, topic: str, key: Any, number: str) -> None:
        """Show a topic.

        Parameters
        ----------
        topic : str
            Name of a text in resources/help.
        key : dict of str to str
            Which cell it is about.
        number : str
            The number that was clicked, as it is shown.
        """
        self._topic, self._key = topic, dict(key or {})
        self._show(number)

    @Slot(str, object, str)
    def update_number(self, topic: str, key: Any, number: str) -> None:
        """Show what a cell says now, if that cell is still what is explained.

        Parameters
        ----------
        topic, key, number
            As for `explain`.
        """
        asked = dict(key or {})
        if self.is_shown and (topic, _cell(asked)) == (self._topic, _cell(self._key)):
            self._key = asked
            self._show(number)

    def _show(self, number: str) -> None:
        model, values = self._session.fit, dict[str, str]()
        if model is not None and self._session.is_fit_current:
            try:
                values = explained_numbers(model, self._topic, self._key)
            except EngineError:
                values = {}
        self.pane.show_text(help_text(self._topic), number, values)
        self.pane.show()

    @Slot()
    def hide(self) -> None:
        """Close the pane."""
        if self.is_shown:
            self.pane.hide()
            self.closed.emit()

    @Slot()
    def toggle(self) -> None:
        """Close the pane, or show the last topic again."""
        if self.is_shown:
            self.hide()
        else:
            self.explain(self._topic or "partial_pooling", self._key, "")

    @Slot(str)
    def _on_topic_requested(self, topic: str) -> None:
        self.explain(topic, {}, "")

    @Slot()
    def _on_numbers_changed(self) -> None:
        """Numbers are written in another way; the page tells the one in the title."""
        if self.is_shown:
            self._show("")

    @Slot()
    def _on_fit_changed(self) -> None:
        """The number in the title was of the fit before."""
        session = self._session
        if self.is_shown and (session.is_fit_current or session.fit is None):
            self._key = _cell(self._key)
            self._show("")


def _cell(key: dict[str, str]) -> dict[str, str]:
    """Which cell is meant, without the numbers that a prediction brings along."""
    for place in ("question", "compared"):
        if place in key:
            return {place: key[place]}
    return key
