"""Residuals that are comparable with each other, and the plots made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.density import density_of
from engine.diagnostics.plotdata import QQData, ResidualsFittedData
from engine.diagnostics.quantiles import normal_positions, simultaneous_band
from engine.diagnostics.row_groups import main_row_groups
from engine.diagnostics.smoothing import lowess
from engine.distributions import excess_kurtosis, skewness
from engine.written_numbers import fixed

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitted_model import FittedModel

FULL_LEVERAGE = 1 - 1e-10
"""Beyond this leverage a row determines its own fitted value: its residual is void."""
CENTRAL = (0.05, 0.95)
"""Range of the fitted values over which a bend is judged."""


def studentised_residuals(model: FittedModel) -> FloatArray:
    """Conditional residuals divided by their own standard deviation.

    r_i sqrt(w_i) / (sigma sqrt(1 - h_i)) with the leverage h_i of the conditional fit:
    raw conditional residuals are shrunk, so dividing by sigma alone makes every model
    look better than it is (Singer, Rocha and Nobre 2017, Int. Stat. Rev. 85, 290).

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    ndarray of shape (n,)
        Dimensionless; NaN where a row determines its own fitted value.
    """
    design, estimates = model.design, model.estimates
    residuals = design.y - estimates.fitted
    if design.weights is not None:
        residuals = residuals * np.sqrt(design.weights)
    free = 1 - estimates.leverage
    free = np.where(free > 1 - FULL_LEVERAGE, free, np.nan)
    return residuals / (row_sigma(model) * np.sqrt(free))


def row_sigma(model: FittedModel) -> FloatArray:
    """Residual standard deviation of each row; separate regressions have several."""
    own = model.estimates.sigma_by_row
    return np.full(model.n_rows, model.sigma) if own is None else own


def qq_residuals(model: FittedModel) -> QQData:
    """Normal-quantile plot of the studentised conditional residuals.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    QQData
    """
    values = studentised_residuals(model)
    kept = np.isfinite(values)
    order = np.argsort(values[kept], kind="stable")
    ordered = values[kept][order]
    lower, upper = simultaneous_band(len(ordered))
    skew, kurtosis = skewness(ordered), excess_kurtosis(ordered)
    return QQData(
        theoretical=normal_positions(len(ordered)),
        ordered=ordered,
        labels=model.design.rows[kept][order],
        lower=lower,
        upper=upper,
        value_name="studentised residual",
        title="QQ of residuals",
        caption=f"Skewness {fixed(skew, 2)}, excess kurtosis {fixed(kurtosis, 2)}",
        row_levels=main_row_groups(model, np.flatnonzero(kept)[order]),
    )


def residuals_fitted(model: FittedModel) -> ResidualsFittedData:
    """Studentised conditional residuals against conditional fitted values.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    ResidualsFittedData
    """
    values = studentised_residuals(model)
    kept = np.isfinite(values)
    fitted, values = model.estimates.fitted[kept], values[kept]
    smooth_x, smooth_y = lowess(fitted, values)
    return ResidualsFittedData(
        fitted=fitted,
        residuals=values,
        labels=model.design.rows[kept],
        smooth_x=smooth_x,
        smooth_y=smooth_y,
        response_name=model.design.response_name,
        title="Residuals v fitted",
        caption=_bend_caption(smooth_x, smooth_y, fitted),
        row_levels=main_row_groups(model, kept),
        raw_residuals=model.design.y[kept] - fitted,
        density=density_of(fitted, values),
    )


def _bend_caption(
    smooth_x: FloatArray, smooth_y: FloatArray, fitted: FloatArray
) -> str:
    """Say how far the smooth line strays from zero over the central fitted values."""
    if not len(smooth_x):
        return "Too few points for a smooth line"
    low, high = np.quantile(fitted, CENTRAL)
    central = (smooth_x >= low) & (smooth_x <= high)
    if not central.any():
        return "Too few points for a smooth line"
    bend = float(np.abs(smooth_y[central]).max())
    return f"Largest bend {fixed(bend, 2)} SD over the central 90 % of fitted values"
