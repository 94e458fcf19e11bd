"""Controls that are pressed, ticked and chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from gui.controls import (
    Button,
    CheckBox,
    Chip,
    CountChip,
    IconButton,
    LineToggle,
    MenuButton,
    Pill,
    RadioButton,
    Segmented,
    TabBar,
)
from gui.look import look
from gui.theme import DARK, LIGHT

# the offscreen platform says this of every window that has a least size
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def tabs():
    bar = TabBar()
    for key, text in (("picture", "Picture"), ("results", "Results")):
        bar.add_tab(key, text)
    bar.add_tab("diagnostics", "Diagnostics")
    return bar


CONTROLS = {
    "check box": lambda: CheckBox("baseline"),
    "line toggle": lambda: LineToggle("no pooling", "none"),
    "radio button": lambda: RadioButton("REML"),
    "chip": lambda: Chip("Bent", "warn"),
    "count chip": lambda: CountChip("3 problems", "bad"),
    "pill": lambda: Pill("lake"),
    "icon button": lambda: IconButton("search", "Find"),
    "menu button": lambda: MenuButton("Digits", icon="digits"),
    "segmented": lambda: Segmented(["One panel", "By lake"], "Panels"),
    "tab bar": tabs,
}


@pytest.fixture(autouse=True)
def light(ready):
    look().set_scheme("light")
    yield
    look().set_scheme("system")
    look().set_scale(1.0)


@pytest.fixture
def shown(qtbot):
    """Put widgets into a window that is shown."""

    windows = []

    def show(*widgets):
        window = QWidget()
        windows.append(window)  # Python must hold it
        qtbot.addWidget(window)
        column = QVBoxLayout(window)
        for widget in widgets:
            column.addWidget(widget)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    return show


def colors(widget):
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name().upper()
        for x in range(image.width())
        for y in range(image.height())
    }


@pytest.mark.parametrize("name", CONTROLS)
def test_that_a_control_repaints_itself_in_another_theme(shown, qtbot, name):
    control = CONTROLS[name]()
    shown(control)
    painted = Painted(control)
    look().set_scheme("dark")
    qtbot.waitUntil(lambda: painted.count > 0)
    ours = {getattr(DARK.colors, role) for role in DARK.colors.__slots__}
    theirs = {getattr(LIGHT.colors, role) for role in LIGHT.colors.__slots__}
    seen = colors(control)
    assert seen & ours or name == "icon button"
    assert not seen & (theirs - ours - {"#FFFFFF"})


class Painted(QWidget):
    """Counts how often another widget was asked to paint."""

    def __init__(self, watched):
        super().__init__(watched)
        self.hide()
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.mark.parametrize("name", CONTROLS)
def test_that_a_control_grows_with_the_text(qtbot, name):
    control = CONTROLS[name]()
    qtbot.addWidget(control)
    before = control.minimumHeight() or control.sizeHint().height()
    look().set_scale(1.5)
    after = control.minimumHeight() or control.sizeHint().height()
    if name != "menu button":  # its height comes with the application's font
        assert after == pytest.approx(1.5 * before, abs=2)


@pytest.mark.parametrize("name", CONTROLS)
def test_that_a_control_has_a_name_for_those_who_cannot_see_it(qtbot, name):
    control = CONTROLS[name]()
    qtbot.addWidget(control)
    assert control.accessibleName() or control.text()


def test_that_an_unavailable_button_says_why_until_it_is_available(qtbot):
    button = Button("Export", tip="Tables and pictures as files")
    qtbot.addWidget(button)
    button.set_unavailable("Nothing is fitted yet.")
    assert not button.isEnabled()
    assert button.toolTip() == "Nothing is fitted yet."
    assert button.accessibleDescription() == "Nothing is fitted yet."
    button.set_tip("Tables as files")
    assert button.toolTip() == "Nothing is fitted yet."
    button.set_available()
    assert button.isEnabled()
    assert button.toolTip() == "Tables as files"
    assert button.accessibleDescription() == ""


def test_that_markup_in_a_name_is_shown_as_it_is(qtbot):
    button = Button("Leave out", tip="Leave out <b>L09</b>")
    qtbot.addWidget(button)
    assert "&lt;b&gt;" in button.toolTip()
    box = CheckBox("mass & length")
    qtbot.addWidget(box)
    assert box.accessibleName() == "mass & length"
    assert box.shortcut().isEmpty()


def test_that_an_icon_button_is_square_and_says_what_it_does(qtbot):
    button = IconButton("search", "Find a row")
    qtbot.addWidget(button)
    assert (button.width(), button.height()) == (28, 28)
    assert button.accessibleName() == button.toolTip() == "Find a row"
    button.set_unavailable("There are no rows.")
    assert "Find a row" in button.toolTip()
    assert "There are no rows." in button.toolTip()
    button.set_available()
    assert button.toolTip() == "Find a row"


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, None])
def test_that_a_menu_button_opens_its_menu(shown, qtbot, key):
    button = MenuButton("Digits")
    menu = QMenu()
    menu.addAction("3 decimals")
    button.set_menu(menu)
    shown(button)
    if key is None:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    else:
        qtbot.keyClick(button, key)
    assert menu.isVisible()
    menu.close()


def test_that_a_segment_is_chosen_by_pointer_and_arrow_keys_only(shown, qtbot):
    control = Segmented(["Tables", "Equations", "In words"], "View")
    told = []
    control.chosen.connect(told.append)
    shown(control)
    control.set_current(1)
    assert (control.current, told) == (1, [])
    third = control._segments[2]
    qtbot.mouseClick(third, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(third, Qt.MouseButton.LeftButton)
    assert (control.current, told) == (2, [2])
    qtbot.keyClick(third, Qt.Key.Key_Left)
    assert (control.current, told) == (1, [2, 1])


def test_that_there_is_no_segment_beyond_the_last(qtbot):
    control = Segmented(["One", "Two"], "Number")
    qtbot.addWidget(control)
    with pytest.raises(IndexError):
        control.set_current(2)


@pytest.mark.parametrize("kind", [CheckBox, RadioButton])
def test_that_words_are_part_of_a_box_and_empty_space_is_not(qtbot, kind):
    box = kind("baseline")
    qtbot.addWidget(box)
    box.resize(400, 24)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(300, 12))
    assert not box.isChecked()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(40, 12))
    assert box.isChecked()


def test_that_ticked_boxes_look_different_from_others_without_colour(qtbot):
    box = CheckBox("baseline")
    qtbot.addWidget(box)
    box.resize(box.sizeHint())
    assert LIGHT.colors.accent not in colors(box)
    box.setChecked(True)
    assert {LIGHT.colors.accent, LIGHT.colors.onaccent} <= colors(box)


def test_that_a_line_toggle_shortens_its_word_and_not_its_sample(qtbot):
    toggle = LineToggle("complete pooling", "complete")
    qtbot.addWidget(toggle)
    wide = toggle.sizeHint().width()
    toggle.set_text("complete")
    assert toggle.minimumSizeHint().width() < toggle.sizeHint().width() < wide
    assert toggle.accessibleName() == "complete"
    toggle.resize(toggle.sizeHint())
    assert LIGHT.colors.pooled in colors(toggle)


@pytest.mark.parametrize("kind", ["ok", "warn", "bad", "selection"])
def test_that_a_verdict_has_an_icon_beside_its_word(qtbot, kind):
    chip, bare = Chip("Bent", kind), Chip("Bent", "mute")
    qtbot.addWidget(chip)
    qtbot.addWidget(bare)
    assert chip.sizeHint().width() > bare.sizeHint().width()


def test_that_a_chip_that_is_cut_says_all_on_hover(qtbot):
    chip = Chip("Too few to judge", "mute")
    qtbot.addWidget(chip)
    chip.resize(60, 20)
    chip.grab()
    assert chip.toolTip() == "Too few to judge"
    chip.resize(chip.sizeHint())
    chip.grab()
    assert chip.toolTip() == ""
    with pytest.raises(KeyError):
        chip.set_content("Bent", "no such kind")


def test_that_a_count_is_pressed_by_the_keyboard(shown, qtbot):
    chip = CountChip("3 problems", "bad")
    shown(chip)
    with qtbot.waitSignal(chip.clicked):
        qtbot.keyClick(chip, Qt.Key.Key_Space)


def rings(window):
    found = window.findChildren(QWidget, "focus_ring")
    return [ring for ring in found if ring.isVisible()]


def test_that_the_keyboard_gets_a_ring_and_the_pointer_does_not(shown, qtbot):
    first, second = Button("One"), Button("Two")
    window = shown(first, second)
    second.setFocus(Qt.FocusReason.TabFocusReason)
    (ring,) = rings(window)
    assert ring.geometry().contains(second.geometry())
    first.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.waitUntil(lambda: rings(window) == [])


def test_that_a_ring_follows_its_control_and_goes_with_it(shown, qtbot):
    button = Button("One")
    window = shown(button)
    button.clearFocus()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    (ring,) = rings(window)
    button.move(button.pos() + QPoint(0, 30))
    assert ring.geometry().center().y() == pytest.approx(
        button.geometry().center().y(), abs=1
    )
    button.hide()
    qtbot.waitUntil(lambda: rings(window) == [])


def test_that_a_ring_waits_while_another_window_has_the_focus(shown, qtbot):
    button = Button("One")
    window = shown(button)
    button.clearFocus()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    other = shown(QPushButton("Other"))
    qtbot.waitUntil(lambda: rings(window) == [])
    other.close()
    window.activateWindow()
    qtbot.waitUntil(lambda: len(rings(window)) == 1)


def test_that_a_window_can_go_while_a_ring_is_shown(ready):
    for _ in range(20):
        window = QWidget()
        column = QVBoxLayout(window)
        first, second = Button("One"), CheckBox("Two")
        column.addWidget(first)
        column.addWidget(second)
        window.show()
        window.activateWindow()
        ready.processEvents()
        second.setFocus(Qt.FocusReason.TabFocusReason)
        del window, column, first, second
        ready.processEvents()


def test_that_plain_buttons_of_qt_stay_usable_beside_ours(shown, qtbot):
    plain = QPushButton("Plain")
    shown(plain, Button("Ours"))
    with qtbot.waitSignal(plain.clicked):
        qtbot.mouseClick(plain, Qt.MouseButton.LeftButton)
