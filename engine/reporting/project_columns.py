"""The columns of a frame as Arrow arrays, and back exactly: dtype, NaN, NA, -0.0.

Arrow has no word for some of what pandas can hold. Each column is therefore described
by a small dictionary beside its array, which goes into the project's JSON.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.data.distinct import TEXT
from engine.data.json_values import (
    Fields,
    WrongValueError,
    any_value,
    flag,
    listed,
    mapping,
    text,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from engine.arrays import AnyArray

_PLAIN = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)} | {
    "bool",
    "float32",
    "float64",
}
_MASKED = {
    *(f"{sign}nt{bits}" for sign in ("I", "UI") for bits in (8, 16, 32, 64)),
    "Float32",
    "Float64",
    "boolean",
    "string",
}
_DATES = {f"datetime64[{unit}]" for unit in ("ms", "us", "ns")}
_SECONDS = "datetime64[s]"  # Parquet has no such unit
_OBJECTS = "object"
_CATEGORIES = "category"
_NOT_A_TIME = np.iinfo(np.int64).min
_MISSING: dict[str, object] = {"null": None, "NaN": math.nan, "NA": pd.NA}


class CannotBeKeptError(ValueError):
    """A column holds values for which a project has no place; says which."""


def to_arrow(values: pd.Series | pd.Index) -> tuple[dict[str, Any], pa.Array]:
    """Write a column.

    Parameters
    ----------
    values : Series or Index

    Returns
    -------
    description : dict
        What JSON is to keep beside it.
    array : pyarrow.Array

    Raises
    ------
    CannotBeKeptError
        If its values are of a kind that Tarn's tables do not have.
    """
    import pyarrow as pa  # noqa: PLC0415 - not before it is needed

    name = str(values.dtype)
    if isinstance(values.dtype, pd.CategoricalDtype):
        return _from_categories(pd.Categorical(values))
    if name == _OBJECTS:
        cells = [_cell_text(cell) for cell in values]
        return {"dtype": name}, pa.array(cells, type=pa.string())
    if name == _SECONDS:
        numbers = values.to_numpy().view(np.int64)
        return {"dtype": name}, pa.array(numbers, mask=numbers == _NOT_A_TIME)
    if name in _PLAIN or name in _DATES:
        return {"dtype": name}, pa.array(values.to_numpy())
    if name in _MASKED or name == str(TEXT):
        try:
            return {"dtype": name}, pa.array(values.array)
        except UnicodeEncodeError as error:
            raise CannotBeKeptError("text that is not valid Unicode") from error
    raise CannotBeKeptError(f"values of the type {name}")


def from_arrow(description: object, array: pa.ChunkedArray, where: str) -> Any:
    """Read a column that `to_arrow` has written.

    Parameters
    ----------
    description : object
        As it comes out of JSON.
    array : pyarrow.ChunkedArray
    where : str
        Which column it is, for the details of an error.

    Returns
    -------
    ndarray or ExtensionArray

    Raises
    ------
    ValueError
        If the two do not fit each other.
    """
    fields = Fields(description, where)
    name = fields.take("dtype", text)
    if name == _CATEGORIES:
        categories = fields.take("categories", mapping)
        is_ordered = fields.take("ordered", flag)
        fields.end()
        return _as_categories(categories, is_ordered, array, where)
    fields.end()
    _check_type(name, array, where)
    if name == _OBJECTS:
        return _objects([_cell(one, where) for one in array.to_pylist()])
    if name == _SECONDS:
        return array.fill_null(_NOT_A_TIME).to_numpy().astype(np.int64).view("M8[s]")
    if name in _PLAIN or name in _DATES:
        return np.array(array.to_numpy())  # Arrow's memory is read-only
    dtype: Any = TEXT if name == str(TEXT) else pd.api.types.pandas_dtype(name)
    return dtype.__from_arrow__(array)


def _check_type(name: str, array: pa.ChunkedArray, where: str) -> None:
    """Refuse data that are not of the described type."""
    import pyarrow as pa  # noqa: PLC0415

    texts = {pa.string(), pa.large_string(), pa.string_view()}
    if name in {str(TEXT), "string"}:
        fits = array.type in texts
    elif name == _OBJECTS:
        fits = array.type in texts and not array.null_count
    elif name == _SECONDS:
        fits = array.type == pa.int64()
    elif name in _DATES:
        fits = array.type == pa.from_numpy_dtype(np.dtype(name))
    elif name in _PLAIN:
        is_same = array.type == pa.from_numpy_dtype(np.dtype(name))
        fits = is_same and not array.null_count
    elif name in _MASKED:
        plain = "bool" if name == "boolean" else name.lower()
        fits = array.type == pa.from_numpy_dtype(np.dtype(plain))
    else:
        raise WrongValueError(f"{where}: there is no type {name}")
    if not fits:
        raise WrongValueError(f"{where} is {array.type}, not {name}")


# ---- categories ---------------------------------------------------------------


def _from_categories(values: pd.Categorical) -> tuple[dict[str, Any], pa.Array]:
    """Codes as the array, categories as JSON: also those that no row has."""
    import pyarrow as pa  # noqa: PLC0415

    description, array = to_arrow(values.categories)
    cells = array.to_pylist()
    if pa.types.is_floating(array.type):
        cells = [repr(cell) for cell in cells]  # JSON knows no infinity
    elif pa.types.is_timestamp(array.type):
        cells = array.view(pa.int64()).to_pylist()
    codes = np.asarray(values.codes, dtype=np.int64)
    written = {
        "dtype": _CATEGORIES,
        "ordered": bool(values.ordered),
        "categories": {**description, "values": cells},
    }
    return written, pa.array(codes, mask=codes < 0)


def _as_categories(
    written: dict[str, object], is_ordered: bool, array: pa.ChunkedArray, where: str
) -> pd.Categorical:
    import pyarrow as pa  # noqa: PLC0415

    fields = Fields(written, f"{where}.categories")
    dtype = fields.take("dtype", text)
    cells = fields.take("values", listed(any_value))
    fields.end()
    if dtype == _CATEGORIES or array.type != pa.int64():
        raise WrongValueError(f"{where}: {dtype} as categories of {array.type}")
    kept = _cells_as_arrow(dtype, list(cells))
    levels = from_arrow({"dtype": dtype}, pa.chunked_array([kept]), where)
    codes = array.fill_null(-1).to_numpy()
    if codes.size and codes.min() < -1:
        raise WrongValueError(f"{where} has codes below 0")
    return pd.Categorical.from_codes(
        codes, categories=pd.Index(levels), ordered=is_ordered
    )


def _cells_as_arrow(dtype: str, cells: list[object]) -> pa.Array:
    """Categories from JSON in the form that `to_arrow` gave them."""
    import pyarrow as pa  # noqa: PLC0415

    if dtype in {str(TEXT), "string", _OBJECTS}:
        return pa.array(cells, type=pa.string())
    if dtype == _SECONDS:
        return pa.array(cells, type=pa.int64())
    if dtype in _DATES:
        unit = pa.from_numpy_dtype(np.dtype(dtype))
        return pa.array(cells, type=pa.int64()).view(unit)
    plain = np.dtype("bool" if dtype == "boolean" else dtype.lower())
    if plain.kind == "f":
        cells = [float(text(cell, "categories")) for cell in cells]
    return pa.array(cells, type=pa.from_numpy_dtype(plain))


# ---- cells of mixed types -----------------------------------------------------


def _cell_text(cell: object) -> str:
    """Write a cell of a mixed column as JSON, with words for what is missing."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if cell is pd.NA:
        return "NA"
    if cell is None or isinstance(cell, bool | int | float | str):
        return json.dumps(cell)
    raise CannotBeKeptError(f"values of the type {type(cell).__name__}")


def _cell(written: str, where: str) -> object:
    if written in _MISSING:
        return _MISSING[written]
    cell = json.loads(written)
    if not isinstance(cell, bool | int | float | str):
        raise WrongValueError(f"{where} has a cell {written[:40]}")
    return cell


def _objects(cells: list[object]) -> AnyArray:
    """An array of objects, whatever they are."""
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array
