"""The numbers behind one cell: a coefficient, a variance, a group or a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from engine.data.group_words import sentence_case
from engine.distributions import t_quantile
from engine.model.spec import INTERCEPT
from engine.reporting.model_facts import (
    block_labels,
    df_kind,
    fixed_labels,
    is_separate,
    ordered_blocks,
    rows_per_level,
)
from engine.reporting.numbers import MINUS, Kind, phrase, shown
from engine.reporting.term_words import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.fitted_model import FittedModel
    from engine.fitting.result import BlockEstimates
    from engine.model.design import RandomBlock
    from engine.reporting.term_words import TermLabel

Values = dict[str, str]


def coefficient_values(model: FittedModel, key: Mapping[str, str]) -> Values:
    """A fixed effect, its interval and its test.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        `term`, and no other entry.

    Returns
    -------
    dict of str to str
        Empty if no coefficient is meant, or it cannot be estimated.
    """
    names = [label.text for label in fixed_labels(model)]
    if set(key) != {"term"} or key["term"] not in names:
        return {}
    row = model.coefficients.iloc[names.index(key["term"])]
    estimate, error, df = (float(row[n]) for n in ("estimate", "std_error", "df"))
    if np.isnan(estimate):
        return {"term": key["term"]}
    values = {"term": key["term"], "estimate": shown(estimate, Kind.ESTIMATE, error)}
    values |= _own_value(fixed_labels(model)[names.index(key["term"])])
    if not (np.isfinite(error) and error > 0):
        return values
    critical = float(t_quantile(0.975, df))
    normal = float(t_quantile(0.975, float("inf")))
    values |= {
        "se": shown(error, Kind.ESTIMATE, error),
        "lower": shown(float(row["lower"]), Kind.ESTIMATE, error),
        "upper": shown(float(row["upper"]), Kind.ESTIMATE, error),
        "df": shown(df, df_kind(model)),
        "t": shown(float(row["statistic"]), Kind.STATISTIC),
        "absolute_t": shown(abs(float(row["statistic"])), Kind.STATISTIC),
        "p_phrase": phrase("p", float(row["p_value"]), Kind.P_VALUE),
        # two digits more than the table, so that the interval can be followed
        "fine_estimate": shown(estimate, Kind.ESTIMATE, error / 100),
        "fine_se": shown(error, Kind.ESTIMATE, error / 100),
        "critical": f"{critical:.4f}",
        **_interval("normal", estimate, error, normal),
        "narrower": shown(1 - normal / critical, Kind.SHARE),
        "variance_of_estimate": shown(error**2, Kind.VALUE),
    }
    if model.is_mixed:
        # Satterthwaite's equation read backwards; the same number, not another one
        values["variance_of_variance"] = shown(2 * error**4 / df, Kind.VALUE)
        residual = model.n_rows - len(model.estimates.kept)
        values["residual_df"] = f"{residual}"
        values |= _interval(
            "residual", estimate, error, float(t_quantile(0.975, residual))
        )
    elif not is_separate(model):
        values["rows_less_coefficients"] = f"{model.n_rows}"
    return values


def _interval(name: str, estimate: float, error: float, critical: float) -> Values:
    """The interval that other degrees of freedom would give."""
    half = critical * error
    return {
        f"{name}_lower": shown(estimate - half, Kind.ESTIMATE, error),
        f"{name}_upper": shown(estimate + half, Kind.ESTIMATE, error),
    }


def _own_value(label: TermLabel) -> Values:
    """Name the level whose value, or slope, a coefficient is by itself."""
    levels = [part for part in label.parts if part.role is Role.LEVEL]
    slopes = [part for part in label.parts if part.role is Role.NUMBER]
    if not levels or len(levels) + len(slopes) < len(label.parts):
        return {}
    level = " × ".join(part.text for part in levels)
    if not slopes:
        return {"own_level": level}
    slope = " × ".join(part.text for part in slopes)
    return {"own_slope_level": level, "own_slope": slope}


def component_values(model: FittedModel, key: Mapping[str, str]) -> Values:
    """A variance among groups.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        `group` and `term`: what varies, as the table of variances calls it.

    Returns
    -------
    dict of str to str
        Empty if no such variance is meant.
    """
    found = _component(model, key.get("group"), key.get("term"))
    if found is None:
        return {}
    block, variance = found
    sd = float(np.sqrt(variance))
    return {
        "group": block.grouping.name,
        "varying": key["term"],
        "variance": shown(variance, Kind.VARIANCE),
        "sd": shown(sd, Kind.VARIANCE),
        "twice_sd": shown(1.96 * sd, Kind.VARIANCE),
        "n_of_group": f"{len(block.grouping.levels)}",
    }


def correlation_values(model: FittedModel, key: Mapping[str, str]) -> Values:
    """A correlation between two things that vary among the same groups.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        `group`, `term` and `with`.

    Returns
    -------
    dict of str to str
        Empty if no such correlation is meant, or it is not defined.
    """
    if "with" not in key:
        return {}
    for index in model.estimates.block_order:
        block = model.design.blocks[index]
        names = [label.varying for label in block_labels(block)]
        wanted = [key.get("term"), key["with"]]
        if block.grouping.name != key.get("group") or not set(wanted) <= set(names):
            continue
        i, j = (names.index(str(name)) for name in wanted)
        covariance = model.estimates.blocks[index].covariance
        sds = np.sqrt(np.diag(covariance))
        if not sds[i] * sds[j] > 0:
            return {}
        return {
            "other": key["with"],
            "sd_other": shown(float(sds[j]), Kind.VARIANCE),
            "covariance": shown(float(covariance[i, j]), Kind.VARIANCE),
            "correlation": shown(
                float(np.clip(covariance[i, j] / (sds[i] * sds[j]), -1, 1)),
                Kind.CORRELATION,
            ),
        }
    return {}


def correlations_of(
    model: FittedModel,
) -> Iterator[tuple[str, tuple[str, str], float]]:
    """Give every correlation of the random part that is defined.

    Parameters
    ----------
    model : FittedModel

    Yields
    ------
    group : str
    pair : tuple of (str, str)
        What varies, as the table of variances calls it.
    correlation : float
    """
    for index in model.estimates.block_order:
        block = model.design.blocks[index]
        names = [label.varying for label in block_labels(block)]
        covariance = model.estimates.blocks[index].covariance
        sds = np.sqrt(np.diag(covariance))
        for i, j in zip(*np.triu_indices(len(names), 1), strict=True):
            if sds[i] * sds[j] > 0:
                value = float(np.clip(covariance[i, j] / (sds[i] * sds[j]), -1, 1))
                yield block.grouping.name, (names[i], names[j]), value


def _component(
    model: FittedModel, group: str | None, term: str | None
) -> tuple[RandomBlock, float] | None:
    """The block in which a term varies, and its variance."""
    for index in model.estimates.block_order:
        block = model.design.blocks[index]
        names = [label.varying for label in block_labels(block)]
        if block.grouping.name == group and term in names:
            k = names.index(term)
            return block, float(model.estimates.blocks[index].covariance[k, k])
    return None


# ---- one group ----------------------------------------------------------------


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
        return {"level": key["level"]} if "level" in key else {}
    grouping = block.grouping
    j = [str(level) for level in grouping.levels].index(key["level"])
    n_j = int(rows_per_level(grouping)[j])
    values = {
        "level": key["level"],
        "group": grouping.name,
        "n_of_group": f"{len(grouping.levels)}",
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
    error = float(np.sqrt(max(own.conditional[j, k, k], 0.0)))
    values = {
        "varying": block_labels(block)[k].varying,
        "deviation": shown(deviation, Kind.ESTIMATE, error),
        "deviation_sd": shown(error, Kind.ESTIMATE, error),
    }
    terms = list(model.design.terms)
    if block.terms[k] in terms:
        name, level = block.grouping.name, block.grouping.levels[j]
        fixed = float(model.estimates.beta[terms.index(block.terms[k])])
        size = shown(abs(deviation), Kind.ESTIMATE, error)
        whole = float(model.group_coefficients[name].loc[level, block.terms[k]])
        values |= {
            "plus_deviation": f"{MINUS if deviation < 0 else '+'} {size}",
            "common": shown(fixed, Kind.ESTIMATE, error),
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
    error = float(np.sqrt(own.conditional[j, 0, 0]))
    return {
        "lambda_j": f"{kept:.3f}",
        # a digit more than the table has, so that the product can be followed
        "raw": shown(raw, Kind.ESTIMATE, error / 10),
        "shrunk": shown(kept * raw, Kind.ESTIMATE, error / 10),
        "variance": shown(variance, Kind.VARIANCE),
    }


def _estimates_of(model: FittedModel, block: RandomBlock) -> BlockEstimates:
    position = next(i for i, own in enumerate(model.design.blocks) if own is block)
    return model.estimates.blocks[position]


# ---- one row ------------------------------------------------------------------


def row_values(model: FittedModel, key: Mapping[str, str]) -> Values:
    """Observed and fitted value of one row used.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        `row`: its label.

    Returns
    -------
    dict of str to str
    """
    if "row" not in key:
        return {}
    found = np.flatnonzero(model.design.rows.astype(str) == key["row"])
    if not len(found):
        return {}
    i, error = int(found[0]), model.sigma / 10
    residual = float(model.residuals.iloc[i])
    return {
        "row": key["row"],
        "observed": shown(float(model.design.y[i]), Kind.ESTIMATE, error),
        "fitted": shown(float(model.fitted.iloc[i]), Kind.ESTIMATE, error),
        "residual": shown(residual, Kind.ESTIMATE, error),
    }
