"""What holds for every plot."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from gui.theme import DARK, LIGHT
from tests.gui import plot_samples as samples
from tests.gui.plot_samples import KINDS, place, point_at

EACH = pytest.mark.parametrize("kind", KINDS)
VALUE_AXIS = {
    "qq": "studentised residual",
    "residuals_fitted": "studentised residual",
    "residuals_by_group": "studentised residual",
    "fitted_lines": "log_mass",
    "strip": "log_mass",
}
BOTTOM_AXIS = {
    "qq": "normal quantile",
    "residuals_fitted": "fitted log_mass",
    "residuals_by_group": "lake",
    "fitted_lines": "log_length",
    "strip": "lake",
}
Y_OF = {
    "qq": "ordered",
    "residuals_fitted": "residuals",
    "residuals_by_group": "residuals",
    "fitted_lines": "y",
    "strip": "y",
}


@EACH
def test_that_without_data_an_instruction_takes_the_place_of_axes(make, kind):
    plot = make(kind, None)
    assert plot.canvas.isHidden()
    assert plot.empty_block.text() == plot.EMPTY_TEXT
    assert plot.title_block.text() == plot.caption_block.text() == ""


@EACH
def test_that_points_are_where_the_data_say(make, kind):
    plot = make(kind)
    _, y = plot.points.get_data()
    assert np.array_equal(y, getattr(plot.data, Y_OF[kind]))


def test_that_only_an_axis_of_whole_numbers_has_no_fractions(make):
    plot = make("fitted_lines")
    axis = plot.canvas.bottom_axis
    assert set(plot.data.x) == {0, 1, 2, 3}
    assert [tick.text for tick in axis.ticks()] == ["0", "1", "2", "3"]
    plot.set_data(replace(plot.data, x=plot.data.x / 2))
    assert "0.5" in [tick.text for tick in axis.ticks()]


@EACH
def test_that_axes_title_and_caption_say_what_the_data_say(make, kind):
    plot = make(kind)
    assert plot.canvas.left_axis.title == VALUE_AXIS[kind]
    assert plot.canvas.bottom_axis.title == BOTTOM_AXIS[kind]
    assert (plot.title_block.text(), plot.caption_block.text()) == samples.WORDS
    assert plot.accessibleName() == samples.WORDS[0]
    assert plot.accessibleDescription() == samples.WORDS[1]


@EACH
def test_that_data_can_be_taken_away_and_given_back(make, kind):
    plot = make(kind)
    data = plot.data
    plot.set_data(None)
    assert plot.canvas.isHidden()
    plot.set_data(data)
    assert not plot.canvas.isHidden()
    assert plot.empty_block.text() == ""


@EACH
def test_that_items_are_kept_when_data_change(make, kind):
    plot = make(kind)
    before = list(plot.canvas.view.addedItems)
    plot.set_data(KINDS[kind][1](samples.values(9)))
    assert list(plot.canvas.view.addedItems) == before


@EACH
def test_that_all_points_are_inside_the_view(make, kind):
    plot = make(kind)
    (x0, x1), (y0, y1) = plot.canvas.view.viewRange()
    x, y = plot.points.get_data()
    assert ((x > x0) & (x < x1) & (y > y0) & (y < y1)).all()


@EACH
def test_that_rows_without_a_finite_value_are_dropped_and_counted(make, kind):
    values = np.sort(samples.values(3))
    values[[2, 5]] = np.nan, np.inf
    plot = make(kind, KINDS[kind][1](values))
    _, y = plot.points.get_data()
    assert np.array_equal(y, values[np.isfinite(values)])
    assert plot.caption_block.text().endswith(
        "2 rows without a finite value are not shown."
    )


@EACH
def test_that_data_without_any_finite_value_leave_a_sentence(make, kind):
    plot = make(kind, KINDS[kind][1](np.full(12, np.nan)))
    assert plot.canvas.isHidden()
    assert plot.empty_block.text() == plot.NOTHING_TEXT
    assert "12 rows" in plot.caption_block.text()


@EACH
def test_that_the_theme_reaches_the_picture(make, kind):
    plot = make(kind)
    plot.apply_theme(DARK)
    image = plot.grab().toImage()
    assert image.pixelColor(1, 1) == QColor(DARK.colors.surface)
    inner = plot.canvas.geometry().topLeft() + QPoint(2, 2)
    assert image.pixelColor(inner) == QColor(DARK.colors.surface)
    assert plot.points.fill.rgb() != LIGHT.color("point").rgb()


@EACH
def test_that_a_larger_text_size_makes_larger_axes(make, kind):
    plot = make(kind)
    width = plot.canvas.left_axis.width()
    plot.apply_theme(LIGHT.scaled(1.5))
    assert plot.canvas.left_axis.width() > width


@EACH
def test_that_pointing_at_a_row_says_who_it_is(make, kind):
    plot = make(kind)
    point_at(plot, place(plot, 3))
    assert not plot.card.isHidden()
    assert plot.card.heading.startswith("Row 104")
    assert plot.card.values
    x, _ = plot.pointed_point.get_data()
    assert x.tolist() == [plot.points.get_data()[0][3]]


@EACH
def test_that_the_card_stays_inside_the_plot(make, kind):
    plot = make(kind)
    for index in range(len(plot.rows.x)):
        point_at(plot, place(plot, index))
        assert plot.rect().contains(plot.card.geometry())


@EACH
def test_that_the_card_goes_when_the_pointer_goes(make, kind):
    plot = make(kind)
    point_at(plot, place(plot, 3))
    QApplication.sendEvent(plot.canvas.viewport(), QEvent(QEvent.Type.Leave))
    assert plot.card.isHidden()
    assert len(plot.pointed_point.get_data()[0]) == 0


@EACH
def test_that_clicking_a_row_tells_its_label(make, kind, qtbot):
    plot = make(kind)
    with qtbot.waitSignal(plot.row_clicked) as told:
        qtbot.mouseClick(
            plot.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place(plot, 5)
        )
    assert told.args == [106]
    assert type(told.args[0]) is int


@EACH
def test_that_other_buttons_do_nothing(make, kind, qtbot):
    plot = make(kind)
    with qtbot.assertNotEmitted(plot.row_clicked):
        qtbot.mouseClick(
            plot.canvas.viewport(), Qt.MouseButton.RightButton, pos=place(plot, 5)
        )
    assert QApplication.activePopupWidget() is None


@EACH
def test_that_selected_rows_are_brought_out(make, kind):
    plot = make(kind)
    plot.set_highlight(labels=[102, 105])
    _, y = plot.chosen_points.get_data()
    assert np.array_equal(y, plot.points.get_data()[1][[1, 4]])
    plot.set_highlight()
    assert len(plot.chosen_points.get_data()[0]) == 0


@EACH
@pytest.mark.parametrize("size", [(320, 200), (900, 600)])
def test_that_a_replica_shows_the_same(make, kind, qtbot, size):
    plot = make(kind, size=size)
    plot.set_highlight(labels=[102])
    copy = plot.replica(DARK, has_words=False)
    qtbot.addWidget(copy)
    assert copy.data is plot.data
    assert copy.theme is DARK
    assert copy.title_block.text() == ""
    assert len(copy.chosen_points.get_data()[0]) == 1


@EACH
def test_that_a_zoomed_view_stays_until_it_is_reset(make, kind):
    plot = make(kind)
    everything = plot.canvas.view.viewRange()
    plot.zoom_to((0.0, 1.0), (-0.5, 0.5))
    plot.resize(500, 350)
    plot.grab()
    assert plot.canvas.view.viewRange() == [[0.0, 1.0], [-0.5, 0.5]]
    plot.reset_view()
    plot.resize(640, 420)
    plot.grab()
    for found, wanted in zip(plot.canvas.view.viewRange(), everything, strict=True):
        assert found == pytest.approx(wanted, rel=0.02)


@EACH
@pytest.mark.parametrize(
    "values",
    [
        np.full(12, 7.3),
        np.zeros(12),
        np.arange(12) * 1e-9,
        np.arange(12) * 1e12 - 3e12,
        -1000.0 - np.arange(12.0),
        1e12 + np.arange(12.0),
    ],
    ids=["constant", "zero", "tiny", "huge", "negative", "offset"],
)
def test_that_extreme_values_are_drawn_with_ticks(make, kind, values):
    plot = make(kind, KINDS[kind][1](values), size=(320, 220))
    assert len(plot.canvas.left_axis.ticks()) >= 2
    labels = [tick.text for tick in plot.canvas.left_axis.ticks()]
    assert len(set(labels)) == len(labels)
    assert not any("e" in label or "-" in label for label in labels)


@EACH
@pytest.mark.parametrize("size", [(60, 40), (1, 1), (3000, 30)])
def test_that_absurd_sizes_are_survived(make, kind, size):
    plot = make(kind)
    plot.setMinimumSize(0, 0)
    plot.resize(*size)
    plot.grab()
    assert len(plot.points.get_data()[0]) == 12
