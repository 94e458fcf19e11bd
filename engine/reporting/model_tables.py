"""Tables about the model as a whole: what it is, and how well it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from engine.model.spec import NoPooling, Pooling
from engine.reporting.model_facts import (
    estimation_words,
    has_likelihood,
    is_separate,
    plain_message,
    pooled_groupings,
    rows_per_level,
    span,
    unpooled_grouping,
)
from engine.reporting.numbers import Kind
from engine.reporting.result_table import ColumnFormat, ResultTable
from engine.reporting.version import SOFTWARE, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.fitted_model import FittedModel

Item = tuple[str, object]

_KINDS = {
    "Residual SD": Kind.VARIANCE,
    "Residual SD (pooled)": Kind.VARIANCE,
    "REML criterion": Kind.INDEX,
    "ML deviance": Kind.INDEX,
    "Criterion still to gain": Kind.VARIANCE,
}
"""How numbers are rounded that other tables have too."""

_UNPOOLED = {
    NoPooling.MEANS: "a mean for each level",
    NoPooling.INTERCEPTS: "a baseline for each level, common effects",
    NoPooling.SLOPES: "a regression for each level, one residual SD",
    NoPooling.SEPARATE: "a regression and a residual SD for each level",
}


def information_table(model: FittedModel) -> ResultTable:
    """What was fitted, to what, how, and how far it can be trusted."""
    items = [*_model_items(model), *_data_items(model), *_fit_items(model)]
    frame = pd.DataFrame(
        {
            "Item": pd.Series([name for name, _ in items], dtype="str"),
            "Value": pd.Series([value for _, value in items], dtype="object"),
        }
    )
    kinds = tuple(_KINDS.get(name, Kind.VALUE) for name, _ in items)
    formats = {"Value": ColumnFormat(Kind.VALUE, is_mixed=True, kinds=kinds)}
    return ResultTable("model_information", "Model information", frame, formats=formats)


def _model_items(model: FittedModel) -> Iterator[Item]:
    yield "Response", model.design.response_name
    yield "Formula", model.formula
    yield "Model", _kind_of_model(model)
    unpooled = unpooled_grouping(model)
    if unpooled is not None and model.spec.no_pooling is not None:
        how = _UNPOOLED[model.spec.no_pooling]
        yield f"No pooling of {unpooled.name}", how
    yield "Estimation", estimation_words(model)
    yield "Software", f"{SOFTWARE} {VERSION}"


def _kind_of_model(model: FittedModel) -> str:
    if model.is_mixed:
        return "Linear mixed model (partial pooling)"
    if model.spec.pooling is Pooling.NONE:
        return "Linear model (no pooling)"
    if model.spec.grouping is not None:
        return "Linear model (complete pooling)"
    return "Linear model"


def _data_items(model: FittedModel) -> Iterator[Item]:
    yield "Rows used", model.n_rows
    yield "Rows not used", len(model.unused_rows)
    groupings = pooled_groupings(model)
    unpooled = unpooled_grouping(model)
    if unpooled is not None:
        groupings[unpooled.name] = unpooled
    for name, grouping in groupings.items():
        yield f"Levels of {name}", len(grouping.levels)
        yield f"Rows per level of {name}", span(rows_per_level(grouping))
    weights = model.design.weights
    if weights is not None:
        yield "Smallest weight", float(weights.min())
        yield "Largest weight", float(weights.max())
    if model.design.offset is not None:
        yield "Offset", ", ".join(model.design.written.offset) or "given"


def _fit_items(model: FittedModel) -> Iterator[Item]:
    yield "Fixed coefficients estimated", len(model.estimates.kept)
    yield "Parameters in all", model.n_parameters
    yield "Residual SD" + (" (pooled)" if is_separate(model) else ""), model.sigma
    if has_likelihood(model):
        criterion = "REML criterion" if model.estimation == "REML" else "ML deviance"
        yield criterion, model.criterion
    if model.is_mixed:
        # half of g'H^-1 g, which is what a quadratic would fall by
        yield "Criterion still to gain", model.convergence.newton_decrement / 2
        yield "Singular", "yes" if model.is_singular else "no"
    yield "Optimum", model.convergence.verdict.value
    yield "In words", plain_message(model)


def fit_index_table(model: FittedModel) -> ResultTable:
    """Likelihood and information criteria of this fit's own likelihood."""
    kind = "REML" if model.estimation == "REML" else "ML"
    rows: list[tuple[str, object]] = [
        ("Criterion (minus twice the log-likelihood)", model.criterion),
        ("Log-likelihood", model.loglik),
        ("Parameters k", model.n_parameters),
        ("AIC", model.aic),
        ("AICc", model.aicc),
        ("BIC", model.bic),
    ]
    frame = pd.DataFrame(
        {
            "Index": pd.Series([name for name, _ in rows], dtype="str"),
            "Value": pd.Series([value for _, value in rows], dtype="object"),
            "Likelihood": pd.Series([kind] * len(rows), dtype="str"),
        }
    )
    missing = "not defined"
    formats = {"Value": ColumnFormat(Kind.INDEX, missing=missing)}
    foot = tuple(_index_foot(model))
    return ResultTable("fit_indices", "Fit", frame, foot, formats)


def _index_foot(model: FittedModel) -> Iterator[str]:
    if not has_likelihood(model):
        yield "Some level is reproduced exactly, so the model has no likelihood."
        return
    if model.estimation == "REML":
        yield (
            "Of the restricted likelihood (REML): do not compare these values between "
            "models with different fixed parts; fit both by ML for that."
        )
    else:
        yield (
            "Of the full likelihood (ML): comparable with other ML fits to the same "
            "rows and the same response."
        )
    yield f"AICc and BIC count the {model.n_rows} rows."
