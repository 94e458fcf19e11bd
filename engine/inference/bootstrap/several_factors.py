"""Refits of models with several grouping factors, many replicates at a time.

Four ways of computing the same, by what the design allows: `spectral_path` where it is
balanced, `schur_path` for one variance of each factor, `level_path` where a factor has
several effects, correlated or not, `dense_path` for what is small otherwise. What none
of them reaches is left to the caller.

Pinheiro and Bates (2000), Mixed-Effects Models in S and S-PLUS, chapter 2, for the
criterion; Searle, Casella and McCulloch (1992), Variance Components, for balanced
designs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.inference.bootstrap.corner_scan import best_points, corner_points
from engine.inference.bootstrap.level_path import LevelSystem
from engine.inference.bootstrap.path_choice import (
    criterion_of,
    kept_terms,
    systems,
    unbalanced_path,
    usable_balance,
)
from engine.inference.bootstrap.refits import Refits
from engine.inference.bootstrap.schur_path import SchurSystem
from engine.inference.bootstrap.shared_nodes import SharedNodes, box_around
from engine.inference.bootstrap.spectral_path import (
    SpectralSystem,
    find_balance,
    find_restriction,
    joined,
)
from engine.inference.bootstrap.variance_criterion import Data, VarianceCriterion
from engine.inference.bootstrap.variance_draws import VarianceDraws, observed
from engine.inference.bootstrap.variance_model import rotated, stacked
from engine.inference.bootstrap.variance_newton import minimise, snapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.inference.bootstrap.path_choice import Path
    from engine.inference.bootstrap.refits import Draws
    from engine.inference.bootstrap.spectral_path import Balance, Restriction
    from engine.inference.bootstrap.variance_model import Rotation, VarianceModel

MOST_COLUMNS = 2000
"""Columns of Z up to which a model is treated as a whole."""
CHUNK_BYTES = 12_000_000
"""Memory of the larger arrays of one chunk."""
WIDEST, NODES_WIDTH = 4000, 500
FEWEST_BESIDE = 20
"""Columns beside the largest factor from which shared nodes are faster."""
SLACK = 1e-9
"""Rise of the criterion that is rounding."""


@dataclass(frozen=True)
class SeveralFactors:
    """Draws and refits of one model: a `Resampler`.

    Attributes
    ----------
    model : VarianceModel
        That is refitted.
    path : {"spectral", "schur", "levels", "dense"}
        How.
    criterion : VarianceCriterion
    source : VarianceDraws
        Where replicates come from.
    data : dict
        The data themselves, as one replicate.
    fixed : ndarray of shape (p, p0) or None
        What is left of the coefficients' basis in a nested model.
    balance : Balance or None
        Of the spectral path.
    restriction : Restriction or None
        Of the spectral path, in a nested model with fewer coefficients.
    """

    model: VarianceModel
    path: Path
    criterion: VarianceCriterion
    source: VarianceDraws
    data: Draws
    fixed: FloatArray | None = None
    balance: Balance | None = None
    restriction: Restriction | None = None

    @property
    def width(self) -> int:
        """Replicates that are best fitted together: decided by the model alone."""
        if self.path == "spectral":
            return WIDEST
        return self._newton_width if self._nodes is None else NODES_WIDTH

    @property
    def _newton_width(self) -> int:
        """The same, for Newton's method."""
        r, m = self.model.r, self.model.slices[-1].stop if self.model.terms else 0
        if isinstance(self.criterion.inner, SchurSystem):
            numbers = 6 * self.criterion.inner.q**2 + 8 * r
        elif isinstance(self.criterion.inner, LevelSystem):
            numbers = self.criterion.inner.numbers
        else:
            numbers = (3 + m) * r**2
        return int(np.clip(CHUNK_BYTES / (8 * numbers + 1), 16, WIDEST))

    def draw(self, rng: np.random.Generator, n: int) -> Draws:
        """Draw n replicates, always in the same order of arrays."""
        return self.source.draw(rng, n)

    def refit(self, draws: Draws) -> Refits:
        """Fit them.

        Parameters
        ----------
        draws : dict
            From `draw`, of this model or of one that is nested in the same.

        Returns
        -------
        Refits
            Its criterion lacks log|R|, the response's unit and prior weights only.
        """
        w, yx = self._read(draws)
        data = Data(self.criterion.inner.rotate(w), draws["rest"])
        if not self.model.terms or self._nodes is None:
            return self._alone(data, yx)
        return self._by_nodes(self._nodes, data, yx)

    def _alone(self, data: Data, yx: FloatArray) -> Refits:
        """Fit each replicate without what others share."""
        if not self.model.terms:
            return self._least_squares(data, yx)
        return self._by_newton(data, yx)

    def _by_newton(self, data: Data, yx: FloatArray) -> Refits:
        """Fit each replicate from its best shared start."""
        sizes = [term.k for term in self.model.terms]
        start = best_points(self.criterion, self._points, self._log_dets, data)[0]
        found = minimise(self.criterion, sizes, start, data)
        s, is_singular = snapped(sizes, found.s)
        final = self.criterion.value(s, data)
        rose = np.flatnonzero(final.value > found.value_before + SLACK)
        if len(rose):
            s[:, rose], is_singular[rose] = snapped(sizes, found.before[:, rose])
            again = self.criterion.value(s[:, rose], data.take(rose))
            final.value[rose], final.r2[rose] = again.value, again.r2
            final.x[:, rose] = again.x
        beta = yx
        if self.balance is None:
            beta = yx - self.model.explained(
                s, self.criterion.inner.rotate_back(final.x)
            )
        return Refits(
            sigmas=self.model.sigmas(s),
            s2=final.r2 / self.criterion.nu,
            beta=beta if self.fixed is None else self.fixed @ beta,
            criterion=final.value,
            is_singular=is_singular,
            is_settled=found.is_settled,
        )

    def _by_nodes(self, nodes: SharedNodes, data: Data, yx: FloatArray) -> Refits:
        """Fit all by polynomials, and by Newton's method those that need it."""
        found = nodes.minimise(data)
        _, lowest = best_points(self.criterion, self._points, self._log_dets, data)
        unsure = np.flatnonzero(~found.is_sure | (lowest < found.value - SLACK))
        beta = yx - found.explained
        B = len(found.value)
        made = Refits(
            sigmas=self.model.sigmas(found.s),
            s2=found.r2 / self.criterion.nu,
            beta=beta if self.fixed is None else self.fixed @ beta,
            criterion=found.value,
            is_singular=np.zeros(B, dtype=bool),
            is_settled=np.ones(B, dtype=bool),
        )
        for begin in range(0, len(unsure), self._newton_width):
            at = unsure[begin : begin + self._newton_width]
            own = self._by_newton(data.take(at), yx[:, at])
            for whole, part in zip(made.sigmas, own.sigmas, strict=True):
                whole[:, :, at] = part
            made.s2[at], made.criterion[at] = own.s2, own.criterion
            made.beta[:, at] = own.beta
            made.is_singular[at], made.is_settled[at] = own.is_singular, own.is_settled
        return made

    def null(
        self,
        effects: Mapping[int, Sequence[FloatArray]] | None = None,
        fixed: FloatArray | None = None,
    ) -> SeveralFactors | None:
        """A nested model that reads the same draws, and draws from its own fit.

        Differences of both models' criteria on the same draws are likelihood ratios
        (restricted ones where only random effects differ).

        Parameters
        ----------
        effects : mapping of int to sequence of ndarray of shape (k, k0), optional
            By position of the block among all factors' blocks: the spans, on whitened
            columns, in which its effects still vary, independently of each other; none
            where it is absent.
        fixed : ndarray of shape (p, p0), optional
            Orthonormal: the coefficients on Q that remain are Q times this. Only where
            the fit is by ML.

        Returns
        -------
        SeveralFactors or None
            None where the nested model is not balanced although this one is: make this
            one by another path then (see `nested_pair`).
        """
        if fixed is not None and self.criterion.whole is None:
            raise ValueError("restricted likelihoods of other coefficients differ")
        nested = self.model.with_effects(effects or {})
        if self.balance is not None:
            made = self._balanced_null(nested, fixed)
        else:
            own = nested if fixed is None else nested.without_coefficients(fixed)
            criterion = criterion_of(own, self.path, self.criterion)
            made = replace(self, model=own, criterion=criterion, fixed=fixed)
        return None if made is None else made.drawn_from_its_fit()

    def drawn_from_its_fit(self) -> SeveralFactors:
        """The same, whose replicates are drawn from its own fit of the data."""
        w, yx = self._read(self.data)
        data = Data(self.criterion.inner.rotate(w), self.data["rest"])
        fit = self._alone(data, yx)
        sigmas = tuple(Sigma[:, :, 0] for Sigma in fit.sigmas)
        s = self.source.model.packed(sigmas)
        return replace(self, source=replace(self.source, s=s, s2=float(fit.s2[0])))

    def _balanced_null(
        self, nested: VarianceModel, fixed: FloatArray | None
    ) -> SeveralFactors | None:
        """The same by the spectral path."""
        assert self.balance is not None
        balance = find_balance(nested)
        if balance is None:
            return None
        restriction = None if fixed is None else find_restriction(nested, fixed)
        if fixed is not None and restriction is None:
            return None
        kept = kept_terms(self.model, nested)
        first = self.balance.w
        inner = SpectralSystem(first.delta[:, kept], first.counts)
        whole = self.balance.whole if self.criterion.whole is not None else None
        if whole is not None:
            whole = SpectralSystem(whole.delta[:, kept], whole.counts)
        if restriction is not None:
            own = replace(first, delta=first.delta[:, kept])
            inner = joined(own, restriction.spectrum)
        return replace(
            self,
            model=nested,
            criterion=VarianceCriterion(inner, whole, self.criterion.nu),
            fixed=fixed,
            restriction=restriction,
        )

    def _read(self, draws: Draws) -> tuple[FloatArray, FloatArray]:
        """What w and y_x of this model are."""
        w, yx = draws["w"], draws["yx"]
        if self.fixed is None:
            return w, yx
        if self.restriction is None:
            return stacked(w, yx, self.fixed)
        dropped = self.restriction.spectrum.pooled(self.restriction.dropped.T @ yx)
        return np.concatenate([w, dropped]), self.fixed.T @ yx

    def _least_squares(self, data: Data, yx: FloatArray) -> Refits:
        """A model that has lost all its random effects."""
        B = len(data.rest)
        final = self.criterion.value(np.zeros((0, B)), data)
        return Refits(
            sigmas=self.model.sigmas(np.zeros((0, B))),
            s2=final.r2 / self.criterion.nu,
            beta=yx if self.fixed is None else self.fixed @ yx,
            criterion=final.value,
            is_singular=np.zeros(B, dtype=bool),
            is_settled=np.ones(B, dtype=bool),
        )

    @cached_property
    def _nodes(self) -> SharedNodes | None:
        """Nodes that all replicates share, where polynomials serve."""
        system = self.criterion.inner
        if not isinstance(system, SchurSystem) or len(self.model.terms) != 2:
            return None
        if system.q < FEWEST_BESIDE:
            return None
        w, _ = self._read(self.data)
        data = Data(system.rotate(w), self.data["rest"])
        box = box_around(self.criterion, self._own_source, data)
        if box is None:
            return None
        r = self.model.r
        beside = [term.F[r:, :, 0] @ term.F[:r, :, 0].T for term in self.model.terms]
        return SharedNodes(self.criterion, system, beside, *box)

    @cached_property
    def _own_source(self) -> FloatArray:
        """Where replicates are drawn, in this model's coordinates."""
        source = self.source.model.sigmas(self.source.s[:, None])
        return self.model.packed([Sigma[:, :, 0] for Sigma in source])

    @cached_property
    def _points(self) -> FloatArray:
        """Shared starts, around where replicates are drawn."""
        return corner_points(self.model, self._own_source)

    @cached_property
    def _log_dets(self) -> FloatArray:
        """There, which all replicates share."""
        return np.array([self.criterion.log_det(s) for s in self._points])


def several_factors(
    evaluation: Evaluation, path: Path | None = None
) -> SeveralFactors | None:
    """Prepare draws and refits of a fitted mixed model.

    Parameters
    ----------
    evaluation : Evaluation
        At the fit.
    path : {"spectral", "schur", "levels", "dense"}, optional
        The way to compute, else the fastest that the design allows.

    Returns
    -------
    SeveralFactors or None
        None where no path reaches the model.
    """
    products = evaluation.products
    n_columns = sum(f.n_levels * f.n_columns for f in products.factors)
    if not products.factors or n_columns > MOST_COLUMNS:
        return None
    data = rotated(products)
    balance = None
    if path in (None, "spectral"):
        balance = usable_balance(data.model, is_reml=evaluation.is_reml)
    chosen: Path | None = "spectral" if balance is not None else path
    if chosen is None:
        chosen = unbalanced_path(data.model)
    if chosen is None or (chosen == "spectral" and balance is None):
        return None
    return _made(data, evaluation, chosen, balance)


def _made(
    data: Rotation, evaluation: Evaluation, path: Path, balance: Balance | None
) -> SeveralFactors:
    """Put the pieces together."""
    model, nu = data.model, evaluation.nu
    if balance is not None:
        whole = None if evaluation.is_reml else balance.whole
        criterion = VarianceCriterion(balance.inner, whole, nu)
    else:
        inner, beside = systems(model, path, is_reml=evaluation.is_reml)
        criterion = VarianceCriterion(inner, beside, nu)
    spectrum = None if balance is None else balance.w
    s, s2 = model.packed(evaluation.V.sigmas), evaluation.r2 / evaluation.nu
    return SeveralFactors(
        model=model,
        path=path,
        criterion=criterion,
        source=VarianceDraws(model, spectrum, s, s2),
        data=observed(data, spectrum),
        balance=balance,
    )
