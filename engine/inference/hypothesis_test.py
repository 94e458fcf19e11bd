"""What a test of a hypothesis found, however it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.sentences import Said


@dataclass(frozen=True, slots=True)
class HypothesisTest:
    """A statistic with its reference distribution.

    Attributes
    ----------
    statistic : float
    df : float
        Of the numerator of F, of t, or of chi-square. NaN where the reference
        distribution is simulated.
    df2 : float
        Of the denominator of F; NaN of others.
    p_value : float
        Never zero: what is simulated counts the data among the replicates.
    method : str
        What was done, in a few words, such as "Likelihood ratio, chi-square".
    note : str or Sentence
        What a reader has to know: what was refitted, dropped, simulated. May be empty.
    """

    statistic: float
    df: float
    df2: float
    p_value: float
    method: str
    note: Said
