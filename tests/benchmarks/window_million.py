"""How long the window stands still with a table of a million rows, without a model.

Run from the project's root, on a quiet machine (three minutes):
python -m tests.benchmarks.window_million [--stacks]

The budget: the GUI thread never stands still longer than 50 ms.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pandas as pd
from PySide6.QtWidgets import QApplication

from engine.data.table import Kind
from gui.application import application
from gui.data.rows_not_used import NotUsedCard
from gui.data.steps_card import StepsCard
from tests.benchmarks.window_drive import Driver, driving
from tests.benchmarks.window_watch import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 1_000_000
SKIPPED = 500
"""Row of the file that is empty, so that the labels have a gap."""


def write_rows(folder: Path) -> Path:
    """Write eight columns of every kind; two have too many levels, one has words."""
    rng = np.random.default_rng(5)
    site = rng.integers(0, 1000, ROWS)
    day = pd.Timestamp("2001-01-01") + pd.to_timedelta(rng.integers(0, 7000, ROWS), "D")
    weight = pd.Series(rng.normal(50, 9, ROWS).round(5).astype(str))
    weight[::5_000] = "lost"
    frame = pd.DataFrame(
        {
            "site": [f"S{i:04}" for i in site],
            "year": rng.integers(1990, 2020, ROWS),
            "x": rng.normal(0, 1, ROWS).round(6),
            "y": rng.normal(5, 2, ROWS).round(6),
            "tag": [f"T{i:07}" for i in rng.permutation(ROWS)],
            "day": day.strftime("%Y-%m-%d"),
            "weight": weight,
            "sex": rng.choice(["f", "m", ""], ROWS),
        }
    )
    path = folder / "million.csv"
    frame.iloc[:SKIPPED].to_csv(path, index=False)
    with path.open("a") as file:
        file.write("\n")
    frame.iloc[SKIPPED:].to_csv(path, index=False, mode="a", header=False)
    return path


def look(driver: Driver, path: Path) -> None:
    """Do with the rows what a user does."""
    window = driver.window
    session, pane = window.session, window.data_pane
    rows, view = pane.rows, pane.view

    def is_there() -> bool:
        return session.scan is not None and not session.is_busy

    def do(name: str, call: Callable[[], object]) -> None:
        driver.do(name, call, lambda: not session.is_busy)

    driver.do("open", lambda: session.open_table(path), is_there)
    do("scroll to the end", view.scrollToBottom)
    bar = view.verticalScrollBar()
    for step in range(20):
        do("scroll", partial(bar.setValue, bar.maximum() * step // 20))
    do("select a row", partial(view.rows_chosen.emit, np.array([7])))
    do("select all rows", view.selectAll)
    do("menu of all rows", lambda: pane.row_menu().deleteLater())
    do("exclude all but some", pane.exclude_selected)
    do("undo", session.undo)
    do("select half", partial(view.rows_chosen.emit, np.arange(0, ROWS, 2)))
    do("exclude half", pane.exclude_selected)
    do("rows not used", lambda: NotUsedCard(session, pane).deleteLater())
    do("steps", lambda: StepsCard(session, pane).deleteLater())
    do("bring back", partial(session.include_rows, range(1, SKIPPED)))
    do("undo", session.undo)
    do("redo", session.redo)
    do("undo", session.undo)
    do("undo", session.undo)
    do("select a level", lambda: session.select_level("site", "S0007"))
    do("exclude a level", pane.exclude_selected)
    do("undo", session.undo)
    do("select a tag", lambda: session.select_level("tag", "T0000007"))
    do("select 100 000 rows", lambda: session.select_rows(range(600, 100_600)))
    do("select none", lambda: session.select_rows(()))
    do("search", lambda: _search(pane, "7.3"))
    do("search texts", lambda: _search(pane, "s0007"))
    do("close the search", pane.search.close_bar)
    for name in rows.names:
        do(f"card of {name}", partial(_card, pane, name))
    for name, kind in (
        ("x", Kind.CATEGORY),
        ("year", Kind.CATEGORY),
        ("tag", Kind.NUMBER),
        ("weight", Kind.NUMBER),
        ("day", Kind.LABEL),
    ):
        do(f"{name} as {kind.value}", partial(_set_kind, pane, name, kind))
        do("close", _close)
        if session.document.steps:
            do("undo", session.undo)
    do("save", lambda: session.save(path.with_suffix(".tarn")))
    driver.do(
        "open the project",
        lambda: session.open_table(path.with_suffix(".tarn")),
        is_there,
    )


def _search(pane: object, text: str) -> None:
    pane.search.open_bar()  # type: ignore[attr-defined]
    pane.search.field.setText(text)  # type: ignore[attr-defined]


def _card(pane: object, name: str) -> None:
    pane.show_card(name)  # type: ignore[attr-defined]
    QApplication.processEvents()
    _close()


def _close() -> None:
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def _set_kind(pane: object, name: str, kind: Kind) -> None:
    pane.show_card(name)  # type: ignore[attr-defined]
    popup = QApplication.activePopupWidget()
    popup.kinds.chosen.emit(list(Kind).index(kind))  # type: ignore[union-attr]


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description="A million rows in the window.")
    parser.add_argument("--stacks", action="store_true")
    asked = parser.parse_args()
    os.environ["QT_LOGGING_RULES"] = "qt.qpa.*=false"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write_rows(folder)
        with driving(application(), folder) as driver:
            sampler = Sampler(driver.heart) if asked.stacks else None
            driver.heart.start()
            look(driver, path)
            driver.heart.stop()
            worst: dict[str, float] = {}
            for gap in driver.heart.gaps:
                worst[gap.during] = max(worst.get(gap.during, 0.0), gap.seconds)
            for during, seconds in worst.items():
                mark = "  !" if seconds > 0.05 else ""
                print(f"{1e3 * seconds:6.0f} ms  {during}{mark}")
            if sampler is not None:
                print(sampler.report(400))


if __name__ == "__main__":
    main()
