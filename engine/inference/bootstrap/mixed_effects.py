"""Group effects with the uncertainty of the variances, by a mixture over refits.

An effect is what is predicted of a known group where all coefficients have weight zero
and one column of its block has weight one: see `mixture`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.inference.bootstrap.mixture import Mixture
from engine.inference.prediction_rows import EncodedRows
from engine.progress import ignore

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates
    from engine.inference.bootstrap.result import Bootstrap
    from engine.progress import Report


def bootstrapped_effects(
    found: Bootstrap, level: float = 0.95, report: Report = ignore
) -> dict[str, pd.DataFrame]:
    """Intervals of the groups' deviations.

    Parameters
    ----------
    found : Bootstrap
    level : float
        Coverage of each interval.
    report : callable
        Called with a `Step` for each replicate; may raise `Cancelled`.

    Returns
    -------
    dict of str to DataFrame
        By grouping, in the order of `FittedModel.group_effects`: level, term, estimate
        (the model's own), std_error, lower, upper, in units of the response.
    """
    mixture = Mixture(found, report=report)
    estimates = found.fitted
    tables: dict[str, list[pd.DataFrame]] = {}
    for index in estimates.block_order:
        block = estimates.design.blocks[index]
        rows = _effects_of(estimates, index)
        levels, terms = list(block.grouping.levels), list(block.terms)
        frame = pd.DataFrame(
            {"level": np.repeat(levels, len(terms)), "term": terms * len(levels)}
        )
        mixed = mixture.predict_rows(rows, frame.index, ("group",), level)["group"]
        table = pd.concat([frame, mixed.table], axis=1)
        tables.setdefault(block.grouping.name, []).append(table)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def _effects_of(estimates: Estimates, index: int) -> EncodedRows:
    """One row for each level and column of a block; no other column counts."""
    blocks = estimates.design.blocks
    own = blocks[index].grouping
    k, J = len(blocks[index].terms), len(own.levels)
    m = k * J
    Z: list[FloatArray] = [np.zeros((m, len(block.terms))) for block in blocks]
    Z[index] = np.tile(np.eye(k), (J, 1))
    level = np.repeat(np.arange(J), k)
    codes = [
        level if block.grouping.name == own.name else np.zeros(m, dtype=np.intp)
        for block in blocks
    ]
    return EncodedRows(
        complete=np.ones(m, dtype=bool),
        X=np.zeros((m, len(estimates.beta))),
        Z=Z,
        codes=codes,
        offset=np.zeros(m),
        sigma=np.full(m, estimates.sigma),
    )
