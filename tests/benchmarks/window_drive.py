"""Drive the window as a hand would, and note when it shows what was asked."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter, process_time, thread_time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings

from gui.lanes import Lane
from gui.main_window import MainWindow
from gui.settings import Settings
from tests.benchmarks.window_watch import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

PATIENCE_S = 120.0
QUIET_S = 0.15
"""So long without a repaint or a job, and nothing more is coming."""
SAME_REPAINT_S = 0.03
"""Repaints that follow each other so closely are one to the eye."""


@dataclass(slots=True)
class Timing:
    """One action of the user.

    Attributes
    ----------
    shown : float
        Seconds from the click until the window is painted with the result.
    settled : float
        Seconds until the last repaint of anything in the window.
    cpu, gui : float
        Seconds of work of the whole process, and of the GUI thread, until it is shown.
    jobs : dict
        Seconds of each worker's job, by its label.
    """

    shown: float = 0.0
    settled: float = 0.0
    cpu: float = 0.0
    gui: float = 0.0
    jobs: dict[str, float] = field(default_factory=dict)


class Repaints(QObject):
    """Counts the repaints of a window.

    It sees what comes to the window itself, which is little; a filter of the whole
    application would slow down what is measured.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.count = 0
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Count; nothing is taken away."""
        if event.type() == QEvent.Type.UpdateRequest:
            self.count += 1
        return False


class Driver:
    """A shown window with settings of its own.

    Parameters
    ----------
    app : QApplication
    folder : Path
        For the settings.
    """

    def __init__(self, app: QApplication, folder: Path) -> None:
        store = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.app = app
        self.window = MainWindow(Settings(store))
        self.window.resize(1440, 900)
        self.heart = Heartbeat(self.window)
        self.timings: dict[str, list[Timing]] = {}
        self._repaints = Repaints(self.window)
        self._jobs: dict[str, float] = {}
        self._clock_jobs()
        self.heart.start()
        self.window.show()
        self.window.commands.warm_up()
        self.settle()

    def close(self) -> None:
        """End all; nothing is asked."""
        self.window.session.close_table()
        self.window.close()
        self.window.session.shutdown()

    def _clock_jobs(self) -> None:
        """Let each job note how long it took."""
        jobs = self.window.session.jobs
        start = jobs.start

        def timed_start(
            lane: Lane, label: str, func: Callable[..., Any], *args: Any, **named: Any
        ) -> object:
            inner = func
            while isinstance(inner, functools.partial):
                inner = inner.func

            @functools.wraps(inner)
            def timed(*own: Any, **named: Any) -> Any:
                begin = perf_counter()
                try:
                    return func(*own, **named)
                finally:
                    self._jobs[label] = perf_counter() - begin

            return start(lane, label, timed, *args, **named)

        jobs.start = timed_start  # type: ignore[method-assign, assignment]

    def turn(self) -> None:
        """Handle what has come, or wait for it: at most until the next heartbeat."""
        flags = QEventLoop.ProcessEventsFlag
        self.app.processEvents(flags.AllEvents | flags.WaitForMoreEvents)

    def is_quiet(self) -> bool:
        """Whether no worker is at work."""
        return not any(self.window.session.jobs.is_busy(lane) for lane in Lane)

    def is_shown(self) -> bool:
        """Whether the page in front has the result of what is asked now."""
        session, pages = self.window.session, self.window.pages
        return (
            session.is_fit_current
            and not session.is_busy
            and pages.shown_model is session.fit
            and not session.jobs.is_busy(Lane.PAGE)
        )

    def settle(self) -> None:
        """Wait until nothing is done or painted any more."""
        self._run(Timing(), None)

    def do(
        self,
        name: str,
        action: Callable[[], object],
        is_done: Callable[[], bool] | None = None,
    ) -> Timing:
        """Do something, wait for its result on the screen, then for quiet.

        Parameters
        ----------
        name : str
            The line of the table.
        action : callable
            What the click does.
        is_done : callable, optional
            Whether the result is there; by default that of a fit.
        """
        self.heart.during = name
        self._jobs.clear()
        timing = Timing()
        begin = _clocks()
        action()
        self._run(timing, is_done or self.is_shown, begin)
        timing.jobs = dict(self._jobs)
        self.timings.setdefault(name, []).append(timing)
        self.heart.during = ""
        return timing

    def _run(
        self,
        timing: Timing,
        is_done: Callable[[], bool] | None,
        begin: tuple[float, float, float] | None = None,
    ) -> None:
        wall, used, own = begin or _clocks()
        seen, last, was_done = self._repaints.count, perf_counter(), False
        while perf_counter() - wall < PATIENCE_S:
            self.turn()
            now = perf_counter()
            is_painted, seen = seen != self._repaints.count, self._repaints.count
            is_over = is_done is None or is_done()
            is_result = is_painted and now - wall - timing.shown < SAME_REPAINT_S
            if is_over and (is_result or not was_done):
                timing.shown = now - wall
                timing.cpu, timing.gui = process_time() - used, thread_time() - own
            if is_painted:
                timing.settled, last = now - wall, now
            was_done = is_over
            if is_over and self.is_quiet() and now - last > QUIET_S:
                return
        raise TimeoutError(f"{self.heart.during}: no end within {PATIENCE_S:.0f} s")


def _clocks() -> tuple[float, float, float]:
    return perf_counter(), process_time(), thread_time()


@contextmanager
def driving(app: QApplication, folder: Path) -> Iterator[Driver]:
    """Open a window, and close it at the end."""
    driver = Driver(app, folder)
    try:
        yield driver
    finally:
        driver.close()
