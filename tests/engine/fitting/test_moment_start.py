"""The start solves the moment equations: in balanced data that is the optimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from engine.fitting import core_matrices
from engine.fitting.crossproducts import reduce_rows
from engine.fitting.newton import Minimiser
from engine.fitting.start import LARGEST_RATIO, NOTABLE_RATIO, SAFE, moment_start
from engine.model.formula import parse_formula
from engine.model.matrices import build_design
from engine.progress import ignore
from tests.shared_data import shared_folder

if TYPE_CHECKING:
    from engine.arrays import FloatArray
    from engine.model.design import Design

BALANCED = {
    "sleepstudy": "Reaction ~ Days + (Days | Subject)",
    "penicillin": "diameter ~ 1 + (1 | plate) + (1 | sample)",
    "pastes": "strength ~ 1 + (1 | batch/cask)",
}
FORMULAS = [
    "y ~ x + (1 | lake)",
    "y ~ x + (x | lake)",
    "y ~ x + (x || lake)",
    "y ~ x + (1 | lake) + (1 | year)",
    "y ~ x + (x | lake) + (x | year)",
    "y ~ x + (1 | lake) + (x || year) + (1 | observer)",
]


def uneven() -> pd.DataFrame:
    """An unbalanced frame in which every random effect is large."""
    rng = np.random.default_rng(5)
    n = 600
    lake, year, observer = rng.integers(0, (30, 12, 8), (n, 3)).T
    x = rng.normal(1, 2, n)
    y = rng.normal(0, 1, n) + x
    for code, levels in ((lake, 30), (year, 12), (observer, 8)):
        effects = rng.normal(0, 1.5, (levels, 2))[code]
        y += effects[:, 0] + effects[:, 1] * x
    codes = {"lake": lake, "year": year, "observer": observer}
    texts = {name: [f"{name}{c}" for c in code] for name, code in codes.items()}
    return pd.DataFrame({"y": y, "x": x, **texts})


def designed(formula: str, frame: pd.DataFrame) -> Design:
    """The matrices of a formula."""
    return build_design(parse_formula(formula, tuple(frame.columns)), frame)


def dense_solution(design: Design) -> list[FloatArray]:
    """The moment equations with matrices over all rows; Sigma of each block."""
    n = len(design.y)
    X = design.X
    M = np.eye(n) - X @ np.linalg.pinv(X)
    V, places = [np.eye(n)], []
    for b, block in enumerate(design.blocks):
        same = np.equal.outer(block.grouping.codes, block.grouping.codes)
        for i in range(len(block.terms)):
            for j in range(i + 1):
                own = np.outer(block.Z[:, i], block.Z[:, j])
                V.append(same * (own if i == j else own + own.T))
                places.append((b, i, j))
    projected = [M @ v @ M for v in V]
    matrix = [[np.vdot(left, right) for right in V] for left in projected]
    forms = [design.y @ own @ design.y for own in projected]
    solved = np.linalg.solve(matrix, forms)
    sigmas = [np.zeros((len(b.terms),) * 2) for b in design.blocks]
    for (b, i, j), value in zip(places, solved[1:] / solved[0], strict=True):
        sigmas[b][i, j] = sigmas[b][j, i] = value
    return sigmas


def is_free(Sigma: FloatArray) -> bool:
    """Whether a covariance is far from where the start would hold it back."""
    variances = np.diag(Sigma)
    if (variances < NOTABLE_RATIO).any() or (variances > LARGEST_RATIO).any():
        return False
    sd = np.sqrt(variances)
    return bool(np.linalg.eigvalsh(Sigma / np.outer(sd, sd))[0] > SAFE)


@pytest.mark.parametrize("parts", [False, True], ids=["dense", "parts and border"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_that_the_start_solves_the_equations_written_out(formula, parts, monkeypatch):
    if parts:
        monkeypatch.setattr(core_matrices, "FEWEST_COLUMNS", 0)
    design = designed(formula, uneven())
    products = reduce_rows(design)
    lambdas = products.layout.lambdas(moment_start(products))
    wanted, compared = dense_solution(design), 0
    for factor, Lambda in zip(products.factors, lambdas, strict=True):
        blocks = zip(
            factor.blocks, factor.block_indices, factor.transforms, strict=True
        )
        for columns, index, T in blocks:
            whole = T @ wanted[index] @ T.T
            if not is_free(whole):
                continue
            compared += 1
            root = Lambda[columns, columns]
            np.testing.assert_allclose(root @ root.T, whole, rtol=1e-8)
    assert compared


@pytest.mark.parametrize("name", BALANCED)
def test_that_balanced_data_start_at_the_optimum(name):
    frame = pd.read_csv(shared_folder() / "reference" / "data" / f"{name}.csv")
    products = reduce_rows(designed(BALANCED[name], frame))
    minimiser = Minimiser(products, is_reml=True, report=ignore)
    path = minimiser.minimise(moment_start(products))
    assert path.n_evaluations == 1
    assert path.decrement < 1e-20


def test_that_a_random_column_that_the_fixed_part_has_is_no_trouble():
    """Nothing is left of it in the residuals: its equation says nothing."""
    frame = uneven()
    products = reduce_rows(designed("y ~ lake + (1 | lake) + (1 | year)", frame))
    assert np.isfinite(moment_start(products)).all()
