"""Replicates of a rotated model: (w, y_x) and the rest, or sums of squares of w.

Coefficients are zero. See `variance_model` for the law; the cost is independent of the
number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.inference.bootstrap.refits import Draws
    from engine.inference.bootstrap.spectral_path import Spectrum
    from engine.inference.bootstrap.variance_model import Rotation, VarianceModel


@dataclass(frozen=True)
class VarianceDraws:
    """Draws from one model.

    Attributes
    ----------
    model : VarianceModel
    spectrum : Spectrum or None
        By which w is pooled.
    s : ndarray of shape (m,)
        Covariances, in units of s2.
    s2 : float
        Residual variance, inner scale.
    """

    model: VarianceModel
    spectrum: Spectrum | None
    s: FloatArray
    s2: float

    def draw(self, rng: np.random.Generator, n: int) -> Draws:
        """Draw n replicates.

        Parameters
        ----------
        rng : numpy.random.Generator
        n : int

        Returns
        -------
        dict
            w (r or n_classes, n), yx (p, n), rest (n,).
        """
        r = self.model.r
        if self.spectrum is None:
            both = self._root @ rng.standard_normal((len(self._root), n))
            w, yx = both[:r], both[r:]
        else:
            D = self.s2 * (1.0 + self.spectrum.delta @ self.s)
            counts = self.spectrum.counts[:, None]
            w = D[:, None] * rng.chisquare(counts, (len(D), n))
            yx = self._root[r:, r:] @ rng.standard_normal((self.model.p, n))
        df = self.model.df_rest
        rest = self.s2 * rng.chisquare(df, n) if df else np.zeros(n)
        return {"w": w, "yx": yx, "rest": rest}

    @cached_property
    def _root(self) -> FloatArray:
        """Cholesky's factor of Var (w, y_x)."""
        covariance = self.s2 * self.model.covariance(self.s)
        made: FloatArray = np.linalg.cholesky(covariance)
        return made


def observed(data: Rotation, spectrum: Spectrum | None) -> Draws:
    """The data themselves, as one replicate."""
    w = data.w[:, None]
    return {
        "w": w if spectrum is None else spectrum.pooled(w),
        "yx": data.yx[:, None],
        "rest": np.array([data.rest]),
    }
