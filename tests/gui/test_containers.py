"""Controls that hold others, and those that only show something."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from gui.controls import (
    Banner,
    Dialog,
    ElidedLabel,
    EmptyState,
    FlowLayout,
    IconLabel,
    Panel,
    Popover,
    ProgressBar,
    SpinBox,
    Spinner,
    label,
)
from gui.controls.popover import place_below
from gui.look import look
from gui.theme import LIGHT

# the offscreen platform says this of every window that has a least size
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(autouse=True)
def light(ready):
    look().set_scheme("light")
    yield
    look().set_scheme("system")
    look().set_scale(1.0)


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(400, 300)
    QVBoxLayout(made)
    return made


def color_at(widget, x, y):
    return widget.grab().toImage().pixelColor(x, y).name().upper()


def test_that_children_do_not_paint_over_the_corners_of_a_panel(window, qtbot):
    panel = Panel("Data", "table")
    window.layout().addWidget(panel)
    loud = QWidget()
    loud.setAutoFillBackground(True)
    colors = QPalette()
    colors.setColor(QPalette.ColorRole.Window, QColor("#FF00FF"))
    loud.setPalette(colors)
    panel.body.addWidget(loud)
    window.show()
    assert color_at(panel, panel.width() // 2, panel.height() - 20) == "#FF00FF"
    for x in (0, 1, panel.width() - 1, panel.width() - 2):
        assert color_at(panel, x, panel.height() - 1) != "#FF00FF"
        assert color_at(panel, x, panel.height() - 2) != "#FF00FF"
    assert color_at(panel, 0, 0) == LIGHT.colors.bg


def test_that_a_panel_says_what_it_is_and_from_where(window):
    panel = Panel("Data", "table")
    window.layout().addWidget(panel)
    panel.set_subtitle("fish.csv")
    window.show()
    said = [part.text() for part in panel.findChildren(QLabel) if part.isVisible()]
    assert said == ["Data", "fish.csv"]
    assert panel.accessibleName() == "Data"
    panel.set_subtitle("")
    said = [part.text() for part in panel.findChildren(QLabel) if part.isVisible()]
    assert said == ["Data"]


def test_that_a_long_subtitle_does_not_widen_a_panel(window):
    panel = Panel("Data", "table")
    before = panel.minimumSizeHint().width()
    window.layout().addWidget(panel)
    panel.set_subtitle("a_very_long_name_of_a_file_" * 10)
    assert panel.minimumSizeHint().width() < before + 60


def test_that_a_cut_label_tells_all_on_hover_and_to_screen_readers(qtbot):
    words = ElidedLabel("mean_temperature_in_July", Qt.TextElideMode.ElideMiddle)
    qtbot.addWidget(words)
    words.resize(words.sizeHint())
    words.grab()
    assert not words.is_cut
    assert words.toolTip() == ""
    words.resize(60, 20)
    words.grab()
    assert words.is_cut
    assert words.toolTip() == words.text() == "mean_temperature_in_July"
    assert words.minimumSizeHint().width() <= 24


def flow(window, *sizes):
    layout = FlowLayout(8, 6)
    window.layout().addLayout(layout)
    for width, height in sizes:
        box = QWidget()
        box.setFixedSize(width, height)
        layout.addWidget(box)
    return layout


def test_that_a_flow_wraps_where_the_line_is_full(window):
    layout = flow(window, (100, 20), (100, 28), (100, 20))
    assert layout.heightForWidth(400) == 28
    assert layout.heightForWidth(316) == 28
    assert layout.heightForWidth(315) == 28 + 6 + 20
    assert layout.heightForWidth(100) == 20 + 6 + 28 + 6 + 20


def test_that_items_of_a_line_share_its_middle(window):
    layout = flow(window, (100, 20), (100, 28))
    layout.setGeometry(QRect(10, 10, 300, 28))
    first, second = (layout.itemAt(number).geometry() for number in (0, 1))
    assert first.topLeft() == QPoint(10, 14)
    assert second.topLeft() == QPoint(118, 10)


def test_that_a_flow_is_no_wider_than_its_widest_item(window):
    layout = flow(window, (100, 20), (150, 28))
    assert layout.minimumSize().width() == 150
    assert layout.hasHeightForWidth()


def test_that_hidden_items_take_no_room_in_a_flow(window):
    layout = flow(window, (100, 20), (100, 20))
    window.show()
    layout.itemAt(1).widget().hide()
    assert layout.heightForWidth(100) == 20


def test_that_a_wide_item_is_narrowed_to_the_line(window):
    layout = FlowLayout(8, 6)
    window.layout().addLayout(layout)
    layout.addWidget(ElidedLabel("a long word " * 30))
    layout.setGeometry(QRect(0, 0, 200, 60))
    assert layout.itemAt(0).geometry().width() == 200


def test_that_a_flow_takes_widgets_at_any_place_and_gives_them_up(window, qtbot):
    layout = flow(window, (10, 10), (20, 10))
    layout.insert_widget(1, label("between"))
    assert layout.itemAt(1).widget().text() == "between"
    assert layout.itemAt(9) is None
    layout.clear()
    assert layout.count() == 0
    assert layout.takeAt(0) is None


def test_that_a_spinner_turns_only_while_it_is_seen(window):
    spinner = Spinner(16)
    window.layout().addWidget(spinner)
    spinner.start()
    assert not spinner.is_turning
    window.show()
    assert spinner.is_turning
    spinner.hide()
    assert spinner.is_running
    assert not spinner.is_turning
    spinner.show()
    spinner.stop()
    assert not spinner.is_turning


def test_that_a_bar_shows_how_much_is_done(qtbot):
    bar = ProgressBar("Bootstrap")
    qtbot.addWidget(bar)
    bar.resize(200, 8)
    bar.set_progress(3000, 5000)
    assert (bar.value(), bar.accessibleName()) == (3000, "Bootstrap")
    assert color_at(bar, 100, 4) == LIGHT.colors.accent
    assert color_at(bar, 140, 4) == LIGHT.colors.mute
    bar.set_progress(6000, 5000)
    assert bar.value() == 5000


def test_that_a_bar_may_not_know_how_long_it_takes(qtbot):
    bar = ProgressBar()
    qtbot.addWidget(bar)
    bar.set_indeterminate()
    assert bar.is_indeterminate
    bar.show()
    bar.grab()
    bar.set_progress(1, 2)
    assert not bar.is_indeterminate


def test_that_a_banner_says_what_happened_and_what_to_do(window, qtbot):
    banner = Banner()
    window.layout().addWidget(banner)
    window.show()
    assert not banner.isVisible()
    actions = [("Use lake", "tint"), ("Back to the last valid", "secondary")]
    banner.say("bad", "There is no column “lakes”.", "Did you mean “lake”?", actions)
    assert banner.isVisible()
    assert banner.accessibleName() == banner.sentence
    with qtbot.waitSignal(banner.action_chosen) as told:
        qtbot.mouseClick(banner.buttons[1], Qt.MouseButton.LeftButton)
    assert told.args == [1]
    banner.clear()
    assert (banner.sentence, banner.buttons) == ("", ())
    assert not banner.isVisible()


def test_that_a_banner_may_be_answered_by_another_message(window, qtbot):
    banner = Banner()
    window.layout().addWidget(banner)
    window.show()
    banner.action_chosen.connect(lambda _: banner.say("ok", "Done."))
    banner.say("warn", "A log length of 0 lies outside.", actions=[("Centre", "tint")])
    qtbot.mouseClick(banner.buttons[0], Qt.MouseButton.LeftButton)
    assert (banner.sentence, banner.buttons) == ("Done.", ())


def test_that_a_banner_gets_higher_where_it_is_narrow(window):
    banner = Banner()
    window.layout().addWidget(banner)
    banner.say("info", "Cancelled after 3,000 refits. " * 4)
    assert banner.heightForWidth(200) > banner.heightForWidth(800)


def test_that_an_empty_place_says_what_to_do(window, qtbot):
    empty = EmptyState("sliders", "Say what depends on what", "Choose it.", "Choose")
    window.layout().addWidget(empty)
    window.show()
    with qtbot.waitSignal(empty.clicked):
        qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    empty.set_content("table", "No rows", "")
    assert empty.accessibleName() == "No rows"
    assert not empty.button.isVisible()


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        (QRect(100, 100, 80, 28), QRect(100, 132, 200, 150)),
        (QRect(750, 100, 80, 28), QRect(600, 132, 200, 150)),
        (QRect(100, 560, 80, 28), QRect(100, 406, 200, 150)),
        (QRect(-40, 100, 80, 28), QRect(0, 132, 200, 150)),
    ],
)
def test_that_a_popover_stays_on_the_screen(around, expected):
    screen = QRect(0, 0, 800, 600)
    assert place_below(around, QSize(200, 150), screen, 4) == expected


def test_that_a_popover_larger_than_the_screen_is_made_smaller():
    screen = QRect(0, 0, 800, 600)
    place = place_below(QRect(10, 300, 80, 28), QSize(900, 900), screen, 4)
    assert place == screen


def test_that_esc_closes_a_popover(window, qtbot):
    button = QPushButton("Digits")
    window.layout().addWidget(button)
    window.show()
    popover = Popover(window)
    popover.body.addWidget(label("Digits"))
    popover.show_below(button)
    assert popover.isVisible()
    assert popover.y() >= button.mapToGlobal(QPoint(0, button.height())).y()
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def dialog(window):
    made = Dialog(window, "Leave out rows of L09")
    made.body.addWidget(label("18 rows are left out.", wrap=True))
    made.add_button("Cancel", "secondary", "reject")
    made.add_button("Leave out", "primary", "accept")
    return made


@pytest.mark.parametrize(
    ("key", "signal"),
    [(Qt.Key.Key_Escape, "rejected"), (Qt.Key.Key_Return, "accepted")],
)
def test_that_esc_cancels_a_dialog_and_enter_does_it(window, qtbot, key, signal):
    window.show()
    made = dialog(window)
    made.open()
    qtbot.waitExposed(made)
    assert made.accessibleName() == "Leave out rows of L09"
    told = []
    getattr(made, signal).connect(lambda: told.append(signal))
    made.destroyed.connect(lambda: told.append("gone"))
    qtbot.keyClick(made, key)
    qtbot.waitUntil(lambda: told == [signal, "gone"])


def test_that_a_dialog_knows_its_buttons(window, qtbot):
    made = dialog(window)
    qtbot.addWidget(made)
    with pytest.raises(ValueError, match="No such role"):
        made.add_button("Maybe", role="perhaps")


def test_that_labels_show_markup_as_it_is(qtbot):
    words = label("<b>L09</b>", "caption")
    qtbot.addWidget(words)
    assert words.textFormat() == Qt.TextFormat.PlainText
    with pytest.raises(ValueError, match="No such role"):
        label("L09", "huge")


def test_that_an_icon_may_lie_on_a_disc(qtbot):
    icon = IconLabel("bad", "bad", 16, description="Problem")
    qtbot.addWidget(icon)
    assert icon.sizeHint() == QSize(16, 16)
    icon.set_icon("bad", "bad", disc="badT")
    assert icon.sizeHint() == QSize(28, 28)
    icon.resize(icon.sizeHint())
    assert color_at(icon, 4, 14) == LIGHT.colors.badT
    assert icon.accessibleName() == "Problem"


def test_that_a_field_for_numbers_is_as_high_as_its_neighbours(qtbot):
    field = SpinBox("Refits")
    qtbot.addWidget(field)
    assert (field.height(), field.accessibleName()) == (28, "Refits")
    look().set_scale(1.5)
    assert field.height() == 42
