"""Random data and dense brute force to compare the engine with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.model.design import Design


def lakes(seed: int = 20, n: int = 120) -> pd.DataFrame:
    """Unbalanced rows in lakes, crossed years and nets nested in lakes."""
    rng = np.random.default_rng(seed)
    lake, year, net = (rng.integers(0, k, n) for k in (10, 6, 3))
    x = rng.normal(5.0, 1.0, n)
    z = rng.normal(0.0, 3.0, n)
    slopes = rng.normal(1.5, 0.5, 10)
    y = 2 + slopes[lake] * x + rng.normal(0, 1.0, 6)[year] + rng.normal(0, 0.8, n)
    return pd.DataFrame(
        {
            "y": y,
            "x": x,
            "z": z,
            "f": np.array(["low", "mid", "high"])[rng.integers(0, 3, n)],
            "lake": [f"L{i}" for i in lake],
            "year": 2000 + year,
            "net": [f"N{i}" for i in net],
        }
    )


STRUCTURES = {
    "scalar": "y ~ x + (1 | lake)",
    "no fixed part": "y ~ 0 + (1 | lake)",
    "vector": "y ~ x + z + (x | lake)",
    "three columns": "y ~ x + (x + z | lake)",
    "uncorrelated": "y ~ x + (x || lake)",
    "two terms on one factor": "y ~ x + (x | lake) + (0 + z | lake)",
    "crossed": "y ~ x + (1 | lake) + (1 | year)",
    "crossed vectors": "y ~ x + (x | lake) + (z | year)",
    "nested": "y ~ x + (1 | lake / net)",
    "nested vectors": "y ~ x + (x | lake / net)",
    "three factors": "y ~ f * x + (x || lake) + (1 | year) + (1 | net)",
}


def dense_criterion(design: Design, roots: list[FloatArray], *, is_reml: bool) -> float:
    """Criterion from n x n matrices, at relative covariance factors by block."""
    V, X = dense_V(design, roots), design.X
    y = design.y if design.offset is None else design.y - design.offset
    inverse = np.linalg.inv(V)
    information = X.T @ inverse @ X
    beta = np.linalg.solve(information, X.T @ inverse @ y)
    rest = y - X @ beta
    n, p = X.shape
    nu = n - p if is_reml else n
    r2 = rest @ inverse @ rest
    value = np.linalg.slogdet(V)[1] + nu * (1 + np.log(2 * np.pi * r2 / nu))
    return float(value + (np.linalg.slogdet(information)[1] if is_reml else 0.0))


def dense_V(design: Design, roots: list[FloatArray]) -> FloatArray:
    """V / sigma^2, rows with prior weights included."""
    n = len(design.y)
    V = np.eye(n) if design.weights is None else np.diag(1 / design.weights)
    for Z, root in zip(dense_Z(design), roots, strict=True):
        scaled = Z @ np.kron(np.eye(Z.shape[1] // len(root)), root)
        V = V + scaled @ scaled.T
    return V


def dense_Z(design: Design) -> list[FloatArray]:
    """Full Z of each block, columns level by level."""
    result = []
    for block in design.blocks:
        n, k = block.Z.shape
        Z = np.zeros((n, len(block.grouping.levels), k))
        Z[np.arange(n), block.grouping.codes] = block.Z
        result.append(Z.reshape(n, -1))
    return result
