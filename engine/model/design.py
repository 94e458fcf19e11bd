"""The model's matrices: y, X, the columns of Z with their groups, the rows used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from engine.arrays import FloatArray
    from engine.model.encoding import Encoder
    from engine.model.levels import Grouping
    from engine.model.model_matrix import ModelMatrix
    from engine.model.rows import Dropped
    from engine.model.spec import ModelSpec, RandomTerm


@dataclass(frozen=True, slots=True)
class RandomBlock:
    """Columns of Z that vary together among the levels of one grouping factor.

    Attributes
    ----------
    grouping : Grouping
        Among what they vary.
    terms : tuple of str
        Names of the k columns.
    matrix : ModelMatrix
        Holds the columns: Z itself, or X where they are columns of X.
    places : tuple of int or None
        Which columns of X they are; None where `matrix` is Z itself.
    encoder : Encoder
        Makes the same columns of new rows.
    """

    grouping: Grouping
    terms: tuple[str, ...]
    matrix: ModelMatrix
    places: tuple[int, ...] | None
    encoder: Encoder

    @property
    def columns(self) -> tuple[FloatArray, ...]:
        """The columns one by one, shape (n,) each; not to be modified."""
        if self.places is None:
            return self.matrix.columns
        return tuple(self.matrix.columns[place] for place in self.places)

    @property
    def Z(self) -> FloatArray:
        """The columns, shape (n, k); the full Z has a copy of them for each level."""
        if self.places is None:
            return self.matrix.whole
        return self.matrix.chosen(self.places)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of the random part that the rows cannot support.

    Attributes
    ----------
    place : int
        Of its parenthesis in the model as it was asked for.
    asked : RandomTerm
        The parenthesis.
    rest : RandomTerm or None
        What is fitted of it.
    reason : str
        Why, as a clause without a full stop.
    remedy : str
        What could be done.
    """

    place: int
    asked: RandomTerm
    rest: RandomTerm | None
    reason: str
    remedy: str

    @property
    def note(self) -> str:
        """The reason, what was done, and what could be done."""
        instead = f"without {self.asked}" if self.rest is None else f"with {self.rest}"
        return f"{self.reason}: the model is fitted {instead}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Design:
    """Everything that the estimation reads, for the rows that count.

    Attributes
    ----------
    spec : ModelSpec
        The model as it was asked for.
    written : ModelSpec
        What of it is fitted, with "not pooled" spelled out in the fixed part.
    y : ndarray of shape (n,)
        Response, in its own units.
    matrix : ModelMatrix
        Columns of the fixed part.
    terms : tuple of str
        Names of the columns of X.
    blocks : tuple of RandomBlock
        The random part, in formula order; empty for least squares.
    source : DataFrame
        The rows used, with all columns, as they came.
    columns : tuple of str
        Those that the model reads.
    rows : Index of length n
        Labels of the rows used.
    weights : ndarray of shape (n,) or None
        Prior weights: the residual variance of row i is sigma^2 / weights[i].
    offset : ndarray of shape (n,) or None
        Known part of the response.
    offset_encoder : Encoder or None
        Makes the columns whose sum is the offset of new rows; None when there is no
        offset or when it was given as plain numbers.
    dropped : Dropped
        Rows not used, with reasons.
    notes : tuple of str
        What was decided on the way, one sentence each.
    encoder : Encoder
        Makes the columns of X of new rows.
    response_name : str
        The response as a user would read it.
    places : tuple of int
        For each block, the place of its parenthesis in `spec.random`.
    left_out : tuple of LeftOut
        Random terms that the rows cannot support, and that are not fitted.
    """

    spec: ModelSpec
    written: ModelSpec
    y: FloatArray
    matrix: ModelMatrix
    terms: tuple[str, ...]
    blocks: tuple[RandomBlock, ...]
    source: pd.DataFrame
    columns: tuple[str, ...]
    rows: pd.Index
    weights: FloatArray | None
    offset: FloatArray | None
    offset_encoder: Encoder | None
    dropped: Dropped
    notes: tuple[str, ...]
    encoder: Encoder
    response_name: str
    places: tuple[int, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def fitted_spec(self) -> ModelSpec:
        """The model as it was asked for, but for what is left out."""
        return replace(self.spec, random=self.written.random)

    @property
    def frame(self) -> pd.DataFrame:
        """The rows used, with the columns that the model reads, as they came."""
        return self.source[list(self.columns)]

    @property
    def X(self) -> FloatArray:
        """Columns of the fixed part: shape (n, p)."""
        return self.matrix.whole

    @property
    def dropped_rows(self) -> pd.DataFrame:
        """Rows not used (index: row label), with the column `reason`."""
        return self.dropped.as_frame()

    @property
    def has_intercept(self) -> bool:
        """Whether the first column of X is one in every row."""
        return self.written.intercept
