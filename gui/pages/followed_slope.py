"""Which number the user last gave an effect of its own in each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from engine.model.columns import used_columns

if TYPE_CHECKING:
    from gui.session import Session


class FollowedSlope(QObject):
    """Watches the session's model; what was there when data were opened is not news."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._known: tuple[str, ...] | None = None
        self._followed: list[str] = []  # the last is the latest
        session.table_changed.connect(self._on_table_changed)
        session.spec_changed.connect(self._on_spec_changed)
        self._on_spec_changed()

    @property
    def column(self) -> str:
        """The number whose effect was last let vary, and still does; ``""`` if none."""
        return self._followed[-1] if self._followed else ""

    @Slot()
    def _on_table_changed(self) -> None:
        self._known, self._followed = None, []

    @Slot()
    def _on_spec_changed(self) -> None:
        spec, known = self._session.spec, self._known
        if spec is None:
            self._known, self._followed = None, []
            return
        self._known = used_columns(term for own in spec.random for term in own.terms)
        self._followed = [name for name in self._followed if name in self._known]
        if known is not None:
            news = (name for name in self._known if name not in known)
            self._followed += filter(self._is_number, news)

    def _is_number(self, name: str) -> bool:
        prepared = self._session.prepared
        kind = None if prepared is None else prepared.kinds.get(name)
        return kind is not None and kind.value in ("number", "date")
