"""Other starts, where one optimum need not be the only one; none for the usual fit.

Of thousands of random designs, those with several optima had one of these marks:

- a variance is (nearly) lost and another block could take its place, or the data say
  little of blocks of the same grouping;
- a random column is nearly a multiple of what X or another block has already, such as
  a covariate far from zero: a large variance then does what a small one does elsewhere;
- a perfect correlation where the data say little;
- an effect that varies together with others and has no mean, as X lacks it: groups
  that are all alike in it then look like a perfect correlation;
- three or more correlated columns, nearly singular or with little to tell them apart:
  correlations can have other signs;
- so few rows that a handful of values decide, or a direction that hardly curves.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from engine.fitting.core_matrices import Parts
from engine.fitting.start import column_products
from engine.model.covariance import lower_factor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrays import FloatArray
    from engine.fitting.blocks import Block
    from engine.fitting.crossproducts import CrossProducts
    from engine.fitting.newton import Path
    from engine.fitting.second_order import SecondOrder

    Columns = list[tuple[FloatArray, FloatArray]]

FEW_ROWS = 40
"""Up to so many rows, all starts are tried but for a single plain variance."""
LARGE, HEAVY, LIGHT = 10.0, 3.0, 0.1
"""Relative standard deviations of contrasting starts."""
LARGEST = 1e4
HIDDEN = 0.3
"""Length of a column's new part, relative to the column, below which it is hidden."""
MOSTLY_FIXED = 0.5
"""Share of a random column that X must have, or its effects have no mean."""
NO_NEW_PART = 1e-5
"""The same below which there is none, and no other optimum because of it."""
NEARLY_LOST = 0.03
"""Relative standard deviation of a direction that might as well be zero."""
NEARLY_PERFECT = 1e-3
"""Smallest eigenvalue of a block's correlations that might as well be zero."""
WEAK = 10.0
"""Curvature of a relative change below which the data say little of some direction:
half the logarithm of a standard deviation is then a standard error."""
NEARLY_FLAT = 0.5
"""The same below which all starts are tried: a factor of seven is a standard error."""
SHRUNK = 1e-2
"""Share to which the standard deviation of a direction is shrunk."""
TWO_COLUMNS = 2
MANY_COLUMNS, TOO_MANY_COLUMNS = 3, 4
"""Columns of a block with several patterns of signs, and with too many to try all."""
COSTLY_CORE = 500
"""Columns of a core in one piece beyond which other starts take too long."""


def other_starts(
    products: CrossProducts, path: Path, second: SecondOrder
) -> list[FloatArray]:
    """Choose starts from which another optimum might be found.

    Parameters
    ----------
    products : CrossProducts
    path : Path
        The optimum found from the first start.
    second : SecondOrder
        The exact curvature there.

    Returns
    -------
    list of ndarray of shape (n_theta,)
        None where experience knows of no second optimum, the optimum is a valley, or
        each step is costly.
    """
    is_in_parts = isinstance(products.core_parts, Parts)
    is_costly = not is_in_parts and len(products.core_ZQy) > COSTLY_CORE
    if is_costly or path.is_flat:
        return []
    is_thin = not path.is_stationary or _is_nearly_lost(path.blocks)
    columns = column_products(products)
    hidden = _hidden(products, columns)
    is_plain = len(path.theta) == 1 and hidden == 1.0
    weakest = second.curvatures.min(initial=np.inf)
    is_small = (products.n <= FEW_ROWS or weakest < NEARLY_FLAT) and not is_plain
    starts: list[FloatArray] = []
    if hidden < HIDDEN:
        size = min(max(LARGE, 1 / hidden), LARGEST)
        starts.append(_all(products, size))
    is_shared = any(len(factor.blocks) > 1 for factor in products.factors)
    if is_small or (is_thin and len(path.blocks) > 1):
        starts += _contrasting(products, path.blocks)
    elif is_shared and weakest < WEAK and not starts:  # a large one asks the same
        least = min(path.blocks, key=lambda block: block.values[0])
        starts.append(_heavy(products, least))
    if is_small:
        starts += _without_each_column(products, path)
    if _has_no_mean(products, columns):
        starts += _other_signs(products, path, fewest=TWO_COLUMNS)
    elif is_thin or is_small or weakest < WEAK:
        starts += _other_signs(products, path)
    if is_thin and weakest < WEAK:
        starts += _uncorrelated(products, path)
    return starts


def _is_nearly_lost(blocks: tuple[Block, ...]) -> bool:
    """Whether a variance is nearly zero or a correlation nearly perfect."""
    for block in blocks:
        if block.values[-1] < NEARLY_LOST**2:
            return True
        Sigma = block.vectors * block.values @ block.vectors.T
        sd = np.sqrt(np.diag(Sigma))
        if np.linalg.eigvalsh(Sigma / np.outer(sd, sd))[0] < NEARLY_PERFECT:
            return True
    return False


def _all(products: CrossProducts, size: float) -> FloatArray:
    """All random columns vary much, and none with another."""
    return products.layout.theta([size * np.eye(k) for k in products.layout.sizes])


def _contrasting(
    products: CrossProducts, blocks: tuple[Block, ...]
) -> Iterator[FloatArray]:
    """All blocks, or each in turn, explain most of what varies.

    With a double bar and a covariate far from zero, large variances of baseline and
    slope can cancel where the data are: an optimum that small starts do not see.
    """
    yield _all(products, LARGE)
    for block in blocks:
        yield _heavy(products, block)


def _heavy(products: CrossProducts, block: Block) -> FloatArray:
    """One block explains most of what varies."""
    lambdas = [LIGHT * np.eye(k) for k in products.layout.sizes]
    lambdas[block.factor][block.columns, block.columns] *= HEAVY / LIGHT
    return products.layout.theta(lambdas)


def _without_each_column(products: CrossProducts, path: Path) -> Iterator[FloatArray]:
    """The optimum with one random column after the other not varying."""
    for t, k in enumerate(products.layout.sizes):
        for column in range(k):
            lambdas = [np.array(x) for x in path.evaluation.lambdas]
            lambdas[t][column] = 0.0
            yield products.layout.theta(lambdas)


def _uncorrelated(products: CrossProducts, path: Path) -> Iterator[FloatArray]:
    """The variances found, without the correlations of a block that lost a direction.

    Where the data say little, a perfect correlation and a moderate one may both be
    optima.
    """
    for block in path.lost:
        root = np.diag(np.sqrt(np.diag(path.evaluation.V.sigmas[block.factor])))
        lambdas = [np.array(x) for x in path.evaluation.lambdas]
        own = root[block.columns, block.columns]
        lambdas[block.factor][block.columns, block.columns] = own
        if own.any():
            yield products.layout.theta(lambdas)


def _other_signs(
    products: CrossProducts, path: Path, fewest: int = MANY_COLUMNS
) -> Iterator[FloatArray]:
    """All signs of perfect correlations, and one direction lost after the other.

    Among three columns or more, correlations of other signs can be another optimum,
    and among two where one has no mean.
    """
    for block in path.blocks:
        k = len(block.values)
        if not fewest <= k <= TOO_MANY_COLUMNS:
            continue
        root = block.vectors * np.sqrt(block.values)
        size = np.linalg.norm(root, axis=1)
        roots = [
            (np.array([1.0, *signs]) * size)[:, None]
            for signs in product((1.0, -1.0), repeat=k - 1)
        ]
        for lost in range(block.n_kept):
            shrunk = root.copy()
            shrunk[:, lost] *= SHRUNK
            roots.append(shrunk)
        for other in roots:
            lambdas = [np.array(x) for x in path.evaluation.lambdas]
            lambdas[block.factor][block.columns, block.columns] = lower_factor(other)
            yield products.layout.theta(lambdas)


def _has_no_mean(products: CrossProducts, columns: Columns) -> bool:
    """Whether an effect that varies with others is zero on average, as X lacks it."""
    found = zip(products.factors, columns, strict=True)
    for factor, (own, fixed) in found:
        shares = (fixed**2).sum(axis=1) / np.diag(own)
        for block in factor.blocks:
            width = block.stop - block.start
            if width >= TWO_COLUMNS and shares[block].min() < MOSTLY_FIXED:
                return True
    return False


def _hidden(products: CrossProducts, columns: Columns) -> float:
    """Length of the new part of the random column that hides most of it; or one.

    New is what neither X, nor a column of its basis, nor another block of the same
    factor has: a covariate far from zero is nearly the baseline's constant.
    """
    smallest = 1.0
    found = zip(products.factors, columns, strict=True)
    for factor, (own, fixed) in found:
        square = np.diag(own)
        shares = fixed**2 / square[:, None]
        known = [shares.sum(axis=1), shares.max(axis=1, initial=0.0)]
        for block in factor.blocks:
            cosines = own[:, block] ** 2 / np.outer(square, square[block])
            cosines[block] = 0.0  # in its own block a column is no rival
            known.append(cosines.max(axis=1))
        new = np.sqrt(np.maximum(1.0 - np.array(known), 0.0))
        smallest = min(smallest, new[new > NO_NEW_PART].min(initial=1.0))
    return smallest
