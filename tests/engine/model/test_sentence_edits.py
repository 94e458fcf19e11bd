from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import FormulaError
from engine.model.formula import parse_formula
from engine.model.language.rewriting import polynomial, renamed_expression
from engine.model.sentence import read_sentence
from engine.model.sentence_edits import (
    renamed,
    used_columns,
    with_covariate,
    with_degree,
    with_further_grouping,
    with_grouping,
    with_interaction,
    with_pooling,
    with_response,
    with_varying,
    without_columns,
    without_further,
    without_term,
)
from engine.model.spec import INTERCEPT, ModelSpec, NoPooling, Pooling, RandomTerm

if TYPE_CHECKING:
    from collections.abc import Callable

SLOPES = parse_formula("mass ~ length * food + (length | lake) + (1 | year)")


def text(formula: str, edit: Callable[[ModelSpec], ModelSpec]) -> str:
    return str(edit(parse_formula(formula)))


# ---- the fixed part -----------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("width", "width ~ length + food + length:food + (length | lake) + (1 | year)"),
        ("length", "length ~ food + (1 | lake) + (1 | year)"),
        ("lake", "lake ~ length + food + length:food + (1 | year)"),
        ("mass", str(SLOPES)),
        ("a b", "`a b` ~ length + food + length:food + (length | lake) + (1 | year)"),
    ],
)
def test_that_a_new_response_goes_from_elsewhere(column: str, expected: str) -> None:
    assert str(with_response(SLOPES, column)) == expected


def test_that_a_covariate_is_added_once() -> None:
    once = with_covariate(SLOPES, "lake area")
    assert ("`lake area`",) in once.fixed
    assert with_covariate(once, "lake area") == once
    assert with_covariate(SLOPES, "mass") == SLOPES
    bent = parse_formula("y ~ poly(x, 2)")
    assert with_covariate(bent, "x") == bent
    # the logarithm is another covariate
    assert text("y ~ log(x)", lambda s: with_covariate(s, "x")) == "y ~ log(x) + x"


def test_that_a_term_takes_its_interactions_and_slopes_along() -> None:
    rest = without_term(SLOPES, ("length",))
    assert str(rest) == "mass ~ food + (1 | lake) + (1 | year)"
    rest = without_term(SLOPES, ("food", "length"))
    assert str(rest) == "mass ~ length + food + (length | lake) + (1 | year)"


def test_that_the_grouping_stays_when_its_last_slope_goes() -> None:
    spec = parse_formula("y ~ x + (0 + x | lake)")
    rest = without_term(spec, ("x",))
    assert str(rest) == "y ~ 1"
    assert rest.grouping == "lake"
    assert rest.pooling is Pooling.COMPLETE


def test_that_the_last_term_leaves_an_intercept() -> None:
    assert text("y ~ 0 + x + (1 | g)", lambda s: without_term(s, ("x",))) == (
        "y ~ 1 + (1 | g)"
    )


def test_that_an_interaction_keeps_main_effects() -> None:
    spec = parse_formula("y ~ a + (1 | g)")
    both = with_interaction(spec, ("a",), ("b",))
    assert str(both) == "y ~ a + b + a:b + (1 | g)"
    assert with_interaction(both, ("b",), ("a",)) == both


@pytest.mark.parametrize(
    ("formula", "degree", "expected"),
    [
        (
            "y ~ x + f + x:f + (x | g)",
            2,
            "y ~ poly(x, 2) + f + poly(x, 2):f + (x | g)",
        ),
        (
            "y ~ poly(x, 2) + f + f:x + (x | g)",
            3,
            "y ~ poly(x, 3) + f + f:poly(x, 3) + (x | g)",
        ),
        (
            "y ~ poly(x, 2) + f + poly(x, 2):f + (poly(x, 2) | g)",
            1,
            "y ~ x + f + x:f + (x | g)",
        ),
        (
            "y ~ poly(x, 3) + (x + poly(x, 3) | g)",
            2,
            "y ~ poly(x, 2) + (x + poly(x, 2) | g)",
        ),
        ("y ~ poly(x, 3) + (poly(x, 2) | g)", 1, "y ~ x + (x | g)"),
        ("y ~ z + (x | g)", 2, "y ~ z + (x | g)"),
    ],
)
def test_that_a_degree_bends_the_common_line_and_never_those_of_groups(
    formula: str, degree: int, expected: str
) -> None:
    assert text(formula, lambda spec: with_degree(spec, "x", degree)) == expected


@pytest.mark.parametrize(
    ("formula", "term", "expected"),
    [
        ("y ~ poly(x, 2) + f + (x | g)", ("poly(x, 2)",), "y ~ f + (1 | g)"),
        ("y ~ x + f + (poly(x, 2) | g)", ("x",), "y ~ f + (1 | g)"),
        ("y ~ poly(x, 2) + f + x:f + (1 | g)", ("poly(x, 2)",), "y ~ f + (1 | g)"),
        # another term still has the line that varies
        ("y ~ x + poly(x, 2) + (x | g)", ("poly(x, 2)",), "y ~ x + (x | g)"),
        ("y ~ x + log(x) + (x | g)", ("log(x)",), "y ~ x + (x | g)"),
        (
            "y ~ x * f + (poly(x, 2):f + x | g)",
            ("x", "f"),
            "y ~ x + f + (x | g)",
        ),
    ],
)
def test_that_a_curve_goes_with_the_lines_that_vary_around_it(
    formula: str, term: tuple[str, ...], expected: str
) -> None:
    assert text(formula, lambda spec: without_term(spec, term)) == expected


def test_that_a_line_or_a_curve_varies_and_not_both() -> None:
    spec = parse_formula("y ~ poly(x, 2) + (x | g)")
    curve, line = ("poly(x, 2)",), ("x",)
    bent = with_varying(spec, 0, baseline=True, terms=[line, curve])
    assert str(bent) == "y ~ poly(x, 2) + (poly(x, 2) | g)"
    straight = with_varying(bent, 0, baseline=True, terms=[line, curve])
    assert str(straight) == str(spec)
    new = with_varying(spec, ("h",), baseline=True, terms=[line, curve])
    assert str(new) == "y ~ poly(x, 2) + (x | g) + (poly(x, 2) | h)"
    assert str(with_varying(spec, 0, baseline=True, terms=[line])) == str(spec)


def test_that_a_degree_leaves_options_and_other_functions_alone() -> None:
    spec = parse_formula("y ~ poly(`a b`, degree=2, raw=True) + log(`a b`)")
    bent = with_degree(spec, "a b", 3)
    assert polynomial(bent.fixed[0][0]) == ("a b", 3)
    assert "raw=True" in bent.fixed[0][0]
    assert bent.fixed[1] == ("log(`a b`)",)
    with pytest.raises(ValueError, match="degree 0"):
        with_degree(spec, "a b", 0)


# ---- groupings ----------------------------------------------------------------


def test_that_another_grouping_keeps_what_varies() -> None:
    spec = with_grouping(SLOPES, "pond")
    assert spec.random == (
        RandomTerm(("pond",), terms=(("length",),)),
        RandomTerm(("year",)),
    )
    assert spec.grouping == "pond"


def test_that_a_grouping_is_moved_from_elsewhere() -> None:
    spec = with_grouping(SLOPES, "food")
    assert str(spec) == "mass ~ length + (length | food) + (1 | year)"
    spec = with_grouping(SLOPES, "year")
    assert str(spec) == "mass ~ length + food + length:food + (length | year)"


@pytest.mark.parametrize("way", list(NoPooling))
def test_that_another_grouping_keeps_the_way_of_not_pooling(way: NoPooling) -> None:
    spec = ModelSpec("y", (("x",),), grouping="lake", no_pooling=way)
    other = with_grouping(spec, "pond")
    assert (other.grouping, other.no_pooling) == ("pond", way)


def test_that_a_first_grouping_is_partially_pooled() -> None:
    spec = with_grouping(parse_formula("y ~ x"), "lake")
    assert str(spec) == "y ~ x + (1 | lake)"
    complete = ModelSpec("y", (("x",),), grouping="lake")
    assert with_grouping(complete, "pond").pooling is Pooling.COMPLETE


def test_that_without_its_main_grouping_the_next_one_takes_its_place() -> None:
    spec = with_grouping(SLOPES, None)
    main = read_sentence(spec).main
    assert main is not None
    assert main.columns == ("year",)
    assert read_sentence(with_grouping(spec, None)).main is None


def test_that_pooling_can_be_switched_there_and_back() -> None:
    complete = with_pooling(SLOPES, Pooling.COMPLETE)
    assert str(complete) == "mass ~ length + food + length:food + (1 | year)"
    assert complete.grouping == "lake"
    back = with_pooling(complete, Pooling.PARTIAL, earlier=SLOPES.random)
    assert str(back) == str(SLOPES)
    none = with_pooling(SLOPES, Pooling.NONE)
    assert none.no_pooling is NoPooling.INTERCEPTS
    again = with_pooling(none, Pooling.PARTIAL, earlier=SLOPES.random)
    assert str(again) == str(SLOPES)
    assert with_pooling(again, Pooling.PARTIAL) == again


def test_that_slopes_of_lost_covariates_are_not_restored() -> None:
    rest = without_term(with_pooling(SLOPES, Pooling.COMPLETE), ("length",))
    back = with_pooling(rest, Pooling.PARTIAL, earlier=SLOPES.random)
    assert str(back) == "mass ~ food + (1 | lake) + (1 | year)"


def test_that_combinations_come_back_after_complete_pooling() -> None:
    spec = parse_formula("y ~ x + (x | a:b)")
    complete = with_pooling(spec, Pooling.COMPLETE)
    assert complete.random == ()
    back = with_pooling(complete, Pooling.PARTIAL, earlier=spec.random)
    assert str(back) == str(spec)
    # a specification cannot leave combinations unpooled
    assert with_pooling(spec, Pooling.NONE) == spec


def test_that_not_pooled_without_covariates_means_means() -> None:
    spec = parse_formula("y ~ 1 + (1 | lake)")
    assert with_pooling(spec, Pooling.NONE).no_pooling is NoPooling.MEANS
    wanted = with_pooling(spec, Pooling.NONE, NoPooling.SLOPES)
    assert wanted.no_pooling is NoPooling.MEANS
    assert with_covariate(wanted, "x").no_pooling is NoPooling.INTERCEPTS


def test_that_what_means_set_aside_comes_back_only_by_choice() -> None:
    spec = ModelSpec("y", (("x",),), grouping="lake")
    means = with_pooling(spec, Pooling.NONE, NoPooling.MEANS)
    assert str(means) == "y ~ 0 + lake"
    chosen = with_pooling(means, Pooling.NONE, NoPooling.INTERCEPTS)
    assert str(chosen) == "y ~ 0 + lake + x"
    assert str(with_covariate(means, "z")) == "y ~ 0 + lake + z"


def test_that_separate_regressions_give_way_to_a_further_grouping() -> None:
    spec = ModelSpec("y", (("x",),), grouping="g", no_pooling=NoPooling.SEPARATE)
    both = with_further_grouping(spec, ("year",))
    assert both.no_pooling is NoPooling.SLOPES
    assert str(both) == "y ~ 0 + g + g:x + (1 | year)"


def test_that_what_varies_is_chosen_by_place_or_by_groups() -> None:
    spec = parse_formula("y ~ x + (1 | lake) + (0 + x | lake)")
    first = with_varying(spec, ("lake",), baseline=True, terms=[("x",)])
    assert first.random[0].terms == (("x",),)
    second = with_varying(spec, 1, baseline=False, terms=())
    assert str(second) == "y ~ x + (1 | lake)"
    double = with_varying(second, 0, baseline=True, terms=[("x",)], correlated=False)
    assert str(double) == "y ~ x + (x || lake)"
    nothing = with_varying(double, 0, baseline=False, terms=[])
    assert (nothing.pooling, nothing.grouping) == (Pooling.COMPLETE, "lake")
    again = with_varying(nothing, ("lake",), baseline=True, terms=[])
    assert str(again) == "y ~ x + (1 | lake)"


def test_that_what_varies_ends_not_pooling() -> None:
    spec = ModelSpec("y", (("x",),), grouping="g", no_pooling=NoPooling.SLOPES)
    assert str(with_varying(spec, ("g",), baseline=True, terms=[])) == "y ~ x + (1 | g)"


def test_that_further_groupings_come_and_go() -> None:
    spec = with_further_grouping(SLOPES, ("lake", "net"))
    assert str(spec).endswith("(length | lake) + (1 | year) + (1 | lake:net)")
    assert with_further_grouping(spec, ("net", "lake")) == spec
    assert with_further_grouping(spec, ("lake",)) == spec
    assert without_further(spec, ("net", "lake")).random == SLOPES.random
    assert without_further(spec, 1).random == (spec.random[0], spec.random[2])


def test_that_an_edit_of_one_line_leaves_the_others() -> None:
    odd = (
        "y ~ x + log(z) + (x || lake) + (0 + log(z) | lake) + (1 | a:b)"
        " + offset(log(w))"
    )
    spec = with_covariate(parse_formula(odd), "v")
    assert spec.random == parse_formula(odd).random
    assert spec.offset == ("log(w)",)
    rest = without_further(spec, ("lake",))
    assert [term.group for term in rest.random] == [("lake",), ("a", "b")]


# ---- columns ------------------------------------------------------------------


def test_that_renaming_reaches_every_place() -> None:
    spec = parse_formula(
        "np.log(x) ~ poly(z, 2) + C(f, contr.treatment('x')) + I(z ** 2 + 1)"
        " + (z | g) + (1 | g:z) + offset(log(z))"
    )
    spec = replace(spec, grouping="g")
    new = renamed(renamed(renamed(spec, "x", "a b"), "z", "µg"), "g", "class")
    assert set(used_columns(new)) == {"a b", "µg", "f", "class"}
    assert "'x'" in str(new)  # a level, not the column
    back = renamed(renamed(renamed(new, "class", "g"), "µg", "z"), "a b", "x")
    assert back == spec


def test_that_a_name_no_function_can_have_is_refused() -> None:
    with pytest.raises(FormulaError):
        renamed(parse_formula("y ~ log(x)"), "x", "it's")
    assert renamed_expression("x", "x", "it's") == "`it's`"


def test_that_lost_columns_take_along_what_reads_them() -> None:
    spec = parse_formula("y ~ x + log(z) + (log(z) | a) + (1 | a:b) + offset(w)")
    rest = without_columns(spec, {"z", "b", "w"})
    assert str(rest) == "y ~ x + (1 | a)"
    assert without_columns(spec, {"y"}) is None
    assert without_columns(spec, {"other"}) == spec
    ungrouped = without_columns(replace(spec, grouping="a"), ["a"])
    assert ungrouped is not None
    assert ungrouped.grouping is None


def test_that_the_kept_grouping_counts_as_used() -> None:
    assert used_columns(ModelSpec("y", (("x",),), grouping="g")) == ("y", "x", "g")


# ---- any chain of edits -------------------------------------------------------

COLUMNS = ["y", "x", "z", "lake area", "f", "g", "h", "class"]
column = st.sampled_from(COLUMNS)
expression = st.sampled_from(["x", "z", "f", "`lake area`", "log(x)", "poly(z, 2)"])
term = expression.map(lambda text: (text,))
groups = st.lists(column, min_size=1, max_size=2).map(tuple)
ways = st.none() | st.sampled_from(list(NoPooling))
random_terms = st.lists(
    st.builds(RandomTerm, groups, st.just(True), st.lists(term, max_size=1).map(tuple)),
    max_size=2,
).map(tuple)
EDITS = st.one_of(
    column.map(lambda c: lambda s: with_response(s, c)),
    column.map(lambda c: lambda s: with_covariate(s, c)),
    term.map(lambda t: lambda s: without_term(s, t)),
    st.tuples(term, term).map(lambda two: lambda s: with_interaction(s, *two)),
    st.tuples(column, st.integers(1, 3)).map(lambda a: lambda s: with_degree(s, *a)),
    (st.none() | column).map(lambda c: lambda s: with_grouping(s, c)),
    st.tuples(st.sampled_from(list(Pooling)), ways, random_terms).map(
        lambda a: lambda s: with_pooling(s, *a)
    ),
    st.tuples(groups, st.booleans(), st.lists(term, max_size=2), st.booleans()).map(
        lambda a: (
            lambda s: with_varying(s, a[0], baseline=a[1], terms=a[2], correlated=a[3])
        )
    ),
    groups.map(lambda g: lambda s: with_further_grouping(s, g)),
    groups.map(lambda g: lambda s: without_further(s, g)),
    st.sets(column, max_size=2).map(lambda c: lambda s: without_columns(s, c) or s),
)
STARTS = st.sampled_from(
    [
        "y ~ x",
        "y ~ 0 + x + (0 + x | g)",
        "log(y) ~ x * f + (x || g / h) + offset(z)",
        "I(y - x) ~ x + (1 | g:h)",
        "y ~ poly(x, 2):f + (poly(x, 2) | class) + (0 + f | class)",
    ]
)


@given(STARTS, st.lists(EDITS, max_size=8))
def test_that_any_chain_of_edits_gives_a_model_that_a_formula_can_say(
    start: str, edits: list[Callable[[ModelSpec], ModelSpec]]
) -> None:
    spec = parse_formula(start)
    for edit in edits:
        spec = edit(spec)
        written = replace(spec.written_out(), grouping=None)
        assert parse_formula(str(spec)) == written
        sentence = read_sentence(spec)
        clauses = [*filter(None, [sentence.main]), *sentence.further]
        places = [clause.place for clause in clauses if clause.place is not None]
        assert sorted(places) == list(range(len(spec.random)))
        assert INTERCEPT not in used_columns(spec)
        if (fresh := renamed(spec, "x", "new name")) != spec:
            assert renamed(fresh, "new name", "x") == spec
