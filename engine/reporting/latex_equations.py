"""A fitted model in LaTeX, with the names of the columns: in symbols and in numbers.

Only what ziamath draws is written: no environments but matrices, an equation a line. A
level in brackets stands for 1 in the rows that have it and for 0 elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted
from engine.number_style import list_mark
from engine.reporting.equation_parts import equation_parts
from engine.reporting.equation_symbols import (
    added,
    continued,
    latex_name,
    latex_number,
    latex_text,
)
from engine.reporting.model_facts import is_separate
from engine.reporting.numbers import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.arrays import FloatArray
    from engine.fitted_model import FittedModel
    from engine.reporting.equation_parts import Effect, EquationParts, RandomPart

MOST_EFFECTS = 12
"""From more columns than these the equation has a sum."""
MOST_GROUPS = 12
"""Groups that are not pooled and are written out, a line each."""
LARGEST_MATRIX = 5
"""Larger covariance matrices are left to the table."""
_WIDEST = 70
"""Letters and signs on a line, about."""
_UNSEEN = re.compile(r"\\[a-z]+|[\\{}_]")
_FLAT = 1e-8
"""Smallest eigenvalue of a correlation matrix that is not singular."""


def general(model: FittedModel) -> tuple[str, ...]:
    """Write a fitted model in symbols.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    tuple of str
        Lines of LaTeX: the observations (on several lines if there are many effects),
        what varies among groups, the residuals.
    """
    parts = equation_parts(model)
    lines = _observations(model, parts, lambda effect: _symbol(effect, parts))
    spread = r"\sigma^2"
    if is_separate(model):
        spread = rf"\sigma_{{{parts.unpooled}}}^2"
    lines += [_distribution(part) for part in parts.random]
    return (*lines, _residual(model, parts.index, spread))


def with_numbers(model: FittedModel) -> tuple[str, ...]:
    """Write a fitted model with its estimates.

    Effects that cannot be estimated, because they repeat others, are left out and
    named. Groups that are not pooled have a line each, the first `MOST_GROUPS` of them.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    tuple of str
        Lines of LaTeX, as `general` gives them.
    """
    parts = equation_parts(model)
    numbers = _estimates(model)
    if _has_sum(parts):
        lines = _observations(model, parts, lambda effect: _symbol(effect, parts))
        table = "the estimates are in the table of fixed effects"
        lines.append(latex_text(f"{len(numbers)} coefficients, {table}"))
    elif parts.unpooled:
        lines = _group_lines(model, parts, numbers)
    else:
        lines = _observations(model, parts, lambda e: _number(e.place, numbers))
        lines += _left_out(parts, numbers)
    lines += [_distribution(part, is_number=True) for part in parts.random]
    if not is_separate(model):
        spread = _squared(model.sigma)
        lines.append(_residual(model, parts.index, spread))
    elif _has_sum(parts):
        lines.append(latex_text("each group has a residual SD of its own"))
    return tuple(lines)


# ---- observations -------------------------------------------------------------


def _observations(
    model: FittedModel,
    parts: EquationParts,
    coefficient: Callable[[Effect], str],
    index: str | None = None,
) -> list[str]:
    """The equation of one row, broken into lines."""
    index = parts.index if index is None else index
    pieces: list[str] = []
    if _has_sum(parts):
        pieces += _summed(parts, coefficient)
    else:
        for effect in parts.effects:
            pieces += _pieces(effect, coefficient(effect), index)
    if model.design.offset is not None:
        pieces.append(rf"{latex_text('offset')}_{{{index}}}")
    pieces.append(f"e_{{{index}}}")
    first, *further = _broken(pieces)
    return [
        f"{parts.response}_{{{index}}} = {first}",
        *(rf"\qquad {continued(text)}" for text in further),
    ]


def _broken(pieces: list[str]) -> list[str]:
    """Summands on as many lines as they need; the residual has none for itself."""
    lines: list[list[str]] = [[]]
    width = 0
    for piece in pieces:
        own = len(_UNSEEN.sub("", piece)) + 3
        if lines[-1] and width + own > _WIDEST and piece is not pieces[-1]:
            lines.append([])
            width = 0
        lines[-1].append(piece)
        width += own
    return [added(line) for line in lines]


def _pieces(effect: Effect, coefficient: str, index: str) -> list[str]:
    """What one column contributes, as summands; nothing if it has no coefficient."""
    factors = [text for text in (coefficient, *effect.deviations) if text]
    if not factors or not effect.key:
        return factors
    own = factors[0] if len(factors) == 1 else rf"\left({added(factors)}\right)"
    return [rf"{own}\,{effect.columns(index)}"]


def _summed(parts: EquationParts, coefficient: Callable[[Effect], str]) -> list[str]:
    """Many columns: a sum, and what varies besides."""
    own = [effect for effect in parts.effects if effect.key and effect.is_fixed]
    pieces = [
        piece
        for effect in parts.effects
        if not effect.key
        for piece in _pieces(effect, coefficient(effect), parts.index)
    ]
    has_own = any(effect.places for effect in own)
    below = f"p{parts.unpooled}" if has_own else "p"
    pieces.append(
        rf"\sum_{{p=1}}^{{{len(own)}}} \beta_{{{below}}}\,x_{{p,{parts.index}}}"
    )
    varying = [effect for effect in parts.effects if effect.key and effect.deviations]
    if len(varying) > MOST_EFFECTS:
        return [*pieces, rf"\sum_{{q=1}}^{{{len(varying)}}} b_q\,z_{{q,{parts.index}}}"]
    for effect in varying:
        pieces += _pieces(effect, "", parts.index)
    return pieces


def _has_sum(parts: EquationParts) -> bool:
    return len(parts.effects) > MOST_EFFECTS


def _symbol(effect: Effect, parts: EquationParts) -> str:
    """The coefficient of a column: of all rows, or of each group its own."""
    if not effect.is_fixed:
        return ""
    if not effect.places:
        return rf"\beta_{{{effect.number}}}"
    if not effect.key:
        return rf"\alpha_{{{parts.unpooled}}}"
    return rf"\beta_{{{effect.number}{parts.unpooled}}}"


# ---- numbers ------------------------------------------------------------------


def _estimates(model: FittedModel) -> list[str]:
    """All coefficients as the tables show them; empty where there is no estimate."""
    errors = np.sqrt(np.diag(model.estimates.covariance))
    return [
        "" if np.isnan(value) else latex_number(value, Kind.ESTIMATE, error)
        for value, error in zip(model.estimates.beta, errors, strict=True)
    ]


def _number(place: int | None, numbers: list[str]) -> str:
    return "" if place is None else numbers[place]


def _left_out(parts: EquationParts, numbers: list[str]) -> list[str]:
    """Name the columns without an estimate."""
    missing = [
        effect.columns(parts.index) or r"\beta_0"
        for effect in parts.effects
        if effect.place is not None and not numbers[effect.place]
    ]
    if not missing:
        return []
    reason = latex_text("not estimated, it repeats other terms")
    if len(missing) > 1:
        reason = latex_text("not estimated, they repeat other terms")
    return [r",\ ".join(missing) + rf"\ {reason}"]


def _group_lines(
    model: FittedModel, parts: EquationParts, numbers: list[str]
) -> list[str]:
    """An equation for each group that is not pooled."""
    lines = []
    index = parts.index.replace(parts.unpooled, "", 1)
    spreads = model.estimates.sigma_by_group
    for level, name in enumerate(parts.levels[:MOST_GROUPS]):
        places = {
            effect: dict(effect.places).get(level, effect.place)
            for effect in parts.effects
        }
        own = _observations(
            model,
            parts,
            lambda e, places=places: _number(places[e], numbers),  # type: ignore[misc]
            index,
        )
        own[0] = rf"{latex_name(name)}{{:}}\quad {own[0]}"
        if spreads is not None:
            own[-1] += rf",\quad {_own_residual(model, index, float(spreads[level]))}"
        if any(e.is_fixed and not _number(p, numbers) for e, p in places.items()):
            own[-1] += rf"\quad {latex_text('(not all terms can be estimated)')}"
        lines += own
    more = len(parts.levels) - MOST_GROUPS
    if more > 0:
        groups = counted(more, "more group")
        lines.append(latex_text(f"and {groups}, see the table of estimates"))
    return lines


# ---- distributions ------------------------------------------------------------


def _distribution(part: RandomPart, *, is_number: bool = False) -> str:
    """What is assumed, or was found, of one block of random effects."""
    size = len(part.symbols)
    remark = ""
    if is_number and _is_singular(part.covariance):
        remark = rf"\quad {latex_text('(singular)')}"
    if size == 1:
        spread = rf"\sigma_{{{part.letters[0]}}}^2"
        if is_number:
            spread = _squared(float(np.sqrt(part.covariance[0, 0])))
        return rf"{part.symbols[0]} \sim N(0{list_mark()} {spread}){remark}"
    if size > LARGEST_MATRIX:
        table = r",\ " + latex_text("in the table of variances") if is_number else ""
        dots = rf"{part.symbols[0]}, \ldots, {part.symbols[-1]}"
        spread = rf"\Sigma_{{{part.letters[0]}}}"
        return rf"({dots}) \sim N(0{list_mark()} {spread}){table}{remark}"
    symbols = _matrix([[symbol] for symbol in part.symbols])
    zeros = _matrix([["0"]] * size)
    entries = _matrix(
        [
            [_entry(part, i, j, is_number=is_number) for j in range(size)]
            for i in range(size)
        ]
    )
    return rf"{symbols} \sim N\left({zeros}{list_mark()} {entries}\right){remark}"


def _entry(part: RandomPart, i: int, j: int, *, is_number: bool) -> str:
    if is_number:
        return latex_number(float(part.covariance[i, j]), Kind.VARIANCE)
    low, high = sorted((i, j))
    if low == high:
        return rf"\sigma_{{{part.letters[i]}}}^2"
    return rf"\sigma_{{{part.letters[low]}{part.letters[high]}}}"


def _matrix(rows: list[list[str]]) -> str:
    body = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _is_singular(covariance: FloatArray) -> bool:
    """Whether a variance is zero or deviations determine each other."""
    sd = np.sqrt(np.diag(covariance))
    if not sd.all():
        return True
    correlations = covariance / np.outer(sd, sd)
    return bool(np.linalg.eigvalsh(correlations)[0] < _FLAT)


def _residual(model: FittedModel, index: str, spread: str) -> str:
    """The distribution of the residuals; weights divide their variance."""
    weight = "" if model.design.weights is None else rf" / w_{{{index}}}"
    return rf"e_{{{index}}} \sim N(0{list_mark()} {spread}{weight})"


def _own_residual(model: FittedModel, index: str, sd: float) -> str:
    if np.isnan(sd):
        return latex_text("reproduced exactly, no residual SD")
    return _residual(model, index, _squared(sd))


def _squared(sd: float) -> str:
    """A variance by its standard deviation."""
    if sd == 0:
        return "0"
    number = latex_number(sd, Kind.VARIANCE)
    return rf"({number})^2" if "times" in number else f"{number}^2"
