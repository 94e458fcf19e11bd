"""How many degrees of freedom a tested variance is measured against.

Beside other random terms the residual has no n - p degrees of freedom for a test: sites
with a few plots each are measured by their plots. With the inner product <A, B> =
tr(P A P B) of covariances, the score of the tested term at zero has the variance

    2 (<ZZ', ZZ'> - |Pi ZZ'|^2)

where Pi projects on V and its derivatives in the other variances, which are estimated
(the efficient information; Gilmour, Thompson and Cullis 1995, Biometrics 51, 1440, for
the traces). With nu independent chi-squares and all other variances known it would be
2 (<ZZ', ZZ'> - <V, ZZ'>^2 / nu). They agree for

    nu = <V, ZZ'>^2 / |Pi ZZ'|^2

which is n - p when there is no other term, and the degrees of freedom of the analysis
of variance where a nested or crossed design is balanced. The full likelihood has V^-1
for P.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.hessian import traces
from engine.fitting.level_squares import level_squares
from engine.model.covariance import Entry

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation


def effective_freedom(e: Evaluation, t: int, column: int) -> float:
    """Degrees of freedom that the variance of one column of Z is measured against.

    Parameters
    ----------
    e : Evaluation
        Of the model with the tested term, where its variance is zero.
    t, column : int
        The tested term's factor, and its column there.

    Returns
    -------
    float
        Between zero and nu = n - p (REML) or n (ML).
    """
    entries, directions = _other_directions(e, t, column)
    if not entries or e.V.is_selected:  # then there are thousands of levels
        return float(e.nu)
    tested = np.zeros_like(e.lambdas[t])
    tested[column, column] = 1.0
    entries, directions = [*entries, Entry(t, column, column)], [*directions, tested]
    inner = traces(level_squares(e), entries, directions)
    with_V = np.array(
        [
            np.vdot(e.diagonal_sums[entry.factor], direction)
            for entry, direction in zip(entries, directions, strict=True)
        ]
    )
    gram = np.block(
        [[inner[:-1, :-1], with_V[:-1, None]], [with_V[None, :-1], float(e.nu)]]
    )
    right = np.append(inner[-1, :-1], with_V[-1])
    size = np.sqrt(np.diag(gram))
    size[size == 0] = 1.0  # a term that the fixed part explains
    scaled = np.linalg.pinv(gram / np.outer(size, size), hermitian=True)
    projected = right / size @ scaled @ (right / size)
    if not projected > 0:
        return float(e.nu)
    return float(min(with_V[-1] ** 2 / projected, e.nu))


def _other_directions(
    e: Evaluation, t: int, column: int
) -> tuple[list[Entry], list[FloatArray]]:
    """Derivatives of the Sigmas in the other variances and covariances."""
    entries: list[Entry] = []
    directions: list[FloatArray] = []
    for s, factor in enumerate(e.products.factors):
        for block in factor.blocks:
            if s == t and block.start == column:
                continue
            for a in range(block.start, block.stop):
                for b in range(block.start, a + 1):
                    X = np.zeros((factor.n_columns, factor.n_columns))
                    X[a, b] = X[b, a] = 1.0
                    entries.append(Entry(s, a, b))
                    directions.append(X)
    return entries, directions
