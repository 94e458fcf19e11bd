"""The numbers behind one level of a grouping, and behind a grouping as a whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from engine.data.group_words import sentence_case
from engine.data.wording import counted
from engine.model.spec import INTERCEPT
from engine.number_style import current_style
from engine.reporting.followed import (
    addable,
    decimals_writer,
    estimate_writer,
    followed,
    size_writer,
)
from engine.reporting.group_tables import own_level
from engine.reporting.model_facts import (
    block_labels,
    fixed_labels,
    ordered_blocks,
    pooled_groupings,
    rows_per_level,
    span,
    unpooled_grouping,
)
from engine.reporting.numbers import Kind, finer, shown
from engine.written_numbers import MINUS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.arrays import FloatArray
    from engine.fitted_model import FittedModel
    from engine.fitting.result import BlockEstimates
    from engine.model.design import RandomBlock

Values = dict[str, str]


def level_values(model: FittedModel, key: Mapping[str, str]) -> Values:
    """What is predicted for one level of a grouping of the random part.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        `level`; `table`, the name of the table of groups; `term`, what varies, with
        the capital that the table's columns have, where one column is meant.

    Returns
    -------
    dict of str to str
        With `lambda_j` and `raw` only for a single random intercept, where the
        shrinkage is one number.
    """
    block = _block_of_table(model, key)
    if block is None:
        return _own_values(model, key)
    grouping = block.grouping
    j = [str(level) for level in grouping.levels].index(key["level"])
    n_j = int(rows_per_level(grouping)[j])
    values = {
        "level": key["level"],
        "group": grouping.name,
        "n_of_group": f"{len(grouping.levels)}",
        "own_rows_in_words": counted(n_j, "row"),
        "n_j": f"{n_j}",
    }
    names = [sentence_case(label.varying) for label in block_labels(block)]
    if key.get("term") in names:
        values |= _deviation(model, block, j, names.index(str(key["term"])))
    if _is_single_intercept(model):
        values |= _shrinkage(model, block, j, n_j)
    return values


def _block_of_table(model: FittedModel, key: Mapping[str, str]) -> RandomBlock | None:
    """The first block of the table's grouping that has the level and the term."""
    level, term = key.get("level"), key.get("term")
    found = [
        block
        for block in ordered_blocks(model)
        if level in {str(own) for own in block.grouping.levels}
    ]
    named = [b for b in found if _letters(b.grouping.name) == _letters_of_table(key)]
    for block in named or found:
        if term in {sentence_case(label.varying) for label in block_labels(block)}:
            return block
    return next(iter(named or found), None)


def _letters(name: str) -> str:
    """Letters and digits only: what is left of a grouping in a table's name."""
    return re.sub(r"[^A-Za-z0-9]+", "", name)


def _letters_of_table(key: Mapping[str, str]) -> str:
    return _letters(key.get("table", "").removeprefix("group_estimates_"))


def _deviation(model: FittedModel, block: RandomBlock, j: int, k: int) -> Values:
    own = _estimates_of(model, block)
    deviation = float(own.effects[j, k])
    errors = np.sqrt(np.maximum(own.conditional[:, k, k], 0.0))
    error = _typical(errors)
    values = {
        "varying": block_labels(block)[k].varying,
        "deviation": shown(deviation, Kind.ESTIMATE, error),
        "deviation_sd": shown(float(errors[j]), Kind.ESTIMATE, error),
    }
    terms = list(model.design.terms)
    if block.terms[k] in terms:
        name, level = block.grouping.name, block.grouping.levels[j]
        fixed = float(model.estimates.beta[terms.index(block.terms[k])])
        whole = float(model.group_coefficients[name].loc[level, block.terms[k]])
        sign = -1 if deviation < 0 else 1

        def result(common: float, size: float) -> str:
            return shown(common + sign * size, Kind.ESTIMATE, error)

        common, size = addable((fixed, abs(deviation)), error, result)
        values |= {
            "plus_deviation": f"{MINUS if deviation < 0 else '+'} {size}",
            "common": common,
            "in_this_group": shown(whole, Kind.ESTIMATE, error),
        }
    return values


def _is_single_intercept(model: FittedModel) -> bool:
    blocks = model.design.blocks
    return (
        len(blocks) == 1
        and blocks[0].terms == (INTERCEPT,)
        and model.design.weights is None
    )


def _shrinkage(model: FittedModel, block: RandomBlock, j: int, n_j: int) -> Values:
    """Mean of the group's differences from the fixed part, and how much of it stays."""
    own = _estimates_of(model, block)
    variance = float(own.covariance[0, 0])
    kept = variance / (variance + model.sigma**2 / n_j)
    design = model.design
    means = design.X @ np.nan_to_num(model.estimates.beta)
    if design.offset is not None:
        means = means + design.offset
    raw = float((design.y - means)[block.grouping.codes == j].mean())
    error = _typical(np.sqrt(np.maximum(own.conditional[:, 0, 0], 0.0)))

    def product(share: float, mean: float) -> str:
        return finer(share * mean, error, more=1)

    texts = followed(
        (decimals_writer(kept), estimate_writer(raw, error)),
        product,
        product(kept, raw),
    )

    def share_kept(own_variance: float, residual: float) -> float:
        share = own_variance / (own_variance + residual / n_j)
        return round(share, len(texts[0].rpartition(current_style().mark)[2]))

    variances = followed(
        (size_writer(variance), size_writer(model.sigma**2)),
        share_kept,
        share_kept(variance, model.sigma**2),
    )
    names = ("lambda_j", "raw", "fine_variance", "fine_sigma_squared")
    return {
        **dict(zip(names, (*texts, *variances), strict=True)),
        "shrunk": product(kept, raw),
    }


def _estimates_of(model: FittedModel, block: RandomBlock) -> BlockEstimates:
    position = next(i for i, own in enumerate(model.design.blocks) if own is block)
    return model.estimates.blocks[position]


def _typical(errors: FloatArray) -> float:
    """The error that sets the decimals of a whole column of the table."""
    known = errors[np.isfinite(errors) & (errors > 0)]
    return float(np.median(known)) if len(known) else float("nan")


# ---- a level that is not pooled -------------------------------------------------


def _own_values(model: FittedModel, key: Mapping[str, str]) -> Values:
    """What a level that is not pooled has for itself."""
    grouping = unpooled_grouping(model)
    if grouping is None or "level" not in key:
        return {"level": key["level"]} if "level" in key else {}
    levels = [str(level) for level in grouping.levels]
    if key["level"] not in levels:
        return {"level": key["level"]}
    j = levels.index(key["level"])
    values = {
        "level": key["level"],
        "group": grouping.name,
        "own_rows_in_words": counted(int(rows_per_level(grouping)[j]), "row"),
    }
    sigmas = model.estimates.sigma_by_group
    if sigmas is not None and np.isfinite(sigmas[j]):
        values["own_sigma"] = shown(float(sigmas[j]), Kind.VARIANCE)
    return values | _own_coefficient(model, key)


def _own_coefficient(model: FittedModel, key: Mapping[str, str]) -> Values:
    """A coefficient of one level, with the decimals of the table of all levels."""
    what = key.get("term", "").removesuffix(": SE")
    places = {}
    for k, label in enumerate(fixed_labels(model)):
        found = own_level(model, label)
        if found is not None and found[1] == what:
            places[found[0]] = k
    if key["level"] not in places:
        return {}
    rows = model.coefficients.iloc[list(places.values())]
    typical = _typical(rows["std_error"].to_numpy(dtype=float))
    row = model.coefficients.iloc[places[key["level"]]]
    if not np.isfinite(row["estimate"]):
        return {}
    values = {
        "own_what": what,
        "own_estimate": shown(float(row["estimate"]), Kind.ESTIMATE, typical),
    }
    if np.isfinite(row["std_error"]):
        values["own_se"] = shown(float(row["std_error"]), Kind.ESTIMATE, typical)
    return values


# ---- a grouping -------------------------------------------------------------------


def grouping_values(model: FittedModel, key: Mapping[str, str]) -> Values:
    """How many levels a grouping has, and rows each.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        `grouping`: its name.

    Returns
    -------
    dict of str to str
        Empty if no grouping is meant.
    """
    groupings = pooled_groupings(model)
    own = unpooled_grouping(model)
    if own is not None:
        groupings[own.name] = own
    found = groupings.get(key.get("grouping", ""))
    if found is None:
        return {}
    size = len(found.levels)
    return {
        "groups": f"{found.name} ({size})",
        "grouping": found.name,
        "n_levels": f"{size}",
        "rows_per_level": span(rows_per_level(found)),
    }
