"""The models that fits are timed with: published data, and large simulated ones.

Frames are the reference data beside the project, or simulated here with a fixed seed as
the benchmark's description says; nothing is written to disk but on request of a peer.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "data"


@dataclass(frozen=True, slots=True)
class Case:
    """A model and how often it is fitted in one turn.

    Attributes
    ----------
    formula : str
        In the notation of lme4.
    repeats : int
        Fits in one turn, so that a turn is long enough to be timed.
    """

    formula: str
    repeats: int = 1


CASES = {
    "sleepstudy": Case("Reaction ~ Days + (Days | Subject)", 20),
    "penicillin": Case("diameter ~ 1 + (1 | plate) + (1 | sample)", 20),
    "pastes": Case("strength ~ 1 + (1 | batch/cask)", 20),
    "fish": Case("log_mass ~ log_length + (log_length | lake)", 20),
    "insteval": Case("y ~ 1 + (1 | s) + (1 | d)"),
    "slope_100k": Case("y ~ x + z + (x | g)", 10),
    "slope_1m": Case("y ~ x + z + (x | g)"),
    "nested_200k": Case("y ~ x + (1 | site) + (1 | plot)"),
    "crossed_200k": Case("y ~ x + (1 | a) + (1 | b)"),
}
"""What is asked of a fit; the names say the rows of the simulated ones."""
LARGE = ("slope_100k", "slope_1m", "nested_200k", "crossed_200k")


def frame_of(name: str) -> pd.DataFrame:
    """Read or simulate the data of a case.

    Parameters
    ----------
    name : str
        One of `CASES`.

    Raises
    ------
    FileNotFoundError
        If the reference data are not beside the project.
    """
    if name not in LARGE:
        return pd.read_csv(REFERENCE / f"{name}.csv")
    rng = np.random.default_rng(1)
    if name.startswith("slope"):
        return _slopes(
            rng, *((100_000, 5_000), (1_000_000, 20_000))[name == "slope_1m"]
        )
    return _nested(rng) if name == "nested_200k" else _crossed(rng)


def _slopes(rng: np.random.Generator, n: int, n_groups: int) -> pd.DataFrame:
    """Random intercepts and slopes in one factor whose labels are text."""
    group = rng.integers(0, n_groups, n)
    x, z = rng.normal(size=(2, n))
    own = rng.normal(0, (1.0, 0.5), (n_groups, 2))[group]
    y = 1 + own[:, 0] + (2 + own[:, 1]) * x - z + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "z": z, "g": [f"g{i}" for i in group]})


def _nested(rng: np.random.Generator, n: int = 200_000) -> pd.DataFrame:
    """40 000 plots in 2 000 sites, coded as numbers."""
    plot = rng.integers(0, 40_000, n)
    site = plot // 20
    x = rng.normal(size=n)
    y = x + rng.normal(0, 1, 2_000)[site] + rng.normal(0, 0.7, 40_000)[plot]
    y += rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "site": site, "plot": plot})


def _crossed(rng: np.random.Generator, n: int = 200_000) -> pd.DataFrame:
    """20 000 levels of one factor by 3 000 of another, nearly all cells empty."""
    a, b = rng.integers(0, 20_000, n), rng.integers(0, 3_000, n)
    x = rng.normal(size=n)
    y = x + rng.normal(0, 1, 20_000)[a] + rng.normal(0, 0.7, 3_000)[b]
    y += rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "a": a, "b": b})
