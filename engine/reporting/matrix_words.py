"""What the drawn matrices of a model show, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.group_words import counted_groups, group_noun
from engine.data.wording import counted, joined
from engine.model.spec import INTERCEPT
from engine.reporting.model_facts import pooled_groupings, unpooled_grouping
from engine.reporting.numbers import Kind, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.fitted_model import FittedModel
    from engine.reporting.matrix_pictures import MatrixPictures


def matrix_words(model: FittedModel, pictures: MatrixPictures) -> tuple[str, str, str]:
    """Say what the matrices show.

    Parameters
    ----------
    model : FittedModel
    pictures : MatrixPictures
        Of this model.

    Returns
    -------
    tuple of str
        About X and Z; about V and what it is made of; how they are drawn.
    """
    return (
        " ".join(_columns(model, pictures)),
        " ".join(_covariance(model)),
        " ".join(_drawing(model, pictures)),
    )


def _columns(model: FittedModel, pictures: MatrixPictures) -> Iterator[str]:
    p = pictures.X.n_columns
    if p:
        yield f"X has {counted(p, 'column')}, one for each fixed coefficient."
    unpooled = unpooled_grouping(model)
    if unpooled is not None:
        groups = counted_groups(len(unpooled.levels), unpooled.name)
        one = group_noun(unpooled.name)[0]
        yield (
            f"Each of {groups} has columns of its own, which are 0 in the rows of "
            f"every other {one}: that is what not pooled means."
        )
    if pictures.Z is None:
        return
    what = [
        counted_groups(len(grouping.levels), name)
        for name, grouping in pooled_groupings(model).items()
    ]
    rest = "of any other group" if len(what) > 1 else _other(model)
    yield (
        f"Z has {counted(pictures.Z.n_columns, 'column')}: what varies among "
        f"{joined(what)}, once for each of them. A row is 0 in the columns {rest}."
    )


def _other(model: FittedModel) -> str:
    return f"of any other {group_noun(next(iter(pooled_groupings(model))))[0]}"


def _covariance(model: FittedModel) -> Iterator[str]:
    if not model.is_mixed:
        yield (
            "V, the covariance of the rows, is 0 beside its diagonal: the model takes "
            "rows as independent."
        )
        return
    yield (
        "G is the covariance of the group effects b, R that of the residuals ε, and V "
        "that of the rows, drawn as correlations."
    )
    names = list(pooled_groupings(model))
    if len(names) > 1:
        yield "Rows that share no group have a correlation of 0."
        return
    one, many = group_noun(names[0])
    blocks = model.design.blocks
    if len(blocks) == 1 and blocks[0].terms == (INTERCEPT,) and _is_even(model):
        own = shown(model.variance_partition["icc_adjusted"], Kind.CORRELATION)
        yield (
            f"Two rows of the same {one} have a correlation of {own}, the intraclass "
            f"correlation; rows of different {many} have 0."
        )
    else:
        yield (
            f"Rows of different {many} have a correlation of 0; within a {one} it "
            "depends on what varies there."
        )


def _is_even(model: FittedModel) -> bool:
    """Whether all residuals have one variance."""
    return model.design.weights is None


def _drawing(model: FittedModel, pictures: MatrixPictures) -> Iterator[str]:
    rows, n = len(pictures.rows), model.n_rows
    names = list(pooled_groupings(model)) or [model.spec.grouping or ""]
    ordered = f", sorted by {names[0]}" if names[0] else ""
    if rows < n:
        yield f"{rows} of {n} rows are drawn{ordered}."
    elif ordered:
        yield f"Rows are{ordered.removeprefix(',')}."
    if pictures.Z is not None and pictures.Z.is_sampled:
        shown_columns, whole = pictures.Z.values.shape[1], pictures.Z.n_columns
        if shown_columns < whole:
            yield f"Of Z {shown_columns} of {whole} columns are drawn."
    yield "The stronger a cell, the further its number is from 0."
