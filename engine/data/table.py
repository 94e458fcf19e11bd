"""What reading a file gives: a frame, the kind of each column, what was guessed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from engine.sentences import Said


class Kind(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    CATEGORY = "category"
    DATE = "date"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Table:
    """A rectangular sheet of data, as read; never changed afterwards.

    Attributes
    ----------
    frame : DataFrame
        Rows numbered from 1 as in the file's body, with gaps where empty ones were;
        missing cells are NA. Numbers are float64 or int64, dates datetime64 without
        time zone, categories and labels strings (of the dtype that pandas gives to
        text: ``str`` since pandas 3).
    kinds : mapping of str to Kind
        What each column holds.
    kind_reasons : mapping of str to str
        Why, one sentence a column.
    notes : tuple of str or Sentence
        What was recognised or changed while reading, one sentence each: delimiter,
        decimal mark, encoding, codes for missing values, renamed columns ...
    source : str
        The file's name, without its folder.
    first_line : int
        Line of the file or sheet, counted from 1, that is row 1; 0 if that is not
        known, as of a pasted table.
    """

    frame: pd.DataFrame
    kinds: Mapping[str, Kind]
    kind_reasons: Mapping[str, str]
    notes: tuple[Said, ...]
    source: str = ""
    first_line: int = 0
