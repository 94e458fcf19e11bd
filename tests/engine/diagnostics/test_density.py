from __future__ import annotations

import numpy as np
import pytest

import engine
from engine.diagnostics.density import (
    MANY,
    bin_levels,
    bin_points,
    density_by_level,
    density_of,
)
from engine.diagnostics.groups import qq_group_effects, residuals_by_group
from engine.diagnostics.picture import picture
from engine.diagnostics.residuals import qq_residuals, residuals_fitted
from engine.model.spec import ModelSpec
from tests.engine.simulated import lakes


def test_that_every_point_is_counted_once_where_it_is():
    x, y = np.array([0.0, 0.1, 9.9, 10.0]), np.array([0.0, 0.0, 4.0, 5.0])
    found = bin_points(x, y, (0.0, 10.0), (0.0, 5.0), 10, 5)
    assert found.counts.sum() == 4
    assert found.counts[0, 0] == 2
    assert found.counts[4, 9] == 2


def test_that_only_points_without_neighbours_are_singles():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 20_000))
    x[7], y[7] = 9.0, 9.0
    found = bin_points(x, y, (-9.0, 9.0), (-9.0, 9.0))
    assert 7 in found.singles
    middle = np.flatnonzero(np.hypot(x, y) < 0.5)
    assert not set(middle) & set(found.singles)


def test_that_levels_are_no_neighbours_of_each_other():
    positions = np.array([0] * 50 + [1])
    y = np.append(np.full(50, 0.5), 0.5)
    found = bin_levels(positions, y, 2, (0.0, 1.0))
    assert found.counts.shape[1] == 2
    assert found.singles.tolist() == [50]


def test_that_where_nearly_all_lie_alone_nobody_is_an_outlier():
    x, y = np.random.default_rng(2).uniform(size=(2, 6_000))
    found = bin_points(x, y, (0.0, 1.0), (0.0, 1.0), 800, 500)
    assert len(found.singles) == 0


def test_that_a_constant_has_its_place_in_the_middle():
    found = bin_points(np.ones(9), np.ones(9), (1.0, 1.0), (1.0, 1.0), 5, 3)
    assert found.counts[1, 2] == 9


@pytest.mark.parametrize("worst", [None, np.nan, np.inf])
def test_that_only_many_finite_points_need_a_density(worst):
    x = np.linspace(0, 1, MANY + 1)
    assert density_of(x[:-1], x[:-1]) is None
    assert density_by_level(np.zeros(MANY, int), x[:-1], 1) is None
    if worst is not None:
        x[5] = worst
    assert (density_of(x, x) is None) == (worst is not None)


def test_that_rows_know_their_group_and_their_fit_in_every_plot():
    frame = lakes()
    model = engine.fit("y ~ x + (1 | lake)", frame)
    strip = picture(engine.fit("y ~ 1 + (1 | lake)", frame))
    every = [picture(model), strip, qq_residuals(model), residuals_fitted(model)]
    every += residuals_by_group(model)
    own = frame["lake"].astype(str)
    for data in every:
        groups = data.row_levels
        assert groups.name == "lake"
        assert list(groups.levels) == sorted(own.unique())
        names = [groups.level_of(i) for i in range(len(groups))]
        assert names == own.loc[data.labels].tolist()
    for data in (every[0], every[3], every[4]):
        expected = model.residuals.loc[data.labels]
        np.testing.assert_allclose(data.raw_residuals, expected)
        np.testing.assert_allclose(data.fitted, model.fitted.loc[data.labels])


def test_that_the_points_of_group_effects_are_their_own_groups():
    (data,) = qq_group_effects(engine.fit("y ~ x + (1 | lake)", lakes()))
    names = [data.row_levels.level_of(i) for i in range(len(data.labels))]
    assert names == list(data.labels)


def test_that_without_groups_rows_have_none():
    model = engine.fit(ModelSpec("y", (("x",),)), lakes())
    assert picture(model).row_levels is None
    assert qq_residuals(model).row_levels is None
