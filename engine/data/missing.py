"""Which cells stand for "not measured": codes people write, numbers that look it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.data.wording import counted, quoted
from engine.sentences import Number, Said, Sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray


def _as_written(codes: Collection[str]) -> frozenset[str]:
    """Add the upper- and lower-case forms."""
    forms = (str, str.upper, str.lower, str.capitalize)
    return frozenset(form(code) for code in codes for form in forms)


# Missing in any column.
_USUAL = _as_written(
    [
        "NA",
        "N/A",
        "#N/A",
        "n/a",
        "<NA>",
        "NaN",
        "-NaN",
        "NULL",
        "#NV",
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
    ]
)
# Missing in a column that otherwise holds numbers or dates. "none" is not here: in
# a column of counts it may well be a zero.
_AMONG_NUMBERS = _USUAL | _as_written(
    [
        ".",
        "..",
        "...",
        "-",
        "--",
        "---",
        "–",
        "—",
        "?",
        "??",
        "*",
        "n.a.",
        "n.a",
        "nd",
        "n.d.",
        "missing",
        "unknown",
        "not available",
        "not measured",
        "not recorded",
        "no data",
        "1.#QNAN",
        "1.#IND",
        "-1.#IND",
    ]
)
# Worth a remark when they occur in a column of text.
_SUSPECT = _AMONG_NUMBERS - _USUAL
_COUNTRY_CODE = re.compile("[A-Z]{2}")
_SENTINELS: tuple[float, ...] = (
    -99.0,
    -999.0,
    -9999.0,
    -99999.0,
    -99.9,
    -999.9,
    -88.0,
    -888.0,
    -8888.0,
)
_SENTINELS += (99.0, 999.0, 9999.0, 99999.0, 99.9, 999.9, -999.99, -9999.99)


@dataclass(frozen=True, slots=True)
class MissingCodes:
    """Which texts are read as missing; empty cells always are.

    Attributes
    ----------
    among_numbers, among_texts : frozenset of str
        The codes in columns of numbers or dates, and in columns of text.
    numbers : tuple of float
        Numeric codes that the user gave.
    is_given : bool
        Whether the user gave the codes; then nothing is recognised.
    """

    among_numbers: frozenset[str] = _AMONG_NUMBERS
    among_texts: frozenset[str] = _USUAL
    numbers: tuple[float, ...] = ()
    is_given: bool = False


def given_codes(codes: Collection[str]) -> MissingCodes:
    """Take the user's codes instead of the usual ones.

    Parameters
    ----------
    codes : collection of str
        Texts, matched exactly after trimming; those which are numbers match equal
        numbers too.

    Returns
    -------
    MissingCodes
    """
    texts = {codes} if isinstance(codes, str) else {str(code) for code in codes}
    texts = {text.strip() for text in texts}
    numbers = []
    for text in texts:
        try:
            numbers.append(float(text))
        except ValueError:
            continue
    fixed = frozenset(texts)
    return MissingCodes(fixed, fixed, tuple(numbers), is_given=True)


def missing_among_texts(
    texts: Sequence[str], codes: MissingCodes
) -> tuple[frozenset[str], str]:
    """Choose the codes that are missing values in a column of text.

    Parameters
    ----------
    texts : sequence of str
        The distinct cells.
    codes : MissingCodes
        What is looked for.

    Returns
    -------
    codes : frozenset of str
        Those to be read as missing.
    note : str
        A sentence's end after "In column 'x', " about codes that were kept.
    """
    if codes.is_given:
        return codes.among_texts, ""
    others = [text for text in texts if text not in codes.among_texts]
    n_countries = sum(1 for text in others if _COUNTRY_CODE.fullmatch(text))
    if "NA" in texts and n_countries >= max(3, 0.8 * len(others)):
        return codes.among_texts - {"NA"}, (
            "'NA' stands among other two-letter codes and was kept as a value of its "
            "own (for Namibia, say); if it means missing, list it among the "
            "codes for missing values"
        )
    suspects = [text for text in others if text in _SUSPECT]
    if suspects:
        return codes.among_texts, (
            f"{quoted(suspects[0])} was kept as a value of its own; if it means "
            "missing, list it among the codes for missing values"
        )
    return codes.among_texts, ""


def sentinel_note(name: str, values: NDArray[Any]) -> Said:
    """Advise on numbers such as -999 that lie far from all others.

    Parameters
    ----------
    name : str
        The column.
    values : ndarray
        Its numbers, with NaN where missing; never changed.

    Returns
    -------
    str or Sentence
        Empty text if there is nothing to say.
    """
    is_code = np.isin(values, _SENTINELS)
    if not is_code.any():
        return ""
    rest = values[~is_code & np.isfinite(values)]
    if rest.size == 0:
        return ""
    low, high = float(rest.min()), float(rest.max())
    found = [
        (code, int(np.count_nonzero(values == code)))
        for code in np.unique(values[is_code]).tolist()
        if _is_far(code, low, high)
    ]
    if not found:
        return ""
    parts = " and ".join(f"{counted(n, 'cell')} with {code:g}" for code, n in found)
    return Sentence(
        f"Column {quoted(name)} has {parts}, far from all other values (",
        Number(low),
        " to ",
        Number(high),
        "); if that means missing, list it among the codes for missing values.",
    )


def _is_far(code: float, low: float, high: float) -> bool:
    """Whether a code is out of range by more than the range, or the only negative."""
    if code < 0 <= low:
        return True
    gap = max(low - code, code - high)
    return gap > 0 and gap >= high - low
