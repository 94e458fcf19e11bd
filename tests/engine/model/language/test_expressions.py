from __future__ import annotations

import ast
import re

import numpy as np
import pandas as pd
import pytest
from formulaic import SimpleFormula, model_matrix
from formulaic.parser.types import Factor, Term
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import FormulaError
from engine.model.language.expressions import parse_expression
from engine.model.language.syntax import Call, Column, Number, Operation, written


def refusal(text: str, columns: list[str] | None = None) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        parse_expression(text, columns)
    assert caught.value.formula == text
    return caught.value


def marked(error: FormulaError) -> str:
    return error.formula[error.start : error.end]


# --- what is written ------------------------------------------------------------------

CANONICAL = {
    "x": "x",
    " x ": "x",
    "`x`": "x",
    "`lake area`": "`lake area`",
    "body.mass": "`body.mass`",
    "été": "été",
    "I(x**2)": "I(x ** 2)",
    "I( x ^ 2 )": "I(x ** 2)",
    "I((x))": "I(x)",
    "I(-x**2)": "I(-x ** 2)",
    "I((-x)**2)": "I((-x) ** 2)",
    "I(x**-1)": "I(x ** (-1))",
    "I(x-(z-1))": "I(x - (z - 1))",
    "I((x-z)-1)": "I(x - z - 1)",
    "I(x/(z*2))": "I(x / (z * 2))",
    "I(x**(1/3))": "I(x ** (1 / 3))",
    "I(x*z%%2)": "I(x * (z % 2))",
    "I(x%/%2)": "I(x // 2)",
    "I(x>3)": "I(x > 3)",
    "I((x>=3)*z)": "I((x >= 3) * z)",
    "I(x != 3)": "I(x != 3)",
    "I(1e-3*x)": "I(0.001 * x)",
    "I(.5*x+2.)": "I(0.5 * x + 2.0)",
    "I(10**3*x)": "I(10 ** 3 * x)",
    "x + 1": "I(x + 1)",
    "-x": "I(-x)",
    "mass/length**3": "I(mass / length ** 3)",
    "np.sin(2*np.pi*x/3)": "np.sin(2 * np.pi * x / 3)",
    "sin(2*pi*x/3)": "np.sin(2 * np.pi * x / 3)",
    "log(x)": "log(x)",
    "np.log(x)": "np.log(x)",
    "log(x+log(2))": "log(x + log(2))",
    "sqrt(x)": "np.sqrt(x)",
    "asinh(x)": "np.arcsinh(x)",
    "ceiling(x)": "np.ceil(x)",
    "round(x, 1)": "np.round(x, 1)",
    "pmin(x, 3)": "np.minimum(x, 3)",
    "np.power(x, 2)": "np.power(x, 2)",
    "scale(x, scale=FALSE)": "scale(x, scale=False)",
    "poly(x, 2L)": "poly(x, 2)",
    "poly(x,degree=2,raw=T)": "poly(x, degree=2, raw=True)",
    "poly(degree=2, log(x))": "poly(log(x), degree=2)",
    "bs(x, df=4)": "bs(x, df=4)",
    "bs(x, knots=c(2, -1.5))": "bs(x, knots=[2, -1.5])",
    "cc(x, df=4, constraints='center')": "cc(x, df=4, constraints='center')",
    "factor(f)": "C(f)",
    "as.factor(f)": "C(f)",
    'factor(f, levels=c("c", "b", "a"))': "C(f, levels=['c', 'b', 'a'])",
    'C(f, contr.treatment("b (dry)"))': "C(f, contr.treatment('b (dry)'))",
    "C(f, contr.treatment(base=“b”))": "C(f, contr.treatment(base='b'))",
    "C(f, contr.sum)": "C(f, contr.sum)",
    "C(f, Treatment(2))": "C(f, Treatment(2))",
    "C(f, contr.poly(scores=[1,2,4]))": "C(f, contr.poly(scores=[1, 2, 4]))",
    "C(f, contr.helmert(reverse=FALSE))": "C(f, contr.helmert(reverse=False))",
}


@pytest.mark.parametrize(("typed", "canonical"), CANONICAL.items())
def test_that_expressions_are_written_in_one_way(typed: str, canonical: str) -> None:
    expression = parse_expression(typed)
    assert expression.text == canonical
    assert parse_expression(canonical) == expression
    assert parse_expression(canonical).notes == ()


@pytest.mark.parametrize("text", sorted(set(CANONICAL.values()) - {"`body.mass`"}))
def test_that_the_code_is_what_python_would_write(text: str) -> None:
    code = parse_expression(text).code
    assert ast.unparse(ast.parse(code, mode="eval")) == code
    assert code == text or "`" in text


def test_that_columns_and_functions_are_listed_once_each() -> None:
    expression = parse_expression("I(log(`a b`) * x + log(x) - np.pi)")
    assert expression.columns == ("a b", "x")
    assert expression.functions == ("I", "log")
    assert not expression.is_column
    assert parse_expression("`a b`").is_column


def test_that_what_gives_several_columns_is_known() -> None:
    assert parse_expression("poly(x, 2)").gives_several
    assert parse_expression("C(f)").gives_several
    assert not parse_expression("scale(x)").gives_several


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("I(x^2)", "^ is read as a power."),
        ("I(x %% 2)", "%% is read as %."),
        ("sqrt(x)", "sqrt is read as np.sqrt."),
        ("factor(f)", "factor is read as C."),
        ("sin(pi * x)", "pi is read as np.pi."),
        ("I(x − 1)", "− is read as -."),
        ("C(f, Treatment(“b”))", "Curly quotation marks are read as straight ones."),
        ("a/b", "a/b is read as I(a / b)."),
        ("bs(x, knots=c(1))", "c(...) is read as a list."),
    ],
)
def test_that_translations_are_said(text: str, note: str) -> None:
    assert note in parse_expression(text).notes


def test_that_nothing_is_said_where_nothing_is_translated() -> None:
    assert parse_expression("I(x**2)").notes == ()


def test_that_a_column_comes_before_a_constant_of_its_name() -> None:
    assert parse_expression("I(2 * pi * x)").columns == ("x",)
    assert parse_expression("I(2 * pi * x)", ["pi", "x"]).columns == ("pi", "x")
    assert parse_expression("I(x * np.pi)", ["x", "np.pi"]).columns == ("x", "np.pi")


def test_that_a_column_and_a_function_may_have_one_name() -> None:
    expression = parse_expression("log(log)", ["log"])
    assert expression.columns == ("log",)
    assert expression.text == "log(`log`)"


def test_that_names_that_look_the_same_are_the_same() -> None:
    composed, decomposed = "\u00e9t\u00e9", "e\u0301te\u0301"
    assert parse_expression(composed, [decomposed]).columns == (decomposed,)
    assert parse_expression("µg", ["\u03bcg"]).columns == ("\u03bcg",)


# --- against formulaic ----------------------------------------------------------------

TABLE = pd.DataFrame(
    {
        "x": np.linspace(1.1, 4.9, 12),
        "z": np.cos(np.arange(12.0)) + 2,
        "f": list("abc") * 4,
        "mass": np.linspace(3, 5, 12) ** 2,
        "length": np.linspace(2, 4, 12),
        "lake area": np.linspace(5, 9, 12),
        "été": np.linspace(0, 1, 12),
    }
)
ON_TABLE = [
    text
    for text in dict.fromkeys(CANONICAL.values())
    if set(parse_expression(text).columns) <= set(TABLE.columns)
    and "dry" not in text
    and "Treatment(2)" not in text
    and "knots" not in text
]


@pytest.mark.parametrize("text", ON_TABLE)
def test_that_formulaic_names_columns_by_the_canonical_text(text: str) -> None:
    from_text = model_matrix(f"1 + {text}", TABLE).columns[1:]
    name = text.replace("`", "") if parse_expression(text).is_column else text
    assert all(column == name or column.startswith(f"{name}[") for column in from_text)


@pytest.mark.parametrize("text", [t for t in ON_TABLE if not t.startswith("C(")])
def test_that_formulaic_takes_the_text_as_a_factor(text: str) -> None:
    expression = parse_expression(text)
    method = "lookup" if expression.is_column else "python"
    factor = Factor(
        expression.columns[0] if expression.is_column else text, eval_method=method
    )
    matrix = SimpleFormula([Term([factor])]).get_model_matrix(TABLE)
    expected = model_matrix(f"0 + {text}", TABLE)
    pd.testing.assert_frame_equal(
        pd.DataFrame(matrix), pd.DataFrame(expected), check_names=False
    )


def test_that_a_calculation_means_what_it_says() -> None:
    matrix = model_matrix(f"0 + {parse_expression('mass/length^3').text}", TABLE)
    np.testing.assert_allclose(matrix.iloc[:, 0], TABLE.mass / TABLE.length**3)


NUMBERS = st.one_of(st.integers(0, 30), st.floats(0, 100, allow_subnormal=False)).map(
    Number
)
NODES = st.recursive(
    st.one_of(NUMBERS, st.sampled_from("xyz").map(Column)),
    lambda inner: (
        st.one_of(
            st.tuples(st.sampled_from("+-"), st.tuples(inner)),
            st.tuples(
                st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "<", "=="]),
                st.tuples(inner, inner),
            ),
        ).map(lambda parts: Operation(*parts))
        | inner.map(lambda node: Call("np.exp", (node,)))
    ),
    max_leaves=12,
)


@given(NODES)
def test_that_parentheses_are_placed_as_python_places_them(node: Operation) -> None:
    text = written(Call("I", (node,)), str)
    assert ast.unparse(ast.parse(text, mode="eval")) == text


@given(NODES)
def test_that_what_is_read_is_what_was_written(node: Operation) -> None:
    text = written(Call("I", (Operation("+", (Column("x"), node)),)), str)
    try:
        assert parse_expression(text).text == text
    except FormulaError as error:
        if not re.search("power|too large|two comparisons", error.message):
            raise


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "message", "remedy"),
    [
        ("sqr(x)", "sqr", "There is no function 'sqr'.", "Did you mean 'sqrt'?"),
        ("log(lakes)", "lakes", "There is no column 'lakes'.", "Did you mean 'lake'?"),
        ("Lake", "Lake", "There is no column 'Lake'.", "Did you mean 'lake'?"),
        ("ns(x)", "ns", "'ns' cannot be used", "cr(x, df=4)"),
        ("contr.sum(x)", "contr.sum", "belongs inside C()", "C(f, contr.sum)"),
        ("log(x, 3)", "3", "no further argument", "log2(x)"),
        ("poly(x, 2, True, 1)", "1", "no further argument", "degree and raw"),
        ("poly(x, degre=2)", "degre", "no option 'degre'", "'degree'"),
        ("poly(x, degree=2.5)", "2.5", "cannot be 2.5", "a whole number"),
        ("poly(x, degree=2000)", "2000", "cannot be 2000", "from 0 to 100"),
        ("poly(x, 2, degree=2)", "degree", "given twice", "Delete"),
        ("poly(x, degree=x)", "x", "cannot be x", "a whole number"),
        ("bs(x, extrapolation='on')", "'on'", "cannot be 'on'", "'extend'"),
        ("C(x, contr.treat)", "contr.treat", "cannot be contr.treat", "a coding"),
        ("log()", "", "log() needs a column", "name of a column"),
        ("np.minimum(x)", "", "needs two arguments", "name of a column"),
        ("log(poly(x, 2))", "poly(x, 2)", "gives several columns", "stand alone"),
        ("poly(x, 2) * 2", "poly(x, 2)", "gives several columns", "stand alone"),
        ("log(x > 3)", ">", "comparison with >", "I(x > 3)"),
        ("I(1 < x < 3)", "<", "two comparisons", "in parentheses"),
        ("x > 3", ">", "comparison with >", "I(x > 3)"),
        ("I(2 * 3)", "I(2 * 3)", "There is no column", "name of a column"),
        ("x lake", "lake", "between 'x' and 'lake'", "backticks"),
        ("log(x", "(", "not closed", "closing parenthesis"),
        ("bs(x, knots=[1", "[", "not closed", "closing bracket"),
        ("x)", ")", "no opening one", "Delete it"),
        ("`lake", "`lake", "backtick that opens here", "second backtick"),
        ("C(x, Treatment('b))", "'b))", "quotation mark that opens", "second"),
        ("x +", "", "missing after '+'", "name of a column"),
        ("", "", "Something is missing.", "name of a column"),
        ("log(, x)", ",", "missing between '(' and ','", "name of a column"),
        ("'lake'", "'lake'", "stands in quotation marks", "Write lake."),
        ('"big lake"', '"big lake"', "in quotation marks", "`big lake`"),
        ("big lake", "big lake", "needs backticks", "`big lake`"),
        ("depth (m)", "depth (m)", "needs backticks", "`depth (m)`"),
        ("I(x²)", "²", "raised ²", "I(x^2)"),
        ("2x", "2x", "neither a number nor a column name", "backticks"),
        ("x$lake", "$", "'$' cannot be used", "backticks"),
        ("x\x1b", "\x1b", "U+001B", "Delete it"),
        ("``", "``", "no name between", "Write the name"),
        ("`a``b`", "`a``", "backticks follow each other", "Rename"),
        ("`x\\`", "`x\\`", "ends in a backslash", "Rename"),
        ("log(`it's`)", "log(`it's`)", "quotation mark or a backslash", "Rename"),
        ("C(x, Treatment('a]b'))", "'a]b'", "cannot be written", "Rename the level"),
        (".", ".", "dot for all other columns", "Name the columns"),
    ],
)
def test_that_refusals_say_where_and_what_to_do(
    text: str, place: str, message: str, remedy: str
) -> None:
    columns = ["x", "lake", "big lake", "depth (m)", "it's"]
    error = refusal(text, columns)
    assert marked(error) == place
    assert message in error.message
    assert remedy in error.remedy


def test_that_columns_are_listed_when_none_is_similar() -> None:
    assert refusal("q", ["x", "y"]).remedy == "The columns are 'x', 'y'."
    assert refusal("q", list("abcdefghi")).remedy.endswith("'f' and 3 more.")


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9",
        "I(x**9**9**9)",
        "I(x + 9**9**9)",
        "I(x * 10**99)",
        "I(x**1000)",
        "I(x**(99*99))",
        "np.power(x, 10**9)",
        "I(x * 99999999999999999)",
        "I(x + 999999999 * 999999999)",
        "I(x ** -(10 ** 9))",
        "I(x) * 1e999",
        "poly(x, 999999999)",
        "bs(x, df=1e9)",
    ],
)
def test_that_numbers_stay_within_what_can_be_computed(text: str) -> None:
    refusal(text)


def test_that_nesting_is_limited() -> None:
    assert parse_expression("(" * 40 + "x" + ")" * 40).text == "x"
    for deep in ("(" * 2000 + "x", "-" * 2000 + "x", "log(" * 1000 + "x", "x**-" * 999):
        assert "50 deep" in refusal(deep).message


def test_that_length_is_limited() -> None:
    assert "100 calculations" in refusal("I(" + "x+" * 2000 + "x)").message
    assert "5005 characters" in refusal("x" * 5005).message
