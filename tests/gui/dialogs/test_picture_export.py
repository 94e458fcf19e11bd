"""The picture that is saved has the size and form that were chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QRadioButton, QVBoxLayout, QWidget

from gui.dialogs.picture_export import PictureExportDialog
from gui.plots.residuals_fitted import ResidualsFittedPlot
from tests.gui.plot_samples import residuals_fitted


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.plot = ResidualsFittedPlot()
    made.plot.set_data(residuals_fitted())
    QVBoxLayout(made).addWidget(made.plot)
    made.resize(800, 400)
    made.show()
    return made


@pytest.fixture
def dialog(window, tmp_path):
    made = PictureExportDialog(window, window.plot, str(tmp_path))
    made.open()
    return made


def press(qtbot, choice, words):
    for button in choice.findChildren(QRadioButton):
        if button.text().startswith(words):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            return
    pytest.fail(f"no {words}")


def file_dialog(dialog):
    (found,) = dialog.findChildren(QFileDialog)
    return found


def test_that_it_begins_as_wide_as_a_page_in_the_shape_of_the_plot(dialog, window):
    assert dialog.width_mm.value() == 170
    shape = window.plot.height() / window.plot.width()
    assert dialog.height_mm.value() == round(170 * shape)


def test_that_a_column_keeps_the_shape(dialog, qtbot):
    before = dialog.height_mm.value() / dialog.width_mm.value()
    press(qtbot, dialog.preset, "Column")
    assert dialog.width_mm.value() == 85
    assert dialog.height_mm.value() / 85 == pytest.approx(before, abs=0.01)


def test_that_a_size_typed_is_the_users_own(dialog):
    dialog.height_mm.setValue(100)
    assert dialog.preset.current == 2
    assert dialog.width_mm.value() == 170


def test_that_dots_are_asked_for_only_where_there_are_dots(dialog, qtbot):
    assert dialog.dpi.isVisible()
    press(qtbot, dialog.form, "SVG")
    assert not dialog.dpi.isVisible()
    assert dialog.ending == ".svg"


def test_that_a_picture_is_saved_where_the_user_says(dialog, qtbot, tmp_path):
    press(qtbot, dialog.preset, "Column")
    dialog.dpi.setValue(150)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    chooser = file_dialog(dialog)
    assert chooser.selectedFiles()[0].endswith(".png")
    path = tmp_path / "mine.png"
    with qtbot.waitSignal(dialog.saved) as told:
        chooser.fileSelected.emit(str(path))
    assert told.args == [path]
    assert QImage(str(path)).width() == round(85 / 25.4 * 150)


def test_that_a_failure_is_said_in_its_place_and_the_next_try_can_succeed(
    dialog, qtbot, tmp_path
):
    with qtbot.assertNotEmitted(dialog.saved):
        dialog.save_to(str(tmp_path / "missing" / "a.png"))
    assert dialog.isVisible()
    assert dialog.banner.isVisible()
    assert "There is no folder" in dialog.banner.sentence
    with qtbot.waitSignal(dialog.saved):
        dialog.save_to(str(tmp_path / "a.png"))


def test_that_a_picture_taken_away_meanwhile_is_said(dialog, window, qapp, qtbot):
    window.plot.setParent(None)
    window.plot.deleteLater()
    qapp.sendPostedEvents(window.plot, 52)  # the deletion that waits
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    dialog.save_to("a.png")
    assert "no longer shown" in dialog.banner.sentence
    dialog.close()
