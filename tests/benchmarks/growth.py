"""How the time of a fit grows with rows and with levels.

Run from the project's root, on a quiet machine: python -m tests.benchmarks growth
"""

from __future__ import annotations

from math import log
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import engine

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = (10_000, 30_000, 100_000, 300_000, 1_000_000)
LEVELS = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
FIXED_LEVELS, FIXED_ROWS = 1_000, 200_000
PLOTS = 10
"""In each site."""
ROUNDS = 3
SLOPES, NESTED = "y ~ x + (x | g)", "y ~ x + (1 | site / plot)"


def slopes(n_rows: int, n_levels: int) -> pd.DataFrame:
    """Random intercepts and slopes in one factor whose labels are text."""
    rng = np.random.default_rng(3)
    g, x = rng.integers(0, n_levels, n_rows), rng.normal(size=n_rows)
    own = rng.normal(0, (1.0, 0.5), (n_levels, 2))[g]
    y = own[:, 0] + (1 + own[:, 1]) * x + rng.normal(size=n_rows)
    return pd.DataFrame({"y": y, "x": x, "g": np.char.add("g", g.astype(str))})


def nested(n_rows: int, n_levels: int) -> pd.DataFrame:
    """Plots in sites, both numbered; `n_levels` counts the plots."""
    rng = np.random.default_rng(4)
    cell, x = rng.integers(0, n_levels, n_rows), rng.normal(size=n_rows)
    site, plot = np.divmod(cell, PLOTS)
    y = x + rng.normal(size=n_levels)[cell] + rng.normal(size=n_levels)[site]
    y += rng.normal(size=n_rows)
    return pd.DataFrame({"y": y, "x": x, "site": site, "plot": plot})


def seconds(formula: str, frame: pd.DataFrame) -> tuple[float, int]:
    """Median time of a fit, and its evaluations.

    Parameters
    ----------
    formula : str
    frame : DataFrame

    Returns
    -------
    seconds : float
    n_evaluations : int
    """
    times = []
    for _ in range(ROUNDS):
        begin = perf_counter()
        model = engine.fit(formula, frame)
        times.append(perf_counter() - begin)
    return median(times), model.convergence.n_evaluations


def _series(
    heading: str,
    formula: str,
    frames: Callable[[int], pd.DataFrame],
    counts: tuple[int, ...],
) -> None:
    """Print a line for each count, with the growth since the line before."""
    print(f"\n{heading}, {formula}")
    print(f"{'count':>10}{'seconds':>11}{'microseconds each':>19}{'exponent':>10}")
    before: tuple[int, float] | None = None
    for count in counts:
        took, n_evaluations = seconds(formula, frames(count))
        grown = "-"
        if before is not None:
            grown = f"{log(took / before[1]) / log(count / before[0]):.2f}"
        each = 1e6 * took / count
        print(
            f"{count:10,}{took:11.4f}{each:19.2f}{grown:>10}"
            f"   {n_evaluations} evaluations",
            flush=True,
        )
        before = count, took


def measure() -> None:
    """Print seconds against rows, and against levels."""
    print(
        f"Growth: seconds from frame to fit (median of {ROUNDS}), and the exponent\n"
        "since the line before (log of the ratio of times by log of the ratio of "
        "counts);\ntarget: 1 at most"
    )
    engine.fit(SLOPES, slopes(1_000, 30))
    _series(
        f"Rows, in {FIXED_LEVELS:,} levels",
        SLOPES,
        lambda count: slopes(count, FIXED_LEVELS),
        ROWS,
    )
    for formula, simulated in ((SLOPES, slopes), (NESTED, nested)):
        _series(
            f"Levels, of {FIXED_ROWS:,} rows",
            formula,
            lambda count, simulated=simulated: simulated(FIXED_ROWS, count),
            LEVELS,
        )
