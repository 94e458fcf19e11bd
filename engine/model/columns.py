"""Which columns of a frame a specification reads, and how to speak of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from engine.errors import DesignError
from engine.model.language.expressions import parse_expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.model.spec import ModelSpec, Term

SHOWN_NAMES = 6
"""Names listed in a message."""


def used_columns(terms: Iterable[Term]) -> tuple[str, ...]:
    """Raw columns that terms read, each once, in order."""
    found: dict[str, None] = {}
    for term in terms:
        for factor in term:
            found |= dict.fromkeys(parse_expression(factor).columns)
    return tuple(found)


def spec_columns(spec: ModelSpec) -> tuple[str, ...]:
    """Every column that a specification reads, each once.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    tuple of str
    """
    groups = [name for term in spec.random for name in term.group]
    texts = used_columns([(spec.response,), *matrix_terms(spec), spec.offset])
    return tuple(dict.fromkeys([*texts, *groups]))


def matrix_terms(spec: ModelSpec) -> list[Term]:
    """Terms of X and of all columns of Z."""
    return [*spec.fixed, *(t for random in spec.random for t in random.terms)]


def check_columns(spec: ModelSpec, frame: pd.DataFrame) -> None:
    """Refuse a specification that names columns which are not there.

    Raises
    ------
    DesignError
    """
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise DesignError(f"Two columns are called '{twice}'.", "Rename one of them.")
    dtypes = frame.dtypes  # a column itself takes ten times as long
    for name in spec_columns(spec):
        if name not in frame.columns:
            raise DesignError(
                f"There is no column '{name}'.",
                f"The columns are {listed(frame.columns)}.",
            )
        if dtypes[name].kind == "m":
            raise DesignError(
                f"Column '{name}' holds durations, where the model needs numbers.",
                f"Give them in one unit, such as frame['{name}'] / "
                "pandas.Timedelta(days=1).",
            )


def is_categorical(column: pd.Series) -> bool:
    """Whether a column holds names rather than numbers or dates."""
    return not (
        pd.api.types.is_numeric_dtype(column)
        or pd.api.types.is_datetime64_any_dtype(column)
    )


def readable(expression: str) -> str:
    """An expression as a user would write it: a bare column without quotes."""
    parsed = parse_expression(expression)
    return parsed.columns[0] if parsed.is_column else expression


def listed(names: Iterable[object]) -> str:
    """Name the first few of many: "a, b, c, ... (12 in all)"."""
    texts = [f"'{name}'" for name in names]
    if len(texts) <= SHOWN_NAMES:
        return ", ".join(texts)
    return ", ".join(texts[:SHOWN_NAMES]) + f", ... ({len(texts)} in all)"
