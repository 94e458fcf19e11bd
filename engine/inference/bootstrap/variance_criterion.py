"""The criterion of many replicates at once, and its derivatives in the covariances.

With x = D^-1 w, r^2 = w'x + rest and c = nu / r^2, along the directions A_i of D:

    d    = log|D| + nu (1 + log(2 pi r^2 / nu))
    g_i  = tr(D^-1 A_i) - c x'A_i x
    H_ij = - tr(D^-1 A_i D^-1 A_j) + 2 c x'A_i D^-1 A_j x - (c / r^2) x'A_i x x'A_j x

In full likelihood log|V| and its traces replace those of D. What the criterion lacks
beside that of the fit (log|R|, the response's unit, prior weights) is the same for all
replicates and for models that are nested in this one: differences are likelihood
ratios.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.inference.bootstrap.local_slopes import Slopes

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Squares:
    """What the data say at one D each.

    Attributes
    ----------
    total : ndarray of shape (B,)
        w'D^-1 w.
    first : ndarray of shape (m, B)
        x'A_i x.
    second : ndarray of shape (m, m, B)
        x'A_i D^-1 A_j x.
    """

    total: FloatArray
    first: FloatArray
    second: FloatArray


@dataclass(frozen=True, slots=True)
class Traces:
    """tr(D^-1 A_i), shape (m, B), and tr(D^-1 A_i D^-1 A_j), shape (m, m, B)."""

    first: FloatArray
    second: FloatArray


class Factored(Protocol):
    """D of B replicates, factored."""

    @property
    def log_det(self) -> FloatArray:
        """log|D|: shape (B,)."""
        ...

    def traces(self) -> Traces:
        """Of products with D^-1."""
        ...

    def solve(self, w: FloatArray) -> tuple[FloatArray, FloatArray]:
        """D^-1 w, shape (r, B), and w'D^-1 w, shape (B,)."""
        ...

    def squares(self, w: FloatArray) -> Squares:
        """Of the data."""
        ...


class System(Protocol):
    """D as a function of the covariances: one way to compute with it."""

    def rotate(self, w: FloatArray) -> FloatArray:
        """Turn w to what this way reads."""
        ...

    def rotate_back(self, x: FloatArray) -> FloatArray:
        """D^-1 w as it was before."""
        ...

    def factor(self, s: FloatArray) -> Factored:
        """Factor D at coordinates of shape (m, B)."""
        ...

    def shared(self, s: FloatArray, w: FloatArray) -> FloatArray:
        """w'D^-1 w of all replicates at one point of shape (m,)."""
        ...


@dataclass(frozen=True, slots=True)
class Value:
    """The criterion where each replicate stands, and what estimates need.

    Attributes
    ----------
    value, r2 : ndarray of shape (B,)
    x : ndarray of shape (r, B)
        D^-1 w, rotated.
    """

    value: FloatArray
    r2: FloatArray
    x: FloatArray


@dataclass(frozen=True, slots=True)
class Data:
    """Replicates as the criterion reads them.

    Attributes
    ----------
    w : ndarray of shape (r, B)
        As `System.rotate` made it.
    rest : ndarray of shape (B,)
    """

    w: FloatArray
    rest: FloatArray

    def take(self, which: IntArray) -> Data:
        """Some of the replicates."""
        return Data(np.ascontiguousarray(self.w[:, which]), self.rest[which])


@dataclass(frozen=True, slots=True)
class VarianceCriterion:
    """The profiled criterion of all replicates.

    Attributes
    ----------
    inner : System
        D of w.
    whole : System or None
        D of (w, y_x), whose determinant is |V|, in full likelihood; None for REML.
    nu : int
        n - p (REML) or n (ML).
    """

    inner: System
    whole: System | None
    nu: int

    def value(self, s: FloatArray, data: Data) -> Value:
        """The criterion at coordinates of shape (m, B), without derivatives."""
        inner = self.inner.factor(s)
        x, total = inner.solve(data.w)
        r2 = total + data.rest
        whole = inner if self.whole is None else self.whole.factor(s)
        return Value(whole.log_det + self.profiled(r2), r2, x)

    def local(self, s: FloatArray, data: Data) -> Slopes:
        """The criterion with its derivatives at coordinates of shape (m, B)."""
        inner = self.inner.factor(s)
        squares = inner.squares(data.w)
        whole = inner if self.whole is None else self.whole.factor(s)
        traces = whole.traces()
        r2 = squares.total + data.rest
        c, d = self.nu / r2, squares.first
        curvature = 2 * c * squares.second - traces.second
        curvature -= (c / r2) * (d[:, None] * d[None])
        slope = traces.first - c * d
        return Slopes(whole.log_det + self.profiled(r2), slope, curvature)

    def log_det(self, s: FloatArray) -> float:
        """log|D|, or log|V|, at one point of shape (m,)."""
        whole = self.inner if self.whole is None else self.whole
        return float(whole.factor(s[:, None]).log_det[0])

    def shared(self, s: FloatArray, log_det: float, data: Data) -> FloatArray:
        """The criterion of all replicates at one point of shape (m,)."""
        return log_det + self.profiled(self.inner.shared(s, data.w) + data.rest)

    def profiled(self, r2: FloatArray) -> FloatArray:
        """What r^2 adds to the logarithms of determinants."""
        made: FloatArray = self.nu * (1 + np.log(2 * np.pi / self.nu * r2))
        return made
