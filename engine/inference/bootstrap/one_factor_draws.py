"""New data of a model with one grouping factor, drawn as sufficient statistics.

With all coefficients zero, y = Z u + e splits into independent parts (I - P_Z takes
all of Z u away, and what it leaves of e splits into the part along Q and the rest):

    b_l = G_l^+ Z_l'y ~ N(0, s2 (G_l^+ + P_l Sigma P_l)) ,   P_l projects on G_l's range
    xi  ~ N(0, s2 I) ,   Q'(I - P_Z) y = root xi
    R_0 ~ s2 chi-square(n - rank [Z X])

so that a replicate costs no more for more rows. The likelihood reads their pooled sums,
one column for each replicate:

    YY (m, S)     sum of b_l b_l' over the levels of a signature
    XY (p, m, S)  sum of Phi_l[a]' b_l[b], symmetric in a and b
    xq (p)        Q'(I - P_Z) y
    R0            y'(I - P_Z) y

Where many levels are alike in X too, the sum t and the scatter of their b_l are drawn
instead: normal and Wishart, by its Bartlett root (Bartlett 1933, Proc. R. Soc. Edinb.
53, 260; the root has no column beyond the degrees of freedom).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.level_blocks import product
from engine.inference.bootstrap.packed import packing

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.inference.bootstrap.refits import Draws
    from engine.inference.bootstrap.signatures import Classes, Signatures

MANY_LEVELS = 50
LEVELS_IN_CLASS = 4
"""From so many levels, and so many in a class on average, classes are drawn."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The independent parts of B replicates, level by level.

    Attributes
    ----------
    b : ndarray of shape (k, J, B)
        Levels sorted as in `Signatures`.
    xi : ndarray of shape (rank, B)
    rest : ndarray of shape (B,)
        What neither Z nor Q explains of y'y.
    """

    b: FloatArray
    xi: FloatArray
    rest: FloatArray


def draws_classes(signatures: Signatures) -> bool:
    """Whether classes are drawn, not levels: the design alone decides."""
    J = signatures.n_levels
    return J >= MANY_LEVELS and J >= LEVELS_IN_CLASS * len(signatures.classes.counts)


def draw_statistics(
    signatures: Signatures,
    Sigma: FloatArray,
    s2: float,
    rng: np.random.Generator,
    n: int,
) -> Draws:
    """Draw the pooled sums of n replicates.

    Parameters
    ----------
    signatures : Signatures
    Sigma : ndarray of shape (k, k)
        Relative covariance, on the scale of `signatures`.
    s2 : float
        Residual variance.
    rng : numpy.random.Generator
    n : int

    Returns
    -------
    dict of str to ndarray
        YY, XY, xq, R0.
    """
    if not draws_classes(signatures):
        return pooled(signatures, draw_parts(signatures, Sigma, s2, rng, n))
    xi, rest = _draw_rest(signatures, s2, rng, n)
    YY, XY = _draw_classes(signatures, _roots(signatures, Sigma, s2), rng, n)
    return _draws(signatures, YY, XY, xi, rest)


def draw_parts(
    signatures: Signatures,
    Sigma: FloatArray,
    s2: float,
    rng: np.random.Generator,
    n: int,
) -> Parts:
    """Draw what each level says, and the rest; arguments as of `draw_statistics`.

    Returns
    -------
    Parts
    """
    xi, rest = _draw_rest(signatures, s2, rng, n)
    z = rng.standard_normal((signatures.k, signatures.n_levels, n))
    roots = _roots(signatures, Sigma, s2)
    if signatures.n_signatures == 1:
        b = np.tensordot(roots[:, :, 0], z, 1)
    else:
        b = product(roots[:, :, signatures.of_level, None], z[:, None])[:, 0]
    return Parts(b, xi, rest)


def pooled(signatures: Signatures, parts: Parts) -> Draws:
    """Sum over the levels of each signature.

    Parameters
    ----------
    signatures : Signatures
    parts : Parts

    Returns
    -------
    dict of str to ndarray
    """
    Phi, b = signatures.Phi, parts.b
    (k, p, J), n, S = Phi.shape, b.shape[2], signatures.n_signatures
    pairs = packing(k).pairs
    YY, XY = np.empty((len(pairs), S, n)), np.empty((p, len(pairs), S, n))
    if S == J:
        for i, (a, c) in enumerate(pairs):
            np.multiply(b[a], b[c], out=YY[i])
            XY[:, i] = Phi[a, :, :, None] * b[c]
            if a != c:
                XY[:, i] += Phi[c, :, :, None] * b[a]
                XY[:, i] *= 0.5
        return _draws(signatures, YY, XY, parts.xi, parts.rest)
    for s in range(S):
        own = slice(signatures.starts[s], signatures.starts[s + 1])
        mine = Phi[:, :, own].reshape(k * p, own.stop - own.start)
        crossed = (mine @ b[:, own]).reshape(k, k, p, n)  # of b, of Phi
        for i, (a, c) in enumerate(pairs):
            np.einsum("jb,jb->b", b[a, own], b[c, own], out=YY[i, s])
            XY[:, i, s] = 0.5 * (crossed[a, c] + crossed[c, a])
    return _draws(signatures, YY, XY, parts.xi, parts.rest)


def observed(signatures: Signatures, on_Q: FloatArray) -> Draws:
    """The same sums of the data themselves: one replicate.

    Parameters
    ----------
    signatures : Signatures
    on_Q : ndarray of shape (p,)
        Coefficients on Q of the part of y that was taken out of it.

    Returns
    -------
    dict of str to ndarray
    """
    p, rest = signatures.p, signatures.rest
    effects = signatures.b + np.einsum("kpj,p->kj", signatures.Phi, on_Q)
    Q_rest = rest[:p, :p]
    xq = rest[:p, p] + Q_rest @ on_Q
    R0 = rest[p, p] + on_Q @ (rest[:p, p] + xq)
    none = np.zeros((signatures.rest_root.shape[1], 1))
    parts = Parts(effects[:, :, None], none, np.array([R0]))
    return pooled(signatures, parts) | {"xq": xq[:, None]}


def _draws(
    signatures: Signatures,
    YY: FloatArray,
    XY: FloatArray,
    xi: FloatArray,
    rest: FloatArray,
) -> Draws:
    """Put the statistics together."""
    R0 = rest + np.einsum("ib,ib->b", xi, xi)
    return {"YY": YY, "XY": XY, "xq": signatures.rest_root @ xi, "R0": R0}


def _draw_rest(
    signatures: Signatures, s2: float, rng: np.random.Generator, n: int
) -> tuple[FloatArray, FloatArray]:
    """Draw what the levels do not explain: along Q, and the rest."""
    rank = signatures.rest_root.shape[1]
    xi = np.sqrt(s2) * rng.standard_normal((rank, n))
    if signatures.df_rest == 0:
        return xi, np.zeros(n)
    return xi, s2 * rng.chisquare(signatures.df_rest, n)


def _roots(signatures: Signatures, Sigma: FloatArray, s2: float) -> FloatArray:
    """Roots of the covariance of each signature's b: shape (k, k, S)."""
    P = signatures.projector.transpose(2, 0, 1)
    covariance = signatures.inverse.transpose(2, 0, 1) + P @ Sigma @ P
    values, vectors = np.linalg.eigh(covariance)
    scaled = vectors * np.sqrt(s2 * values.clip(0.0))[:, None]
    roots: FloatArray = (scaled @ vectors.transpose(0, 2, 1)).transpose(1, 2, 0)
    return np.ascontiguousarray(roots)


def _draw_classes(
    signatures: Signatures, roots: FloatArray, rng: np.random.Generator, n: int
) -> tuple[FloatArray, FloatArray]:
    """Draw sums of b b' and of Phi'b over the levels of each signature."""
    classes, k = signatures.classes, signatures.k
    own = roots[:, :, classes.signature, None]
    z = rng.standard_normal((k, len(classes.counts), n))
    means = product(own, z[:, None])  # the sum of N levels is root N times as large
    scatter = product(own, _bartlett(classes, k, rng, n))
    total = scatter.shape[1]
    p, pairs = signatures.p, packing(k).pairs
    starts = np.searchsorted(classes.signature, np.arange(signatures.n_signatures))
    YY = np.empty((len(pairs), len(starts), n))
    XY = np.empty((p, len(pairs), len(starts), n))
    sizes = np.sqrt(classes.counts)
    for i, (a, c) in enumerate(pairs):
        square = means[a, 0] * means[c, 0]
        for column in range(total):
            square += scatter[a, column] * scatter[c, column]
        YY[i] = np.add.reduceat(square, starts, axis=0)
        for j in range(p):
            both = (sizes * classes.Phi[a, j])[:, None] * means[c, 0]
            both += (sizes * classes.Phi[c, j])[:, None] * means[a, 0]
            XY[j, i] = 0.5 * np.add.reduceat(both, starts, axis=0)
    return YY, XY


def _bartlett(classes: Classes, k: int, rng: np.random.Generator, n: int) -> FloatArray:
    """Lower roots of Wishart scatters about the mean: shape (k, k, C, n)."""
    C, df = len(classes.counts), classes.counts - 1.0
    root = np.zeros((k, k, C, n))
    for a in range(k):
        for column in range(a):
            normal = rng.standard_normal((C, n))
            root[a, column] = np.where((df > column)[:, None], normal, 0.0)
        left = (df - a)[:, None]
        square = rng.chisquare(np.maximum(left, 1.0), (C, n))
        root[a, a] = np.where(left > 0, np.sqrt(square), 0.0)
    return root
