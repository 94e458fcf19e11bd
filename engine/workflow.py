"""From a formula and a frame to a fitted model, in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from engine.data.scan import response_advice
from engine.data.table import Table
from engine.errors import DataError, DesignError, EngineError
from engine.fitted_model import FittedModel
from engine.fitting.fit import estimate
from engine.fitting.pooled import estimate_separately, separate_grouping
from engine.model.formula import parse_formula_with_notes
from engine.model.matrices import build_design
from engine.model.spec import ModelSpec, NoPooling
from engine.progress import ignore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import AnyArray
    from engine.progress import Report
    from engine.sentences import Said


def fit(
    formula: str | ModelSpec,
    frame: pd.DataFrame | Table,
    *,
    estimation: str = "REML",
    weights: pd.Series | Sequence[float] | AnyArray | str | None = None,
    offset: pd.Series | Sequence[float] | AnyArray | str | None = None,
    report: Report = ignore,
) -> FittedModel:
    """Fit a linear mixed model, or a linear model by least squares.

    Parameters
    ----------
    formula : str or ModelSpec
        An lme4 formula such as ``log_mass ~ log_length + (1 | lake)``, or the model as
        data. Without a bar it is least squares.
    frame : DataFrame or Table
        One row a measurement; not modified.
    estimation : {"REML", "ML"}
        Restricted or full maximum likelihood.
    weights : str, or array of length of the frame, optional
        Prior weights, as lme4's: the residual variance of a row is sigma^2 / weight.
    offset : str, or array of length of the frame, optional
        A part of the response taken as known.
    report : callable
        Called with a `Step` at each evaluation; may raise `Cancelled`.

    Returns
    -------
    FittedModel

    Raises
    ------
    EngineError
        If the formula cannot be read, or the data cannot support the model.
    """
    data, notes = _data_of(frame)
    if isinstance(formula, str):
        spec, read = parse_formula_with_notes(formula, tuple(data.columns))
        notes = (*notes, *read)
    elif isinstance(formula, ModelSpec):
        spec = formula
    else:
        raise EngineError("There is no model.", "Give a formula or a ModelSpec.")
    try:
        design = build_design(spec, data, weights=weights, offset=offset)
    except DesignError as error:
        raise _with_reading(error, notes, data) from error
    if spec.no_pooling is NoPooling.SEPARATE:
        estimates = estimate_separately(
            design, separate_grouping(design), estimation=estimation
        )
    else:
        estimates = estimate(design, estimation=estimation, report=report)
    advice = response_advice(design.y, design.response_name)
    return FittedModel(estimates, (*notes, *advice))


def _data_of(frame: pd.DataFrame | Table) -> tuple[pd.DataFrame, tuple[Said, ...]]:
    """The rows with text for column names, and what was noted when reading them."""
    data, notes = (
        (frame.frame, frame.notes) if isinstance(frame, Table) else (frame, ())
    )
    if not isinstance(data, pd.DataFrame):
        raise DataError("There are no data.", "Give a DataFrame, or a Table as read.")
    if not all(isinstance(name, str) for name in data.columns):
        data = data.set_axis([str(name) for name in data.columns], axis=1)
    return data, notes


def _with_reading(
    error: DesignError, notes: tuple[Said, ...], data: pd.DataFrame
) -> DesignError:
    """Add what reading the file had to say of the column that stands in the way."""
    named = [f"'{name}'" for name in data.columns if f"'{name}'" in error.message]
    known = [note for note in notes if any(name in note for name in named)]
    remedy = " ".join([*map(str, known), error.remedy])
    return DesignError(error.said, remedy, error.details)
