from __future__ import annotations

import pytest
from formulaic import Formula
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import FormulaError
from engine.model.formula import (
    formula_text,
    parse_formula,
    parse_formula_with_notes,
)
from engine.model.language.expressions import quoted
from engine.model.spec import ModelSpec, NoPooling, Pooling, RandomTerm
from tests.engine.model.language.test_column_names import NAMES

COLUMNS = ["y", "x", "z", "a", "b", "c", "lake", "lake area", "year", "depth (m)"]


def refusal(text: str, columns: list[str] | None = None) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text, columns)
    assert caught.value.formula == text
    return caught.value


def marked(error: FormulaError) -> str:
    return error.formula[error.start : error.end]


def right_side(text: str) -> str:
    return formula_text(parse_formula(f"y ~ {text}")).removeprefix("y ~ ")


# --- the fixed part -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("x", "x"),
        ("1", "1"),
        ("1 + x", "x"),
        ("0 + x", "0 + x"),
        ("x - 1", "0 + x"),
        ("-1 + x", "0 + x"),
        ("x + -1", "0 + x"),
        ("x + 0 + 1", "x"),
        ("x - 0", "x"),
        ("(x + 0) + z", "0 + x + z"),
        ("a + b + a", "a + b"),
        ("a*b", "a + b + a:b"),
        ("a*b*c", "a + b + c + a:b + a:c + b:c + a:b:c"),
        ("a*b*c - a:b:c", "a + b + c + a:b + a:c + b:c"),
        ("a*b - b:a", "a + b"),
        ("a*b - (a + b)", "a:b"),
        ("a:b + a", "a + a:b"),
        ("a:b + b:a", "a:b"),
        ("a:a", "a"),
        ("a/b", "a + a:b"),
        ("a/b/c", "a + a:b + a:b:c"),
        ("(a + b)/c", "a + b + a:b:c"),
        ("a/(b + c)", "a + a:b + a:c"),
        ("a + b %in% a", "a + a:b"),
        ("b %in% a", "a:b"),
        ("a %in% (b + c)", "b:c:a"),
        ("(a + b + c)^2", "a + b + c + a:b + a:c + b:c"),
        ("(a + b)**3", "a + b + a:b"),
        ("a:(b + c)", "a:b + a:c"),
        ("a*b:c", "a + b:c + a:b:c"),
        ("(a + b)*c - c", "a + b + a:c + b:c"),
        ("((a))", "a"),
        ("log(x)*a", "log(x) + a + log(x):a"),
        ("I(x^2) + x", "I(x ** 2) + x"),
        ("poly(x, 2) + poly( x,2 )", "poly(x, 2)"),
        ("`lake area` + été", "`lake area` + été"),
        ("body.mass", "`body.mass`"),
        ("`x`", "x"),
        ("offset(log(x)) + a", "a + offset(log(x))"),
        ("offset(2*x)", "1 + offset(I(2 * x))"),
        ("a\n  + b", "a + b"),
        ("a\u00a0+\u00a0b\u200b", "a + b"),
    ],
)
def test_that_terms_are_expanded_as_in_r(typed: str, canonical: str) -> None:
    assert right_side(typed) == canonical


SIGNED = st.sampled_from(["{} + {}", "{}*{}", "{}:{}", "{}/{}"])
SUMS = st.recursive(
    st.sampled_from("abcd"),
    lambda inner: st.one_of(
        st.builds(str.format, SIGNED, inner, inner),
        st.builds("({})".format, inner),
        st.builds("({})**{}".format, inner, st.integers(1, 3)),
    ),
    max_leaves=7,
)
FIXED = st.one_of(SUMS, st.builds("{} - ({})".format, SUMS, SUMS))


@given(FIXED)
def test_that_terms_are_expanded_as_by_formulaic(text: str) -> None:
    # in an interaction that arises twice, the order of the columns is nobody's business
    expected = [frozenset(str(term).split(":")) for term in Formula(text)]
    found = [frozenset(term) for term in parse_formula(f"y ~ {text}").fixed]
    assert [frozenset("1"), *found] == expected


# --- the response ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "response"),
    [
        ("y", "y"),
        ("log(mass)", "log(mass)"),
        ("np.log(mass)", "np.log(mass)"),
        ("`body mass`", "`body mass`"),
        ("mass / length^3", "I(mass / length ** 3)"),
        ("after - before", "I(after - before)"),
    ],
)
def test_that_the_response_may_be_computed(typed: str, response: str) -> None:
    assert parse_formula(f"{typed} ~ x").response == response


def test_that_a_difference_may_be_explained_by_its_baseline() -> None:
    assert parse_formula("after - before ~ before").fixed == (("before",),)


# --- what varies ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("(1 | g)", [RandomTerm(("g",))]),
        ("(x | g)", [RandomTerm(("g",), terms=(("x",),))]),
        ("(1 + x | g)", [RandomTerm(("g",), terms=(("x",),))]),
        ("(0 + x | g)", [RandomTerm(("g",), intercept=False, terms=(("x",),))]),
        ("(x - 1 | g)", [RandomTerm(("g",), intercept=False, terms=(("x",),))]),
        ("(x || g)", [RandomTerm(("g",), terms=(("x",),), correlated=False)]),
        ("(a*b | g)", [RandomTerm(("g",), terms=(("a",), ("b",), ("a", "b")))]),
        ("(1 | a:b)", [RandomTerm(("a", "b"))]),
        ("(1 | a/b)", [RandomTerm(("a",)), RandomTerm(("a", "b"))]),
        (
            "(1 | a/b/c)",
            [RandomTerm(("a",)), RandomTerm(("a", "b")), RandomTerm(("a", "b", "c"))],
        ),
        ("(1 | a:b/c)", [RandomTerm(("a", "b")), RandomTerm(("a", "b", "c"))]),
        ("(1 | `lake area`)", [RandomTerm(("lake area",))]),
        ("(1 | factor(year))", [RandomTerm(("year",))]),
        ("((1 | a) + (1 | b))", [RandomTerm(("a",)), RandomTerm(("b",))]),
        ("(log(x) | g)", [RandomTerm(("g",), terms=(("log(x)",),))]),
    ],
)
def test_that_parentheses_with_bars_say_what_varies(
    typed: str, expected: list[RandomTerm]
) -> None:
    spec = parse_formula(f"y ~ x0 + {typed}")
    assert spec.random == tuple(expected)
    assert spec.fixed == (("x0",),)
    assert parse_formula(formula_text(spec)) == spec


@pytest.mark.parametrize(
    "text",
    [
        "log_mass ~ log_length + (log_length | lake)",
        "y ~ 1 + (1 | g)",
        "y ~ 0 + (1 | g)",
        "y ~ x + (0 + x | g)",
        "y ~ x + (x || g)",
        "y ~ a + b + a:b + offset(log(effort)) + (1 | a:b)",
        "np.log(mass) ~ I(x ** 2) + (0 + x + x:z | `lake area`)",
    ],
)
def test_that_canonical_formulas_stay_as_they_are(text: str) -> None:
    assert formula_text(parse_formula(text)) == text
    assert str(parse_formula(text)) == text


def test_that_no_pooling_is_written_out() -> None:
    spec = ModelSpec("y", (("x",),), grouping="lake area", no_pooling=NoPooling.SLOPES)
    text = formula_text(spec)
    assert text == "y ~ 0 + `lake area` + `lake area`:x"
    assert parse_formula(text) == spec.written_out()


SINGLE = st.one_of(NAMES.map(quoted), st.sampled_from(["log(x)", "I(x ** 2)"]))
EXPRESSIONS = st.one_of(
    SINGLE, st.sampled_from(["poly(`lake area`, 2)", "C(f, contr.sum)"])
)
TERMS = st.lists(
    st.lists(EXPRESSIONS, min_size=1, max_size=3, unique=True).map(tuple),
    max_size=4,
    unique_by=frozenset,
).map(lambda terms: tuple(sorted(terms, key=len)))
RANDOM = st.builds(
    RandomTerm,
    group=st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple),
    intercept=st.booleans(),
    terms=TERMS,
    correlated=st.booleans(),
).filter(lambda term: term.intercept or term.terms)
SPECS = st.builds(
    ModelSpec,
    response=st.sampled_from(["`the response`", "log(`the response`)"]),
    fixed=TERMS,
    intercept=st.booleans(),
    random=st.lists(RANDOM, max_size=3, unique=True).map(tuple),
    offset=st.lists(SINGLE, max_size=2).map(tuple),
).filter(lambda spec: spec.fixed or spec.intercept or spec.random)


@given(SPECS)
def test_that_a_specification_comes_back_from_its_text(spec: ModelSpec) -> None:
    assert parse_formula(formula_text(spec)) == spec
    assert spec.pooling is (Pooling.PARTIAL if spec.random else Pooling.COMPLETE)


# --- notes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("y ~ I(x^2)", "^ is read as a power."),
        ("y ~ x^2", "x^2 is read as x alone, as in R; write I(x^2) for the power."),
        ("y ∼ x", "∼ is read as ~."),
        ("y ~ x − 1", "− is read as -."),
        ("y ~ a × b", "× is read as *."),
        ("y ~ (1 ∣ g)", "∣ is read as |."),
        ("y ~ (x ‖ g)", "‖ is read as ||."),
        ("y ~ factor(f)", "factor is read as C."),
        ("y ~ (1 | factor(g))", "factor(g) is read as g."),
        (
            "y ~ (1 | g) + (1 | g)",
            "A parenthesis with a bar is given twice and used once.",
        ),
        ("y ~ x - z", "z is not there to be removed."),
        ("a / b ~ x", "a / b is read as I(a / b)."),
    ],
)
def test_that_what_is_translated_is_said(text: str, note: str) -> None:
    spec, notes = parse_formula_with_notes(text)
    assert notes == (note,)
    assert spec == parse_formula(text)


def test_that_an_ordinary_formula_needs_no_notes() -> None:
    text = "y ~ (a + b)^2 + log(x) + I(z**2) + (x || g) + (1 | a/b) - a:b - 1"
    assert parse_formula_with_notes(text)[1] == ()


# --- columns --------------------------------------------------------------------------


def test_that_columns_come_before_functions_of_their_name() -> None:
    spec = parse_formula("y ~ scale + scale(scale)", ["y", "scale"])
    assert spec.fixed == (("`scale`",), ("scale(`scale`)",))


def test_that_backticks_are_not_needed_where_the_name_is_known() -> None:
    spec = parse_formula("y ~ np.sin + __x__", ["y", "np.sin", "__x__"])
    assert spec.fixed == (("`np.sin`",), ("`__x__`",))


def test_that_unknown_columns_are_refused_wherever_they_stand() -> None:
    for text in (
        "lakes ~ x",
        "y ~ lakes",
        "y ~ log(lakes)",
        "y ~ x + (lakes | lake)",
        "y ~ x + (1 | lakes)",
        "y ~ x + (1 | a/lakes)",
        "y ~ x + (1 | factor(lakes))",
        "y ~ offset(lakes)",
        "y ~ `lakes`",
    ):
        error = refusal(text, COLUMNS)
        assert marked(error).strip("`") == "lakes"
        assert error.message == "There is no column 'lakes'."
        assert error.remedy == "Did you mean 'lake'?"


# --- refusals -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "message", "remedy"),
    [
        ("", "", "The formula is empty.", "y ~ x"),
        ("y", "", "has no ~", "Write the response"),
        ("y = x", "=", "has no ~", "Write the response"),
        ("~ x", "", "Nothing stands before ~.", "Write the response"),
        ("y ~", "", "missing after '~'", "name of a column"),
        ("y ~ x +", "", "missing after '+'", "name of a column"),
        ("y ~ x + + ", "", "missing after '+'", "name of a column"),
        ("y ~ * x", "*", "missing between '~' and '*'", "name of a column"),
        ("y ~ x ~ z", "~", "has 2 signs ~", "a single ~"),
        ("y ~ x z", "z", "missing between 'x' and 'z'", "Write + or :"),
        ("y ~ x (1 | lake)", "x", "parenthesis cannot follow it", "Write + or :"),
        ("y ~ (x", "(", "not closed", "closing parenthesis"),
        ("y ~ x + (1 | lake", "(", "not closed", "closing parenthesis"),
        ("y ~ x)", ")", "no opening one", "Delete"),
        ("y ~ ()", ")", "missing between '(' and ')'", "name of a column"),
        ("y ~ `lake", "`lake", "not closed", "second backtick"),
        ("y ~ x, data = d", ",", "cannot stand here", "without what follows"),
        ("lmer(y ~ x, d)", "lmer", "cannot be used", "only the formula"),
        ("cbind(y, x) ~ a", "cbind", "cannot be used", "one column at a time"),
        ("C(y) ~ x", "C(y)", "has to be a single column", "Use a column"),
        ("1 ~ x", "1", "no column in '1'", "name of a column"),
        ("y ~ 0", "0", "nothing to estimate", "Write 1"),
        ("y ~ x - x - 1", "x - x - 1", "nothing to estimate", "Write 1"),
        ("y ~ .", ".", "dot", "Name the columns"),
        ("y ~ . - x", ".", "dot", "Name the columns"),
        ("y ~ 2*x", "2", "number 2", "I(2 * x)"),
        ("y ~ x/2", "2", "number 2", "inside I()"),
        ("y ~ x > 3", ">", "'>' cannot stand here", "I(x > 3)"),
        ("y ~ x %% 2", "%%", "'%%' cannot stand here", "inside I()"),
        ("y ~ x[1]", "[", "'[' cannot stand here", "data table"),
        ("y ~ x$z", "$", "'$' cannot be used", "backticks"),
        ("y ~ 'x'", "'x'", "stands in quotation marks", "Write x."),
        ("y ~ lake area", "lake area", "needs backticks", "`lake area`"),
        ("y ~ depth (m)", "depth (m)", "needs backticks", "`depth (m)`"),
        ("y ~ x^z", "z", "whole number", "(a + b)^2"),
        ("y ~ x^0", "0", "whole number", "(a + b)^2"),
        ("y ~ x^1.5", "1.5", "whole number", "I(x^0.5)"),
        ("y ~ (0 + a):b", "(0 + a)", "0 and 1 can only be added", "at the beginning"),
        ("y ~ y", "y", "The response 'y' is also", "Delete it"),
        ("y ~ log(y)", "log(y)", "The response 'y' is also", "Delete it"),
        ("log(y) ~ x + y", "y", "The response 'y' is also", "Delete it"),
        ("y ~ (y | lake)", "y", "The response 'y' is also", "Delete it"),
        ("y ~ (1 | y)", "y", "The response 'y' is also", "Delete it"),
        ("y - x ~ I(y - x)", "I(y - x)", "response 'I(y - x)' is also", "Delete it"),
        ("y ~ offset(y)", "offset(y)", "The response 'y' is also", "Delete it"),
        ("y ~ offset(C(a))", "offset(C(a))", "An offset has to be", "one column"),
        ("y ~ offset(x) * a", "offset(x)", "can only be added", "offset(log(effort))"),
        ("y ~ x - offset(z)", "offset(z)", "can only be added", "with a +"),
        ("y ~ x | lake", "|", "has to stand in parentheses", "(1 | lake)"),
        ("y ~ 1 || lake", "||", "has to stand in parentheses", "(1 || lake)"),
        ("y ~ (0 | lake)", "(0 | lake)", "Nothing varies", "Write 1"),
        ("y ~ (| lake)", "", "Nothing stands before the bar.", "Write 1"),
        ("y ~ (1 |)", ")", "missing between '|' and ')'", "name of a column"),
        ("y ~ (1 | lake) * x", "(1 | lake)", "can only be added", "with a +"),
        ("y ~ x * (1 | lake)", "(1 | lake)", "can only be added", "with a +"),
        ("y ~ x:(1 | lake)", "(1 | lake)", "can only be added", "with a +"),
        ("y ~ (1 | lake)^2", "(1 | lake)", "can only be added", "with a +"),
        ("y ~ x - (1 | lake)", "(1 | lake)", "can only be added", "with a +"),
        ("y ~ ((1 | a) | b)", "((1 | a) |", "stand before a bar", "outside"),
        ("y ~ log(x | lake)", "|", "cannot stand here", "(1 | lake)"),
        ("y ~ (1 | a | b)", "|", "cannot stand here", "(1 | lake)"),
        ("y ~ (1 | a + b)", "+", "cannot be joined by +", "(1 | a) + (1 | b)"),
        ("y ~ (1 | a * b)", "*", "cannot be joined by *", "(1 | a:b)"),
        ("y ~ (1 | log(a))", "log", "computed by log()", "name of a grouping"),
        ("y ~ (1 | 1)", "1", "'1' is no grouping column", "name of a grouping"),
        ("y ~ (1 | 'a')", "'a'", "'a' is no grouping column", "name of a grouping"),
    ],
)
def test_that_refusals_say_where_and_what_to_do(
    text: str, place: str, message: str, remedy: str
) -> None:
    error = refusal(text, COLUMNS)
    assert marked(error) == place
    assert message in error.message
    assert remedy in error.remedy


def test_that_what_is_missing_is_marked_where_it_is_missing() -> None:
    for text, place in (("y ~ x +  ", 7), ("~ x", 0), ("y ~ (| g)", 5), ("y  ", 1)):
        error = refusal(text)
        assert (error.start, error.end) == (place, place)


def test_that_the_message_comes_before_the_remedy() -> None:
    error = refusal("y ~ lakes", COLUMNS)
    assert str(error) == "There is no column 'lakes'. Did you mean 'lake'?"
