"""Which of several tests of one question to report, and why, by the model's own facts.

With few groups large-sample theory errs, and so does what takes estimated variances as
known (Bolker et al. 2009, Trends Ecol. Evol. 24, 127): then what is simulated goes
before what is corrected for small samples (Kenward and Roger 1997), and that before
what is not. With many groups all should agree, and the usual one is reported. A
variance has no usual chi-square test: zero is its limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.data.group_words import counted_groups
from engine.data.wording import joined
from engine.inference.f_tests import KENWARD_ROGER, SATTERTHWAITE
from engine.reporting.model_facts import pooled_groupings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.fitted_model import FittedModel

SIMULATED, BY_LIKELIHOOD = "simulated", "likelihood"
TRUSTED = (SIMULATED, KENWARD_ROGER, SATTERTHWAITE, BY_LIKELIHOOD)
"""From the one that relies least on there being many groups."""
QUICK = (SATTERTHWAITE, KENWARD_ROGER, BY_LIKELIHOOD, SIMULATED)
FEW = 20
"""Levels of a grouping below which large-sample tests are not relied on."""
CLEAR = 0.05
"""Methods disagree where some have a smaller p and some a larger one."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The test to report.

    Attributes
    ----------
    method : str
        One of `TRUSTED`.
    why : str
        A clause, without a full stop.
    """

    method: str
    why: str


def recommended(
    model: FittedModel,
    p_values: Mapping[str, float],
    *,
    is_variance: bool,
    is_whole: bool = True,
) -> Recommendation | None:
    """Choose among the answers to one question.

    Parameters
    ----------
    model : FittedModel
    p_values : mapping of str to float
        By method, of those that have an answer.
    is_variance : bool
        Whether the question is about a variance; else about a fixed effect.
    is_whole : bool
        False while the simulated tests are still to come.

    Returns
    -------
    Recommendation or None
        None without any answer.
    """
    if not p_values:
        return None
    if is_variance:
        return _of_variance(model, p_values, is_whole=is_whole)
    if not model.is_mixed:
        method = next(own for own in QUICK if own in p_values)
        return Recommendation(method, "it is exact for least squares")
    size, groups = _fewest(model)
    trusted = next(own for own in TRUSTED if own in p_values)
    is_clear = len({p < CLEAR for p in p_values.values()}) == 1
    if size >= FEW and not model.is_singular and is_clear:
        method = next(own for own in QUICK if own in p_values)
        why = f"with {groups} the methods agree"
        if method == SATTERTHWAITE:
            why += ", and this is the usual one"
        return Recommendation(method, why)
    if size < FEW:
        because = f"there are only {groups}"
    elif model.is_singular:
        because = "a variance or correlation is at its limit"
    else:
        because = "the methods disagree"
    speaks = _of_fixed(trusted, is_few=size < FEW, is_whole=is_whole)
    return Recommendation(trusted, f"{because}, {speaks}")


def _of_fixed(method: str, *, is_few: bool, is_whole: bool) -> str:
    """What speaks for a method where others may err."""
    if method == SIMULATED:
        return (
            "so that quick tests may err; this one simulates what chance gives in "
            "your design"
        )
    if method == KENWARD_ROGER and is_few:
        return f"and it corrects for that; {_lacking(is_whole=is_whole)}"
    return f"and it is the most careful one here; {_lacking(is_whole=is_whole)}"


def _of_variance(
    model: FittedModel, p_values: Mapping[str, float], *, is_whole: bool
) -> Recommendation:
    """Zero is the limit of a variance."""
    limit = "a variance cannot be below 0, so that the usual chi-square does not hold"
    method = next(own for own in TRUSTED if own in p_values)
    if method == SIMULATED:
        groupings = pooled_groupings(model).items()
        groups = joined([counted_groups(len(own.levels), n) for n, own in groupings])
        how = f"this one simulates what chance gives with {groups}"
        return Recommendation(method, f"{limit}; {how}")
    how = f"a mixture of two does; {_lacking(is_whole=is_whole)}"
    return Recommendation(method, f"{limit}, but {how}")


def _lacking(*, is_whole: bool) -> str:
    if is_whole:
        return "no simulated test answers this here"
    return "the simulated test is not ready yet"


def _fewest(model: FittedModel) -> tuple[int, str]:
    """The grouping with the fewest levels: how many, and in words."""
    sizes = {name: len(own.levels) for name, own in pooled_groupings(model).items()}
    name = min(sizes, key=lambda one: sizes[one])
    return sizes[name], counted_groups(sizes[name], name)
