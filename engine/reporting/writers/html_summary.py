"""One page with everything: the model in words, tables, pictures, notes.

The page needs no other file and runs nothing. All text is escaped, and pictures stand
in it as images, in which scripts do not run.
"""

from __future__ import annotations

import base64
import html
import re
from typing import TYPE_CHECKING, NamedTuple

from engine.data.group_words import counted_groups
from engine.data.wording import counted
from engine.fitting.certificate import Verdict
from engine.reporting.folder import writing_to
from engine.reporting.methods_text import model_text
from engine.reporting.model_facts import pooled_groupings
from engine.reporting.version import SOFTWARE, VERSION
from engine.reporting.writers.html_style import style_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from engine.fitted_model import FittedModel
    from engine.reporting.result_table import ResultTable

MOST_ROWS = 60
"""Rows of a table that the page shows."""
_PNG = b"\x89PNG\r\n\x1a\n"
_WIDTH = re.compile(r'<svg[^>]*? width="([0-9.]+)mm"')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_STATISTIC = re.compile(r"\b([tp])((?:\([\d.∞]+\))?) (=|&lt;|&gt;) ")


class Picture(NamedTuple):
    """A picture for the page.

    Attributes
    ----------
    title, caption : str
        Heading, and the line below.
    image : str or bytes
        The text of an SVG file, or the bytes of a PNG file.
    """

    title: str
    caption: str
    image: str | bytes


def write_summary(
    model: FittedModel,
    tables: Iterable[ResultTable],
    pictures: Iterable[tuple[str, str, str | bytes]],
    path: Path,
) -> None:
    """Write the summary page.

    Parameters
    ----------
    model : FittedModel
    tables : iterable of ResultTable
        From `result_tables`; those that are as long as the data are left out.
    pictures : iterable of Picture
        Or plain tuples of title, caption, and SVG text or PNG bytes.
    path : Path
        The file, which is replaced if it exists.

    Raises
    ------
    DataError
        If the file cannot be written.
    ValueError
        If a picture is neither SVG nor PNG.
    """
    page = summary_page(model, tuple(tables), [Picture(*own) for own in pictures])
    with writing_to(path):
        path.write_text(page, encoding="utf-8", newline="\n")


def summary_page(
    model: FittedModel, tables: Sequence[ResultTable], pictures: Sequence[Picture]
) -> str:
    """Return the text of the page: see `write_summary`."""
    title = escaped(f"{model.design.response_name}: {SOFTWARE} summary")
    parts = [
        *_head(model),
        *_words(model),
        *_notes(tables),  # what was dropped or doubtful comes before any number
        *_pictures(pictures),
        *_tables(tables),
    ]
    body = "\n".join(parts)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="{SOFTWARE} {VERSION}">
<title>{title}</title>
<style>
{style_sheet()}</style>
</head>
<body>
<main>
{body}
<footer>Made with {SOFTWARE} {VERSION}.</footer>
</main>
</body>
</html>
"""


def escaped(text: str) -> str:
    """Text that HTML shows as it is, without characters that it cannot hold."""
    return html.escape(_CONTROL.sub("\ufffd", text))


# ---- the top ------------------------------------------------------------------


def _head(model: FittedModel) -> Iterator[str]:
    """What was modelled, and the facts at a glance."""
    yield "<header>"
    yield f"<h1>{escaped(model.design.response_name)}</h1>"
    yield f'<p class="formula"><code>{escaped(model.formula)}</code></p>'
    facts = [f"{counted(model.n_rows, 'row')} used"]
    if len(model.dropped_rows):
        facts.append(f"{counted(len(model.dropped_rows), 'row')} not used")
    for name, grouping in pooled_groupings(model).items():
        facts.append(counted_groups(len(grouping.levels), name))
    facts.append(model.estimation if model.is_mixed else "least squares")
    yield '<ul class="facts">'
    yield from (f"<li>{escaped(fact)}</li>" for fact in facts)
    if model.is_mixed:
        yield f"<li>{_verdict(model)}</li>"
    yield "</ul>"
    yield "</header>"


def _verdict(model: FittedModel) -> str:
    """Whether the optimum is proved, as colour, sign and word."""
    verdict = model.convergence.verdict
    if verdict is Verdict.STOPPED:
        look, word = "bad", "⬣ Optimum not proved"
    elif verdict is Verdict.NOT_IDENTIFIED:
        look, word = "bad", "⬣ Not identified"
    elif verdict is Verdict.SEVERAL_OPTIMA:
        look, word = "warn", "▲ Several optima"
    elif model.is_singular:
        look, word = "warn", "▲ Optimum proved, singular"
    else:
        look, word = "ok", "✓ Optimum proved"
    return f'<span class="chip {look}">{word}</span>'


def _words(model: FittedModel) -> Iterator[str]:
    """Methods and Results."""
    text = model_text(model)
    yield '<section class="words">'
    yield "<h2>The model in words</h2>"
    for heading, paragraphs in (("Methods", text.methods), ("Results", text.results)):
        yield f"<h3>{heading}</h3>"
        yield from (f"<p>{_with_symbols(own)}</p>" for own in paragraphs)
    yield from (f'<p class="cited">{escaped(own)}</p>' for own in text.references)
    yield "</section>"


def _with_symbols(text: str) -> str:
    """Escape a sentence, put t and p into italics and keep them with their values."""
    return _STATISTIC.sub(r"<i>\1</i>\2&nbsp;\3&nbsp;", escaped(text))


# ---- tables -------------------------------------------------------------------


def _tables(tables: Iterable[ResultTable]) -> Iterator[str]:
    yield "<section>"
    yield "<h2>Tables</h2>"
    for table in tables:
        if table.in_summary and table.name != "notes" and len(table.frame):
            yield from _table(table)
    yield "</section>"


def _table(table: ResultTable) -> Iterator[str]:
    """Heading, cells between three rules, foot."""
    key = f"table-{table.name}"
    yield f'<h3 id="{key}">{escaped(table.title)}</h3>'
    is_partition = table.name == "variance_partition"
    if is_partition:
        yield _bar(table)
    columns = [str(name) for name in table.frame.columns]
    starts_left = [table.format_of(name).starts_left for name in columns]
    looks = ["" if is_left else ' class="number"' for is_left in starts_left]
    yield f'<div class="table"><table aria-labelledby="{key}">'
    cells = "".join(
        f'<th scope="col"{look}>{_column_title(name)}</th>'
        for name, look in zip(columns, looks, strict=True)
    )
    yield f"<thead><tr>{cells}</tr></thead>"
    yield "<tbody>"
    for number, row in enumerate(table.texts(MOST_ROWS)):
        swatch = _swatch(number, len(table.frame)) if is_partition else ""
        first = f'<th scope="row"{looks[0]}>{swatch}{escaped(row[0])}</th>'
        rest = "".join(
            f"<td{look}>{escaped(text)}</td>"
            for text, look in zip(row[1:], looks[1:], strict=True)
        )
        yield f"<tr>{first}{rest}</tr>"
    yield "</tbody></table></div>"
    foot = list(table.foot)
    if len(table.frame) > MOST_ROWS:
        n = len(table.frame)
        foot.insert(0, f"The first {MOST_ROWS} of {n} rows; {table.name} has all.")
    yield from (f'<p class="foot">{escaped(sentence)}</p>' for sentence in foot)


def _column_title(name: str) -> str:
    """Symbols of statistics are in italics."""
    return f"<i>{name}</i>" if name in ("t", "p") else escaped(name)


def _bar(table: ResultTable) -> str:
    """The shares of the variance as one bar; the table has the numbers."""
    shares = table.frame["Share"].tolist()
    parts = "".join(
        f'<span class="{_shade(number, len(shares))}" style="flex: {share:.6f}"></span>'
        for number, share in enumerate(shares)
    )
    return f'<div class="bar" aria-hidden="true">{parts}</div>'


def _swatch(number: int, n: int) -> str:
    return f'<span class="swatch {_shade(number, n)}"></span>'


def _shade(number: int, n: int) -> str:
    """Colour class of a source of variation; the residual is last."""
    return "rest" if number == n - 1 else f"s{number % 4}"


# ---- pictures and notes -------------------------------------------------------


def _pictures(pictures: Sequence[Picture]) -> Iterator[str]:
    if not pictures:
        return
    yield "<section>"
    yield "<h2>Pictures</h2>"
    yield '<div class="pictures">'
    for own in pictures:
        text = escaped(f"{own.title}: {own.caption}")
        yield f"<figure{_own_width(own.image)}>"
        yield f'<img src="{_data_address(own.image)}" alt="{text}">'
        yield (
            f"<figcaption><strong>{escaped(own.title)}.</strong> "
            f"{escaped(own.caption)}</figcaption>"
        )
        yield "</figure>"
    yield "</div>"
    yield "</section>"


def _own_width(image: str | bytes) -> str:
    """Make the caption as wide as the picture, so that small ones stand in a row."""
    found = _WIDTH.search(image) if isinstance(image, str) else None
    return f' style="width: {found[1]}mm"' if found else ""


def _data_address(image: str | bytes) -> str:
    """The picture itself as an address, so that the page needs no other file."""
    if isinstance(image, str):
        if "<svg" not in image:
            raise ValueError("the text of a picture is not SVG")
        kind, data = "svg+xml", image.encode("utf-8")
    else:
        if not image.startswith(_PNG):
            raise ValueError("the bytes of a picture are not PNG")
        kind, data = "png", image
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _notes(tables: Iterable[ResultTable]) -> Iterator[str]:
    notes = [row[0] for own in tables if own.name == "notes" for row in own.texts()]
    if not notes:
        return
    yield "<section>"
    yield "<h2>Notes</h2>"
    yield "<ul>"
    yield from (f"<li>{escaped(note)}</li>" for note in notes)
    yield "</ul>"
    yield "</section>"
