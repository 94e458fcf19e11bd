"""Bad files through the window: a sentence, nothing lost, the window alive."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage

from gui.status_line import StatusLine
from gui.welcome.examples import examples
from gui.work.problem import Place
from tests.gui.bad_files import (
    TABLES,
    is_plain,
    write_bad_projects,
    write_no_tables,
)
from tests.gui.window_fixtures import LONG_MS, click, wait_for_fit, wait_for_quiet

FISH = examples()[0].path


@pytest.fixture
def fish(window, qtbot):
    """Give a window with fitted work in it."""
    window.commands.open_example(examples()[0])
    wait_for_fit(qtbot, window)
    return window


def wait_for_refusal(qtbot, window):
    """Wait until the window says why a file could not be opened; return the words."""
    qtbot.waitUntil(
        lambda: not window.session.is_busy and window.file_banner.isVisible(),
        timeout=LONG_MS,
    )
    problem = window.session.problem
    assert problem.place is Place.FILE
    assert not problem.is_bug
    assert is_plain(problem.error), str(problem.error)
    assert window.file_banner.sentence == problem.error.message
    return problem.error.message


def assert_names(said, path):
    """Assert that a sentence names a file, or as much of it as fits a sentence."""
    assert path.name[:20] in said, said


def refuse(qtbot, window, path):
    """Open what cannot be opened; the sentence and the unharmed work are asserted."""
    before, fit = window.session.document, window.session.fit
    window.commands.open_path(path)
    said = wait_for_refusal(qtbot, window)
    assert_names(said, path)
    assert window.session.document is before
    assert window.session.fit is fit
    assert "optimum verified" in window.status.words
    return said


def assert_alive(qtbot, window):
    """Assert that an example can still be opened and fitted."""
    window.commands.open_example(examples()[1])
    wait_for_fit(qtbot, window)
    assert not window.file_banner.isVisible()


def drop(window, path):
    """Drop a file on the window."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    how = (
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(window.rect().center(), *how)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(window.rect().center()), *how))


# -- what is no table, however it comes -----------------------------------------------


def test_that_what_is_no_table_is_refused_and_the_work_stays(fish, qtbot, tmp_path):
    for path in write_no_tables(tmp_path):
        refuse(qtbot, fish, path)
    assert_alive(qtbot, fish)


def test_that_a_bad_project_is_refused_and_the_work_stays(fish, qtbot, tmp_path):
    (tmp_path / "projects").mkdir()
    for path in write_bad_projects(tmp_path / "projects", FISH):
        refuse(qtbot, fish, path)
    assert not (tmp_path.parent / "evil.txt").exists()
    assert_alive(qtbot, fish)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no such pipes")
def test_that_a_pipe_is_refused_and_not_waited_for(fish, qtbot, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert "pipe" in refuse(qtbot, fish, tmp_path / "pipe.csv")


def test_that_a_dropped_file_is_refused(fish, qtbot, tmp_path):
    path = tmp_path / "dropped.csv"
    path.write_bytes(b"\0\1\2")
    before = fish.session.document
    drop(fish, path)
    assert_names(wait_for_refusal(qtbot, fish), path)
    drop(fish, tmp_path)
    assert_names(wait_for_refusal(qtbot, fish), tmp_path)
    assert fish.session.document is before
    drop(fish, FISH)
    qtbot.waitUntil(lambda: fish.session.title == "fish", timeout=LONG_MS)


def test_that_a_recent_file_that_was_damaged_or_taken_away_is_refused(
    window, qtbot, tmp_path
):
    path = tmp_path / "mine.csv"
    path.write_bytes(FISH.read_bytes())
    window.commands.open_path(path)
    qtbot.waitUntil(lambda: window.session.scan is not None, timeout=LONG_MS)
    window.commands.close_table()
    path.write_bytes(b"mass\n")
    click(qtbot, window.welcome.rows[0])
    assert_names(wait_for_refusal(qtbot, window), path)
    path.unlink()
    click(qtbot, window.welcome.rows[0])
    said = wait_for_refusal(qtbot, window)
    assert "There is no file" in said
    assert window.stack.currentWidget() is window.welcome
    assert_alive(qtbot, window)


NO_TEXT_TABLES = (
    "",
    " \n\t",
    "hello",
    "a\tb\n1\t2\n",
    "\0\0",
    "a\tb\n1\t2\t3\n4\t5\n",
    "x" * 100_000,
)


def test_that_a_clipboard_without_a_table_is_refused(fish, qtbot):
    before = fish.session.document
    for text in NO_TEXT_TABLES:
        QGuiApplication.clipboard().setText(text)
        fish.actions_by_key["paste"].trigger()
        said = wait_for_refusal(qtbot, fish)
        assert "clipboard" in said or "'pasted table'" in said
        assert fish.session.document is before


def test_that_a_picture_in_the_clipboard_is_no_table(fish, qtbot):
    QGuiApplication.clipboard().setImage(QImage(9, 9, QImage.Format.Format_RGB32))
    fish.actions_by_key["paste"].trigger()
    assert "no table" in wait_for_refusal(qtbot, fish)


def test_that_half_a_letter_in_the_clipboard_does_no_harm(window, qtbot):
    QGuiApplication.clipboard().setText("lake\ud83d\tmass\nA\t1\nB\t2\n")
    window.actions_by_key["paste"].trigger()
    qtbot.waitUntil(lambda: window.session.scan is not None, timeout=LONG_MS)
    assert window.session.title == window.session.table.source == "pasted table"


def test_that_the_status_line_goes_on_about_the_fit_when_a_file_is_refused(
    fish, qtbot, tmp_path
):
    assert isinstance(fish.status, StatusLine)
    fish.commands.open_path(tmp_path / "gone.csv")
    wait_for_refusal(qtbot, fish)
    assert "optimum verified" in fish.status.words
    click(qtbot, fish.file_banner.buttons[0])
    assert not fish.file_banner.isVisible()


# -- what is a table, but an odd one --------------------------------------------------


def test_that_odd_tables_are_opened_shown_and_chosen(window, qtbot, tmp_path):
    for name, content in TABLES.items():
        path = tmp_path / name
        path.write_bytes(content)
        window.commands.open_path(path)
        qtbot.waitUntil(lambda path=path: window.session.title == path.stem)
        wait_for_quiet(qtbot, window)
        assert window.session.problem is None, name
        frame = window.session.table.frame
        assert window.data_pane.rows.rowCount() == len(frame)
        assert not window.grab().isNull()
        for column in frame:
            window.data_pane.show_card(column)
        window.session.select_rows([1])
        assert len(window.session.selection.rows) == 1
    assert_alive(qtbot, window)


def test_that_names_of_files_may_be_anything_a_disk_takes(window, qtbot, tmp_path):
    names = [
        "<b>&amp.csv",
        "ü 漢字 😀.csv",
        'quo"te;semi,comma%20.csv',
        "new\nline.csv",
    ]
    if os.name == "nt":
        names = names[1:2]
    for name in names:
        path = tmp_path / name
        path.write_bytes(FISH.read_bytes())
        window.commands.open_path(path)
        qtbot.waitUntil(lambda path=path: window.session.title == path.stem)
        with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
            window.commands.save_to(f"{path}.tarn")
        assert Path(f"{path}.tarn").is_file()
        window.commands.close_table()
        assert window.welcome.rows[0].path == Path(f"{path}.tarn")


def test_that_a_file_taken_away_while_it_is_open_does_not_matter(
    window, qtbot, tmp_path
):
    path = tmp_path / "short-lived.csv"
    path.write_bytes(FISH.read_bytes())
    window.commands.open_path(path)
    qtbot.waitUntil(lambda: window.session.scan is not None, timeout=LONG_MS)
    path.unlink()
    window.session.set_formula("log_mass ~ log_length + (1 | lake)")
    wait_for_fit(qtbot, window)
    with qtbot.waitSignal(window.session.saved, timeout=LONG_MS):
        window.commands.save_to(str(tmp_path / "kept.tarn"))
    assert not window.session.is_modified
