"""A model of several grouping factors, rotated so that its coefficients are gone.

With (I - QQ')Z = A0 R (r columns in A0), the numbers w = A0'y, y_x = Q'y and the rest
of y'y hold all that y says, and with F = [R; Q'Z]

    Var (w, y_x) = s^2 (I + F Sigma F') ,   rest ~ s^2 chi^2 with n - p - r df

whatever n is. The covariances enter linearly, by *directions*: for each block of k
columns the entries of Sigma's lower triangle, s_i, with D = I + sum_i s_i A_i and

    A_i = R_a R_a' , or R_a R_b' + R_b R_a' for a covariance.

D is of w alone, and then |D| = |V| |Q'V^-1Q|; the same of (w, y_x) is |V|.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import null_space

from engine.inference.bootstrap.crossproduct_matrix import crossproduct_matrix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.arrays import FloatArray
    from engine.fitting.crossproducts import CrossProducts
    from engine.inference.bootstrap.crossproduct_matrix import CrossproductMatrix

RANK_TOLERANCE = 1e-10
"""Share of the largest square below which a direction of Z is in the span of X."""


@dataclass(frozen=True, slots=True)
class Term:
    """One block of correlated random effects.

    Attributes
    ----------
    factor : int
        Which of `CrossProducts.factors`.
    columns : slice
        Its columns among the factor's.
    basis : ndarray of shape (k, k0)
        Sigma of these columns is basis S basis' for a free S of k0 columns.
    F : ndarray of shape (r + p, J, k0)
        [R; Q'Z] of its columns, by level.
    """

    factor: int
    columns: slice
    basis: FloatArray
    F: FloatArray

    @property
    def k(self) -> int:
        """Columns of the free S."""
        return int(self.F.shape[2])


@dataclass(frozen=True)
class VarianceModel:
    """All blocks of one model, on the rotated scale.

    Attributes
    ----------
    terms : tuple of Term
        Without those that have no column.
    sizes : tuple of int
        Columns of each factor.
    n, p, r : int
        Rows, coefficients, and length of w.
    """

    terms: tuple[Term, ...]
    sizes: tuple[int, ...]
    n: int
    p: int
    r: int

    @property
    def df_rest(self) -> int:
        """Degrees of freedom of what neither X nor Z explains."""
        return self.n - self.p - self.r

    @property
    def is_scalar(self) -> bool:
        """Whether no effects are correlated."""
        return all(term.k == 1 for term in self.terms)

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where each term stands among the directions."""
        ends = np.cumsum([0] + [n_pairs(term.k) for term in self.terms]).tolist()
        return tuple(slice(a, b) for a, b in pairwise(ends))

    def directions(self, rows: slice) -> FloatArray:
        """The matrices A_i on some rows of F: shape (m, rows, rows)."""
        made = []
        for term in self.terms:
            F = term.F[rows]
            for a, b in pairs(term.k):
                A = F[:, :, a] @ F[:, :, b].T
                made.append(A if a == b else A + A.T)
        n_rows = len(range(self.r + self.p)[rows])
        return np.array(made).reshape(len(made), n_rows, n_rows)

    def packed(self, sigmas: Sequence[FloatArray]) -> FloatArray:
        """Sigma of each factor as coordinates along the directions.

        Parameters
        ----------
        sigmas : sequence of ndarray of shape (k, k)

        Returns
        -------
        ndarray of shape (m,)
        """
        found = [np.zeros(0)]
        for term, back in zip(self.terms, self._coordinates, strict=True):
            own = sigmas[term.factor][term.columns, term.columns]
            S = back @ own @ back.T
            found.append(np.array([S[a, b] for a, b in pairs(term.k)]))
        return np.concatenate(found)

    @cached_property
    def _coordinates(self) -> list[FloatArray]:
        """What takes effects to each term's own, beside those on the same columns."""
        made = []
        for i, term in enumerate(self.terms):
            where = term.factor, term.columns
            same = [
                at
                for at, other in enumerate(self.terms)
                if (other.factor, other.columns) == where
            ]
            bases = [self.terms[at].basis for at in same]
            begin = sum(basis.shape[1] for basis in bases[: same.index(i)])
            back = np.linalg.pinv(np.concatenate(bases, axis=1))
            made.append(back[begin : begin + term.k])
        return made

    def sigmas(self, s: FloatArray) -> tuple[FloatArray, ...]:
        """Sigma of each factor from coordinates: the inverse of `packed`.

        Parameters
        ----------
        s : ndarray of shape (m, B)

        Returns
        -------
        tuple of ndarray of shape (k, k, B)
        """
        made = tuple(np.zeros((k, k, s.shape[1])) for k in self.sizes)
        for term, own in zip(self.terms, self.slices, strict=True):
            S = square(s[own], term.k)
            whole = np.einsum("ka,abn,lb->kln", term.basis, S, term.basis)
            made[term.factor][term.columns, term.columns] += whole
        return made

    def explained(self, s: FloatArray, x: FloatArray) -> FloatArray:
        """Q'Z Sigma R'x: what the effects that x predicts explain of y_x.

        Parameters
        ----------
        s : ndarray of shape (m, B)
        x : ndarray of shape (r, B)

        Returns
        -------
        ndarray of shape (p, B)
        """
        total = np.zeros((self.p, x.shape[1]))
        for term, own in zip(self.terms, self.slices, strict=True):
            flat = term.F.reshape(len(term.F), -1)
            u = (flat[: self.r].T @ x).reshape(-1, term.k, x.shape[1])
            b = np.einsum("abn,jbn->jan", square(s[own], term.k), u)
            total += flat[self.r :] @ b.reshape(-1, x.shape[1])
        return total

    def covariance(self, s: FloatArray) -> FloatArray:
        """I + F Sigma F' at coordinates of shape (m,): Var (w, y_x) / s^2."""
        total = np.eye(self.r + self.p)
        for term, own in zip(self.terms, self.slices, strict=True):
            S = square(s[own, None], term.k)[:, :, 0]
            flat = term.F.reshape(len(term.F), -1)
            total += (term.F @ S).reshape(flat.shape) @ flat.T
        return total

    def without_coefficients(self, fixed: FloatArray) -> VarianceModel:
        """The same rows with the coefficients restricted to Q times a basis.

        Parameters
        ----------
        fixed : ndarray of shape (p, p0)
            Orthonormal columns.

        Returns
        -------
        VarianceModel
            Its w is that of `stacked` vectors.
        """
        turn = np.column_stack([null_space(fixed.T), fixed])
        r, p0 = self.r, fixed.shape[1]
        terms = []
        for term in self.terms:
            below = np.einsum("pj,pmk->jmk", turn, term.F[r:])
            terms.append(replace(term, F=np.concatenate([term.F[:r], below])))
        return replace(self, terms=tuple(terms), p=p0, r=r + self.p - p0)

    def with_effects(self, bases: Mapping[int, Sequence[FloatArray]]) -> VarianceModel:
        """The same rows with Sigma of some terms restricted to independent spans.

        Parameters
        ----------
        bases : mapping of int to sequence of ndarray of shape (k, k0)
            By position among the terms; none leaves the term out.

        Returns
        -------
        VarianceModel
        """
        terms = []
        for i, term in enumerate(self.terms):
            for basis in bases.get(i, [np.eye(term.k)]):
                F = np.ascontiguousarray(term.F @ basis)
                terms.append(replace(term, basis=term.basis @ basis, F=F))
        return replace(self, terms=tuple(terms))


def stacked(
    w: FloatArray, yx: FloatArray, fixed: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What w and y_x are where coefficients are restricted to Q times a basis.

    Parameters
    ----------
    w : ndarray of shape (r, B)
    yx : ndarray of shape (p, B)
    fixed : ndarray of shape (p, p0)
        Orthonormal columns.

    Returns
    -------
    ndarray of shape (r + p - p0, B), ndarray of shape (p0, B)
    """
    return np.concatenate([w, null_space(fixed.T).T @ yx]), fixed.T @ yx


def pairs(k: int) -> list[tuple[int, int]]:
    """Entries of a lower triangle, row by row."""
    return [(a, b) for a in range(k) for b in range(a + 1)]


def n_pairs(k: int) -> int:
    """How many they are."""
    return k * (k + 1) // 2


def square(packed: FloatArray, k: int) -> FloatArray:
    """Symmetric matrices of shape (k, k, B) from their lower triangles."""
    made = np.empty((k, k, packed.shape[1]))
    for i, (a, b) in enumerate(pairs(k)):
        made[a, b] = made[b, a] = packed[i]
    return made


@dataclass(frozen=True, slots=True)
class Rotation:
    """The rotated model with what takes rows to it.

    Attributes
    ----------
    model : VarianceModel
    w : ndarray of shape (r,)
        A0'y of the data.
    yx : ndarray of shape (p,)
        With all coefficients of the data.
    rest : float
    """

    model: VarianceModel
    w: FloatArray
    yx: FloatArray
    rest: float


def rotated(products: CrossProducts) -> Rotation:
    """Rotate a model and its data.

    Parameters
    ----------
    products : CrossProducts

    Returns
    -------
    Rotation
    """
    sums = crossproduct_matrix(products)
    A0_Z, to_w = _root(sums)
    F = np.concatenate([A0_Z, sums.ZQ.T])
    terms, begin = [], 0
    for t, factor in enumerate(products.factors):
        end = begin + factor.n_levels * factor.n_columns
        own = F[:, begin:end].reshape(len(F), factor.n_levels, factor.n_columns)
        for block in factor.blocks:
            part = np.ascontiguousarray(own[:, :, block])
            terms.append(Term(t, block, np.eye(part.shape[2]), part))
        begin = end
    sizes = tuple(factor.n_columns for factor in products.factors)
    model = VarianceModel(tuple(terms), sizes, products.n, products.p, len(A0_Z))
    w = to_w @ (sums.Zy - sums.ZQ @ sums.Qy)
    rest = sums.yy - w @ w - sums.Qy @ sums.Qy
    none_left = not model.df_rest
    # what the fit took out of y is put back: coefficients may be restricted
    yx = sums.Qy + products.y_coefficients / products.y_scale
    return Rotation(model, w, yx, 0.0 if none_left else max(float(rest), 0.0))


def _root(sums: CrossproductMatrix) -> tuple[FloatArray, FloatArray]:
    """R with R'R = Z'(I - QQ')Z, and what takes Z'(I - QQ')y to w."""
    left = sums.ZZ - sums.ZQ @ sums.ZQ.T
    values, vectors = np.linalg.eigh(left)
    limit = RANK_TOLERANCE * float(sums.ZZ.diagonal().max(initial=0.0))
    kept = values > max(limit, RANK_TOLERANCE * float(values.max(initial=0.0)))
    roots = np.sqrt(values[kept])[:, None]
    own = vectors[:, kept].T
    return roots * own, own / roots
