"""Predictions whose intervals know that the variances are estimates.

See `engine.inference.bootstrap.mixture` for how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.inference.bootstrap.mixture import Mixture
from engine.inference.prediction import predict
from engine.progress import ignore

if TYPE_CHECKING:
    import pandas as pd

    from engine.inference.bootstrap.result import Bootstrap
    from engine.inference.prediction import Kind
    from engine.progress import Report


def predict_with_bootstrap(
    found: Bootstrap,
    frame: pd.DataFrame,
    kind: Kind = "population",
    level: float = 0.95,
    report: Report = ignore,
) -> pd.DataFrame:
    """Predict for the rows of a frame, with the uncertainty of the variances.

    Parameters
    ----------
    found : Bootstrap
        Of the model that predicts.
    frame, kind, level
        See `predict`.
    report : callable
        Called with a `Step` for each replicate; may raise `Cancelled`.

    Returns
    -------
    DataFrame
        estimate (the model's own), std_error, lower, upper, on the frame's index.
    """
    if found.fitted.design.blocks == ():
        return predict(found.fitted, frame, kind, level)
    mixture = Mixture(found, report=report)
    if not mixture.n:
        return predict(found.fitted, frame, kind, level)
    return mixture.predict_kinds(frame, (kind,), level)[kind].table
