"""Very many points as a grid of counts, and the few that lie alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import BoolArray, FloatArray, IntArray

MANY = 50_000
"""Beyond this many points a picture shows their density."""
COLUMNS, ROWS = 200, 125
"""Cells across and up: about 4 pixels each on a page."""
ROWS_OF_LEVEL = 75
"""Cells up where each level has a column: finer ones look like bar codes."""
ALONE = 2
"""A point is drawn singly if it and its neighbours are no more than this many."""
MOST_SINGLES = 2_000
"""With more of them nothing is an outlier: the grid shows them all."""
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Density:
    """Counts of points in the cells of a grid.

    Attributes
    ----------
    counts : ndarray of int, shape (n_y, n_x)
        Points in each cell, from the lowest y and x upwards.
    x, y : tuple of float
        Lower and upper end of the grid, in data units.
    singles : ndarray of int
        Indices of the points that lie apart from the others.
    """

    counts: IntArray
    x: Range
    y: Range
    singles: IntArray


def density_of(x: FloatArray, y: FloatArray) -> Density | None:
    """Bin the points of a plot over two continuous axes, if they are very many.

    Parameters
    ----------
    x, y : ndarray of shape (n,)

    Returns
    -------
    Density or None
        None for no more than `MANY` points, or where one has no place.
    """
    if len(x) <= MANY:
        return None
    spans = _span(x), _span(y)
    if not np.isfinite(spans).all():
        return None
    return bin_points(x, y, *spans)


def density_by_level(
    positions: IntArray, y: FloatArray, n_levels: int
) -> Density | None:
    """Bin points side by side in levels, one column a level; else as `density_of`.

    Parameters
    ----------
    positions : ndarray of int, shape (n,)
        Index of each point's level.
    y : ndarray of shape (n,)
    n_levels : int
    """
    if len(y) <= MANY or not np.isfinite(_span(y)).all():
        return None
    return bin_levels(positions, y, n_levels, _span(y))


def bin_levels(
    positions: IntArray | FloatArray, y: FloatArray, n_levels: int, y_range: Range
) -> Density:
    """Bin points over y in each of `n_levels` levels; parameters as above."""
    across = (-0.5, n_levels - 0.5)
    cells = n_levels, ROWS_OF_LEVEL
    return bin_points(positions, y, across, y_range, *cells, is_by_level=True)


def bin_points(
    x: FloatArray | IntArray,
    y: FloatArray,
    x_range: Range,
    y_range: Range,
    columns: int = COLUMNS,
    rows: int = ROWS,
    *,
    is_by_level: bool = False,
) -> Density:
    """Count points in a grid.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Finite values within the ranges.
    x_range, y_range : tuple of float
        Ends of the grid.
    columns, rows : int
        Cells across and up.
    is_by_level : bool
        Whether each column stands for itself, so that only the cells above and below
        a point are its neighbours.
    """
    cell = _cells(y, y_range, rows)
    cell *= columns
    cell += _cells(x, x_range, columns)
    counts = np.bincount(cell, minlength=rows * columns).reshape(rows, columns)
    near = _neighbourhood(counts, 0)
    if not is_by_level:
        near = _neighbourhood(near, 1)
    is_alone = (counts > 0) & (near <= ALONE)
    singles = _points_in(is_alone, counts, cell)
    return Density(counts, x_range, y_range, singles)


def _span(values: FloatArray) -> Range:
    """Smallest and largest; not finite if any value is not."""
    return float(values.min()), float(values.max())


def _cells(values: FloatArray | IntArray, limits: Range, n: int) -> IntArray:
    """Index of each value's cell among n between the limits."""
    low, high = limits
    if not high > low:
        return np.full(len(values), n // 2, dtype=np.intp)
    cells: IntArray = ((values - low) * (n / (high - low))).astype(np.intp)
    return np.clip(cells, 0, n - 1, out=cells)


def _neighbourhood(counts: IntArray, axis: int) -> IntArray:
    """Sums over a cell and two to either side along an axis."""
    wide = np.pad(counts, [(2, 2) if i == axis else (0, 0) for i in range(2)])
    n = counts.shape[axis]
    parts = [np.take(wide, range(i, i + n), axis=axis) for i in range(5)]
    total: IntArray = np.sum(parts, axis=0)
    return total


def _points_in(chosen: BoolArray, counts: IntArray, cell: IntArray) -> IntArray:
    """Indices of the points in the chosen cells; none if they are too many."""
    if counts[chosen].sum() > MOST_SINGLES:
        return np.zeros(0, dtype=np.intp)
    return np.flatnonzero(chosen.ravel()[cell])
