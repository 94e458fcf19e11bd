"""A large sparse core, eliminated layer by layer of columns that do not meet.

Columns of S that share no entry can be eliminated at once, by arrays: each leaves

    S_RR - sum_e S_Re S_eR / s_ee

on the rest, with new entries only among the neighbours of one column. Layers of such
*independent sets*, few neighbours first, are taken off until the rest is small or full,
and that is one dense matrix. Going back gives the inverse wherever the layers have
entries, and so wherever S has any (Takahashi's recursion; Erisman and Tinney 1975,
Communications of the ACM 18, 177):

    Z_Re = -Z_RR t      Z_ee = 1 / s_ee - t'Z_Re      t = S_Re / s_ee

where only such elements of Z_RR are read as belong to two neighbours of e.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

from engine.fitting.pairs import pairs_within
from engine.fitting.panels import cholesky_factor, inverse_from_factor
from engine.progress import breathe

if TYPE_CHECKING:
    from engine.arrays import AnyArray, BoolArray, FloatArray, IntArray

FEW_COLUMNS = 200
"""Of the rest, which is dense from there on."""
FULL = 0.1
"""Share of its entries from which the rest is dense."""
MOST_PAIRS = 30_000_000
"""In all layers, 12 bytes each; what is left then is dense."""
CROWDED = 2.0
"""Columns with so many times more neighbours than the median wait for a later layer."""
ROUNDS = 4
"""In which an independent set is made larger."""
PLANNING = "Ordering levels"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one independent set leaves to the rest; entries are below the diagonal.

    Attributes
    ----------
    own, rest : ndarray of int
        Columns that are eliminated, and all others.
    at_own, at_links, at_rest : ndarray of int
        Positions, among the entries before, of the diagonal of `own`, of the links
        between both, column by column of `own`, and of the entries within `rest`.
    starts, columns : ndarray of int
        Where the links of each of `own` begin, and the neighbour of each in `rest`.
    first, second : ndarray of int, shape (n_pairs,)
        Positions, among the links, of all pairs of links of one column.
    place : ndarray of int, shape (n_pairs,)
        Positions of these pairs among the entries after.
    to_rest : ndarray of int
        Positions of `at_rest` among the entries after.
    n_after : int
        Entries after.
    """

    own: IntArray
    rest: IntArray
    at_own: IntArray
    at_links: IntArray
    at_rest: IntArray
    starts: IntArray
    columns: IntArray
    first: AnyArray
    second: AnyArray
    place: AnyArray
    to_rest: IntArray
    n_after: int

    def matrix(self, links: FloatArray) -> sparse.csr_array:
        """The links as rows of `own` and columns of `rest`."""
        shape = (len(self.own), len(self.rest))
        return sparse.csr_array((links, self.columns, self.starts), shape=shape)


@dataclass(frozen=True, slots=True)
class Elimination:
    """How a matrix of one pattern is eliminated.

    Attributes
    ----------
    q : int
        Its columns.
    rows, columns : ndarray of int
        Its entries on and below the diagonal, by rows.
    layers : tuple of Layer
    last_rows, last_columns : ndarray of int
        Entries of the rest, which is dense.
    n_last : int
        Columns of the rest.
    """

    q: int
    rows: IntArray
    columns: IntArray
    layers: tuple[Layer, ...]
    last_rows: IntArray
    last_columns: IntArray
    n_last: int

    @property
    def n_pairs(self) -> int:
        """Pairs of links in all layers."""
        return sum(len(layer.place) for layer in self.layers)

    @property
    def n_numbers(self) -> int:
        """Numbers of a matrix of this pattern."""
        return 2 * len(self.rows)


def plan_elimination(pattern: sparse.csr_array) -> Elimination:
    """Find the layers of a symmetric pattern.

    Parameters
    ----------
    pattern : sparse array of shape (q, q)
        Its entries count, not their values; the diagonal is always there.

    Returns
    -------
    Elimination
    """
    q = pattern.shape[0]
    entries = sparse.tril(pattern, k=-1).tocoo()
    keys = _united(
        entries.row.astype(np.int64) * q + entries.col,
        np.arange(q, dtype=np.int64) * (q + 1),
    )
    layers: list[Layer] = []
    n, n_pairs = q, 0
    rows, columns = np.divmod(keys, q)
    first_rows, first_columns = rows, columns
    while n > FEW_COLUMNS and len(keys) < FULL * n * n / 2:
        breathe(PLANNING, q - n, q)
        chosen, degree = _independent(n, rows, columns)
        n_pairs += int((degree[chosen] * (degree[chosen] + 1) // 2).sum())
        if n_pairs > MOST_PAIRS:
            break
        layer, keys = _layer(n, rows, columns, chosen)
        layers.append(layer)
        n = len(layer.rest)
        rows, columns = np.divmod(keys, max(n, 1))
    return Elimination(q, first_rows, first_columns, tuple(layers), rows, columns, n)


def _united(one: IntArray, other: IntArray) -> IntArray:
    """Numbers of either, increasing, each once."""
    return np.unique(np.concatenate([one, other]))


def _independent(
    n: int, rows: IntArray, columns: IntArray
) -> tuple[BoolArray, IntArray]:
    """Columns with few neighbours of which no two are neighbours; all degrees."""
    is_link = rows != columns
    one = np.concatenate([rows[is_link], columns[is_link]])
    other = np.concatenate([columns[is_link], rows[is_link]])
    degree = np.bincount(one, minlength=n)
    order = np.random.default_rng(0).permutation(n)  # ties would leave few minima
    rank = degree.astype(np.int64) * n + order
    limit = max(CROWDED * float(np.median(degree)), 4.0)
    chosen = np.zeros(n, dtype=bool)
    is_free = degree <= limit
    for _ in range(ROUNDS):
        least = np.full(n, np.iinfo(np.int64).max)
        both = is_free[one] & is_free[other]
        np.minimum.at(least, one[both], rank[other[both]])
        new = is_free & (rank < least)
        chosen |= new
        is_free &= ~new
        is_free[other[new[one]]] = False
    return chosen, degree


def _layer(
    n: int, rows: IntArray, columns: IntArray, chosen: BoolArray
) -> tuple[Layer, IntArray]:
    """Eliminate the columns chosen; also the entries that are left, as keys."""
    own, rest = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    place = np.empty(n, dtype=np.intp)
    place[own], place[rest] = np.arange(len(own)), np.arange(len(rest))
    of_row, of_column = chosen[rows], chosen[columns]
    at_own = np.flatnonzero(of_row & of_column)  # by rows: in the order of `own`
    links = np.flatnonzero(of_row != of_column)
    ends = rows[links], columns[links]
    is_row = chosen[ends[0]]
    inner = place[np.where(is_row, *ends)]
    outer = place[np.where(is_row, ends[1], ends[0])]
    order = np.lexsort((outer, inner))
    inner, outer, links = inner[order], outer[order], links[order]
    starts = np.searchsorted(inner, np.arange(len(own) + 1))
    times, second = pairs_within(starts)
    first = np.repeat(np.arange(len(links)), times)
    n_rest = max(len(rest), 1)
    pairs = outer[first] * n_rest + outer[second]
    at_rest = np.flatnonzero(~of_row & ~of_column)
    kept = place[rows[at_rest]] * n_rest + place[columns[at_rest]]
    keys = _united(kept, pairs)
    layer = Layer(
        own=own,
        rest=rest,
        at_own=at_own,
        at_links=links,
        at_rest=at_rest,
        starts=starts,
        columns=outer,
        first=first.astype(np.int32),
        second=second.astype(np.int32),
        place=np.searchsorted(keys, pairs).astype(np.int32),
        to_rest=np.searchsorted(keys, kept),
        n_after=len(keys),
    )
    return layer, keys


class Eliminated:
    """A positive definite matrix, factored layer by layer.

    Parameters
    ----------
    plan : Elimination
    S : sparse array of shape (q, q)
        Symmetric, with entries of the pattern only.

    Attributes
    ----------
    log_det : float
        log |S|.

    Raises
    ------
    numpy.linalg.LinAlgError
        If it is not positive definite.
    """

    def __init__(self, plan: Elimination, S: sparse.csr_array) -> None:
        self._plan = plan
        values = _entries(plan, S)
        self._diagonals: list[FloatArray] = []
        self._links: list[FloatArray] = []
        self.log_det = 0.0
        for layer in plan.layers:
            diagonal, links = values[layer.at_own], values[layer.at_links]
            if not (diagonal > 0).all():
                raise np.linalg.LinAlgError("the matrix is not positive definite")
            self.log_det += float(np.log(diagonal).sum())
            t = links / np.repeat(diagonal, np.diff(layer.starts))
            taken = t[layer.first] * links[layer.second]
            after = -_sums(layer.place, taken, layer.n_after)
            after[layer.to_rest] += values[layer.at_rest]
            self._diagonals.append(diagonal)
            self._links.append(t)
            values = after
        last = np.zeros((plan.n_last, plan.n_last), order="F")
        last[plan.last_rows, plan.last_columns] = values
        self._last = cholesky_factor(last) if plan.n_last else last
        self.log_det += 2.0 * float(np.log(self._last.diagonal()).sum())

    def solve(self, right: FloatArray) -> FloatArray:
        """S^-1 times vectors of shape (q, m)."""
        plan = self._plan
        halves: list[FloatArray] = []
        matrices = [
            layer.matrix(t) for layer, t in zip(plan.layers, self._links, strict=True)
        ]
        for layer, matrix in zip(plan.layers, matrices, strict=True):
            halves.append(right[layer.own])
            right = right[layer.rest] - matrix.T @ halves[-1]
        if plan.n_last:
            right = lapack.dpotrs(self._last, right, lower=1)[0]
        for i in reversed(range(len(matrices))):
            layer = plan.layers[i]
            solved = np.empty((len(layer.own) + len(layer.rest), right.shape[1]))
            own = halves[i] / self._diagonals[i][:, None]
            solved[layer.own] = own - matrices[i] @ right
            solved[layer.rest] = right
            right = solved
        return right

    def selected_inverse(self) -> sparse.csr_array:
        """S^-1 where the pattern has entries, and nothing elsewhere."""
        plan = self._plan
        inverse = self._last
        if plan.n_last:
            inverse = inverse_from_factor(self._last.copy(order="F"))
        values: FloatArray = inverse[plan.last_rows, plan.last_columns]
        for i in reversed(range(len(plan.layers))):
            layer, t = plan.layers[i], self._links[i]
            first, second = layer.first, layer.second
            of_pair, n = values[layer.place], len(t)
            sums = _sums(first, of_pair * t[second], n)
            of_pair[first == second] = 0.0
            sums += _sums(second, of_pair * t[first], n)
            own = np.repeat(np.arange(len(layer.own)), np.diff(layer.starts))
            before = np.empty(len(layer.at_own) + n + len(layer.at_rest))
            before[layer.at_links] = -sums
            before[layer.at_own] = 1.0 / self._diagonals[i]
            before[layer.at_own] += _sums(own, t * sums, len(layer.own))
            before[layer.at_rest] = values[layer.to_rest]
            values = before
        lower = sparse.coo_array((values, (plan.rows, plan.columns)), (plan.q, plan.q))
        whole = lower + sparse.tril(lower, k=-1).T
        return sparse.csr_array(whole)


def _sums(places: AnyArray, values: FloatArray, n: int) -> FloatArray:
    """Sums of values at each of n places."""
    return np.bincount(places, weights=values, minlength=n).astype(float, copy=False)


def _entries(plan: Elimination, S: sparse.csr_array) -> FloatArray:
    """Values of S on and below its diagonal at the plan's entries."""
    own = sparse.tril(S).tocoo()
    keys = plan.rows * plan.q + plan.columns
    asked = own.row.astype(np.int64) * plan.q + own.col
    at = np.searchsorted(keys, asked)
    if not np.array_equal(np.take(keys, at, mode="clip"), asked):
        raise ValueError("the matrix has entries that its plan does not know")
    values: FloatArray = np.zeros(len(keys))
    values[at] = own.data
    return values
