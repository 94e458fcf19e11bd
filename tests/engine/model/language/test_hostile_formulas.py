"""Formulas may come from a stranger's file: nothing in them may be run."""

from __future__ import annotations

import ast
import time
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import Mock, patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FormulaError
from engine.model.formula import formula_text, parse_formula
from engine.model.language.expressions import alias, parse_expression
from engine.model.language.functions import CODINGS, FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.model.spec import ModelSpec

ATTACKS = [
    "__import__('os').system('x')",
    "__import__('os')",
    "__builtins__",
    "__builtins__.eval('1')",
    "I(__import__('os').system('x'))",
    "I(open('x'))",
    "open('x').read()",
    "eval('1')",
    "exec('x=1')",
    "compile('1', '', 'eval')",
    "getattr(x, 'a')",
    "globals()",
    "locals()",
    "vars(x)",
    "print(x)",
    "input()",
    "breakpoint()",
    "np.load('f')",
    "np.save('f', x)",
    "np.fromfile('f')",
    "np.loadtxt('f')",
    "np.memmap('f')",
    "np.random.rand(3)",
    "np.random.seed",
    "np.linalg.inv(x)",
    "np.lib.npyio.os",
    "np.__dict__",
    "np.sin.__class__",
    "np.sin.__class__(x)",
    "np.f2py.os.system('x')",
    "np.sin",
    "np.log",
    "np.log(x, out=x)",
    "np.log(x, x)",
    "np.exp(x, where=x)",
    "np.minimum(x, 3, x)",
    "x.__class__",
    "x.__class__.__mro__",
    "x.to_csv('f')",
    "x.values.tofile('f')",
    "I(x.to_pickle('f'))",
    "(x).to_csv",
    "x.mean()",
    "x[0]",
    "x[x > 3]",
    "[].append",
    "[x]",
    "[x for x in y]",
    "{x}",
    "{'a': 1}",
    "{__import__('os').system('x')}",
    "(x, z)",
    "()",
    "lambda: x",
    "lambda x: x",
    "x if z else x",
    "x and z",
    "not x",
    "x := 1",
    "I(x := 1)",
    "x @ z",
    "~x",
    "x & z",
    "x << 9",
    "x; import os",
    "x\nimport os",
    "import os",
    "x = 1",
    "f'{x}'",
    "f'{__import__(1)}'",
    "b'x'",
    "r'x'",
    "'x' * 10**9",
    "'%s' % x",
    "'a'.format(x)",
    "*x",
    "**x",
    "I(*x)",
    "I(**x)",
    "...",
    "0x10",
    "1j * x",
    "1_000 * x",
    "x#comment",
    "x \\",
    "\\x",
    "@x",
    "x?",
    "!x",
    "$x",
    "Q('x')",
    "Q(\"__import__('os')\")",
    "hashed(x, levels=10)",
    "lag(x)",
    "exp10(x)",
    "C(f, contr.treatment(__import__('os')))",
    "C(f, contr.treatment(base=__import__('os')))",
    "C(f, contr.custom([[1]]))",
    "C(f, contr.__class__)",
    "C(f, contr.mro())",
    "C(f, levels=open('f'))",
    "C(f, levels=[__import__('os')])",
    "C(f, levels=[[1]])",
    "C(f, x)",
    "C(f, {'a': [1]})",
    "C(f, Treatment('b') + 1)",
    "C(f, levels=['a]', ') + evil(1) + C(['])",
    "C(f, levels=['a)'])",
    "C(f, levels=['`'])",
    "C(f, levels=['a', '`+__import__(1)+`'])",
    "C(`f'`, levels=['`+__import__(\"os\")+`'])",
    'C(f, Treatment("\']) or evil() #"))',
    "C(f, Treatment('a\\'))",
    "C(f, Treatment('''a'''))",
    'scale(x, "\']) or evil() #")',
    "poly(x, degree=__import__('os'))",
    "poly(x, _state={})",
    "scale(x, _context=x)",
    "scale(x, _spec=x)",
    "bs(x, knots=x)",
    "bs(x, extrapolation=__import__('os'))",
    "cr(x, constraints=x)",
    "contr.treatment('b')",
    "contr.__init__",
    "Treatment('b')",
    "I(C)(x)",
    "I(x)(x)",
    "(I)(x)",
    "`np`.load(x)",
    "`np.load`(x)",
    "`log`(x)",
    "`x\\` + `+ __import__('os') + `",
    "log(`a'`) + log(`'+evil()+'`)",
    "`a``b`",
    "``",
    "`",
    "'",
    '"',
    "x ~ z ~ f",
    "9**9**9",
    "I(x**9**9**9)",
    "I(9**9**9 + x)",
    "np.power(9, 10**9)",
    "I(x * 10**9**9)",
    "((((((((((",
    "(" * 4000,
    "I(" * 1000 + "x" + ")" * 1000,
    "I(" + "x+" * 2000 + "x)",
    "x**" * 1000 + "x",
    "x" * 100_000,
    "\x00",
    "x\x1b[31m",
    "\ud800",
    "\u202ex",
]
MULTIPLYING = [
    "*".join(f"x{i}" for i in range(200)),
    ":".join(f"x{i}" for i in range(200)),
    "/".join(f"x{i}" for i in range(200)),
    "(" + "+".join(f"x{i}" for i in range(200)) + ")^200",
    "(" + "+".join(f"x{i}" for i in range(40)) + ")^9999999999",
    "((((a+b+c+d)^4)*(e+f+g+h)^4)*(i+j+k+l)^4)*(m+n+o+p)^4",
    "(1 | " + "/".join(f"x{i}" for i in range(800)) + ") * x",
]


PIECES = [
    *("x", "z", "f", "`a b`", "body.mass", "lambda", "__class__", "np", "contr", "."),
    *("I", "C", "log", "np.sin", "np.load", "poly", "scale", "bs", "factor", "offset"),
    *(
        "contr.sum",
        "contr.treatment",
        "Treatment",
        "pi",
        "np.pi",
        "True",
        "T",
        "levels",
    ),
    *("(", "(", "(", ")", ")", ")", ",", "[", "]", "{", "}", "=", "degree="),
    *("+", "-", "*", "/", "**", "^", "%", "%%", "//", ":", "%in%", ">", "==", "@", ";"),
    *("|", "||", "~", "0", "1", "2", "0.5", "1e3", "'b'", '"b"', "'", "`", "\\", "#"),
    *(" ", " ", "\n", "−", "×", "“b”", "$", "_", "²"),
]
SOUPS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
AROUND = [
    ("y ~ ", ""),
    ("", " ~ x"),
    ("y ~ x + (", " | g)"),
    ("y ~ (1 | ", ")"),
    ("y ~ offset(", ")"),
    ("y ~ I(", ")"),
]
TRAPS = {
    name: Mock(side_effect=AssertionError(f"{name} was called"))
    for name in ("eval", "exec", "compile", "open", "__import__")
}
ALLOWED_NODES = (
    *(ast.Expression, ast.Load, ast.Name, ast.Attribute, ast.Call, ast.keyword),
    *(ast.Constant, ast.List, ast.UnaryOp, ast.BinOp, ast.Compare),
    *(ast.UAdd, ast.USub, ast.operator, ast.cmpop),
)
ALLOWED_ATTRIBUTES = {name for name in (*FUNCTIONS, *CODINGS) if "." in name}


def is_refused(read: Callable[[str], object], text: str) -> bool:
    """Read a text while nothing can be evaluated or opened."""
    began = time.perf_counter()
    error = None
    with patch.multiple("builtins", **TRAPS):
        try:
            read(text)
        except FormulaError as caught:
            error = caught
    assert time.perf_counter() - began < 1
    if error is not None:
        assert error.formula == text
        assert 0 <= error.start <= error.end <= len(text)
        assert error.message.endswith(".")
        assert error.remedy.endswith((".", "?"))
    return error is not None


def check_harmless(text: str) -> None:
    """Check that an accepted expression is made of allowed parts only."""
    expression = parse_expression(text)
    aliases = {alias(column) for column in expression.columns}
    functions = {name for name in (*FUNCTIONS, *CODINGS) if "." not in name}
    for node in ast.walk(ast.parse(expression.code, mode="eval")):
        assert isinstance(node, ALLOWED_NODES)
        if isinstance(node, ast.Name):
            assert node.id in aliases | functions | {"np", "contr"}
        elif isinstance(node, ast.Attribute):
            assert ast.unparse(node) in ALLOWED_ATTRIBUTES | {"np.pi", "np.e"}
        elif isinstance(node, ast.Constant):
            assert isinstance(node.value, bool | int | float | str)


def check_spec(spec: ModelSpec) -> None:
    """Check everything in a specification that is ever evaluated."""
    varying = [term for random in spec.random for term in random.terms]
    for text in {name for term in (*spec.fixed, *varying) for name in term}:
        check_harmless(text)
    for text in (spec.response, *spec.offset):
        check_harmless(text)


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_that_an_attack_is_no_expression(text: str) -> None:
    assert is_refused(parse_expression, text)


@pytest.mark.parametrize(("before", "after"), AROUND)
def test_that_an_attack_is_no_part_of_a_formula(before: str, after: str) -> None:
    read = partial(parse_formula, columns=["y", "x", "z", "f", "g"])
    for text in ATTACKS:
        assert is_refused(read, before + text + after), before + text + after


@pytest.mark.parametrize("right", MULTIPLYING, ids=range(len(MULTIPLYING)))
def test_that_a_formula_does_not_multiply_without_end(right: str) -> None:
    assert is_refused(parse_formula, f"y ~ {right}")


@given(st.text(max_size=60))
def test_that_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse_expression, parse_formula):
        if not is_refused(read, text) and read is parse_expression:
            check_harmless(text)


@given(SOUPS)
@settings(max_examples=250)
def test_that_whatever_is_read_as_an_expression_is_harmless(text: str) -> None:
    if not is_refused(parse_expression, text):
        check_harmless(text)


@given(SOUPS, SOUPS)
@settings(max_examples=250)
def test_that_whatever_is_read_as_a_formula_is_harmless(left: str, right: str) -> None:
    for text in (f"y ~ {right}", f"y ~ {left} + ({right} | g)", f"{left} ~ x"):
        if not is_refused(parse_formula, text):
            spec = parse_formula(text)
            check_spec(spec)
            assert parse_formula(formula_text(spec)) == spec
