"""Levels with equal Z_l'Z_l pooled: what the bootstrap of one grouping factor reads.

All that a level's data say of its effects is b_l = G_l^+ Z_l'y, with G_l = Z_l'Z_l, and
the likelihood weighs all levels with the same G alike: levels are pooled by their
*signature* G. Levels that share Phi_l = G_l^+ Z_l'Q as well are of one *class*: their
effects have one distribution, so that their sums can be drawn.

Z is divided by the root of n / J here: the mean of G over levels is then about I and a
variance ratio of one is a notable one, whatever the number of rows in a level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.level_blocks import gram, product
from engine.inference.bootstrap.equal_levels import EQUAL_DIGITS, LOST, equal_levels
from engine.inference.bootstrap.packed import packing

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.fitting.crossproducts import CrossProducts


@dataclass(frozen=True, slots=True)
class Classes:
    """Levels with the same G and the same Phi.

    Attributes
    ----------
    counts : ndarray of shape (C,)
        Number of levels.
    signature : ndarray of int, shape (C,)
        Not descending.
    Phi : ndarray of shape (k, p, C)
    """

    counts: FloatArray
    signature: IntArray
    Phi: FloatArray


@dataclass(frozen=True, slots=True)
class Signatures:
    """One factor's levels, sorted so that those of a signature stand side by side.

    Attributes
    ----------
    ratio : float
        n / J. A Sigma here is this times that of the model's `CrossProducts`.
    order : ndarray of int, shape (J,)
        The levels, as sorted.
    starts : ndarray of int, shape (S + 1,)
        Where each signature's levels begin, and the number of levels.
    G, inverse, root, projector : ndarray of shape (k, k, S)
        Z_l'Z_l, its pseudo-inverse, its square root, and the projector on its range.
    counts : ndarray of shape (S,)
        Number of levels.
    Phi : ndarray of shape (k, p, J)
        G_l^+ Z_l'Q, levels sorted.
    XX : ndarray of shape (p (p + 1) / 2, m, S)
        Sums over a signature's levels of Phi[a]'Phi[b], symmetric in a and b; packed.
    rest : ndarray of shape (p + 1, p + 1)
        [Q y]'(I - P_Z)[Q y]: what effects of the levels leave.
    rest_root : ndarray of shape (p, rank)
        The part of Q is root root'.
    df_rest : int
        Rows less rank of [Z X].
    classes : Classes
    b : ndarray of shape (k, J)
        G_l^+ Z_l'y of the data, without the part of y that lies in Q.
    """

    ratio: float
    order: IntArray
    starts: IntArray
    G: FloatArray
    inverse: FloatArray
    root: FloatArray
    projector: FloatArray
    counts: FloatArray
    Phi: FloatArray
    XX: FloatArray
    rest: FloatArray
    rest_root: FloatArray
    df_rest: int
    classes: Classes
    b: FloatArray

    @property
    def k(self) -> int:
        """Columns of Z of one level."""
        return len(self.G)

    @property
    def p(self) -> int:
        """Columns of Q."""
        return int(self.Phi.shape[1])

    @property
    def n_levels(self) -> int:
        """J."""
        return int(self.Phi.shape[2])

    @property
    def n_signatures(self) -> int:
        """S."""
        return len(self.counts)

    @property
    def of_level(self) -> IntArray:
        """Signature of each level, levels sorted: shape (J,)."""
        return np.repeat(np.arange(self.n_signatures), self.counts.astype(np.intp))


def pool_levels(products: CrossProducts) -> Signatures:
    """Pool the levels of a model's only grouping factor.

    Parameters
    ----------
    products : CrossProducts
        Not modified.

    Returns
    -------
    Signatures
    """
    p, J = products.p, products.leaf_ZZ.shape[2]
    ratio = products.n / J
    G, ZQy = products.leaf_ZZ / ratio, products.leaf_ZQy / np.sqrt(ratio)
    equal = equal_levels(G)
    starts, of_level = equal.starts, equal.of_level
    ZQy = ZQy[:, :, equal.order]
    effects = product(equal.inverse[:, :, of_level], ZQy)
    rest = products.QyQy - gram(ZQy, effects)
    if products.shift is not None:  # effects that were taken out of [Q y] first
        shift = np.sqrt(ratio) * products.shift[:, :, equal.order]
        effects += product(equal.projector[:, :, of_level], shift)
    rest_root = _root(rest[:p, :p])
    rank = float(np.trace(equal.projector) @ equal.counts) + rest_root.shape[1]
    Phi = np.ascontiguousarray(effects[:, :p])
    return Signatures(
        ratio=ratio,
        order=equal.order,
        starts=starts,
        G=equal.G,
        inverse=equal.inverse,
        root=equal.root,
        projector=equal.projector,
        counts=equal.counts,
        Phi=Phi,
        XX=_squares(Phi, starts),
        rest=rest,
        rest_root=rest_root,
        df_rest=products.n - round(rank),
        classes=_classes(Phi, of_level),
        b=effects[:, p],
    )


def _root(square: FloatArray) -> FloatArray:
    """A root of full column rank."""
    values, vectors = np.linalg.eigh(square)
    is_kept = values > LOST  # Q'Q = I
    root: FloatArray = vectors[:, is_kept] * np.sqrt(values[is_kept])
    return root


def _squares(Phi: FloatArray, starts: IntArray) -> FloatArray:
    """Sums over each signature's levels of Phi'Phi, element by element of G."""
    k, p, _ = Phi.shape
    pairs, columns = packing(k).pairs, packing(p).pairs
    result = np.zeros((len(columns), len(pairs), len(starts) - 1))
    for c, (i, j) in enumerate(columns):
        for at, (a, b) in enumerate(pairs):
            both = Phi[a, i] * Phi[b, j] + Phi[b, i] * Phi[a, j]
            result[c, at] = 0.5 * np.add.reduceat(both, starts[:-1])
    return result


def _classes(Phi: FloatArray, of_level: IntArray) -> Classes:
    """Levels of one signature with the same Phi."""
    size = np.abs(Phi).max(initial=0.0) or 1.0
    k, p, J = Phi.shape
    rows = (Phi.reshape(k * p, J).T / size).round(EQUAL_DIGITS) + 0.0
    rows = np.column_stack([of_level, rows])
    _, first, counts = np.unique(rows, axis=0, return_index=True, return_counts=True)
    return Classes(counts.astype(float), of_level[first], Phi[:, :, first])
