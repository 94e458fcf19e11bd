"""Grouping factors as the estimation arranges them: the leaf first, then the core's."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.model.design import Design


@dataclass(frozen=True, slots=True)
class Factor:
    """One grouping factor with all its columns of Z.

    Attributes
    ----------
    n_levels, n_columns : int
        J and k.
    blocks : tuple of slice
        Columns that are correlated with each other; different blocks are independent.
    block_indices : tuple of int
        Position of each block in the design's list.
    transforms : tuple of ndarray of shape (k_b, k_b)
        For each block T with Z = Z_white T: b_white = T b.
    """

    n_levels: int
    n_columns: int
    blocks: tuple[slice, ...]
    block_indices: tuple[int, ...]
    transforms: tuple[FloatArray, ...]


def factor_of(
    design: Design, indices: Sequence[int], transforms: Sequence[FloatArray]
) -> Factor:
    """Join the random blocks of one grouping.

    Parameters
    ----------
    design : Design
    indices : sequence of int
        Positions of its blocks.
    transforms : sequence of ndarray of shape (k_b, k_b)

    Returns
    -------
    Factor
    """
    ends = np.cumsum([0] + [len(design.blocks[i].terms) for i in indices]).tolist()
    return Factor(
        n_levels=len(design.blocks[indices[0]].grouping.levels),
        n_columns=ends[-1],
        blocks=tuple(slice(a, b) for a, b in pairwise(ends)),
        block_indices=tuple(indices),
        transforms=tuple(transforms),
    )


def blocks_by_factor(design: Design) -> list[list[int]]:
    """Positions of the random blocks of each grouping, most levels first.

    Parameters
    ----------
    design : Design

    Returns
    -------
    list of list of int
        The first is the leaf.
    """
    by_group: dict[str, list[int]] = {}
    for index, block in enumerate(design.blocks):
        by_group.setdefault(block.grouping.name, []).append(index)
    return sorted(
        by_group.values(), key=lambda own: -len(design.blocks[own[0]].grouping.levels)
    )
