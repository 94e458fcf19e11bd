"""The acceleration that BCa intervals need, by leaving out one group at a time.

At fixed theta the estimates without group j are known in closed form. With one grouping
V is block-diagonal, and with A_j = X_j'V_j^-1 X_j, g_j = X_j'V_j^-1 (y_j - X_j beta)

    beta_(j) = beta - (X'V^-1X - A_j)^-1 g_j

The acceleration of a coefficient is the skewness of these (Efron 1987, J. Am. Stat.
Assoc. 82, 171, section 7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from engine.fitting.level_blocks import product, turned
from engine.inference.bootstrap.replaced_response import InnerRows
from engine.inference.parameter_names import coefficient_names

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates

FEWEST_GROUPS = 3
UNDEFINED = 1e-8
"""Share of the information below which a coefficient is lost with a group."""


def accelerations(estimates: Estimates) -> dict[str, float]:
    """Accelerations of the coefficients, where they are defined.

    Parameters
    ----------
    estimates : Estimates

    Returns
    -------
    dict of str to float
        By term. Empty with several groupings, without any, with few groups, or where a
        coefficient cannot be estimated without one of them.
    """
    e = estimates.evaluation
    if e is None or len(e.products.factors) != 1 or not e.products.p:
        return {}
    J, p = e.products.factors[0].n_levels, e.products.p
    if J < FEWEST_GROUPS:
        return {}
    A, g = _by_group(estimates)
    information = A.sum(axis=0)
    left = information - A
    smallest = np.linalg.eigvalsh(e.C_root.T @ left @ e.C_root)[:, 0]
    if smallest.min() < UNDEFINED:
        return {}
    changes = np.linalg.solve(left, g[..., None])[..., 0]  # beta - beta_(j)
    off = solve_triangular(e.products.R, changes.T).T
    off = off - off.mean(axis=0)
    size = (off**2).sum(axis=0) ** 1.5
    values = np.divide((off**3).sum(axis=0), 6 * size, where=size > 0, out=np.zeros(p))
    every = coefficient_names(estimates.design)
    names = [every[i] for i in e.products.kept]
    return dict(zip(names, values.tolist(), strict=True))


def _by_group(estimates: Estimates) -> tuple[FloatArray, FloatArray]:
    """A_j and g_j of each group: shapes (J, p, p) and (J, p), on Q and inner y."""
    e = estimates.evaluation
    assert e is not None
    rows = InnerRows(estimates.design, e.products)
    products, code = e.products, rows.codes[0]
    J, p = products.factors[0].n_levels, products.p
    y = _inner_residual(estimates, rows)
    QQ, Qy = np.empty((J, p, p)), np.empty((J, p))
    for a in range(p):
        Qy[:, a] = np.bincount(code, rows.Q[a] * y, J)
        for b in range(a + 1):
            own = np.bincount(code, rows.Q[a] * rows.Q[b], J)
            QQ[:, a, b] = QQ[:, b, a] = own
    F = np.array([rows.level_sums(0, column) for column in rows.Q])  # (p, k, J)
    F = F.transpose(1, 0, 2)
    h = rows.level_sums(0, y)[:, None]
    WF = product(e.V.W, F)
    A = QQ - product(turned(F), WF).transpose(2, 0, 1)
    g = Qy - product(turned(WF), h)[:, 0].T
    return A, g


def _inner_residual(estimates: Estimates, rows: InnerRows) -> FloatArray:
    """Y less X beta, weighted and on the inner scale."""
    design = estimates.design
    rest = design.y - design.X @ np.nan_to_num(estimates.beta)
    if design.offset is not None:
        rest = rest - design.offset
    if design.weights is not None:
        rest = rest * np.sqrt(design.weights)
    assert estimates.evaluation is not None
    inner: FloatArray = rest / estimates.evaluation.products.y_scale
    return inner
