"""How a plot and the rest of the window point at the same rows and groups."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from gui.plots.export import OldPictureError, export_png
from tests.gui import plot_samples as samples
from tests.gui.plot_samples import KINDS, empty_place, linked, place, point_at

EACH = pytest.mark.parametrize("kind", KINDS)
LEFT = Qt.MouseButton.LeftButton
ARROW, HAND = Qt.CursorShape.ArrowCursor, Qt.CursorShape.PointingHandCursor


@EACH
def test_that_a_group_is_brought_out_by_its_grouping_and_name(make, kind):
    plot = make(kind, linked(kind))
    plot.set_highlight(levels=[("lake", "L02")])
    assert len(plot.chosen_points.get_data()[0]) == 4
    plot.set_highlight(levels=[("year", "L02")])
    assert len(plot.chosen_points.get_data()[0]) == 0


@EACH
def test_that_rows_and_groups_are_brought_out_together(make, kind):
    plot = make(kind, linked(kind))
    plot.set_highlight([101, "no such row"], ["L03", "no such group"])
    assert len(plot.chosen_points.get_data()[0]) == 5


@EACH
def test_that_a_selection_survives_other_data(make, kind):
    plot = make(kind, None)
    plot.set_highlight(levels=[("lake", "L02")])
    plot.set_data(linked(kind))
    assert len(plot.chosen_points.get_data()[0]) == 4


@EACH
def test_that_the_card_names_row_and_group(make, kind):
    plot = make(kind, linked(kind))
    point_at(plot, place(plot, 5))
    assert plot.card.heading == "Row 106 · L02"
    assert plot.pointed_label == 106


@pytest.mark.parametrize("kind", ["fitted_lines", "strip", "residuals_by_group"])
def test_that_the_card_says_fitted_value_and_residual(make, kind):
    plot = make(kind, linked(kind))
    point_at(plot, place(plot, 11))
    values = dict(plot.card.values)
    assert (values["fitted"], values["residual"]) == ("1", "−1")


def test_that_short_values_share_a_line_of_the_card(make):
    plot = make("fitted_lines", linked("fitted_lines"))
    point_at(plot, place(plot, 11))
    first, second = plot.card.lines()
    assert first[0].startswith("log_length ")
    assert second == ["fitted 1", "residual −1"]


@EACH
def test_that_a_click_beside_everything_lets_go(make, kind, qtbot):
    plot = make(kind)
    with (
        qtbot.assertNotEmitted(plot.row_clicked),
        qtbot.waitSignal(plot.background_clicked),
    ):
        qtbot.mouseClick(plot.canvas.viewport(), LEFT, pos=empty_place(plot))


@pytest.mark.parametrize(
    ("key", "is_extending"),
    [
        (Qt.KeyboardModifier.NoModifier, False),
        (Qt.KeyboardModifier.ShiftModifier, True),
        (Qt.KeyboardModifier.ControlModifier, True),
        (Qt.KeyboardModifier.AltModifier, False),
    ],
)
def test_that_a_click_tells_whether_it_extends_the_selection(
    make, qtbot, key, is_extending
):
    plot = make("residuals_fitted")
    told = []
    plot.row_clicked.connect(lambda label: told.append((label, plot.is_extending)))
    qtbot.mouseClick(plot.canvas.viewport(), LEFT, key, place(plot, 4))
    assert told == [(105, is_extending)]


@pytest.mark.parametrize("kind", ["residuals_by_group", "strip"])
def test_that_clicking_a_name_on_the_axis_tells_the_group(make, kind, qtbot):
    plot = make(kind)
    axis = plot.canvas.bottom_axis
    at = plot.canvas.mapFromScene(axis.mapToScene(axis.place(1), 10))
    with qtbot.waitSignal(plot.level_clicked) as told:
        qtbot.mouseClick(plot.canvas.viewport(), LEFT, pos=at)
    assert told.args == ["L02"]
    point_at(plot, at)
    assert plot.card.heading == "L02"


def test_that_a_point_that_is_a_group_tells_the_group(make, qtbot):
    names = [f"L{i:02d}" for i in range(1, 13)]
    data = replace(samples.qq(labels=names), is_of_levels=True, group_name="lake")
    plot = make("qq", data)
    with (
        qtbot.assertNotEmitted(plot.row_clicked),
        qtbot.waitSignal(plot.level_clicked) as told,
    ):
        qtbot.mouseClick(plot.canvas.viewport(), LEFT, pos=place(plot, 2))
    assert told.args == ["L03"]
    plot.set_highlight(labels=names)
    assert len(plot.chosen_points.get_data()[0]) == 0
    plot.set_highlight(levels=[("lake", "L03")])
    assert len(plot.chosen_points.get_data()[0]) == 1


def test_that_the_pointer_is_a_hand_only_over_what_can_be_clicked(make):
    plot = make("strip")
    point_at(plot, place(plot, 3))
    assert plot.canvas.viewport().cursor().shape() == HAND
    point_at(plot, empty_place(plot))
    assert plot.canvas.viewport().cursor().shape() == ARROW


@EACH
def test_that_a_right_click_asks_for_a_menu(make, kind, qtbot):
    plot = make(kind)
    at = empty_place(plot)
    with qtbot.waitSignal(plot.menu_requested) as told:
        qtbot.mouseClick(plot.canvas.viewport(), Qt.MouseButton.RightButton, pos=at)
    away = told.args[0] - plot.canvas.viewport().mapToGlobal(at)
    assert away.manhattanLength() <= 2
    assert QApplication.activePopupWidget() is None


def test_that_the_menu_key_asks_for_a_menu(make, qtbot):
    plot = make("qq")
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, QPoint(9, 9), QPoint(40, 50)
    )
    with qtbot.waitSignal(plot.menu_requested) as told:
        QApplication.sendEvent(plot, event)
    assert told.args == [QPoint(40, 50)]


@EACH
def test_that_arrow_keys_go_through_the_rows_in_the_order_of_the_axis(
    make, kind, qtbot
):
    plot = make(kind)
    found = []
    for _ in range(samples.N):
        qtbot.keyClick(plot, Qt.Key.Key_Right)
        found.append(plot.pointed_point.get_data()[0][0])
    assert found == sorted(plot.points.get_data()[0])
    qtbot.keyClick(plot, Qt.Key.Key_Right)  # the end is the end
    assert plot.pointed_point.get_data()[0][0] == found[-1]
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert not plot.card.isHidden()


def test_that_enter_selects_and_escape_lets_go(make, qtbot):
    plot = make("residuals_fitted")
    with qtbot.assertNotEmitted(plot.row_clicked):
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    first = plot.rows.label(int(np.argmax(plot.rows.x)))
    with qtbot.waitSignal(plot.row_clicked) as told:
        qtbot.keyClick(plot, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert told.args == [first]
    assert plot.is_extending
    with qtbot.waitSignal(plot.background_clicked):
        qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.card.isHidden()
    assert plot.pointed_label is None


@EACH
def test_that_a_plot_can_be_reached_and_understood_without_a_mouse(make, kind):
    plot = make(kind)
    assert plot.focusPolicy() == Qt.FocusPolicy.StrongFocus
    axes = f"{plot.canvas.left_axis.title} over {plot.canvas.bottom_axis.title}"
    assert plot.canvas.accessibleName() == axes
    assert plot.canvas.accessibleDescription().startswith("12 rows. The arrow keys")
    plot.set_data(None)
    assert plot.focusPolicy() == Qt.FocusPolicy.NoFocus


@EACH
def test_that_an_old_picture_is_veiled_says_so_and_does_not_answer(make, kind, qtbot):
    plot = make(kind)
    drawn = plot.points.get_data()
    plot.set_stale(True, "old result, dimmed")
    assert plot.is_stale
    assert plot.canvas.cover.is_veiled
    assert plot.caption_block.text() == "old result, dimmed"
    assert all(map(np.array_equal, plot.points.get_data(), drawn))
    point_at(plot, place(plot, 3))
    assert plot.card.isHidden()
    with (
        qtbot.assertNotEmitted(plot.row_clicked),
        qtbot.assertNotEmitted(plot.background_clicked),
        qtbot.assertNotEmitted(plot.menu_requested),
    ):
        for button in (LEFT, Qt.MouseButton.RightButton):
            qtbot.mouseClick(plot.canvas.viewport(), button, pos=place(plot, 3))
        qtbot.keyClick(plot, Qt.Key.Key_Right)
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    plot.set_stale(False)
    assert plot.caption_block.text() == samples.WORDS[1]
    point_at(plot, place(plot, 3))
    assert not plot.card.isHidden()


def test_that_an_old_picture_is_not_saved(make, tmp_path):
    plot = make("qq")
    plot.set_stale(True)
    with pytest.raises(OldPictureError, match="last model"):
        export_png(plot, tmp_path / "plot.png", 80, 60)
    assert list(tmp_path.iterdir()) == []
