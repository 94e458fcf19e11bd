"""Tables and pictures out of the window: to the clipboard and into files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu
from shiboken6 import isValid

from engine.errors import EngineError
from engine.number_style import AUTOMATIC, written_in
from engine.reporting.tables import result_tables
from gui import exporting
from gui.controls.painting import literal
from gui.dialogs.picture_export import PictureExportDialog
from gui.file_dialogs import file_dialog
from gui.lanes import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import FittedModel
    from engine.reporting.result_table import ResultTable
    from gui.main_window import MainWindow
    from gui.plots.pointing import PointedPlot

    Tables = tuple[ResultTable, ...]

TABLE_FILES = "Workbook (*.xlsx);;CSV files (*.csv);;Web page (*.html)"


class TakingOut(QObject):
    """What leaves the window. Belongs to one window.

    Tables are written in a worker; what then happens stands in the job's token.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        window.header.export_asked.connect(self._on_export_asked)
        for page in (
            window.results_page,
            window.uncertainty_page,
            window.predict_page,
        ):
            page.copy_asked.connect(self.copy_tables)
            page.export_asked.connect(self.export_tables)
            page.text_copy_asked.connect(self.copy_text)
        for plots in (
            window.picture_page,
            window.diagnostics_page,
            window.predict_page,
        ):
            plots.picture_menu_asked.connect(self._on_picture_menu_asked)
        jobs = self._session.jobs
        jobs.succeeded.connect(self._on_done)
        jobs.failed.connect(self._on_failed)

    # -- tables ------------------------------------------------------------------------

    def copy_all_tables(self) -> None:
        """Put all tables of the current fit on the clipboard."""
        if (model := self._current_model()) is not None:
            self._start(
                "Copying the tables",
                self._set_clipboard,
                _forms_of,
                model,
                *self._marks(),
            )

    @Slot(object)
    def copy_tables(self, tables: Tables) -> None:
        """Put tables on the clipboard, for documents and spreadsheets."""
        make = exporting.table_forms
        self._start(
            "Copying the tables", self._set_clipboard, make, tables, *self._marks()
        )

    def _marks(self) -> tuple[str]:
        return (self._window.settings.decimal_mark,)

    def _set_clipboard(self, forms: exporting.TableForms) -> None:
        QGuiApplication.clipboard().setMimeData(exporting.table_mime(forms))
        self._window.status.say("Copied. Paste it into a document or a spreadsheet.")

    @Slot(str)
    def copy_text(self, text: str) -> None:
        """Put words on the clipboard."""
        QGuiApplication.clipboard().setText(text)
        self._window.status.say("Copied.")

    def export_all_tables(self) -> None:
        """Save all tables of the current fit."""
        if (model := self._current_model()) is not None:
            dialog = self._ask_for_tables("tables")
            dialog.fileSelected.connect(partial(self._save_model_to, model))
            dialog.open()

    @Slot(object)
    def export_tables(self, tables: Tables) -> None:
        """Choose a file and save tables there."""
        dialog = self._ask_for_tables(tables[0].name if len(tables) == 1 else "tables")
        dialog.fileSelected.connect(partial(self.save_tables_to, tables))
        dialog.open()

    def _ask_for_tables(self, name: str) -> QFileDialog:
        dialog = file_dialog(self._window, "Save the tables", TABLE_FILES)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(name)
        return dialog

    def save_tables_to(self, tables: Tables, path: str) -> None:
        """Save tables in a file; its ending says the form."""
        save = exporting.save_tables
        self._start(
            "Saving the tables",
            self._say_saved,
            save,
            tables,
            Path(path),
            *self._marks(),
        )

    def _save_model_to(self, model: FittedModel, path: str) -> None:
        self._start(
            "Saving the tables",
            self._say_saved,
            _saved_of,
            model,
            Path(path),
            *self._marks(),
        )

    @Slot(object)
    def _say_saved(self, path: Path) -> None:
        self._window.settings.folder = str(path.parent)
        self._window.status.say(f"Saved in {path.name}.")

    def _current_model(self) -> FittedModel | None:
        session = self._session
        if session.fit is None or not session.is_fit_current:
            return None
        return session.fit.with_inference(session.document.inference)

    # -- pictures ----------------------------------------------------------------------

    def _front_plot(self) -> PointedPlot | None:
        """Plot of the page in front; where there is none, or not one, the Picture."""
        return self._window.pages.current.plot or self._window.picture_page.plot

    def export_picture(self) -> None:
        """Save the picture in front."""
        plot = self._front_plot()
        if plot is not None:
            self.export_plot(plot)

    def export_plot(self, plot: PointedPlot) -> None:
        """Ask for size and form, and save a plot."""
        dialog = PictureExportDialog(self._window, plot, self._window.settings.folder)
        dialog.saved.connect(self._say_saved)
        dialog.open()

    def copy_picture(self) -> None:
        """Put the picture in front on the clipboard."""
        plot = self._front_plot()
        if plot is not None:
            self.copy_plot(plot)

    def copy_plot(self, plot: PointedPlot) -> None:
        """Put a plot on the clipboard; it takes a moment, and no worker can draw."""
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            exporting.copy_picture(plot)
        except EngineError as error:
            self._say_problem(error)
        else:
            self._window.status.say("The picture is copied, in the colours of print.")
        finally:
            QGuiApplication.restoreOverrideCursor()

    # -- in the background -------------------------------------------------------------

    def _start(
        self,
        label: str,
        then: Callable[..., None],
        call: Callable[..., object],
        *given: object,
    ) -> None:
        self._session.jobs.start(Lane.OUT, label, call, *given, token=then)

    @Slot(object, object, object)
    def _on_done(
        self, lane: Lane, result: object, then: Callable[..., None] | None
    ) -> None:
        if lane is Lane.OUT and then is not None:
            then(result)

    @Slot(object, object, object)
    def _on_failed(self, lane: Lane, error: BaseException, _then: object) -> None:
        if lane is not Lane.OUT:
            return
        if isinstance(error, EngineError):
            self._say_problem(error)
        else:
            self._session.bug_met.emit(error)

    def _say_problem(self, error: EngineError) -> None:
        self._window.file_banner.say(
            "bad", error.message, error.remedy, [("Close", "secondary")]
        )

    # -- menus -------------------------------------------------------------------------

    @Slot(object, object)
    def _on_picture_menu_asked(self, plot: PointedPlot, at: QPoint) -> None:
        """Offer what can be done with a plot."""
        menu = QMenu(self._window)
        menu.addAction(
            "Copy the picture", partial(self._if_there, plot, self.copy_plot)
        )
        menu.addAction(
            "Save the picture…", partial(self._if_there, plot, self.export_plot)
        )
        menu.addSeparator()
        self._add_colors(menu, plot)
        menu.addAction("Show everything", partial(self._if_there, plot, _reset))
        menu.addSeparator()
        for key in ("exclude", "exclude_why", "deselect"):
            menu.addAction(self._window.actions_by_key[key])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _add_colors(self, menu: QMenu, plot: PointedPlot) -> None:
        """Let the groups have colours, on every plot of the page."""
        page = self._window.pages.current
        link = getattr(page, "link", None)
        if link is None or not plot.group_name:
            return
        colors = menu.addAction(literal(f"A colour for each {plot.group_name}"))
        colors.setCheckable(True)
        colors.setChecked(link.is_colored)
        colors.toggled.connect(link.set_color_by_group)

    @staticmethod
    def _if_there(plot: PointedPlot, call: Callable[[PointedPlot], None]) -> None:
        """Do it unless the page has taken the plot away meanwhile."""
        if isValid(plot):
            call(plot)

    @Slot()
    def _on_export_asked(self) -> None:
        button = self._window.header.export
        menu = QMenu(self._window)
        for key in ("export_tables", "export_picture", "copy_tables", "copy_picture"):
            menu.addAction(self._window.actions_by_key[key])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))


def _reset(plot: PointedPlot) -> None:
    plot.reset_view()


def _forms_of(model: FittedModel, decimal_mark: str) -> exporting.TableForms:
    """All tables of a model, for the clipboard."""
    with written_in(AUTOMATIC):
        tables = result_tables(model)
    return exporting.table_forms(tables, decimal_mark)


def _saved_of(model: FittedModel, path: Path, decimal_mark: str) -> Path:
    """All tables of a model, in a file."""
    with written_in(AUTOMATIC):
        tables = result_tables(model)
    return exporting.save_tables(tables, path, decimal_mark)
