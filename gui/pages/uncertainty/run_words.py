"""How the bootstrap stands, in words."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from engine.data.wording import counted
from engine.diagnostics.uncertainty import Role
from engine.written_numbers import count, fixed, significant
from gui.pages.uncertainty.bootstrap_run import RunState

if TYPE_CHECKING:
    from gui.pages.uncertainty.bootstrap_run import BootstrapRun


def duration(seconds: float) -> str:
    """A duration as people say it: "0.4 s", "40 s", "3 min"; NaN: "long"."""
    if not isfinite(seconds):
        return "long"
    if seconds < 10:
        return f"{fixed(max(seconds, 0.1), 1)} s"
    if seconds < 100:
        return f"{significant(float(f'{seconds:.2g}'), 2)} s"
    minutes = seconds / 60
    if minutes < 100:
        return f"{fixed(minutes, 0)} min"
    return f"{fixed(minutes / 60, 0)} h"


def state_words(run: BootstrapRun) -> str:
    """What goes on, after the words "Parametric bootstrap"."""
    if run.state is RunState.TRYING:
        return "trying out how long a refit takes"
    if run.state is RunState.FAILED and run.error is not None:
        return f"{run.error.message} {run.error.remedy}".strip()
    if run.asked is None or run.state is RunState.IDLE:
        return "not run yet"
    wanted = run.asked.replicates
    if run.state is RunState.OFFERED:
        return _offer(run, wanted)
    if run.state is RunState.DONE and run.shown is not None:
        return f"{counted(run.done, 'refit')} in {duration(run.shown.seconds)}"
    words = f"{count(run.done)} of {counted(wanted, 'refit')}"
    if run.state is RunState.STOPPED:
        return f"{words} · stopped"
    if run.is_waiting:
        return f"{words} · lets the fit go first"
    if isfinite(run.seconds) and run.done:
        return f"{words} · {duration(run.seconds)} left"
    return words


def _offer(run: BootstrapRun, wanted: int) -> str:
    if not isfinite(run.seconds):
        return f"not run by itself: one refit takes long, and there are {count(wanted)}"
    return (
        f"not run by itself: {counted(wanted, 'refit')} would take about "
        f"{duration(run.seconds)}"
    )


def tally_words(run: BootstrapRun, *, is_short: bool = False) -> str:
    """Failed and singular refits of those that are there."""
    if run.shown is None:
        return ""
    made = run.shown.replicates
    words = f"{count(made.n_failed)} failed"
    roles = {one.role for one in run.shown.asked.parameters}
    if Role.SD not in roles:
        return words
    what = "singular" if is_short else "with a variance at 0"
    if not is_short and Role.CORRELATION in roles:
        what = "with a variance at 0 or a correlation at ±1"
    return f"{words} · {count(made.n_singular)} {what}"


def button_words(run: BootstrapRun, replicates: int) -> tuple[str, str]:
    """What the button says, and its icon."""
    if run.is_at_work:
        return "Cancel", "x"
    if run.state in (RunState.DONE, RunState.STOPPED):
        return "Run again", "refresh"
    words = f"Run {counted(replicates, 'refit')}"
    is_same = run.asked is not None and run.asked.replicates == replicates
    if run.state is RunState.OFFERED and run.asked is not None:
        seconds = run.seconds * (1 if is_same else replicates / run.asked.replicates)
        words += f", about {duration(seconds)}" if isfinite(seconds) else ""
    return words, ""
