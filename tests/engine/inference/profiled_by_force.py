"""The least ML deviance with one parameter held, from n x n matrices and BFGS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from tests.engine.simulated import dense_Z

if TYPE_CHECKING:
    import engine
    from engine.arrays import FloatArray
    from engine.model.design import Design


@dataclass
class ByForce:
    """The ML deviance of a model in absolute covariances and sigma.

    Parameters
    ----------
    design : Design
    """

    design: Design

    def __post_init__(self) -> None:
        self.Z = dense_Z(self.design)
        offset = self.design.offset
        self.y = self.design.y - (0 if offset is None else offset)
        weights = self.design.weights
        self.R = np.eye(len(self.y)) if weights is None else np.diag(1 / weights)

    def deviance(self, roots, sigma, held=None) -> float:
        """At roots of Cov(b) by block; `held` is a coefficient's place and value."""
        V = sigma**2 * self.R
        for Z, U in zip(self.Z, roots, strict=True):
            ZU = Z @ np.kron(np.eye(Z.shape[1] // len(U)), U)
            V = V + ZU @ ZU.T
        X, y = self.design.X, self.y
        if held is not None:
            y = y - held[1] * X[:, held[0]]
            X = np.delete(X, held[0], axis=1)
        L = np.linalg.cholesky(V)
        X, y = np.linalg.solve(L, X), np.linalg.solve(L, y)
        rest = y - X @ np.linalg.lstsq(X, y, rcond=None)[0] if X.size else y
        return float(
            2 * np.log(np.diag(L)).sum() + len(y) * np.log(2 * np.pi) + rest @ rest
        )

    def least(self, model: engine.FittedModel, name: str, value: float) -> float:
        """Minimise with a parameter of the profile table held, from several starts."""
        starts = [U / model.sigma for U in _roots(model)]
        found = []
        for push in (0.0, 0.5):
            free = [np.log(model.sigma)]
            for U in starts:
                pushed = U + push * np.eye(len(U)) * max(np.abs(U).max(), 0.1)
                free += list(pushed[np.tril_indices(len(U))])
            found.append(self._polished(np.array(free), name, value))
        return min(found)

    def _polished(self, start: FloatArray, name: str, value: float) -> float:
        def target(free):
            sigma = np.exp(free[0]) if name != "sigma" else value
            roots, i = [], 1
            for block in self.design.blocks:
                k = len(block.terms)
                m = k * (k + 1) // 2
                own = free[i : i + m]
                roots.append(_root(block, own, sigma, name, value))
                i += m
            held = None
            if name in self.design.terms:
                held = (self.design.terms.index(name), value)
            try:
                return self.deviance(roots, sigma, held)
            except np.linalg.LinAlgError:
                return 1e10

        best = minimize(target, start, method="BFGS")
        for _ in range(2):
            best = minimize(target, best.x, method="BFGS", options={"gtol": 1e-6})
        return float(best.fun)


def _roots(model):
    return [block.root * model.sigma for block in model.estimates.blocks]


def _root(block, own, sigma, name, value):
    """Root of Cov(b) with an SD or a correlation of the block held.

    Rows are put in such an order that those held come first.
    """
    k, group = len(block.terms), block.grouping.name
    U = np.zeros((k, k))
    U[np.tril_indices(k)] = own
    U *= sigma
    for a, term in enumerate(block.terms):
        if name == f"sd({group}, {term})":
            order = [a, *(i for i in range(k) if i != a)]
            U[0, 0] = value
            return U[np.argsort(order)]
        for b in range(a + 1, k):
            if name == f"cor({group}, {term}, {block.terms[b]})":
                order = [a, b, *(i for i in range(k) if i not in (a, b))]
                s, t = np.exp(own[0]), np.exp(own[2])
                U[0, 0] = s * sigma
                U[1, :2] = t * sigma * np.array([value, np.sqrt(1 - value**2)])
                return U[np.argsort(order)]
    return U
