"""Tables of the fixed effects, of the variances, and of where the variation lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.group_words import group_noun, sentence_case
from engine.inference.f_tests import REFITTED
from engine.inference.variance_partition import block_variances, residual_variance
from engine.reporting.model_facts import (
    block_labels,
    df_kind,
    df_words,
    estimation_words,
    fixed_labels,
    inference_key,
    is_separate,
    notes_of,
    ordered_blocks,
    percent,
    plain_message,
    unpooled_grouping,
)
from engine.reporting.numbers import Kind
from engine.reporting.result_table import ColumnFormat, ResultTable
from engine.reporting.term_words import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.fitted_model import FittedModel
    from engine.model.design import RandomBlock
    from engine.reporting.term_words import TermLabel

NOT_ESTIMABLE = "not estimable"
SHARE_LEFT = "Share without fixed effects"

_FIXED_COLUMNS = {
    "Estimate": "estimate",
    "SE": "std_error",
    "{level} lower": "lower",
    "{level} upper": "upper",
    "df": "df",
    "t": "statistic",
    "p": "p_value",
}
_AS_ITS_ERROR = ColumnFormat(Kind.ESTIMATE, error="SE")
_FIXED_FORMATS = {
    "Estimate": ColumnFormat(Kind.ESTIMATE, error="SE", missing=NOT_ESTIMABLE),
    "SE": _AS_ITS_ERROR,
    "{level} lower": _AS_ITS_ERROR,
    "{level} upper": _AS_ITS_ERROR,
    "t": ColumnFormat(Kind.STATISTIC),
    "p": ColumnFormat(Kind.P_VALUE),
}
_VARIANCE_FORMATS = {
    "Variance": ColumnFormat(Kind.VARIANCE),
    "SD": ColumnFormat(Kind.VARIANCE),
}


# ---- fixed effects ------------------------------------------------------------


def fixed_effects_table(model: FittedModel) -> ResultTable:
    """Estimate, standard error, interval and test of each fixed effect."""
    labels, numbers = fixed_labels(model), model.coefficients
    columns: dict[str, object] = {
        "Term": pd.Series([label.text for label in labels], dtype="str")
    }
    level = percent(model.inference.level)
    for title, name in _FIXED_COLUMNS.items():
        columns[title.format(level=level)] = numbers[name].to_numpy()
    frame = pd.DataFrame(columns)
    formats = {title.format(level=level): own for title, own in _FIXED_FORMATS.items()}
    formats["df"] = ColumnFormat(df_kind(model))
    return ResultTable(
        "fixed_effects",
        "Fixed effects",
        frame,
        tuple(_fixed_foot(model, labels)),
        formats,
        key=inference_key(model),
    )


def _fixed_foot(model: FittedModel, labels: tuple[TermLabel, ...]) -> Iterator[str]:
    notes = notes_of(model, model.coefficients)
    how = (
        f"t tests and {percent(model.inference.level)} confidence intervals with "
        f"{df_words(model)}."
    )
    if REFITTED in notes:  # then these are not the estimates of the fit
        yield f"The model is fitted by {estimation_words(model)}. {sentence_case(how)}"
    else:
        yield f"Estimated by {estimation_words(model)}; {how}"
    yield from notes
    compared = {
        part.name: part.reference
        for label in labels
        for part in label.parts
        if part.role is Role.DIFFERENCE and part.reference
    }
    for name, reference in compared.items():
        yield f"{name}: differences from {reference}."
    if any(len(label.parts) > 1 and not _has_levels(label) for label in labels):
        yield (
            "× marks interactions: a term without × then holds where the other factor "
            "is 0 or at its reference level."
        )
    if len(model.estimates.kept) < len(labels):
        yield f"{NOT_ESTIMABLE.capitalize()}: the term repeats others; see the notes."


def _has_levels(label: TermLabel) -> bool:
    return any(part.role is Role.LEVEL for part in label.parts)


# ---- variances ----------------------------------------------------------------


def variance_table(model: FittedModel) -> ResultTable:
    """Variances, SDs and correlations of the random effects and of the residuals."""
    if not model.is_mixed:
        return _residual_table(model)
    *shares, left = _shares_left(model)
    rows = [
        row
        for (block, part), share in zip(_components(model), shares, strict=True)
        for row in _block_rows(block, part, share)
    ]
    last = model.variance_components.iloc[-1]
    residual = {"Group": "Residual", "Variance": last["variance"], "SD": last["sd"]}
    frame = _tidy(pd.DataFrame([*rows, {**residual, SHARE_LEFT: left}]))
    correlations = [str(name) for name in frame if "Correlation" in str(name)]
    formats = {
        **_VARIANCE_FORMATS,
        "Levels": ColumnFormat(Kind.COUNT),
        **dict.fromkeys(correlations, ColumnFormat(Kind.CORRELATION)),
        SHARE_LEFT: ColumnFormat(Kind.SHARE),
    }
    title = "Random-effect variances (between-group variation)"
    foot = tuple(_variance_foot(model))
    return ResultTable("random_effect_variances", title, frame, foot, formats)


def _residual_table(model: FittedModel) -> ResultTable:
    """Variance and SD of the residuals of a model without random effects."""
    last = model.variance_components.iloc[-1]
    row = {"Group": "Residual", "Variance": last["variance"], "SD": last["sd"]}
    foot: tuple[str, ...] = ()
    if is_separate(model):
        foot = ("Pooled over the levels; each level's own SD is in its table.",)
    name, title = "residual_variance", "Residual variance"
    return ResultTable(name, title, pd.DataFrame([row]), foot, _VARIANCE_FORMATS)


def _components(model: FittedModel) -> Iterator[tuple[RandomBlock, pd.DataFrame]]:
    """Each block with its rows of the table of variance components."""
    components, start = model.variance_components, 0
    for block in ordered_blocks(model):
        k = len(block.terms)
        stop = start + k + k * (k - 1) // 2
        yield block, components.iloc[start:stop]
        start = stop


def _block_rows(
    block: RandomBlock, part: pd.DataFrame, share: float
) -> list[dict[str, object]]:
    """One row a term; correlations stand in the row of the later term."""
    labels, k = block_labels(block), len(block.terms)
    rows: list[dict[str, object]] = [
        {
            "Group": block.grouping.name,
            "Levels": len(block.grouping.levels),
            "Varies in": label.varying,
            "Variance": variance,
            "SD": sd,
        }
        for label, variance, sd in zip(
            labels, part["variance"].iloc[:k], part["sd"].iloc[:k], strict=True
        )
    ]
    pairs = iter(part["correlation"].iloc[k:])
    for i in range(k):
        for j in range(i + 1, k):
            rows[j][f"Correlation with {labels[i].varying}"] = next(pairs)
    rows[0][SHARE_LEFT] = share
    return rows


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Order the columns, and put nothing where a row has no such thing."""
    correlations = [name for name in frame if "Correlation" in str(name)]
    first = ["Group", "Levels", "Varies in", "Variance", "SD"]
    ordered = frame[[*first, *correlations, SHARE_LEFT]].copy()
    ordered["Levels"] = ordered["Levels"].astype("Int64")
    ordered["Varies in"] = ordered["Varies in"].fillna("").astype("str")
    return ordered


def _shares_left(model: FittedModel) -> list[float]:
    """Shares of the variance that the fixed effects leave: blocks, then residual."""
    own = block_variances(model.estimates)
    parts = [own[i] for i in model.estimates.block_order] + [
        residual_variance(model.estimates)
    ]
    return [part / sum(parts) for part in parts]


def _variance_foot(model: FittedModel) -> Iterator[str]:
    yield f"Estimated by {estimation_words(model)}."
    yield (
        "Share: of the variance that the fixed effects leave, averaged over the rows; "
        "for terms that are correlated it is given once, for all of them."
    )
    groups = [block.grouping.name for block in model.design.blocks]
    has_pairs = model.variance_components["term2"].notna().any()
    if len(set(groups)) < len(groups):
        yield (
            "An empty correlation is zero by the model's formula."
            if has_pairs
            else "What varies among the same groups is uncorrelated by the formula."
        )
    pairs = model.variance_components.dropna(subset=["term2"])
    if pairs["correlation"].isna().any():
        yield "A correlation with something that does not vary is not defined."
    if model.is_singular:
        yield plain_message(model)


# ---- where the variation lives ------------------------------------------------


def partition_table(model: FittedModel) -> ResultTable:
    """Variance of the response by source."""
    own = block_variances(model.estimates)
    sources = [block_source(block) for block in ordered_blocks(model)]
    parts = model.variance_partition
    random = [own[i] for i in model.estimates.block_order]
    values = np.array([parts["fixed"], *random, parts["residual"]])
    left = values / values[1:].sum()
    left[0] = np.nan
    columns = {
        "Source": pd.Series(["Fixed effects", *sources, "Residual"], dtype="str"),
        "Variance": values,
        "Share": values / values.sum(),
    }
    formats = {
        "Variance": ColumnFormat(Kind.VARIANCE),
        "Share": ColumnFormat(Kind.SHARE),
    }
    if model.is_mixed:
        columns[SHARE_LEFT] = left
        formats[SHARE_LEFT] = formats["Share"]
    foot = tuple(_partition_foot(model))
    title, frame = "Where does the variation live?", pd.DataFrame(columns)
    return ResultTable("variance_partition", title, frame, foot, formats)


def block_source(block: RandomBlock) -> str:
    """Name what varies among the groups of a block, as a source of variation."""
    what = " and ".join(label.varying for label in block_labels(block))
    return f"{block.grouping.name}: {what}"


def _partition_foot(model: FittedModel) -> Iterator[str]:
    yield "Fixed effects: variance of their fitted values over the rows used."
    if model.is_mixed:
        yield "Groups: variance of their effects, averaged over rows (Johnson 2014)."
    unpooled = unpooled_grouping(model)
    if unpooled is not None:
        plural = group_noun(unpooled.name)[1]
        yield f"Differences among {plural} belong to the fixed effects here."
    if model.design.weights is not None:
        yield "Residual: of a row with weight 1."


def explained_table(model: FittedModel) -> ResultTable:
    """R2 and, for mixed models, the intraclass correlation."""
    parts = model.variance_partition
    rows = [("R² marginal", parts["r2_marginal"], "fixed effects / all")]
    if model.is_mixed:
        rows += [
            (
                "R² conditional",
                parts["r2_conditional"],
                "(fixed effects + groups) / all",
            ),
            ("ICC adjusted", parts["icc_adjusted"], "groups / (groups + residual)"),
        ]
    else:
        rows[0] = ("R²", *rows[0][1:])
    frame = pd.DataFrame(rows, columns=["Measure", "Value", "Variances"])
    foot = (
        "R² as Nakagawa and Schielzeth (2013) define it, with random slopes as in "
        "Johnson (2014).",
    )
    if not model.is_mixed:
        foot = ("Variance of the fitted values over itself plus residual variance.",)
    formats = {"Value": ColumnFormat(Kind.FRACTION)}
    title = "R² and ICC" if model.is_mixed else "R²"
    return ResultTable("r_squared", title, frame, foot, formats)
