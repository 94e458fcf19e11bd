"""Values out of JSON, each taken with the type that it was written with, or refused.

A file may be cut, edited by hand or made by a stranger: nothing is converted in
silence, and nothing is left over.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class WrongValueError(ValueError):
    """A value is missing, left over, or of another type; says where, for `details`."""


class Fields:
    """The named values of one JSON object.

    Parameters
    ----------
    value : object
        What should be a JSON object.
    where : str
        What it is, for the details of an error.

    Raises
    ------
    WrongValueError
        If it is anything else.
    """

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise WrongValueError(f"{where} is no object")
        self._values: dict[str, object] = value
        self._left = set(value)
        self._where = where

    def take(self, name: str, reader: Callable[[object, str], T]) -> T:
        """Take one value.

        Parameters
        ----------
        name : str
        reader : callable
            One of this module's functions, or one made of them.

        Returns
        -------
        object
            What the reader gives.

        Raises
        ------
        WrongValueError
            If it is missing or of another type.
        """
        if name not in self._values:
            raise WrongValueError(f"{self._where} has no {name}")
        self._left.discard(name)
        return reader(self._values[name], f"{self._where}.{name}")

    def take_if_there(
        self, name: str, reader: Callable[[object, str], T], otherwise: T
    ) -> T:
        """Take one value that older files do not have; see `take`.

        Parameters
        ----------
        name : str
        reader : callable
        otherwise : object
            What is returned if it is missing.

        Returns
        -------
        object
        """
        return self.take(name, reader) if name in self._values else otherwise

    def rest(self) -> dict[str, object]:
        """Take all that is left.

        Returns
        -------
        dict
        """
        left = {name: self._values[name] for name in self._values if name in self._left}
        self._left.clear()
        return left

    def end(self) -> None:
        """Refuse what is left over.

        Raises
        ------
        WrongValueError
        """
        if self._left:
            raise WrongValueError(f"{self._where} also has {sorted(self._left)}")


def any_value(value: object, _where: str) -> object:
    """Take a value as it is."""
    return value


def text(value: object, where: str) -> str:
    """Take a text.

    Parameters
    ----------
    value : object
        What JSON gave.
    where : str
        Where it stands, for the details of an error.

    Returns
    -------
    str

    Raises
    ------
    WrongValueError
        If it is anything else.
    """
    if not isinstance(value, str):
        raise WrongValueError(f"{where} is no text")
    return value


def flag(value: object, where: str) -> bool:
    """Take true or false; see `text`."""
    if not isinstance(value, bool):
        raise WrongValueError(f"{where} is neither true nor false")
    return value


def whole(value: object, where: str) -> int:
    """Take a whole number of at most 64 bits; see `text`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongValueError(f"{where} is no whole number")
    if not -(2**63) <= value < 2**63:
        raise WrongValueError(f"{where} is too large")
    return value


def mapping(value: object, where: str) -> dict[str, object]:
    """Take an object as it is; see `text`."""
    if not isinstance(value, dict):
        raise WrongValueError(f"{where} is no object")
    return value


def listed(
    reader: Callable[[object, str], T],
) -> Callable[[object, str], tuple[T, ...]]:
    """Make a reader of lists from the reader of one element."""

    def read(value: object, where: str) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise WrongValueError(f"{where} is no list")
        return tuple(reader(one, f"{where}[{i}]") for i, one in enumerate(value))

    return read


def optional(reader: Callable[[object, str], T]) -> Callable[[object, str], T | None]:
    """Make a reader that takes null as well."""

    def read(value: object, where: str) -> T | None:
        return None if value is None else reader(value, where)

    return read


def one_of(kind: type[E]) -> Callable[[object, str], E]:
    """Make a reader of the values of an enumeration."""

    def read(value: object, where: str) -> E:
        written = text(value, where)
        if written not in set(kind):
            raise WrongValueError(f"{where} is none of {[str(one) for one in kind]}")
        return kind(written)

    return read
