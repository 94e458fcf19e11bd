"""Simulated data files for the benchmarks of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

LAKES = 24
FISH_FORMULA = "log_mass ~ log_length + (log_length | lake)"
CROSSED_FORMULA = "y ~ x + (1 | a) + (1 | b)"
CROSSED_ROWS = 200_000


def write_fish(folder: Path, n_rows: int) -> Path:
    """Fish of lakes: a slope and an intercept for each lake.

    Parameters
    ----------
    folder : Path
    n_rows : int

    Returns
    -------
    Path
        Of the CSV file.
    """
    rng = np.random.default_rng(n_rows)
    lake = rng.integers(0, LAKES, n_rows)
    length = rng.normal(3.0, 0.4, n_rows)
    own = rng.normal(0, (0.5, 0.15), (LAKES, 2))[lake]
    mass = -4.6 + own[:, 0] + (3.0 + own[:, 1]) * length + rng.normal(0, 0.2, n_rows)
    frame = pd.DataFrame(
        {
            "lake": [f"L{i:02}" for i in lake],
            "log_length": length.round(4),
            "log_mass": mass.round(4),
            "sex": np.where(rng.random(n_rows) < 0.5, "female", "male"),
        }
    )
    path = folder / f"fish_{n_rows}.csv"
    frame.to_csv(path, index=False)
    return path


def write_crossed(folder: Path, few: int, n_rows: int = CROSSED_ROWS) -> Path:
    """Two crossed groupings as text: one of ten rows a level, and one of few levels.

    Parameters
    ----------
    folder : Path
    few : int
        Levels of the second grouping; the fit takes the cube of it.
    n_rows : int

    Returns
    -------
    Path
        Of the CSV file.
    """
    rng = np.random.default_rng(1)
    many = n_rows // 10
    a, b = rng.integers(0, many, n_rows), rng.integers(0, few, n_rows)
    x = rng.normal(size=n_rows)
    y = x + rng.normal(0, 1, many)[a] + rng.normal(0, 0.7, few)[b]
    y += rng.normal(size=n_rows)
    groups = {"a": [f"a{i}" for i in a], "b": [f"b{i}" for i in b]}
    path = folder / f"crossed_{n_rows}.csv"
    pd.DataFrame({"y": y, "x": x, **groups}).to_csv(path, index=False)
    return path
