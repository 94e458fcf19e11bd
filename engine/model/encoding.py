"""Columns of a model matrix from columns of a table, the same way for new rows.

formulaic codes categories and evaluates functions. It is given parsed factors instead
of a text, with every column under a plain alias: from a text it would confuse a column
called `log(x)` with the function, and forget the state of scale() for odd names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import formulaic
import numpy as np
from formulaic.errors import FormulaicError
from formulaic.parser.types import Factor
from formulaic.parser.types import Term as FormulaicTerm

from engine.errors import DesignError
from engine.model.columns import listed, used_columns
from engine.model.language.expressions import Expression, alias, parse_expression
from engine.model.model_matrix import ModelMatrix
from engine.model.plain_columns import PlainColumns, plain_columns
from engine.model.preparation import AS_LEVELS
from engine.sentences import Number, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from engine.arrays import FloatArray
    from engine.model.preparation import Preparation
    from engine.model.spec import Term

LARGEST_VALUE = 1e120
"""Beyond this, squares and their sums come near the largest double."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """Makes the columns of one model matrix.

    Attributes
    ----------
    terms : tuple of Term
        The terms, lower degrees first.
    names : tuple of str
        Names of the columns, as formulaic gives them.
    preparation : Preparation
        Of the raw columns.
    learned : formulaic.ModelSpec or PlainColumns
        What formulaic remembers: codings, and the state of poly() and the like; or
        the products of columns that need none.
    """

    terms: tuple[Term, ...]
    names: tuple[str, ...]
    preparation: Preparation
    learned: formulaic.ModelSpec | PlainColumns

    @property
    def columns(self) -> tuple[str, ...]:
        """Raw columns that are read."""
        return used_columns(self.terms)

    @property
    def term_columns(self) -> tuple[tuple[int, ...], ...]:
        """Places of the columns of each term in the matrix, the intercept's first."""
        if isinstance(self.learned, PlainColumns):
            return tuple((place,) for place in range(len(self.names)))
        return tuple(map(tuple, self.learned.term_indices.values()))

    @property
    def texts(self) -> dict[str, str]:
        """The terms' expressions by what formulaic evaluates for them."""
        factors = {text: parse_expression(text) for term in self.terms for text in term}
        return {_code(e, self.preparation): text for text, e in factors.items()}

    def places_in(self, other: Encoder) -> tuple[int, ...] | None:
        """Where its columns stand in another matrix of the same rows.

        Parameters
        ----------
        other : Encoder

        Returns
        -------
        tuple of int or None
            None where one of them does not stand there, or may not.
        """
        own, theirs = self.learned, other.learned
        if not isinstance(own, PlainColumns):
            return None
        if not isinstance(theirs, PlainColumns):
            is_first = own.all_products == [()] and "1" in map(str, theirs.formula)
            return (0,) if is_first else None
        wanted, there = own.all_products, theirs.all_products
        is_there = all(columns in there for columns in wanted)
        return tuple(map(there.index, wanted)) if is_there else None

    def encode(self, frame: pd.DataFrame) -> FloatArray:
        """Columns for new rows.

        Parameters
        ----------
        frame : DataFrame
            With all of `columns`, without missing cells.

        Returns
        -------
        ndarray of shape (n, len(names))

        Raises
        ------
        DesignError
            If a level is unknown or a value is impossible, such as log(0).
        """
        return self.columns_for(frame).whole

    def columns_for(self, frame: pd.DataFrame) -> ModelMatrix:
        """The same, column by column."""
        if isinstance(self.learned, PlainColumns):
            columns = self.learned.made(frame, self.preparation)
            made = ModelMatrix(columns, len(frame))
        else:
            prepared = self.preparation.apply(frame, self.columns)
            matrix, _ = _materialise(self.learned, prepared)
            made = ModelMatrix.of_array(matrix)
        require_finite(made.columns, self.names, frame)
        return made


def encode(
    frame: pd.DataFrame,
    terms: Iterable[Term],
    preparation: Preparation,
    *,
    intercept: bool,
) -> tuple[ModelMatrix, Encoder]:
    """Make the columns of a model matrix and the encoder that can repeat it.

    Parameters
    ----------
    frame : DataFrame
        The rows used, without missing cells.
    terms : iterable of Term
    preparation : Preparation
    intercept : bool
        Whether a column of ones comes first.

    Returns
    -------
    ModelMatrix, Encoder

    Raises
    ------
    DesignError
        If a value is impossible, such as log(0).
    """
    plain = plain_encoder(terms, preparation, intercept=intercept)
    if plain is not None:
        return plain.columns_for(frame), plain
    ordered = _ordered(terms)
    factors = {text: parse_expression(text) for term in ordered for text in term}
    _check_listed_levels(factors.values(), preparation)
    parts = [_ONE] if intercept else []
    code = {text: _code(e, preparation) for text, e in factors.items()}
    parts += [
        FormulaicTerm([_factor(factors[text], code[text]) for text in term])
        for term in ordered
    ]
    formula = formulaic.SimpleFormula(parts, _ordering="none")
    spec = formulaic.ModelSpec(formula=formula, na_action="ignore", output="numpy")
    prepared = preparation.apply(frame, used_columns(ordered))
    matrix, learned = _materialise(spec, prepared)
    readable = {code[text]: e for text, e in factors.items()}
    names = _readable_names(learned.column_names, readable)
    made = ModelMatrix.of_array(matrix)
    require_finite(made.columns, names, frame)
    return made, Encoder(ordered, names, preparation, learned)


def plain_encoder(
    terms: Iterable[Term], preparation: Preparation, *, intercept: bool
) -> Encoder | None:
    """Make an encoder of columns that are numbers as they stand, or products of such.

    Parameters
    ----------
    terms : iterable of Term
    preparation : Preparation
    intercept : bool

    Returns
    -------
    Encoder or None
        None where formulaic is needed.
    """
    ordered = _ordered(terms)
    plain = plain_columns(ordered, preparation, intercept=intercept)
    if plain is None:
        return None
    return Encoder(ordered, _without_repetition(plain.names), preparation, plain)


def _ordered(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Lower degrees first: formulaic drops x from "x:f + x", but not from "x + x:f"."""
    return tuple(sorted(terms, key=len))


_ONE = FormulaicTerm([Factor("1", eval_method="literal")])


def _code(expression: Expression, preparation: Preparation) -> str:
    """What formulaic evaluates; inside C() numbers are taken as levels."""
    code = expression.code
    if not code.startswith("C("):
        return code
    for name in expression.columns:
        if name in preparation.numbers_as_levels:
            word = re.compile(rf"\b{re.escape(alias(name))}\b")
            code = word.sub(alias(name) + AS_LEVELS, code)
    return code


def _factor(expression: Expression, code: str) -> Factor:
    """An expression as formulaic's own factor, by alias."""
    return Factor(code, eval_method="lookup" if expression.is_column else "python")


def _readable_names(
    names: Iterable[str], factors: Mapping[str, Expression]
) -> tuple[str, ...]:
    """Column names with the user's names in place of what was evaluated."""
    texts = {
        code: e.columns[0] if e.is_column else e.text for code, e in factors.items()
    }
    replacements = sorted(
        ((code, text) for code, text in texts.items() if code != text),
        key=lambda pair: -len(pair[0]),
    )
    result = []
    for name in names:
        readable = name
        for code, text in replacements:
            readable = readable.replace(code, text)
        result.append(readable)
    return _without_repetition(tuple(result))


def _without_repetition(result: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse names of columns of which two are the same."""
    twice = {name for name in result if result.count(name) > 1}
    if twice:
        raise DesignError(
            f"Two terms of the model would both be called '{min(twice)}'.",
            "Rename one of the columns.",
        )
    return result


def _check_listed_levels(
    factors: Iterable[Expression], preparation: Preparation
) -> None:
    """Refuse C(f, levels=[...]) that leaves a level out: formulaic would drop it."""
    for expression in factors:
        found = re.search(r"levels=\[(.*?)\]", expression.text)
        if found is None:
            continue
        (column,) = expression.columns
        given = re.findall(r"'([^']*)'", found[1])
        known = preparation.levels[column]
        missing = [level for level in known if level not in given]
        if missing or len(given) != len(known):
            raise DesignError(
                f"{expression.text} must name each level of '{column}' once, in "
                f"quotes; these are {listed(known)}.",
                "Correct the list of levels, or leave it out.",
            )


def _evaluated_name(name: str) -> str:
    """The alias of a prepared column."""
    base = name.removesuffix(AS_LEVELS)
    return alias(base) + name[len(base) :]


def _materialise(
    spec: formulaic.ModelSpec, frame: pd.DataFrame
) -> tuple[FloatArray, formulaic.ModelSpec]:
    """Let formulaic evaluate; what it cannot compute becomes a sentence."""
    by_alias = frame.rename(columns=_evaluated_name)
    try:
        with np.errstate(all="ignore"):
            matrix = spec.get_model_matrix(by_alias, context={})
    except (FormulaicError, ValueError, TypeError, ArithmeticError) as error:
        raise DesignError(
            "A term of the model cannot be computed from these data.",
            "Check that functions such as log are used on numbers, that poly and "
            "splines have more distinct values than degrees and are asked "
            "only for values inside the range of the data.",
            details=str(error),
        ) from error
    values = np.asarray(matrix, dtype=np.float64)
    learned = matrix.model_spec
    return values.reshape(len(frame), len(learned.column_names)), learned


def require_finite(
    columns: Iterable[FloatArray], names: Iterable[str], frame: pd.DataFrame
) -> None:
    """Refuse infinite, impossible and extreme values, naming the first row.

    Parameters
    ----------
    columns : iterable of ndarray of shape (n,)
    names : iterable of str
        Their names.
    frame : DataFrame
        For the row labels.

    Raises
    ------
    DesignError
    """
    for values, name in zip(columns, names, strict=True):
        if (
            values.size
            and -LARGEST_VALUE <= values.min() <= values.max() <= LARGEST_VALUE
        ):
            continue
        bad = ~np.isfinite(values)
        if bad.any():
            row = frame.index[int(bad.argmax())]
            raise DesignError(
                f"'{name}' is not a finite number in {bad.sum()} "
                f"{'row' if bad.sum() == 1 else 'rows'}, first in row {row}.",
                "Correct or exclude those rows; the logarithm, for example, exists "
                "only above zero.",
            )
        if np.abs(values).max(initial=0.0) > LARGEST_VALUE:
            at = int(np.abs(values).argmax())
            raise DesignError(
                Sentence(
                    f"'{name}' is ",
                    Number(float(values[at]), 3),
                    f" in row {frame.index[at]}, too large to compute with.",
                ),
                "Correct the value, or express the column in a larger unit.",
            )
