"""Rows behind the rotated numbers: dense matrices and simulated responses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

import engine
from engine.fitting.crossproducts import reduce_rows
from engine.fitting.newton import Minimiser
from engine.fitting.search import find_optimum
from engine.progress import ignore
from tests.engine.simulated import dense_Z


def crossed(a=6, b=5, seed=1, sd=(1.0, 0.7), effects=0.0):
    """Every level of one factor with every level of the other, once."""
    rng = np.random.default_rng(seed)
    first, second = np.repeat(np.arange(a), b), np.tile(np.arange(b), a)
    x = np.tile(np.linspace(-1, 1, b), a)
    y = 3 + effects * x + rng.normal(0, sd[0], a)[first]
    y = y + rng.normal(0, sd[1], b)[second] + rng.normal(0, 1, a * b)
    return pd.DataFrame(
        {
            "y": y,
            "x": x,
            "plate": [f"p{i}" for i in first],
            "sample": [f"s{i}" for i in second],
        }
    )


def nested(sites=6, plots=3, visits=4, seed=2):
    """Visits of plots in sites, with a covariate that all plots share."""
    rng = np.random.default_rng(seed)
    site = np.repeat(np.arange(sites), plots * visits)
    plot = np.repeat(np.arange(sites * plots), visits)
    visit = np.tile(np.arange(visits) - (visits - 1) / 2, sites * plots)
    y = 1 + 0.5 * visit + rng.normal(0, 1, sites)[site]
    y = y + rng.normal(0, 0.8, sites * plots)[plot] + rng.normal(0, 1, len(plot))
    return pd.DataFrame(
        {
            "y": y,
            "visit": visit,
            "site": [f"s{i}" for i in site],
            "plot": [f"q{i}" for i in plot],
        }
    )


class Rows:
    """A fitted model with its whitened columns as dense matrices, weights included."""

    def __init__(self, formula, frame, **options):
        self.model = engine.fit(formula, frame, **options)
        self.e = self.model.estimates.evaluation
        self.design, self.products = self.model.design, self.e.products
        weights = self.design.weights
        self.root = np.ones(len(self.design.y)) if weights is None else np.sqrt(weights)
        kept = list(self.products.kept)
        X = self.root[:, None] * self.design.X[:, kept]
        self.Q = X @ np.linalg.inv(self.products.R)
        full = dense_Z(self.design)
        self.Z = []  # by factor and block, in the order of the products
        for factor in self.products.factors:
            columns = []
            for index, T in zip(factor.block_indices, factor.transforms, strict=True):
                own = full[index].reshape(len(X), -1, len(T)) @ np.linalg.inv(T)
                columns.append(self.root[:, None, None] * own)
            self.Z.append(np.concatenate(columns, axis=2).reshape(len(X), -1))

    @property
    def constant(self):
        """What the fit's criterion has beside that of a replicate."""
        value = self.e.nu * 2 * np.log(self.products.y_scale)
        value -= self.products.log_weights
        if self.e.is_reml:
            value += 2 * np.log(np.diag(self.products.R)).sum()
        return value

    def V(self, sigmas):
        """Covariance of the weighted rows at Sigma of each factor."""
        V = np.eye(len(self.Q))
        for Z, Sigma in zip(self.Z, sigmas, strict=True):
            k = len(Sigma)
            wide = Z.reshape(len(V), -1, k)
            V += np.einsum("njk,kl,mjl->nm", wide, Sigma, wide)
        return V

    def responses(self, sigmas, s2, n, seed):
        """Weighted rows of n replicates without coefficients, inner scale."""
        rng = np.random.default_rng(seed)
        root = np.linalg.cholesky(s2 * self.V(sigmas))
        return root @ rng.standard_normal((len(root), n))

    def draws(self, resampler, Y):
        """What the resampler would have drawn for these responses."""
        model = resampler.source.model
        R = np.concatenate(
            [_columns(term.F[: model.r]) for term in _by_factor(model)],
            axis=1,
        )
        Z = np.concatenate(self.Z, axis=1)
        left = Z - self.Q @ (self.Q.T @ Z)
        A0 = left @ np.linalg.pinv(R)
        w, yx = A0.T @ Y, self.Q.T @ Y
        rest = (Y**2).sum(axis=0) - (w**2).sum(axis=0) - (yx**2).sum(axis=0)
        spectrum = resampler.source.spectrum
        w = w if spectrum is None else spectrum.pooled(w)
        return {"w": w, "yx": yx, "rest": np.maximum(rest, 0.0)}

    def fitted(self, y, *, is_reml):
        """The engine's own criterion at its best optimum for one response."""
        design = replace(self.design, y=y / self.root, offset=None)
        products = reduce_rows(design)
        minimiser = Minimiser(products, is_reml=is_reml, report=ignore)
        return find_optimum(minimiser, products).path.evaluation

    def own_constant(self):
        """The same for a response that is given on the inner scale."""
        value = -self.products.log_weights
        if self.e.is_reml:
            value += 2 * np.log(np.diag(self.products.R)).sum()
        return value


def _by_factor(model):
    """Terms with the blocks of one factor side by side."""
    joined = []
    for t in range(len(model.sizes)):
        own = [term for term in model.terms if term.factor == t]
        F = np.concatenate([term.F for term in own], axis=2)
        joined.append(replace(own[0], F=F))
    return joined


def _columns(F):
    return F.reshape(len(F), -1)
