from __future__ import annotations

import numpy as np
import pytest

from engine.model.spec import NoPooling
from engine.reporting.matrix_picture import MatrixPicture
from engine.reporting.matrix_pictures import matrix_pictures
from engine.reporting.matrix_words import matrix_words
from engine.workflow import fit
from tests.engine.reporting.models import (
    EVERY_KIND,
    every_kind,
    fish,
    fitted,
    singular,
    unpooled,
    with_lost_rows,
)

EVERYTHING = 10_000


@pytest.mark.parametrize("name", EVERY_KIND)
@pytest.mark.parametrize("most", [1, 7, 48, EVERYTHING])
def test_that_every_model_can_be_drawn_at_any_size(name: str, most: int) -> None:
    model = every_kind()[name]
    pictures = matrix_pictures(model, most, most)
    own = [p for p in (pictures.X, pictures.Z, pictures.V) if p is not None]
    assert (pictures.Z is not None) == model.is_mixed
    for picture in own:
        rows, columns = picture.values.shape
        assert rows == len(picture.row_labels) == len(pictures.rows)
        assert 1 <= rows <= most
        assert columns == len(picture.column_labels) <= most
        assert np.isfinite(picture.values).all()
        assert np.abs(picture.values).max(initial=0.0) <= 1.0
        assert picture.is_sampled == (
            (rows, columns) != (picture.n_rows, picture.n_columns)
        )
        with pytest.raises(ValueError, match="read-only"):
            picture.values[...] = 0.0


def test_that_whole_matrices_are_those_of_the_model() -> None:
    model = fitted("mass ~ length + (length | lake) + (1 | year)")
    pictures = matrix_pictures(model, EVERYTHING, EVERYTHING)
    order = np.array(pictures.rows)
    X = model.design.X[order]
    np.testing.assert_allclose(pictures.X.values, X / np.abs(X).max(axis=0))
    assert sorted(pictures.rows) == list(range(model.n_rows))

    Z = whole(pictures.Z)
    variances, scale = [], []
    for index in model.estimates.block_order:
        block, own = model.design.blocks[index], model.estimates.blocks[index]
        n_levels = len(block.grouping.levels)
        variances += [own.covariance] * n_levels
        scale += [*np.abs(block.Z).max(axis=0)] * n_levels
    Z = Z * scale
    V = Z @ block_diagonal(variances) @ Z.T + model.sigma**2 * np.eye(model.n_rows)
    sd = np.sqrt(np.diag(V))
    np.testing.assert_allclose(pictures.V.values, V / np.outer(sd, sd), atol=1e-12)


def whole(picture: MatrixPicture | None) -> np.ndarray:
    assert picture is not None
    assert not picture.is_sampled
    return picture.values


def block_diagonal(blocks: list[np.ndarray]) -> np.ndarray:
    size = sum(map(len, blocks))
    result, start = np.zeros((size, size)), 0
    for block in blocks:
        end = start + len(block)
        result[start:end, start:end] = block
        start = end
    return result


def test_that_rows_of_a_group_stand_together_in_a_staircase() -> None:
    Z = whole(matrix_pictures(fitted("mass ~ length + (1 | lake)"), EVERYTHING).Z)
    level = Z.argmax(axis=1)
    assert (np.diff(level) >= 0).all()
    assert set(np.unique(Z)) == {0.0, 1.0}
    assert (Z.sum(axis=1) == 1).all()


def test_that_columns_are_called_by_level_and_effect() -> None:
    pictures = matrix_pictures(fitted("mass ~ length + (length | lake)"), EVERYTHING)
    assert pictures.X.column_labels == ("Intercept", "length")
    assert pictures.Z is not None
    assert pictures.Z.column_labels[:4] == ("L01", "L01, length", "L02", "L02, length")


def test_that_a_column_that_was_left_out_is_said_to_be() -> None:
    labels = matrix_pictures(with_lost_rows()).X.column_labels
    assert labels == ("Intercept", "length", "twice (left out)")


def test_that_rows_are_labelled_as_in_the_data() -> None:
    model = with_lost_rows()
    pictures = matrix_pictures(model, EVERYTHING)
    assert set(map(int, pictures.X.row_labels)) == set(model.design.rows)


def test_that_independent_rows_have_no_correlations() -> None:
    for model in (unpooled(NoPooling.SEPARATE), fitted("mass ~ length"), singular()):
        values = matrix_pictures(model).V.values
        np.testing.assert_array_equal(values, np.eye(len(values)))


def test_that_a_sample_of_many_groups_still_shows_blocks() -> None:
    frame = fish(n=4000)
    frame["lake"] = [f"L{i % 600}" for i in range(len(frame))]
    pictures = matrix_pictures(fit("mass ~ length + (1 | lake)", frame))
    V = pictures.V.values
    assert V.shape == (48, 48)
    assert (V > 0).sum() > 3 * len(V)
    assert pictures.Z is not None
    assert pictures.Z.size == "4000 × 600, of which 48 × 12 are shown"
    assert (pictures.Z.values.sum(axis=1) == 1).all()


def test_that_weights_make_precise_rows_more_alike() -> None:
    frame = fish()
    weights = np.where(frame["length"] > 4, 100.0, 1.0)
    model = fit("mass ~ length + (1 | lake)", frame, weights=weights)
    pictures = matrix_pictures(model, EVERYTHING)
    precise = weights[list(pictures.rows)] > 1
    same = whole(pictures.Z) @ whole(pictures.Z).T == 1
    np.fill_diagonal(same, val=False)
    V = pictures.V.values
    assert V[same & np.outer(precise, precise)].min() > (
        V[same & np.outer(~precise, ~precise)].max()
    )


def test_that_crossed_rows_are_sorted_by_the_grouping_of_the_sentence() -> None:
    model = fitted("mass ~ length + (1 | lake) + (1 | year)")
    lakes = model.design.frame["lake"].iloc[list(matrix_pictures(model).rows)]
    assert list(lakes) == sorted(lakes)


def test_that_rows_of_inner_groups_are_sorted_within_the_outer_ones() -> None:
    frame = fish()
    frame["net"] = frame["net"] + frame["lake"]  # N0L01, N0L02 ...: not in their order
    model = fit("mass ~ length + (1 | net) + (1 | lake)", frame)
    lakes = model.design.frame["lake"].iloc[list(matrix_pictures(model).rows)]
    assert list(lakes) == sorted(lakes)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_g_and_r_make_v(kind) -> None:
    model = every_kind()[kind]
    pictures = matrix_pictures(model, 1000, 1000)
    n = model.n_rows
    covariance = pictures.R.values * pictures.R.scales[0]
    if pictures.Z is not None and pictures.G is not None:
        z = pictures.Z.values * np.array(pictures.Z.scales)
        covariance = covariance + z @ (pictures.G.values * pictures.G.scales[0]) @ z.T
    sd = np.sqrt(np.diag(covariance))
    sd = np.where(sd > 0, sd, 1.0)
    off = ~np.eye(n, dtype=bool)
    correlations = covariance / np.outer(sd, sd)
    np.testing.assert_allclose(pictures.V.values[off], correlations[off], atol=1e-9)


def test_that_shades_run_from_minus_one_over_none_to_one() -> None:
    values = np.array([[-1.0, 0.0], [1e-9, 1.0]])
    made = MatrixPicture("X", values, ("1", "2"), ("a", "b"), 2, 2, (2.0, 3.0))
    shades = list(made.shades)
    assert (shades[0], shades[1], shades[3]) == (0, 127, 254)
    assert shades[2] > 127
    assert made.cell_words(0, 0) == "row 1, a: −2.000"
    assert made.cell_words(1, 1) == "row 2, b: 3.000"


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_that_every_cell_has_words_and_the_matrices_have_sentences(kind) -> None:
    model = every_kind()[kind]
    pictures = matrix_pictures(model, 12, 12)
    for own in (pictures.X, pictures.Z, pictures.G, pictures.R, pictures.V):
        if own is not None:
            assert len(own.shades) == own.values.size
            for row, column in np.ndindex(*own.values.shape):
                assert ": " in own.cell_words(row, column)
    words = matrix_words(model, pictures)
    assert all(words) or not pictures.X.n_columns
    assert ("Z has" in words[0]) == model.is_mixed
