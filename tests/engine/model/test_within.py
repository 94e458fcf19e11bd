"""Which effects no group shows: against the ranks of each group's own rows."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.scan import guessed_kinds, scan_design
from engine.model import within
from engine.model.choices import varying_choices
from engine.model.formula import parse_formula
from engine.model.sentence import read_sentence
from engine.model.within import unseen_effects

OFFERED = {
    ("x",): [{"x": 1}],
    ("z",): [{"z": 1}],
    ("poly(z, 2)",): [{"z": 2}],
    ("x", "z"): [{"x": 1, "z": 1}],
    ("x", "f"): [{"x": 1, "f_b": 1}, {"x": 1, "f_c": 1}],
    ("f",): [{"f_b": 1}, {"f_c": 1}],
}
"""What a term is made of: powers of columns."""


def below(powers):
    """All products that one contains, without itself."""
    steps = [range(n + 1) for n in powers.values()]
    return [
        dict(zip(powers, step, strict=True))
        for step in product(*steps)
        if step != tuple(powers.values())
    ]


def value(rows, powers):
    result = np.ones(len(rows))
    for name, power in powers.items():
        own = rows[name[0]] == name[-1] if "_" in name else rows[name]
        result = result * own.to_numpy(float) ** power
    return result


def rank(columns):
    return np.linalg.matrix_rank(np.column_stack(columns), tol=1e-9)


def is_seen(frame, term, varying):
    """Whether some group's own rows tell a term from its parts and the others."""
    tops = OFFERED[term]
    beside = [powers for top in tops for powers in below(top)]
    for other in varying:
        for top in OFFERED[other]:
            beside += [*below(top), top]
    everything = [value(frame, own) for own in [{}, *beside, *tops]]
    needed, most = rank(everything), frame["g"].value_counts().max()
    if most < needed:
        return True  # left open
    for _, rows in frame.groupby("g"):
        known = [np.ones(len(rows)), *(value(rows, own) for own in beside)]
        if rank([*known, *(value(rows, top) for top in tops)]) > rank(known):
            return True
    return False


def varies(frame, term):
    """Whether each column of a term has two values in some group."""
    names = {name[0] for top in OFFERED[term] for name in top}
    return all((frame.groupby("g")[name].nunique() > 1).any() for name in names)


def shapes(term):
    return {name.removeprefix("poly(")[0] for name in term}


@st.composite
def designs(draw):
    n = draw(st.integers(4, 14))
    numbers = st.lists(st.integers(0, 2), min_size=n, max_size=n)
    frame = pd.DataFrame({name: draw(numbers) for name in "xz"}, dtype=float)
    frame["f"] = ["abc"[i] for i in draw(numbers)]
    frame["g"] = [f"g{i}" for i in draw(numbers)]
    frame["y"] = np.arange(n, dtype=float)
    if draw(st.booleans()):  # the same within groups
        frame["x"] = frame["g"].str[1:].astype(float)
    for name in "xzf":
        needed = 3 if name == "z" else 2
        if frame[name].nunique() < needed:
            frame.loc[: needed - 1, name] = (
                ["a", "b", "c"][:needed] if name == "f" else range(needed)
            )
    return frame


@settings(max_examples=40)
@given(frame=designs(), picked=st.sets(st.sampled_from(sorted(OFFERED)), max_size=2))
def test_that_an_effect_is_seen_where_a_groups_rows_have_the_rank(frame, picked):
    frame["f"] = pd.Categorical(frame["f"], list("abc"))
    if frame["f"].nunique() < 3:
        frame.loc[[0, 1, 2], "f"] = ["a", "b", "c"]
    varying = [term for term in sorted(picked) if term != ("poly(z, 2)",)]
    inside = " + ".join(["1", *(":".join(term) for term in varying)])
    spec = parse_formula(f"y ~ x*z + poly(z, 2) + f*x + ({inside} | g)", tuple(frame))
    unseen = {frozenset(one.term) for one in unseen_effects(spec, frame)}
    for term in OFFERED:
        others = [own for own in varying if not shapes(term) <= shapes(own)]
        is_found = frozenset(term) in unseen
        if not varies(frame, term):
            assert is_found
            continue
        is_right = is_seen(frame, term, []) and is_seen(frame, term, others)
        assert is_found != is_right, term


def animals(n=12):
    """Animals of either sex, weighed in the same two weeks on two diets."""
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "animal": np.repeat([f"A{k}" for k in range(n)], 4),
            "sex": np.repeat(["f", "m"], 2 * n),
            "week": np.tile([1.0, 1.0, 3.0, 3.0], n),
            "day": np.tile([7.0, 7.0, 21.0, 21.0], n),
            "diet": np.tile(["a", "b"], 2 * n),
            "age": rng.normal(size=4 * n),
            "mass": rng.normal(size=4 * n),
        }
    )


def unseen(formula, frame=None):
    frame = animals() if frame is None else frame
    spec = parse_formula(formula, tuple(frame))
    return {one.term: one for one in unseen_effects(spec, frame)}


def offered(formula):
    frame = animals()
    spec = parse_formula(formula, tuple(frame))
    clause = read_sentence(spec).main
    kinds, scan = guessed_kinds(frame), scan_design(frame)
    found = unseen_effects(spec, frame)
    return {own.value: own for own in varying_choices(spec, clause, scan, kinds, found)}


def test_that_an_interaction_needs_each_of_its_columns_to_vary_within_groups():
    found = unseen("mass ~ week * sex + age * diet + (week | animal)")
    assert set(found) == {("sex",), ("week", "sex")}
    assert found["week", "sex"].constant == ("sex",)


def test_that_a_curve_needs_three_values_within_a_group():
    found = unseen("mass ~ poly(week, 2) + poly(age, 2) + (1 | animal)")
    assert set(found) == {("poly(week, 2)",)}
    assert found["poly(week, 2)",].most_values == 2
    own = offered("mass ~ age + poly(week, 2) + (age | animal)")["poly(week, 2)",]
    assert own.why_not == (
        "No animal has more than 2 different values of week: a curve that differs "
        "among animals needs 3."
    )


def test_that_of_two_effects_that_move_together_within_groups_one_can_vary():
    frame = animals()
    frame["day"] += np.repeat(np.arange(12.0), 4)  # other days, as far apart
    assert unseen("mass ~ week + day + (1 | animal)", frame) == {}
    found = unseen("mass ~ week + day + age + (week + age | animal)", frame)
    assert list(found) == [("day",)]
    assert found["day",].follows == (("week",),)
    both = unseen("mass ~ week + day + (week + day | animal)", frame)
    assert set(both) == {("week",), ("day",)}


def test_that_a_box_says_from_what_its_effect_follows():
    found = offered("mass ~ week + I(3 * week) + age + (week | animal)")
    assert found["I(3 * week)",].why_not == (
        "Within each animal, I(3 * week) follows from week, whose effect varies "
        "already."
    )
    assert found["week",].is_possible
    assert found["age",].is_possible


def test_that_an_interaction_may_follow_from_its_parts_alone():
    frame = animals()
    frame["late"] = (frame["week"] > 2).map({True: "late", False: "early"})
    found = unseen("mass ~ week * late + (1 | animal)", frame)
    assert found["week", "late"].is_of_parts


@pytest.mark.parametrize("first", [1, 8, 10_000])
def test_that_few_rows_are_enough_to_see_but_never_to_deny(monkeypatch, first):
    monkeypatch.setattr(within, "_ROWS_AT_FIRST", first)
    frame = animals()
    frame["seen"] = np.where(frame.index == 47, 1.0, 0.0)  # in the last animal alone
    found = unseen("mass ~ seen + sex + week + (1 | animal)", frame)
    assert set(found) == {("sex",)}


@pytest.mark.parametrize(
    "formula",
    ["mass ~ log(age) + (1 | animal)", "mass ~ nothing + (1 | animal)", "mass ~ week"],
)
def test_that_of_what_cannot_be_computed_nothing_is_said(formula):
    assert unseen_effects(parse_formula(formula), animals()) == ()


def test_that_terms_in_any_order_have_the_same_answer():
    for one, other in combinations(["week", "sex", "age"], 2):
        first = unseen(f"mass ~ {one} * {other} + (1 | animal)")
        second = unseen(f"mass ~ {other} * {one} + (1 | animal)")
        assert {frozenset(t) for t in first} == {frozenset(t) for t in second}
