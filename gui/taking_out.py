"""Tables and pictures out of the window: to the clipboard and into files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from engine.errors import EngineError
from gui import exporting
from gui.dialogs.picture_export import PictureExportDialog
from gui.file_dialogs import file_dialog

if TYPE_CHECKING:
    from engine.reporting.result_table import ResultTable
    from gui.main_window import MainWindow
    from gui.plots.base import BasePlot

TABLE_FILES = "Workbook (*.xlsx);;CSV files (*.csv);;Web page (*.html)"


class TakingOut(QObject):
    """What leaves the window. Belongs to one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        window.header.export_asked.connect(self._on_export_asked)
        page = window.results_page
        page.copy_asked.connect(self.copy_tables)
        page.export_asked.connect(self.export_tables)
        page.text_copy_asked.connect(self.copy_text)
        for plots in (window.picture_page, window.diagnostics_page):
            plots.picture_menu_asked.connect(self._on_picture_menu_asked)

    @Slot(object)
    def copy_tables(self, tables: tuple[ResultTable, ...]) -> None:
        """Put tables on the clipboard, for documents and spreadsheets."""
        mark = self._window.settings.decimal_mark
        QGuiApplication.clipboard().setMimeData(exporting.table_mime(tables, mark))

    @Slot(str)
    def copy_text(self, text: str) -> None:
        """Put words on the clipboard."""
        QGuiApplication.clipboard().setText(text)

    def export_all_tables(self) -> None:
        """Save all tables of the current fit."""
        fit = self._session.fit
        if fit is not None:
            content = self._window.results_page.content
            self.export_tables(() if content is None else content.tables)

    @Slot(object)
    def export_tables(self, tables: tuple[ResultTable, ...]) -> None:
        """Choose a file and save tables there."""
        if not tables:
            self._window.pages.show_page("results")
            return
        dialog = file_dialog(self._window, "Save the tables", TABLE_FILES)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        name = tables[0].name if len(tables) == 1 else "tables"
        dialog.selectFile(name)
        dialog.fileSelected.connect(partial(self.save_tables_to, tables))
        dialog.open()

    def save_tables_to(self, tables: tuple[ResultTable, ...], path: str) -> None:
        """Save tables in a file; its ending says the form."""
        try:
            exporting.save_tables(tables, Path(path))
        except EngineError as error:
            self._window.file_banner.say(
                "bad", error.message, error.remedy, [("Close", "secondary")]
            )

    def _front_plot(self) -> BasePlot[Any] | None:
        return self._window.picture_page.plot

    def export_picture(self) -> None:
        """Save the picture in front."""
        plot = self._front_plot()
        if plot is not None:
            self.export_plot(plot)

    def export_plot(self, plot: BasePlot[Any]) -> None:
        """Ask for size and form, and save a plot."""
        PictureExportDialog(self._window, plot).open()

    def copy_picture(self) -> None:
        """Put the picture in front on the clipboard."""
        plot = self._front_plot()
        if plot is not None:
            exporting.copy_picture(plot)

    @Slot(object, object)
    def _on_picture_menu_asked(self, plot: BasePlot[Any], at: QPoint) -> None:
        menu = QMenu(self._window)
        menu.addAction("Copy the picture", partial(exporting.copy_picture, plot))
        menu.addAction("Save the picture…", partial(self.export_plot, plot))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    @Slot()
    def _on_export_asked(self) -> None:
        button = self._window.header.export
        menu = QMenu(self._window)
        for key in ("export_tables", "export_picture", "copy_tables", "copy_picture"):
            menu.addAction(self._window.actions_by_key[key])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))
