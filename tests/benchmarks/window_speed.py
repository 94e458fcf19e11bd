"""How fast the window is: start, clicks, and a large model.

Run from the project's root, on a quiet machine (three minutes):
python -m tests.benchmarks.window_speed [start] [clicks] [large] [--stacks] [--full]

The budgets: first page within 1.5 s; a click is repainted within 100 ms for 1 000 and
10 000 rows; the GUI thread never stands still longer than 50 ms while a crossed model
of 200 000 rows is opened, fitted and looked at. With --stacks it says what the GUI
thread and the workers did while the heart stood still.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from gui.application import application
from gui.controls import LineToggle
from tests.benchmarks.window_data import (
    CROSSED_FORMULA,
    FISH_FORMULA,
    write_crossed,
    write_fish,
)
from tests.benchmarks.window_drive import Driver, driving
from tests.benchmarks.window_watch import Sampler

if TYPE_CHECKING:
    from tests.benchmarks.window_drive import Timing

STARTS = 5
TURNS = 6
PARTS = ("start", "clicks", "large")
PAGES = ("results", "diagnostics", "picture")


def start(folder: Path, *, stacks: bool) -> None:
    """Start the program several times, with and without a click at once."""
    print("Start, seconds (best and median of fresh processes; CPU is user + system)")
    for name, how in (("wait, then example", "later"), ("example at once", "at_once")):
        runs = [_one_start(folder, how, stacks=stacks) for _ in range(STARTS)]
        print(f"  {name}")
        for fact in runs[0]:
            values = [run[fact] for run in runs]
            print(f"    {fact:16} {min(values):7.3f} {median(values):7.3f}")


def _one_start(folder: Path, how: str, *, stacks: bool) -> dict[str, float]:
    own = {"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    command = [sys.executable, "-m", "tests.benchmarks.window_start"]
    command += [str(monotonic()), how, *(["stacks"] if stacks else [])]
    done = subprocess.run(
        command, env=os.environ | own, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def clicks(folder: Path, n_rows: int, *, stacks: bool) -> None:
    """Click through the window, several times over."""
    with driving(application(), folder) as driver:
        sampler = Sampler(driver.heart) if stacks else None
        _open(driver, write_fish(folder, n_rows), FISH_FORMULA)
        driver.timings.clear()
        driver.heart.start()
        for turn in range(TURNS):
            _click_around(driver, turn)
        driver.heart.stop()
        print(f"\nClicks with {n_rows:,} rows, milliseconds (best, median, worst)")
        _print_timings(driver.timings)
        _print_stalls(driver)
        if sampler is not None:
            print(sampler.report())


def _click_around(driver: Driver, turn: int) -> None:
    window = driver.window
    session, cards = window.session, window.model_pane.cards.cards
    # other rows each time, so that no fit is remembered
    driver.do("exclude a row", lambda: session.exclude_rows([turn + 1]))
    for card in cards.values():
        driver.do(f"card: {card.text()}", card.click)
        driver.do("undo, a known fit", session.undo)
        driver.do("redo, a known fit", session.redo)
    for toggle in window.picture_page.findChildren(LineToggle):
        if toggle.isVisible():
            driver.do("line toggle", toggle.click)
            driver.do("line toggle", toggle.click)
    driver.do("select a level", lambda: session.select_level("lake", f"L{turn:02}"))
    other = "ML" if session.document.estimation == "REML" else "REML"
    driver.do("REML or ML", lambda: session.set_estimation(other))
    for page in PAGES:
        driver.do(f"page: {page}", partial(window.pages.show_page, page))


def large(folder: Path, few: int, *, stacks: bool) -> None:
    """Open, fit and look at a crossed model of 200 000 rows."""
    path = write_crossed(folder, few)
    with driving(application(), folder) as driver:
        sampler = Sampler(driver.heart) if stacks else None
        window = driver.window
        driver.heart.start()
        _open(driver, path, CROSSED_FORMULA)
        for page in PAGES:
            driver.do(f"page: {page}", partial(window.pages.show_page, page))
        for page in PAGES:
            driver.do(f"again: {page}", partial(window.pages.show_page, page))
        session = window.session
        driver.do("select a level", lambda: session.select_level("b", "b7"))
        driver.do("select rows", lambda: session.select_rows(range(1, 501)))
        driver.do("exclude 500 rows", lambda: session.exclude_rows(range(1, 501)))
        driver.do("undo, a known fit", session.undo)
        driver.heart.stop()
        print("\nA crossed model of 200 000 rows, milliseconds (best, median, worst)")
        _print_timings(driver.timings)
        _print_stalls(driver)
        if sampler is not None:
            print(sampler.report())


def _open(driver: Driver, path: Path, formula: str) -> None:
    session = driver.window.session

    def is_open() -> bool:
        return session.scan is not None and not session.is_busy

    driver.do("open", lambda: session.open_table(path), is_open)
    driver.do("fit", lambda: session.set_formula(formula))


def _print_timings(timings: dict[str, list[Timing]]) -> None:
    heads = "".join(f"{head:>16}" for head in ("shown", "settled", "CPU", "GUI's CPU"))
    print(f"  {'':26}{heads}  workers (median)")
    for name, found in timings.items():
        cells = "".join(
            f"{_cell([getattr(timing, part) for timing in found]):>16}"
            for part in ("shown", "settled", "cpu", "gui")
        )
        labels = dict.fromkeys(label for timing in found for label in timing.jobs)
        jobs = ", ".join(
            f"{label} {1e3 * median(t.jobs.get(label, 0.0) for t in found):.0f}"
            for label in labels
        )
        print(f"  {name:26}{cells}  {jobs}")


def _cell(seconds: list[float]) -> str:
    parts = min(seconds), median(seconds), max(seconds)
    return " ".join(f"{1e3 * part:4.0f}" for part in parts)


def _print_stalls(driver: Driver) -> None:
    worst, stalls = driver.heart.longest(), driver.heart.stalls()
    print(
        f"  longest gap {1e3 * worst.seconds:.0f} ms ({worst.during}); "
        f"{len(stalls)} over 50 ms"
    )
    for gap in sorted(stalls, key=lambda gap: -gap.seconds)[:12]:
        print(f"    {1e3 * gap.seconds:5.0f} ms  {gap.during}")


def main() -> None:
    """Measure what is asked, or all."""
    parser = argparse.ArgumentParser(description="How fast the window is.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--stacks", action="store_true")
    parser.add_argument("--full", action="store_true", help="3 000 levels, not 400")
    asked = parser.parse_args()
    parts = asked.parts or PARTS
    os.environ["QT_LOGGING_RULES"] = "qt.qpa.*=false"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "start" in parts:
            start(folder, stacks=asked.stacks)
        if "clicks" in parts:
            for n_rows in (1_000, 10_000):
                clicks(folder, n_rows, stacks=asked.stacks)
        if "large" in parts:
            large(folder, 3_000 if asked.full else 400, stacks=asked.stacks)


if __name__ == "__main__":
    main()
