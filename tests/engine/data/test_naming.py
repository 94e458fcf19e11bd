"""Repairing the names of columns."""

from __future__ import annotations

import pytest

from engine.data.naming import repaired_names


@pytest.mark.parametrize(
    ("names", "repaired", "note"),
    [
        (
            ["mass", "mass"],
            ["mass", "mass (2)"],
            "Two columns are called 'mass'; the second is now 'mass (2)'.",
        ),
        (["a", ""], ["a", "column 2"], "Column 2 has no name; it is now 'column 2'."),
        (["column 2", ""], ["column 2", "column 2 (2)"], "it is now 'column 2 (2)'."),
        (["a", "a", "a (2)"], ["a", "a (3)", "a (2)"], "the second is now 'a (3)'."),
        (["a`b", "c"], ["a'b", "c"], "Column 'a`b' is now 'a'b'"),
        (["a\nb", "c"], ["a b", "c"], "Column 'a b' is now 'a b'"),
        (["a  b", "c"], ["a  b", "c"], ""),
    ],
)
def test_that_names_are_repaired_and_told(names, repaired, note):
    found, notes = repaired_names(names)
    assert list(found) == repaired
    assert note in " ".join(notes)
    assert bool(notes) == bool(note)


def test_that_many_nameless_columns_are_summed_up():
    names, notes = repaired_names([""] * 30)
    assert len(set(names)) == 30
    assert notes[-1] == "25 more columns were renamed likewise."
