"""What a fit will take of memory at its peak; one that cannot fit is refused in words.

The factors below were measured: the largest size of processes that fit dense cores of
2 000 to 4 000 columns, cores of 8 000 columns in parts, sparse ones of 20 000 that are
eliminated, and a million rows. They hold within a third there; smaller cores take as
little as half of what they say.

What takes long is refused as well: a step of a dense core of `LARGEST_CORE` columns
takes about a minute, and the time grows with the cube of the columns. More memory does
not make that bearable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine import free_memory
from engine.data.wording import counted, joined
from engine.errors import FitError
from engine.fitting.cells import are_listed
from engine.fitting.elimination import Elimination
from engine.fitting.factors import blocks_by_factor
from engine.written_numbers import count

if TYPE_CHECKING:
    from engine.fitting.core_sums import Arrangement
    from engine.fitting.row_columns import RowColumns
    from engine.model.design import Design

LARGEST_CORE = 12_000
"""Columns of a dense core beyond which a fit takes hours: 1.2 GB a matrix."""
COLUMN_BYTES = 10
"""For each row and column of X and Z: they are copied once, centred."""
LEVEL_BYTES = 20
"""For each leaf level, column of Z and column of [Q y Z]: sums, and solutions at two
values of theta."""
ENTRY_BYTES = 50
"""For each row, column of the core's factors and product of two, while they are
summed."""
SPARSE_BYTES = 28
"""For each number of a matrix in parts, with its place and while it is multiplied."""
LINK_BYTES = 36
"""For each pair of links that is eliminated, with its products."""
PAIR_BYTES = 28
"""For each pair of cells, without its products."""


def check_rows(design: Design) -> None:
    """Refuse rows of which a copy does not fit in memory.

    Parameters
    ----------
    design : Design

    Raises
    ------
    FitError
    """
    n, p = design.matrix.shape
    factors = blocks_by_factor(design)
    widths = [sum(len(design.blocks[i].terms) for i in own) for own in factors]
    needed = COLUMN_BYTES * n * (p + 1 + sum(widths))
    if widths:
        J = len(design.blocks[factors[0][0]].grouping.levels)
        needed += LEVEL_BYTES * J * widths[0] * (p + 1 + widths[0])
    columns = p + sum(widths)
    _refuse_beyond(
        needed,
        f"{counted(columns, 'column')} of effects for {counted(n, 'row')}",
        "Use fewer terms, keep fewer rows, or close other programs.",
    )


def check_core(design: Design, rows: RowColumns, core: Arrangement) -> None:
    """Refuse a core whose matrices do not fit in memory, or take hours.

    Parameters
    ----------
    design : Design
        For the names of the groupings.
    rows : RowColumns
    core : Arrangement

    Raises
    ------
    FitError
    """
    if not core.n_core:
        return
    what = _core_in_words(design, rows, core)
    remedy = "Nest a grouping in another, or leave the least important grouping out."
    if n_dense(core) > LARGEST_CORE:
        raise FitError(
            f"The model has {what}, which all depend on each other; beyond "
            f"{count(LARGEST_CORE)} a fit takes hours.",
            remedy,
        )
    _refuse_beyond(
        core_bytes(rows, core), what, f"{remedy[:-1]}, or close other programs."
    )


def n_dense(core: Arrangement) -> int:
    """Columns of the largest dense matrix."""
    if isinstance(core.parts, Elimination):
        return core.parts.n_last
    return 0 if core.parts is not None else core.q


def core_bytes(rows: RowColumns, core: Arrangement) -> float:
    """Estimate what the core's matrices and cells take at the peak.

    Parameters
    ----------
    rows : RowColumns
    core : Arrangement

    Returns
    -------
    float
    """
    k = rows.factors[0].n_columns
    widths = [rows.factors[t].n_columns for t in core.core]
    # C, its factor, X_ab and C X_ab, and what their products need
    matrices = 2.5 + k**2 + 3.0 * (max(widths) > 1)
    n, width = len(rows.codes[0]), sum(widths)
    summing = float(ENTRY_BYTES * n * width * (width + 1))
    if isinstance(core.parts, Elimination):
        sparse = SPARSE_BYTES * 4.0 * core.parts.n_numbers
        links = LINK_BYTES * float(core.parts.n_pairs)
        return max(summing, sparse + links + 24.0 * core.parts.n_last**2)
    if core.parts is not None:
        return summing + SPARSE_BYTES * matrices * core.parts.n_numbers
    of_level = np.bincount(rows.codes[0]).astype(float)
    counts = np.minimum(of_level * width, core.q)
    pairs = 0.0
    if are_listed(counts, k, core.q):
        each = PAIR_BYTES + 8 * k * (k + 1) / 2
        pairs = each * float((counts * (counts + 1) / 2).sum())
    return max(summing, pairs + 8.0 * matrices * core.q**2)


def _core_in_words(design: Design, rows: RowColumns, core: Arrangement) -> str:
    """``9 000 random effects of 'a' and 5 000 of 'b' beside those of 'c'``."""
    names = [design.blocks[f.block_indices[0]].grouping.name for f in rows.factors]
    parts = [f"{count(core.sizes[t])} of '{names[t]}'" for t in core.core]
    parts[0] = parts[0].replace(" of", " random effects of", 1)
    return f"{joined(parts)} beside those of '{names[0]}'"


def _refuse_beyond(needed: float, what: str, remedy: str) -> None:
    """Refuse what this computer has no room for."""
    said = free_memory.shortage(f"The model has {what}.", needed)
    if said is not None:
        raise FitError(said, remedy)
