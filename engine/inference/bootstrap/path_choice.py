"""Which way of computing a design allows, and its pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from engine.inference.bootstrap.dense_path import DenseSystem
from engine.inference.bootstrap.eliminated_levels import table_size
from engine.inference.bootstrap.level_path import LevelSystem
from engine.inference.bootstrap.schur_path import SchurSystem
from engine.inference.bootstrap.spectral_path import find_balance
from engine.inference.bootstrap.variance_criterion import VarianceCriterion

if TYPE_CHECKING:
    from engine.inference.bootstrap.spectral_path import Balance
    from engine.inference.bootstrap.variance_criterion import System
    from engine.inference.bootstrap.variance_model import VarianceModel

Path = Literal["spectral", "schur", "levels", "dense"]

MOST_BESIDE = 400
"""Columns beside the largest factor up to which the Schur path goes."""
MOST_POOLED = 4_000_000
"""Numbers in the level path's sums over signatures, at most: beyond, replicates are
refitted faster one by one, by the sparse criterion of a fit."""
MOST_DENSE = 300
"""Length of w up to which the dense path goes."""


def unbalanced_path(model: VarianceModel) -> Path | None:
    """The faster path of a model that is not balanced; None where none reaches it."""
    columns = [term.F.shape[1] for term in model.terms]
    can_schur = model.is_scalar and sum(columns) - max(columns) <= MOST_BESIDE
    if can_schur and len({term.factor for term in model.terms}) == len(model.terms):
        return "schur"
    if table_size(model) <= MOST_POOLED:
        return "levels"
    if can_schur:
        return "schur"
    return "dense" if model.r <= MOST_DENSE else None


def criterion_of(
    model: VarianceModel, path: Path, larger: VarianceCriterion
) -> VarianceCriterion:
    """The criterion of a nested model, of the same likelihood."""
    inner, whole = systems(model, path, is_reml=larger.whole is None)
    return VarianceCriterion(inner, whole, larger.nu)


def systems(
    model: VarianceModel, path: Path, *, is_reml: bool
) -> tuple[System, System | None]:
    """D of w, and in full likelihood that of (w, y_x)."""
    inner = _system(model, path, is_whole=False)
    return inner, None if is_reml else _system(model, path, is_whole=True)


def _system(model: VarianceModel, path: Path, *, is_whole: bool) -> System:
    if path == "levels" and model.terms:
        return LevelSystem(model, is_whole=is_whole)
    rows = slice(0, None if is_whole else model.r)
    if path == "schur" and model.terms:
        return SchurSystem([term.F[rows, :, 0] for term in model.terms])
    return DenseSystem(model.directions(rows))


def usable_balance(model: VarianceModel, *, is_reml: bool) -> Balance | None:
    """Spectra by which a model can be fitted; full likelihood needs those of y_x."""
    balance = find_balance(model)
    if balance is None or is_reml:
        return balance
    return None if balance.yx is None else balance


def kept_terms(model: VarianceModel, nested: VarianceModel) -> list[int]:
    """Positions of the terms that are left in a model without correlated ones."""
    left = [(term.factor, term.columns) for term in nested.terms]
    own = [(term.factor, term.columns) for term in model.terms]
    return [i for i, term in enumerate(own) if term in left]
