"""Read dates as people write them, when there is only one way to read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from engine.data.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

_MONTHS = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
# English names only: pandas would follow the locale, which Qt changes.
_MONTH_NAME = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b\.?",
    re.IGNORECASE,
)
_DAY_PART = re.compile(
    r"(?P<year_first>\d{4}([-/.])\d{1,2}\2\d{1,2})"
    r"|(?P<year_last>\d{1,2}([-/.])\d{1,2}\4\d{4})"
    r"|(?P<short_year>\d{1,2}([-/.])\d{1,2}\6\d{2})"
    r"|(?P<named_day_first>\d{1,2}([- ])M\d\d\8(?:\d{4}|\d\d))"
    r"|(?P<named_month_first>M\d\d \d{1,2},? \d{4})",
    re.ASCII,
)
_TIME_PART = re.compile(
    r"(?P<start>T| +)(?P<clock>\d{1,2}:\d\d)(?P<seconds>:\d\d)?(?P<fraction>\.\d+)?"
    r"(?P<half> ?[AaPp][Mm])?(?P<zone>Z)?",
    re.ASCII,
)
_WORDS = {"%Y": "year", "%y": "year", "%m": "month", "%d": "day"}
_N_TRIED = 20


@dataclass(frozen=True, slots=True)
class Dates:
    """What distinct texts are as dates.

    Attributes
    ----------
    values : Series
        datetime64, NaT where a text is no date; empty if none looks like one.
    order : str
        How the dates are written, such as ``day/month/year``.
    note : str
        How they were read, a sentence's end after "In column 'x', ".
    doubt : str
        Why they cannot be read, such a sentence's end: day and month could be
        exchanged.
    """

    values: pd.Series[pd.Timestamp]
    order: str = ""
    note: str = ""
    doubt: str = ""


_NONE = Dates(pd.Series(pd.DatetimeIndex([])))


def read_dates(texts: Sequence[str]) -> Dates:
    """Read distinct texts as dates, all written in one way.

    Parameters
    ----------
    texts : sequence of str
        Distinct cells of one column, trimmed, without missing ones.

    Returns
    -------
    Dates
        With the reading that fits most texts.
    """
    formats: list[str] = []
    for text in texts[:_N_TRIED]:
        formats = _formats(_with_month_numbers(text))
        if formats:
            break
    if not formats:
        return _NONE
    has_names = any("M%m" in form for form in formats)
    plain = [_with_month_numbers(text) for text in texts] if has_names else texts
    cells = pd.Series(plain, dtype=object)
    readings = [pd.to_datetime(cells, format=form, errors="coerce") for form in formats]
    n_unread = [int(reading.isna().sum()) for reading in readings]
    best = n_unread.index(min(n_unread))
    order = _order(formats[best])
    rivals = [i for i, n in enumerate(n_unread) if i != best and n == n_unread[best]]
    if rivals and n_unread[best] == 0:
        orders = f"{order} or {_order(formats[rivals[0]])}"
        doubt = (
            f"{quoted(texts[0])} could be {orders}, so the column was kept as text; "
            "write the dates as year-month-day to have them read as dates"
        )
        return Dates(readings[best], orders, doubt=doubt)
    note = f"the dates are written {order}, as in {quoted(texts[0])}"
    if "%y" in formats[best]:
        note += ", and years of two digits were taken to be 1969 to 2068"
    if formats[best].endswith("Z"):
        note += ", in universal time (UTC)"
    return Dates(readings[best], order, note)


def _with_month_numbers(text: str) -> str:
    """Write an English month name as M and its number: 5 May 2021 is 5 M05 2021."""
    return _MONTH_NAME.sub(
        lambda match: f"M{_MONTHS.index(match[1].lower()) + 1:02}", text
    )


def _formats(text: str) -> list[str]:
    """List the ways in which one text could be read as a date, likeliest first."""
    day = _DAY_PART.match(text)
    if day is None:
        return []
    clock = _clock_format(text[day.end() :])
    if clock is None:
        return []
    return [form + clock for form in _day_formats(day)]


def _day_formats(day: re.Match[str]) -> list[str]:
    mark = next((day[i] for i in (2, 4, 6, 8) if day[i]), " ")
    kind = day.lastgroup or ""
    if kind == "year_first":
        orders = ["%Y m d"]
    elif kind == "named_month_first":
        return ["M%m %d, %Y" if "," in day[0] else "M%m %d %Y"]
    elif kind == "named_day_first":
        orders = ["d Mm %Y" if re.search(r"\d{4}$", day[0]) else "d Mm %y"]
    else:
        year = "%Y" if kind == "year_last" else "%y"
        orders = [f"d m {year}"]
        if mark != ".":  # nobody writes the month first, or a short year, with points
            orders.append(f"m d {year}")
            orders += ["%y m d"] * (year == "%y")
    return [
        re.sub(r"(?<!%)([dm])", r"%\1", order).replace(" ", mark) for order in orders
    ]


def _clock_format(rest: str) -> str | None:
    """Find the format of the time of day; None if the rest is something else."""
    if not rest:
        return ""
    time = _TIME_PART.fullmatch(rest)
    if time is None:
        return None
    form = time["start"] + ("%I:%M" if time["half"] else "%H:%M")
    form += ":%S" if time["seconds"] else ""
    form += ".%f" if time["fraction"] else ""
    if time["half"]:
        form += time["half"][:-2] + "%p"
    return form + (time["zone"] or "")


def _order(form: str) -> str:
    """Say a format in words: ``%d/%m/%Y`` is day/month/year."""
    day = re.sub(r"[T ]+%[HI].*", "", form)
    return re.sub(r"M?(%[Yymd])", lambda match: _WORDS[match[1]], day)
