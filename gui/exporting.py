"""Tables and pictures as they leave the program: on the clipboard and as files.

Nothing here asks or shows; whatever cannot be done is an `EngineError`.
"""

from __future__ import annotations

import atexit
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage
from shiboken6 import isValid

from engine.data.wording import quoted
from engine.errors import DataError, EngineError
from engine.reporting.atomic import replaced_file
from engine.reporting.folder import output_folder
from engine.reporting.writers.csv_files import write_csv_files
from engine.reporting.writers.table_text import as_html, as_tsv
from engine.reporting.writers.workbook import write_workbook
from gui.plots.export import (
    MM_PER_INCH,
    PX_PER_INCH,
    export_pdf,
    export_png,
    export_svg,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.reporting.result_table import ResultTable
    from gui.plots.pointing import PointedPlot

TABLE_ENDINGS = (".xlsx", ".csv", ".html")
PICTURE_ENDINGS = (".png", ".svg", ".pdf")
MOST_PASTED_ROWS = 500
"""Of one table as HTML on the clipboard; the plain lines always have all rows."""
SVG_KIND = "image/svg+xml"
_SMALLEST = 240  # pixels of a picture that is copied


_ENDS_TOO_LATE = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")
"""Qt's platforms whose clipboard outlives Python, which what was made here does not."""


# -- tables ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableForms:
    """Tables as the clipboard wants them.

    Attributes
    ----------
    html : str
        Rounded as the page shows them; of a long table the first rows.
    text : str
        Lines with tabs at full precision, with titles and empty lines between where
        there are several tables.
    """

    html: str
    text: str


def table_forms(tables: Sequence[ResultTable], decimal_mark: str = ".") -> TableForms:
    """Write tables for documents, spreadsheets and plain text; for a worker.

    Parameters
    ----------
    tables : sequence of ResultTable
    decimal_mark : str
        "." or ",".

    Returns
    -------
    TableForms
    """
    lines = [as_tsv(table, decimal_mark) for table in tables]
    if len(tables) > 1:
        both = zip(tables, lines, strict=True)
        lines = [f"{table.title}\n{text}" for table, text in both]
    html = as_html(tables, decimal_mark, MOST_PASTED_ROWS)
    return TableForms(html, "\n".join(lines))


def table_mime(forms: TableForms) -> QMimeData:
    """Put written tables into what the clipboard takes."""
    mime = _new_mime()
    mime.setHtml(forms.html)
    mime.setText(forms.text)
    return mime


def save_tables(
    tables: Sequence[ResultTable], path: Path, decimal_mark: str = "."
) -> Path:
    """Save tables in the form that the ending of the name says.

    Parameters
    ----------
    tables : sequence of ResultTable
    path : Path
        ``.xlsx``: one workbook; ``.html``: one page; ``.csv``: a file for one table,
        for several a folder of that name without the ending. No ending: a workbook.
    decimal_mark : str
        In the page; CSV files always have a point.

    Returns
    -------
    Path
        The file or folder that was made or replaced.

    Raises
    ------
    EngineError
        If there is nothing to save, or it cannot be saved there or in that form.
    """
    if not tables:
        raise DataError(
            "There is no table to save.", "Fit a model first, then save its tables."
        )
    path = _with_ending(path, TABLE_ENDINGS, "Tables")
    with _said_plainly(path):
        if path.suffix.lower() == ".csv" and len(tables) > 1:
            with output_folder(path.with_suffix("")) as folder:
                write_csv_files(tables, folder)
            return path.with_suffix("")
        content = _tables_content(tables, path.suffix.lower(), decimal_mark)
        with replaced_file(path) as file:
            file.write(content)
    return path


def _tables_content(
    tables: Sequence[ResultTable], ending: str, decimal_mark: str
) -> bytes:
    """What the file will hold, made apart so that a failure leaves the old one."""
    if ending == ".html":
        return as_html(tables, decimal_mark).encode()
    with TemporaryDirectory(prefix="tarn-") as name:
        if ending == ".csv":
            return write_csv_files(tables, Path(name))[0].read_bytes()
        made = Path(name) / "tables.xlsx"
        write_workbook(tables, made)
        return made.read_bytes()


# -- pictures --------------------------------------------------------------------------


def copy_picture(plot: PointedPlot) -> None:
    """Put a plot on the clipboard, in print colours, as large as on the screen.

    As an image with two dots per pixel, and as SVG for programs that take it.

    Raises
    ------
    EngineError
        If the plot is no longer there.
    """
    _check_alive(plot)
    sides = (max(plot.width(), _SMALLEST), max(plot.height(), _SMALLEST))
    wide, tall = (side / PX_PER_INCH * MM_PER_INCH for side in sides)
    mime = _new_mime()
    dots = _picture_content(plot, ".png", wide, tall, round(2 * PX_PER_INCH))
    mime.setImageData(QImage.fromData(dots))
    mime.setData(SVG_KIND, _picture_content(plot, ".svg", wide, tall))
    QGuiApplication.clipboard().setMimeData(mime)


def save_picture(
    plot: PointedPlot,
    path: Path,
    width_mm: float,
    height_mm: float,
    dpi: int = 300,
    *,
    has_words: bool = True,
) -> Path:
    """Save a plot in the form that the ending of the name says, in print colours.

    Parameters
    ----------
    plot : PointedPlot
    path : Path
        ``.png``, ``.svg`` or ``.pdf``; PNG where there is no ending.
    width_mm, height_mm : float
        Size in print.
    dpi : int
        Dots per inch of a PNG.
    has_words : bool
        Whether title and caption are part of the picture.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    EngineError
        If it cannot be saved there, in that form or in that size.
    """
    _check_alive(plot)
    path = _with_ending(path, PICTURE_ENDINGS, "Pictures")
    with _said_plainly(path):
        content = _picture_content(
            plot, path.suffix.lower(), width_mm, height_mm, dpi, has_words=has_words
        )
        with replaced_file(path) as file:
            file.write(content)
    return path


def _picture_content(
    plot: PointedPlot,
    ending: str,
    width_mm: float,
    height_mm: float,
    dpi: int = 300,
    *,
    has_words: bool = True,
) -> bytes:
    """Draw the picture apart and return what its file holds."""
    with TemporaryDirectory(prefix="tarn-") as folder:
        made = Path(folder) / f"picture{ending}"
        if ending == ".png":
            export_png(plot, made, width_mm, height_mm, dpi, has_words=has_words)
        elif ending == ".svg":
            export_svg(plot, made, width_mm, height_mm, has_words=has_words)
        else:
            export_pdf(plot, made, width_mm, height_mm, has_words=has_words)
        return made.read_bytes()


def _check_alive(plot: PointedPlot) -> None:
    """Refuse a plot that its page has taken away meanwhile."""
    if not isValid(plot):
        raise DataError(
            "The picture was not saved: it is no longer shown.",
            "Open its page and ask again.",
        )


# -- both ------------------------------------------------------------------------------


def _new_mime() -> QMimeData:
    """Something for the clipboard that does not crash the end of the process."""
    _clear_at_exit()
    return QMimeData()


@cache
def _clear_at_exit() -> None:
    """See to it, once, that nothing made by Python is left where it is freed late."""
    atexit.register(_clear)


def _clear() -> None:
    app = QGuiApplication.instance()
    if app is not None and QGuiApplication.platformName() in _ENDS_TOO_LATE:
        QGuiApplication.clipboard().clear()


def _with_ending(path: Path, endings: tuple[str, ...], what: str) -> Path:
    """Add the first ending where there is none; refuse one that means another form."""
    if "\0" in str(path):
        raise DataError("No file can have this name.", "Choose another name.")
    if not path.suffix[1:].isalpha():  # "fig 1.2" has no ending either
        return path.with_name(path.name + endings[0])
    if path.suffix.lower() in endings:
        return path
    known = f"{', '.join(endings[:-1])} or {endings[-1]}"
    raise DataError(
        f"{what} cannot be saved as {quoted(path.suffix)}.",
        f"End the name of the file in {known}.",
    )


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    """Turn what the system says into a sentence for the user."""
    try:
        yield
    except EngineError:
        raise
    except MemoryError as error:
        raise DataError(
            f"{quoted(path.name)} was not saved: it does not fit into memory.",
            "Close other programs, or save less at once.",
            details=repr(error),
        ) from error
    except OSError as error:
        reason = (error.strerror or str(error) or "the system gives no reason").strip()
        raise DataError(
            f"{quoted(path.name)} was not saved: {reason[:1].lower()}"
            f"{reason[1:].rstrip('.')}.",
            "Choose another place, or make room on the disk.",
            details=repr(error),
        ) from error
