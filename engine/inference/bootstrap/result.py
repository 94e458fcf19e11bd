"""What a bootstrap found: the estimates of all replicates, and intervals from them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.errors import EngineError
from engine.inference.bootstrap.acceleration import accelerations
from engine.inference.bootstrap.bootstrapped_means import bootstrapped_means
from engine.inference.bootstrap.intervals import INTERVALS, interval
from engine.inference.bootstrap.mixed_effects import bootstrapped_effects
from engine.inference.bootstrap.mixed_predictions import predict_with_bootstrap
from engine.inference.bootstrap.refits import Refits
from engine.inference.bootstrap.user_scale import UserScale
from engine.inference.intraclass import replicated_icc
from engine.progress import ignore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.fitting.result import Estimates
    from engine.inference.prediction import Kind
    from engine.inference.reference_grid import At
    from engine.progress import Report


class Bootstrap:
    """Refits of a model to data simulated from it.

    Parameters
    ----------
    fitted : Estimates
        Of the model from which was simulated.
    refits : Refits
    seed : int

    Attributes
    ----------
    fitted : Estimates
    refits : Refits
    seed : int
    """

    def __init__(self, fitted: Estimates, refits: Refits, seed: int) -> None:
        self.fitted, self.refits, self.seed = fitted, refits, seed
        self._scale = UserScale(fitted)

    @property
    def n_replicates(self) -> int:
        """Replicates, singular and failed ones included."""
        return len(self.refits.s2)

    @property
    def n_singular(self) -> int:
        """Replicates with a variance of zero or a perfect correlation: all are kept."""
        return int(self.refits.is_singular.sum())

    @property
    def n_failed(self) -> int:
        """Replicates whose optimum is not proved; they are kept where there is any."""
        return int((~self.refits.is_settled).sum())

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Estimates of each replicate: replicate x parameter.

        Correlations are NaN where one of their variances is zero.
        """
        return _table(self._scale.parameters(self.refits))

    @cached_property
    def partition(self) -> pd.DataFrame:
        """The variance partition of each replicate: replicate x share."""
        return _table(self._scale.partition(self.refits))

    def icc_along(self, frame: pd.DataFrame) -> dict[str, FloatArray]:
        """Intraclass correlations at given covariates, in each replicate.

        Parameters
        ----------
        frame : DataFrame
            See `intraclass.icc_along`.

        Returns
        -------
        dict of str to ndarray of shape (m, B)
            By grouping.
        """
        covariances = self._scale.covariances(self.refits)
        s2 = self._scale.sigma(self.refits) ** 2
        return replicated_icc(self.fitted, frame, covariances, s2)

    def predict(
        self,
        frame: pd.DataFrame,
        kind: Kind = "population",
        level: float = 0.95,
        report: Report = ignore,
    ) -> pd.DataFrame:
        """Predict with the uncertainty of the variances: `predict_with_bootstrap`."""
        return predict_with_bootstrap(self, frame, kind, level, report)

    def group_effects(
        self, level: float = 0.95, report: Report = ignore
    ) -> dict[str, pd.DataFrame]:
        """Deviations of the groups with intervals: see `bootstrapped_effects`."""
        return bootstrapped_effects(self, level, report)

    def marginal_means(
        self, terms: str | Sequence[str], at: At | None = None, **asked: Any
    ) -> pd.DataFrame:
        """Marginal means, or slopes, with intervals: see `bootstrapped_means`."""
        return bootstrapped_means(self, terms, at, **asked)

    @cached_property
    def estimate(self) -> pd.Series:
        """The model's own estimates, by parameter."""
        own = self._scale.parameters(self._own)
        return pd.Series({name: values[0] for name, values in own.items()})

    @cached_property
    def _own(self) -> Refits:
        """The model itself as a single replicate."""
        e = self.fitted.evaluation
        assert e is not None
        return _as_refit(e, self.fitted.sigma / e.products.y_scale)

    def intervals(self, level: float = 0.95, kind: str = "percentile") -> pd.DataFrame:
        """Intervals of all parameters and shares of the variance.

        Parameters
        ----------
        level : float
        kind : {"percentile", "basic", "bca"}
            BCa needs a jackknife over groups, which coefficients of models with one
            grouping have; where there is none the interval is of percentiles, and the
            column `kind` says so.

        Returns
        -------
        DataFrame
            Index parameter; estimate, std_error (the replicates' SD), bias (their mean
            less the estimate), lower, upper, kind, n (replicates with a value).

        Raises
        ------
        EngineError
            If the kind or the level does not exist.
        """
        if kind not in INTERVALS:
            raise EngineError(
                f"There is no interval of kind '{kind}'.",
                "Choose 'percentile', 'basic' or 'bca'.",
            )
        if not 0.0 < level < 1.0:
            raise EngineError(
                f"An interval cannot hold a share of {level}.",
                "Choose a level between 0 and 1, such as 0.95.",
            )
        own = self.estimate.to_dict()
        shares = self._scale.partition(self._own)
        own |= {name: values[0] for name, values in shares.items()}
        accelerated = self._accelerations if kind == "bca" else {}
        every = pd.concat([self.estimates, self.partition], axis=1)
        rows = [
            interval(
                every[name].to_numpy(),
                own[name],
                level,
                kind,
                accelerated.get(str(name)),
            )
            for name in every
        ]
        index = pd.Index(every.columns, name="parameter")
        return pd.DataFrame(rows, index=index)

    @cached_property
    def _accelerations(self) -> dict[str, float]:
        return accelerations(self.fitted)


def _table(columns: dict[str, FloatArray]) -> pd.DataFrame:
    """Replicates by row."""
    made = pd.DataFrame(columns)
    return made.rename_axis(index="replicate")


def _as_refit(e: Evaluation, sigma: float) -> Refits:
    """An evaluation as one replicate."""
    one = np.ones(1, dtype=bool)
    return Refits(
        tuple(Sigma[..., None] for Sigma in e.V.sigmas),
        np.array([sigma**2]),
        np.zeros((e.products.p, 1)),
        np.array([e.value]),
        ~one,
        one,
    )
