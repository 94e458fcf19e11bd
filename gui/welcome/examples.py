"""The examples that Tarn ships: what their cards say, and how each opens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.data.prepared import Step

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "examples"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """What a card's picture shows, in a square from (0, 0) to (1, 1) with y upwards.

    Attributes
    ----------
    lines : tuple of tuple of (float, float)
        One line for each group.
    highlighted : int
        The place of the line that is highlighted.
    points, marked : tuple of (float, float)
        Rows, and those of the highlighted group.
    nodes : tuple of int
        Lines whose points are dots.
    is_thin : bool
        Whether the lines are many and join single rows, rather than being a fit.
    """

    lines: tuple[tuple[Point, ...], ...]
    highlighted: int
    points: tuple[Point, ...] = ()
    marked: tuple[Point, ...] = ()
    nodes: tuple[int, ...] = ()
    is_thin: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """An example: data, preparation and model, with the words on its card.

    Attributes
    ----------
    key : str
        A short name that never changes.
    path : Path
        The file of data.
    title, question, facts : str
        What the card says.
    formula : str
        The model it opens with.
    picture : Picture
        The card's picture.
    written_steps : tuple of dict
        The preparation it opens with, as projects write it.
    """

    key: str
    path: Path
    title: str
    question: str
    facts: str
    formula: str
    picture: Picture
    written_steps: tuple[dict[str, Any], ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The preparation; the cards themselves need no pandas."""
        from engine.data.steps import step_from_dict  # noqa: PLC0415

        return tuple(step_from_dict(step) for step in self.written_steps)


def examples() -> tuple[Example, ...]:
    """Read the examples, in the order of their cards.

    Returns
    -------
    tuple of Example

    Raises
    ------
    OSError
        If the installation lacks the list; the data files themselves are not looked at.
    """
    text = (FOLDER / "examples.json").read_text(encoding="utf-8")
    return tuple(_example(written) for written in json.loads(text))


def _example(written: dict[str, Any]) -> Example:
    return Example(
        key=written["key"],
        path=FOLDER / written["file"],
        title=written["title"],
        question=written["question"],
        facts=written["facts"],
        formula=written["formula"],
        picture=_picture(written["picture"]),
        written_steps=tuple(written["steps"]),
    )


def _picture(written: dict[str, Any]) -> Picture:
    return Picture(
        lines=tuple(_points(line) for line in written["lines"]),
        highlighted=written["highlighted"],
        points=_points(written.get("points", ())),
        marked=_points(written.get("marked", ())),
        nodes=tuple(written.get("nodes", ())),
        is_thin=written.get("thin", False),
    )


def _points(pairs: Sequence[Sequence[float]]) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in pairs)
