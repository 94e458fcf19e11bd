"""A model specification as JSON can hold it, and back, with every value checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.data.json_values import (
    Fields,
    WrongValueError,
    flag,
    listed,
    one_of,
    optional,
    text,
    whole,
)
from engine.errors import DataError, FormulaError
from engine.model.language.expressions import parse_expression
from engine.model.spec import ModelSpec, NoPooling, RandomTerm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.model.spec import Term

SPEC_VERSION = 1
"""Version of the form in which a model is written into a project."""


def spec_to_dict(spec: ModelSpec) -> dict[str, Any]:
    """Write a specification as JSON can hold it.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    dict
        `version`, and the specification's own fields by their names.
    """
    return {
        "version": SPEC_VERSION,
        "response": spec.response,
        "intercept": spec.intercept,
        "fixed": _terms_written(spec.fixed),
        "random": [
            {
                "group": list(term.group),
                "intercept": term.intercept,
                "terms": _terms_written(term.terms),
                "correlated": term.correlated,
            }
            for term in spec.random
        ],
        "grouping": spec.grouping,
        "no_pooling": None if spec.no_pooling is None else spec.no_pooling.value,
        "offset": list(spec.offset),
    }


def spec_from_dict(written: Mapping[str, Any]) -> ModelSpec:
    """Read a specification that `spec_to_dict` has written.

    Parameters
    ----------
    written : mapping
        As it comes out of JSON.

    Returns
    -------
    ModelSpec
        Its expressions have been through the grammar of formulas, as typed ones are.

    Raises
    ------
    DataError
        If it is no specification, or one of a newer version of Tarn.
    """
    try:
        fields = Fields(written, "model")
        _refuse_newer(fields.take("version", whole))
        spec = ModelSpec(
            response=fields.take("response", _expression),
            fixed=fields.take("fixed", listed(_term)),
            intercept=fields.take("intercept", flag),
            random=fields.take("random", listed(_random_term)),
            grouping=fields.take("grouping", optional(text)),
            no_pooling=fields.take("no_pooling", optional(one_of(NoPooling))),
            offset=fields.take("offset", listed(_expression)),
        )
        fields.end()
    except WrongValueError as error:
        raise DataError(
            "The model in the project cannot be read.",
            "The file may be damaged: open an earlier copy of it.",
            details=str(error),
        ) from error
    return spec


def _refuse_newer(version: int) -> None:
    if version > SPEC_VERSION:
        raise DataError(
            "The model was written by a newer version of Tarn, in a form that this one "
            "does not know.",
            "Open the project with a newer version.",
            details=f"model, version {version}",
        )
    if version < 1:
        raise WrongValueError(f"model.version is {version}")


def _terms_written(terms: tuple[Term, ...]) -> list[list[str]]:
    return [list(term) for term in terms]


def _expression(value: object, where: str) -> str:
    """Read an expression with the grammar: nothing else may be evaluated later."""
    try:
        return parse_expression(text(value, where)).text
    except FormulaError as error:
        raise WrongValueError(f"{where}: {error}") from error


def _term(value: object, where: str) -> Term:
    return _filled(listed(_expression)(value, where), where)


def _random_term(value: object, where: str) -> RandomTerm:
    fields = Fields(value, where)
    term = RandomTerm(
        group=fields.take("group", lambda v, w: _filled(listed(text)(v, w), w)),
        intercept=fields.take("intercept", flag),
        terms=fields.take("terms", listed(_term)),
        correlated=fields.take("correlated", flag),
    )
    fields.end()
    return term


def _filled(values: tuple[str, ...], where: str) -> tuple[str, ...]:
    if not values:
        raise WrongValueError(f"{where} is empty")
    return values
