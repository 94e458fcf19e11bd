"""Models with one grouping factor that the bootstrap's tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import engine
from engine.fitting.row_columns import row_columns
from tests.engine.facts import dyestuff2
from tests.engine.simulated import lakes

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitted_model import FittedModel
    from engine.fitting.criterion import Evaluation

FORMULAS = {
    "intercept": "y ~ x + (1 | lake)",
    "no fixed part": "y ~ 0 + (1 | lake)",
    "slope": "y ~ x + z + (x | lake)",
    "three columns": "y ~ x + (x + z | lake)",
    "independent": "y ~ x + (x || lake)",
    "two terms": "y ~ x + (x | lake) + (0 + z | lake)",
    "four columns": "y ~ f + x + (x + f | lake)",
}
CASES = [(name, estimation) for name in FORMULAS for estimation in ("REML", "ML")]


def fitted(name: str, estimation: str, *, is_weighted: bool = False) -> FittedModel:
    frame = lakes()
    weights = np.random.default_rng(6).uniform(0.3, 3.0, len(frame))
    return engine.fit(
        FORMULAS[name],
        frame,
        estimation=estimation,
        weights=weights if is_weighted else None,
    )


def evaluation_of(model: FittedModel) -> Evaluation:
    e = model.estimates.evaluation
    assert e is not None
    return e


def balanced_slopes(n_levels: int = 18, n_times: int = 8, seed: int = 1):
    rng = np.random.default_rng(seed)
    level, time = np.repeat(np.arange(n_levels), n_times), np.arange(float(n_times))
    x = np.tile(time, n_levels)
    y = 3 + rng.normal(0, 1.0, n_levels)[level] + rng.normal(0, 1.0, len(x))
    y += (0.5 + rng.normal(0, 0.12, n_levels)[level]) * x
    return pd.DataFrame({"y": y, "x": x, "g": level})


def without_variance() -> FittedModel:
    return engine.fit("Yield ~ 1 + (1 | Batch)", dyestuff2())


def rows_of(model: FittedModel) -> tuple[FloatArray, FloatArray]:
    """Q (n, p) and all columns of Z (J, k, n), weighted rows, whitened columns."""
    rows = row_columns(model.estimates.design, is_explicit=True)
    products = evaluation_of(model).products
    Q, z, codes = rows.W[: len(rows.R)].T, rows.Z(0), rows.codes[0]
    Z = np.zeros((codes.max() + 1, *z.shape))
    Z[codes, :, np.arange(z.shape[1])] = z.T
    # a basis is one up to the signs of its columns: take the fit's
    Q = Q * np.sign(np.diag(rows.R @ np.linalg.inv(products.R)))
    return Q, Z
