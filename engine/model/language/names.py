"""How column names are written in a formula, and which column a name means."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

from engine.errors import FormulaError
from engine.model.language.functions import RESERVED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_ALIAS_PREFIX = "_tarn_"


def quoted(name: str) -> str:
    """Write a column's name as an expression.

    Parameters
    ----------
    name : str
        The name as the table has it.

    Returns
    -------
    str
        The name itself, or the name in backticks when it is no plain word or could
        be taken for a function.

    Raises
    ------
    FormulaError
        If no formula can name the column: an empty name, a name with a backtick, or
        one that ends in a backslash (formulaic would take it to hide the backtick
        behind it).
    """
    if is_plain(name):
        return name
    problem = ""
    if not name:
        problem = "A column without a name cannot be used in a formula."
    elif "`" in name:
        problem = (
            f"The column name '{name}' has a backtick, which a formula cannot have."
        )
    elif name.endswith("\\"):
        problem = f"The column name '{name}' ends in a backslash."
    if problem:
        remedy = "Rename the column to use it in a model."
        raise FormulaError(problem, remedy, formula=name, start=0, end=len(name))
    return f"`{name}`"


def is_plain(name: str) -> bool:
    """Whether a column's name can stand in a formula without backticks."""
    # formulaic's words are narrower than Python's: no combining accents
    is_word = name.isidentifier() and re.fullmatch(r"\w+", name) is not None
    return is_word and name not in RESERVED and not name.startswith("__")


def alias(name: str) -> str:
    """Return the name under which a column is handed to evaluated code.

    Parameters
    ----------
    name : str
        Any column name.

    Returns
    -------
    str
        A plain word, different for different names, and never one of a function.
        It is `name` itself where that will do.

    Notes
    -----
    formulaic replaces names in backticks by look-alikes of its own. It fails for
    keywords, `area_m²` and `µg`, and where two names look alike it draws a random
    one, under which a stateful transform (`scale`, `poly`) forgets between fit and
    prediction what it learned.
    """
    is_safe = is_plain(name) and unicodedata.normalize("NFKC", name) == name
    if is_safe and not name.startswith(_ALIAS_PREFIX):
        return name
    return _ALIAS_PREFIX + name.encode("utf-8", "surrogatepass").hex()


def find_column(name: str, columns: Collection[str]) -> str | None:
    """Return the column that `name` means, or None.

    The same letters may be coded in two ways (`é` as one character or as two, two
    kinds of `µ`), which nobody can see: names that differ in nothing else are equal.
    """
    if name in columns:
        return name
    wanted = unicodedata.normalize("NFKC", name)
    same = [c for c in columns if unicodedata.normalize("NFKC", c) == wanted]
    return same[0] if len(same) == 1 else None


def similar(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that was most likely meant by a misspelt `name`."""
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.7)
    return by_folded[close[0]] if close else None


def suggestion(name: str, columns: Collection[str]) -> str:
    """Say which column may have been meant by a name that is not there."""
    meant = similar(name, columns)
    if meant is not None:
        return f"Did you mean {_shown(meant)}?"
    if not columns:
        return "The table has no columns."
    listed = [_shown(column) for column in columns]
    n_more = len(listed) - 6
    if n_more > 1:
        return f"The columns are {', '.join(listed[:6])} and {n_more} more."
    return f"The columns are {', '.join(listed)}."


def as_typed(name: str) -> str:
    """Show how a column's name is typed in a formula, or the name if it cannot be."""
    try:
        return quoted(name)
    except FormulaError:
        return name


def _shown(name: str) -> str:
    """Show a column's name in a sentence, with the backticks that it needs."""
    typed = as_typed(name)
    return typed if typed.startswith("`") else f"'{name}'"
