"""Start the program as a user does, and say when its first page was there.

Run by `tests.benchmarks.window_speed` in fresh processes; prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from time import monotonic

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from tests.benchmarks.window_watch import Heartbeat, Sampler

POLL_MS = 5


class Watcher(QObject):
    """Notes the first paint, opens an example, and notes when it is fitted."""

    def __init__(self, app: QApplication, began: float, *, at_once: bool) -> None:
        super().__init__(app)
        self._began, self._at_once = began, at_once
        self._window = next(w for w in app.topLevelWidgets() if w.isVisible())
        self.facts: dict[str, float] = {}
        self.sampler: Sampler | None = None
        self.heart = Heartbeat(self)
        self.heart.during = "start"
        self.heart.start()
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._look)
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The zero timer fires after all that is painted in one go is painted."""
        is_card = type(watched).__name__ == "ExampleCard"
        if event.type() == QEvent.Type.Paint and is_card and not self.facts:
            self.facts["painted"] = 0.0
            QTimer.singleShot(0, self, self._on_painted)
        return False

    def _note(self, name: str) -> None:
        used = os.times()
        self.facts[name] = monotonic() - self._began
        self.facts[f"{name}_cpu"] = used.user + used.system

    def _on_painted(self) -> None:
        self._note("painted")
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        if self._at_once:
            self._open()
        self._timer.start()

    def _open(self) -> None:
        self._window.welcome.cards[0].click()  # type: ignore[attr-defined]
        self.facts["clicked"] = monotonic() - self._began

    def _look(self) -> None:
        window = self._window
        if not getattr(window, "is_whole", True):
            return
        if "complete" not in self.facts:
            self._note("complete")
            self.facts["stall_of_start"] = self.heart.longest().seconds
        if "clicked" not in self.facts:
            self._open()
            return
        session, pages = window.session, window.pages  # type: ignore[attr-defined]
        if session.is_fit_current and pages.shown_model is session.fit:
            self._note("fitted")
            self.facts["longest_gap"] = self.heart.longest().seconds
            sys.stdout.write(json.dumps(self.facts) + "\n")
            sys.stdout.flush()
            if self.sampler is not None:
                sys.stderr.write(self.sampler.report())
                sys.stderr.flush()
            os._exit(0)


def main(began: float, *, at_once: bool, stacks: bool) -> None:
    """Start the program; it ends itself when the example is shown."""
    run = QApplication.exec

    def watched_exec() -> int:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        watcher = Watcher(app, began, at_once=at_once)
        sampler = Sampler(watcher.heart) if stacks else None
        watcher.sampler = sampler
        return run()

    QApplication.exec = staticmethod(watched_exec)  # type: ignore[method-assign]
    from gui.program import run_window  # noqa: PLC0415 - the start is what is measured

    run_window()


if __name__ == "__main__":
    main(float(sys.argv[1]), at_once="at_once" in sys.argv, stacks="stacks" in sys.argv)
