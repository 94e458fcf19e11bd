"""Scales on which predictions can be shown: as fitted, or with a logarithm taken back.

With y = exp(eta) and eta symmetric around mu, exp(mu) is the median of y, and the ends
of an interval for eta become those of one for y with the same coverage; the standard
error is that of the delta method. The same functions are known as in
`engine.inference.back_transformation`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import FormulaError
from engine.inference.back_transformation import BASES, SHIFTED
from engine.model.columns import readable
from engine.model.language.expressions import parse_expression

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.fitted_model import FittedModel

AS_FITTED, MEASURED = "", "measured"
"""Keys of the scale of the model, and of that which its formula gives the log of."""
_NAMED = re.compile(r"(log|ln)(2|10|1p|e)?[_. -](.+)", re.IGNORECASE)
_WORDS = {
    "log": "natural log undone",
    "log1p": "log(y + 1) undone",
    "log2": "log2 undone",
    "log10": "log10 undone",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale.

    Attributes
    ----------
    key : str
        What settings remember: `AS_FITTED`, `MEASURED`, or the name of a function that
        the user says was used before.
    words : str
        What a user chooses.
    response : str
        What is predicted on it.
    function : str
        The logarithm that is taken back; ``""`` for none.
    """

    key: str
    words: str
    response: str
    function: str = ""

    def back(self, values: FloatArray) -> FloatArray:
        """Values of the model's response on this scale."""
        if not self.function:
            return values
        with np.errstate(over="ignore"):  # infinite, and shown nowhere
            is_shifted = self.function in SHIFTED
            inverse = np.expm1 if is_shifted else np.exp
            result: FloatArray = inverse(self.rate * values)
        return result

    def error_back(self, error: FloatArray, estimate: FloatArray) -> FloatArray:
        """Standard errors on this scale, at estimates of the model's response."""
        if not self.function:
            return error
        with np.errstate(over="ignore"):
            result: FloatArray = self.rate * error * np.exp(self.rate * estimate)
        return result

    def forth(self, value: float) -> float:
        """A value of this scale as the model's response."""
        if not self.function:
            return value
        logarithm = np.log1p if self.function in SHIFTED else np.log
        return float(logarithm(value)) / self.rate

    @property
    def of_ratios(self) -> Scale:
        """The scale of differences: those of logarithms are ratios."""
        function = "log" if self.function in SHIFTED else self.function
        return replace(self, function=function)

    @property
    def rate(self) -> float:
        """Natural logarithms in one unit of the response."""
        return float(np.log(BASES[self.function])) if self.function else 1.0


def scales_of(model: FittedModel) -> tuple[Scale, ...]:
    """Scales that can be chosen, as fitted first; one if the response is no logarithm.

    Parameters
    ----------
    model : FittedModel

    Returns
    -------
    tuple of Scale
    """
    response = model.design.response_name
    text = model.design.written.response
    name, _, inside = text.removesuffix(")").removeprefix("np.").partition("(")
    if name in BASES and _is_expression(inside):
        measured = Scale(MEASURED, readable(inside), readable(inside), name)
        return Scale(AS_FITTED, response, response), measured
    as_fitted = Scale(AS_FITTED, "as fitted", response)
    found = _NAMED.fullmatch(response)
    if found is None or not parse_expression(text).is_column:
        return (as_fitted,)
    kind, base, rest = found.groups()
    if base is not None or kind.lower() == "ln":
        function = f"log{base or ''}".lower().replace("loge", "log")
        functions: tuple[str, ...] = (function,)
    else:
        functions = ("log", "log10")
    taken = tuple(Scale(own, _WORDS[own], rest, own) for own in functions)
    return as_fitted, *taken


def scale_of(model: FittedModel, key: str) -> Scale:
    """The scale that was chosen; as fitted if this model does not have it."""
    found = scales_of(model)
    return next((own for own in found if own.key == key), found[0])


def is_logarithm(model: FittedModel) -> bool:
    """Whether the response is a logarithm, by the formula or by its name."""
    return len(scales_of(model)) > 1


def _is_expression(text: str) -> bool:
    """Whether brackets within are closed within: not `a) + log(b`."""
    try:
        parse_expression(text)
    except FormulaError:
        return False
    return True
