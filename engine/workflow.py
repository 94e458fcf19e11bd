"""From a formula and a frame to a fitted model, in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.scan import response_advice
from engine.data.table import Table
from engine.fitted_model import FittedModel
from engine.fitting.fit import estimate
from engine.fitting.pooled import estimate_separately, separate_grouping
from engine.model.formula import parse_formula_with_notes
from engine.model.matrices import build_design
from engine.model.spec import ModelSpec, NoPooling
from engine.progress import ignore

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from engine.arrays import AnyArray
    from engine.progress import Report


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
    data, notes = (
        (frame.frame, frame.notes) if isinstance(frame, Table) else (frame, ())
    )
    if isinstance(formula, str):
        spec, read = parse_formula_with_notes(formula, tuple(data.columns))
        notes = (*notes, *read)
    else:
        spec = formula
    design = build_design(spec, data, weights=weights, offset=offset)
    if spec.no_pooling is NoPooling.SEPARATE:
        estimates = estimate_separately(
            design, separate_grouping(design), estimation=estimation
        )
    else:
        estimates = estimate(design, estimation=estimation, report=report)
    advice = response_advice(design.y, design.response_name)
    return FittedModel(estimates, (*notes, *advice))
