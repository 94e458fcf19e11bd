"""The work as one frozen value: what undo goes back to and what a project saves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.inference.choice import USUAL, InferenceChoice

if TYPE_CHECKING:
    from engine.data.prepared import Step
    from engine.data.table import Table
    from engine.model.spec import ModelSpec


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """Everything that decides the results, and nothing that follows from it.

    Attributes
    ----------
    table : Table or None
        The data as read.
    steps : tuple of Step
        What was done to them, in order.
    spec : ModelSpec or None
        The model; None until something is to be explained.
    estimation : {"REML", "ML"}
    weights : str or None
        Column of prior weights.
    dismissed : tuple of str
        Keys of the findings that the user has put aside.
    inference : InferenceChoice
        How the tables of results test the fixed effects; the fit is the same.
    """

    table: Table | None = None
    steps: tuple[Step, ...] = ()
    spec: ModelSpec | None = None
    estimation: str = "REML"
    weights: str | None = None
    dismissed: tuple[str, ...] = ()
    inference: InferenceChoice = USUAL

    def has_same_rows(self, other: Document) -> bool:
        """Whether both prepare the same rows and columns."""
        return self.table is other.table and _are_same(self.steps, other.steps)

    def has_same_fit(self, other: Document) -> bool:
        """Whether both lead to the same fit."""
        return (
            self.has_same_rows(other)
            and self.spec == other.spec
            and self.estimation == other.estimation
            and self.weights == other.weights
        )

    def is_same(self, other: Document) -> bool:
        """Whether nothing differs that a project would save."""
        return (
            self.has_same_fit(other)
            and self.dismissed == other.dismissed
            and self.inference == other.inference
        )

    def with_step(self, step: Step) -> Document:
        """Add a step; one that only takes back the last one removes it instead."""
        from engine.data.column_steps import Rename  # noqa: PLC0415 - pandas
        from engine.data.row_steps import Exclude, Include  # noqa: PLC0415

        last = self.steps[-1] if self.steps else None
        is_taken_back = (
            isinstance(step, Include)
            and isinstance(last, Exclude)
            and step.rows == last.rows
        ) or (
            isinstance(step, Rename)
            and isinstance(last, Rename)
            and (step.column, step.to) == (last.to, last.column)
        )
        kept = self.steps[:-1] if is_taken_back else (*self.steps, step)
        return replace(self, steps=kept)


def _are_same(steps: tuple[Step, ...], others: tuple[Step, ...]) -> bool:
    """Whether steps are equal; the same one, with its million rows, is not read."""
    return len(steps) == len(others) and all(
        one is other or one == other for one, other in zip(steps, others, strict=True)
    )
