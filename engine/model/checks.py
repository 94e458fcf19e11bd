"""What a design cannot support, and what a user should know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine import free_memory
from engine.data.wording import counted, verb
from engine.errors import DesignError
from engine.model.columns import readable, used_columns
from engine.model.language.expressions import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from engine.model.preparation import Preparation
    from engine.model.spec import ModelSpec


CELL_BYTES = 28
"""For each row and fixed column: made, copied and centred (measured)."""


def check_size(spec: ModelSpec, used: pd.DataFrame, preparation: Preparation) -> None:
    """Refuse more fixed columns than rows, or than memory, before they are made."""
    width = _fewest_columns(spec, used, preparation)
    if width >= len(used):
        raise DesignError(
            f"The fixed part needs {counted(width, 'coefficient')}, and there "
            f"{verb(len(used))} {counted(len(used), 'row')}."
            f"{_largest(spec, preparation)}",
            "Use fewer terms, or let the groups be partially pooled.",
        )
    said = free_memory.shortage(
        f"The fixed part has {counted(width, 'column')} for "
        f"{counted(len(used), 'row')}.",
        CELL_BYTES * width * len(used),
        _largest(spec, preparation),
    )
    if said is not None:
        raise DesignError(
            said,
            "Use fewer terms, let the groups be partially pooled, or close other "
            "programs.",
        )


def _largest(spec: ModelSpec, preparation: Preparation) -> str:
    """Name the category that needs most columns, after a sentence."""
    used = used_columns(spec.fixed)
    many = {name: own for name, own in preparation.categories.items() if name in used}
    if not many:
        return ""
    largest = max(many, key=lambda name: len(many[name]))
    return f" '{largest}' alone has {counted(len(many[largest]), 'level')}."


def _fewest_columns(
    spec: ModelSpec, used: pd.DataFrame, preparation: Preparation
) -> int:
    """Columns that the fixed part needs, those of empty cells not counted.

    Terms of categories alone cannot need more columns than there are combinations of
    all their levels in the data.
    """
    pure, others = float(spec.intercept), 0.0
    categories: dict[str, None] = {}
    for term in spec.fixed:
        columns = used_columns([term])
        named = [name for name in columns if name in preparation.categories]
        sizes = [max(len(preparation.categories[name]) - 1, 1) for name in named]
        size = float(np.prod(sizes, dtype=np.float64))
        if len(named) == len(columns):
            pure += size
            categories |= dict.fromkeys(named)
        else:
            others += size
    if pure > 1 and categories:
        pure = min(pure, used[list(categories)].drop_duplicates().shape[0])
    return int(min(pure + others, np.iinfo(np.int64).max))


def check_random(spec: ModelSpec) -> None:
    """Refuse random terms in which nothing varies."""
    for term in spec.random:
        if not term.intercept and not term.terms:
            raise DesignError(
                f"Nothing varies among levels of '{term.group_name}'.",
                "Let the baseline or an effect vary, or remove the random term.",
            )


def design_notes(
    spec: ModelSpec,
    used: pd.DataFrame,
    preparation: Preparation,
    n_dropped: int,
    n_rows: int,
) -> Iterable[str]:
    """What was decided on the way, as sentences."""
    if n_dropped:
        yield (
            f"{n_dropped} of {counted(n_rows, 'row')} "
            f"{verb(n_dropped, 'was', 'were')} not used because a value is missing."
        )
    for name, origin in preparation.origins.items():
        yield f"'{name}' counts days from {origin:%Y-%m-%d}."
    for term in spec.fixed:
        for name in used_columns([term]):
            levels = preparation.categories.get(name)
            if levels is not None and len(levels) == 1:
                yield (
                    f"'{name}' has one level only ('{levels[0]}') and so explains "
                    "nothing."
                )
    both = {quoted(t.group[0]) for t in spec.random if len(t.group) == 1}
    for term in spec.fixed:
        if len(term) == 1 and term[0] in both:
            yield (
                f"'{readable(term[0])}' is both fixed and a grouping: that is right "
                "only if it is a number with a trend."
            )
