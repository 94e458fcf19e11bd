"""What an explanation computes before the reader's eyes can be computed again."""

from __future__ import annotations

import math
import re
from functools import cache

import pytest

from engine import fit, read_table
from engine.data.steps import prepare
from engine.inference.choice import InferenceChoice
from engine.number_style import NumberStyle, written_in
from engine.reporting.explained_cells import topic_of_cell
from engine.reporting.explained_numbers import explained_numbers
from engine.reporting.tables import result_tables
from gui.explain.markup import _put
from gui.explain.texts import filled, help_text, topics
from gui.welcome.examples import examples
from tests.engine.reporting.models import (
    EVERY_KIND,
    comparisons,
    every_kind,
    predictions,
)

STYLES = [NumberStyle(digits) for digits in (None, 3)]
POWER = re.compile("×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
SUM = re.compile(r"^[-+*/.()\de]+$")
MOST_ROWS = 4
CHOICES = {
    "90 %": InferenceChoice(level=0.9),
    "Kenward and Roger": InferenceChoice(df="kenward-roger", level=0.99),
}
EXAMPLES = [example.key for example in examples()]
NAMES = [*EXAMPLES, "lakes", "pooled", *EVERY_KIND, *CHOICES]


def example_models():
    found = {}
    for example in examples():
        frame = prepare(read_table(example.path), example.steps).used_frame
        found[example.key] = fit(example.formula, frame)
        if example.key == "fish":
            found["lakes"] = fit("log_mass ~ 1 + (1 | lake)", frame)
            found["pooled"] = fit("log_mass ~ log_length", frame)
    return found


@cache
def models():
    found = example_models() | every_kind()
    for name, choice in CHOICES.items():
        found[name] = found["fish"].with_inference(choice)
    return found


def lines_of(model):
    """Every line of numbers of every cell that has an explanation."""
    asked = {(topic, ()) for topic in topics()}
    for table in (*result_tables(model), predictions(model), *comparisons(model)):
        for column in map(str, table.frame.columns):
            for row in range(min(MOST_ROWS, len(table.frame))):
                topic, key = topic_of_cell(table, row, column)
                asked.add((topic, tuple(sorted(key.items()))))
    for topic, key in sorted(asked):
        values = explained_numbers(model, topic, dict(key))
        text = help_text(topic)
        lines = [_put(line, values) for line in filled(text.numbers, values)]
        yield from ((topic, line) for line in joined(lines))


def joined(lines):
    """Put a result that stands on a line of its own behind what it is of."""
    whole: list[str] = []
    for line in lines:
        if line.startswith("= ") and whole:
            whole[-1] += f" {line}"
        else:
            whole.append(line)
    return whole


def number(text):
    """The number at the beginning, and half a unit of its last digit."""
    plain = POWER.sub(lambda found: f"e{found[1].translate(PLAIN)}", text.strip())
    plain = plain.replace("−", "-").replace("\u202f", "")
    found = re.match(r"(-?\d+)(\.\d+)?(e-?\d+)?\s*(%)?", plain)
    if found is None:
        return None
    unit = 10.0 ** -len((found[2] or ".")[1:]) * float(f"1{found[3] or ''}")
    size = 0.01 if found[4] else 1.0
    value = float("".join(part or "" for part in found.groups()[:3]))
    return value * size, 0.5 * unit * size


def computed(text):
    """What a calculator gets for an expression; None where it is none."""
    plain = POWER.sub(lambda found: f"e{found[1].translate(PLAIN)}", text)
    plain = plain.split(":")[-1].replace("\u202f", "").replace("²", "**2")
    plain = re.sub(r"√([\d.e-]+)", r"(\1)**0.5", plain.replace("−", "-"))
    plain = re.sub(r"\s", "", plain.replace("×", "*"))
    if not SUM.match(plain) or not re.search(r"\d[)*/+-]|\*", plain):
        return None
    return float(eval(plain))  # matched above: digits and signs only


def disagreements(line):
    """Results that a calculator does not get, unless the line says why."""
    if "rounded" in line:
        return
    *parts, shown = re.split(r"\s?=\s", line)
    if not parts:
        return
    left = parts[-1]
    if "±" in left:
        middle, half = left.split("±")
        ends = (f"{middle} − ({half})", f"{middle} + ({half})")
        results = shown.split(" to ")
    else:
        ends, results = (left,), [shown]
    for expression, result in zip(ends, results, strict=True):
        value, known = computed(expression), number(result)
        if value is None or known is None:
            continue
        if not math.isclose(value, known[0], rel_tol=1e-9, abs_tol=known[1] * 1.0001):
            yield f"{line}: {value}"


def test_that_a_wrong_sum_is_noticed():
    assert list(disagreements("0.11² = 0.011444"))
    assert list(disagreements("1.5 ± 2 × 0.1 = 1.3 to 1.8"))
    assert not list(disagreements("SD: √0.0182 = 0.135"))
    assert not list(disagreements("0.02 / (0.02 + 0.06) = 25.0 %"))
    assert list(disagreements("2 × 1.5×10⁻³ = 3.1×10⁻³"))


@pytest.mark.parametrize("style", STYLES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_that_a_calculator_gets_what_is_shown(name, style):
    with written_in(style):
        found = list(lines_of(models()[name]))
    wrong = [
        f"{topic}: {said}" for topic, line in found for said in disagreements(line)
    ]
    assert sorted(set(wrong)) == []


def test_that_there_is_much_to_compute():
    seen = set()
    for name in ("fish", "lakes"):
        for topic, line in lines_of(models()[name]):
            *parts, _ = re.split(r"\s?=\s", line)
            is_sum = bool(parts) and (
                "±" in parts[-1] or computed(parts[-1]) is not None
            )
            if is_sum:
                seen.add(topic)
    assert {
        "aic",
        "bic",
        "confidence_interval",
        "correlation",
        "degrees_of_freedom",
        "group_estimates",
        "icc",
        "loglik",
        "n_parameters",
        "r2_conditional",
        "r2_marginal",
        "rows",
        "shrinkage",
        "standard_error",
        "t_statistic",
        "variance",
        "variance_partition",
    } <= seen
