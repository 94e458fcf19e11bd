"""The bootstrap of any model: responses are simulated, and each is fitted by itself.

For models that no faster way reaches. Newton's method begins at the estimates of the
data, or at moments where these lie on the boundary; where no optimum is proved from
there, other starts are tried as for the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.boundary import settle
from engine.fitting.certificate import is_proved, is_singular
from engine.fitting.criterion import evaluate
from engine.fitting.newton import Minimiser, Path
from engine.fitting.search import find_optimum
from engine.fitting.start import moment_start
from engine.inference.bootstrap.refits import Draws, Refits
from engine.inference.bootstrap.replaced_response import InnerRows
from engine.progress import breathe, ignore

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.fitting.crossproducts import CrossProducts
    from engine.model.design import Design

LARGEST_DRAWS = 8_000_000
"""Numbers that are simulated at once."""
MOST_AT_ONCE = 50
"""Replicates after which it is said how far the work is."""
REFITTING = "Refitting"


class OneByOne:
    """Replicates with all their rows.

    Parameters
    ----------
    design : Design
    evaluation : Evaluation
        Of the fitted model.
    """

    def __init__(self, design: Design, evaluation: Evaluation) -> None:
        e = self._e = evaluation
        self.rows = InnerRows(design, e.products)
        self._theta = e.products.layout.theta(e.lambdas)
        self._is_interior = all(b.n_kept == len(b.values) for b in e.blocks)

    @property
    def width(self) -> int:
        """Replicates that are drawn together."""
        return int(np.clip(LARGEST_DRAWS // self._e.products.n, 1, MOST_AT_ONCE))

    def draw(self, rng: np.random.Generator, n: int) -> Draws:
        """Simulate n responses, with all coefficients zero.

        Parameters
        ----------
        rng : Generator
        n : int

        Returns
        -------
        dict of str to ndarray
            `y` of shape (rows, n), weighted and on the inner scale.
        """
        return {"y": np.column_stack([self._response(rng) for _ in range(n)])}

    def _response(self, rng: np.random.Generator) -> FloatArray:
        """Simulate one response."""
        e, sigma = self._e, np.sqrt(1 / self._e.precision)
        y = rng.normal(0.0, sigma, e.products.n)
        for t, factor in enumerate(e.products.factors):
            shape = (factor.n_columns, factor.n_levels)
            effects = e.lambdas[t] @ rng.normal(0.0, sigma, shape)
            y += self.rows.effects_in_rows(t, effects)
        return y

    def refit(self, draws: Draws) -> Refits:
        """Fit each replicate."""
        y = draws["y"]
        B, products = y.shape[1], self._e.products
        sigmas = tuple(np.full((k, k, B), np.nan) for k in products.layout.sizes)
        s2, criterion = np.full(B, np.nan), np.full(B, np.nan)
        beta = np.full((products.p, B), np.nan)
        lost, settled = np.zeros(B, dtype=bool), np.zeros(B, dtype=bool)
        for i in range(B):
            breathe(REFITTING, i, B)
            path = self.optimum(y[:, i])
            if path is None:
                continue
            found = path.evaluation
            for all_of, own in zip(sigmas, found.V.sigmas, strict=True):
                all_of[..., i] = own
            s2[i], beta[:, i] = 1 / found.precision, found.beta
            criterion[i] = found.value
            lost[i], settled[i] = is_singular(path), is_proved(path)
        return Refits(sigmas, s2, beta, criterion, lost, settled)

    def optimum(self, y: FloatArray) -> Path | None:
        """Fit one response; None where nothing can be computed.

        Parameters
        ----------
        y : ndarray of shape (rows,)
        """
        products = self.rows.with_response(y)
        if not products.factors:
            return _least_squares(products, is_reml=self._e.is_reml)
        minimiser = Minimiser(products, is_reml=self._e.is_reml, report=ignore)
        try:
            start = self._theta if self._is_interior else moment_start(products)
            path, _ = settle(minimiser, minimiser.minimise(start))
            if not is_proved(path):
                path = find_optimum(minimiser, products).path
        except np.linalg.LinAlgError:
            return None
        return path


def _least_squares(products: CrossProducts, *, is_reml: bool) -> Path:
    """A model without random effects: nothing is searched."""
    e = evaluate(products, [], is_reml=is_reml)
    return Path(np.zeros(0), e, 0.0, (), 1)
