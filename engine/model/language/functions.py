"""Which functions a formula may use, and what each may be told.

A formula may come from a stranger's file, and formulaic evaluates what it is given:
this table is the whole of what it is ever given.
"""

from __future__ import annotations

import keyword
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Option(Enum):
    """What a function may be told besides its columns; the value says so to a user."""

    COUNT = "a whole number from 0 to 100"
    NUMBER = "a number"
    FLAG = "True or False"
    FLAG_OR_NUMBER = "True, False or a number"
    NUMBERS = "a list of numbers, such as [2, 5]"
    LEVEL = "a level, such as 'control'"
    LEVELS = "a list of levels, such as ['low', 'high']"
    CONTRAST = "a coding, such as contr.sum or contr.treatment('control')"
    OUTSIDE = "'extend', 'clip', 'zero', 'na' or 'raise'"
    CONSTRAINT = "'center'"


@dataclass(frozen=True, slots=True)
class Function:
    """A function that a formula may use.

    Attributes
    ----------
    operands : int
        How many of its arguments are computed from columns; they come first.
    options : mapping of str to Option
        What else it may be told, in the order of the positions.
    n_positional : int
        How many of the options may be given without their name.
    gives_several : bool
        Whether the result has several columns, or levels: nothing can be computed
        from it.
    hint : str
        What to write instead of a further argument.
    """

    operands: int = 1
    options: Mapping[str, Option] = field(default_factory=dict)
    n_positional: int = 0
    gives_several: bool = False
    hint: str = ""


_LOGARITHM = Function(
    hint="For other bases write log2(x), log10(x) or I(log(x) / log(3))."
)
_CUBIC_SPLINE = Function(
    options={
        "df": Option.COUNT,
        "knots": Option.NUMBERS,
        "lower_bound": Option.NUMBER,
        "upper_bound": Option.NUMBER,
        "constraints": Option.CONSTRAINT,
        "extrapolation": Option.OUTSIDE,
    },
    n_positional=2,
    gives_several=True,
)

FUNCTIONS: dict[str, Function] = {
    "I": Function(),
    "C": Function(
        options={
            "contrasts": Option.CONTRAST,
            "levels": Option.LEVELS,
            "spans_intercept": Option.FLAG,
        },
        n_positional=1,
        gives_several=True,
    ),
    "poly": Function(
        options={"degree": Option.COUNT, "raw": Option.FLAG},
        n_positional=2,
        gives_several=True,
    ),
    "bs": Function(
        options={
            "df": Option.COUNT,
            "knots": Option.NUMBERS,
            "degree": Option.COUNT,
            "include_intercept": Option.FLAG,
            "lower_bound": Option.NUMBER,
            "upper_bound": Option.NUMBER,
            "extrapolation": Option.OUTSIDE,
        },
        n_positional=3,
        gives_several=True,
    ),
    "cs": _CUBIC_SPLINE,
    "cr": _CUBIC_SPLINE,
    "cc": _CUBIC_SPLINE,
    "center": Function(),
    "scale": Function(
        options={
            "center": Option.FLAG_OR_NUMBER,
            "scale": Option.FLAG_OR_NUMBER,
            "ddof": Option.NUMBER,
        },
        n_positional=2,
    ),
    "standardize": Function(
        options={
            "center": Option.FLAG_OR_NUMBER,
            "rescale": Option.FLAG_OR_NUMBER,
            "ddof": Option.NUMBER,
        },
        n_positional=2,
    ),
    "log": _LOGARITHM,
    "log10": Function(),
    "log2": Function(),
    "exp": Function(),
    "np.log": _LOGARITHM,
    "np.round": Function(options={"decimals": Option.COUNT}, n_positional=1),
    "np.minimum": Function(operands=2),
    "np.maximum": Function(operands=2),
    "np.power": Function(operands=2),
}
"""The functions by the names that formulaic knows them by."""

_NUMPY = [
    "log10",
    "log2",
    "log1p",
    "exp",
    "expm1",
    "sqrt",
    "abs",
    "sin",
    "cos",
    "tan",
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "arcsinh",
    "floor",
    "ceil",
    "sign",
    "square",
]
FUNCTIONS.update({f"np.{name}": Function() for name in _NUMPY})

SYNONYMS: dict[str, str] = {
    "asin": "np.arcsin",
    "acos": "np.arccos",
    "atan": "np.arctan",
    "asinh": "np.arcsinh",
    "ceiling": "np.ceil",
    "pmin": "np.minimum",
    "pmax": "np.maximum",
    "np.asinh": "np.arcsinh",
    "np.asin": "np.arcsin",
    "np.acos": "np.arccos",
    "np.atan": "np.arctan",
    "np.absolute": "np.abs",
    "np.pow": "np.power",
    "factor": "C",
    "as.factor": "C",
}
"""Other names of the same functions: R's, and NumPy's without its prefix."""
SYNONYMS.update(
    {
        name.removeprefix("np."): name
        for name in FUNCTIONS
        if name.startswith("np.") and name.removeprefix("np.") not in FUNCTIONS
    }
)

CONSTANTS = {"np.pi": "np.pi", "np.e": "np.e", "pi": "np.pi"}
FLAGS = {"True": "True", "False": "False", "TRUE": "True", "FALSE": "False"}
SHORT_FLAGS = {"T": "True", "F": "False"}  # R's; only where nothing else can stand


def _coding(**options: Option) -> Function:
    return Function(operands=0, options=options, n_positional=len(options))


CODINGS: dict[str, Function] = {
    "contr.treatment": _coding(base=Option.LEVEL),
    "contr.SAS": _coding(base=Option.LEVEL),
    "contr.sum": _coding(),
    "contr.helmert": _coding(reverse=Option.FLAG, scale=Option.FLAG),
    "contr.poly": _coding(scores=Option.NUMBERS),
    "contr.diff": _coding(backward=Option.FLAG),
    "Treatment": _coding(reference=Option.LEVEL),
    "Sum": _coding(),
    "Helmert": _coding(reverse=Option.FLAG, scale=Option.FLAG),
    "Poly": _coding(scores=Option.NUMBERS),
    "Diff": _coding(backward=Option.FLAG),
}
"""How the levels of a factor may be coded, inside C() only."""

CHOICES: dict[Option, frozenset[str]] = {
    Option.OUTSIDE: frozenset({"extend", "clip", "zero", "na", "raise"}),
    Option.CONSTRAINT: frozenset({"center"}),
}

_ONLY_FORMULA = (
    "Give only the formula: what stands between the parenthesis and the comma."
)
_FIX_KIND = "Change the kind of the column in the data table instead."
_ONE_RESPONSE = "Explain one column at a time."

ADVICE: dict[str, str] = {
    **dict.fromkeys(("lmer", "lm", "glmer", "gls", "lme", "aov", "glm"), _ONLY_FORMULA),
    **dict.fromkeys(("as.numeric", "as.integer", "as.character", "ordered"), _FIX_KIND),
    **dict.fromkeys(("cbind", "Surv"), _ONE_RESPONSE),
    "relevel": "Write C(f, contr.treatment('control')) to choose the reference level.",
    "interaction": "Write a:b for the combinations of two columns.",
    "ns": "Write cr(x, df=4) for a natural cubic spline.",
    "s": "Write bs(x, df=5) or cr(x, df=5) for a smooth curve.",
    "te": "Write bs(x, df=5) for a smooth curve.",
    "ti": "Write bs(x, df=5) for a smooth curve.",
    "Q": "Put backticks around the name of the column.",
    "ifelse": "Write I(x > 3) for a yes-or-no variable.",
    "cut": "Write I(x > 3) for a yes-or-no variable.",
    "offset": "An offset can only be added, as in y ~ x + offset(log(effort)).",
    "logit": "Write log(p / (1 - p)).",
    "mean": "Write center(x) for the difference from the mean.",
    "sd": "Write scale(x) for a column in standard deviations.",
}
"""What to do about functions that people know from elsewhere."""

COMMON = "log, log10, sqrt, exp, poly, bs, scale, center, I and C"

RESERVED = frozenset(
    {name for name in (*FUNCTIONS, *CODINGS, *CONSTANTS, *FLAGS) if "." not in name}
    | {"np", "contr"}
    | set(keyword.kwlist)
)
"""Words that a column's name needs backticks to be told from."""
