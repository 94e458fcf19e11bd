"""The main job without a window: a data file in; tables, pictures and a summary out.

The same rooms as the window's, minus the window: the engine reads, fits and computes
what plots need; gui.plots draws them in memory; engine.reporting writes the files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import fit, read_table
from engine.diagnostics.groups import qq_group_effects, residuals_by_group
from engine.diagnostics.picture import picture
from engine.diagnostics.plotdata import FittedLinesData
from engine.diagnostics.residuals import qq_residuals, residuals_fitted
from engine.reporting.folder import output_folder
from engine.reporting.tables import result_tables
from engine.reporting.writers.csv_files import write_csv_files
from engine.reporting.writers.html_summary import Picture, write_summary
from engine.reporting.writers.workbook import write_workbook
from gui.application import application
from gui.plots.export import export_png, export_svg
from gui.plots.fitted_lines import FittedLinesPlot
from gui.plots.qq import QQPlot
from gui.plots.residuals_by_group import ResidualsByGroupPlot
from gui.plots.residuals_fitted import ResidualsFittedPlot
from gui.plots.strip import StripPlot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine import FittedModel
    from gui.plots.base import BasePlot, PlotData

PAGE_WIDE = (170.0, 110.0)
COLUMN_WIDE = (85.0, 68.0)
STRIP_WIDE = (170.0, 68.0)
"""Width and height in millimetres: across a page, in a column, a row of groups."""
PAGE_SCALE = 1.25
"""Pictures of the summary are read on a screen, where they may be larger."""
DPI = 300


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plot with its data, and how its files are called.

    Attributes
    ----------
    name : str
        File name without its ending.
    plot : BasePlot
        What draws it.
    data : PlotData
        What it draws.
    width_mm, height_mm : float
        Size in print.
    """

    name: str
    plot: BasePlot[Any]
    data: PlotData
    width_mm: float
    height_mm: float


def run(
    data: Path, formula: str, folder: Path, estimation: str = "REML"
) -> FittedModel:
    """Fit a model to a file and write everything that follows from it.

    Parameters
    ----------
    data : Path
        The data file.
    formula : str
        The model as an lme4 formula.
    folder : Path
        Where results go; made if need be. It is touched only when all is ready.
    estimation : {"REML", "ML"}

    Returns
    -------
    FittedModel

    Raises
    ------
    EngineError
        If the file, the formula, the data or the folder stand in the way.
    """
    table = read_table(data)
    model = fit(formula, table, estimation=estimation)
    application(offscreen=True)
    with output_folder(folder) as temporary:
        tables = result_tables(model)
        (temporary / "tables").mkdir()
        write_csv_files(tables, temporary / "tables")
        write_workbook(tables, temporary / "tables.xlsx")
        pictures = tuple(_draw(model, temporary / "pictures"))
        write_summary(model, tables, pictures, temporary / "summary.html")
    return model


def _draw(model: FittedModel, folder: Path) -> Iterator[Picture]:
    """Write each plot as PNG and SVG; hand one without words to the summary."""
    folder.mkdir()
    for_page = folder / "page.svg"
    for sheet in sheets(model):
        sheet.plot.set_data(sheet.data)
        png, svg = (folder / f"{sheet.name}.{ending}" for ending in ("png", "svg"))
        export_png(sheet.plot, png, sheet.width_mm, sheet.height_mm, DPI)
        export_svg(sheet.plot, svg, sheet.width_mm, sheet.height_mm)
        # the page says title and caption itself, and may lack the fonts
        export_svg(
            sheet.plot,
            for_page,
            sheet.width_mm * PAGE_SCALE,
            sheet.height_mm * PAGE_SCALE,
            has_words=False,
            text_as_paths=True,
        )
        sheet.plot.deleteLater()
        text = for_page.read_text(encoding="utf-8")
        for_page.unlink()
        yield Picture(sheet.data.title, sheet.data.caption, text)


def sheets(model: FittedModel) -> Iterator[Sheet]:
    """Make the picture of the model and the four diagnostic plots, one at a time.

    Parameters
    ----------
    model : FittedModel

    Yields
    ------
    Sheet
    """
    shown = picture(model)
    if isinstance(shown, FittedLinesData):
        yield Sheet("picture", FittedLinesPlot(), shown, *PAGE_WIDE)
    elif shown is not None:
        yield Sheet("picture", StripPlot(), shown, *PAGE_WIDE)
    fitted = residuals_fitted(model)
    yield Sheet("residuals_fitted", ResidualsFittedPlot(), fitted, *COLUMN_WIDE)
    yield Sheet("qq_residuals", QQPlot(), qq_residuals(model), *COLUMN_WIDE)
    for number, effects in enumerate(qq_group_effects(model), start=1):
        name = _file_name(f"qq_effects_{number}_{effects.title.removeprefix('QQ of ')}")
        yield Sheet(name, QQPlot(), effects, *COLUMN_WIDE)
    for groups in residuals_by_group(model):
        name = _file_name(f"residuals_by_{groups.group_name}")
        yield Sheet(name, ResidualsByGroupPlot(), groups, *STRIP_WIDE)


def _file_name(text: str) -> str:
    """Letters, digits and underscores only, so that every system takes it."""
    return re.sub(r"\W+", "_", text).strip("_")[:60]
