"""Hypotheses about whole terms: contrasts of types I, II and III.

Type I asks what a term adds to those before it, type II to all that do not contain it:
rows of R in X = Q R, in either order of the columns, scaled to a diagonal of one.

Type III asks about averages over the levels of all other factors, each combination of
levels counted once however often it was seen, so that neither the coding nor the
numbers of rows matter. In the estimable functions

    l'b = c'beta    for the model with a column b for each level,   l = E'c,

a term's own rows of E are made orthogonal to those of the terms that contain it
(Goodnight 1980, Comm. Stat. A 9, 167; so do SAS and lmerTest). With all combinations
seen that is the same as the term's coefficients when every factor sums to zero; where
some are missing, it is what of this can still be estimated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.arrays import FloatArray
    from engine.fitting.crossproducts import CrossProducts
    from engine.model.codings import CodedPart, CodedTerm

ROUNDING = 1e-9
"""Of numbers about one in estimable functions."""


def term_contrasts(
    terms: Sequence[CodedTerm], products: CrossProducts, kind: int
) -> dict[str, FloatArray]:
    """Contrasts of each term but the intercept.

    Parameters
    ----------
    terms : sequence of CodedTerm
    products : CrossProducts
        For R, and the columns that cannot be estimated.
    kind : {1, 2, 3}

    Returns
    -------
    dict of str to ndarray of shape (q, p)
        By the term's name: weights of all columns of X, zero for those that cannot be
        estimated; no rows where the whole term cannot.
    """
    make = {1: _sequential, 2: _marginal, 3: _averaged}[kind]
    made = make(terms, _Places(terms, products))
    p = sum(len(term.columns) for term in terms)
    result: dict[str, FloatArray] = {}
    for name, contrasts in made.items():
        whole = np.zeros((len(contrasts), p))
        whole[:, list(products.kept)] = contrasts
        result[name] = whole
    return result


class _Places:
    """Where terms stand among the columns that can be estimated.

    Parameters
    ----------
    terms : sequence of CodedTerm
    products : CrossProducts
    """

    def __init__(self, terms: Sequence[CodedTerm], products: CrossProducts) -> None:
        self.R = products.R
        self.kept = products.kept
        self.dependencies: Mapping[int, FloatArray] = products.dependencies
        place = {column: i for i, column in enumerate(products.kept)}
        self._own = {
            term.name: [place[c] for c in term.columns if c in place] for term in terms
        }

    def of(self, *terms: CodedTerm) -> list[int]:
        """Kept columns of some terms."""
        return [place for term in terms for place in self._own[term.name]]


def _sequential(terms: Sequence[CodedTerm], places: _Places) -> dict[str, FloatArray]:
    """Type I."""
    rows = places.R / np.diag(places.R)[:, None]
    return {term.name: rows[places.of(term)] for term in _effects(terms)}


def _marginal(terms: Sequence[CodedTerm], places: _Places) -> dict[str, FloatArray]:
    """Type II; the coefficients themselves where no term contains this one."""
    p = len(places.R)
    result: dict[str, FloatArray] = {}
    for term in _effects(terms):
        own = places.of(term)
        after = places.of(*_containing(term, terms))
        if not after:
            result[term.name] = np.eye(p)[own]
            continue
        before = [i for i in range(p) if i not in {*own, *after}]
        order = [*before, *own, *after]
        R = np.linalg.qr(places.R[:, order]).R
        rows = np.zeros((p, p))
        rows[:, order] = R / np.diag(R)[:, None]
        result[term.name] = rows[len(before) : len(before) + len(own)]
    return result


def _averaged(terms: Sequence[CodedTerm], places: _Places) -> dict[str, FloatArray]:
    """Type III."""
    p = len(places.R)
    result: dict[str, FloatArray] = {}
    if not _effects(terms):
        return result
    E, owner = estimable_functions(terms, places.kept, places.dependencies)
    number = {term.name: i for i, term in enumerate(terms)}
    for term in _effects(terms):
        own = places.of(term)
        contrasts = np.eye(p)[own]
        touched = {
            int(i) for i in owner[(np.abs(E[own]) > ROUNDING).any(axis=0)].tolist()
        }
        others = _containing(term, terms)
        # without an intercept other main effects stand at their reference level
        others += [
            other
            for other in terms
            if other.term
            and other not in (term, *others)
            and number[other.name] in touched
        ]
        after = places.of(*others)
        if own and after:
            taken = np.linalg.lstsq(E[after].T, E[own].T, rcond=None)[0]
            contrasts[:, after] = -taken.T
        contrasts[np.abs(contrasts) < ROUNDING] = 0.0
        result[term.name] = contrasts
    return result


def _effects(terms: Sequence[CodedTerm]) -> list[CodedTerm]:
    """All terms but the intercept."""
    return [term for term in terms if term.term]


def _containing(term: CodedTerm, terms: Sequence[CodedTerm]) -> list[CodedTerm]:
    """Terms that let this effect vary among further levels."""
    return [other for other in terms if term.is_contained_in(other)]


def estimable_functions(
    terms: Sequence[CodedTerm],
    kept: Sequence[int],
    dependencies: Mapping[int, FloatArray],
) -> tuple[FloatArray, FloatArray]:
    """What each coefficient says of the model with a column for each level.

    X_full = X G for every row that could be, where X_full has a column for each
    combination of levels of each term; G follows from the cross-products over a table
    in which all combinations occur once. Columns that were not kept are combinations
    of the kept ones, X = X_kept [I D].

    Parameters
    ----------
    terms : sequence of CodedTerm
    kept : sequence of int
        Columns of X that can be estimated.
    dependencies : mapping of int to ndarray
        The others, as combinations of the kept ones.

    Returns
    -------
    E : ndarray of shape (n_kept, n_full)
        [I D] G: beta_i estimates E[i] b.
    owner : ndarray of shape (n_full,)
        For each column of X_full, the position of its term.
    """
    coded = [(term, part) for term in terms for part in term.parts]
    full = [(term, term.whole) for term in terms]
    among = np.block([[_table_products(a, b) for b in coded] for a in coded])
    with_full = np.block([[_table_products(a, b) for b in full] for a in coded])
    G = np.linalg.lstsq(among, with_full, rcond=None)[0]
    to_kept = np.zeros((len(kept), len(G)))
    to_kept[range(len(kept)), list(kept)] = 1.0
    for column, weights in dependencies.items():
        to_kept[:, column] = weights
    sizes = [term.whole.n_columns for term in terms]
    return to_kept @ G, np.repeat(np.arange(len(terms)), sizes)


def _table_products(
    left: tuple[CodedTerm, CodedPart], right: tuple[CodedTerm, CodedPart]
) -> FloatArray:
    """Mean products of two parts' columns over a table with all combinations once."""
    (one, a), (other, b) = left, right
    shape = a.n_columns, b.n_columns
    if one.numbers != other.numbers:
        return np.zeros(shape)
    result = np.ones(shape)
    first = {factor.key: factor for factor in a.factors}
    second = {factor.key: factor for factor in b.factors}
    for key in first.keys() | second.keys():
        if key not in second:
            result *= first[key].coding.mean(axis=0)[a.indices[key]][:, None]
        elif key not in first:
            result *= second[key].coding.mean(axis=0)[b.indices[key]]
        else:
            factor = first[key]
            products = factor.coding.T @ second[key].coding
            if factor.is_categorical:
                products /= len(factor.coding)
            result *= products[np.ix_(a.indices[key], b.indices[key])]
    return result
