"""Read a formula that was typed, keeping what a formula cannot say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import FormulaError
from engine.model.formula import parse_formula

if TYPE_CHECKING:
    from engine import ModelSpec
    from engine.data.prepared import Prepared
    from engine.data.table import Table


def read_formula(
    text: str, data: Prepared | Table | None, old: ModelSpec | None
) -> ModelSpec:
    """Read a formula of the columns there are.

    Parameters
    ----------
    text : str
    data : Prepared, Table or None
        Has the columns; None without data.
    old : ModelSpec or None
        The model before. Its grouping is kept if the formula has no bar, so that one
        can switch back to partial pooling; a formula that says the same model keeps
        everything.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError
        If it cannot be read, with the place of the problem.
    """
    if data is None:
        raise FormulaError(
            "There are no data yet.", "Open them first.", formula=text, start=0, end=0
        )
    columns = tuple(map(str, data.frame.columns))
    spec = parse_formula(text, columns)
    if old is None:
        return spec
    if str(spec) == str(old):
        return old
    if spec.random or spec.grouping is not None:
        return spec
    kept = old.grouping or (old.random[0].group_name if old.random else None)
    return replace(spec, grouping=kept) if kept in columns else spec
