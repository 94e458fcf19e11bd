"""A model at the variances of bootstrap replicates, ready to predict for any rows.

Given the variances, a quantity is normal around its prediction, with Henderson's
standard error s. At the variances of replicate i the prediction moves from c to c_i,
and its standard error to s_i; the data stay what they are. Two mixtures over i:

    c + s T,  T ~ N((c - c_i) / s_i, (s / s_i)^2)     the calibrated pivot
    N(c_i, s_i^2)                                     the mixture itself

The first is the law of (truth - prediction) / standard error when the model is true and
the variances are estimated (Chatterjee, Lahiri and Li 2008, Ann. Stat. 36, 1221), with
the error that remains at the true variances independent of their estimates (Kackar and
Harville 1984, J. Am. Stat. Assoc. 79, 853); for a balanced mean it is Student's t. At
an estimate of zero it is too narrow: there the second one is wider (Laird and Louis
1987, J. Am. Stat. Assoc. 82, 739, type III). Each end is the outer one of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.criterion import evaluate
from engine.fitting.crossproducts import user_coefficients
from engine.inference.bootstrap.mixed_groups import KnownGroups
from engine.inference.bootstrap.mixed_normals import quantile, quantile_error
from engine.inference.prediction import (
    OF_KNOWN,
    OF_ROWS,
    Predictor,
    factor_codes,
    predicted_table,
    rows_for,
    whitened,
    whitened_apart,
)
from engine.inference.satterthwaite import inner_contrasts
from engine.model.covariance import lower_factor
from engine.progress import Step, ignore

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.inference.bootstrap.result import Bootstrap
    from engine.inference.prediction import Kind
    from engine.inference.prediction_rows import EncodedRows
    from engine.progress import Report

COMPONENTS = 400
"""Replicates that are mixed: drawn anew, the ends move by one percent of the width."""
MOST_BYTES = 256_000_000
FEWEST = 10
"""Replicates that are kept however large they are."""
MIXING = "Predicting"


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """What a mixture says of some rows.

    Attributes
    ----------
    table : DataFrame
        estimate (the model's own), std_error, lower, upper, as `predict` gives them.
    noise : ndarray of shape (rows,)
        Monte-Carlo standard error of the less certain end, as a share of the
        interval's width: what other replicates would change.
    """

    table: pd.DataFrame
    noise: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Member:
    """The model's own data at one replicate's variances; inner scale."""

    evaluation: Evaluation
    s2: float


class Mixture:
    """Predicts with the uncertainty of the variances.

    Parameters
    ----------
    found : Bootstrap
        Of the model that predicts, which has random effects.
    most : int
        Replicates wanted, the first ones whose optimum is proved.
    report : callable
        Called with a `Step` for each replicate; may raise `Cancelled`.

    Attributes
    ----------
    seed : int
        Of the replicates.
    n : int
        Replicates that are mixed.
    n_left_out : int
        Among them at first: those at whose variances the model cannot be evaluated,
        and those without a proved optimum.
    """

    def __init__(
        self, found: Bootstrap, most: int = COMPONENTS, report: Report = ignore
    ) -> None:
        self._predictor = Predictor(found.fitted)
        self.seed = found.seed
        own = found.fitted.evaluation
        assert own is not None
        most = min(most, max(FEWEST, MOST_BYTES // _size(own)))
        usable = np.flatnonzero(found.refits.is_settled)
        some = usable[:most]
        self._members: list[_Member] = []
        for done, i in enumerate(some):
            report(Step(MIXING, done, len(some)))
            member = _member(own, found, int(i))
            if member is not None:
                self._members.append(member)
        self._groups = KnownGroups([one.evaluation for one in self._members])
        self.n = len(self._members)
        seen = int(some[-1]) + 1 if len(some) else len(found.refits.is_settled)
        self.n_left_out = seen - self.n

    def predict_kinds(
        self, frame: pd.DataFrame, kinds: Sequence[Kind], level: float = 0.95
    ) -> dict[Kind, Mixed]:
        """Answer several questions about the same rows.

        Parameters
        ----------
        frame, kinds, level
            See `Predictor.predict_kinds`.

        Returns
        -------
        dict of str to Mixed
        """
        rows = rows_for(self._predictor.estimates, frame, kinds, level)
        return self.predict_rows(rows, frame.index, kinds, level)

    def predict_rows(
        self, rows: EncodedRows, index: pd.Index, kinds: Sequence[Kind], level: float
    ) -> dict[Kind, Mixed]:
        """The same for rows that are encoded, on their frame's index."""
        own = self._predictor.predict_rows(rows, index, kinds, level)
        asked = _Components(self._predictor, self._members, self._groups, rows)
        return {
            kind: self._mixed(own[kind], rows, *asked.normals(kind), level)
            for kind in kinds
        }

    def _mixed(
        self,
        own: pd.DataFrame,
        rows: EncodedRows,
        centres: FloatArray,
        errors: FloatArray,
        level: float,
    ) -> Mixed:
        """Ends of the interval, and the spread of the whole mixture."""
        estimate, error = own[["estimate", "std_error"]].to_numpy()[rows.complete].T
        spread = np.sqrt((errors**2).mean(axis=0) + centres.var(axis=0))
        tail = (1 - level) / 2
        ends, wrong = [], []
        for share, side in ((tail, -1.0), (1 - tail, 1.0)):
            end, of_end = _outer(estimate, error, centres, errors, share, side)
            ends.append(end)
            wrong.append(of_end)
        table = predicted_table(
            self._predictor.estimates, rows, own.index, [estimate, spread, *ends]
        )
        noise: FloatArray = np.full(len(own), np.nan)
        width = ends[1] - ends[0]
        noise[rows.complete] = np.divide(
            np.maximum(*wrong), width, out=np.zeros(len(width)), where=width > 0
        )
        return Mixed(table, noise)


def _outer(
    c: FloatArray,
    s: FloatArray,
    centres: FloatArray,
    errors: FloatArray,
    share: float,
    side: float,
) -> tuple[FloatArray, FloatArray]:
    """The outer end of pivot and mixture, and its Monte-Carlo standard error."""
    ratio = np.divide(s, errors, out=np.ones_like(errors), where=errors > 0)
    found = []
    for own, spread in ((c + (c - centres) * ratio, s * ratio), (centres, errors)):
        end = quantile(own, spread, share)
        found.append((end, quantile_error(own, spread, share, end)))
    (pivot, of_pivot), (plain, of_plain) = found
    is_pivot = side * pivot >= side * plain
    return np.where(is_pivot, pivot, plain), np.where(is_pivot, of_pivot, of_plain)


class _Components:
    """Means and standard deviations at each replicate of what is asked."""

    def __init__(
        self,
        predictor: Predictor,
        members: Sequence[_Member],
        groups: KnownGroups,
        rows: EncodedRows,
    ) -> None:
        self._rows, self._members, self._groups = rows, members, groups
        self._estimates = estimates = predictor.estimates
        assert estimates.evaluation is not None
        self._products = estimates.evaluation.products
        self._contrasts = inner_contrasts(estimates, rows.X)
        self._s2 = np.array([one.s2 for one in members])[:, None]
        self._means = self._fixed_means()
        self._known: tuple[FloatArray, FloatArray] | None = None

    def normals(self, kind: Kind) -> tuple[FloatArray, FloatArray]:
        """Centres and errors of one kind: shape (replicates, m), the user's units."""
        if kind in OF_KNOWN:
            self._known = self._known or self._known_groups()
            centres, unit = self._known
        else:
            centres, unit = self._means, self._unit_variance()
            if kind != "population":
                new = whitened(self._estimates, self._rows.Z)
                unit = unit + self._of_new(new)
        if kind in OF_ROWS:
            unit = unit + 1.0
        errors = self._products.y_scale * np.sqrt(np.maximum(self._s2 * unit, 0.0))
        return centres, errors

    def _fixed_means(self) -> FloatArray:
        """X beta at each replicate's variances."""
        products, X = self._products, self._rows.X[:, list(self._products.kept)]
        betas = [
            user_coefficients(products, one.evaluation.beta) for one in self._members
        ]
        means: FloatArray = np.array(betas) @ X.T + self._rows.offset
        return means

    def _unit_variance(self) -> FloatArray:
        """Variance of x beta, in units of sigma^2."""
        C = np.array([one.evaluation.C for one in self._members])
        Q = self._contrasts
        variance: FloatArray = ((Q @ C) * Q).sum(axis=2)
        return variance

    def _of_new(self, columns: list[FloatArray]) -> FloatArray:
        """Variance z Sigma z' of effects of groups that are not known."""
        total = np.zeros((len(self._members), len(self._rows.X)))
        for t, z in enumerate(columns):
            Sigma = np.array([one.evaluation.V.sigmas[t] for one in self._members])
            total += ((z @ Sigma) * z).sum(axis=2)
        return total

    def _known_groups(self) -> tuple[FloatArray, FloatArray]:
        """Conditional means and their joint variance; unknown groups count as new."""
        known, new = whitened_apart(self._estimates, self._rows)
        codes = factor_codes(self._estimates, self._rows)
        rows = np.column_stack([self._contrasts, *known])
        moved, unit = self._groups.moments(rows, codes)
        centres = self._means + self._products.y_scale * moved
        return centres, unit + self._of_new(new)


def _size(e: Evaluation) -> int:
    """Bytes that an evaluation keeps, nearly."""
    k, J, q = e.V.W.shape[0], e.V.W.shape[2], len(e.h.core)
    return int(8 * (2 * k * k * J + (e.products.p + 1) * (k * J + q) + 2 * q * q)) + 1


def _member(own: Evaluation, found: Bootstrap, i: int) -> _Member | None:
    """The model's own data at the variances of one replicate."""
    lambdas = [_root(Sigma[..., i]) for Sigma in found.refits.sigmas]
    try:
        e = evaluate(own.products, lambdas, is_reml=own.is_reml)
    except np.linalg.LinAlgError:
        return None
    return _Member(e, float(found.refits.s2[i]))


def _root(Sigma: FloatArray) -> FloatArray:
    """A triangular root, also of a matrix without full rank."""
    values, vectors = np.linalg.eigh(Sigma)
    return lower_factor(vectors * np.sqrt(np.maximum(values, 0.0)))
