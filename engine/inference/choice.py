"""How the fixed effects are to be tested: what a user can choose, and no computation.

Light to import: the window keeps a choice before anything is computed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Df = Literal["satterthwaite", "kenward-roger"]
TermTest = Literal["F", "likelihood-ratio"]
TermType = Literal[1, 2, 3]

DF_NAMES: dict[Df, str] = {
    "satterthwaite": "Satterthwaite",
    "kenward-roger": "Kenward–Roger",
}
DFS: tuple[Df, ...] = tuple(DF_NAMES)
TERM_TESTS: tuple[TermTest, ...] = ("F", "likelihood-ratio")
TYPES: tuple[TermType, ...] = (3, 2, 1)
LEVELS = (0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class InferenceChoice:
    """How tables and words say what is known of the fixed effects.

    Attributes
    ----------
    df : {"satterthwaite", "kenward-roger"}
        Degrees of freedom of t and F. Least squares has its exact ones.
    terms_by : {"F", "likelihood-ratio"}
        How whole terms are tested.
    kind : {3, 2, 1}
        Type of the tests of terms: see `engine.inference.anova`.
    level : float
        Coverage of the intervals: 0.9, 0.95 or 0.99.
    """

    df: Df = "satterthwaite"
    terms_by: TermTest = "F"
    kind: TermType = 3
    level: float = 0.95

    @property
    def term_method(self) -> str:
        """How terms are tested, as `engine.anova` calls it."""
        return self.df if self.terms_by == "F" else self.terms_by

    def to_dict(self) -> dict[str, Any]:
        """Write it down, for a project."""
        return asdict(self)

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> InferenceChoice:
        """Read what was written down.

        Parameters
        ----------
        written : mapping
            What is missing is as usual.

        Returns
        -------
        InferenceChoice

        Raises
        ------
        ValueError
            If it says what cannot be chosen.
        """
        known = {"df": DFS, "terms_by": TERM_TESTS, "kind": TYPES, "level": LEVELS}
        for name, value in written.items():
            allowed = known.get(name, ())
            is_kind = any(type(value) is type(one) for one in allowed)
            if not is_kind or value not in allowed:
                raise ValueError(f"inference.{name} is {value!r:.80}")
        return cls(**written)


USUAL = InferenceChoice()
