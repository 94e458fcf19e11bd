"""Random designs that are hard to fit, by family, each from a seed of its own.

A design is drawn from (seed, family, number), so that any one can be had again alone:
`trial("crossed", 7)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import FloatArray, IntArray

SEED = 1971
"""Patterson and Thompson's year."""
N_EACH = 40
Drawn = tuple[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Trial:
    """A model and rows for it.

    Attributes
    ----------
    family : str
        One of `FAMILIES`.
    number : int
        Place in its family.
    formula : str
    frame : DataFrame
    weights : ndarray of shape (n,) or None
    estimation : {"REML", "ML"}
    """

    family: str
    number: int
    formula: str
    frame: pd.DataFrame
    weights: FloatArray | None
    estimation: str


def trial(family: str, number: int, seed: int = SEED) -> Trial:
    """Draw one design.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    number : int
    seed : int
        Of the battery.

    Returns
    -------
    Trial
        A quarter of them weighted, a quarter by full likelihood.
    """
    rng = np.random.default_rng([seed, list(FAMILIES).index(family), number])
    formula, frame = FAMILIES[family](rng)
    weights = rng.lognormal(0, 1, len(frame)) if rng.random() < 0.25 else None
    estimation = "ML" if rng.random() < 0.25 else "REML"
    return Trial(family, number, formula, frame, weights, estimation)


def _rows(rng: np.random.Generator, least: int = 12, most: int = 400) -> int:
    """A number of rows, small ones as likely as large ones."""
    return int(np.exp(rng.uniform(np.log(least), np.log(most + 1))))


def _codes(rng: np.random.Generator, n: int, n_levels: int) -> IntArray:
    """Levels of very different sizes; each that can be is there."""
    shares = rng.dirichlet(np.full(n_levels, rng.choice([0.3, 1.0, 10.0])))
    codes = rng.choice(n_levels, n, p=shares)
    codes[: min(n, n_levels)] = np.arange(min(n, n_levels))
    return codes


def _effects(
    rng: np.random.Generator, n_levels: int, k: int, how: str = "any"
) -> FloatArray:
    """Random effects (n_levels, k): "any" covariance, or with "perfect" correlation."""
    sizes = 10 ** rng.uniform(-1, 1, k)
    if how == "perfect":
        signs = rng.choice([-1.0, 1.0], k)
        return rng.normal(size=(n_levels, 1)) * signs * sizes
    root = rng.normal(size=(k, k))
    return rng.normal(size=(n_levels, k)) @ root.T * sizes / np.sqrt(k)


def _levels(rng: np.random.Generator, n: int, least: int = 3) -> int:
    return int(rng.integers(least, max(least + 1, min(40, n // 3))))


def unbalanced(rng: np.random.Generator) -> Drawn:
    """Lines in groups, some with one row, some with most rows."""
    n = _rows(rng)
    g = _codes(rng, n, _levels(rng, n))
    x = rng.normal(rng.choice([0.0, 5.0]), 1, n)
    own = _effects(rng, g.max() + 1, 2)[g]
    y = own[:, 0] + (1 + own[:, 1]) * x + rng.normal(size=n)
    formula = rng.choice(["y ~ x + (x | g)", "y ~ x + (1 | g)", "y ~ x + (0 + x | g)"])
    return str(formula), pd.DataFrame({"y": y, "x": x, "g": g})


def tiny_groups(rng: np.random.Generator) -> Drawn:
    """One to three rows in a group: many levels have fewer rows than columns."""
    n_levels = int(rng.integers(8, 80))
    g = np.repeat(np.arange(n_levels), rng.integers(1, 4, n_levels))
    g = np.append(g, [0, 0, 1, 1, 2, 2])
    n = len(g)
    x, z = rng.normal(size=(2, n))
    own = _effects(rng, n_levels, 2)[g]
    y = own[:, 0] + own[:, 1] * x + rng.normal(size=n)
    formula = rng.choice(["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ z + (z || g)"])
    return str(formula), pd.DataFrame({"y": y, "x": x, "z": z, "g": g})


def collinear(rng: np.random.Generator) -> Drawn:
    """Two covariates that are nearly the same, in both parts of the model."""
    n = _rows(rng, 30)
    g = _codes(rng, n, _levels(rng, n))
    x = rng.normal(3, 1, n)
    z = x + 10 ** rng.uniform(-6, -1) * rng.normal(size=n)
    own = _effects(rng, g.max() + 1, 2)[g]
    y = own[:, 0] + own[:, 1] * x + rng.normal(size=n)
    formula = rng.choice(
        [
            "y ~ x + z + (x | g)",
            "y ~ x + (x + z | g)",
            "y ~ x + z + (1 | g) + (0+z | g)",
        ]
    )
    return str(formula), pd.DataFrame({"y": y, "x": x, "z": z, "g": g})


def badly_scaled(rng: np.random.Generator) -> Drawn:
    """Units that are a million times too large or too small, and origins far off."""
    formula, frame = unbalanced(rng)
    x, y = frame["x"], frame["y"]
    frame["x"] = 10 ** rng.uniform(-6, 6) * (x + rng.choice([0.0, 1e3, 1e5]))
    frame["y"] = 10 ** rng.uniform(-6, 6) * (y + rng.choice([0.0, 1e3, 1e6]))
    return formula, frame


def zero_variances(rng: np.random.Generator) -> Drawn:
    """Random terms without any variance behind them."""
    n = _rows(rng)
    g, h = (_codes(rng, n, _levels(rng, n)) for _ in range(2))
    x, z = rng.normal(size=(2, n))
    y = x + rng.normal(size=n) + rng.choice([0, 1]) * rng.normal(size=g.max() + 1)[g]
    formulas = [
        "(x | g)",
        "(x || g)",
        "(x + z | g)",
        "(1 | g) + (1 | h)",
        "(z | g / h)",
    ]
    formulas += ["(x | g) + (z | h)"]
    formula = f"y ~ x + {rng.choice(formulas)}"
    return formula, pd.DataFrame({"y": y, "x": x, "z": z, "g": g, "h": h})


def perfect_correlations(rng: np.random.Generator) -> Drawn:
    """Effects of one group that are multiples of each other."""
    n = _rows(rng, 30)
    g = _codes(rng, n, _levels(rng, n))
    x, z = rng.normal(rng.choice([0.0, 4.0]), 1, (2, n))
    own = _effects(rng, g.max() + 1, 3, "perfect")[g]
    y = own[:, 0] + own[:, 1] * x + own[:, 2] * z
    y += rng.choice([0.1, 1.0, 3.0]) * rng.normal(size=n)
    formula = rng.choice(["y ~ x + (x | g)", "y ~ x + z + (x + z | g)"])
    return str(formula), pd.DataFrame({"y": y, "x": x, "z": z, "g": g})


def double_bars(rng: np.random.Generator) -> Drawn:
    """Uncorrelated slopes of covariates that may lie far from zero."""
    n = _rows(rng)
    g = _codes(rng, n, _levels(rng, n))
    x, z = rng.normal(rng.choice([0.0, 2.0, 10.0, 100.0]), 1, (2, n))
    own = _effects(rng, g.max() + 1, 3)[g]
    y = own[:, 0] + own[:, 1] * x + rng.choice([0, 1]) * own[:, 2] * z
    y += rng.normal(size=n)
    formula = rng.choice(["y ~ x + (x || g)", "y ~ x + z + (x + z || g)"])
    return str(formula), pd.DataFrame({"y": y, "x": x, "z": z, "g": g})


def crossed(rng: np.random.Generator) -> Drawn:
    """Two or three crossed factors, with slopes in some."""
    n = _rows(rng, 20)
    g, h, i = (_codes(rng, n, _levels(rng, n)) for _ in range(3))
    x = rng.normal(rng.choice([0.0, 3.0]), 1, n)
    y = x + rng.normal(size=n)
    for codes in (g, h, i):
        own = _effects(rng, codes.max() + 1, 2)[codes] * rng.choice([0, 1], 2)
        y += own[:, 0] + own[:, 1] * x
    formulas = ["(1 | g) + (1 | h)", "(1 | g) + (1 | h) + (1 | i)", "(x | g) + (x | h)"]
    formulas += ["(x | g) + (1 | h)", "(x || g) + (x || h)"]
    formula = f"y ~ x + {rng.choice(formulas)}"
    return formula, pd.DataFrame({"y": y, "x": x, "g": g, "h": h, "i": i})


def nested(rng: np.random.Generator) -> Drawn:
    """Plots in sites, trees in plots."""
    n = _rows(rng, 20)
    site = _codes(rng, n, _levels(rng, n, 4) // 2 + 1)
    plot, tree = rng.integers(0, rng.integers(2, 5), n), rng.integers(0, 3, n)
    x = rng.normal(size=n)
    y = x + rng.normal(size=n)
    cell = site * 5 + plot
    for codes in (site, cell, cell * 3 + tree):
        own = _effects(rng, codes.max() + 1, 2)[codes] * rng.choice([0, 1], 2)
        y += own[:, 0] + own[:, 1] * x
    formulas = ["(1 | site / plot)", "(x | site / plot)", "(1 | site / plot / tree)"]
    formulas += ["(x | site) + (1 | site:plot)", "(x || site / plot)"]
    formula = f"y ~ x + {rng.choice(formulas)}"
    columns = {"y": y, "x": x, "site": site, "plot": plot, "tree": tree}
    return formula, pd.DataFrame(columns)


def mixtures(rng: np.random.Generator) -> Drawn:
    """Nested and crossed, single and double bars in one model."""
    n = _rows(rng, 40)
    g, h = (_codes(rng, n, _levels(rng, n)) for _ in range(2))
    sub = rng.integers(0, 3, n)
    x, z = rng.normal(rng.choice([0.0, 2.0]), 1, (2, n))
    y = x - z + rng.normal(size=n)
    for codes in (g, h, g * 3 + sub):
        own = _effects(rng, codes.max() + 1, 2)[codes] * rng.choice([0, 1], 2)
        y += own[:, 0] + own[:, 1] * x
    formulas = [
        "(x | g / sub) + (1 | h)",
        "(x || g) + (z | h)",
        "(x | g) + (0 + z | g)",
    ]
    formulas += ["(1 | g / sub) + (x + z | h)", "(x + z || g) + (1 | g:sub) + (1 | h)"]
    formula = f"y ~ x + z + {rng.choice(formulas)}"
    return formula, pd.DataFrame({"y": y, "x": x, "z": z, "g": g, "h": h, "sub": sub})


def few_groups(rng: np.random.Generator) -> Drawn:
    """More covariances than the few groups can tell."""
    n = _rows(rng, 24)
    g = _codes(rng, n, int(rng.integers(2, 6)))
    x, z, w = rng.normal(size=(3, n))
    own = _effects(rng, g.max() + 1, 4)[g]
    y = own[:, 0] + own[:, 1] * x + own[:, 2] * z + own[:, 3] * w + rng.normal(size=n)
    formulas = [
        "(x + z | g)",
        "(x + z + w | g)",
        "(x * z | g)",
        "(x | g)",
        "(x + z || g)",
    ]
    formula = f"y ~ x + z + w + {rng.choice(formulas)}"
    return formula, pd.DataFrame({"y": y, "x": x, "z": z, "w": w, "g": g})


def categories(rng: np.random.Generator) -> Drawn:
    """Effects of a category that vary among groups; not all cells are there."""
    n = _rows(rng, 40)
    g = _codes(rng, n, _levels(rng, n))
    f = _codes(rng, n, int(rng.integers(2, 5)))
    own = _effects(rng, g.max() + 1, f.max() + 1)
    y = f + own[g, f] + rng.normal(size=n)
    formulas = [
        "(f | g)",
        "(0 + f | g)",
        "(1 | g / f)",
        "(f || g)",
        "(1 | g) + (1 | g:f)",
    ]
    formula = f"y ~ f + {rng.choice(formulas)}"
    return formula, pd.DataFrame({"y": y, "f": [f"f{k}" for k in f], "g": g})


def hardly_any_noise(rng: np.random.Generator) -> Drawn:
    """Groups that explain nearly all: variance ratios up to 1e+10."""
    n = _rows(rng, 20)
    g = _codes(rng, n, _levels(rng, n))
    x = rng.normal(rng.choice([0.0, 5.0]), 1, n)
    own = _effects(rng, g.max() + 1, 2, str(rng.choice(["any", "perfect"])))[g]
    y = own[:, 0] + own[:, 1] * x + 10 ** rng.uniform(-5, -2) * rng.normal(size=n)
    formula = rng.choice(["y ~ x + (x | g)", "y ~ x + (x || g)", "y ~ x + (1 | g)"])
    return str(formula), pd.DataFrame({"y": y, "x": x, "g": g})


FAMILIES: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "unbalanced": unbalanced,
    "tiny groups": tiny_groups,
    "collinear": collinear,
    "badly scaled": badly_scaled,
    "zero variances": zero_variances,
    "perfect correlations": perfect_correlations,
    "double bars": double_bars,
    "crossed": crossed,
    "nested": nested,
    "mixtures": mixtures,
    "few groups": few_groups,
    "categories": categories,
    "hardly any noise": hardly_any_noise,
}
"""How each family is drawn."""
