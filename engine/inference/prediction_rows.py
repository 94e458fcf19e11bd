"""Rows to predict as matrices: the same coding as the rows that were fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.errors import DesignError
from engine.model.columns import listed
from engine.model.levels import combined_names, level_texts, make_grouping

if TYPE_CHECKING:
    from engine.arrays import BoolArray, FloatArray, IntArray
    from engine.fitting.result import Estimates
    from engine.model.levels import Grouping


@dataclass(frozen=True, slots=True)
class EncodedRows:
    """Matrices of rows to predict.

    Attributes
    ----------
    complete : ndarray of bool, shape (rows of the frame,)
        Rows without missing cells: these are the m rows of all else.
    X : ndarray of shape (m, p)
    Z : list of ndarray of shape (m, k)
        By block of the design; empty when the kind needs none.
    codes : list of ndarray of int, shape (m,)
        Level of each row, by block; -1 for levels not seen.
    offset : ndarray of shape (m,)
    sigma : ndarray of shape (m,)
        Residual SD.
    """

    complete: BoolArray
    X: FloatArray
    Z: list[FloatArray]
    codes: list[IntArray]
    offset: FloatArray
    sigma: FloatArray


def encoded_rows(
    estimates: Estimates, frame: pd.DataFrame, *, has_effects: bool, has_groups: bool
) -> EncodedRows:
    """Encode the rows without missing cells.

    Parameters
    ----------
    estimates : Estimates
    frame : DataFrame
    has_effects, has_groups : bool
        Whether what is predicted has random effects, and those of known groups.

    Returns
    -------
    EncodedRows

    Raises
    ------
    EngineError
        If a column is not there or cannot be evaluated.
    """
    design = estimates.design
    names = list(design.encoder.columns)
    if design.offset_encoder is not None:
        names += design.offset_encoder.columns
    if estimates.sigma_by_group is not None:
        names += [str(design.spec.grouping)]
    if has_effects:
        names += [c for block in design.blocks for c in block.encoder.columns]
    if has_groups:
        names += [c for block in design.blocks for c in block.grouping.columns]
    names = list(dict.fromkeys(map(str, names)))
    for name in names:
        if name not in frame.columns:
            raise DesignError(
                f"The rows to predict have no column '{name}'.",
                f"The model needs {listed(names)}.",
            )
    complete = ~frame[names].isna().any(axis=1).to_numpy()
    used = frame.loc[complete]
    X = design.encoder.encode(used)
    Z, codes = [], []
    if has_effects:
        Z = [block.encoder.encode(used) for block in design.blocks]
        unknown = np.full(len(used), -1, dtype=np.intp)
        codes = [
            level_codes(block.grouping, used) if has_groups else unknown
            for block in design.blocks
        ]
    offset = np.zeros(len(used))
    if design.offset_encoder is not None:
        offset = design.offset_encoder.encode(used).sum(axis=1)
    sigma = _residual_sd(estimates, used)
    return EncodedRows(complete, X, Z, codes, offset, sigma)


def _residual_sd(estimates: Estimates, frame: pd.DataFrame) -> FloatArray:
    """Residual SD of each row; by group for separate regressions."""
    if estimates.sigma_by_group is None:
        return np.full(len(frame), estimates.sigma)
    design = estimates.design
    grouping = make_grouping(design.frame, (str(design.spec.grouping),))
    return estimates.sigma_by_group[level_codes(grouping, frame)]


def level_codes(grouping: Grouping, frame: pd.DataFrame) -> IntArray:
    """Position of each row's group among the known ones, -1 for others.

    Parameters
    ----------
    grouping : Grouping
    frame : DataFrame
        With the grouping's columns, without missing cells.

    Returns
    -------
    ndarray of int, shape (m,)
    """
    names = combined_names([level_texts(frame[name]) for name in grouping.columns])
    codes: IntArray = grouping.levels.get_indexer(pd.Index(names, dtype="str"))
    return codes
