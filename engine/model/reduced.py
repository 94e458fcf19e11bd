"""The same rows with less of the model: the null models of tests.

Nothing is read again: rows, response, weights and offset are those of the design given,
so that the criteria of both can be compared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.model_matrix import ModelMatrix

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from engine.model.design import Design, RandomBlock
    from engine.model.spec import RandomTerm


def without_blocks(design: Design, gone: Collection[int]) -> Design:
    """Leave some random blocks out.

    Parameters
    ----------
    design : Design
        Not modified.
    gone : collection of int
        Positions among the design's blocks.

    Returns
    -------
    Design
        Without blocks it is one for least squares.
    """
    terms: list[RandomTerm] = []
    places: list[int] = []
    start = 0
    for term in design.written.random:
        stop = start + _n_blocks(term)
        kept = [i - start for i in range(start, stop) if i not in gone]
        places += [len(terms)] * len(kept)
        if kept:
            terms.append(_rest(term, kept))
        start = stop
    random = tuple(terms)
    return replace(
        design,
        spec=replace(design.spec, random=random),
        written=replace(design.written, random=random),
        blocks=tuple(b for i, b in enumerate(design.blocks) if i not in gone),
        places=tuple(places),
        left_out=(),
    )


def without_effect(design: Design, index: int, column: int) -> Design:
    """Let one effect of a block no longer vary among groups.

    Parameters
    ----------
    design : Design
        Not modified.
    index : int
        Position of the block.
    column : int
        Of the effect among the block's columns.

    Returns
    -------
    Design
        For estimation: what it says of its random part is that of the whole model,
        unless the block was of this effect alone.
    """
    block = design.blocks[index]
    if len(block.terms) == 1:
        return without_blocks(design, [index])
    kept = [i for i in range(len(block.terms)) if i != column]
    columns = tuple(block.columns[i] for i in kept)
    own = replace(
        block,
        terms=tuple(block.terms[i] for i in kept),
        matrix=ModelMatrix(columns, len(design.y)),
        places=None,
    )
    if block.places is not None:
        places = tuple(block.places[i] for i in kept)
        own = replace(own, matrix=block.matrix, places=places)
    blocks = tuple(own if i == index else b for i, b in enumerate(design.blocks))
    return replace(design, blocks=blocks)


def _n_blocks(term: RandomTerm) -> int:
    """Blocks that a parenthesis makes: with a double bar one for each effect."""
    return 1 if term.correlated else len(term.terms) + term.intercept


def _rest(term: RandomTerm, kept: Sequence[int]) -> RandomTerm:
    """A parenthesis with some of its blocks."""
    if len(kept) == _n_blocks(term):
        return term
    places = range(int(term.intercept), int(term.intercept) + len(term.terms))
    terms = [t for i, t in zip(places, term.terms, strict=True) if i in kept]
    return replace(term, intercept=term.intercept and 0 in kept, terms=tuple(terms))


def with_columns(design: Design, kept: Sequence[int]) -> Design:
    """Keep some columns of X.

    Parameters
    ----------
    design : Design
        Not modified.
    kept : sequence of int
        Positions of the columns, increasing.

    Returns
    -------
    Design
        For estimation: what it says of its terms, and its encoder of new rows, are
        those of the whole model.
    """
    X = design.matrix
    matrix = ModelMatrix(tuple(X.columns[place] for place in kept), X.n_rows)
    has_intercept = design.has_intercept and 0 in kept
    return replace(
        design,
        written=replace(design.written, intercept=has_intercept),
        matrix=matrix,
        terms=tuple(design.terms[place] for place in kept),
        blocks=tuple(_among(block, matrix, kept) for block in design.blocks),
    )


def _among(block: RandomBlock, X: ModelMatrix, kept: Sequence[int]) -> RandomBlock:
    """A block whose columns are columns of X where X still has them."""
    if block.places is None:
        return block
    if set(block.places) <= set(kept):
        places = tuple(list(kept).index(place) for place in block.places)
        return replace(block, matrix=X, places=places)
    own = ModelMatrix(block.columns, X.n_rows)
    return replace(block, matrix=own, places=None)
