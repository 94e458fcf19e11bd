"""The bottom line: how the fit stands, which rows, what is selected, light or dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from engine.data.group_words import counted_groups
from engine.data.wording import counted
from engine.written_numbers import count, fixed
from gui.controls import Button, ElidedLabel, IconLabel, label
from gui.controls.painting import px
from gui.look import look
from gui.number_look import number_look
from gui.work.problem import Place

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from gui.session import Session


_PLACES = (Place.FORMULA, Place.DATA, Place.MODEL)  # the banner tells of files
SAID_FOR_MS = 5000
"""How long a message that something was done stands in the line."""


class StatusLine(QFrame):
    """Reads the session."""

    def __init__(
        self,
        session: Session,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setFixedHeight(px(30))
        self._session = session
        self._icon = IconLabel("check", "ok", 14)
        self._state = ElidedLabel("", role="caption")
        self._rows = ElidedLabel("", role="caption")
        self._selection = label("", "chosen")
        self._keys = label("Del excludes, Esc clears", "caption")
        self._offline = label("Works offline", "caption")
        self.theme_button = Button("Light", icon="sun", variant="quiet", small=True)
        self._actions = actions
        self._said_timer = QTimer(self, singleShot=True, interval=SAID_FOR_MS)
        self._said_timer.timeout.connect(self._on_state_changed)
        self.theme_button.clicked.connect(self._on_theme_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), 0, px(8), 0)
        row.setSpacing(px(12))
        row.addWidget(self._icon)
        row.addWidget(self._state, 2)
        row.addWidget(self._rows, 2)
        row.addStretch(1)
        for part in (self._selection, self._keys, self._offline, self.theme_button):
            row.addWidget(part)
        for signal in (
            session.fit_changed,
            session.busy_changed,
            session.table_changed,
            session.problem_changed,
        ):
            signal.connect(self._on_state_changed)
        session.selection_changed.connect(self._on_selection_changed)
        look().changed.connect(self._on_look_changed)
        number_look().changed.connect(self._on_state_changed)
        self._on_state_changed()
        self._on_selection_changed()
        self._on_look_changed()

    def say(self, words: str) -> None:
        """Say for a moment that something was done."""
        self._icon.set_icon("check", "ok")
        self._state.setText(words)
        self._said_timer.start()

    @property
    def words(self) -> str:
        """What it says of the fit."""
        return self._state.text()

    @property
    def selection_words(self) -> str:
        """What it says of the selection."""
        return self._selection.text()

    @Slot()
    def _on_state_changed(self) -> None:
        self._said_timer.stop()
        session = self._session
        model = session.fit
        icon, role, words, rows = "check", "ok", "", ""
        if session.is_busy:
            icon, role, words = "clock", "ink2", "Working on your change"
            if session.table is None:
                words = "Opening"
        elif (problem := session.problem_at(*_PLACES)) is not None:
            icon, role = "warn", "warnI"
            words = problem.error.message
        elif model is None:
            icon, role = (
                ("info", "ink2") if session.table is not None else ("check", "ok")
            )
            words = "Your data stay on this computer."
            if session.table is not None:
                words = "No model yet"
        else:
            words, icon, role = self._fit_words()
        if model is not None and session.is_fit_current:
            n_all = len(session.table.frame) if session.table is not None else 0
            if session.prepared is not None:
                n_all = len(session.prepared.frame)
            groups = [counted_groups(n, name) for name, n in model.n_levels.items()]
            rows = " · ".join(
                [f"{count(model.n_rows)} of {counted(n_all, 'row')}", *groups]
            )
        self._icon.set_icon(icon, role)
        self._state.setText(words)
        self._rows.setText(rows)

    def _fit_words(self) -> tuple[str, str, str]:
        """How the fit went, with icon and colour role."""
        session = self._session
        model = session.fit
        assert model is not None
        if not session.is_fit_current:
            return "The result shown is an older one", "clock", "ink2"
        how = f"{model.estimation} · " if model.is_mixed else "least squares · "
        took = f"Fitted in {_duration(session.fit_seconds)} · {how}"
        if model.convergence.has_rival:
            return f"{took}best of several optima", "warn", "warnI"
        if not model.convergence.is_proved:
            return f"{took}optimum not verified", "warn", "warnI"
        return f"{took}optimum verified", "check", "ok"

    @Slot()
    def _on_selection_changed(self) -> None:
        chosen = self._session.selection
        self._selection.setText(chosen.short_words)
        self._keys.setVisible(bool(chosen))
        self._offline.setVisible(not chosen)

    @Slot()
    def _on_theme_clicked(self) -> None:
        self._actions["light" if look().theme.is_dark else "dark"].trigger()

    @Slot()
    def _on_look_changed(self) -> None:
        is_dark = look().theme.is_dark
        self.theme_button.setText("Dark" if is_dark else "Light")
        self.theme_button.set_icon("moon" if is_dark else "sun")
        self.theme_button.setAccessibleName("Change between light and dark")


def _duration(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 1:
        return f"{max(1, round(1000 * seconds))} ms"
    if seconds < 100:
        return f"{fixed(seconds, 1)} s"
    return f"{fixed(seconds / 60, 0)} min"
