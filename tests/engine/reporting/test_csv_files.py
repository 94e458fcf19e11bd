from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from engine.errors import DataError
from engine.reporting.tables import result_tables
from engine.reporting.writers.csv_files import write_csv_files
from tests.engine.reporting.models import EVERY_KIND, every_kind, fitted, hostile

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path) -> pd.DataFrame:
    """Cells as texts: not every version of pandas reads numbers to the last digit."""
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")


def numbers(column: pd.Series) -> list[float]:
    return [float(text) if text else float("nan") for text in column]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_csv_files_give_the_tables_back_exactly(tmp_path: Path, kind: str) -> None:
    tables = result_tables(every_kind()[kind])
    paths = write_csv_files(tables, tmp_path)
    assert [path.name for path in paths] == [f"{own.name}.csv" for own in tables]
    for own, path in zip(tables, paths, strict=True):
        found = read(path)
        assert list(found.columns) == list(own.frame.columns)
        assert len(found) == len(own.frame)
        for name in own.frame:
            if pd.api.types.is_float_dtype(own.frame[name]):
                values = own.frame[name].to_numpy(float)
                np.testing.assert_array_equal(numbers(found[name]), values)


def test_that_the_numbers_are_the_models(tmp_path: Path) -> None:
    model = fitted("mass ~ length + (1 | lake)")
    write_csv_files(result_tables(model), tmp_path)
    found, own = read(tmp_path / "fixed_effects.csv"), model.coefficients
    np.testing.assert_array_equal(numbers(found["Estimate"]), own["estimate"])
    np.testing.assert_array_equal(numbers(found["p"]), own["p_value"])


def test_that_excel_can_tell_the_encoding(tmp_path: Path) -> None:
    write_csv_files(result_tables(hostile()), tmp_path)
    raw = (tmp_path / "fixed_effects.csv").read_bytes()
    assert raw.startswith(codecs.BOM_UTF8)
    assert "<b>é</b>".encode() in raw


def test_that_a_missing_folder_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        write_csv_files(result_tables(hostile()), tmp_path / "nowhere")
