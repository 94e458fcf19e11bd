from __future__ import annotations

import re
import warnings
from functools import cache
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from engine.model.formula import parse_formula
from engine.model.spec import ModelSpec, NoPooling
from engine.reporting.equation_symbols import Letters, indices, latex_name, latex_number
from engine.reporting.equations import general, general_line, with_numbers
from engine.reporting.numbers import Kind
from engine.workflow import fit
from tests.engine.reporting.models import (
    EVERY_KIND,
    completely_pooled,
    every_kind,
    fish,
    fitted,
    hostile,
    singular,
    unpooled,
    with_lost_rows,
)


def plain(spec: ModelSpec | str) -> str:
    """The line with _ and ^ for what is below and above."""
    line = general_line(parse_formula(spec) if isinstance(spec, str) else spec)
    line = re.sub("</?i>", "", line)
    return (
        line.replace("<sub>", "_")
        .replace("<sup>", "^")
        .replace("</sub>", "")
        .replace("</sup>", "")
    )


@cache
def drawn(latex: str) -> str:
    """SVG of an equation."""
    with warnings.catch_warnings():
        # of its own imports, from Python 3.11
        warnings.simplefilter("ignore", DeprecationWarning)
        import ziamath  # noqa: PLC0415 - a third of a second

    return str(ziamath.Latex(latex).svg())


# ---- one line -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        ("y ~ 1", "y_i = β_0 + e_i"),
        ("log(m) ~ x", "y_i = β_0 + β_1 x_i + e_i"),
        ("y ~ x + (1 | g)", "y_ij = β_0 + a_j + β_1 x_ij + e_ij"),
        ("y ~ x + (x | g)", "y_ij = β_0 + a_j + (β_1 + b_j) x_ij + e_ij"),
        ("y ~ x + (0 + x | g)", "y_ij = β_0 + (β_1 + a_j) x_ij + e_ij"),
        ("y ~ 0 + x + (x || g)", "y_ij = a_j + (β_1 + b_j) x_ij + e_ij"),
        ("y ~ 1 + (x | g)", "y_ij = β_0 + a_j + b_j x_ij + e_ij"),
        ("y ~ 0 + (1 | g)", "y_ij = a_j + e_ij"),
        (
            "y ~ x + (x | g) + (1 | h)",
            "y_ijk = β_0 + a_j + c_k + (β_1 + b_j) x_ijk + e_ijk",
        ),
        (
            "y ~ x + (1 | a / b)",
            "y_ijk = β_0 + a_j + b_k + β_1 x_ijk + e_ijk",
        ),
        (
            "y ~ x * f + (1 | g)",
            "y_ij = β_0 + a_j + β_1 x_1ij + β_2 x_2ij + β_3 x_1ij x_2ij + e_ij",
        ),
        (
            "y ~ poly(x, 2) + (x | g)",
            "y_ij = β_0 + a_j + (β_1 + b_j) x_ij + β_2 x_ij^2 + e_ij",
        ),
        ("y ~ x + offset(log(w))", "y_i = β_0 + β_1 x_i + o_i + e_i"),
        (
            "y ~ a + b + c + d + (b | g)",
            "y_ij = β_0 + a_j + Σ_p β_p x_pij + b_j x_2ij + e_ij",
        ),
        (
            "y ~ x + (x + a + b + c | g)",
            "y_ij = β_0 + a_j + β_1 x_1ij + Σ_q b_qj z_qij + e_ij",
        ),
    ],
)
def test_that_the_line_says_the_model(formula: str, line: str) -> None:
    assert plain(formula) == line


@pytest.mark.parametrize(
    ("way", "line"),
    [
        (None, "y_i = β_0 + β_1 x_i + e_i"),
        (NoPooling.MEANS, "y_ij = α_j + e_ij"),
        (NoPooling.INTERCEPTS, "y_ij = α_j + β_1 x_ij + e_ij"),
        (NoPooling.SLOPES, "y_ij = α_j + β_1j x_ij + e_ij"),
        (
            NoPooling.SEPARATE,
            "y_ij = α_j + β_1j x_ij + e_ij, e_ij ∼ N(0, σ_j^2)",
        ),
    ],
)
def test_that_the_line_says_how_groups_are_pooled(
    way: NoPooling | None, line: str
) -> None:
    assert plain(ModelSpec("y", (("x",),), grouping="g", no_pooling=way)) == line


def test_that_unpooled_groups_stand_beside_pooled_ones() -> None:
    spec = parse_formula("y ~ x + (x | year)")
    spec = ModelSpec(
        "y", spec.fixed, random=spec.random, grouping="g", no_pooling=NoPooling.SLOPES
    )
    assert plain(spec) == "y_ijk = α_j + a_k + (β_1j + b_k) x_ijk + e_ijk"


@pytest.mark.parametrize("name", EVERY_KIND)
def test_that_the_line_has_few_tags_and_no_word_of_a_user(name: str) -> None:
    line = general_line(every_kind()[name].spec)
    assert set(re.findall("<.*?>", line)) <= {
        f"<{end}{tag}>" for tag in ("i", "sub", "sup") for end in ("", "/")
    }
    ET.fromstring(f"<p>{line}</p>")
    assert re.sub("<.*?>", "", line).isprintable()
    assert "length" not in line


def test_that_letters_never_run_out() -> None:
    letters = Letters()
    given = [letters.take() for _ in range(40)]
    assert len(set(given)) == 40
    assert not {"e", "x", "y", "z"} & {letter for letter, _ in given}
    assert len(set(indices((str(i),) for i in range(20)).values())) == 20


# ---- LaTeX --------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY_KIND)
def test_that_every_equation_can_be_drawn(name: str) -> None:
    model = every_kind()[name]
    for latex in (*general(model), *with_numbers(model)):
        ET.fromstring(drawn(latex))
        assert latex.count("{") == latex.count("}")
        assert "nan" not in latex
        assert "\0" not in latex


def test_that_symbols_and_numbers_say_the_same_model() -> None:
    model = fitted("mass ~ length + (length | lake)")
    observations, effects, residuals = general(model)
    assert observations == (
        r"\mathrm{mass}_{ij} = \beta_{0} + a_{j} + "
        r"\left(\beta_{1} + b_{j}\right)\,\mathrm{length}_{ij} + e_{ij}"
    )
    assert r"\sigma_{a}^2 & \sigma_{ab}" in effects
    assert residuals == r"e_{ij} \sim N(0, \sigma^2)"
    observations, effects, residuals = with_numbers(model)
    intercept, slope = model.coefficients["estimate"]
    assert f"{{-}}{abs(intercept):.2f} + a_{{j}}" in observations
    assert rf"({slope:.2f} + b_{{j}}\right)\,\mathrm{{length}}" in observations
    variance = model.variance_components["variance"].iloc[0]
    assert f"{variance:.3f} & " in effects
    assert f"{model.sigma:.3f}^2" in residuals


def test_that_a_singular_fit_is_shown_as_it_is() -> None:
    effects = with_numbers(singular())[1]
    assert r"a_{j} \sim N(0, 0)" in effects
    assert "singular" in effects


def test_that_an_effect_without_estimate_is_left_out_and_named() -> None:
    first, note, *_ = with_numbers(with_lost_rows())
    assert "twice" not in first
    assert "twice" in note
    assert "not estimated" in note
    assert "twice" in general(with_lost_rows())[0]


@pytest.mark.parametrize("way", list(NoPooling))
def test_that_each_group_that_is_not_pooled_has_its_own_line(way: NoPooling) -> None:
    model = unpooled(way)
    lines = with_numbers(model)
    groups = [line for line in lines if line.startswith(r"\mathrm{L")]
    assert len(groups) == 9
    own = model.group_coefficients["lake"].loc["L04"]
    (line,) = (line for line in groups if "L04" in line)
    numbers = [float(text) for text in re.findall(r"\d+\.\d+", line)]
    assert numbers[: len(own)] == pytest.approx(own.abs().tolist(), abs=0.06)
    is_separate = way is NoPooling.SEPARATE
    assert all((r"\sim" in line) == is_separate for line in groups)
    assert general(model)[0].startswith(r"\mathrm{mass}_{ij} = \alpha_{j}")
    assert (r"\sigma_{j}^2" in general(model)[-1]) == is_separate


def test_that_a_group_that_is_reproduced_exactly_says_so() -> None:
    frame = fish()
    keep = (frame["lake"] != "L02") | (frame.groupby("lake").cumcount() < 2)
    spec = ModelSpec(
        "mass", (("length",),), grouping="lake", no_pooling=NoPooling.SEPARATE
    )
    lines = with_numbers(fit(spec, frame[keep]))
    (line,) = (line for line in lines if "L02" in line)
    assert "reproduced exactly" in line
    assert "nan" not in line


def test_that_polynomials_of_unpooled_groups_belong_to_their_group() -> None:
    spec = ModelSpec(
        "mass", (("poly(length, 2)",),), grouping="lake", no_pooling=NoPooling.SLOPES
    )
    model = fit(spec, fish())
    assert r"\beta_{2j}" in "".join(general(model))
    assert len(with_numbers(model)) == 10


def test_that_groups_of_numbers_are_told_apart() -> None:
    spec = ModelSpec(
        "mass", (("length",),), grouping="year", no_pooling=NoPooling.SLOPES
    )
    lines = with_numbers(fit(spec, fish()))
    assert [line[:14] for line in lines[:2]] == [
        r"\mathrm{2000}{",
        r"\mathrm{2001}{",
    ]


def test_that_many_columns_become_a_sum() -> None:
    frame = fish()
    frame["day"] = [f"d{i % 20}" for i in range(len(frame))]
    model = fit("mass ~ day + length + (1 | lake)", frame)
    assert r"\sum_{p=1}^{20}" in general(model)[0]
    assert any("table of fixed effects" in line for line in with_numbers(model))
    assert all(drawn(line) for line in with_numbers(model))


def test_that_weights_and_offsets_are_in_the_equation() -> None:
    frame = fish()
    frame["w"] = np.linspace(1, 2, len(frame))
    model = fit("mass ~ length + (1 | lake)", frame, weights="w", offset="w")
    assert "offset" in general(model)[0]
    assert general(model)[-1] == r"e_{ij} \sim N(0, \sigma^2 / w_{ij})"


def test_that_completely_pooled_groups_have_no_index() -> None:
    assert general(completely_pooled())[0].startswith(r"\mathrm{mass}_{i} = ")


def test_that_strange_names_are_escaped() -> None:
    text = "".join(general(hostile()))
    assert r"{\&}" in text
    assert drawn(latex_name('50% of µg_#1 {a} \\ ^ ~ $x$ <b> `q` "r" it\'s, a-b\n\x07'))


def test_that_powers_of_ten_are_written_as_such() -> None:
    assert latex_number(-1.234e-9, Kind.VARIANCE) == r"-1.23 \times 10^{-9}"
    assert latex_number(float("inf"), Kind.VALUE) == r"\infty"
