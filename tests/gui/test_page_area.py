"""Pages while a model is fitted or a page is made: never an old number unmarked."""

from __future__ import annotations

from gui.pages import diagnostics_page, page_work
from gui.welcome.examples import examples
from tests.gui.window_fixtures import LONG_MS, click, wait_for_fit

SLOPES = "log_mass ~ log_length + (log_length | lake)"
PARALLEL = "log_mass ~ log_length + (1 | lake)"


def test_that_old_numbers_are_dimmed_until_the_new_ones_come(fish, qtbot, slow_fit):
    plot = fish.picture_page.lines_plot
    fish.session.set_formula(PARALLEL)
    assert not plot.is_stale
    qtbot.waitUntil(lambda: plot.is_stale, timeout=LONG_MS)
    assert "old result" in fish.pages.notice._words.text()
    assert fish.pages.notice._cancel.isVisible()
    assert "old picture" in fish.picture_page.bar.more.toolTip()
    slow_fit.open()
    wait_for_fit(qtbot, fish)
    assert not plot.is_stale
    assert not fish.pages.notice.isVisible()


def test_that_a_page_that_is_opened_meanwhile_shows_no_old_number(
    fish, qtbot, slow_fit
):
    fish.session.set_formula(PARALLEL)
    fish.pages.show_page("results")
    notice = fish.pages.notice
    qtbot.waitUntil(notice._words.isVisible, timeout=LONG_MS)
    assert notice._words.text() == "Fitting your change"
    assert fish.results_page.content is None
    slow_fit.open()
    wait_for_fit(qtbot, fish)
    assert fish.results_page.content is not None
    assert not notice.isVisible()


def test_that_the_picture_is_there_at_once_after_undo(fish, qtbot):
    page = fish.picture_page
    first = page.lines_plot.data
    fish.session.set_formula(PARALLEL)
    wait_for_fit(qtbot, fish)
    assert page.lines_plot.data is not first
    fish.session.undo()
    assert page.lines_plot.data is first
    assert fish.pages.shown_model is fish.session.fit
    page.bar.axis_chosen.emit("log_length")
    qtbot.waitUntil(lambda: page.lines_plot.data is not first, timeout=LONG_MS)


def test_that_tables_that_wait_for_new_numbers_are_dimmed(fish, qtbot):
    fish.pages.show_page("results")
    wait_for_fit(qtbot, fish)
    page = fish.results_page
    assert not any(block.view.is_stale for block in page.blocks)
    others = len(page.blocks) - 1
    assert others > 1
    page.show_part(page.content)
    assert not any(block.view.is_stale for block in page._blocks)
    page.set_stale(False)
    assert [block.view.is_stale for block in page._blocks] == [False] + others * [True]
    qtbot.waitUntil(
        lambda: not any(block.view.is_stale for block in page._blocks), timeout=LONG_MS
    )


def test_that_a_stopped_fit_says_so_and_goes_back_by_its_button(fish, qtbot, slow_fit):
    before = fish.session.fit
    fish.session.set_formula(PARALLEL)
    qtbot.waitUntil(fish.pages.notice._cancel.isVisible, timeout=LONG_MS)
    click(qtbot, fish.pages.notice._cancel)
    qtbot.waitUntil(lambda: not fish.session.is_busy, timeout=LONG_MS)
    assert fish.picture_page.lines_plot.is_stale
    assert "cancelled" in fish.session.problem.error.message
    slow_fit.open()
    fish.session.undo()
    wait_for_fit(qtbot, fish)
    assert fish.session.fit is before
    assert not fish.picture_page.lines_plot.is_stale


def test_that_a_slow_page_dims_its_old_plots_one_by_one(fish, qtbot, gated):
    fish.pages.show_page("diagnostics")
    wait_for_fit(qtbot, fish)
    gate = gated(page_work, "qq_residuals")
    fish.session.set_formula(PARALLEL)
    tiles = fish.diagnostics_page.tiles
    try:
        qtbot.waitUntil(lambda: tiles["qq_residuals"].plot.is_stale, timeout=LONG_MS)
        assert fish.session.is_fit_current
        first = tiles["residuals_fitted"].plot
        qtbot.waitUntil(lambda: not first.is_stale, timeout=LONG_MS)
        assert tiles["qq_residuals"].plot.is_stale
        assert fish.pages.shown_model is not fish.session.fit
        assert "making this page" in fish.pages.notice._words.text()
        assert not fish.pages.notice._cancel.isVisible()
    finally:
        gate.open()
    wait_for_fit(qtbot, fish)
    assert not any(tile.plot.is_stale for tile in tiles.values())
    assert not fish.pages.notice.isVisible()


def test_that_a_page_left_half_made_is_made_again(fish, qtbot, gated):
    gate = gated(page_work, "qq_residuals")
    fish.pages.show_page("diagnostics")
    tiles = fish.diagnostics_page.tiles
    qtbot.waitUntil(lambda: "residuals_fitted" in tiles, timeout=LONG_MS)
    fish.pages.show_page("results")
    gate.open()
    wait_for_fit(qtbot, fish)
    fish.pages.show_page("diagnostics")
    qtbot.waitUntil(lambda: len(tiles) == 5, timeout=LONG_MS)
    wait_for_fit(qtbot, fish)


def test_that_a_page_that_cannot_be_made_leaves_the_window_alive(
    window, qtbot, monkeypatch
):
    met = []
    window.session.bug_met.disconnect()
    window.session.bug_met.connect(met.append)

    def fails(_model, **_rest):
        raise ZeroDivisionError

    monkeypatch.setattr(diagnostics_page, "make_diagnostics", fails)
    click(qtbot, window.welcome.cards[0])
    wait_for_fit(qtbot, window)
    window.pages.show_page("diagnostics")
    qtbot.waitUntil(lambda: bool(met), timeout=LONG_MS)
    assert isinstance(met[0], ZeroDivisionError)
    window.pages.show_page("picture")
    assert window.picture_page.lines_plot.data is not None


def test_that_without_a_model_nothing_of_the_last_one_is_shown(window, qtbot):
    session, work = window.session, window.work
    session.open_table(examples()[0].path)
    qtbot.waitUntil(lambda: session.scan is not None, timeout=LONG_MS)
    empty = window.pages.notice._empty
    qtbot.waitUntil(empty.isVisible, timeout=LONG_MS)
    assert work.data_pane.height() > work.model_pane.height()
    window.model_pane.suggest()
    wait_for_fit(qtbot, window)
    assert work.data_pane.height() < work.model_pane.height()
    window.pages.show_page("results")
    wait_for_fit(qtbot, window)
    view = window.results_page.blocks[0].view
    view.cell_chosen.emit(1, 1)
    pane = window.explaining.pane
    number = view.cells.text(1, 1)
    assert number in pane.plain_text()
    session.undo()
    qtbot.waitUntil(empty.isVisible, timeout=LONG_MS)
    assert session.fit is None
    assert not window.results_page.isVisible()
    assert number not in pane.plain_text()
    assert not window.actions_by_key["copy_tables"].isEnabled()
    session.redo()
    wait_for_fit(qtbot, window)
    assert window.results_page.isVisible()
    assert not empty.isVisible()
