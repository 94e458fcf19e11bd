"""The bootstrap of least squares: coefficients and residual variance, drawn directly.

They are independent and their laws are known: beta on Q is N(0, s^2 I), and
r^2 / s^2 is chi-square with n - p degrees of freedom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.refits import Draws, Refits

if TYPE_CHECKING:
    from engine.fitting.criterion import Evaluation

WIDTH = 10_000


class LeastSquares:
    """Replicates of a model without random effects.

    Parameters
    ----------
    evaluation : Evaluation
    """

    width = WIDTH

    def __init__(self, evaluation: Evaluation) -> None:
        self._p = evaluation.products.p
        self._df = evaluation.products.n - self._p
        self._nu = evaluation.nu
        self._s2 = evaluation.r2 / self._df

    def draw(self, rng: np.random.Generator, n: int) -> Draws:
        """Draw n replicates."""
        beta = np.sqrt(self._s2) * rng.standard_normal((self._p, n))
        return {"beta": beta, "r2": self._s2 * rng.chisquare(self._df, n)}

    def refit(self, draws: Draws) -> Refits:
        """The estimates are the draws."""
        r2 = draws["r2"]
        never = np.zeros(len(r2), dtype=bool)
        criterion = self._nu * np.log(r2)
        return Refits((), r2 / self._df, draws["beta"], criterion, never, ~never)
