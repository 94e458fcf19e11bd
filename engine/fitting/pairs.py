"""All pairs within groups of entries that stand next to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import AnyArray, IntArray


def pairs_within(starts: IntArray) -> tuple[AnyArray, IntArray]:
    """List all pairs of entries of one group, also of an entry with itself.

    Parameters
    ----------
    starts : ndarray of int, shape (n_groups + 1,)
        Where each group begins; the last is the number of entries.

    Returns
    -------
    times : ndarray of int, shape (n_entries,)
        How often each entry is the first of a pair: the pairs are in this order.
    second : ndarray of int, shape (n_pairs,)
        The other entry of each pair, which never is the later one.
    """
    cells = np.arange(starts[-1], dtype=np.int32)
    begin = np.repeat(starts[:-1].astype(np.int32), np.diff(starts))
    times = cells - begin + 1
    second = np.arange(times.sum(), dtype=np.int32)
    own = np.cumsum(times, dtype=np.int32) - times - begin
    second -= np.repeat(own, times)
    return times, np.asarray(second, dtype=np.intp)
