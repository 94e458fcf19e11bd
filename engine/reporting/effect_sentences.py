"""Each fixed effect in a sentence: direction, size, interval and test.

A direction is claimed only where the confidence interval leaves no other; otherwise the
sentence says that the data do not show it, which is not that there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.group_words import counted_groups, sentence_case
from engine.data.wording import joined
from engine.model.spec import INTERCEPT
from engine.reporting.group_tables import own_level
from engine.reporting.model_facts import df_kind, fixed_labels, percent
from engine.reporting.numbers import HARD_SPACE, Kind, finer, phrase, shown
from engine.reporting.term_words import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.fitted_model import FittedModel
    from engine.reporting.term_words import Part, TermLabel

MOST_SENTENCES = 30
"""Effects beyond which a reader is sent to the table."""
MOST_CONDITIONS = 5
"""Conditions of an effect that are spelled out."""
MOST_MORE = 4
"""Digits that the limits of an interval may need to be told from zero."""
UNKNOWN = "the data do not show whether"


def effect_sentences(model: FittedModel) -> tuple[str, ...]:
    """Say each fixed effect in a sentence.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    tuple of str
        In the order of the table of fixed effects. The levels of a grouping that is
        not pooled are summarised.
    """
    labels = fixed_labels(model)
    own: dict[str, dict[str, int]] = {}
    shared = []
    for k, label in enumerate(labels):
        found = own_level(model, label)
        if found is None:
            shared.append(k)
        else:
            own.setdefault(found[1], {})[found[0]] = k
    sentences = [_range(model, what, ks) for what, ks in own.items()]
    sentences += [_sentence(model, labels, k) for k in shared[:MOST_SENTENCES]]
    if len(shared) > MOST_SENTENCES:
        rest = len(shared) - MOST_SENTENCES
        sentences.append(f"The table of fixed effects has {rest} more.")
    return tuple(sentences)


def has_directions(model: FittedModel) -> bool:
    """Whether some sentence says, or declines to say, which way an effect goes."""
    return any(
        _claim(label.parts, "") is not None and own_level(model, label) is None
        for label in fixed_labels(model)
    )


def estimate_words(model: FittedModel, k: int, size: str = "{b}") -> str:
    """Estimate, interval and test of one fixed effect.

    Parameters
    ----------
    model : FittedModel
    k : int
        Its row in the table of fixed effects.
    size : str
        What the estimate is, with `{b}` in its place.

    Returns
    -------
    str
        "1.50 (95 % CI 1.28 to 1.73; t(10.8) = 14.64, p < 0.001)".
    """
    row = model.coefficients.iloc[k]
    error = row["std_error"]
    value, low, high = _with_limits(row["estimate"], row["lower"], row["upper"], error)
    words = size.format(b=value)
    if np.isnan(error):
        return f"{words}, without a standard error"
    df = shown(row["df"], df_kind(model))
    t = phrase(f"t({df})", row["statistic"], Kind.STATISTIC)
    p = phrase("p", row["p_value"], Kind.P_VALUE)
    level = percent(model.inference.level).replace(" ", HARD_SPACE)
    return f"{words} ({level} CI {low} to {high}; {t}, {p})"


def _with_limits(value: float, low: float, high: float, error: float) -> list[str]:
    """An estimate and its interval; a limit that is not zero does not read as zero."""
    numbers = (value, low, high)
    texts = [shown(number, Kind.ESTIMATE, error) for number in numbers]
    for more in range(1, MOST_MORE + 1):
        if low * high <= 0 or all(text.strip("0.,") for text in texts[1:]):
            break
        texts = [finer(number, error, more) for number in numbers]
    return texts


# ---- one effect ---------------------------------------------------------------


def _sentence(model: FittedModel, labels: Sequence[TermLabel], k: int) -> str:
    """Word one effect."""
    label, y = labels[k], model.design.response_name
    if np.isnan(model.coefficients["estimate"].iloc[k]):
        return (
            f"The coefficient of {label.text} could not be estimated: it repeats "
            "other terms."
        )
    others = [other for other in labels if other is not label]
    if label.text == INTERCEPT and not label.parts:
        return f"{_intercept(others, y)} was {estimate_words(model, k)}."
    roles = [part.role for part in label.parts]
    conditions = _conditions(label, others)
    if roles == [Role.LEVEL]:
        where = ", ".join([f"for {_level(label.parts[0])}", *conditions])
        return f"The expected {y} {where} was {estimate_words(model, k)}."
    claim = _claim(label.parts, y)
    if claim is None:
        return f"The coefficient of {label.text} was {estimate_words(model, k)}."
    known, unknown, size = claim
    row = model.coefficients.iloc[k]
    more = "higher" if row["estimate"] > 0 else "lower"
    is_known = row["lower"] > 0 or row["upper"] < 0
    text = known.format(more=more) if is_known else f"{UNKNOWN} {unknown}"
    if conditions:
        text = f"{joined(conditions)}, {text}"
    if not text.startswith(y):  # the name of a column keeps its letters
        text = sentence_case(text)
    return f"{text}: {estimate_words(model, k, size)}."


def _claim(parts: Sequence[Part], y: str) -> tuple[str, str, str] | None:
    """What is said of an effect: when its direction is known, when not, and its size.

    Braces stand for the direction (`{more}`) and the estimate (`{b}`).
    """
    numbers = [part for part in parts if part.role is Role.NUMBER]
    contrasts = [part for part in parts if part.role is Role.DIFFERENCE]
    levels = [part for part in parts if part.role is Role.LEVEL]
    subject, more, where = _braced(y), "was {more}", ""
    if len(levels) == 1 and len(numbers) == 1:
        where = _braced(f" for {_level(levels[0])}")
    elif levels:
        return None
    shape = (len(numbers), len(contrasts))
    if shape == (1, 0):
        x = _braced(numbers[0].name)
        rest = f"at larger {x}{where}"
        size = "{b} per " + numbers[0].unit
        return f"{subject} {more} {rest}", f"{subject} is higher or lower {rest}", size
    if shape == (0, 1):
        between = _braced(_between(contrasts[0]))
        known = f"{subject} {more} {_braced(_than(contrasts[0]))}"
        return known, f"{subject} differs between {between}", "difference {b}"
    if shape not in ((1, 1), (0, 2), (2, 0)):
        return None
    return _interaction(numbers, contrasts)


def _interaction(
    numbers: Sequence[Part], contrasts: Sequence[Part]
) -> tuple[str, str, str]:
    """The same for an interaction of two."""
    if len(numbers) == 2:
        subject = _braced(f"the slope of {numbers[0].name}")
        by = _braced(numbers[1].name)
        known = f"{subject} was {{more}} at larger {by}"
        return known, f"{subject} changes with {by}", "change {b} per unit of both"
    second = contrasts[-1]
    first = contrasts[0]
    subject = (
        f"the slope of {numbers[0].name}"
        if numbers
        else f"the difference {_level(first)} minus {first.reference or 'reference'}"
    )
    known = f"{_braced(subject)} was {{more}} {_braced(_than(second))}"
    unknown = f"{_braced(subject)} differs between {_braced(_between(second))}"
    return known, unknown, "difference {b}"


def _intercept(others: Iterable[TermLabel], y: str) -> str:
    """Say what the intercept is the value of."""
    where: dict[str, None] = {}
    for label in others:
        if not label.parts:
            where[f"where {label.text} is 0"] = None
        where |= dict.fromkeys(map(_condition, label.parts))
    conditions = [text for text in where if text]
    if not conditions:
        return f"The expected {y}"
    if len(conditions) > MOST_CONDITIONS:
        conditions = ["where all terms are 0 or at their reference level"]
    return f"The intercept, the expected {y} {joined(conditions)},"


def _conditions(label: TermLabel, others: Iterable[TermLabel]) -> list[str]:
    """Where an effect holds: what it interacts with is 0 or at its reference level."""
    own = {part.name for part in label.parts}
    found: dict[str, None] = {}
    for other in others:
        if own < {part.name for part in other.parts}:
            rest = [part for part in other.parts if part.name not in own]
            found |= dict.fromkeys(map(_condition, rest))
    return [text for text in found if text]


def _condition(part: Part) -> str:
    if part.role is Role.NUMBER:
        return f"at {part.name} = 0"
    if part.role is Role.DIFFERENCE and part.reference:
        return f"for {part.name} {part.reference}"
    return ""


def _level(part: Part) -> str:
    return f"{part.name} {part.level}"


def _than(part: Part) -> str:
    return f"for {_level(part)} than for {part.reference or 'the reference'}"


def _between(part: Part) -> str:
    return f"{_level(part)} and {part.reference or 'the reference'}"


def _braced(text: str) -> str:
    """Names may have braces, which format() must leave alone."""
    return text.replace("{", "{{").replace("}", "}}")


# ---- many levels --------------------------------------------------------------


def _range(model: FittedModel, what: str, ks: dict[str, int]) -> str:
    """Smallest and largest of the levels' own coefficients."""
    own = model.coefficients.iloc[list(ks.values())]
    values = zip(ks, own["estimate"], strict=True)
    estimates = {level: value for level, value in values if not np.isnan(value)}
    groups = counted_groups(len(ks), str(model.spec.grouping))
    what = f"The {what[:1].lower()}{what[1:]}"
    if not estimates:
        return f"{what} could be estimated in none of {groups}."
    error = own["std_error"].median()
    ordered = sorted(estimates, key=lambda level: estimates[level])
    low, high = (
        f"{shown(estimates[level], Kind.ESTIMATE, error)} ({level})"
        for level in (ordered[0], ordered[-1])
    )
    left = len(ks) - len(estimates)
    note = f"; {left} could not be estimated" if left else ""
    return f"{what} ranged from {low} to {high} among {groups}{note}."
