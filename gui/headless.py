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
    from gui.plots.base import BasePlot

WIDTH_MM, HEIGHT_MM = 170.0, 110.0
"""A picture across a page; diagnostics are half as wide."""
DPI = 300


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plot with its data, and how its files are called.

    Attributes
    ----------
    name : str
        File name without its ending.
    plot : BasePlot
        Ready to be drawn.
    width_mm, height_mm : float
        Size in print.
    """

    name: str
    plot: BasePlot[Any]
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
    """Write each plot as PNG and SVG; hand the SVG on to the summary."""
    folder.mkdir()
    for sheet in sheets(model):
        png, svg = (folder / f"{sheet.name}.{ending}" for ending in ("png", "svg"))
        export_png(sheet.plot, png, sheet.width_mm, sheet.height_mm, DPI)
        export_svg(sheet.plot, svg, sheet.width_mm, sheet.height_mm)
        shown = sheet.plot.data
        yield Picture(shown.title, shown.caption, svg.read_text(encoding="utf-8"))
        sheet.plot.deleteLater()


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
        yield Sheet("picture", _filled(FittedLinesPlot(), shown), WIDTH_MM, HEIGHT_MM)
    elif shown is not None:
        yield Sheet("picture", _filled(StripPlot(), shown), WIDTH_MM, HEIGHT_MM)
    half = WIDTH_MM / 2
    yield Sheet(
        "residuals_fitted",
        _filled(ResidualsFittedPlot(), residuals_fitted(model)),
        half,
        half * 0.8,
    )
    yield Sheet(
        "qq_residuals", _filled(QQPlot(), qq_residuals(model)), half, half * 0.8
    )
    for number, effects in enumerate(qq_group_effects(model), start=1):
        name = _file_name(f"qq_effects_{number}_{effects.title.removeprefix('QQ of ')}")
        yield Sheet(name, _filled(QQPlot(), effects), half, half * 0.8)
    for groups in residuals_by_group(model):
        name = _file_name(f"residuals_by_{groups.group_name}")
        yield Sheet(name, _filled(ResidualsByGroupPlot(), groups), WIDTH_MM, half * 0.8)


def _filled(plot: Any, data: object) -> Any:
    plot.set_data(data)
    return plot


def _file_name(text: str) -> str:
    """Letters, digits and underscores only, so that every system takes it."""
    return re.sub(r"\W+", "_", text).strip("_")[:60]
