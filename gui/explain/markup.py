"""From the store's plain markup to rich text and to plain text.

The texts are ours, the values put into them are the user's: these are escaped.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from gui.explain.texts import (
    FORMULA,
    MATTERS,
    NUMBERS,
    OTHERS,
    PLACEHOLDER,
    SOURCE,
    HelpText,
    filled,
)
from gui.look import look
from gui.style import MONO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_ITALIC = re.compile(r"\*([^*\s][^*]*)\*")
_LOWERED = re.compile(r"~([^~\s]+)~")
_LINE_HEIGHT = 135
_PARAGRAPH_GAP = 5


def title(text: HelpText, number: str) -> str:
    """Return the title with the number behind it, as rich text."""
    behind = escape(_behind(number), quote=False)
    size = look().theme.sizes.heading
    return (
        f'<p style="line-height:{_LINE_HEIGHT}%; margin:0; font-size:{size:.0f}px; '
        f'font-weight:600">{_rich(escape(text.title, quote=False))}{behind}</p>'
    )


def plain_title(text: HelpText, number: str) -> str:
    """Return the same as `title`, for a screen reader."""
    return _plain(text.title) + _behind(number)


def _behind(number: str) -> str:
    """What follows the title: ", 12.5", but "< 0.001" without a comma."""
    if not number:
        return ""
    return f" {number}" if number[:1] in "<>" else f", {number}"


def paragraphs(
    lines: Iterable[str], values: Mapping[str, str], style: tuple[str, str]
) -> str:
    """Rich text of some paragraphs.

    Parameters
    ----------
    lines : iterable of str
        In the store's markup.
    values : mapping of str to str
        Of their placeholders.
    style : tuple of str
        Type size ("body", "caption" or "mono") and colour role.
    """
    size, role = style
    theme = look().theme
    family, gap = "", _PARAGRAPH_GAP
    if size == "mono":
        names = ",".join(f"'{name}'" for name in MONO)
        family, size = f"font-family:{names}; ", "caption"
        gap = 0
    css = (
        f"line-height:{_LINE_HEIGHT}%; margin:0 0 {gap}px 0; {family}"
        f"font-size:{getattr(theme.sizes, size):.0f}px; "
        f"color:{getattr(theme.colors, role)}"
    )
    made = [_paragraph(line, values, css) for line in lines]
    return "".join(made[:-1]) + "".join(
        last.replace(f"0 0 {gap}px 0", "0", 1) for last in made[-1:]
    )


def links(named: Sequence[tuple[str, str]], color: str) -> str:
    """Links to other topics, one below the other."""
    size = look().theme.sizes.body
    return "".join(
        f'<p style="line-height:{_LINE_HEIGHT}%; margin:0; font-size:{size:.0f}px">'
        f'<a style="color:{color}; text-decoration:none" href="{topic}">'
        f"{_rich(escape(name, quote=False))}</a></p>"
        for topic, name in named
    )


def as_plain(text: HelpText, number: str, values: Mapping[str, str]) -> str:
    """Return a whole explanation as plain text."""
    sections: list[tuple[str, Sequence[str]]] = [
        ("", filled(text.words, values)),
        (FORMULA, (text.spoken, *text.where) if text.latex else ()),
        (NUMBERS, filled(text.numbers, values)),
        (MATTERS, filled(text.matters, values)),
        (OTHERS, filled(text.others, values)),
        (SOURCE, (text.source,) if text.source else ()),
    ]
    blocks = [plain_title(text, number)]
    for heading, lines in sections:
        if lines:
            own = [_put(_plain(line).replace(" | ", ": "), values) for line in lines]
            blocks.append("\n".join([heading, *own] if heading else own))
    return "\n\n".join(blocks)


def _paragraph(line: str, values: Mapping[str, str], css: str) -> str:
    safe = {name: escape(value, quote=True) for name, value in values.items()}
    if " | " not in line:
        text = _put(_rich(escape(line, quote=False)), safe)
        return f'<p style="{css}">{text}</p>'
    left, _, right = (
        _put(_rich(escape(part, quote=False)), safe) for part in line.partition(" | ")
    )
    return (
        f'<table width="100%" cellspacing="0" cellpadding="0"><tr>'
        f'<td><p style="{css}">{left}</p></td>'
        f'<td align="right"><p style="{css}">{right}</p></td></tr></table>'
    )


def _put(line: str, values: Mapping[str, str]) -> str:
    """Put values, or the words that stand in for them, into a line that is `filled`."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[2], line)


def _rich(line: str) -> str:
    return _LOWERED.sub(r"<sub>\1</sub>", _ITALIC.sub(r"<i>\1</i>", line))


def _plain(line: str) -> str:
    return _LOWERED.sub(r"_\1", _ITALIC.sub(r"\1", line))
