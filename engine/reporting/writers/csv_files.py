"""Tables as CSV files that Excel, R and Python read alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.reporting.folder import writing_to

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.reporting.result_table import ResultTable


def write_csv_files(tables: Iterable[ResultTable], folder: Path) -> tuple[Path, ...]:
    """Write one CSV file per table: `fixed_effects.csv` and so on.

    Commas between cells, a point in numbers, full precision; missing numbers are empty.
    UTF-8 with the mark by which Excel knows it.

    Parameters
    ----------
    tables : iterable of ResultTable
    folder : Path
        An existing folder.

    Returns
    -------
    tuple of Path
        The files, in the order of the tables.

    Raises
    ------
    DataError
        If a file cannot be written.
    """
    paths = []
    for table in tables:
        path = folder / f"{table.name}.csv"
        with writing_to(path):
            table.frame.to_csv(path, index=False, encoding="utf-8-sig")
        paths.append(path)
    return tuple(paths)
