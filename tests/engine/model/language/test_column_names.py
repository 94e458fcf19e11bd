from __future__ import annotations

import keyword

import numpy as np
import pandas as pd
import pytest
from formulaic import model_matrix
from formulaic.transforms import TRANSFORMS
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FormulaError
from engine.model.formula import parse_formula
from engine.model.language.expressions import alias, parse_expression, quoted

WILD = [
    "lake area", "body.mass", "2x", "2", "a+b", "a-b", "a*b", "a:b", "a|b", "a~b",
    "a/b", "a^b", "x%", "a(b)", "a[b]", "{a}", "a,b", "a=b", "#a", "$a", "@a", "a;b",
    "a?", "a!", "<a>", "a&b", ".a", "a.", "..", ".", " a", "a ", "a\nb", "a\tb",
    "a\x00b",
    "été", "ete\u0301", "µg", "\u03bcg", "m²", "½", "Ω", "ﬁn", "湖", "озеро", "🐟",
    "it's", 'say "a"', "‘a’", "a\\b", "class", "lambda", "None", "True", "if", "in",
    "log", "np", "I", "C", "poly", "contr", "pi", "TRUE", "Treatment", "offset",
    "scale",
    "np.sin", "contr.sum", "__class__", "__builtins__", "_", "_tarn_61", "Intercept",
    "", "`", "a`b", "a\\",
]  # fmt: skip
WRITABLE = [
    name for name in WILD if name and "`" not in name and not name.endswith("\\")
]
NAMES = st.one_of(
    st.sampled_from(WRITABLE),
    st.text(min_size=1, max_size=12).filter(
        lambda name: "`" not in name and not name.endswith("\\")
    ),
)
Y = np.array([1.0, 4.0, 2.0, 8.0, 5.0])


@pytest.mark.parametrize("name", ["x", "log_mass", "été", "озеро", "湖", "_", "offset"])
def test_that_plain_names_stay_as_they_are(name: str) -> None:
    assert quoted(name) == name
    assert alias(name) == name


@pytest.mark.parametrize("name", [*keyword.kwlist, "np", "I", "C", "log", "a b", "m²"])
def test_that_other_names_are_put_in_backticks(name: str) -> None:
    assert quoted(name) == f"`{name}`"
    assert alias(name).isidentifier()
    assert not keyword.iskeyword(alias(name))
    assert alias(name) not in TRANSFORMS


@pytest.mark.parametrize("name", sorted(set(WILD) - set(WRITABLE)))
def test_that_names_no_formula_can_have_are_refused(name: str) -> None:
    with pytest.raises(FormulaError, match="Rename the column"):
        quoted(name)


@given(NAMES)
def test_that_a_name_comes_back_from_its_text(name: str) -> None:
    expression = parse_expression(quoted(name))
    assert expression.columns == (name,)
    assert expression.text == quoted(name)
    response = "y" if name != "y" else "z"
    formula = parse_formula(f"{response} ~ {quoted(name)}", [response, name])
    assert formula.fixed == ((quoted(name),),)


@given(NAMES)
@settings(max_examples=60)
def test_that_formulaic_finds_the_column_by_its_text(name: str) -> None:
    if name == "1":  # formulaic takes the column for the intercept
        return
    table = pd.DataFrame({name: Y})
    matrix = model_matrix(f"0 + {quoted(name)}", table)
    assert list(matrix.columns) == [name]
    np.testing.assert_array_equal(matrix.iloc[:, 0], Y)


@given(NAMES, NAMES)
def test_that_aliases_tell_names_apart(name: str, other: str) -> None:
    assert (alias(name) == alias(other)) == (name == other)
    assert alias(name).isidentifier()


@given(st.lists(NAMES, min_size=3, max_size=3, unique=True))
def test_that_code_computes_the_same_whatever_the_names(names: list[str]) -> None:
    if any(set(name) & set("\"'\\") for name in names):
        return
    first, second, third = map(quoted, names)
    text = f"I({first} ** 2 / {second} + log({third}))"
    expression = parse_expression(text)
    assert expression.columns == tuple(names)
    values = dict(zip(names, (Y, Y + 1, Y + 2), strict=True))
    namespace = {alias(name): value for name, value in values.items()}
    result = eval(expression.code, {"__builtins__": {}}, {**TRANSFORMS, **namespace})
    np.testing.assert_allclose(result, Y**2 / (Y + 1) + np.log(Y + 2))


@pytest.mark.parametrize("name", ["it's", 'say "a"', "a\\b"])
def test_that_names_which_could_end_a_quotation_stay_out_of_functions(
    name: str,
) -> None:
    assert parse_expression(quoted(name)).is_column
    with pytest.raises(FormulaError, match="Rename the column"):
        parse_expression(f"log({quoted(name)})")
