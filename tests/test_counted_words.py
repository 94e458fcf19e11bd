"""Sentences that count: one row is, two rows are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from engine import fit
from engine.data.wording import counted, verb
from engine.reporting.methods_text import model_text
from tests.engine.reporting.models import fish

ROOT = Path(__file__).resolve().parent.parent
COUNTED = re.compile(
    r"^ (rows|groups|levels|parameters|columns|cells|points|steps|lines|coefficients|"
    r"evaluations|effects|weights|plots|files|findings|tables|pictures)\b"
)
ALWAYS_MANY = {
    "{len(table.frame)} rows": "more than a sheet holds",
    "{n} rows": "more than are shown",
    "{len(comments)} lines": "one has words of its own",
    "{n_short} lines": "one has words of its own",
    "{len(wide)} columns": "side by side",
    "{len(columns)} columns": "side by side",
    "{how_many} columns": "of one name",
    "{y.shape[1]} columns": "one is no problem",
    "{n_cells} cells": "one has words of its own",
    "{pair.n_cells} groups": "nested in others",
    "{group.n_levels} levels": "a grouping has two",
    "{count} levels": "more than there are rows",
    "{len(numbers)} coefficients": "more than are written out",
    "{n_all} coefficients": "of a term with several",
    "{n_filled} cells": "of a column with several",
    "{general(pair.rows_median)} rows": "a median; one is refused before",
    "{ENOUGH_ROWS} rows": "a constant",
    "{MOST_ROWS} rows": "a constant",
    "{count(MOST_ROWS)} rows": "a constant",
    "{count(high)} rows": "the larger of two",
    "{terms.MAX_ORDER} columns": "a constant",
    "{whole} columns": "more than are drawn",
    "{frame.index.nlevels} levels": "in the details for a developer",
    "{len(variances)} levels": "two at least are compared",
    "{grouping.name} effects": "no number",
    "{len(values)} rows": "a fit needs several",
    "{n_columns} cells": "in the details for a developer",
    "{model.n_rows} rows": "a fit needs several",
}


def templates():
    """Every number in an f-string that a counted word follows, with its file."""
    for path in sorted([*ROOT.glob("engine/**/*.py"), *ROOT.glob("gui/**/*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield from ((path.name, text) for text in _counts(node))


def _counts(node: ast.JoinedStr):
    for value, after in zip(node.values, node.values[1:], strict=False):
        if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
            found = COUNTED.match(str(after.value))
            if found:
                yield f"{{{ast.unparse(value.value)}}}{found[0]}"


def test_that_a_number_before_a_plural_is_counted_in_words_or_always_several():
    found = {text.replace('"', "'"): name for name, text in templates()}
    assert {t: n for t, n in found.items() if t not in ALWAYS_MANY} == {}


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 rows are"), (1, "1 row is"), (2, "2 rows are")]
)
def test_that_noun_and_verb_agree(number, words):
    assert f"{counted(number, 'row')} {verb(number)}" == words


def test_that_one_row_lost_is_said_in_the_singular():
    frame = fish()
    frame.loc[3, "mass"] = np.nan
    model = fit("mass ~ length + (1 | lake)", frame)
    said = " ".join([*model_text(model).methods, *map(str, model.notes)])
    assert "89 of 90 rows were used; 1 was not: " in said
    assert "1 of 90 rows was not used because a value is missing." in said


def test_that_thousands_are_parted_in_one_place_only():
    own = ROOT / "engine" / "written_numbers.py"
    found = [
        f"{path.relative_to(ROOT)}: {spec}"
        for room in ("engine", "gui")
        for path in sorted((ROOT / room).rglob("*.py"))
        if path != own
        for spec in format_specs(path)
        if "," in spec
    ]
    assert found == []


def format_specs(path):
    """Give how numbers are written in the f-strings of a file."""
    return [
        part.format_spec.values[0].value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for part in node.values
        if isinstance(part, ast.FormattedValue) and part.format_spec is not None
        if isinstance(part.format_spec.values[0], ast.Constant)
    ]
