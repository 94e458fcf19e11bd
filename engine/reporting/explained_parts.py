"""The numbers behind one cell: a coefficient, a variance or a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted
from engine.distributions import t_quantile
from engine.reporting.effect_tables import SHARE_LEFT, block_source, partition_table
from engine.reporting.explained_intervals import followed_df, followed_interval
from engine.reporting.followed import (
    addable,
    followed,
    size_writer,
)
from engine.reporting.group_tables import own_level
from engine.reporting.model_facts import (
    block_labels,
    df_kind,
    fixed_labels,
    is_separate,
    ordered_blocks,
    rows_per_level,
    unpooled_grouping,
)
from engine.reporting.numbers import Kind, phrase, shown
from engine.reporting.term_words import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.fitted_model import FittedModel
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
    label = fixed_labels(model)[names.index(key["term"])]
    row = model.coefficients.iloc[names.index(key["term"])]
    estimate, error, df = (float(row[n]) for n in ("estimate", "std_error", "df"))
    if np.isnan(estimate):
        return {"term": key["term"]}
    values = {"term": key["term"], "estimate": shown(estimate, Kind.ESTIMATE, error)}
    values |= _own_value(label)
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
        **followed_interval(estimate, error, critical),
        **_interval("normal", estimate, error, normal),
        "narrower": shown(1 - normal / critical, Kind.SHARE),
    }
    if model.is_mixed:
        values |= followed_df(error, df)
        residual = model.n_rows - len(model.estimates.kept)
        values["residual_df"] = f"{residual}"
        values |= _interval(
            "residual", estimate, error, float(t_quantile(0.975, residual))
        )
    elif not is_separate(model):
        values["rows_less_coefficients"] = f"{model.n_rows}"
    else:
        values |= _own_df(model, label)
    return values


def _own_df(model: FittedModel, label: TermLabel) -> Values:
    """Rows and coefficients of the level whose regression a coefficient is of."""
    found, grouping = own_level(model, label), unpooled_grouping(model)
    if found is None or grouping is None:
        return {}
    levels = [str(level) for level in grouping.levels]
    kept = [fixed_labels(model)[i] for i in model.estimates.kept]
    own = [other for other in kept if (own_level(model, other) or "")[:1] == found[:1]]
    rows = int(rows_per_level(grouping)[levels.index(found[0])])
    return {
        "own_rows": counted(rows, "row"),
        "own_coefficients": counted(len(own), "coefficient"),
    }


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
        "root_of": _to_be_rooted(variance),
        "twice_sd": shown(1.96 * sd, Kind.VARIANCE),
        "n_of_group": f"{len(block.grouping.levels)}",
    }


def _to_be_rooted(variance: float) -> str:
    """A variance with the digits that its root takes."""

    def root(value: float) -> str:
        return shown(float(np.sqrt(value)), Kind.VARIANCE)

    return followed([size_writer(variance)], root, root(variance))[0]


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
            **_correlation(float(covariance[i, j]), float(sds[i]), float(sds[j])),
        }
    return {}


def _correlation(covariance: float, sd: float, other: float) -> Values:
    """A correlation, and the numbers that it is worked out from."""

    def result(*parts: float) -> str:
        ratio = parts[0] / (parts[1] * parts[2])
        return shown(float(np.clip(ratio, -1, 1)), Kind.CORRELATION)

    parts = (covariance, sd, other)
    texts = followed(list(map(size_writer, parts)), result, result(*parts))
    names = ("covariance", "fine_sd", "fine_sd_other")
    return {
        **dict(zip(names, texts, strict=True)),
        "correlation": result(*parts),
    }


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


# ---- a source of variation ------------------------------------------------------


def source_values(model: FittedModel, key: Mapping[str, str]) -> Values:
    """Where a part of the variation lives.

    Parameters
    ----------
    model : FittedModel
    key : mapping of str to str
        `source`, as the table of the partition calls it; or `group` and `term`.

    Returns
    -------
    dict of str to str
        Empty if no source is meant.
    """
    source = key.get("source", "")
    for block in ordered_blocks(model):
        names = [label.varying for label in block_labels(block)]
        if block.grouping.name == key.get("group") and key.get("term") in names:
            source = block_source(block)
    frame = partition_table(model).frame
    found = frame[frame["Source"] == source]
    if found.empty:
        return {}
    variance, share = (float(found[name].iloc[0]) for name in ("Variance", "Share"))
    values = {
        "source": source,
        "var_source": shown(variance, Kind.VARIANCE),
        "share_source": shown(share, Kind.SHARE),
    }
    left = float(found[SHARE_LEFT].iloc[0]) if SHARE_LEFT in frame else np.nan
    if np.isfinite(left):
        values["share_left"] = shown(left, Kind.SHARE)
    return values | _shares_to_follow(variance, share, left)


def _shares_to_follow(variance: float, share: float, left: float) -> Values:
    """A variance and what it is a share of: all, or what fixed effects leave."""
    wholes = {
        name: variance / part
        for name, part in (("fine_total", share), ("fine_left", left))
        if np.isfinite(part) and part > 0
    }

    def shares(own: float, *whole: float) -> list[str]:
        return [shown(own / one, Kind.SHARE) for one in whole]

    parts = (variance, *wholes.values())
    texts = followed(list(map(size_writer, parts)), shares, shares(*parts))
    return dict(zip(("fine_source", *wholes), texts, strict=True))


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
    parts = float(model.design.y[i]), float(model.fitted.iloc[i])

    def result(observed: float, fitted: float) -> str:
        return shown(observed - fitted, Kind.ESTIMATE, error)

    observed, fitted = addable(parts, error, result)
    return {
        "row": key["row"],
        "observed": observed,
        "fitted": fitted,
        "residual": result(*parts),
    }
