"""The frame of a project as a Parquet file, and what that cannot say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.data.json_values import Fields, WrongValueError, optional, text, whole
from engine.data.wording import quoted
from engine.errors import DataError
from engine.progress import Step
from engine.reporting.project_columns import CannotBeKeptError, from_arrow, to_arrow

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from engine.progress import Report

MOST_CELLS = 500_000_000
"""Cells that a project may have: four gigabytes of numbers."""
MOST_BYTES = 2**32
"""Bytes that the data of a project may come to in memory."""
ROWS_AT_ONCE = 2**17
ROW_LABELS = "row_labels"


@dataclass(frozen=True, slots=True)
class Form:
    """What JSON is to keep beside a frame's Parquet file.

    Attributes
    ----------
    n_rows : int
    labels : mapping
        The row labels: their name, and a range or a dtype.
    columns : mapping of str to mapping
        The dtype of each column, by name and in order.
    """

    n_rows: int
    labels: Mapping[str, Any]
    columns: Mapping[str, Mapping[str, Any]]

    @property
    def is_range(self) -> bool:
        """Whether the row labels are counted, not kept."""
        return "from" in self.labels

    @property
    def n_kept(self) -> int:
        """How many columns the Parquet file has."""
        return len(self.columns) + (not self.is_range)


def write_frame(frame: pd.DataFrame, report: Report) -> tuple[Form, pa.Buffer]:
    """Write a frame.

    Parameters
    ----------
    frame : DataFrame
        With different texts as column names.
    report : callable
        Called between chunks of rows; may raise `Cancelled`.

    Returns
    -------
    form : Form
    data : pyarrow.Buffer
        The Parquet file.

    Raises
    ------
    DataError
        If a column holds what a project cannot keep.
    """
    import pyarrow as pa  # noqa: PLC0415 - not before it is needed

    _check_names(frame)
    columns, arrays = {}, []
    for place, name in enumerate(frame.columns):
        column = frame.iloc[:, place]
        columns[name], array = _kept(column, f"Column {quoted(name)}")
        arrays.append(array)
    index = frame.index
    labels: dict[str, Any] = {"name": index.name}
    if isinstance(index, pd.RangeIndex):
        labels |= {"from": index.start, "step": index.step}
    else:
        described, array = _kept(index, "The row labels")
        labels |= described
        arrays.append(array)
    # the names are for other programs: Tarn finds the columns by their places
    table = pa.table(arrays, names=[*columns, ROW_LABELS][: len(arrays)])
    form = Form(len(frame), labels, columns)
    if _n_cells(form) > MOST_CELLS or table.nbytes > MOST_BYTES // 2:
        raise DataError(
            "The table is too large for a project.",
            "Save the rows and columns that you need as a smaller table.",
            details=f"{len(frame)} x {len(columns)}, {table.nbytes} bytes",
        )
    return form, _write(table, report)


def read_frame(form: Form, data: bytes, report: Report) -> pd.DataFrame:
    """Read a frame that `write_frame` has written.

    Parameters
    ----------
    form : Form
        What came out of JSON.
    data : bytes
        The Parquet file.
    report : callable
        Called between chunks of rows; may raise `Cancelled`.

    Returns
    -------
    DataFrame

    Raises
    ------
    ValueError, ArrowException, OSError
        If the two are damaged or do not fit each other.
    """
    table = _read(data, form, report)
    cells = {
        name: from_arrow(description, table.column(place), f"column {place + 1}")
        for place, (name, description) in enumerate(form.columns.items())
    }
    index = _range(form) if form.is_range else _index(form, table)
    if not cells:
        return pd.DataFrame(index=index, columns=pd.Index([], dtype="str"))
    return pd.DataFrame(cells, index=index)


# ---- names and labels ---------------------------------------------------------


def _check_names(frame: pd.DataFrame) -> None:
    """Refuse frames that no `Table` has."""
    names = [*frame.columns, *([] if frame.index.name is None else [frame.index.name])]
    are_texts = all(isinstance(name, str) and _is_unicode(name) for name in names)
    if not are_texts or not frame.columns.is_unique or frame.index.nlevels > 1:
        raise DataError(
            "The table cannot be saved: every column needs a name of its own, in "
            "characters that a file can hold.",
            "Rename the columns.",
            details=f"columns {names[:20]}, {frame.index.nlevels} levels of labels",
        )


def _is_unicode(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _kept(values: pd.Series | pd.Index, what: str) -> tuple[dict[str, Any], pa.Array]:
    try:
        return to_arrow(values)
    except CannotBeKeptError as error:
        raise DataError(
            f"{what} cannot be saved in a project: there is no place for {error}.",
            "Turn them into numbers, dates or text.",
        ) from error


def _range(form: Form) -> pd.RangeIndex:
    fields = Fields(form.labels, ROW_LABELS)
    name = fields.take("name", optional(text))
    start, step = fields.take("from", whole), fields.take("step", whole)
    fields.end()
    stop = start + step * form.n_rows
    if step == 0 or not -(2**63) <= stop < 2**63:
        raise WrongValueError(f"row labels from {start} by {step}")
    return pd.RangeIndex(start, stop, step, name=name)


def _index(form: Form, table: pa.Table) -> pd.Index:
    fields = Fields(form.labels, ROW_LABELS)
    name = fields.take("name", optional(text))
    last = table.column(table.num_columns - 1)
    labels: pd.Index = pd.Index(from_arrow(fields.rest(), last, ROW_LABELS), name=name)
    return labels


# ---- Parquet ------------------------------------------------------------------


def _write(table: pa.Table, report: Report) -> pa.Buffer:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    # a dictionary would make one of all the sorts of NaN
    repeated = [f.name for f in table.schema if not pa.types.is_floating(f.type)]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink, table.schema, compression="zstd", use_dictionary=repeated
    ) as writer:
        for start in range(0, table.num_rows, ROWS_AT_ONCE):
            report(Step("Saving", start, table.num_rows))
            writer.write_table(table.slice(start, ROWS_AT_ONCE))
    return sink.getvalue()


def _read(data: bytes, form: Form, report: Report) -> pa.Table:
    """Read a Parquet file of a known shape, refusing to fill the memory."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    n_rows, n_columns = form.n_rows, form.n_kept
    if n_rows < 0 or _n_cells(form) > MOST_CELLS:
        raise WrongValueError(f"{n_rows} x {n_columns} cells")
    with pq.ParquetFile(pa.BufferReader(data)) as file:
        found = file.metadata
        groups = [found.row_group(i) for i in range(found.num_row_groups)]
        shape = (sum(group.num_rows for group in groups), found.num_columns)
        if shape != (n_rows if n_columns else 0, n_columns):
            raise WrongValueError(f"{shape} in the data, not {(n_rows, n_columns)}")
        if sum(group.total_byte_size for group in groups) > MOST_BYTES:
            raise WrongValueError("the data are too large")
        parts, n_bytes, done = [file.schema_arrow.empty_table()], 0, 0
        for place, group in enumerate(groups):
            report(Step("Opening", done, n_rows))
            parts.append(file.read_row_group(place))
            done += group.num_rows
            n_bytes += parts[-1].nbytes
            if n_bytes > MOST_BYTES:
                raise WrongValueError("the data are too large")
    return pa.concat_tables(parts)


def _n_cells(form: Form) -> int:
    return form.n_rows * max(form.n_kept, 1)
