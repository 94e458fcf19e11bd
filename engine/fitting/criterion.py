"""The profiled REML or ML criterion as a pure function of theta, with derivatives.

With V at theta, nu = n - p (REML) or n (ML), and r^2 = y'Py:

    d(theta) = log|V| + [REML] log|X'V^-1X| + nu (1 + log(2 pi r^2 / nu))

(Bates et al. 2015, J. Stat. Softw. 67(1), eqs 34 and 42). Derivatives are taken along
the free entries of Lambda: with K = Z'PZ (REML) or Z'V^-1Z (ML) and h = Z'Py,

    dd/dSigma_t = G_t = sum_l (K_ll - (nu / r^2) h_l h_l')     over levels l of factor t
    dd/dLambda_t[a, b] = 2 (G_t Lambda_t)[a, b]

Gilmour, Thompson and Cullis (1995, Biometrics 51, 1440) for the average information.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import lapack

from engine.fitting.blocks import blocks_of
from engine.fitting.diagonal_sums import diagonal_sums
from engine.fitting.level_blocks import gram, sum_of_products
from engine.fitting.marginal import Marginal, marginal
from engine.fitting.vectors import Vectors, by_factor, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import FloatArray
    from engine.fitting.blocks import Block
    from engine.fitting.crossproducts import CrossProducts
    from engine.model.covariance import Entry

MOST_LOST = 1e12
"""Loss of digits beyond which a criterion is worth nothing: four are left then."""
ROUNDINGS = 16
"""Machine epsilons by which sums of this kind were seen to be off, at most."""


@dataclass(frozen=True)
class Evaluation:
    """The criterion at one theta and what its derivatives and the estimates reuse.

    Attributes
    ----------
    value : float
        Criterion on the user's scale: minus twice the (restricted) log-likelihood.
    lambdas : tuple of ndarray of shape (k, k)
        Relative covariance factors, leaf factor first.
    V : Marginal
    is_reml : bool
    nu : int
        n - p for REML, n for ML.
    r2 : float
        y'Py, inner scale.
    beta : ndarray of shape (p,)
        Coefficients on Q, inner scale.
    C : ndarray of shape (p, p)
        (Q'V^-1Q)^-1.
    C_root : ndarray of shape (p, p)
        C = C_root C_root'.
    lost : float
        How much larger the numbers are of whose differences the criterion consists.
    N : Vectors
        Z'V^-1Q.
    h : Vectors
        Z'Py, one column. The BLUPs are Sigma h.
    """

    value: float
    lambdas: tuple[FloatArray, ...]
    V: Marginal
    is_reml: bool
    nu: int
    r2: float
    beta: FloatArray
    C: FloatArray
    C_root: FloatArray
    lost: float
    N: Vectors
    h: Vectors

    @property
    def products(self) -> CrossProducts:
        """Cross-products of the data."""
        return self.V.products

    @cached_property
    def diagonal_sums(self) -> tuple[FloatArray, ...]:
        """Sums over levels of the diagonal blocks of K, by factor."""
        return diagonal_sums(self)

    @cached_property
    def scores(self) -> tuple[FloatArray, ...]:
        """dd/dSigma of each factor: see `score`."""
        return score(self, self.diagonal_sums)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Correlated blocks of random effects, with eigenvalues of their Sigmas."""
        return tuple(blocks_of(self))

    @cached_property
    def known_information(
        self,
    ) -> dict[tuple[Entry, ...], tuple[FloatArray, FloatArray]]:
        """What `data_information` has found, by the entries it was asked for."""
        return {}

    @property
    def is_rough(self) -> bool:
        """Whether single precision was used."""
        return self.V.core is not None and self.V.core.is_single

    @property
    def precision(self) -> float:
        """Nu / r^2: one over the estimated residual variance, inner scale."""
        return self.nu / self.r2

    @property
    def rounding(self) -> float:
        """How far rounding may have moved the criterion.

        r^2 is a difference, as is what the data tell of each coefficient: where random
        effects explain nearly all, few digits are left.
        """
        epsilon = float(np.finfo(np.float32 if self.is_rough else float).eps)
        return ROUNDINGS * epsilon * (abs(self.value) + self.nu + self.lost)


def evaluate(
    products: CrossProducts,
    lambdas: Sequence[FloatArray],
    *,
    is_reml: bool,
    is_rough: bool = False,
) -> Evaluation:
    """Evaluate the criterion at given relative covariance factors.

    Parameters
    ----------
    products : CrossProducts
        Of the data; not modified.
    lambdas : sequence of ndarray of shape (k, k)
        One for each grouping factor, on whitened columns; any square roots will do.
    is_reml : bool
        Restricted likelihood, or full likelihood.
    is_rough : bool
        Whether six digits will do: single precision where the core is large.

    Returns
    -------
    Evaluation

    Raises
    ------
    numpy.linalg.LinAlgError
        If the factorisation breaks down at these values.
    """
    V = marginal(products, lambdas, is_rough=is_rough)
    n, p = products.n, products.p
    QyQy, solved = _marginal_products(V)
    L, lost = _factored(QyQy, products.QyQy.diagonal())
    roots, r2 = L.diagonal(), L[p, p] ** 2
    nu = n - p if is_reml else n
    inverse_root = lapack.dtrtri(L[:p, :p], lower=1)[0] if p else L[:p]
    beta = inverse_root.T @ L[p, :p] if p else np.zeros(0)
    value = V.log_det + nu * (1 + np.log(2 * np.pi * r2 / nu) + _log_unit(products))
    value -= products.log_weights
    if is_reml:
        value += 2 * np.log(roots[:p] * products.R.diagonal()).sum()
    contrast = np.append(-beta, 1.0)[:, None]
    return Evaluation(
        value=float(value),
        lambdas=tuple(lambdas),
        V=V,
        is_reml=is_reml,
        nu=nu,
        r2=float(r2),
        beta=beta,
        C=inverse_root.T @ inverse_root if p else np.zeros((0, 0)),
        C_root=inverse_root.T if p else np.zeros((0, 0)),
        lost=float(lost[:p].sum() + nu * lost[p]),
        N=solved.columns(slice(0, p)),
        h=solved @ contrast,
    )


def _factored(QyQy: FloatArray, before: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cholesky's factor of [Q y]'V^-1[Q y], and how much larger the numbers were."""
    L, failed = lapack.dpotrf(QyQy, lower=1)
    if failed:
        raise np.linalg.LinAlgError("the random effects explain more than there is")
    lost = before / L.diagonal() ** 2
    if lost[:-1].max(initial=0.0) > MOST_LOST:
        raise np.linalg.LinAlgError("a coefficient's information is rounding")
    return L, lost


def _marginal_products(V: Marginal) -> tuple[FloatArray, Vectors]:
    """[Q y]'V^-1[Q y] and Z'V^-1[Q y], effects taken out of y put back."""
    products = V.products
    if products.shift is not None and V.core is None:
        solved, square = V.penalised(products.leaf_ZQy, products.shift)
        return products.QyQy + square, solved
    ZQy = Vectors(products.leaf_ZQy, products.core_ZQy, products.border_ZQy)
    solved, taken = V.project(ZQy)
    QyQy = products.QyQy - taken
    if products.shift is None:
        return QyQy, solved
    back = V.solve_effects(products.shift)
    cross = gram(products.shift, solved.leaf)
    QyQy = QyQy + cross + cross.T + gram(products.shift, back.leaf)
    return QyQy, solved + back


def _log_unit(products: CrossProducts) -> float:
    """2 log of the response's unit, which the inner scale has divided out."""
    return 2.0 * float(np.log(products.y_scale))


def score(
    evaluation: Evaluation, sums: tuple[FloatArray, ...]
) -> tuple[FloatArray, ...]:
    """dd/dSigma of each factor, at fixed Sigma of the others.

    Parameters
    ----------
    evaluation : Evaluation
    sums : tuple of ndarray of shape (k, k)
        Over levels, of the diagonal blocks of K.

    Returns
    -------
    tuple of ndarray of shape (k, k)
        Symmetric G_t. In directions of lost rank a positive value means that adding
        variance there makes the fit worse.
    """
    e = evaluation
    h = by_factor(e.products, e.h)
    pairs = zip(sums, h, strict=True)
    return tuple(K - e.precision * sum_of_products(own, own) for K, own in pairs)


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Slope and curvature of the criterion along free entries of the Lambdas.

    Attributes
    ----------
    gradient : ndarray of shape (n_entries,)
    working_hessian : ndarray of shape (n_entries, n_entries)
        Average information plus the part of the Hessian that is exact within a factor.
    scores : tuple of ndarray of shape (k, k)
        See `score`.
    """

    gradient: FloatArray
    working_hessian: FloatArray
    scores: tuple[FloatArray, ...]


def derivatives(evaluation: Evaluation, entries: Sequence[Entry]) -> Derivatives:
    """Gradient and working Hessian for Newton's method.

    Parameters
    ----------
    evaluation : Evaluation
    entries : sequence of Entry
        Along which entries of the Lambdas.

    Returns
    -------
    Derivatives
    """
    e = evaluation
    scores = e.scores
    slopes = [2.0 * (G @ Lambda) for G, Lambda in zip(scores, e.lambdas, strict=True)]
    gradient = np.array([slopes[i.factor][i.row, i.column] for i in entries])
    information, d = data_information(e, entries)
    hessian = within_factor(scores, entries) + e.precision * information
    hessian -= e.precision / e.r2 * (d[:, None] * d)
    return Derivatives(gradient, hessian, scores)


def within_factor(scores: Sequence[FloatArray], entries: Sequence[Entry]) -> FloatArray:
    """2 tr(L_i' G L_j): curvature of Sigma = Lambda Lambda' itself, exact."""
    r = len(entries)
    result = np.zeros((r, r))
    for i, left in enumerate(entries):
        for j, right in enumerate(entries):
            if left.factor == right.factor and left.column == right.column:
                result[i, j] = 2 * scores[left.factor][left.row, right.row]
    return result


def data_information(
    evaluation: Evaluation, entries: Sequence[Entry]
) -> tuple[FloatArray, FloatArray]:
    """Y'P V_i P V_j P y for all pairs of entries, and d_i = y'P V_i P y.

    V_i = Z (L_i Lambda' + Lambda L_i') Z' is the derivative of V along entry i.

    Returns
    -------
    ndarray of shape (n_entries, n_entries), ndarray of shape (n_entries,)
    """
    e, asked = evaluation, tuple(entries)
    if asked not in e.known_information:
        e.known_information[asked] = _data_information(e, asked)
    return e.known_information[asked]


def _data_information(
    e: Evaluation, entries: tuple[Entry, ...]
) -> tuple[FloatArray, FloatArray]:
    """The same, worked out."""
    r, parts, d = len(entries), [], np.empty(len(entries))
    for t, whole in enumerate(by_factor(e.products, e.h)):
        h, Lambda = whole[:, 0], e.lambdas[t]
        part = np.zeros((len(h), r, h.shape[1]))
        at = [i for i, entry in enumerate(entries) if entry.factor == t]
        rows = [entries[i].row for i in at]
        columns = [entries[i].column for i in at]
        scaled = Lambda.T @ h
        # s_i = (L_i Lambda' + Lambda L_i') h, level by level
        part[:, at] = Lambda[:, columns, None] * h[rows]
        part[rows, at] += scaled[columns]
        d[at] = 2.0 * (h @ scaled.T)[rows, columns]
        parts.append(part)
    s = joined(e.products, parts)
    Ks = e.V.solve(e.V.times_ZZ(s))
    Ns = e.N.dot(s)
    return s.dot(Ks) - Ns.T @ e.C @ Ns, d
