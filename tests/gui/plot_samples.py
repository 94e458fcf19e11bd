"""Small plot data whose every number is known, and a pointer to move over them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.diagnostics.plotdata import (
    FittedLinesData,
    Line,
    QQData,
    ResidualsByGroupData,
    ResidualsFittedData,
    RowGroups,
    StripData,
)
from gui.plots.fitted_lines import FittedLinesPlot
from gui.plots.qq import QQPlot
from gui.plots.residuals_by_group import ResidualsByGroupPlot
from gui.plots.residuals_fitted import ResidualsFittedPlot
from gui.plots.strip import StripPlot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.plots.base import BasePlot

WORDS = ("A title", "One sentence with 3 numbers.")
LEVELS = ("L01", "L02", "L03")
N = 12
POSITIONS = np.repeat(np.arange(3), 4)
LABELS = pd.RangeIndex(101, 101 + N)


def values(seed: int, n: int = N) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n)


def qq(ordered: np.ndarray | None = None, labels: Any = LABELS) -> QQData:
    ordered = np.sort(values(1)) if ordered is None else ordered
    n = len(ordered)
    theoretical = np.linspace(-1.6, 1.6, n)
    return QQData(
        theoretical,
        ordered,
        pd.Index(labels[:n]),
        theoretical - 1,
        theoretical + 1,
        "studentised residual",
        *WORDS,
    )


def residuals_fitted(
    residuals: np.ndarray | None = None, fitted: np.ndarray | None = None
) -> ResidualsFittedData:
    residuals = values(3) if residuals is None else residuals
    fitted = values(2, len(residuals)) if fitted is None else fitted
    smooth = np.linspace(-1, 1, 5)
    labels = pd.RangeIndex(101, 101 + len(fitted))
    return ResidualsFittedData(
        fitted, residuals, labels, smooth, smooth**2, "log_mass", *WORDS
    )


def residuals_by_group(
    residuals: np.ndarray | None = None,
    levels: Sequence[str] = LEVELS,
    positions: np.ndarray = POSITIONS,
) -> ResidualsByGroupData:
    residuals = values(4, len(positions)) if residuals is None else residuals
    boxes = np.tile([-2.0, -1.0, 0.0, 1.0, 2.0], (len(levels), 1))
    boxes[-1] = np.nan
    labels = pd.RangeIndex(101, 101 + len(positions))
    return ResidualsByGroupData(
        "lake", tuple(levels), positions, residuals, labels, boxes, *WORDS
    )


def fitted_lines(
    y: np.ndarray | None = None, levels: Sequence[str] = LEVELS
) -> FittedLinesData:
    per_level = N // len(LEVELS)
    n = per_level * len(levels)
    codes = np.repeat(np.arange(len(levels)), per_level)
    x = np.tile(np.arange(float(per_level)), len(levels))
    y = values(5, n) if y is None else y
    ends = np.array([0.0, 3.0])

    def lines(slope: float) -> tuple[Line, ...]:
        return tuple(
            Line(name, ends, place + slope * ends) for place, name in enumerate(levels)
        )

    return FittedLinesData(
        x,
        y,
        pd.RangeIndex(101, 101 + n),
        RowGroups("lake", tuple(levels), codes),
        (Line(None, ends, 1 + ends),),
        lines(0.5),
        lines(0.25),
        "log_length",
        "log_mass",
        "lake",
        *WORDS,
    )


def strip(y: np.ndarray | None = None, pooled: np.ndarray | None = None) -> StripData:
    y = values(6) if y is None else y
    means = np.array([-1.0, 0.0, 2.0])
    return StripData(
        LEVELS,
        POSITIONS,
        y,
        LABELS,
        0.25,
        means,
        means / 2 if pooled is None else pooled,
        np.array([4, 4, 4]),
        "log_mass",
        "lake",
        *WORDS,
    )


KINDS = {
    "qq": (QQPlot, qq),
    "residuals_fitted": (ResidualsFittedPlot, residuals_fitted),
    "residuals_by_group": (ResidualsByGroupPlot, residuals_by_group),
    "fitted_lines": (FittedLinesPlot, fitted_lines),
    "strip": (StripPlot, strip),
}


def place(plot: BasePlot[Any], index: int) -> QPoint:
    x, y = (float(values[index]) for values in plot.points.get_data())
    return plot.canvas.mapFromScene(plot.canvas.place_of(x, y))


def point_at(plot: BasePlot[Any], at: QPoint) -> None:
    viewport = plot.canvas.viewport()
    where = QPointF(at)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        where,
        QPointF(viewport.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)


def linked(kind: str) -> Any:
    """Sample data whose rows know their groups and their fit."""
    data = replace(KINDS[kind][1](), row_levels=RowGroups("lake", LEVELS, POSITIONS))
    if kind in {"qq", "residuals_fitted"}:
        return data
    fitted = np.linspace(0, 1, N)
    return replace(data, fitted=fitted, raw_residuals=fitted - 2)


def empty_place(plot: BasePlot[Any]) -> QPoint:
    """Return a corner of the view without points or lines."""
    rect = plot.canvas.view.sceneBoundingRect()
    return plot.canvas.mapFromScene(rect.topLeft()) + QPoint(3, 3)
