"""Tables with a row for each group: predicted deviations, or regressions of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.group_words import group_noun, sentence_case
from engine.model.columns import readable
from engine.model.language.names import quoted
from engine.model.spec import NoPooling
from engine.reporting.effect_tables import NOT_ESTIMABLE
from engine.reporting.model_facts import (
    block_labels,
    fixed_labels,
    is_separate,
    ordered_blocks,
    pooled_groupings,
    rows_per_level,
    unpooled_grouping,
)
from engine.reporting.numbers import Kind, shown
from engine.reporting.result_table import ColumnFormat, ResultTable
from engine.reporting.term_words import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import FloatArray, IntArray
    from engine.fitted_model import FittedModel
    from engine.model.levels import Grouping
    from engine.reporting.term_words import TermLabel

    Columns = dict[str, FloatArray | IntArray | pd.Series]
    Formats = dict[str, ColumnFormat]


def group_tables(model: FittedModel) -> tuple[ResultTable, ...]:
    """One table for each grouping of the model.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    tuple of ResultTable
        Predicted deviations for groupings of the random part, most levels first; then
        the coefficients of the grouping that is not pooled.
    """
    tables = [_deviations(model, own) for own in pooled_groupings(model).values()]
    unpooled = unpooled_grouping(model)
    if unpooled is not None:
        tables.append(_regressions(model, unpooled))
    return tuple(tables)


def _level_columns(grouping: Grouping) -> tuple[Columns, Formats]:
    """The columns with which every table of groups begins."""
    columns: Columns = {
        "Level": pd.Series([str(level) for level in grouping.levels], dtype="str"),
        "Rows": rows_per_level(grouping),
    }
    return columns, {"Rows": ColumnFormat(Kind.COUNT)}


def _alike(errors: FloatArray) -> ColumnFormat:
    """Show all levels with the decimals that suit most of them."""
    known = errors[np.isfinite(errors) & (errors > 0)]
    typical = float(np.median(known)) if len(known) else ""
    return ColumnFormat(Kind.ESTIMATE, error=typical)


# ---- partial pooling ----------------------------------------------------------


def _deviations(model: FittedModel, grouping: Grouping) -> ResultTable:
    """Deviation, its SD and the level's own coefficient, for each varying term."""
    name = grouping.name
    columns, formats = _level_columns(grouping)
    effects, errors = model.group_effects[name], model.group_effects_sd[name]
    labels = [
        label
        for block in ordered_blocks(model)
        if block.grouping.name == name
        for label in block_labels(block)
    ]
    for k, (term, label) in enumerate(zip(effects.columns, labels, strict=True)):
        what = sentence_case(label.varying)
        while f"{what}: deviation" in columns:  # a term that varies twice
            what += " (again)"
        error = f"{what}: SD of deviation"
        parts = {f"{what}: deviation": effects.iloc[:, k], error: errors.iloc[:, k]}
        if term in model.design.terms:
            own = model.group_coefficients[name][term]
            parts[f"{what}: in this group"] = own
        columns |= {title: part.to_numpy() for title, part in parts.items()}
        formats |= dict.fromkeys(parts, _alike(errors.iloc[:, k].to_numpy()))
    return ResultTable(
        f"group_estimates_{name}",
        f"Estimates for each {group_noun(name)[0]}",
        pd.DataFrame(columns),
        tuple(_deviation_foot(model, name)),
        formats,
    )


def _deviation_foot(model: FittedModel, name: str) -> Iterator[str]:
    yield (
        "Deviation: predicted difference (BLUP) from the fixed effects; its SD is "
        "conditional on them and on the estimated variances."
    )
    others = " and groupings" if len(pooled_groupings(model)) > 1 else ""
    yield (
        f"In this group: the fixed effect of the same name plus the deviation of "
        f"{name}; other terms{others} are not in it."
    )


# ---- no pooling ---------------------------------------------------------------


def _regressions(model: FittedModel, grouping: Grouping) -> ResultTable:
    """Coefficients of each level that is its own, arranged by level."""
    columns, formats = _level_columns(grouping)
    position = {str(level): i for i, level in enumerate(grouping.levels)}
    own: dict[str, FloatArray] = {}
    numbers = model.coefficients
    for k, label in enumerate(fixed_labels(model)):
        found = own_level(model, label)
        if found is None:
            continue
        level, rest = found
        for title, source in ((rest, "estimate"), (f"{rest}: SE", "std_error")):
            column = own.setdefault(title, np.full(len(position), np.nan))
            column[position[level]] = numbers[source].iloc[k]
        how = _alike(own[f"{rest}: SE"])
        formats |= {rest: replace(how, missing=NOT_ESTIMABLE), f"{rest}: SE": how}
    columns |= own
    own_sd = model.estimates.sigma_by_group
    if own_sd is not None:
        columns["Residual SD"] = own_sd
        formats["Residual SD"] = ColumnFormat(Kind.VARIANCE)
    name = "separate_regressions" if is_separate(model) else "group_estimates"
    return ResultTable(
        f"{name}_{grouping.name}",
        f"Estimates for each {group_noun(grouping.name)[0]}",
        pd.DataFrame(columns),
        tuple(_regression_foot(model, grouping.name)),
        formats,
    )


def own_level(model: FittedModel, label: TermLabel) -> tuple[str, str] | None:
    """Find the level that is not pooled and that a coefficient belongs to.

    Parameters
    ----------
    model : FittedModel
    label : TermLabel
        Of the coefficient.

    Returns
    -------
    tuple of str, or None
        The level, and "Mean", "Baseline" or "Effect of ..."; None for a coefficient
        that all levels share.
    """
    if model.spec.no_pooling is None:
        return None
    name = model.spec.grouping
    if not label.parts and name is not None:
        return _level_of_several(model, label.text, name)
    own = [p for p in label.parts if p.role is Role.LEVEL and p.name == name]
    if not own:
        return None
    rest = [part.text for part in label.parts if part is not own[0]]
    if rest:
        return own[0].level, f"Effect of {' × '.join(rest)}"
    is_mean = model.spec.no_pooling is NoPooling.MEANS and not model.is_mixed
    return own[0].level, "Mean" if is_mean else "Baseline"


def _level_of_several(
    model: FittedModel, text: str, grouping: str
) -> tuple[str, str] | None:
    """The level in a name such as `lake[L01]:poly(x, 2)[1]`, which has no parts."""
    name = quoted(grouping)
    known = model.design.encoder.preparation.levels.get(grouping, ())
    levels = {str(level) for level in known}
    for own in (readable(name), readable(f"C({name})")):
        rest = text.removeprefix(f"{own}[")
        ends = [place for place in range(len(rest)) if rest.startswith("]:", place)]
        for end in ends:
            if rest != text and rest[:end] in levels:
                return rest[:end], f"Effect of {rest[end + 2 :]}"
    return None


def _regression_foot(model: FittedModel, grouping: str) -> Iterator[str]:
    own_sd = model.estimates.sigma_by_group
    if own_sd is not None:
        yield "A regression for each, by least squares, with a residual SD of its own."
        if np.isnan(own_sd).any():
            yield "No SE and no SD: as many coefficients as rows, which fit exactly."
        return
    yield (
        f"Not pooled: every {group_noun(grouping)[0]} has its own estimates; the "
        f"residual SD, {shown(model.sigma, Kind.VARIANCE)}, is one for all."
    )
    if any(own_level(model, label) is None for label in fixed_labels(model)):
        yield "Effects that all share are in the table of fixed effects."
