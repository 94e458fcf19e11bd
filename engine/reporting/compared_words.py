"""Means and their comparisons in words: choices, headings, the answer, the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted, joined
from engine.diagnostics.compared_intervals import contrast_words
from engine.inference.choice import DF_NAMES
from engine.reporting.numbers import HARD_SPACE, Kind, shown
from engine.reporting.prediction_words import coverage, outside_words
from engine.written_numbers import general

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from engine.diagnostics.compared import Compared
    from engine.diagnostics.compared_inputs import ComparedInputs
    from engine.fitted_model import FittedModel

WAY_WORDS = {
    "pairwise": "all pairs",
    "control": "each with one",
    "consecutive": "neighbours",
    "polynomial": "trend",
}
ADJUST_WORDS = {
    "": "Dunnett",
    "holm": "Holm",
    "sidak": "Šidák",
    "bh": "Benjamini–Hochberg",
    "none": "nothing",
}
WEIGHT_WORDS = {
    "equal": "levels count alike",
    "proportional": "weighted by rows",
    "cells": "weighted by cells",
}
TOGETHER = "all together"
_MOST = 3


def adjust_words(way: str) -> dict[str, str]:
    """What a menu calls the adjustments that one way of comparing has."""
    return ADJUST_WORDS | ({"": "Tukey"} if way == "pairwise" else {})


def kind_words(slope_of: str) -> str:
    """What a menu calls means, or the slopes of a covariate."""
    return f"slope of {slope_of}" if slope_of else "means"


def columns_words(columns: Sequence[str]) -> str:
    """What a menu calls the columns whose values are told apart."""
    return " × ".join(columns) or TOGETHER


class ComparedWords:
    """What is said of one comparison.

    Parameters
    ----------
    model : FittedModel
    found : Compared
    """

    def __init__(self, model: FittedModel, found: Compared) -> None:
        self._model, self._found = model, found
        self._settings = found.comparison.settings
        self._quantity = found.comparison.quantity
        self._response = found.comparison.scale.response

    @property
    def estimate(self) -> str:
        """What one estimate is called."""
        if self._quantity.slope_of:
            return "Slope"
        return "Median" if self._is_taken_back else "Mean"

    @property
    def difference(self) -> str:
        """What one comparison is called."""
        if self._is_taken_back:
            return "Ratio"
        return "Trend" if self._settings.way == "polynomial" else "Difference"

    @property
    def _is_taken_back(self) -> bool:
        """Whether a logarithm is undone."""
        return bool(self._found.comparison.scale.function)

    @property
    def means_title(self) -> str:
        """Heading of the table of means."""
        quantity = self._quantity
        over = joined([*quantity.columns, *filter(None, [self._settings.by])])
        what = f"{self.estimate} {self._response}"
        if quantity.slope_of:
            what = f"Change of {self._response} per unit of {quantity.slope_of}"
        return f"{what} by {over}" if over else what

    @property
    def differences_title(self) -> str:
        """Heading of the table of comparisons."""
        what = f"slopes of {self._quantity.slope_of}"
        means = f"{self.estimate.lower()}s"
        what = what if self._quantity.slope_of else means
        at = f" at each {self._settings.by}" if self._settings.by else ""
        return f"Comparisons of {what}{at}"

    @property
    def answer(self) -> str:
        """The clearest comparison, or the only estimate; may be empty."""
        table = self._found.differences
        if table is None:
            return self._only_estimate()
        known = table[np.isfinite(table["p_value"])]
        if known.empty:
            return ""
        place = known["statistic"].abs().idxmax()
        row = table.loc[place]
        where = self._where(int(place) * len(self._found.data.series) // len(table))
        m = len(known)
        first = f"The clearest of {counted(m, 'comparison')}" if m > 1 else ""
        name = contrast_words(str(row["contrast"]))
        what = f"{first}: {name}" if first else name
        return f"{what}{where} = {self._numbers(row)}, {_p(float(row['p_value']))}."

    def _where(self, series: int) -> str:
        """At which value of the column that is held."""
        if not self._settings.by:
            return ""
        return f" at {self._settings.by} {self._found.data.series[series]}"

    def _only_estimate(self) -> str:
        means = self._found.means
        if len(means) != 1 or not np.isfinite(means["estimate"].iloc[0]):
            return ""
        return f"{self.means_title} is {self._numbers(means.iloc[0])}."

    def _numbers(self, row: pd.Series) -> str:
        error = None if self._is_taken_back else float(row["std_error"])
        number, low, high = (
            shown(float(row[part]), Kind.ESTIMATE, error)
            for part in ("estimate", "lower", "upper")
        )
        level = coverage(self._settings.level).replace(" ", HARD_SPACE)
        return f"{number} ({level} interval {low} to {high})"

    def outside(self, offered: ComparedInputs) -> dict[str, str]:
        """By covariate that is held beyond the rows, what that means."""
        values = self._settings.values
        return {
            name: outside_words(offered.numbers[name])
            for name, value in values.items()
            if not offered.numbers[name].is_within(value)
        }

    # ---- what must be known -------------------------------------------------------

    def means_foot(self) -> Iterator[str]:
        """Lines below the table of means."""
        yield from map(str, self._found.means.attrs["notes"])
        yield (
            f"{coverage(self._settings.level)} intervals, one at a time, by Student's "
            f"t{self._df()}."
        )
        if self._found.is_too_many:
            n = len(self._found.comparison.names)
            yield (
                f"{counted(n * (n - 1) // 2, 'pair')} are too many to read: compare "
                "each with one, or neighbours."
            )

    def differences_foot(self) -> Iterator[str]:
        """Lines below the table of comparisons, without those of the means."""
        table = self._found.differences
        if table is None:
            return
        known = set(map(str, self._found.means.attrs["notes"]))
        yield from (n for n in map(str, table.attrs["notes"]) if n not in known)
        yield f"{coverage(self._settings.level)} intervals by Student's t{self._df()}."

    def _df(self) -> str:
        if not self._model.is_mixed:
            return " with the exact degrees of freedom of least squares"
        return f" with degrees of freedom by {DF_NAMES[self._model.inference.df]}"

    def mean_words(self, offered: ComparedInputs) -> dict[str, str]:
        """By covariate that is held at its mean, that it is."""
        said = {}
        for name, number in offered.numbers.items():
            mean = offered.means[name]
            has_date = number.origin is not None
            text = number.written(mean) if has_date else general(mean, 4)
            said[name] = f"Its mean, {text}."
        return {n: text for n, text in said.items() if n not in self._settings.values}

    def caption(self) -> str:
        """What the picture of means shows."""
        held = [
            f"{name} = {general(v, 6)}" for name, v in self._settings.values.items()
        ]
        at = f", at {joined(held, most=_MOST)}" if held else ""
        return f"{self.means_title} with {coverage(self._settings.level)} intervals{at}"

    def difference_caption(self) -> str:
        """What the picture of comparisons shows."""
        table = self._found.differences
        assert table is not None
        is_one = len(table.attrs["ratios"]) == 1
        how = "" if is_one else f", {table.attrs['intervals']}"
        return (
            f"{self.differences_title} with {coverage(self._settings.level)} "
            f"intervals{how}"
        )


def _p(value: float) -> str:
    text = shown(value, Kind.P_VALUE)
    said = f"p {text}" if text[:1] in "<>" else f"p = {text}"
    return said.replace(" ", HARD_SPACE)
