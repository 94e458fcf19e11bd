"""Watch the GUI thread: how long it did not answer, and what it did then."""

from __future__ import annotations

import sys
import threading
import traceback
from collections import Counter
from dataclasses import dataclass
from time import perf_counter, sleep
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

if TYPE_CHECKING:
    from types import FrameType

BEAT_MS = 5
STALL_S = 0.050
"""Longest time that nothing may happen, in seconds."""
LOOK_EVERY_S = 0.010
DEPTH = 14


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without a heartbeat.

    Attributes
    ----------
    seconds : float
    during : str
        What the benchmark was doing.
    """

    seconds: float
    during: str


class Heartbeat(QObject):
    """A timer that should fire every 5 ms, and what came between.

    Attributes
    ----------
    during : str
        What is being done; noted with each gap.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.during = ""
        self.gaps: list[Gap] = []
        self.last = perf_counter()
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Watch from now on."""
        self.gaps.clear()
        self.last = perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Watch no more."""
        self._beat()
        self._timer.stop()

    def _beat(self) -> None:
        now = perf_counter()
        if now - self.last > 2 * BEAT_MS / 1000:
            self.gaps.append(Gap(now - self.last, self.during))
        self.last = now

    def longest(self) -> Gap:
        """The longest gap; one of no length if there was none."""
        return max(self.gaps, key=lambda gap: gap.seconds, default=Gap(0.0, ""))

    def stalls(self) -> list[Gap]:
        """Gaps over the budget."""
        return [gap for gap in self.gaps if gap.seconds > STALL_S]


class Sampler:
    """A thread that notes the stacks of all threads while the heart stands still.

    Parameters
    ----------
    heart : Heartbeat
        Of the thread that makes this.
    patience_s : float
        The gap from which stacks are noted, in seconds.
    """

    def __init__(self, heart: Heartbeat, patience_s: float = 0.030) -> None:
        self._heart, self._patience = heart, patience_s
        self._gui = threading.get_ident()
        self._found: Counter[str] = Counter()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            sleep(LOOK_EVERY_S)
            if perf_counter() - self._heart.last > self._patience:
                frames = sys._current_frames()
                gui = _written(frames.pop(self._gui, None))
                frames.pop(threading.get_ident(), None)
                rest = "".join(
                    f"    with {_written(other, 6)}\n" for other in frames.values()
                )
                self._found[f"[{self._heart.during}] {gui}\n{rest}"] += 1

    def report(self, most: int = 25) -> str:
        """The stacks that were seen most often, with how often."""
        return "\n".join(f"{n} x {how}" for how, n in self._found.most_common(most))


def _written(frame: FrameType | None, depth: int = DEPTH) -> str:
    """A stack as one line, the outermost call first."""
    calls = traceback.extract_stack(frame)[-depth:] if frame else []
    return " > ".join(
        f"{'/'.join(call.filename.split('/')[-2:])}:{call.lineno} {call.name}"
        for call in calls
    )
