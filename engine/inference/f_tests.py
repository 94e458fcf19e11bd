"""Tests of linear hypotheses about the coefficients, one by one or together.

With L the contrasts, F = (L beta)'(L C L')^-1 (L beta) / q. Its denominator df are
exact for least squares; else they are Kenward and Roger's, or Satterthwaite's, who
takes the eigenvectors of L C L' = sum_m d_m p_m p_m' one by one (Fai and Cornelius
1996, J. Stat. Comput. Simul. 54, 363): with nu_m the df of p_m'L,

    E = sum_m nu_m / (nu_m - 2) ,   ddf = 2 E / (E - q)         (2 where any nu_m <= 2)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import qr

from engine.distributions import f_tail
from engine.errors import EngineError
from engine.fitting.basis import solve_upper
from engine.inference.hypothesis_test import HypothesisTest
from engine.inference.kenward_roger import KenwardRoger
from engine.inference.refitting import refitted_estimates
from engine.inference.satterthwaite import Satterthwaite, inner_contrasts
from engine.progress import ignore

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitting.result import Estimates
    from engine.progress import Report

SATTERTHWAITE, KENWARD_ROGER = "satterthwaite", "kenward-roger"
METHODS = (SATTERTHWAITE, KENWARD_ROGER)
REDUNDANT = 1e-8
"""Share of a contrast, in its standard errors, below which others say the same."""
REFITTED = (
    "Kenward and Roger's method is defined for REML: the model was refitted by REML, "
    "and the estimates here are those of that fit."
)


@dataclass(frozen=True, slots=True)
class SingleTests:
    """Contrasts one by one.

    Attributes
    ----------
    estimate, std_error, df : ndarray of shape (m,)
        In units of the response.
    """

    estimate: FloatArray
    std_error: FloatArray
    df: FloatArray


@dataclass(frozen=True, slots=True)
class JointTest:
    """Contrasts together.

    Attributes
    ----------
    statistic : float
        F, scaled where the method does that.
    unscaled : float
        F as it is.
    df, df2 : float
        Of numerator and denominator; df is zero, and all else NaN, where nothing is
        tested.
    p_value : float
    """

    statistic: float
    unscaled: float
    df: float
    df2: float
    p_value: float


NOTHING = JointTest(float("nan"), float("nan"), 0.0, float("nan"), float("nan"))


class CoefficientTests(ABC):
    """Tests of one fitted model by one method.

    Parameters
    ----------
    estimates : Estimates
        Those that are tested, with an `evaluation`.
    root : ndarray of shape (p, p)
        Covariance of the coefficients on Q = root root', in units of the response.
    notes : tuple of str
        What a reader has to know.

    Attributes
    ----------
    estimates : Estimates
    notes : tuple of str
    """

    name: str
    """The method in words."""

    def __init__(
        self, estimates: Estimates, root: FloatArray, notes: tuple[str, ...] = ()
    ) -> None:
        self.estimates, self.notes, self._root = estimates, notes, root
        assert estimates.evaluation is not None
        e = estimates.evaluation
        self._beta = e.products.y_scale * e.beta + e.products.y_coefficients

    @abstractmethod
    def _single_df(self, inner: FloatArray) -> FloatArray:
        """Df of each contrast of coefficients on Q."""

    @abstractmethod
    def _joint_df(self, inner: FloatArray) -> tuple[float, float]:
        """Denominator df of independent contrasts together, and the scale of F."""

    @property
    def covariance(self) -> FloatArray:
        """Of all coefficients in the user's units: (p, p), zero where there is none."""
        assert self.estimates.evaluation is not None
        products, p = self.estimates.evaluation.products, len(self.estimates.beta)
        kept, whole = list(products.kept), np.zeros((p, p))
        if kept:
            half = solve_upper(products.R, self._root)
            whole[np.ix_(kept, kept)] = half @ half.T
        return whole

    def single(self, contrasts: FloatArray) -> SingleTests:
        """Test each contrast by itself.

        Parameters
        ----------
        contrasts : ndarray of shape (m, p)
            Weights of all columns of X; those that cannot be estimated are ignored.

        Returns
        -------
        SingleTests
        """
        inner = inner_contrasts(self.estimates, contrasts)
        error = np.linalg.norm(inner @ self._root, axis=1)
        return SingleTests(inner @ self._beta, error, self._single_df(inner))

    def joint(self, contrasts: FloatArray) -> JointTest:
        """Test all contrasts together.

        Parameters
        ----------
        contrasts : ndarray of shape (m, p)
            See `single`; what follows from others is not counted.

        Returns
        -------
        JointTest
        """
        inner = _independent(inner_contrasts(self.estimates, contrasts), self._root)
        q = len(inner)
        if not q:
            return NOTHING
        half = np.linalg.qr((inner @ self._root).T).R.T  # L C L' = half half'
        F = float(np.sum(np.linalg.solve(half, inner @ self._beta) ** 2)) / q
        df2, scale = self._joint_df(inner)
        return JointTest(scale * F, F, q, df2, f_tail(scale * F, q, df2))


def _independent(inner: FloatArray, root: FloatArray) -> FloatArray:
    """Contrasts without those that follow from others, in their order."""
    half = inner @ root
    sizes = np.linalg.norm(half, axis=1)
    there = sizes > 0
    inner, half = inner[there], half[there] / sizes[there, None]
    if len(half) < 2:
        return inner
    R, order = qr(half.T, mode="r", pivoting=True)
    diagonal = np.abs(np.diag(R))
    rank = int((diagonal > REDUNDANT * diagonal[0]).sum())
    kept: FloatArray = inner[np.sort(order[:rank])]
    return kept


class ExactTests(CoefficientTests):
    """Least squares: t and F are exact."""

    name = "F test"

    def __init__(self, estimates: Estimates) -> None:
        assert estimates.evaluation is not None
        products = estimates.evaluation.products
        super().__init__(estimates, estimates.sigma * np.eye(products.p))
        self._df = float(products.n - products.p)

    def _single_df(self, inner: FloatArray) -> FloatArray:
        return np.full(len(inner), self._df)

    def _joint_df(self, inner: FloatArray) -> tuple[float, float]:
        return self._df, 1.0


class SatterthwaiteTests(CoefficientTests):
    """Satterthwaite's degrees of freedom."""

    name = "Satterthwaite's F test"

    def __init__(self, estimates: Estimates) -> None:
        e = estimates.evaluation
        assert e is not None
        super().__init__(estimates, estimates.sigma * e.C_root, _held(estimates))
        self._calculus = Satterthwaite(e)

    def _single_df(self, inner: FloatArray) -> FloatArray:
        return self._calculus.df(self._calculus.of_coefficients(inner))

    def _joint_df(self, inner: FloatArray) -> tuple[float, float]:
        half = inner @ self._root
        _, vectors = np.linalg.eigh(half @ half.T)
        return combined_df(self._single_df(vectors.T @ inner)), 1.0


class KenwardRogerTests(CoefficientTests):
    """Kenward and Roger's covariance, degrees of freedom and scale of F."""

    name = "Kenward and Roger's F test"

    def __init__(self, estimates: Estimates, notes: tuple[str, ...] = ()) -> None:
        assert estimates.evaluation is not None
        self._calculus = KenwardRoger(estimates.evaluation)
        adjusted = estimates.sigma**2 * self._calculus.covariance
        notes = (*notes, *_held(estimates))
        super().__init__(estimates, np.linalg.cholesky(adjusted), notes)

    def _single_df(self, inner: FloatArray) -> FloatArray:
        return self._calculus.df(inner)

    def _joint_df(self, inner: FloatArray) -> tuple[float, float]:
        return self._calculus.joint_df(inner)


def combined_df(nu: FloatArray) -> float:
    """Denominator df of the mean of squares of t variables.

    Parameters
    ----------
    nu : ndarray of shape (q,)
        Their degrees of freedom.

    Returns
    -------
    float
        Such that F has the mean that these squares have.
    """
    if len(nu) == 1 or np.isnan(nu).any():
        return float(nu[0] if len(nu) == 1 else np.nan)
    if (nu <= 2).any():
        return 2.0
    excess = float(np.sum(2 / (nu - 2)))  # E - q
    return 2 * (len(nu) + excess) / excess if excess > 0 else float("inf")


def _held(estimates: Estimates) -> tuple[str, ...]:
    """Name the groupings of which some variation stands at its limit."""
    e = estimates.evaluation
    assert e is not None
    names = []
    for block in e.blocks:
        if block.n_kept < len(block.values):
            first = e.products.factors[block.factor].block_indices[0]
            names.append(f"'{estimates.design.blocks[first].grouping.name}'")
    if not names:
        return ()
    return (
        "A variance of zero or a perfect correlation was estimated for "
        f"{' and '.join(dict.fromkeys(names))}: the degrees of freedom take that as "
        "known.",
    )


def coefficient_tests(
    estimates: Estimates, method: str, report: Report = ignore
) -> CoefficientTests:
    """Prepare tests of coefficients.

    Parameters
    ----------
    estimates : Estimates
    method : {"satterthwaite", "kenward-roger"}
        Least squares has exact tests, whatever is asked. Kenward and Roger's method
        refits a model that was fitted by ML, and says so.
    report : callable
        Hears of the refit.

    Returns
    -------
    CoefficientTests

    Raises
    ------
    EngineError
        If the method is unknown, or each group has its own residual SD.
    """
    if method not in METHODS:
        raise EngineError(
            f"Degrees of freedom by '{method}' are not available.",
            f"Choose {' or '.join(map(repr, METHODS))}.",
        )
    if estimates.evaluation is None:
        raise EngineError(
            "Each group has a regression and a residual SD of its own, so that there "
            "is no F test of a term for all groups together.",
            "Choose one residual SD for all groups, or partial pooling.",
        )
    if estimates.residual_df is not None:
        return ExactTests(estimates)
    if method == SATTERTHWAITE:
        return SatterthwaiteTests(estimates)
    if estimates.estimation == "REML":
        return KenwardRogerTests(estimates)
    return KenwardRogerTests(refitted_estimates(estimates, "REML", report), (REFITTED,))


def f_test(
    estimates: Estimates, contrasts: FloatArray, method: str = SATTERTHWAITE
) -> HypothesisTest:
    """Test that linear combinations of the coefficients are all zero.

    Parameters
    ----------
    estimates : Estimates
    contrasts : ndarray of shape (m, p)
        Weights of all columns of X; those that cannot be estimated are ignored.
    method : {"satterthwaite", "kenward-roger"}

    Returns
    -------
    HypothesisTest
        The square of t for one contrast.

    Raises
    ------
    EngineError
        See `coefficient_tests`.
    """
    tests = coefficient_tests(estimates, method)
    found = tests.joint(np.atleast_2d(np.asarray(contrasts, dtype=float)))
    return HypothesisTest(
        statistic=found.statistic,
        df=found.df,
        df2=found.df2,
        p_value=found.p_value,
        method=tests.name,
        note=" ".join(tests.notes),
    )
