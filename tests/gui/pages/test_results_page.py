"""The Results page: three views of one fit, old numbers dimmed, digits as wanted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QRadioButton

from engine.number_style import NumberStyle
from gui.look import look
from gui.pages.results.matrix_layout import Factor
from gui.pages.results.results_head import VIEWS, ResultsHead
from tests.gui.window_fixtures import LONG_MS, click, open_window, wait_for_fit


@pytest.fixture
def window(qtbot, tmp_path):
    """Give a window with the results of the fish."""
    with open_window(qtbot, tmp_path) as made:
        click(qtbot, made.welcome.cards[0])
        wait_for_fit(qtbot, made)
        made.pages.show_page("results")
        wait_for_fit(qtbot, made)
        yield made


def block(window, name):
    """The block that shows a table."""
    for own in window.results_page.blocks:
        if not own.isHidden() and own.table.name == name:
            return own
    raise AssertionError(name)


def texts(own):
    return own.table.texts()


def press_view(qtbot, window, words):
    for button in window.results_page.views.findChildren(QRadioButton):
        if button.text() == words:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            return
    raise AssertionError(words)


def test_that_tables_equations_and_words_are_three_views(window, qtbot):
    page = window.results_page
    seen = {
        "Tables": block(window, "fixed_effects"),
        "Equations": page.equations,
        "In words": page.words,
    }
    assert tuple(seen) == VIEWS
    for words in (*VIEWS, "Tables"):
        press_view(qtbot, window, words)
        visible = [name for name, part in seen.items() if part.isVisible()]
        assert visible == [words]


def test_that_words_and_equations_are_copied_as_plain_text(window, qtbot):
    page = window.results_page
    press_view(qtbot, window, "In words")
    with qtbot.waitSignal(page.text_copy_asked):
        click(qtbot, page.copy_all)
    copied = QGuiApplication.clipboard().text()
    assert copied == page.content.text.text
    assert copied.startswith("Methods\n\n")
    assert "<" not in copied.replace("p < 0.001", "")
    press_view(qtbot, window, "Equations")
    click(qtbot, page.copy_all)
    assert (
        r"\mathbf{Z}\mathbf{G}\mathbf{Z}^{\top}" in QGuiApplication.clipboard().text()
    )


def test_that_numbers_are_old_while_a_fit_runs_and_new_afterwards(window, qtbot):
    page = window.results_page
    before = texts(block(window, "fixed_effects"))
    page.set_stale(True)
    view = block(window, "fixed_effects").view
    with qtbot.assertNotEmitted(page.explain_asked):
        view.choose(1, 1)
    assert not page.copy_all.isEnabled()
    page.set_stale(False)
    assert page.copy_all.isEnabled()
    window.session.set_formula("log_mass ~ log_length + (1 | lake)")
    wait_for_fit(qtbot, window)
    assert texts(block(window, "fixed_effects")) != before
    assert not view.is_stale


def test_that_a_fit_without_groups_leaves_no_table_of_the_one_before(window, qtbot):
    window.session.set_formula("log_mass ~ log_length")
    wait_for_fit(qtbot, window)
    shown = [b.table.name for b in window.results_page.blocks if not b.isHidden()]
    assert "random_effect_variances" not in shown
    assert "residual_variance" in shown
    assert len(set(shown)) == len(shown)


def test_that_digits_and_mark_act_at_once_everywhere(window, qtbot):
    page = window.results_page
    block(window, "fixed_effects").view.choose(1, 5)
    assert "10.3" in window.explaining.pane.plain_text()
    window.settings.digits = "4"
    window.settings.decimal_mark = ","
    wanted = NumberStyle(4, ",")
    qtbot.waitUntil(lambda: page.content.tables[1].style == wanted, timeout=LONG_MS)
    row = dict(
        zip(
            page.content.tables[1].frame,
            texts(block(window, "fixed_effects"))[1],
            strict=True,
        )
    )
    assert row["Estimate"] == "1,544"
    assert row["df"] == "10,29"
    qtbot.waitUntil(lambda: "1,544 per unit" in page.words.plain, timeout=LONG_MS)
    assert any("1{,}544" in line for line in page.content.with_numbers)
    assert "= 10,29" in window.explaining.pane.plain_text()
    window.settings.digits = "auto"
    window.settings.decimal_mark = "."
    qtbot.waitUntil(lambda: "1.54 per unit" in page.words.plain, timeout=LONG_MS)


def test_that_the_explained_cell_keeps_its_box_and_tells_its_new_number(window, qtbot):
    page = window.results_page
    own = block(window, "fixed_effects")
    own.view.choose(1, 5)
    told = []
    page.number_changed.connect(lambda *args: told.append(args))
    window.session.set_formula("log_mass ~ log_length + (1 | lake)")
    wait_for_fit(qtbot, window)
    qtbot.waitUntil(lambda: bool(told), timeout=LONG_MS)
    assert block(window, "fixed_effects").view.explained == (1, 5)
    topic, key, number = told[-1]
    assert (topic, key) == ("degrees_of_freedom", {"term": "log_length"})
    assert number == texts(block(window, "fixed_effects"))[1][5]


def test_that_a_number_that_is_no_longer_explained_is_not_brought_back(window, qtbot):
    explaining = window.explaining
    block(window, "fixed_effects").view.choose(1, 5)
    explaining.explain("aic", {}, "")
    explaining.update_number("degrees_of_freedom", {"term": "log_length"}, "10.3")
    assert "10.3" not in explaining.pane.plain_text()
    explaining.update_number("aic", {}, "12.3")
    assert "12.3" in explaining.pane.plain_text()


def test_that_enter_explains_and_arrows_move(window, qtbot):
    view = block(window, "fixed_effects").view
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=LONG_MS)
    assert (view.currentIndex().row(), view.currentIndex().column()) == (0, 0)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    with qtbot.waitSignal(window.results_page.explain_asked) as asked:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert asked.args == ["estimate", {"term": "log_length"}, "1.54"]
    assert view.explained == (1, 1)


def test_that_cell_row_and_table_are_copied_from_the_menu(window, qtbot):
    own = block(window, "fixed_effects")
    page, clipboard = window.results_page, QGuiApplication.clipboard()

    def take(words):
        menu = own.cell_menu(1, 1)
        action = next(a for a in menu.actions() if a.text().startswith(words))
        action.trigger()
        menu.close()

    take("Copy 1.54")
    assert clipboard.text() == "1.54"
    take("Copy with all digits")
    assert clipboard.text().startswith("1.544")
    with qtbot.waitSignal(page.copy_asked) as asked:
        take("Copy the row")
    assert asked.args[0][0].texts() == [texts(own)[1]]
    qtbot.waitUntil(lambda: "log_length\t1.544" in clipboard.text(), timeout=LONG_MS)
    assert len(clipboard.text().splitlines()) == 2
    take("Copy the table")
    qtbot.waitUntil(lambda: len(clipboard.text().splitlines()) == 3, timeout=LONG_MS)
    with qtbot.waitSignal(page.explain_asked):
        take("Explain")


def test_that_the_bar_explains_its_parts(window, qtbot):
    page = window.results_page
    own = block(window, "variance_partition")
    page.show_item("variance_partition")
    bar = page.findChild(type(page._bar))
    qtbot.waitUntil(lambda: bar.isVisible() and bar.width() > 50, timeout=LONG_MS)
    with qtbot.waitSignal(page.explain_asked) as asked:
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    share = texts(own)[0][2]
    assert asked.args == ["variance_partition", {"source": "Fixed effects"}, share]
    assert share in window.explaining.pane.plain_text()


def test_that_matrices_are_drawn_and_say_what_a_cell_is(window, qtbot):
    press_view(qtbot, window, "Equations")
    equations = window.results_page.equations
    qtbot.waitUntil(equations.covariance.isVisible, timeout=LONG_MS)
    names = [
        p.what.name for p in equations.covariance.placed if isinstance(p.what, Factor)
    ]
    assert names == ["V", "Z", "G", "Zᵀ", "R"]
    placed = {
        p.what.name: p for p in equations.rows.placed if isinstance(p.what, Factor)
    }
    assert placed["Z"].what.size == "150 × 24"
    assert "Z is 150 × 24" in equations.rows.accessibleDescription()
    corner = placed["X"].box.topLeft() + QPointF(1, 1)
    assert equations.rows.words_at(corner) == "row 1, Intercept: 1.000"
    assert equations.rows.words_at(QPointF(0, 0)) == ""
    window.session.set_formula("log_mass ~ log_length")
    wait_for_fit(qtbot, window)
    qtbot.waitUntil(lambda: len(equations.covariance.placed) == 3, timeout=LONG_MS)


def test_that_dark_repaints_the_matrices(window, qtbot):
    press_view(qtbot, window, "Equations")
    drawn = window.results_page.equations.rows
    qtbot.waitUntil(drawn.isVisible, timeout=LONG_MS)

    def paper():
        image: QImage = drawn.grab().toImage()
        z = next(
            p.box
            for p in drawn.placed
            if isinstance(p.what, Factor) and p.what.name == "Z"
        )
        ratio = image.devicePixelRatio()
        place = z.topRight() + QPointF(-3, 3)  # no lake but the last has rows there
        return image.pixelColor((place * ratio).toPoint()).name()

    look().set_scheme("light")
    assert paper() == look().theme.color("surface").name()
    look().set_scheme("dark")
    assert paper() == look().theme.color("surface").name()


@pytest.mark.parametrize(
    ("width", "title", "words"),
    [
        (900, "Linear mixed model (partial pooling), fitted by REML", "Copy all"),
        (650, "Linear mixed model, fitted by REML", "Copy all"),
        (520, "Linear mixed model", "Copy all"),
        (465, "Linear mixed model", ""),
        (430, "", "Copy all"),
        (330, "", ""),
    ],
)
def test_that_the_head_gives_way_at_a_narrow_page(qtbot, width, title, words):
    head = ResultsHead()
    qtbot.addWidget(head)
    head.set_copy_tip("Copy all tables")
    head.set_title("Linear mixed model (partial pooling)", "REML")
    head.resize(width, 44)
    head.show()
    qtbot.waitExposed(head)
    assert (head.title.text(), head.copy.text()) == (title, words)
    qtbot.waitUntil(lambda: not head.title.is_cut)
    assert head.copy.accessibleName() == "Copy all tables"
