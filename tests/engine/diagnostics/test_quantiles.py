"""The band of normal-quantile plots, exact and interpolated."""

import numpy as np
import pytest

from engine.diagnostics import quantiles
from engine.diagnostics.quantiles import MANY, simultaneous_band


@pytest.mark.parametrize("n", [MANY + 1, 20_000])
def test_that_the_band_of_many_values_is_as_good_as_exact(n, monkeypatch):
    lower, upper = simultaneous_band(n)
    monkeypatch.setattr(quantiles, "MANY", n)
    exact_lower, exact_upper = simultaneous_band(n)
    width = exact_upper - exact_lower
    assert np.max(np.abs(lower - exact_lower) / width) < 1e-5
    assert np.max(np.abs(upper - exact_upper) / width) < 1e-5


@pytest.mark.parametrize("n", [1, 2, 57, MANY, 200_000])
def test_that_the_band_rises_and_is_its_own_mirror_image(n):
    lower, upper = simultaneous_band(n)
    assert len(lower) == len(upper) == n
    assert np.all(np.diff(lower) > 0)
    assert np.array_equal(upper, -lower[::-1])
    assert np.all(lower < upper)


def test_that_no_values_have_no_band():
    assert [len(part) for part in simultaneous_band(0)] == [0, 0]
