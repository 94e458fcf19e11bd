"""Coefficients of models that are not pooled, arranged by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from engine.model.language.names import quoted
from engine.model.levels import make_grouping
from engine.model.spec import INTERCEPT

if TYPE_CHECKING:
    from engine.fitting.result import Estimates
    from engine.model.spec import ModelSpec


def unpooled_coefficients(
    estimates: Estimates, spec: ModelSpec
) -> dict[str, pd.DataFrame]:
    """Coefficients named `g[level]` and `g[level]:x` as level x term.

    Parameters
    ----------
    estimates : Estimates
        Of a model without random effects.
    spec : ModelSpec

    Returns
    -------
    dict of str to DataFrame
        By the grouping that is not pooled; empty where there is none.
    """
    name = spec.grouping
    if name is None or spec.no_pooling is None:
        return {}
    levels = make_grouping(estimates.design.frame, (name,)).levels
    columns: dict[str, dict[str, float]] = {}
    for term, value in zip(estimates.design.terms, estimates.beta, strict=True):
        owner, rest = _owner(term, (name, f"C({quoted(name)})"), levels)
        for level in levels if owner is None else [owner]:
            columns.setdefault(rest, {})[str(level)] = float(value)
    table = pd.DataFrame(columns).reindex([str(level) for level in levels])
    return {name: table.rename_axis(index=name)}


def _owner(
    term: str, names: tuple[str, ...], levels: pd.Index
) -> tuple[str | None, str]:
    """Find the level a coefficient belongs to, and what it is there."""
    for name in names:
        for level in levels:
            own = f"{name}[{level}]"
            if term == own:
                return str(level), INTERCEPT
            if term.startswith(f"{own}:"):
                return str(level), term.removeprefix(f"{own}:")
    return None, term
