"""The criterion of many replicates at once, one grouping factor: value, slope, Hessian.

From the pooled sums of `one_factor_draws` and the signatures s of the levels, of which
there are N_s, everything follows from K_s = (I + G_s Sigma)^-1 G_s, replicate by
replicate (<K, XX> is the inner product of symmetric matrices):

    Sxx = Q'(I - P_Z)Q + sum_s <K_s, XX_s>       and likewise Sxy, Syy
    r2  = Syy - Sxy'Sxx^-1 Sxy ,   beta = Sxx^-1 Sxy
    d   = sum_s N_s log|I + G_s Sigma| + [log|Sxx|] + nu (1 + log(2 pi r2 / nu))

where [.] is for REML only. This is the criterion of `engine.fitting` without what is
the same for all data: the unit of y, the prior weights, 2 log|R|. None of these depends
on Sigma or, by ML, on Q: differences between nested models are likelihood ratios.

With c = nu / r2, C_s = c sum_l (b_l - Phi_l beta)(..)' + [<Sxx^-1, XX_s>], X_i the
derivative of Sigma along element i, Y_i = K_s X_i K_s, and T_s = K_s C_s K_s:

    dd/dSigma_i = sum_s tr(X_i (N_s K_s - T_s)) = g_i
    v_i = sum_s <Y_i, XY - XX beta> ,    M_i = Sxx^-1 sum_s <Y_i, XX>
    rho_i = (tr(X_i sum_s N_s K_s) - [tr M_i] - g_i) / c
    H_ij = sum_s tr((2 T_s - N_s K_s) X_i K_s X_j) - 2 c v_i'Sxx^-1 v_j - [tr M_i M_j]
           - (c / r2) rho_i rho_j
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.local_slopes import Slopes
from engine.inference.bootstrap.packed import (
    cholesky,
    gram_of_lower,
    inverse_lower,
    lower_times,
    packing,
    sandwich_of_lower,
    upper_times,
)
from engine.inference.bootstrap.shrunk import Shrunk

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray
    from engine.inference.bootstrap.faces import Faces
    from engine.inference.bootstrap.refits import Draws
    from engine.inference.bootstrap.signatures import Signatures

LEAST_LEFT = 1e-290
"""What stands for an r2 that rounding has made zero or less."""


@dataclass(frozen=True, slots=True)
class Values:
    """The criterion of each replicate, and its estimates.

    Attributes
    ----------
    criterion, r2 : ndarray of shape (B,)
    beta : ndarray of shape (p, B)
    """

    criterion: FloatArray
    r2: FloatArray
    beta: FloatArray

    def put(self, index: IntArray, new: Values) -> None:
        """Replace those of some replicates."""
        self.criterion[index] = new.criterion
        self.r2[index] = new.r2
        self.beta[:, index] = new.beta


@dataclass(frozen=True, slots=True)
class _Solved:
    """What the value needs and the derivatives reuse, packed matrices throughout."""

    values: Values
    K: FloatArray
    inverse_root: FloatArray


class OneFactorCriterion:
    """The criterion as a function of free elements of Sigma and pooled sums.

    Parameters
    ----------
    signatures : Signatures
    faces : Faces
        Which covariances are allowed.
    nu : int
        n - p for REML, n for ML.
    is_reml : bool
    columns : ndarray of shape (p, p0), optional
        The fixed part is Q times these; all of Q where absent.
    """

    def __init__(
        self,
        signatures: Signatures,
        faces: Faces,
        *,
        nu: int,
        is_reml: bool,
        columns: FloatArray | None = None,
    ) -> None:
        self.faces = faces
        self.signatures = signatures
        self.nu, self.is_reml = nu, is_reml
        self._pack = packing(signatures.k)
        self._weights = self._pack.weights[:, None, None]
        p = signatures.p
        self._columns = columns
        self._Qm = packing(p).pack(signatures.rest[:p, :p])
        self._XX = signatures.XX
        if columns is not None:
            self._Qm = _restricted(self._Qm, columns)
            self._XX = _restricted(self._XX, columns)
            p = columns.shape[1]
        self.p = p
        self._pack_p = packing(p)
        n_pooled = self._pack.m * signatures.n_signatures
        self._flat = self._XX.reshape(self._pack_p.m, n_pooled)
        self._shrunk = Shrunk(signatures)

    def own(self, draws: Draws) -> Draws:
        """The sums as this model's fixed part reads them."""
        if self._columns is None:
            return draws
        A = self._columns.T
        p, m, S, B = draws["XY"].shape
        XY = (A @ draws["XY"].reshape(p, -1)).reshape(self.p, m, S, B)
        return draws | {"XY": XY, "xq": A @ draws["xq"]}

    def values(self, free: FloatArray, draws: Draws) -> Values:
        """Evaluate the criterion of each replicate at its own Sigma.

        Parameters
        ----------
        free : ndarray of shape (n_free, B)
        draws : dict of str to ndarray
            As `own` gives them.

        Returns
        -------
        Values
        """
        return self._solved(free, draws).values

    def shared(self, points: FloatArray, draws: Draws) -> FloatArray:
        """Evaluate the criterion of each replicate at the same few Sigmas.

        Parameters
        ----------
        points : ndarray of shape (n_free, n_points)
        draws : dict of str to ndarray

        Returns
        -------
        ndarray of shape (n_points, B)
        """
        B, P = len(draws["R0"]), points.shape[1]
        K, log_det = self._shrunk.at(self.faces.sigma(points))
        weighted = (K * self._weights).reshape(-1, P)
        L, log_det_x = cholesky(self.p, self._flat @ weighted + self._Qm[:, None])
        r2 = weighted.T @ draws["YY"].reshape(-1, B) + draws["R0"]
        if self.p:
            inverse = inverse_lower(self.p, L)[:, :, None]
            Sxy = np.stack([weighted.T @ XY.reshape(-1, B) for XY in draws["XY"]])
            Sxy += draws["xq"][:, None]
            along = lower_times(self.p, inverse, Sxy)
            r2 -= np.einsum("ikb,ikb->kb", along, along)
        constant = log_det + (log_det_x if self.is_reml else 0.0)
        return constant[:, None] + self._residual_part(r2)

    def slopes(self, free: FloatArray, draws: Draws) -> Slopes:
        """Evaluate value, gradient and exact Hessian; arguments as of `values`.

        Returns
        -------
        Slopes
        """
        solved = self._solved(free, draws)
        K, B = solved.K, free.shape[1]
        m, S = K.shape[:2]
        c = self.nu / solved.values.r2
        inverse = gram_of_lower(self.p, solved.inverse_root)
        pairs = packing(m)
        first, second = pairs.lower
        # tr(X_i K X_j K) of every signature
        squares = self._pack.squares @ (K[first] * K[second]).reshape(pairs.m, -1)
        Q = squares.reshape(pairs.m, S, B)[pairs.place]
        T = _times(Q, self._middle(solved, draws, inverse, c))
        NK = self._weights[:, 0] * (self.signatures.counts @ K)
        gradient = NK - T.sum(axis=1)
        D = (self._flat @ Q.reshape(m, m * S, B)).transpose(1, 0, 2)  # (pp, m, B)
        hessian = self._hessian_of_levels(K, T)
        self._less_coefficients(hessian, solved, draws, Q, D, c)
        trace: FloatArray = np.zeros((m, B))
        if self.is_reml:
            trace = self._less_log_det(hessian, solved.inverse_root, D)
        rho = (NK - trace - gradient) / c
        hessian -= (c / solved.values.r2 * rho)[:, None] * rho
        return Slopes(
            solved.values.criterion,
            self.faces.slopes(gradient),
            self.faces.curvatures(hessian),
        )

    def _solved(self, free: FloatArray, draws: Draws) -> _Solved:
        """Work out the value and what belongs to it."""
        p, B = self.p, free.shape[1]
        K, log_det = self._shrunk.at(self.faces.sigma(free))
        weighted = (K * self._weights).reshape(-1, B)
        L, log_det_x = cholesky(p, self._flat @ weighted + self._Qm[:, None])
        r2 = np.einsum("xb,xb->b", draws["YY"].reshape(-1, B), weighted) + draws["R0"]
        inverse_root = inverse_lower(p, L)
        beta: FloatArray = np.zeros((0, B))
        if p:
            XY = draws["XY"].reshape(p, -1, B)
            Sxy = np.stack([np.einsum("xb,xb->b", own, weighted) for own in XY])
            along = lower_times(p, inverse_root, Sxy + draws["xq"])
            r2 -= np.einsum("ib,ib->b", along, along)
            beta = upper_times(p, inverse_root, along)
        np.maximum(r2, LEAST_LEFT, out=r2)
        value = log_det + self._residual_part(r2)
        if self.is_reml:
            value += log_det_x
        return _Solved(Values(value, r2, beta), K, inverse_root)

    def _residual_part(self, r2: FloatArray) -> FloatArray:
        """Nu (1 + log(2 pi r2 / nu))."""
        part: FloatArray = np.log(np.maximum(r2, LEAST_LEFT) * (2 * np.pi / self.nu))
        part += 1.0
        part *= self.nu
        return part

    def _middle(
        self, solved: _Solved, draws: Draws, inverse: FloatArray, c: FloatArray
    ) -> FloatArray:
        """C of every signature, packed: (m, S, B)."""
        beta = solved.values.beta
        first, second = self._pack_p.lower
        outer = c * beta[first] * beta[second]
        if self.is_reml:
            outer += inverse
        outer *= self._pack_p.weights[:, None]
        C: FloatArray = (self._flat.T @ outer).reshape(draws["YY"].shape)
        C += c * draws["YY"]
        for XY, own in zip(draws["XY"], 2.0 * c * beta, strict=True):
            C -= XY * own
        return C

    def _hessian_of_levels(self, K: FloatArray, T: FloatArray) -> FloatArray:
        """sum_s tr((2 T_s - N_s K_s) X_i K_s X_j)."""
        m, _, B = K.shape
        A = T * (2.0 / self._weights)
        A -= self.signatures.counts[:, None] * K
        AK = np.einsum("isb,jsb->ijb", A, K)
        packed: FloatArray = self._pack.mixed @ AK.reshape(m * m, B)
        return packed[packing(m).place]

    def _less_coefficients(
        self,
        hessian: FloatArray,
        solved: _Solved,
        draws: Draws,
        Q: FloatArray,
        D: FloatArray,
        c: FloatArray,
    ) -> None:
        """Take 2 c v_i'Sxx^-1 v_j off the Hessian."""
        m, p = len(hessian), self.p
        if not p:
            return
        v = np.einsum("ijsb,pjsb->pib", Q, draws["XY"])
        for i, own in enumerate(self._pack_p.place):
            for j, beta in zip(own, solved.values.beta, strict=True):
                v[i] -= D[j] * beta
        along = lower_times(p, solved.inverse_root[:, None], v)
        for i in range(m):
            for j in range(i + 1):
                part = 2.0 * c * np.einsum("pb,pb->b", along[:, i], along[:, j])
                hessian[i, j] -= part
                if i != j:
                    hessian[j, i] -= part

    def _less_log_det(
        self, hessian: FloatArray, inverse_root: FloatArray, D: FloatArray
    ) -> FloatArray:
        """Take tr M_i M_j off the Hessian; tr M_i: shape (m, B)."""
        m = len(hessian)
        if not self.p:
            return np.zeros(hessian.shape[1:])
        # M_i has the trace of the symmetric L^-1 D_i L^-T, and so have products
        inner = sandwich_of_lower(self.p, inverse_root[:, None], D)
        weighted = inner * self._pack_p.weights[:, None, None]
        for i in range(m):
            for j in range(i + 1):
                part = np.einsum("xb,xb->b", weighted[:, i], inner[:, j])
                hessian[i, j] -= part
                if i != j:
                    hessian[j, i] -= part
        trace: FloatArray = inner[self._pack_p.weights == 1.0].sum(axis=0)
        return trace


def _times(Q: FloatArray, C: FloatArray) -> FloatArray:
    """sum_j Q_ij C_j, each signature and replicate: (m, m, S, B) and (m, S, B)."""
    made: FloatArray = np.einsum("ijsb,jsb->isb", Q, C)
    return made


def _restricted(squares: FloatArray, columns: FloatArray) -> FloatArray:
    """A'M A of packed matrices."""
    p, p0 = columns.shape
    whole = packing(p).unpack(squares)
    inner = np.tensordot(columns, np.tensordot(columns, whole, (0, 0)), (0, 1))
    # tensordot puts the second pair of sides in front: symmetric, so either way
    result: FloatArray = packing(p0).pack(inner)
    return result
