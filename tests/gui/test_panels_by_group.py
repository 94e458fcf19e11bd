"""Small panels, one for each group."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.diagnostics.plotdata import RowGroups
from gui.plots.export import OldPictureError, export_pdf, export_png, export_svg
from gui.plots.panel_grid import Room, arranged
from gui.plots.panel_painter import PanelPainter
from gui.plots.panels_by_group import FittedLinesByGroup
from gui.theme import DARK, LIGHT
from tests.gui import plot_samples as samples

LEFT = Qt.MouseButton.LeftButton
FITTED = np.linspace(0, 1, samples.N)


@pytest.fixture
def panels(qtbot):
    """Make a set of panels, laid out but not shown."""

    def made(data="sample", size=(640, 420), theme=LIGHT):
        plot = FittedLinesByGroup(theme=theme)
        qtbot.addWidget(plot)
        plot.resize(*size)
        if data == "sample":
            data = replace(
                samples.fitted_lines(), fitted=FITTED, raw_residuals=FITTED - 2
            )
        plot.set_data(data)
        plot.grab()
        return plot

    return made


def with_levels(n, per_level=4):
    """Return data of n groups."""
    levels = tuple(f"L{i:03d}" for i in range(n))
    data = samples.fitted_lines(samples.values(3, 4 * n), levels)
    if per_level == 4:
        return data
    rows = n * per_level
    codes = np.arange(rows) % n
    return replace(
        data,
        x=samples.values(1, rows),
        y=samples.values(2, rows),
        labels=range(rows),
        row_levels=RowGroups("lake", levels, codes),
    )


def test_that_panels_over_years_have_no_tick_in_the_middle_of_one(panels):
    plot = panels()
    for data, is_whole in ((plot.data, True), (replace(plot.data, x=FITTED), False)):
        content = panels(data)._content
        ticks = PanelPainter(content, LIGHT, vector=False).x_ticks(640)
        assert all(tick.value == round(tick.value) for tick in ticks) == is_whole


def row_place(plot, row) -> QPoint:
    return plot.area.page.place_of(row).toPoint()


def point_at(plot, at: QPoint):
    viewport = plot.area.viewport()
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        QPointF(at),
        QPointF(viewport.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)


def ink(image: QImage) -> int:
    paper = image.pixel(image.width() - 1, 0)
    return sum(
        image.pixel(x, y) != paper
        for x in range(0, image.width(), 5)
        for y in range(0, image.height(), 5)
    )


def test_that_every_group_has_a_panel_with_its_own_rows(panels):
    plot = panels()
    content = plot.area.page.content
    assert content.levels == samples.LEVELS
    assert content.counts.tolist() == [4, 4, 4]
    for panel in range(3):
        own = np.flatnonzero(samples.POSITIONS == panel)
        assert content.rows_of(panel).tolist() == own.tolist()
        assert content.line_of(panel, "partial") is plot.data.partial[panel]


def test_that_axes_are_common_and_hold_everything(panels):
    content = panels().area.page.content
    assert content.x[0] < content.rows.x.min() < content.rows.x.max() < content.x[1]
    lines = [line.y for line in content.data.complete]
    assert content.y[1] > np.max(lines)


@pytest.mark.parametrize("n", [1, 2, 12, 300])
@pytest.mark.parametrize("size", [(360, 260), (900, 560), (1600, 900)])
def test_that_panels_do_not_overlap_and_are_not_too_small(panels, n, size):
    page = panels(with_levels(n), size).area.page
    rects = [page.panel_rect(index) for index in range(n)]
    for index, rect in enumerate(rects):
        assert rect.left() >= page.grid.room.left
        assert rect.right() <= page.grid.room.width + 0.01
        assert not any(rect.intersects(other) for other in rects[index + 1 :][:9])
    if page.hidden_height:
        assert rects[0].height() >= 124
        assert rects[0].width() >= min(168, page.grid.room.width - page.grid.room.left)


def test_that_a_dozen_groups_fit_on_a_page_without_scrolling(panels):
    plot = panels(with_levels(12), (900, 560))
    assert plot.area.page.hidden_height == 0
    assert list(plot.area.page.visible_panels()) == list(range(12))


def test_that_of_many_panels_only_those_in_sight_are_painted(panels, monkeypatch):
    plot = panels(with_levels(300), (900, 560))
    painted = []
    drawn = plot.area.page.painter_of
    monkeypatch.setattr(
        drawn, "draw_panel", lambda _painter, index, *_: painted.append(index)
    )
    plot.grab()
    assert painted == list(plot.area.page.visible_panels())
    assert len(painted) < 40
    painted.clear()
    bar = plot.area.verticalScrollBar()
    bar.setValue(bar.maximum())
    plot.grab()
    assert painted[-1] == 299


def test_that_the_last_panel_can_be_scrolled_into_sight(panels):
    plot = panels(with_levels(50), (500, 400))
    bar = plot.area.verticalScrollBar()
    bar.setValue(bar.maximum())
    page = plot.area.page
    assert page.panel_rect(49).bottom() <= page.seen_height + 1


def test_that_pointing_at_a_row_says_who_it_is(panels):
    plot = panels()
    point_at(plot, row_place(plot, 5))
    assert plot.card.heading == "Row 106 · L02"
    assert dict(plot.card.values)["residual"] == "−1.55"
    assert plot.area.page.state.pointed == 5
    point_at(plot, QPoint(1, 1))
    assert plot.card.isHidden()
    assert plot.area.page.state.pointed is None


def test_that_clicks_tell_rows_headings_lines_and_background(panels, qtbot):
    plot = panels(samples.fitted_lines(np.full(12, 99.0)), (900, 500))
    page, viewport = plot.area.page, plot.area.viewport()
    with qtbot.waitSignal(plot.row_clicked) as told:
        qtbot.mouseClick(viewport, LEFT, pos=row_place(plot, 5))
    assert told.args == [106]
    heading = page.panel_rect(2).topLeft().toPoint() + QPoint(20, 5)
    with qtbot.waitSignal(plot.level_clicked) as told:
        qtbot.mouseClick(viewport, LEFT, pos=heading)
    assert told.args == ["L03"]
    line = plot.data.partial[1]
    middle = QPointF(float(line.x.mean()), float(line.y.mean()))
    at = page.painter_of.transform(page.plot_rect(1)).map(middle)
    with qtbot.waitSignal(plot.level_clicked) as told:
        qtbot.mouseClick(viewport, LEFT, pos=at.toPoint())
    assert told.args == ["L02"]
    with qtbot.waitSignal(plot.background_clicked):
        qtbot.mouseClick(viewport, LEFT, pos=page.plot_rect(1).center().toPoint())
    with qtbot.waitSignal(plot.menu_requested):
        qtbot.mouseClick(viewport, Qt.MouseButton.RightButton, pos=heading)


def test_that_rows_and_groups_are_brought_out(panels):
    plot = panels()
    plot.set_highlight([101], [("lake", "L03"), ("year", "L02")])
    state = plot.area.page.state
    assert np.flatnonzero(state.is_chosen).tolist() == [0, 8, 9, 10, 11]
    assert state.chosen_levels == {"L03"}
    before = plot.grab().toImage()
    plot.set_highlight()
    assert plot.grab().toImage() != before


def test_that_lines_can_be_hidden_with_their_legend(panels):
    plot = panels()
    before = plot.grab().toImage()
    plot.set_lines_visible(["partial"])
    assert [entry.kind for entry in plot.legend.entries] == ["partial"]
    assert plot.grab().toImage() != before


def test_that_the_theme_reaches_the_panels_and_keeps_the_selection(panels):
    plot = panels()
    plot.set_highlight(levels=["L03"])
    plot.apply_theme(DARK)
    inner = plot.area.geometry().topLeft() + QPoint(1, 1)
    assert plot.grab().toImage().pixelColor(inner) == DARK.color("surface")
    assert plot.area.page.state.chosen_levels == {"L03"}


def test_that_the_keyboard_goes_from_panel_to_panel_and_scrolls(panels, qtbot):
    plot = panels(with_levels(50), (500, 400))
    for _ in range(5):
        qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.rows.level(plot.area.page.state.pointed) == "L001"
    plot._forget_pointer()
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.rows.level(plot.area.page.state.pointed) == "L049"
    assert plot.area.verticalScrollBar().value() > 0
    with qtbot.waitSignal(plot.row_clicked):
        qtbot.keyClick(plot, Qt.Key.Key_Return)


def test_that_an_old_picture_does_not_answer_and_is_not_saved(panels, qtbot, tmp_path):
    plot = panels()
    plot.set_stale(True, "old result, dimmed")
    assert plot.caption_block.text() == "old result, dimmed"
    with qtbot.assertNotEmitted(plot.row_clicked):
        at = row_place(plot, 5)
        qtbot.mouseClick(plot.area.viewport(), LEFT, pos=at)
    with pytest.raises(OldPictureError):
        export_png(plot, tmp_path / "plot.png", 80, 60)


@pytest.mark.parametrize("data", [None, "without groups"])
def test_that_without_panels_a_sentence_says_why(panels, data):
    if data is not None:
        data = replace(samples.fitted_lines(), row_levels=None)
    plot = panels(data)
    assert plot.area.isHidden()
    expected = plot.EMPTY_TEXT if data is None else plot.NOTHING_TEXT
    assert plot.empty_block.text() == expected


def test_that_very_many_rows_of_a_panel_are_shades(panels):
    plot = panels(with_levels(3, 5_000))
    content = plot.area.page.content
    assert content.density_of(1).counts.sum() == 5_000
    plot.set_highlight(levels=["L001"])
    plot.grab()


def test_that_all_panels_are_on_the_saved_page(panels, tmp_path):
    plot = panels(with_levels(12), (420, 300))
    plot.set_highlight(levels=["L003"])
    export_svg(plot, tmp_path / "plot.svg", 170, 110)
    root = ET.parse(tmp_path / "plot.svg")
    texts = ["".join(e.itertext()) for e in root.iter() if e.tag.endswith("text")]
    assert set(plot.area.page.content.levels) <= set(texts)
    assert {"log_length", "log_mass"} <= set(texts)
    circles = [e for e in root.iter() if e.tag.endswith("circle")]
    assert len(circles) == 48 + 4
    width = float(root.getroot().get("viewBox").split()[2])
    assert all(0 < float(circle.get("cx")) < width for circle in circles)


@pytest.mark.parametrize("n", [3, 300])
def test_that_panels_are_saved_as_png_and_pdf(panels, tmp_path, n):
    plot = panels(with_levels(n))
    export_png(plot, tmp_path / "plot.png", 170, 110)
    assert ink(QImage(str(tmp_path / "plot.png"))) > 500
    export_pdf(plot, tmp_path / "plot.pdf", 170, 110)
    assert (tmp_path / "plot.pdf").read_bytes().startswith(b"%PDF")


def test_that_panels_of_print_always_fit_the_page():
    room = Room(600, 400, 50, 40, 15)
    grid = arranged(300, room, is_whole=True)
    assert grid.content_height <= 360.01
    assert grid.panel(299).right() <= 600.01
    assert grid.index_at(grid.panel(17).center()) == 17
    assert grid.index_at(QPointF(10, 10)) is None
