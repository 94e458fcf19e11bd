"""The numbers behind one cell: a variance, a correlation, a source or a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.reporting.effect_tables import SHARE_LEFT, block_source, partition_table
from engine.reporting.followed import (
    addable,
    followed,
    size_writer,
)
from engine.reporting.model_facts import (
    block_labels,
    ordered_blocks,
)
from engine.reporting.numbers import Kind, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.fitted_model import FittedModel
    from engine.model.design import RandomBlock

Values = dict[str, str]


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
