"""Do 95 % intervals cover, and do tests at 5 % reject as often as they say.

Run from the project's root: python -m tests.benchmarks coverage [--number 400]
Data of four designs are simulated from known values again and again; every kind of
interval is made of each, and every test of a fixed effect that is zero. Shares are
right where they lie within the Monte-Carlo error that the heading gives.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import BoolArray

REPLICATES = 400
"""Of each bootstrap."""
LEVEL = 0.95
SHOWN = "fixed effects", "SDs"


@dataclass(frozen=True, slots=True)
class Design:
    """A model, how its data are made, and what is true.

    Attributes
    ----------
    formula, null : str
        The null leaves out `z`, which has no effect.
    draw : callable
        Makes a frame.
    truth : dict of str to float
        By parameter.
    """

    formula: str
    null: str
    draw: Callable[[np.random.Generator], pd.DataFrame]
    truth: dict[str, float]


FIXED = {"Intercept": 2.0, "x": 1.0, "z": 0.0}


def _frame(rng: np.random.Generator, n: int, **groups: np.ndarray) -> pd.DataFrame:
    """Covariates within groups, and what the fixed part says."""
    frame = pd.DataFrame(groups)
    frame["x"], frame["z"] = rng.normal(size=(2, n))
    frame["y"] = 2.0 + frame["x"] + rng.normal(size=n)
    return frame


def _balanced(rng: np.random.Generator) -> pd.DataFrame:
    g = np.repeat(np.arange(15), 6)
    frame = _frame(rng, len(g), g=g)
    b = rng.normal(size=(2, 15)) * [[1.0], [0.5]]
    frame["y"] += b[0][g] + b[1][g] * frame["x"]
    return frame


def _unbalanced(rng: np.random.Generator) -> pd.DataFrame:
    g = np.repeat(np.arange(8), [2, 3, 4, 5, 7, 9, 12, 18])
    frame = _frame(rng, len(g), g=g)
    frame["z"] = rng.normal(size=8)[g]  # varies between groups only
    frame["y"] += rng.normal(size=8)[g]
    return frame


def _crossed(rng: np.random.Generator) -> pd.DataFrame:
    a, b = rng.integers(0, 12, 90), rng.integers(0, 8, 90)
    frame = _frame(rng, 90, a=a, b=b)
    frame["y"] += rng.normal(size=12)[a] + rng.normal(0, 0.7, 8)[b]
    return frame


def _nested(rng: np.random.Generator) -> pd.DataFrame:
    plot = np.repeat(np.arange(24), 3)
    site = plot // 4
    frame = _frame(rng, len(plot), site=site, plot=plot)
    frame["z"] = rng.normal(size=24)[plot]
    frame["y"] += rng.normal(size=6)[site] + rng.normal(0, 0.7, 24)[plot]
    return frame


DESIGNS = {
    "slopes, 15 x 6": Design(
        "y ~ x + z + (x | g)",
        "y ~ x + (x | g)",
        _balanced,
        FIXED | {"sd(g, Intercept)": 1.0, "sd(g, x)": 0.5, "sigma": 1.0},
    ),
    "8 uneven groups": Design(
        "y ~ x + z + (1 | g)",
        "y ~ x + (1 | g)",
        _unbalanced,
        FIXED | {"sd(g, Intercept)": 1.0, "sigma": 1.0},
    ),
    "crossed, 12 x 8": Design(
        "y ~ x + z + (1 | a) + (1 | b)",
        "y ~ x + (1 | a) + (1 | b)",
        _crossed,
        FIXED | {"sd(a, Intercept)": 1.0, "sd(b, Intercept)": 0.7, "sigma": 1.0},
    ),
    "nested, 6 x 4 x 3": Design(
        "y ~ x + z + (1 | site / plot)",
        "y ~ x + (1 | site / plot)",
        _nested,
        FIXED
        | {"sd(site, Intercept)": 1.0, "sd(site:plot, Intercept)": 0.7, "sigma": 1.0},
    ),
}


def measure(number: int, seed: int = 1) -> None:
    """Simulate, and print shares.

    Parameters
    ----------
    number : int
        Data sets of each design.
    seed : int
    """
    error = 2 * np.sqrt(LEVEL * (1 - LEVEL) / number)
    print(f"Shares of {number} data sets, in percent, +- {100 * error:.1f}.")
    print(f"Coverage of intervals of {100 * LEVEL:.0f} %; then tests of z at 5 %.")
    for name, design in DESIGNS.items():
        covered: dict[tuple[str, str], list[bool]] = defaultdict(list)
        rejected: dict[str, list[bool]] = defaultdict(list)
        streams = np.random.SeedSequence(seed).spawn(number)
        for stream in streams:
            frame = design.draw(np.random.default_rng(stream))
            _one(design, frame, int(stream.generate_state(1)[0]), covered, rejected)
        print(f"\n{name}: {design.formula}")
        _print_coverage(covered)
        shares = (f"{kind} {100 * np.mean(own):.1f}" for kind, own in rejected.items())
        print("  rejected   " + ", ".join(shares), flush=True)


def _one(
    design: Design,
    frame: pd.DataFrame,
    seed: int,
    covered: dict[tuple[str, str], list[bool]],
    rejected: dict[str, list[bool]],
) -> None:
    """All intervals and tests of one data set."""
    model, null = (engine.fit(f, frame) for f in (design.formula, design.null))
    truth = pd.Series(design.truth)
    tables = {
        "Satterthwaite": model.coefficient_table(),
        "Kenward-Roger": model.coefficient_table(df="kenward-roger"),
        "profile": engine.profile(model),
    }
    found = engine.bootstrap(model, REPLICATES, seed)
    for kind in ("percentile", "basic", "bca"):
        tables[kind] = found.intervals(LEVEL, kind)
    for kind, table in tables.items():
        known = table.index.intersection(truth.index)
        is_in = (table.loc[known, "lower"] <= truth[known]) & (
            truth[known] <= table.loc[known, "upper"]
        )
        for parameter, inside in is_in.items():
            which = SHOWN[0] if parameter in FIXED else SHOWN[1]
            covered[kind, which].append(bool(inside))
    tests = {
        "Satterthwaite": tables["Satterthwaite"].loc["z", "p_value"],
        "Kenward-Roger": tables["Kenward-Roger"].loc["z", "p_value"],
        "likelihood ratio": engine.likelihood_ratio_test(null, model).p_value,
        "bootstrap": engine.bootstrap_test(null, model, REPLICATES - 1, seed).p_value,
    }
    for kind, p in tests.items():
        rejected[kind].append(bool(p <= 1 - LEVEL))


def _print_coverage(covered: dict[tuple[str, str], list[bool]]) -> None:
    """A line for fixed effects, one for standard deviations."""
    for which in SHOWN:
        own: dict[str, BoolArray] = {
            kind: np.array(inside)
            for (kind, group), inside in covered.items()
            if group == which
        }
        shares = (f"{kind} {100 * inside.mean():.1f}" for kind, inside in own.items())
        print(f"  {which:14}" + ", ".join(shares))
