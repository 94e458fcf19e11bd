"""Which means are compared: names and weights of contrasts among k means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.data.wording import counted
from engine.errors import EngineError
from engine.model.columns import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.arrays import FloatArray

HIGHEST_DEGREE = 6
DEGREES = ("linear", "quadratic", "cubic", "quartic")
EVEN = 1e-8
"""Relative gap up to which steps between values are the same."""
BALANCED = 1e-10
"""Sum of weights, relative to their sizes, that counts as zero."""


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Contrasts among k means.

    Attributes
    ----------
    names : tuple of str
        One each, such as "a - b".
    ratios : tuple of str
        What they are called when the means were logarithms: "a / b".
    weights : ndarray of shape (m, k)
    adjust : str
        How p-values are adjusted when nothing is said.
    notes : tuple of str
    """

    names: tuple[str, ...]
    ratios: tuple[str, ...]
    weights: FloatArray
    adjust: str
    notes: tuple[str, ...] = ()


def comparisons(
    kind: Any,
    names: Sequence[str],
    values: FloatArray | None,
    control: int = 0,
) -> Comparisons:
    """Make the contrasts of one kind.

    Parameters
    ----------
    kind : str, or mapping of str to weights, or array of shape (m, k) or (k,)
        "pairwise": each mean less each later one. "control": each mean less that of
        the control. "consecutive": each mean less the one before. "polynomial":
        orthogonal trends.
    names : sequence of str
        Of the k means.
    values : ndarray of shape (k,) or None
        Where the means stand, if they stand at numbers: polynomials go along them.
    control : int
        The position of the control.

    Returns
    -------
    Comparisons

    Raises
    ------
    EngineError
        If the kind is unknown or the weights do not fit the means.
    """
    if not isinstance(kind, str):
        return _custom(kind, names)
    if kind not in KINDS:
        raise EngineError(
            f"'{kind}' is no kind of contrast.",
            f"Choose one of {listed(KINDS)}, or give the weights.",
        )
    if len(names) < 2:
        raise EngineError(
            "There is only one mean, so there is nothing to compare.",
            "Choose a term with several levels, or give several values in at.",
        )
    if kind == "polynomial":
        return _polynomial(names, values)
    if kind == "control":
        pairs = [(i, control) for i in range(len(names)) if i != control]
        return _differences(names, pairs, "dunnett")
    return KINDS[kind](names)


def _pairwise(names: Sequence[str]) -> Comparisons:
    k = len(names)
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
    return _differences(names, pairs, "tukey")


def _consecutive(names: Sequence[str]) -> Comparisons:
    pairs = [(i, i - 1) for i in range(1, len(names))]
    return _differences(names, pairs, "dunnett")


def _differences(
    names: Sequence[str], pairs: list[tuple[int, int]], adjust: str
) -> Comparisons:
    """One mean less another."""
    weights = np.zeros((len(pairs), len(names)))
    rows = np.arange(len(pairs))
    weights[rows, [i for i, _ in pairs]] = 1.0
    weights[rows, [j for _, j in pairs]] = -1.0
    clear = [f"({name})" if " - " in name else name for name in names]
    texts = tuple(f"{clear[i]} - {clear[j]}" for i, j in pairs)
    ratios = tuple(f"{clear[i]} / {clear[j]}" for i, j in pairs)
    return Comparisons(texts, ratios, weights, adjust)


def _polynomial(names: Sequence[str], values: FloatArray | None) -> Comparisons:
    """Orthogonal polynomials: whole numbers where the steps are even."""
    k = len(names)
    degree = min(k - 1, HIGHEST_DEGREE)
    texts = [*DEGREES, *(f"degree {d}" for d in range(5, degree + 1))][:degree]
    at = np.arange(k, dtype=np.float64) if values is None else values
    steps = np.diff(at)
    if np.ptp(steps) <= EVEN * np.abs(steps).max():
        backwards = -1.0 if steps[0] < 0 else 1.0
        weights = _whole_polynomials(k, degree)
        weights[::2] *= backwards
        return Comparisons(tuple(texts), tuple(texts), weights, "none")
    scaled = (at - at.mean()) / np.ptp(at)
    Q, R = np.linalg.qr(np.vander(scaled, degree + 1, increasing=True))
    weights = (Q * np.sign(np.diag(R))).T[1:]
    note = (
        "The values are not evenly spaced: the polynomials are orthogonal at the "
        "values as they are, scaled so that squared weights sum to one."
    )
    return Comparisons(tuple(texts), tuple(texts), weights, "none", (note,))


def _whole_polynomials(k: int, degree: int) -> FloatArray:
    """Orthogonal polynomials at 1, ..., k in the smallest whole numbers."""
    basis: list[list[Fraction]] = [[Fraction(1)] * k]
    rows = []
    for power in range(1, degree + 1):
        row = [Fraction(x) ** power for x in range(k)]
        for other in basis:
            share = Fraction(
                sum(a * b for a, b in zip(row, other, strict=True)),
                sum(b * b for b in other),
            )
            row = [a - share * b for a, b in zip(row, other, strict=True)]
        basis.append(row)
        scale = lcm(*(value.denominator for value in row))
        whole = [int(value * scale) for value in row]
        common = gcd(*whole)
        rows.append([value // common for value in whole])
    return np.array(rows, dtype=np.float64)


def _custom(
    kind: Mapping[str, Sequence[float]] | FloatArray, names: Sequence[str]
) -> Comparisons:
    """Weights as they are given."""
    k = len(names)
    given = list(map(str, kind)) if isinstance(kind, Mapping) else None
    rows = list(kind.values()) if isinstance(kind, Mapping) else kind
    try:
        weights = np.atleast_2d(np.array(rows, dtype=np.float64))
    except (TypeError, ValueError):
        weights = np.zeros((0, 0))
    if weights.ndim != 2 or weights.shape[1] != k or not np.isfinite(weights).all():
        raise EngineError(
            f"The weights do not fit: there {'is' if k == 1 else 'are'} "
            f"{counted(k, 'mean')}.",
            f"Give one number for each of {listed(names)}, in this order.",
        )
    if not weights.any(axis=1).all():
        raise EngineError(
            "A contrast has only zeros as weights.", "Give it weights, or leave it out."
        )
    texts = _written(weights, names) if given is None else tuple(given)
    sums = np.abs(weights.sum(axis=1))
    open_ones = np.flatnonzero(sums > BALANCED * np.abs(weights).sum(axis=1))
    notes: tuple[str, ...] = ()
    if len(open_ones):
        which = listed(texts[i] for i in open_ones)
        notes = (f"The weights of {which} do not sum to zero: no contrast, a sum.",)
    return Comparisons(texts, texts, weights, "none", notes)


def _written(weights: FloatArray, names: Sequence[str]) -> tuple[str, ...]:
    """Write weights that have no name: "a - 0.5 b - 0.5 c"."""
    texts = []
    for row in weights:
        text = ""
        for weight, name in zip(row, names, strict=True):
            if weight:
                sign = " - " if weight < 0 else " + "
                size = "" if abs(weight) == 1 else f"{abs(weight):.4g} "
                text += f"{sign}{size}{name}"
        texts.append(
            text.removeprefix(" + ").replace(" - ", "-", text.startswith(" - "))
        )
    return tuple(texts)


KINDS: dict[str, Callable[[Sequence[str]], Comparisons]] = {
    "pairwise": _pairwise,
    "control": lambda names: comparisons("control", names, None),
    "polynomial": lambda names: _polynomial(names, None),
    "consecutive": _consecutive,
}
