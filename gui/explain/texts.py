"""The store of explanations: one file a topic in resources/help, read when asked for.

README.md in that folder says what a file looks like; another topic is another file.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.number_style import current_style, list_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

log = logging.getLogger(__name__)

FOLDER = Path(__file__).resolve().parent.parent.parent / "resources" / "help"
PLACEHOLDER = re.compile(r"\{(\w+)(?:\?([^{}]*))?\}")
"""`{name}`, or `{name?words that stand in for it}`."""
_OWN_NUMBER = re.compile(r"\{=(,|[\d.]+)\}")
WORDS, FORMULA, NUMBERS = "In plain words", "Formula", "With your numbers"
MATTERS, OTHERS = "Why it matters", "Other methods"
SEE_ALSO, SOURCE = "See also", "Source"
SECTIONS = (WORDS, FORMULA, NUMBERS, MATTERS, OTHERS, SEE_ALSO, SOURCE)


class HelpTextMisshapen(ValueError):  # noqa: N818 - says what is the case
    """A file in the store does not have the form that its README describes."""


@dataclass(frozen=True, slots=True)
class HelpText:
    """One explanation, its placeholders still empty.

    Attributes
    ----------
    topic : str
        Name of its file.
    title : str
        What is explained.
    words, numbers, matters, others : tuple of str
        Paragraphs in plain words; with the model's numbers; why it matters; other
        methods. ``*t*`` is a symbol in italics, ``~j~`` a subscript, ``{df}`` a
        placeholder (``{term?the term}`` with words for want of a value), and
        ``left | right`` a line of two columns.
    latex : tuple of str
        The formula, a line each; empty if there is none.
    spoken : str
        The formula as plain text.
    where : tuple of str
        What its symbols stand for.
    see_also : tuple of str
        Other topics.
    source : str
        Where it comes from.
    """

    topic: str
    title: str
    words: tuple[str, ...] = ()
    latex: tuple[str, ...] = ()
    spoken: str = ""
    where: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    source: str = ""

    @property
    def placeholders(self) -> frozenset[str]:
        """Names of all values that the text can hold."""
        lines = (*self.words, *self.numbers, *self.matters, *self.others)
        return frozenset(
            name for line in lines for name, _ in PLACEHOLDER.findall(line)
        )


def topics() -> tuple[str, ...]:
    """Every topic there is a text for, in alphabetical order."""
    return tuple(
        sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")
    )


def help_text(topic: str) -> HelpText:
    """Return the text of a topic.

    Parameters
    ----------
    topic : str

    Returns
    -------
    HelpText
        Its own numbers with the decimal mark that holds. Where there is none, or none
        that can be read, a text that says so, and a line in the log.
    """
    try:
        return _with_own_numbers(_read(topic))
    except (OSError, UnicodeDecodeError, HelpTextMisshapen) as problem:
        log.warning("No explanation of %r: %s", topic, problem)
        return _nothing_yet(topic)


def filled(lines: Iterable[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """Lines all of whose placeholders have a value; the others say nothing here."""
    return tuple(
        line
        for line in lines
        if all(
            values.get(name) or stand_in for name, stand_in in PLACEHOLDER.findall(line)
        )
    )


def _with_own_numbers(text: HelpText) -> HelpText:
    """Write the numbers that stand in the text itself with the mark that holds."""
    mark = current_style().mark

    def put(line: str, used: str = mark) -> str:
        return _OWN_NUMBER.sub(
            lambda found: (
                list_mark() if found[1] == "," else found[1].replace(".", used)
            ),
            line,
        )

    in_latex = mark.replace(",", "{,}")  # without the space of a list
    return replace(
        text,
        words=tuple(map(put, text.words)),
        latex=tuple(put(line, in_latex) for line in text.latex),
        spoken=put(text.spoken),
        where=tuple(map(put, text.where)),
        numbers=tuple(map(put, text.numbers)),
        matters=tuple(map(put, text.matters)),
        others=tuple(map(put, text.others)),
    )


@cache
def _read(topic: str) -> HelpText:
    if not re.fullmatch(r"\w+", topic):
        raise HelpTextMisshapen("This is no name of a topic.")
    return parse(topic, (FOLDER / f"{topic}.md").read_text(encoding="utf-8"))


def _nothing_yet(topic: str) -> HelpText:
    title = topic.replace("_", " ").strip().capitalize() or "Nothing to explain"
    words = ("There is no explanation of this yet. The rest of the window works.",)
    return HelpText(topic, title, words=words)


def parse(topic: str, text: str) -> HelpText:
    """Read one file of the store.

    Parameters
    ----------
    topic : str
    text : str
        As resources/help/README.md describes.

    Raises
    ------
    HelpTextMisshapen
        If the title, the plain words or the source are missing, or a section is not
        known or comes twice.
    """
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    if not head.startswith("# "):
        raise HelpTextMisshapen("The first line is no title.")
    sections: dict[str, list[str]] = {}
    for part in parts:
        name, *lines = part.splitlines()
        if name not in SECTIONS or name in sections:
            raise HelpTextMisshapen(f"The section '{name}' is not known, or a second.")
        sections[name] = [line.strip() for line in lines if line.strip()]
    missing = [name for name in (WORDS, SOURCE) if not sections.get(name)]
    if missing:
        raise HelpTextMisshapen(f"There is no section {' and no '.join(missing)}.")
    formula = sections.get(FORMULA, [])
    return HelpText(
        topic,
        title=head.removeprefix("# ").strip(),
        words=tuple(sections[WORDS]),
        latex=tuple(line for line in formula if not _is_about(line)),
        spoken=" ".join(line[2:] for line in formula if line.startswith("> ")),
        where=tuple(line for line in formula if line.startswith("where ")),
        numbers=tuple(sections.get(NUMBERS, [])),
        matters=tuple(sections.get(MATTERS, [])),
        others=tuple(sections.get(OTHERS, [])),
        see_also=tuple(word for s in sections.get(SEE_ALSO, []) for word in s.split()),
        source=" ".join(sections[SOURCE]),
    )


def _is_about(line: str) -> bool:
    """Whether a line of a formula's section is not the formula itself."""
    return line.startswith(("> ", "where "))
