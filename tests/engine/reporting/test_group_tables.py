from __future__ import annotations

import numpy as np
import pytest

from engine.model.spec import ModelSpec, NoPooling, RandomTerm
from engine.reporting.tables import result_tables
from engine.workflow import fit
from tests.engine.reporting.models import cells, fish, fitted, table, unpooled


def test_that_group_estimates_are_the_models_own_numbers() -> None:
    model = fitted("mass ~ length + (length | lake)")
    frame = table(model, "group_estimates_lake").frame
    effects, errors = model.group_effects["lake"], model.group_effects_sd["lake"]
    own = model.group_coefficients["lake"]
    assert frame["Level"].tolist() == effects.index.tolist()
    assert frame["Rows"].sum() == model.n_rows
    for what, term in (("Baseline", "Intercept"), ("Effect of length", "length")):
        np.testing.assert_array_equal(frame[f"{what}: deviation"], effects[term])
        np.testing.assert_array_equal(frame[f"{what}: SD of deviation"], errors[term])
        np.testing.assert_array_equal(frame[f"{what}: in this group"], own[term])


def test_that_rows_per_level_are_counted() -> None:
    frame = table(fitted("mass ~ length + (1 | lake)"), "group_estimates_lake").frame
    expected = fish()["lake"].value_counts().sort_index()
    assert frame["Rows"].tolist() == expected.tolist()


def test_that_a_term_outside_the_fixed_part_has_a_deviation_only() -> None:
    frame = table(
        fitted("mass ~ length + (0 + food | lake)"), "group_estimates_lake"
    ).frame
    assert not [name for name in frame if "in this group" in name]
    assert "Baseline of food: algae: deviation" in frame


def test_that_every_grouping_has_a_table() -> None:
    model = fitted("mass ~ length + (1 | lake / net)")
    names = [own.name for own in result_tables(model) if own.name.startswith("group")]
    assert names == ["group_estimates_lake_net", "group_estimates_lake"]


def test_that_a_term_that_varies_twice_has_two_columns() -> None:
    model = fit("mass ~ length + (1 | lake) + (1 + length | lake)", fish())
    frame = table(model, "group_estimates_lake").frame
    assert "Baseline (again): deviation" in frame


@pytest.mark.parametrize("way", [NoPooling.SLOPES, NoPooling.INTERCEPTS])
def test_that_levels_that_are_not_pooled_have_their_estimates(way: NoPooling) -> None:
    model = unpooled(way)
    frame = table(model, "group_estimates_lake").frame
    own = model.group_coefficients["lake"]
    np.testing.assert_array_equal(frame["Baseline"], own["Intercept"])
    if way is NoPooling.SLOPES:
        np.testing.assert_array_equal(frame["Effect of length"], own["length"])
        errors = model.coefficients["std_error"].filter(like=":length")
        np.testing.assert_array_equal(frame["Effect of length: SE"], errors)


def test_that_means_are_called_means() -> None:
    frame = table(unpooled(NoPooling.MEANS), "group_estimates_lake").frame
    expected = fish().groupby("lake")["mass"].mean()
    np.testing.assert_allclose(frame["Mean"], expected)


def test_that_separate_regressions_have_their_own_residual_sd() -> None:
    model = unpooled(NoPooling.SEPARATE)
    frame = table(model, "separate_regressions_lake").frame
    np.testing.assert_array_equal(frame["Residual SD"], model.estimates.sigma_by_group)
    one = fish()[fish()["lake"] == "L03"]
    alone = fit("mass ~ length", one)
    row = frame[frame["Level"] == "L03"].iloc[0]
    np.testing.assert_allclose(
        [row["Baseline"], row["Effect of length"], row["Effect of length: SE"]],
        [*alone.estimates.beta, alone.coefficients["std_error"].iloc[1]],
    )
    assert row["Residual SD"] == pytest.approx(alone.sigma)


def test_that_a_level_with_too_few_rows_has_no_sd_and_no_likelihood() -> None:
    frame = fish()
    keep = (frame["lake"] != "L01") | (np.cumsum(frame["lake"] == "L01") <= 2)
    spec = ModelSpec(
        "mass", (("length",),), grouping="lake", no_pooling=NoPooling.SEPARATE
    )
    model = fit(spec, frame[keep])
    own = table(model, "separate_regressions_lake")
    assert own.texts()[0][3] == own.texts()[0][5] == own.texts()[0][6] == ""
    assert "not defined" in cells(model, "fit_indices", "Value")
    assert "no likelihood" in table(model, "fit_indices").foot[0]


def test_that_a_mixed_model_can_leave_another_grouping_unpooled() -> None:
    spec = ModelSpec(
        "mass",
        (("length",),),
        random=(RandomTerm(("year",)),),
        grouping="lake",
        no_pooling=NoPooling.INTERCEPTS,
    )
    names = [own.name for own in result_tables(fit(spec, fish()))]
    assert "group_estimates_year" in names
    assert "group_estimates_lake" in names


@pytest.mark.parametrize("way", [NoPooling.SLOPES, NoPooling.SEPARATE])
@pytest.mark.parametrize("grouping", ["lake", "year", "an odd [name]:"])
def test_that_curves_of_levels_that_are_not_pooled_are_in_their_table(
    way: NoPooling, grouping: str
) -> None:
    frame = fish().assign(**{"an odd [name]:": "[" + fish()["lake"] + "]:[1]"})
    curve = ("poly(length, 2)",)
    spec = ModelSpec("mass", (curve,), grouping=grouping, no_pooling=way)
    model = fit(spec, frame)
    kinds = ("group_estimates", "separate_regressions")
    (own,) = (t.frame for t in result_tables(model) if t.name.startswith(kinds))
    for part in ("poly(length, 2)[1]", "poly(length, 2)[2]"):
        numbers = model.coefficients.filter(like=part, axis=0)
        assert len(numbers) == len(own)
        np.testing.assert_array_equal(own[f"Effect of {part}"], numbers["estimate"])
        np.testing.assert_array_equal(
            own[f"Effect of {part}: SE"], numbers["std_error"]
        )


def test_that_a_curve_that_all_levels_share_is_in_none_of_theirs() -> None:
    spec = ModelSpec(
        "mass",
        (("poly(length, 2)",),),
        grouping="lake",
        no_pooling=NoPooling.INTERCEPTS,
    )
    own = table(fit(spec, fish()), "group_estimates_lake")
    assert not [name for name in own.frame if "poly" in name]
    assert any("all share" in line for line in own.foot)
