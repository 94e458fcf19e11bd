"""The distinct texts of a column, so that each is judged once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

# `str` since pandas 3, object before: what pandas itself makes of text.
TEXT = pd.Series(["text"]).dtype

_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Distinct:
    """The distinct texts of a column and where they stand.

    Attributes
    ----------
    texts : list of str
        Trimmed, in order of appearance, none empty.
    places : ndarray of int of shape (n_rows,)
        Which text each row has; -1 where there is none.
    counts : ndarray of int of shape (n_texts,)
        How many rows have each text.
    is_trimmed : bool
        Whether spaces were removed around a text.
    """

    texts: list[str]
    places: NDArray[np.intp]
    counts: NDArray[np.intp]
    is_trimmed: bool

    def without(self, codes: Collection[str]) -> Distinct:
        """Set the rows that have one of these texts to none.

        Parameters
        ----------
        codes : collection of str

        Returns
        -------
        Distinct
        """
        is_kept = np.array([text not in codes for text in self.texts], dtype=bool)
        if is_kept.all():
            return self
        new = np.append(np.cumsum(is_kept) - 1, -1)  # -1 looks up the last entry
        new[:-1][~is_kept] = -1
        texts = [text for text in self.texts if text not in codes]
        counts = self.counts[is_kept]
        return Distinct(texts, new[self.places], counts, self.is_trimmed)

    def counted(self, codes: Collection[str]) -> Counter[str]:
        """Count the rows with each of these texts that occurs.

        Parameters
        ----------
        codes : collection of str

        Returns
        -------
        Counter of str
        """
        pairs = zip(self.texts, self.counts.tolist(), strict=True)
        return Counter({text: count for text, count in pairs if text in codes})

    def has_gaps(self) -> bool:
        """Tell whether a row has no text.

        Returns
        -------
        bool
        """
        return bool((self.places < 0).any())

    def spread(self, values: pd.Series) -> pd.Series:
        """Give every row the value of its text, and NA to the others.

        Parameters
        ----------
        values : Series
            One per text.

        Returns
        -------
        Series
            One per row; whole numbers become float64 if a row has none.
        """
        if self.has_gaps():
            # take(-1) then finds the NA that the new last entry holds
            values = values.reindex(range(len(values) + 1))
        return values.take(self.places).reset_index(drop=True)

    def first_row(self, place: int) -> int:
        """Find the first row that has a text.

        Parameters
        ----------
        place : int
            The text's place in `texts`.

        Returns
        -------
        int
            Counted from 1.
        """
        return int(np.argmax(self.places == place)) + 1


def distinct_texts(cells: pd.Series) -> Distinct:
    """Find the distinct texts of a column.

    Parameters
    ----------
    cells : Series
        Strings, NaN where empty; not modified.

    Returns
    -------
    Distinct
    """
    places, found = pd.factorize(cells)
    raw = texts_of(found)
    trimmed = [text.strip() for text in raw]
    is_trimmed = trimmed != raw
    if is_trimmed or "" in trimmed:
        # "L1" and "L1 " have become one
        merged, found = pd.factorize(
            pd.Series([text or None for text in trimmed], dtype=object)
        )
        places = np.append(merged, -1)[places]
        trimmed = texts_of(found)
    counts = np.bincount(places[places >= 0], minlength=len(trimmed))
    return Distinct(trimmed, places, counts, is_trimmed)


def texts_of(texts: pd.Index | NDArray[np.object_]) -> list[str]:
    """Take texts out of an array, a part at a time.

    One call for a million would hold up the other threads.

    Parameters
    ----------
    texts : Index or ndarray

    Returns
    -------
    list
    """
    found: list[str] = []
    for begin in range(0, len(texts), _AT_ONCE):
        part = texts[begin : begin + _AT_ONCE]
        found += np.asarray(part, dtype=object).tolist()
    return found
