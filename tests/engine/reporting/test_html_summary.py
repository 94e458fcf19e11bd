from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from engine.errors import DataError
from engine.fitting.certificate import Verdict
from engine.reporting.methods_text import model_text
from engine.reporting.result_table import ResultTable
from engine.reporting.tables import result_tables
from engine.reporting.writers.html_style import DARK, LIGHT, style_sheet
from engine.reporting.writers.html_summary import (
    MOST_ROWS,
    Picture,
    escaped,
    summary_page,
    write_summary,
)
from tests.engine.reporting.models import (
    EVERY_KIND,
    HOSTILE,
    every_kind,
    fitted,
    hostile,
    judged,
    singular,
    with_lost_rows,
)
from tests.shared_data import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from engine.fitted_model import FittedModel

VOID = {"meta", "img", "br", "hr", "link", "input"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


class Page(HTMLParser):
    """Collects elements and texts; refuses tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.texts.append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(model: FittedModel, pictures: list[Picture] | None = None) -> str:
    return summary_page(model, result_tables(model), pictures or [])


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_the_page_holds_every_table_and_all_words(kind: str) -> None:
    model = every_kind()[kind]
    text = page_of(model)
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>\n")
    plain = page.text.replace("\xa0", " ")
    words = model_text(model)
    for paragraph in (*words.methods, *words.results, *words.references):
        assert paragraph.replace("\xa0", " ") in plain
    for table in result_tables(model):
        if not table.in_summary or table.name == "notes" or table.frame.empty:
            continue
        assert table.title in page.texts
        assert all(foot in page.texts for foot in table.foot)
        assert [str(name) for name in table.frame] in page.rows
        for row in table.texts(MOST_ROWS):
            assert row in page.rows


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_the_page_needs_nothing_else_and_runs_nothing(kind: str) -> None:
    page = Page(page_of(every_kind()[kind], [Picture("A", "B", SVG)]))
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "iframe", "object", "b", "base"}
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        source = attributes.get("src")
        assert source is None or source.startswith("data:image/")
        assert "href" not in attributes


def test_that_the_parts_of_a_valid_page_are_there_once() -> None:
    page = Page(page_of(hostile()))
    names = [tag for tag, _ in page.tags]
    for once in ("html", "head", "title", "body", "main", "h1", "style"):
        assert names.count(once) == 1
    assert page.attributes("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in page.attributes("meta")
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(set(ids)) == len(ids)
    assert {a["aria-labelledby"] for a in page.attributes("table")} <= set(ids)
    scopes = {a.get("scope") for a in page.attributes("th")}
    assert scopes == {"col", "row"}


def test_that_everything_from_the_user_is_escaped() -> None:
    text = page_of(hostile(), [Picture(HOSTILE, '" onload="x', SVG)])
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    page = Page(text)
    assert HOSTILE in page.text
    assert "snails <b>é</b>" in page.text
    assert "A&B 'x' \"y\"" in page.text
    assert page.attributes("img")[0]["alt"] == f'{HOSTILE}: " onload="x'


def test_that_characters_that_no_page_can_hold_are_replaced() -> None:
    assert escaped("a\x00b\x1b\ud800c\td") == "a\ufffdb\ufffd\ufffdc\td"


def test_that_pictures_are_within_the_page(tmp_path: Path) -> None:
    model = fitted("mass ~ length + (1 | lake)")
    pictures = [("Data", "Points are fish.", SVG), Picture("QQ", "Straight.", PNG)]
    write_summary(model, result_tables(model), pictures, tmp_path / "s.html")
    page = Page((tmp_path / "s.html").read_text("utf-8"))
    first, second = (a["src"] for a in page.attributes("img"))
    assert first is not None
    assert second is not None
    head, _, data = first.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == SVG
    head, _, data = second.partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == PNG
    assert "Data." in page.texts
    assert " Points are fish." in page.texts


@pytest.mark.parametrize("image", ["no picture", b"no picture"])
def test_that_anything_but_svg_and_png_is_refused(image: str | bytes) -> None:
    with pytest.raises(ValueError, match="picture"):
        page_of(hostile(), [Picture("A", "B", image)])


def test_that_long_tables_are_cut_and_say_so() -> None:
    frame = pd.DataFrame({"x": [f"row {i}" for i in range(MOST_ROWS + 5)]})
    table = ResultTable("long", "Long", frame, ("A foot.",))
    page = Page(summary_page(hostile(), [table], []))
    assert [f"row {MOST_ROWS - 1}"] in page.rows
    assert [f"row {MOST_ROWS}"] not in page.rows
    assert f"The first {MOST_ROWS} of {MOST_ROWS + 5} rows; long has all." in page.texts
    assert "A foot." in page.texts


def test_that_notes_are_a_list_and_rows_not_used_a_table() -> None:
    text = page_of(with_lost_rows())
    page = Page(text)
    assert any("'twice' has no coefficient" in note for note in page.texts)
    assert "4 rows not used" in page.texts
    assert ["9", "lake missing"] in page.rows
    assert "<h2>Notes</h2>" in text
    assert "<h2>Notes</h2>" not in page_of(fitted("mass ~ length + (1 | lake)"))


def test_that_the_verdict_is_a_word_and_a_sign() -> None:
    fine = fitted("mass ~ length + (1 | lake)")
    assert "✓ Optimum proved" in page_of(fine)
    assert "▲ Optimum proved, singular" in page_of(singular())
    assert "⬣ Optimum not proved" in page_of(judged(fine, Verdict.STOPPED))
    assert "⬣ Not identified" in page_of(judged(fine, Verdict.NOT_IDENTIFIED))
    assert "▲ Several optima" in page_of(judged(fine, Verdict.SEVERAL_OPTIMA))
    assert "Optimum" not in Page(page_of(fitted("mass ~ length * food"))).texts[0]


def test_that_symbols_of_statistics_are_in_italics() -> None:
    text = page_of(fitted("mass ~ length + (1 | lake)"))
    assert '<th scope="col" class="number"><i>p</i></th>' in text
    assert re.search(r"<i>t</i>\([\d.]+\)&nbsp;=&nbsp;", text)
    assert "<i>p</i>&nbsp;&lt;&nbsp;0.001" in text


def test_that_the_bar_has_a_part_for_each_source() -> None:
    text = page_of(fitted("mass ~ length + (1 | lake)"))
    shares = [float(own) for own in re.findall(r'style="flex: ([\d.]+)"', text)]
    assert len(shares) == 3
    assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_that_the_colours_are_those_of_the_window() -> None:
    source = (ROOT / "gui" / "theme.py").read_text("utf-8")
    light, _, dark = source.partition("LIGHT = Theme(")[2].partition("DARK = Theme(")
    for own, text in ((LIGHT, light), (DARK, dark)):
        theirs = dict(re.findall(r'(\w+)="(#[0-9A-F]{6})"', text))
        assert own == {role: theirs[role] for role in own}


def test_that_every_colour_that_is_used_is_defined() -> None:
    used = set(re.findall(r"var\(--(\w+)\)", style_sheet()))
    assert used <= set(LIGHT)
    assert set(LIGHT) == set(DARK)
    assert "@media screen and (prefers-color-scheme: dark)" in style_sheet()
    assert "@media print" in style_sheet()


def test_that_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    model = fitted("mass ~ length + (1 | lake)")
    with pytest.raises(DataError, match="cannot be written"):
        write_summary(model, (), (), tmp_path / "nowhere" / "s.html")
