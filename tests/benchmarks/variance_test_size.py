"""How often tests of a variance reject at 5 % where there is none.

Responses are drawn under the null and refitted with and without the tested term. Run
from the project's root: python -m tests.benchmarks variance-tests
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import engine
from engine.fitted_model import FittedModel
from engine.fitting.fit import estimate
from engine.inference.restricted_lrt import chi_square_mixture, restricted_lrt

if TYPE_CHECKING:
    from engine.arrays import FloatArray

LEVEL = 0.05
DATA_SETS, REPLICATES = 400, 999
SEED = 7


@dataclass(frozen=True, slots=True)
class Case:
    """A design, and which of its terms is tested.

    Attributes
    ----------
    name : str
    frame : DataFrame
    formula : str
        Of the response `y`.
    tested : str
        The grouping whose variance is zero.
    noise : str or None
        A grouping that has variance one, like the residual.
    """

    name: str
    frame: pd.DataFrame
    formula: str
    tested: str
    noise: str | None = None

    def response(self, rng: np.random.Generator) -> FloatArray:
        """Draw a response under the null."""
        y: FloatArray = rng.normal(size=len(self.frame))
        if self.noise is not None:
            codes = self.frame[self.noise].to_numpy()
            y += rng.normal(size=codes.max() + 1)[codes]
        return y


def _alone() -> Case:
    """Five groups of unlike size, a covariate that differs between them."""
    g = np.repeat(np.arange(5), [3, 4, 5, 8, 12])
    x = np.random.default_rng(0).normal(g, 1.0)
    return Case("one term", pd.DataFrame({"g": g, "x": x}), "y ~ x + (1 | g)", "g")


def _crossed() -> Case:
    """Six sites in ten years, one value of each."""
    site, year = np.repeat(np.arange(6), 10), np.tile(np.arange(10), 6)
    frame = pd.DataFrame({"site": site, "year": year})
    return Case("crossed", frame, "y ~ 1 + (1 | site) + (1 | year)", "site", "year")


def _nested() -> Case:
    """Sites of two plots, which alone vary."""
    site, plot = np.repeat(np.arange(6), 10), np.repeat(np.arange(12), 5)
    frame = pd.DataFrame({"site": site, "plot": plot})
    return Case("nested", frame, "y ~ 1 + (1 | site) + (1 | plot)", "site", "plot")


def measure(n_data_sets: int = DATA_SETS) -> None:
    """Print the shares of data sets whose p is at most 5 %.

    Parameters
    ----------
    n_data_sets : int
        For each design.
    """
    error = np.sqrt(LEVEL * (1 - LEVEL) / n_data_sets)
    print(f"rejected at {LEVEL:.0%} of {n_data_sets} data sets (+- {error:.1%})")
    print(f"{'design':10} {'spectral':>9} {'mixture':>9} {'seconds':>8}")
    for case in (_alone(), _crossed(), _nested()):
        began = perf_counter()
        spectral, mixture = _rejected(case, n_data_sets)
        seconds = perf_counter() - began
        print(f"{case.name:10} {spectral:9.1%} {mixture:9.1%} {seconds:8.1f}")


def _rejected(case: Case, n_data_sets: int) -> tuple[float, float]:
    """Shares of data sets for which each test rejects."""
    rng = np.random.default_rng(SEED)
    first = engine.fit(case.formula, case.frame.assign(y=case.response(rng)))
    p_values = []
    for seed in range(n_data_sets):
        design = replace(first.design, y=case.response(rng))
        model = FittedModel(estimate(design))
        spectral = restricted_lrt(model, case.tested, replicates=REPLICATES, seed=seed)
        mixture = chi_square_mixture(model, case.tested)
        p_values.append((spectral.p_value, mixture.p_value))
    shares = (np.array(p_values) <= LEVEL).mean(axis=0)
    return float(shares[0]), float(shares[1])
