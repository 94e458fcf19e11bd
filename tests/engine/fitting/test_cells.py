"""Cells of leaf and core: listed in pairs, or multiplied by chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.fitting import cells
from engine.fitting.cells import SparseCells
from engine.progress import listening

if TYPE_CHECKING:
    from engine.progress import Step


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_that_sums_by_chunks_are_those_of_the_pairs(share, monkeypatch):
    """Where pairs of cells are too many to be listed, and rows to be taken at once."""
    J, q, rng = 60, 45, np.random.default_rng(4)
    is_filled = rng.uniform(size=(J, q)) < share
    is_filled[:, 0] = True
    starts = np.concatenate([[0], is_filled.sum(axis=1).cumsum()])
    data = rng.normal(size=(2, starts[-1]))
    columns = np.nonzero(is_filled)[1]
    weights = rng.normal(size=(2, 2, J))
    weights += weights.transpose(1, 0, 2)
    C = rng.normal(size=(q, q))
    C += C.T
    made = []
    for most in (cells.MOST_PAIRS, 0):
        monkeypatch.setattr(cells, "MOST_PAIRS", most)
        monkeypatch.setattr(cells, "PAIR_SECONDS", 0.0)
        monkeypatch.setattr(cells, "CHUNK_BYTES", 8 * q * 7)
        monkeypatch.setattr(cells, "SHORT_BYTES", 8 * q * 7)
        monkeypatch.setattr(cells, "STRIP", 10)
        own = SparseCells(starts, columns, data, q, is_dense_core=True)
        heard: list[Step] = []
        with listening(heard.append):
            made.append((own.sandwich(weights), own.level_blocks(C)))
        assert bool(heard) is (most == 0)
    for listed, chunked in zip(*made, strict=True):
        np.testing.assert_allclose(chunked, listed, rtol=1e-10, atol=1e-12)
