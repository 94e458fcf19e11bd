"""What a plot needs, as frozen arrays: the only thing that crosses to gui.plots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from engine.arrays import AnyArray, FloatArray, IntArray
    from engine.diagnostics.density import Density


@dataclass(frozen=True, slots=True)
class RowGroups:
    """The group of each row, in little memory.

    Attributes
    ----------
    name : str
        The grouping.
    levels : tuple of str
        All its levels, in the same order in every plot of a model.
    codes : ndarray of int, shape (n,)
        For each row, the index of its level in `levels`.
    """

    name: str
    levels: tuple[str, ...]
    codes: IntArray

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)

    def level_of(self, row: int) -> str:
        """Return the name of a row's level."""
        return self.levels[int(self.codes[row])]

    def take(self, rows: AnyArray | slice) -> RowGroups:
        """Return the groups of some rows, by mask or index."""
        return RowGroups(self.name, self.levels, self.codes[rows])


@dataclass(frozen=True, slots=True)
class QQData:
    """Ordered values against normal quantiles.

    Attributes
    ----------
    theoretical, ordered : ndarray of shape (n,)
        Normal quantiles at (i - 0.375) / (n + 0.25), and the ordered values; both
        dimensionless (values are divided by their own standard deviation).
    labels : Index of length n
        Row labels, or level names, in the order of `ordered`.
    lower, upper : ndarray of shape (n,)
        Simultaneous 95 % band for `ordered` under normality.
    value_name : str
        What the values are, for the axis.
    title : str
        Heading of the plot.
    caption : str
        One sentence with the numbers that go with it.
    is_of_levels : bool
        Whether each point is a level of a grouping rather than a row.
    group_name : str
        That grouping; empty for rows.
    row_levels : RowGroups or None
        The group of each row; for levels, each itself. None without a grouping.
    """

    theoretical: FloatArray
    ordered: FloatArray
    labels: pd.Index
    lower: FloatArray
    upper: FloatArray
    value_name: str
    title: str
    caption: str
    is_of_levels: bool = False
    group_name: str = ""
    row_levels: RowGroups | None = None


@dataclass(frozen=True, slots=True)
class ResidualsFittedData:
    """Residuals against fitted values with a smooth line.

    Attributes
    ----------
    fitted : ndarray of shape (n,)
        Conditional fitted values, in units of the response.
    residuals : ndarray of shape (n,)
        Studentised conditional residuals, dimensionless.
    labels : Index of length n
        Row labels.
    smooth_x, smooth_y : ndarray of shape (m,)
        The lowess curve, x increasing; empty when there are too few points.
    response_name, title, caption : str
        For axes, heading and the line below.
    row_levels : RowGroups or None
        The group of each row; None without a grouping.
    raw_residuals : ndarray of shape (n,) or None
        Observed minus fitted, in units of the response.
    density : Density or None
        Counts in a grid, where the rows are very many.
    """

    fitted: FloatArray
    residuals: FloatArray
    labels: pd.Index
    smooth_x: FloatArray
    smooth_y: FloatArray
    response_name: str
    title: str
    caption: str
    row_levels: RowGroups | None = None
    raw_residuals: FloatArray | None = None
    density: Density | None = None


@dataclass(frozen=True, slots=True)
class ResidualsByGroupData:
    """Residuals side by side for the levels of one grouping, ordered by their median.

    Attributes
    ----------
    group_name : str
        The grouping.
    levels : tuple of str
        Level names in the order of the axis.
    positions : ndarray of int, shape (n,)
        For each row, the index of its level in `levels`.
    residuals : ndarray of shape (n,)
        Studentised conditional residuals, dimensionless.
    labels : Index of length n
        Row labels.
    boxes : ndarray of shape (n_levels, 5)
        Lower whisker, first quartile, median, third quartile, upper whisker; NaN for
        levels with fewer than five rows, which are shown as points only.
    title, caption : str
        For the heading and the line below.
    row_levels : RowGroups or None
        The group of each row; None: as `levels` and `positions` say.
    fitted, raw_residuals : ndarray of shape (n,) or None
        Conditional fitted value of each row and what is left, in units of the response.
    density : Density or None
        Counts in a grid, where the rows are very many.
    """

    group_name: str
    levels: tuple[str, ...]
    positions: IntArray
    residuals: FloatArray
    labels: pd.Index
    boxes: FloatArray
    title: str
    caption: str
    row_levels: RowGroups | None = None
    fitted: FloatArray | None = None
    raw_residuals: FloatArray | None = None
    density: Density | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One straight or curved line of a picture.

    Attributes
    ----------
    level : str or None
        The group it belongs to; None for the line of all groups.
    x, y : ndarray of shape (m,)
        Its points, x increasing, over the group's own range of x plus 3 %.
    """

    level: str | None
    x: FloatArray
    y: FloatArray


@dataclass(frozen=True, slots=True)
class FittedLinesData:
    """Data and the three ways of pooling over one covariate.

    Attributes
    ----------
    x, y : ndarray of shape (n,)
        Covariate and response of the rows used, in their own units.
    labels : Index of length n
        Row labels.
    row_levels : RowGroups or None
        The group of each row; None without a grouping.
    complete, none, partial : tuple of Line
        Complete pooling (one line), no pooling and partial pooling (a line a group);
        empty where the model has no such thing.
    x_name, y_name, group_name, title, caption : str
        For axes, heading and the line below.
    none_words : str
        Which kind of no pooling the lines without pooling are, such as "a regression
        for each lake"; empty without such lines.
    fitted, raw_residuals : ndarray of shape (n,) or None
        Conditional fitted value of each row and what is left, in units of the response.
    density : Density or None
        Counts in a grid, where the rows are very many.
    """

    x: FloatArray
    y: FloatArray
    labels: pd.Index
    row_levels: RowGroups | None
    complete: tuple[Line, ...]
    none: tuple[Line, ...]
    partial: tuple[Line, ...]
    x_name: str
    y_name: str
    group_name: str
    title: str
    caption: str
    fitted: FloatArray | None = None
    raw_residuals: FloatArray | None = None
    density: Density | None = None
    none_words: str = ""


@dataclass(frozen=True, slots=True)
class StripData:
    """Points per group with grand mean, group means and partially pooled means.

    Attributes
    ----------
    levels : tuple of str
        Level names in the order of the axis.
    positions : ndarray of int, shape (n,)
        For each row, the index of its level in `levels`.
    y : ndarray of shape (n,)
        The response of the rows used.
    labels : Index of length n
        Row labels.
    grand_mean : float
        The mean under complete pooling, or the estimated mean of the groups.
    group_means, pooled_means : ndarray of shape (n_levels,)
        No pooling, and partial pooling (NaN where the model has none).
    counts : ndarray of int, shape (n_levels,)
        Rows per level.
    y_name, group_name, title, caption : str
        For axes, heading and the line below.
    row_levels : RowGroups or None
        The group of each row; None: as `levels` and `positions` say.
    fitted, raw_residuals : ndarray of shape (n,) or None
        Conditional fitted value of each row and what is left, in units of the response.
    density : Density or None
        Counts in a grid, where the rows are very many.
    """

    levels: tuple[str, ...]
    positions: IntArray
    y: FloatArray
    labels: pd.Index
    grand_mean: float
    group_means: FloatArray
    pooled_means: FloatArray
    counts: IntArray
    y_name: str
    group_name: str
    title: str
    caption: str
    row_levels: RowGroups | None = None
    fitted: FloatArray | None = None
    raw_residuals: FloatArray | None = None
    density: Density | None = None
