"""From a specification and a frame to a Design: which rows count, and what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.data.wording import counted
from engine.errors import DesignError
from engine.model.checks import check_random, check_size, design_notes
from engine.model.columns import (
    check_columns,
    is_categorical,
    listed,
    matrix_terms,
    readable,
    spec_columns,
    used_columns,
)
from engine.model.design import Design
from engine.model.encoding import encode, require_finite
from engine.model.language.expressions import quoted
from engine.model.plain_types import plainly_typed
from engine.model.preparation import learn
from engine.model.random_part import random_part
from engine.model.rows import complete_rows, prior_weights, row_values
from engine.sentences import Number, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.arrays import AnyArray, BoolArray, FloatArray
    from engine.model.encoding import Encoder
    from engine.model.preparation import Preparation
    from engine.model.spec import ModelSpec


def build_design(
    spec: ModelSpec,
    frame: pd.DataFrame,
    *,
    weights: pd.Series | Sequence[float] | AnyArray | str | None = None,
    offset: pd.Series | Sequence[float] | AnyArray | str | None = None,
) -> Design:
    """Make the matrices that a specification means for a frame.

    Parameters
    ----------
    spec : ModelSpec
    frame : DataFrame
        One row a measurement; not modified.
    weights, offset : str, or array of length of the frame, optional
        A column, or values. Weights are precisions.

    Returns
    -------
    Design

    Raises
    ------
    DesignError
        If nothing of it can be estimated. Random terms that the rows cannot support
        are left out, with a note.
    """
    frame = plainly_typed(frame)
    written = _written_out(spec, frame, offset)
    given = row_values(weights, frame, "weight")
    offset_values = row_values(offset, frame, "offset")
    keep, dropped = complete_rows(written, frame, given, offset_values)
    names = _columns(spec, written, frame, keep)
    used = _used(frame, names, keep)
    preparation = _preparation(written, used)
    y = _response(written, used, preparation)
    X, encoder = encode(used, written.fixed, preparation, intercept=written.intercept)
    known, offset_encoder = _offset(written, offset_values, keep, used, preparation)
    random = random_part(written, used, preparation, X, encoder)
    noted = design_notes(written, used, preparation, len(dropped), len(frame))
    return Design(
        spec=spec,
        written=replace(written, random=random.terms),
        y=y,
        matrix=X,
        terms=encoder.names,
        blocks=random.blocks,
        source=used,
        columns=names,
        rows=used.index,
        weights=prior_weights(given, keep, used),
        offset=known,
        offset_encoder=offset_encoder,
        dropped=dropped,
        notes=(*noted, *random.notes),
        encoder=encoder,
        response_name=readable(written.response),
        places=random.places,
        left_out=random.left_out,
    )


def _written_out(spec: ModelSpec, frame: pd.DataFrame, offset: object) -> ModelSpec:
    """The model in terms of columns that are there, a named offset among its terms."""
    written = spec.written_out(is_number=_groups_by_number(spec, frame))
    if isinstance(offset, str):
        written = replace(written, offset=(*written.offset, quoted(offset)))
    check_columns(written, frame)
    check_random(written)
    return written


def _columns(
    spec: ModelSpec, written: ModelSpec, frame: pd.DataFrame, keep: BoolArray
) -> tuple[str, ...]:
    """Columns that the model reads, and the grouping that it keeps in mind."""
    names, kept = spec_columns(written), spec.grouping
    if kept is None or kept in names or kept not in frame.columns:
        return names
    return names if frame.loc[keep, kept].isna().any() else (*names, kept)


def _preparation(written: ModelSpec, used: pd.DataFrame) -> Preparation:
    """What is learnt from the rows used, if they are enough."""
    terms = matrix_terms(written)
    preparation = learn(used, used_columns([*terms, written.offset]), terms)
    check_size(written, used, preparation)
    return preparation


def _used(frame: pd.DataFrame, names: tuple[str, ...], keep: BoolArray) -> pd.DataFrame:
    """The rows that are kept; nothing is copied where all are."""
    return frame.copy(deep=False) if keep.all() else frame.loc[keep, list(names)]


def _groups_by_number(spec: ModelSpec, frame: pd.DataFrame) -> bool:
    """Whether the grouping that is not pooled is a column of numbers."""
    return spec.grouping in frame.columns and not is_categorical(frame[spec.grouping])


def _response(
    spec: ModelSpec, used: pd.DataFrame, preparation: Preparation
) -> FloatArray:
    """The response's values, checked to be numbers that vary."""
    name = readable(spec.response)
    columns = used_columns([(spec.response,)])
    for column in columns:
        if is_categorical(used[column]):
            raise DesignError(
                f"The response '{column}' holds text "
                f"({listed(pd.unique(used[column])[:3])}), not numbers.",
                "Choose a column of numbers as response.",
            )
        if pd.api.types.is_datetime64_any_dtype(used[column]):
            raise DesignError(
                f"The response '{column}' holds dates, not numbers.",
                "Choose a column of numbers, such as days since the start.",
            )
    with_response = replace(preparation, categories={}, origins={})
    y, encoder = encode(used, [(spec.response,)], with_response, intercept=False)
    if len(y.columns) != 1:
        raise DesignError(
            f"The response '{name}' makes {counted(len(y.columns), 'column')} "
            f"({encoder.names[0]}, ...); a model explains one.",
            "Choose one measurement as response.",
        )
    values = np.array(y.columns[0])
    if np.ptp(values) == 0:
        raise DesignError(
            Sentence(
                f"The response '{name}' is ",
                Number(float(values[0])),
                " in every row used, so there is nothing to explain.",
            ),
            "Choose a response that varies.",
        )
    return values


def _offset(
    spec: ModelSpec,
    values: pd.Series | None,
    keep: BoolArray,
    used: pd.DataFrame,
    preparation: Preparation,
) -> tuple[FloatArray | None, Encoder | None]:
    """The known part of the response: the argument plus offset() terms."""
    if values is None and not spec.offset:
        return None, None
    total, encoder = np.zeros(len(used)), None
    if values is not None:
        total += values.to_numpy()[keep]
        require_finite([total], ["offset"], used)
    if spec.offset:
        terms = [(text,) for text in spec.offset]
        for name in used_columns(terms):
            if not pd.api.types.is_numeric_dtype(used[name]):
                held = "text" if is_categorical(used[name]) else "dates"
                raise DesignError(
                    f"The offset '{name}' holds {held}, where it needs numbers.",
                    "Choose a column of numbers.",
                )
        columns, encoder = encode(used, terms, preparation, intercept=False)
        total += columns.whole.sum(axis=1)
    return total, encoder
