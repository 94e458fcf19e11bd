"""Plots of very many rows: quick, honest, and still linked."""

import time
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from engine.diagnostics.density import bin_points, density_of
from engine.diagnostics.plotdata import FittedLinesData, RowGroups, StripData
from gui.plots.density_image import coarser, shades, with_gaps
from gui.plots.export import export_svg
from gui.theme import DARK
from tests.gui import plot_samples as samples
from tests.gui.plot_samples import point_at

N = 60_000
DENSE = ["residuals_fitted", "residuals_by_group", "fitted_lines", "strip"]
EACH = pytest.mark.parametrize("kind", [*DENSE, "qq"])


def many(kind, n=N):
    """Data of n rows in three groups, the first row an outlier."""
    x, y = samples.values(1, n), samples.values(2, n)
    x[0], y[0] = 8.0, 8.0
    codes = np.arange(n) % 3
    groups = RowGroups("lake", samples.LEVELS, codes)
    labels = pd.RangeIndex(1, n + 1)
    if kind == "qq":
        order = np.argsort(y)
        data = samples.qq(y[order], labels)
        theoretical = np.sort(x)
        return replace(
            data,
            theoretical=theoretical,
            labels=labels[order],
            lower=theoretical - 1,
            upper=theoretical + 1,
            row_levels=groups.take(order),
        )
    if kind == "residuals_fitted":
        return replace(samples.residuals_fitted(y, x), labels=labels, row_levels=groups)
    if kind == "residuals_by_group":
        return replace(samples.residuals_by_group(y, positions=codes), labels=labels)
    if kind == "fitted_lines":
        data: FittedLinesData = samples.fitted_lines()
        return replace(data, x=x, y=y, labels=labels, row_levels=groups)
    strip: StripData = samples.strip()
    counts = np.bincount(codes)
    return replace(strip, positions=codes, y=y, labels=labels, counts=counts)


@pytest.mark.parametrize("kind", DENSE)
def test_that_very_many_rows_are_shades_with_outliers_on_top(make, kind):
    plot = make(kind, many(kind))
    assert plot.marks.density.get_data().counts.sum() == N
    assert 8.0 in plot.points.get_data()[1]
    assert len(plot.points.get_data()[0]) < 2_000


def test_that_a_density_made_by_a_worker_is_used(make):
    data = many("residuals_fitted")
    ready = density_of(data.fitted, data.residuals)
    plot = make("residuals_fitted", replace(data, density=ready))
    assert plot.marks.density.get_data() is ready


def test_that_a_density_of_other_rows_is_not_used(make):
    data = many("residuals_fitted")
    ready = density_of(data.fitted, data.residuals)
    data.residuals[3] = np.nan
    plot = make("residuals_fitted", replace(data, density=ready))
    assert plot.marks.density.get_data().counts.sum() == N - 1
    assert "1 row without" in plot.caption_block.text()


def test_that_a_qq_plot_of_very_many_rows_keeps_its_shape_and_its_ends(make):
    data = many("qq")
    plot = make("qq", data)
    x, y = plot.points.get_data()
    assert plot.marks.density.get_data() is None
    assert len(x) < 5_000
    assert (x[0], x[-1]) == (data.theoretical[0], data.theoretical[-1])
    assert np.diff(x).max() <= max(np.diff(data.theoretical).max(), np.ptp(x) / 1_000)
    assert (y[0], y[-1]) == (data.ordered[0], data.ordered[-1])
    assert len(plot.band.get_data()[0]) < 5_000


@EACH
def test_that_selected_rows_are_drawn_singly_on_a_density(make, kind):
    data = many(kind)
    row = data.labels[-1] if kind == "qq" else 1  # the highest
    plot = make(kind, data)
    plot.set_highlight([row])
    assert plot.chosen_points.get_data()[1].tolist() == [8.0]


@pytest.mark.parametrize("kind", DENSE)
def test_that_a_large_selected_group_is_a_density_of_its_own(make, kind):
    plot = make(kind, many(kind))
    plot.set_highlight(levels=["L02"])
    assert plot.marks.chosen_density.get_data().counts.sum() == N // 3
    plot.set_highlight()
    assert plot.marks.chosen_density.get_data() is None


@EACH
def test_that_each_of_very_many_rows_can_still_be_pointed_at(make, kind):
    plot = make(kind, many(kind))
    where = np.array([34_567])
    x, y = (float(part[0]) for part in plot.places_of(where))
    point_at(plot, plot.canvas.mapFromScene(plot.canvas.place_of(x, y)))
    assert plot.card.heading.startswith("Row ")
    found = plot.pointed_point.get_data()
    here = plot.canvas.place_of(x, y)
    there = plot.canvas.place_of(float(found[0][0]), float(found[1][0]))
    assert (here - there).manhattanLength() < 12


def test_that_zooming_in_brings_the_rows_back(make):
    plot = make("residuals_fitted", many("residuals_fitted"))
    plot.zoom_to((2.0, 3.0), (0.0, 1.0))
    assert plot.marks.density.get_data() is None
    x, _ = plot.points.get_data()
    rows = plot.rows
    inside = (rows.x >= 2) & (rows.x <= 3) & (rows.y >= 0) & (rows.y <= 1)
    assert np.array_equal(np.sort(x), np.sort(rows.x[inside]))
    plot.zoom_to((-2.0, 2.0), (-2.0, 2.0))
    assert plot.marks.density.get_data().x == (-2.0, 2.0)
    plot.reset_view()
    assert plot.marks.density.get_data().counts.sum() == N


def test_that_the_keyboard_reaches_the_rows_that_stand_alone(make, qtbot):
    plot = make("residuals_fitted", many("residuals_fitted"))
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.pointed_label == 1


def test_that_a_saved_density_is_an_image_among_shapes(make, tmp_path):
    plot = make("residuals_fitted", many("residuals_fitted"))
    path = tmp_path / "plot.svg"
    export_svg(plot, path, 80, 60)
    names = [element.tag.partition("}")[2] for element in ET.parse(path).iter()]
    assert names.count("image") == 1
    assert names.count("circle") == len(plot.points.get_data()[0])
    assert "clipPath" not in names


def test_that_a_saved_qq_plot_of_very_many_rows_is_small(make, tmp_path):
    path = tmp_path / "plot.svg"
    export_svg(make("qq", many("qq")), path, 80, 60)
    assert path.stat().st_size < 1_500_000


def test_that_shades_follow_the_counts_from_the_bottom_up():
    counts = np.array([[0, 1], [4, 100]])
    alpha = shades(counts, QColor("#FF0000")) >> 24
    assert alpha[1].tolist()[0] == 0
    assert 0 < alpha[1, 1] < alpha[0, 0] < alpha[0, 1] == 255


def test_that_the_fullest_cell_has_the_color_of_a_point():
    color = DARK.color("point")
    (dot,) = shades(np.array([[7]]), color).ravel()
    assert QColor.fromRgba(int(dot)).rgb() == color.rgb()


def test_that_nothing_is_lost_in_coarser_cells():
    counts = np.arange(15).reshape(3, 5)
    assert coarser(counts).shape == (2, 3)
    assert coarser(counts).sum() == counts.sum()


def test_that_columns_of_groups_are_parted():
    wide = with_gaps(np.array([[3, 5]]), 0.6)
    assert wide[0].tolist() == [0, 0, *[3] * 6, 0, 0, 0, 0, *[5] * 6, 0, 0]


@EACH
@pytest.mark.parametrize("n", [10_000, 200_000])
def test_that_no_step_on_the_way_to_a_picture_is_slow(make, kind, n):
    """Limits are five times what a slow laptop takes: the tests share the machine."""
    data = many(kind, n)
    if kind in {"residuals_fitted", "fitted_lines"}:
        x = data.x if kind == "fitted_lines" else data.fitted
        y = data.y if kind == "fitted_lines" else data.residuals
        data = replace(data, density=density_of(x, y))
    plot = make(kind)
    steps = [
        lambda: plot.set_data(data),
        plot.grab,
        lambda: plot.set_highlight(tuple(range(500)), ["L03"]),
        plot.grab,
    ]
    for step in steps:
        start = time.perf_counter()
        step()
        assert time.perf_counter() - start < 0.25


def test_that_binning_follows_the_view():
    x = np.linspace(0, 1, 50)
    found = bin_points(x, x, (0.0, 1.0), (0.0, 1.0), 4, 4)
    assert np.diag(found.counts).sum() == 50
