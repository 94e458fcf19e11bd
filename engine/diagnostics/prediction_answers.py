"""The five answers at one row and along an axis, as a model or its refits give them.

Each kind of `engine.inference.prediction` answers a question of its own. Without random
effects the mean and a single new row are all that can be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.errors import EngineError
from engine.inference.prediction import KINDS
from engine.inference.prediction_rows import level_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.arrays import FloatArray
    from engine.diagnostics.prediction_scale import Scale
    from engine.fitted_model import FittedModel
    from engine.inference.bootstrap.mixture import Mixture
    from engine.inference.prediction import Kind

Tables = dict["Kind", pd.DataFrame]
_OF_ROWS_ALIKE: tuple[Kind, ...] = ("population", "observation")


class NotAsked(Enum):
    """Why a question has no answer."""

    NO_GROUPS = "no groups"
    NO_GROUP_CHOSEN = "no group chosen"
    NOT_ESTIMABLE = "not estimable"


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the five answers.

    Attributes
    ----------
    kind : str
        The question.
    estimate, std_error, lower, upper : float
        On the scale that was chosen; NaN without an answer.
    why_not : NotAsked or None
        Why there is none.
    """

    kind: Kind
    estimate: float = np.nan
    std_error: float = np.nan
    lower: float = np.nan
    upper: float = np.nan
    why_not: NotAsked | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """Estimate and interval along an axis.

    Attributes
    ----------
    estimate, lower, upper : ndarray of shape (m,)
        In units of the response; NaN where a quantity cannot be estimated.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True)
class Refitted:
    """The refits whose variances the intervals are made of.

    Attributes
    ----------
    n, seed : int
    n_left_out : int
        Refits that could not be used.
    noise : float
        What other refits would change at most about an end of the answers, as a share
        of its interval's width.
    """

    n: int
    seed: int
    n_left_out: int
    noise: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What the model says, by kind.

    Attributes
    ----------
    at_row, along : dict of str to DataFrame
        At the row that is set, and along the axis.
    noise : mapping of str to float
        See `Mixed`; at the row, empty without refits.
    """

    at_row: Tables
    along: Tables
    noise: Mapping[Kind, float]

    def refits(
        self, mixture: Mixture, applies: Mapping[Kind, NotAsked | None]
    ) -> Refitted:
        """What is to be known of the refits that were mixed."""
        of_answers = [
            own
            for kind, own in self.noise.items()
            if applies[kind] is None and np.isfinite(own)
        ]
        noise = max(of_answers, default=0.0)
        return Refitted(mixture.n, mixture.seed, mixture.n_left_out, noise)


def applicable(model: FittedModel, row: pd.DataFrame) -> dict[Kind, NotAsked | None]:
    """Which of the questions this model can be asked."""
    if not model.is_mixed:
        return {
            kind: None if kind in _OF_ROWS_ALIKE else NotAsked.NO_GROUPS
            for kind in KINDS
        }
    codes = [level_codes(block.grouping, row)[0] for block in model.design.blocks]
    of_groups = None if max(codes) >= 0 else NotAsked.NO_GROUP_CHOSEN
    return {
        kind: of_groups if kind in ("group", "observation") else None for kind in KINDS
    }


def asked(
    model: FittedModel,
    row: pd.DataFrame,
    others: pd.DataFrame,
    level: float,
    mixture: Mixture | None,
) -> Asked:
    """Ask for the row and the axis together: they are encoded once.

    Along the axis there is nothing if only the row can be evaluated.
    """
    kinds = KINDS if model.is_mixed else _OF_ROWS_ALIKE

    def ask(rows: pd.DataFrame) -> tuple[Tables, dict[Kind, float]]:
        if mixture is None:
            return model.predictor.predict_kinds(rows, kinds, level), {}
        mixed = mixture.predict_kinds(rows, kinds, level)
        noise = {kind: float(own.noise[0]) for kind, own in mixed.items()}
        return {kind: own.table for kind, own in mixed.items()}, noise

    try:
        both, noise = ask(pd.concat([row, others], ignore_index=True))
    except EngineError:
        both, noise = ask(row)
        return Asked(both, {}, noise)
    at_row = {kind: table.iloc[:1] for kind, table in both.items()}
    along = {kind: table.iloc[1:] for kind, table in both.items()}
    return Asked(at_row, along, noise)


def answers_of(
    found: Tables, applies: Mapping[Kind, NotAsked | None], scale: Scale
) -> tuple[Answer, ...]:
    """All five, on a scale; those that are not asked or not known say why."""
    result = []
    for kind, why_not in applies.items():
        if why_not is not None:
            result.append(Answer(kind, why_not=why_not))
            continue
        estimate, error, lower, upper = found[kind].iloc[0].to_numpy()
        ends = scale.back(np.array([estimate, lower, upper]))
        numbers = [ends[0], scale.error_back(error, estimate), *ends[1:]]
        is_known = bool(np.isfinite(numbers).all())
        reason = None if is_known else NotAsked.NOT_ESTIMABLE
        estimate, error, lower, upper = map(float, numbers)
        result.append(Answer(kind, estimate, error, lower, upper, reason))
    return tuple(result)


def bands_of(found: Tables) -> dict[Kind, Band]:
    """All kinds that the model has, as fitted."""
    names = ("estimate", "lower", "upper")
    return {
        kind: Band(*(table[part].to_numpy() for part in names))
        for kind, table in found.items()
    }
