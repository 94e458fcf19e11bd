"""Correlated effects beside others: one factor eliminated level by level.

The factor with most columns has covariance blocks of its own, E^-1 = I + Z (I x S) Z',
whatever its effects: k columns, correlated or not, in one block or several. With the
columns C = [W Q] of all other effects and of the coefficients, the latter as effects
of infinite variance, Omega = diag(Gamma, infinity), and for each level l

    G = Z_l'Z_l , Phi_l = G^+ Z_l'C , b_l = G^+ Z_l'y , K = (I + G S)^-1 G
    M = C'E C = rest + sum Phi'K Phi ,  f = C'E y = rest + sum Phi'K b
    H = (Omega^-1 + M)^-1 ,  N = I - M H ,  P = E - E C H C'E

D^-1 is P seen in the coordinates of w, and along X_i of S (directions A_i) and Y_j of
Gamma (see `beside_effects`), with M_i = C'E A_i E C = sum Phi'K X_i K Phi:

    log|D|         = sum log|I + G S| + log|I + Omega^(1/2) M Omega^(1/2)|
    C'P y = N f ,    Z_l'P y = z_l = K (b_l - Phi_l H f)
    tr P A_i       = sum tr K X_i - tr H M_i
    tr P A_i P A_j = sum tr (K - 2 K Phi H Phi'K) X_i K X_j + tr H M_i H M_j
    tr P A_i P Y_j = tr Y_j N M_i N' ,   C'P C = N M for the other two traces

In full likelihood log|V| has C = W alone. Levels with equal G share K and are pooled;
no array has more than q x q numbers for each replicate and direction.

Searle, Casella and McCulloch (1992), Variance Components, chapter 6; Bates et al.
(2015), J. Stat. Softw. 67(1), for the elimination of one factor's blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.eliminated_levels import EliminatedLevels
from engine.inference.bootstrap.symmetric_inverse import symmetric_inverse
from engine.inference.bootstrap.variance_criterion import Squares, Traces

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.inference.bootstrap.variance_model import VarianceModel


class LevelSystem:
    """D, or the covariance of (w, y_x), by levels of the factor with most columns.

    Parameters
    ----------
    model : VarianceModel
    is_whole : bool
        Whether the coefficients' part y_x belongs to it.
    """

    def __init__(self, model: VarianceModel, *, is_whole: bool) -> None:
        self.levels = EliminatedLevels(model, is_whole=is_whole)

    @property
    def numbers(self) -> int:
        """Numbers of one replicate in the larger arrays."""
        own = self.levels
        q, m, blocks = own.q, len(own.at), own.blocks
        return (4 + 2 * m) * q**2 + blocks.m * ((3 + blocks.m) * blocks.S + blocks.J)

    def rotate(self, w: FloatArray) -> FloatArray:
        """What the data say of levels and of C, below w."""
        return self.levels.stacked(w)

    def rotate_back(self, x: FloatArray) -> FloatArray:
        """D^-1 w as it is."""
        return x

    def factor(self, s: FloatArray) -> FactoredLevels:
        """Prepare D at coordinates of shape (m, B)."""
        return FactoredLevels(self.levels, s)

    def shared(self, s: FloatArray, w: FloatArray) -> FloatArray:
        """w'D^-1 w of all replicates at one point of shape (m,)."""
        return FactoredLevels(self.levels, s[:, None]).shared(w)


class FactoredLevels:
    """D of each replicate.

    Parameters
    ----------
    levels : EliminatedLevels
    s : ndarray of shape (m, B)
    """

    def __init__(self, levels: EliminatedLevels, s: FloatArray) -> None:
        self._is, self._s = levels, s
        self._K, self._log_levels = levels.blocks.shrunk(s[levels.at])
        self._M = levels.M(self._K)

    @property
    def log_det(self) -> FloatArray:
        """log|D|: shape (B,)."""
        made: FloatArray = self._log_levels + self._inverse[1]
        return made

    @cached_property
    def _inverse(self) -> tuple[FloatArray, FloatArray]:
        """H, and log|I + Omega^(1/2) M Omega^(1/2)|."""
        roots = self._is.beside.roots(self._s)
        S = roots.inside(self._M)
        own = np.arange(self._is.beside.q)
        S[:, own, own] += 1.0
        inverse, log_det = symmetric_inverse(S)
        return roots.outside(inverse), log_det

    @property
    def _H(self) -> FloatArray:
        return self._inverse[0]

    @cached_property
    def _N_turned(self) -> FloatArray:
        """N' in W's columns alone: shape (B, q, q2)."""
        q2 = self._is.beside.q
        made: FloatArray = -(self._H @ self._M[:, :, :q2])
        own = np.arange(q2)
        made[:, own, own] += 1.0
        return made

    @cached_property
    def _PC(self) -> FloatArray:
        """W'P W: shape (B, q2, q2)."""
        made: FloatArray = self._M[:, : self._is.beside.q] @ self._N_turned
        return made

    @cached_property
    def _K_levels(self) -> FloatArray:
        """K of each level: shape (m, J, B)."""
        return self._is.blocks.of_levels(self._K)

    def traces(self) -> Traces:
        """Of products with D^-1."""
        own, beside = self._is, self._is.beside
        t, others = own.at, beside.coordinates
        first = np.empty((len(t) + len(others), len(self._M)))
        second = np.empty((len(first), *first.shape))
        KXK = own.blocks.derivatives(self._K)
        M_i = np.stack([own.through_levels(KXK[i]) for i in own.blocks.place], axis=1)
        H = own.weighted_triangles(self._H)
        first[t] = own.blocks.traces(self._K)
        first[t] -= np.einsum("bit,bt->ib", M_i, H)
        first[others] = beside.diagonal_traces(self._PC)
        second[np.ix_(t, t)] = self._of_levels(KXK, H)
        MH, MN = self._halves(M_i)
        for i, a in enumerate(t):
            turned = np.ascontiguousarray(MH[:, i].transpose(0, 2, 1))
            for j, b in enumerate(t[: i + 1]):
                second[a, b] += np.einsum("bcd,bcd->b", turned, MH[:, j])
                second[b, a] = second[a, b]
            if others:
                crossed = beside.traces(self._N_turned, MN[:, i])
                second[a, others] = second[others, a] = crossed
        second[np.ix_(others, others)] = beside.square_traces(self._PC)
        return Traces(first, second)

    def _of_levels(self, KXK: FloatArray, H: FloatArray) -> FloatArray:
        """Sum tr (K - 2 K Phi H Phi'K) X_i K X_j: shape (m1, m1, B)."""
        blocks = self._is.blocks
        left = -2.0 * blocks.sandwich(KXK, self._is.through_C(H))
        left += blocks.counted(self._K)
        return blocks.crossed(left, self._K)

    def _halves(self, M_i: FloatArray) -> tuple[FloatArray, FloatArray]:
        """M_i H and M_i N': shapes (B, m1, q, q) and (B, m1, q, q2)."""
        B, m1, _ = M_i.shape
        q = self._is.q
        tall = self._is.unfolded(M_i).reshape(B, m1 * q, q)
        right = np.concatenate([self._H, self._N_turned], axis=2)
        made = (tall @ right).reshape(B, m1, q, right.shape[2])
        return made[..., :q], made[..., q:]

    def _fitted(self, w: FloatArray) -> _Fitted:
        """P y where levels and columns of C see it."""
        own, product = self._is, self._is.blocks.product
        y = own.statistics(w)
        Kb = product(self._K_levels, y.b)
        f = np.ascontiguousarray((y.C + own.to_C(Kb)).T)
        h = _times(self._H, f)
        return _Fitted(
            z=product(self._K_levels, y.b - own.to_levels(h)),
            g=f - _times(self._M, h),
            total=y.square + (y.b * Kb).sum(axis=(0, 1)) - (f * h).sum(axis=1),
        )

    def solve(self, w: FloatArray) -> tuple[FloatArray, FloatArray]:
        """D^-1 w, shape (r, B), and w'D^-1 w, shape (B,)."""
        own, made = self._is, self._fitted(w)
        g = made.g[:, : own.beside.q].T
        of_levels = own.blocks.times_S(self._s[own.at], made.z)
        explained = own.of_effects(of_levels, own.beside.times(self._s, g))
        return own.statistics(w).w - explained, made.total

    def squares(self, w: FloatArray) -> Squares:
        """Of the data."""
        own, blocks, beside = self._is, self._is.blocks, self._is.beside
        t, others = own.at, beside.coordinates
        made = self._fitted(w)
        first = np.empty((len(t) + len(others), len(made.total)))
        second = np.empty((len(first), *first.shape))
        zz = blocks.squares(made.z)
        first[t] = blocks.weighted(zz).sum(axis=1)[blocks.place]
        second[np.ix_(t, t)] = blocks.crossed(zz, self._K)
        # C'E A_i x of all i: shape (B, q, m1)
        EA = [blocks.product(self._K_levels, v) for v in blocks.turned(made.z)]
        seen = np.array([own.to_C(one) for one in EA]).transpose(2, 1, 0).copy()
        Ha = self._H @ seen
        less = seen.transpose(0, 2, 1) @ Ha
        second[np.ix_(t, t)] -= less.transpose(1, 2, 0)
        if others:
            g = made.g[:, : beside.q]
            Yg = beside.turned(g)
            Na = (seen - self._M @ Ha)[:, : beside.q]
            crossed = (Na.transpose(0, 2, 1) @ Yg).transpose(1, 2, 0)
            first[others] = (Yg * g[:, :, None]).sum(axis=1).T
            second[np.ix_(t, others)] = crossed
            second[np.ix_(others, t)] = crossed.transpose(1, 0, 2)
            inside = Yg.transpose(0, 2, 1) @ (self._PC @ Yg)
            second[np.ix_(others, others)] = inside.transpose(1, 2, 0)
        return Squares(made.total, first, second)

    def shared(self, w: FloatArray) -> FloatArray:
        """w'D^-1 w of all replicates where D is the same for all."""
        own = self._is
        y = own.statistics(w)
        Kb = own.blocks.product(self._K_levels, y.b)
        f = y.C + own.to_C(Kb)
        total: FloatArray = y.square + (y.b * Kb).sum(axis=(0, 1))
        total -= (f * (self._H[0] @ f)).sum(axis=0)
        return total


@dataclass(frozen=True, slots=True)
class _Fitted:
    """P y of each replicate.

    Attributes
    ----------
    z : ndarray of shape (k, J, B)
        Z_l'P y.
    g : ndarray of shape (B, q)
        C'P y.
    total : ndarray of shape (B,)
        y'P y.
    """

    z: FloatArray
    g: FloatArray
    total: FloatArray


def _times(matrices: FloatArray, rows: FloatArray) -> FloatArray:
    """M_b v_b for matrices of shape (B, q, q) and vectors of shape (B, q)."""
    made: FloatArray = np.matmul(matrices, rows[:, :, None])[:, :, 0]
    return made
