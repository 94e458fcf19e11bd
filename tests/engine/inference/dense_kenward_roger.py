"""Kenward and Roger's method from n x n matrices, term by term as in their paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.engine.simulated import dense_Z

if TYPE_CHECKING:
    from collections.abc import Sequence

    import engine
    from engine.arrays import FloatArray


def all_entries(k: int) -> list[FloatArray]:
    """Derivatives of a symmetric matrix in each of its entries."""
    made = []
    for a in range(k):
        for b in range(a, k):
            E = np.zeros((k, k))
            E[a, b] = E[b, a] = 1.0
            made.append(E)
    return made


class Dense:
    """Adjusted covariance and df at a fit's estimates, on the user's scale."""

    def __init__(
        self,
        model: engine.FittedModel,
        directions: Sequence[Sequence[FloatArray]] | None = None,
    ) -> None:
        design, estimates = model.design, model.estimates
        n = len(design.y)
        X = design.X[:, list(estimates.kept)]
        W = np.ones(n) if design.weights is None else design.weights
        if directions is None:
            directions = [all_entries(len(b.terms)) for b in design.blocks]
        G, V = [], model.sigma**2 * np.diag(1 / W)
        parts = zip(dense_Z(design), estimates.blocks, directions, strict=True)
        for Z, block, own in parts:
            levels = np.eye(Z.shape[1] // len(block.covariance))
            V = V + Z @ np.kron(levels, block.covariance) @ Z.T
            G += [Z @ np.kron(levels, E) @ Z.T for E in own]
        G.append(np.diag(1 / W))
        inverse = np.linalg.inv(V)
        VX, VG = inverse @ X, [inverse @ g for g in G]
        self.Phi = Phi = np.linalg.inv(X.T @ VX)
        self.P = P = [-VX.T @ g @ VX for g in G]
        Q = [[VX.T @ g @ inverse @ h @ VX for h in G] for g in G]
        information = np.array(
            [
                [
                    np.sum(VG[i] * VG[j].T)
                    - 2 * np.trace(Phi @ Q[i][j])
                    + np.trace(Phi @ P[i] @ Phi @ P[j])
                    for j in range(len(G))
                ]
                for i in range(len(G))
            ]
        )
        scale = np.sqrt(np.diag(information))
        self.W = 2 * np.linalg.inv(information / np.outer(scale, scale))
        self.W /= np.outer(scale, scale)
        inner = sum(
            self.W[i, j] * (Q[i][j] - P[i] @ Phi @ P[j])
            for i in range(len(G))
            for j in range(len(G))
        )
        self.adjusted = Phi + 2 * Phi @ inner @ Phi

    def f_test(self, L: FloatArray, beta: FloatArray) -> tuple[float, float]:
        """Scaled F and its denominator df."""
        q, Phi = len(L), self.Phi
        Theta = L.T @ np.linalg.inv(L @ Phi @ L.T) @ L
        moved = [Theta @ Phi @ P @ Phi for P in self.P]
        traces = np.array([np.trace(m) for m in moved])
        A1 = traces @ self.W @ traces
        A2 = np.sum(self.W * [[np.trace(a @ b) for b in moved] for a in moved])
        B = (A1 + 6 * A2) / (2 * q)
        g = ((q + 1) * A1 - (q + 4) * A2) / ((q + 2) * A2)
        below = 3 * q + 2 * (1 - g)
        c1, c2, c3 = g / below, (q - g) / below, (q + 2 - g) / below
        rho = ((1 - A2 / q) / (1 - c2 * B)) ** 2 * (1 + c1 * B) / (1 - c3 * B) / q
        df = 4 + (q + 2) / (q * rho - 1)
        scale = df * (1 - A2 / q) / (df - 2)
        Lb = L @ beta
        F = Lb @ np.linalg.solve(L @ self.adjusted @ L.T, Lb) / q
        return scale * F, df
