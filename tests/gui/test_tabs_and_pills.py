"""The tabs above the pages, and the words of the model sentence."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from gui.controls import Pill, TabBar

# the offscreen platform says this of every window that has a least size
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

PAGES = (
    "Picture",
    "Pooling",
    "Results",
    "Diagnostics",
    "Uncertainty",
    "Predict",
    "Compare",
    "Report",
)


@pytest.fixture
def bar(qtbot):
    made = TabBar()
    qtbot.addWidget(made)
    for text in PAGES:
        made.add_tab(text.lower(), text)
    return made


@pytest.fixture
def pill(qtbot):
    """Make a pill in a window, shown."""

    windows = []

    def made(text, **named):
        window = QWidget()
        qtbot.addWidget(window)
        windows.append(window)  # Python must hold it
        control = Pill(text, parent=window, **named)
        control.resize(control.sizeHint())
        window.resize(400, 80)
        window.show()
        return control

    return made


def test_that_tabs_tell_what_the_user_chose_and_nothing_else(bar, qtbot):
    told = []
    bar.chosen.connect(told.append)
    assert bar.current == "picture"
    bar.set_current("results")
    assert (bar.current, told) == ("results", [])
    bar.resize(900, 44)
    bar.show()
    centre = bar.tabRect(1).center()
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=centre)
    assert (bar.current, told) == ("pooling", ["pooling"])
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert (bar.current, told) == ("results", ["pooling", "results"])


def test_that_there_is_no_tab_without_a_key(bar):
    with pytest.raises(ValueError, match="not in tuple"):
        bar.set_current("nowhere")


def test_that_a_verdict_on_a_tab_is_spoken_and_takes_room(bar):
    number = PAGES.index("Diagnostics")
    before = bar.tabSizeHint(number).width()
    bar.set_icon("diagnostics", "bad", "bad", "1 problem")
    assert bar.tabSizeHint(number).width() > before
    assert bar.accessibleTabName(number) == "Diagnostics, 1 problem"
    assert bar.tabToolTip(number) == "1 problem"
    bar.set_icon("diagnostics", "", "", "")
    assert bar.tabSizeHint(number).width() == before
    assert bar.accessibleTabName(number) == "Diagnostics"


def test_that_tabs_are_as_high_as_the_design_and_do_not_widen_the_window(bar):
    assert bar.sizeHint().height() == 44
    assert bar.minimumSizeHint().width() < 200


@pytest.mark.parametrize(("width", "is_whole"), [(900, True), (560, False)])
def test_that_tabs_shrink_before_they_scroll(bar, width, is_whole):
    bar.resize(width, 44)
    bar.show()
    last = bar.tabRect(len(PAGES) - 1)
    assert last.right() < width
    is_wanted = [
        bar.tabRect(number).width() >= bar.tabSizeHint(number).width()
        for number in range(len(PAGES))
    ]
    assert all(is_wanted) == is_whole


def test_that_a_pill_opens_a_fresh_menu_at_each_click(pill, qtbot):
    control = pill("log_mass")
    made = []

    def factory():
        made.append(QMenu())
        made[-1].addAction("lake")
        return made[-1]

    control.set_menu_factory(factory)
    for _ in range(2):
        qtbot.mouseClick(control, Qt.MouseButton.LeftButton)
        assert made[-1].isVisible()
        assert made[-1].parent() is control
        made[-1].close()
    assert len(made) == 2
    qtbot.keyClick(control, Qt.Key.Key_Down)
    assert made[-1].isVisible()
    made[-1].close()


def test_that_a_pill_without_a_menu_is_a_button(pill, qtbot):
    control = pill("", variant="add")
    with qtbot.waitSignal(control.clicked):
        qtbot.mouseClick(control, Qt.MouseButton.LeftButton)


def test_that_the_x_removes_and_the_rest_of_the_pill_does_not(pill, qtbot):
    control = pill("lakes", removable=True)
    told = []
    control.remove_requested.connect(lambda: told.append("remove"))
    control.clicked.connect(lambda: told.append("click"))
    at_x = QPoint(control.width() - 10, 14)
    qtbot.mouseClick(control, Qt.MouseButton.LeftButton, pos=at_x)
    qtbot.mouseClick(control, Qt.MouseButton.LeftButton, pos=QPoint(20, 14))
    qtbot.keyClick(control, Qt.Key.Key_Delete)
    assert told == ["remove", "click", "remove"]


def test_that_a_pill_that_is_not_removable_ignores_delete(pill, qtbot):
    control = pill("lakes")
    with qtbot.assertNotEmitted(control.remove_requested):
        qtbot.keyClick(control, Qt.Key.Key_Delete)


def test_that_a_long_name_is_cut_and_shown_in_full_on_hover(pill):
    name = "mean_temperature_of_the_water_in_the_second_half_of_July"
    control = pill(name)
    assert control.width() < 260
    assert control.toolTip() == name == control.full_text
    control.set_text("lake")
    assert control.toolTip() == ""


def test_that_an_unknown_variant_is_refused(ready):
    with pytest.raises(ValueError, match="No such pill"):
        Pill("lake", variant="round")
