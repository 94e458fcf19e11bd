"""What holds for every table and for every file, however odd."""

from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.reading import read_table
from engine.errors import DataError

MODEST = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

# Between two letters nothing is trimmed, and no text is a number, a date or a code.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])
    | st.sampled_from(',;|"\n'),
    max_size=8,
).map(lambda text: f"x{text}x")
NUMBERS = st.floats(allow_nan=False)


@st.composite
def tables(draw):
    """Draw named columns of equal length; the first holds a clear decimal."""
    n_rows = draw(st.integers(2, 8))
    columns = {
        "first": [
            0.5,
            *draw(st.lists(NUMBERS, min_size=n_rows - 1, max_size=n_rows - 1)),
        ]
    }
    for i in range(draw(st.integers(1, 4))):
        cells = NUMBERS if draw(st.booleans()) else TEXTS
        cells = draw(st.lists(cells | st.none(), min_size=n_rows, max_size=n_rows))
        columns[f"col{i}"] = cells
    return columns


def written(columns, delimiter, decimal, quoting):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(
            repr(c).replace(".", decimal) if isinstance(c, float) else c for c in row
        )
    return text.getvalue()


@MODEST
@given(
    columns=tables(),
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_that_any_table_is_read_back_equal(
    tmp_path, columns, delimiter, decimal, quoting, encoding, line_end
):
    text = written(columns, delimiter, decimal, quoting)
    path = tmp_path / "fish.csv"
    path.write_bytes(text.replace("\n", line_end).encode(encoding))
    frame = read_table(path).frame
    assert list(frame) == list(columns)
    for name, cells in columns.items():
        found = [None if cell != cell else cell for cell in frame[name].tolist()]  # noqa: PLR0124
        assert found == cells


@MODEST
@given(
    values=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2, max_size=9),
    delimiter=st.sampled_from(",;\t "),
)
def test_that_whole_numbers_are_read_back_exactly(tmp_path, values, delimiter):
    path = tmp_path / "fish.txt"
    lines = [f"id{delimiter}lake", *(f"{value}{delimiter}A" for value in values)]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert read_table(path).frame["id"].tolist() == values


def reads_or_refuses(path, **options):
    """Read; whatever happens must be a table with plain notes, or a `DataError`."""
    table = problem = None
    try:
        table = read_table(path, **options)
    except DataError as error:
        problem = error
    if table is None:
        assert problem.message.endswith(".")
        assert problem.remedy.endswith((".", "?"))
        return
    assert min(table.frame.shape) >= 2
    assert list(table.frame) == list(table.kinds) == list(table.kind_reasons)
    assert all(str(note).endswith(".") for note in table.notes)
    assert not any("\n" in note for note in table.notes)


@MODEST
@given(data=st.binary(max_size=300), name=st.sampled_from(["fish.csv", "fish.xlsx"]))
def test_that_wild_bytes_are_read_or_refused(tmp_path, data, name):
    path = tmp_path / name
    path.write_bytes(data)
    reads_or_refuses(path)


PIECES = (
    *",;\t|\n\"'#`.-? \r\0",
    *("1", "1,5", "1.234", "-999", "NA", "inf", "1e400", "99999999999999999999", "007"),
    *("2021-01-02", "03/04/2021", "5 May 2021", "True", "lake", "sep=;\n", "é", "−"),
)


@settings(MODEST, max_examples=150)
@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=60),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
    decimal=st.sampled_from([None, ".", ","]),
)
def test_that_wild_text_is_read_or_refused(tmp_path, pieces, encoding, decimal):
    path = tmp_path / "fish.csv"
    path.write_bytes("".join(pieces).encode(encoding, "replace"))
    reads_or_refuses(path, decimal=decimal)


@settings(MODEST, max_examples=150)
@given(
    rows=st.lists(
        st.lists(st.sampled_from(PIECES), min_size=3, max_size=3),
        min_size=2,
        max_size=9,
    ),
    delimiter=st.sampled_from(",; "),
    na_values=st.sampled_from([None, [], ["-999"], ["NA", "1"]]),
)
def test_that_wild_tables_are_read_or_refused(tmp_path, rows, delimiter, na_values):
    path = tmp_path / "fish.csv"
    lines = ["a b c".replace(" ", delimiter), *map(delimiter.join, rows)]
    path.write_bytes("\n".join(lines).encode())
    reads_or_refuses(path, na_values=na_values)


@pytest.mark.parametrize("value", [math.pi, 1e-310, 1.7976931348623157e308, 0.1 + 0.2])
def test_that_numbers_keep_every_bit(tmp_path, value):
    path = tmp_path / "fish.csv"
    path.write_text(f"a,b\n{value!r},x\nNA,y\n", encoding="utf-8")
    assert read_table(path).frame["a"].iloc[0] == value
