"""Fits in which no group differs: all variances are zero at the optimum."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import engine
from engine.fitting.certificate import Verdict
from tests.engine.simulated import STRUCTURES, lakes


def alike() -> pd.DataFrame:
    """Lakes, years and nets whose baselines and slopes are all the same."""
    frame = lakes()
    groups = pd.get_dummies(
        frame[["lake", "year"]].astype(str).assign(net=frame["lake"] + frame["net"])
    ).to_numpy(float)
    x, z = frame[["x"]].to_numpy(), frame[["z"]].to_numpy()
    taken = np.column_stack([groups, groups * x, groups * z])
    effects = np.linalg.lstsq(taken, frame["y"], rcond=None)[0]
    return frame.assign(y=frame["y"] - taken @ effects + 2 + 1.5 * frame["x"])


@pytest.mark.parametrize("estimation", ["REML", "ML"])
@pytest.mark.parametrize(
    "formula", [f for name, f in STRUCTURES.items() if name != "no fixed part"]
)
def test_that_groups_that_are_alike_leave_the_results_of_least_squares(
    formula, estimation
):
    frame = alike()
    model = engine.fit(formula, frame, estimation=estimation)
    assert model.convergence.verdict is Verdict.ZERO_VARIANCE
    assert model.is_singular
    assert not model.theta.any()
    fixed = formula[: formula.index(" + (")]
    plain = engine.fit(fixed, frame, estimation=estimation)
    assert model.criterion == pytest.approx(plain.criterion, rel=1e-12)
    ours, theirs = model.coefficients, plain.coefficients
    np.testing.assert_allclose(
        ours["estimate"], theirs["estimate"], rtol=1e-9, atol=1e-14
    )
    shrunk = np.sqrt((len(frame) - len(ours)) / len(frame))
    errors = theirs["std_error"] * (shrunk if estimation == "ML" else 1.0)
    np.testing.assert_allclose(ours["std_error"], errors, rtol=1e-9)
    assert np.isfinite(ours["df"]).all()
    for effects in (*model.group_effects.values(), *model.group_effects_sd.values()):
        assert not effects.to_numpy().any()
    predicted = model.predict(frame, kind="group")
    np.testing.assert_allclose(predicted["estimate"], model.fitted, rtol=1e-10)
