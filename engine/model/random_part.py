"""Z by correlated block, and what of the random part the rows leave out.

A grouping with one level, or with a level for each row, has no spread that could be
estimated: its variance stands beside the fixed part or the residual variance, whatever
its size. Effects that need as many random effects as there are rows give way from the
last one on. The rest is fitted, and what is left out is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted, verb
from engine.errors import DesignError
from engine.model.columns import listed, readable
from engine.model.design import LeftOut, RandomBlock
from engine.model.encoding import encode, plain_encoder
from engine.model.levels import Grouping, make_grouping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from engine.arrays import FloatArray
    from engine.model.encoding import Encoder
    from engine.model.model_matrix import ModelMatrix
    from engine.model.preparation import Preparation
    from engine.model.spec import ModelSpec, RandomTerm, Term

_ROWS_AT_FIRST = 1000
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class RandomPart:
    """The random part that is fitted.

    Attributes
    ----------
    terms : tuple of RandomTerm
        What is fitted of the parentheses.
    blocks : tuple of RandomBlock
        In their order; a double bar makes a block of each of its terms.
    places : tuple of int
        For each block, the place of its parenthesis in the model as asked for.
    left_out : tuple of LeftOut
        What is not fitted.
    """

    terms: tuple[RandomTerm, ...]
    blocks: tuple[RandomBlock, ...]
    places: tuple[int, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not fitted, and what is fitted though no group shows it."""
        unseen = (note for block in self.blocks for note in _unseen_effects(block))
        left_out = (one.note for one in self.left_out)
        return (*left_out, *_crowded(self.blocks), *unseen)


def random_part(
    spec: ModelSpec,
    used: pd.DataFrame,
    preparation: Preparation,
    X: ModelMatrix,
    encoder: Encoder,
) -> RandomPart:
    """Make the blocks of Z that the rows can support.

    Parameters
    ----------
    spec : ModelSpec
    used : DataFrame
        Rows without missing cells.
    preparation : Preparation
    X : ModelMatrix
        The fixed part of the same rows.
    encoder : Encoder
        Of its columns.

    Returns
    -------
    RandomPart

    Raises
    ------
    DesignError
        If nothing would be left of the model.
    """
    groupings: dict[tuple[str, ...], Grouping] = {}
    terms: list[RandomTerm] = []
    blocks: list[RandomBlock] = []
    places: list[int] = []
    left_out: list[LeftOut] = []
    for place, asked in enumerate(spec.random):
        if asked.group not in groupings:
            groupings[asked.group] = make_grouping(used, asked.group)
        grouping = groupings[asked.group]
        why = _without_spread(grouping)
        if why is not None:
            left_out.append(LeftOut(place, asked, None, *why))
            continue
        own = _blocks(asked, grouping, used, preparation, X, encoder)
        others = (*spec.random[:place], *spec.random[place + 1 :])
        rest = _supported(asked, own, others)
        if rest is None or rest != asked:
            left_out.append(LeftOut(place, asked, rest, *_too_many(asked, own)))
        if rest is None:
            continue
        if rest != asked:
            own = _blocks(rest, grouping, used, preparation, X, encoder)
        terms.append(rest)
        blocks += own
        places += [place] * len(own)
    if not X.columns and left_out and not blocks:
        raise DesignError(f"{left_out[0].reason}.", left_out[0].remedy)
    return RandomPart(tuple(terms), tuple(blocks), tuple(places), tuple(left_out))


def _blocks(
    term: RandomTerm,
    grouping: Grouping,
    used: pd.DataFrame,
    preparation: Preparation,
    X: ModelMatrix,
    of_X: Encoder,
) -> list[RandomBlock]:
    """Make the columns of a parenthesis, or find them among those of X."""
    blocks = []
    for intercept, terms in _parts(term):
        plain = plain_encoder(terms, preparation, intercept=intercept)
        places = None if plain is None else plain.places_in(of_X)
        if plain is None or places is None:
            Z, encoder = encode(used, terms, preparation, intercept=intercept)
            blocks.append(RandomBlock(grouping, encoder.names, Z, None, encoder))
        else:
            blocks.append(RandomBlock(grouping, plain.names, X, places, plain))
    return blocks


def _parts(term: RandomTerm) -> list[tuple[bool, tuple[Term, ...]]]:
    """Split `(1 + x || g)` into `(1 | g) + (0 + x | g)`, as lme4 does."""
    if term.correlated:
        return [(term.intercept, term.terms)]
    parts: list[tuple[bool, tuple[Term, ...]]] = [(False, (t,)) for t in term.terms]
    return [(True, ()), *parts] if term.intercept else parts


def _without_spread(grouping: Grouping) -> tuple[str, str] | None:
    """Say why nothing can be seen to vary among levels, and the remedy."""
    name, n_levels, n = grouping.name, len(grouping.levels), len(grouping.codes)
    if n_levels == 1:
        return (
            f"'{name}' has only one level among the rows used "
            f"({listed(grouping.levels)}), so its variation cannot be estimated",
            f"Remove '{name}' from the model, or add data from more levels.",
        )
    if n_levels >= n:
        return (
            f"Every level of '{name}' has a single row, so its variation cannot be "
            "told from the residual variation",
            f"Choose a grouping with several rows per level instead of '{name}'.",
        )
    return None


def _supported(
    term: RandomTerm, blocks: list[RandomBlock], others: Iterable[RandomTerm]
) -> RandomTerm | None:
    """Take effects away, from the last on, until there are more rows than effects.

    The baseline varies where nothing else is left, unless it does so elsewhere.
    """
    gone: set[Term] = set()
    for block in blocks:
        n, width = len(block.grouping.codes), len(block.terms)
        n_levels = len(block.grouping.levels)
        columns = block.encoder.term_columns[-len(block.encoder.terms) :]
        effects = zip(block.encoder.terms, columns, strict=False)
        for effect, own in reversed([*effects]):
            if n_levels * width >= n:
                gone.add(effect)
                width -= len(own)
    if not gone:
        return term
    left = tuple(effect for effect in term.terms if effect not in gone)
    is_there = any(o.intercept and {*o.group} == {*term.group} for o in others)
    if not left and is_there:
        return None
    return replace(term, terms=left, intercept=term.intercept or not left)


def _too_many(asked: RandomTerm, blocks: list[RandomBlock]) -> tuple[str, str]:
    """Say that there are as many random effects as rows, and the remedy."""
    grouping, width = blocks[0].grouping, max(len(block.terms) for block in blocks)
    n = len(grouping.codes)
    n_levels = len(grouping.levels)
    return (
        f"{asked} needs {counted(width, 'random effect')} for each of "
        f"{counted(n_levels, 'level')} of '{grouping.name}', "
        f"{counted(width * n_levels, 'random effect')} together, and there "
        f"{verb(n)} {counted(n, 'row')}",
        "Let fewer effects vary, or collect more rows per level.",
    )


def _crowded(blocks: tuple[RandomBlock, ...]) -> Iterator[str]:
    """Warn of random terms that the rows support singly, but not well together."""
    together = sum(len(b.grouping.levels) * len(b.terms) for b in blocks)
    if blocks and together >= (n := len(blocks[0].grouping.codes)):
        yield (
            f"The random terms have {counted(together, 'random effect')} together, and "
            f"there {verb(n)} {counted(n, 'row')}: what is residual variation may be "
            "impossible to tell. If the residual SD comes out near zero, let fewer "
            "effects vary."
        )


def _unseen_effects(block: RandomBlock) -> Iterator[str]:
    """Name the effects whose columns are the same in all rows of each group.

    They are fitted: baselines whose variance changes with a column are a model, and
    where the rows do not tell its parts apart, the certificate says so.
    """
    name, encoder = block.grouping.name, block.encoder
    columns = encoder.term_columns[-len(encoder.terms) :]
    for term, places in zip(encoder.terms, columns, strict=False):
        own = [block.columns[place] for place in places]
        if all(_is_constant_within(column, block.grouping) for column in own):
            text = ":".join(map(readable, term))
            yield (
                f"'{text}' is the same in all rows of every level of '{name}', so "
                "that no level shows an effect of its own: what is given as the "
                f"variance of this effect says how the levels' variation changes with "
                f"'{text}'. Usually the baseline alone should vary."
            )


def _is_constant_within(column: FloatArray, grouping: Grouping) -> bool:
    """Whether each level has one value; a few rows nearly always show that not."""
    n, step = len(column), _ROWS_AT_FIRST
    for rows in (slice(0, step), slice(0, n)):
        values, codes = column[rows], grouping.codes[rows]
        first = np.empty(len(grouping.levels))
        first[codes[::-1]] = values[::-1]  # of several values the last one stays
        size = np.abs(values).max(initial=0.0)
        if np.abs(values - first[codes]).max(initial=0.0) > _ROUNDING * size:
            return False
    return True
