"""What a table offers a mixed model, and what is said about it."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.coded import median_count
from engine.data.design_facts import Relation
from engine.data.design_hints import few_groups, model_hints, unused_units
from engine.data.hints import HintKind, Severity
from engine.data.like_names import mistyped, written_alike
from engine.data.reading import read_table
from engine.data.response_kinds import ResponseKind, response_doubt
from engine.data.reused_labels import serial_ranks
from engine.data.scan import MOST_GROUPINGS, response_advice, scan_design
from engine.data.table import Kind
from engine.errors import DataError


def scan_of(**columns):
    return scan_design(pd.DataFrame(columns))


def scanned(reference, name):
    return scan_design(read_table(reference / "data" / f"{name}.csv"))


def kinds_of(hints):
    return [hint.kind for hint in hints]


def only(hints, kind):
    found = [hint for hint in hints if hint.kind is kind]
    assert len(found) == 1
    return found[0]


# ---- groupings --------------------------------------------------------------


def test_that_the_lakes_are_counted(reference):
    scan = scanned(reference, "fish")
    assert [group.column for group in scan.groupings] == ["lake"]
    lake = scan.groupings[0]
    assert (lake.n_levels, lake.rows_min, lake.rows_median, lake.rows_max) == (
        12,
        2,
        12,
        24,
    )
    assert (lake.n_single, lake.n_missing) == (0, 0)
    assert str(lake) == "12 lakes with 2 to 24 rows (median 12) each"
    assert scan.n_rows == 150


def test_that_what_cannot_be_a_grouping_is_left_out():
    scan = scan_of(
        constant=["a"] * 8,
        ring=[f"R{i}" for i in range(8)],
        mass=[1.5, 1.5, 2.5, 2.5, 3.5, 3.5, 4.5, 4.5],
        count=[1, 2, 3, 4, 5, 6, 7, 7],
        year=[2001, 2001, 2001, 2001, 2002, 2002, 2002, 2002],
        site=["a", "a", "a", None, "b", "b", "b", "c"],
        day=pd.to_datetime(["2021-05-01"] * 4 + ["2021-05-02"] * 4),
        nothing=[np.nan] * 8,
    )
    assert [group.column for group in scan.groupings] == ["year", "site", "day"]
    site = scan.grouping("site")
    assert (site.n_levels, site.n_single, site.n_missing) == (3, 1, 1)
    assert scan.grouping("mass") is None


def test_that_kinds_that_are_known_are_used():
    frame = pd.DataFrame({"id": [1, 1, 2, 2, 3], "x": [1.0, 2.0, 3.0, 4.0, 5.0]})
    assert scan_design(frame).grouping("id") is None  # hardly repeats
    kinds = {"id": Kind.CATEGORY, "x": Kind.NUMBER}
    assert scan_design(frame, kinds).grouping("id").n_levels == 3


def test_that_categoricals_booleans_and_nullable_numbers_are_groupings():
    scan = scan_of(
        a=pd.Categorical(["x", "y", "x", "y"], categories=["z", "y", "x"]),
        b=[True, True, False, False],
        c=pd.array([1, 1, 2, None], dtype="Int64"),
        d=pd.array([0.5, 0.5, 1.5, None], dtype="Float64"),
    )
    assert [group.n_levels for group in scan.groupings] == [2, 2]
    assert scan.pair("a", "b").is_balanced


def test_that_two_columns_of_one_name_are_refused():
    frame = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])
    with pytest.raises(DataError, match="Two columns are called 'a'"):
        scan_design(frame)


def test_that_columns_may_be_numbered():
    scan = scan_design(pd.DataFrame([[1, "a"], [1, "b"], [2, "a"], [2, "b"]]))
    assert [group.column for group in scan.groupings] == ["0", "1"]


def test_that_an_empty_frame_offers_nothing():
    scan = scan_design(pd.DataFrame({"a": [], "b": []}))
    assert scan.groupings == scan.pairs == scan.slopes == scan.hints == ()


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_that_the_median_count_is_the_median(counts):
    assert median_count(np.array(counts)) == np.median(counts)


# ---- pairs ------------------------------------------------------------------


def test_that_samples_are_nested_in_batches(reference):
    scan = scanned(reference, "pastes")
    pair = scan.pair("batch", "sample")
    assert (pair.first, pair.second) == ("sample", "batch")
    assert pair.relation is Relation.NESTED
    assert scan.is_nested("sample", "batch")
    assert not scan.is_nested("batch", "sample")
    assert scan.same_as_combination("batch", "cask") == "sample"
    assert str(pair) == "samples are nested in batches: each sample is in one batch"


def test_that_plates_and_samples_are_crossed(reference):
    pair = scanned(reference, "penicillin").pair("plate", "sample")
    assert pair.relation is Relation.CROSSED
    assert (pair.n_cells, pair.filled, pair.is_balanced) == (144, 1.0, True)
    assert str(pair) == "plates and samples are crossed: each combination has 1 row"
    assert pair.reused == ""


def test_that_year_and_time_step_are_the_same_groups(reference):
    scan = scanned(reference, "seabirds")
    assert scan.pair("t", "year").relation is Relation.SAME
    hint = only(scan.hints, HintKind.SAME_GROUPS)
    assert hint.columns == ("year", "t")
    assert "19 in all" in hint.sentence


def test_that_students_and_lecturers_are_partly_crossed(reference):
    scan = scanned(reference, "insteval")
    pair = scan.pair("s", "d")
    assert pair.relation is Relation.CROSSED
    assert pair.n_cells == 73421
    assert pair.filled == pytest.approx(73421 / (2972 * 1128))
    assert scan.is_nested("d", "dept")
    assert scan.is_nested("s", "studage")


def test_that_rows_without_a_level_do_not_count_for_a_pair():
    scan = scan_of(
        nest=["n1", "n1", "n2", "n2", "n3", "n3"],
        site=["a", "a", "b", None, None, None],
        x=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    )
    pair = scan.pair("nest", "site")
    assert (pair.n_cells, pair.relation) == (2, Relation.SAME)


def _brute_relation(rows):
    cells = set(rows)
    first = {a for a, _ in cells}
    second = {b for _, b in cells}
    if len(cells) == len(first) == len(second):
        return Relation.SAME
    return (
        Relation.NESTED if len(cells) in (len(first), len(second)) else Relation.CROSSED
    )


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("uvwxyz")),
        min_size=3,
        max_size=20,
    )
)
def test_that_relations_agree_with_counting_by_hand(rows):
    frame = pd.DataFrame(rows, columns=["one", "two"])
    kinds = {"one": Kind.CATEGORY, "two": Kind.CATEGORY}
    pair = scan_design(frame, kinds).pair("one", "two")
    sizes = [len(set(column)) for column in zip(*rows, strict=True)]
    if any(not 2 <= size < len(rows) for size in sizes):
        assert pair is None
        return
    assert pair.relation is _brute_relation(rows)
    assert pair.n_cells == len(set(rows))
    assert pair.n_possible == sizes[0] * sizes[1]
    counts = frame.value_counts()
    assert pair.rows_median == counts.median()
    is_balanced = len(counts) == pair.n_possible and counts.nunique() == 1
    assert pair.is_balanced == is_balanced


def test_that_the_likeliest_groupings_are_compared_and_the_rest_is_told():
    rng = np.random.default_rng(20241)
    columns = {f"v{i}": rng.integers(5, size=60) for i in range(30)}
    scan = scan_design(pd.DataFrame({**columns, "lake": rng.choice(list("abc"), 60)}))
    assert len(scan.groupings) == 31
    assert len(scan.pairs) == MOST_GROUPINGS * (MOST_GROUPINGS - 1) // 2
    assert any("lake" in pair.columns for pair in scan.pairs)
    assert scan.left_out == (
        "Of 31 possible groupings, the likeliest 12 were compared.",
    )


# ---- slopes -----------------------------------------------------------------


def test_that_it_is_known_where_a_column_varies_within_groups():
    scan = scan_of(
        lake=["a"] * 3 + ["b"] * 3 + ["c"] * 3,
        depth=[5.5] * 3 + [7.5] * 3 + [2.5] * 3,
        length=[1.5, 2.5, 3.5, 4.5, 4.5, np.nan, np.nan, np.nan, np.nan],
    )
    depth, length = scan.slope("depth", "lake"), scan.slope("length", "lake")
    assert (depth.n_levels, depth.n_varying, depth.is_constant) == (3, 0, True)
    assert (length.n_levels, length.n_varying, length.is_constant) == (2, 1, False)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.sampled_from([0.5, 1.5, float("nan"), 1e300])
        ),
        min_size=6,
        max_size=15,
    )
)
def test_that_varying_levels_agree_with_pandas(rows):
    frame = pd.DataFrame(rows, columns=["group", "x"])
    kinds = {"group": Kind.CATEGORY, "x": Kind.NUMBER}
    slope = scan_design(frame, kinds).slope("x", "group")
    if slope is None:
        assert frame["group"].nunique() < 2
        return
    n_values = frame.groupby("group")["x"].nunique()
    assert slope.n_levels == (n_values > 0).sum()
    assert slope.n_varying == (n_values > 1).sum()


# ---- what the table says about itself ---------------------------------------


def sites_and_plots(n_sites=4, n_plots=3, n_rows=4, plot="plot", site="site"):
    rows = list(itertools.product(range(n_sites), range(n_plots), range(n_rows)))
    return pd.DataFrame(
        {
            site: [f"Site {'ABCDEFGH'[i]}" for i, _, _ in rows],
            plot: [str(j + 1) for _, j, _ in rows],
            "x": np.linspace(0.1, 9.7, len(rows)),
        }
    )


def test_that_reused_plot_labels_are_asked_about():
    scan = scan_design(sites_and_plots())
    hint = only(scan.hints, HintKind.REUSED_LABELS)
    assert hint.sentence == (
        "'1' in 'plot' occurs in several sites: the same plot, or another one each "
        "time?"
    )
    assert "group by site:plot (12 groups) and not by plot (3)" in hint.meaning
    assert hint.columns == ("plot", "site")
    assert hint.severity is Severity.AMBER


def test_that_a_column_that_tells_reused_labels_apart_is_pointed_at(reference):
    hint = only(scanned(reference, "pastes").hints, HintKind.REUSED_LABELS)
    assert hint.columns == ("cask", "batch")
    assert "'sample' tells all 30 apart" in hint.meaning
    assert hint.severity is Severity.NOTE


@pytest.mark.parametrize("name", ["penicillin", "oats", "seabirds", "orthodont"])
def test_that_truly_crossed_columns_are_not_asked_about(reference, name):
    hints = scanned(reference, name).hints
    assert HintKind.REUSED_LABELS not in kinds_of(hints)


def test_that_years_and_treatments_are_not_taken_for_plots():
    for site, plot in [("year", "plot"), ("site", "year"), ("site", "treatment")]:
        frame = sites_and_plots(site=site, plot=plot)
        assert HintKind.REUSED_LABELS not in kinds_of(scan_design(frame).hints)


LEVELS = ("low", "high")


def split(outer, inner, n_inner=8, n_times=3):
    """Labels from 1 on, all of which occur with both levels of another column."""
    frame = pd.DataFrame(
        [
            (a, str(b + 1))
            for a in LEVELS
            for b in range(n_inner)
            for _ in range(n_times)
        ],
        columns=[outer, inner],
    )
    return frame.assign(y=np.linspace(0.1, 9.7, len(frame)))


@pytest.mark.parametrize(
    ("outer", "inner", "is_asked"),
    [
        ("sex", "nest", False),  # chicks of both sexes in every nest
        ("morph", "plot_no", False),
        ("sex", "animal", True),  # an animal has one sex: animal 1 is two animals
        ("condition", "subject", False),  # everybody under both conditions
        ("burned", "bird", False),
        ("treatment", "pot", True),  # pots 1 to 8 of each treatment, as like as not
        ("site", "nest", True),
    ],
)
def test_that_a_treatment_or_a_sex_is_no_place_where_labels_begin_anew(
    outer, inner, is_asked
):
    pair = scan_design(split(outer, inner)).pair(outer, inner)
    assert pair.reused == (inner if is_asked else "")


def test_that_individuals_numbered_anew_within_treatments_are_asked_about():
    frame = split("treatment", "bird")
    is_kept = (frame["treatment"] == "low") | (frame["bird"].astype(int) < 6)
    assert scan_design(frame[is_kept]).pair("treatment", "bird").reused == "bird"


def test_that_labels_up_to_each_sites_own_number_are_suspicious():
    frame = sites_and_plots(n_plots=6, plot="code", site="ort")
    is_kept = frame["code"].astype(int) <= frame["ort"].map(
        {"Site A": 2, "Site B": 6, "Site C": 4, "Site D": 3}
    )
    pair = scan_design(frame[is_kept]).pair("code", "ort")
    assert pair.reused == "code"
    assert scan_design(frame).pair("code", "ort").reused == ""


def test_that_one_slip_in_a_nested_design_is_found():
    frame = sites_and_plots()
    frame["plot"] = frame["site"].str[-1] + frame["plot"]
    assert scan_design(frame).is_nested("plot", "site")
    frame.loc[0, "site"] = "Site B"
    hint = only(scan_design(frame).hints, HintKind.NEARLY_NESTED)
    assert hint.sentence == (
        "'A1' in 'plot' occurs in several sites, each of the other 11 plots in one "
        "site."
    )


@pytest.mark.parametrize(
    ("names", "ranks"),
    [
        (["1", "2", "3"], [1, 2, 3]),
        (["P02", "P01", "P03"], [2, 1, 3]),
        (["Plot 0", "Plot 1"], [1, 2]),
        (["b", "a", "c"], [2, 1, 3]),
        (["I", "II", "III", "IV"], [1, 2, 3, 4]),
        (["1", "2", "4"], None),
        (["5", "6", "7"], None),
        (["N1", "S2", "N3"], None),
        (["control", "warmed"], None),
        (["1" * 30, "2"], None),
        (["", "1"], None),
    ],
)
def test_that_series_of_labels_are_recognised(names, ranks):
    found = serial_ranks(names)
    assert (None if found is None else found.tolist()) == ranks


def test_that_names_written_in_two_ways_are_found():
    names = ["Plot 1", "plot1", "Plot 2", "PLOT_02", "plot-11", "Plot 10"]
    assert written_alike(names) == (("Plot 1", "plot1"), ("Plot 2", "PLOT_02"))
    assert written_alike(["Müritz", "Muritz", "Mu\u0308ritz"])
    assert (
        written_alike(["1.5", "15", "1-5", "N+", "N-", "N", "+", "-", "A/B", "A"]) == ()
    )


def test_that_rare_names_one_letter_off_are_found():
    names = [
        "Parus major",
        "Parus mojor",
        "Parus ater",
        "Lake A",
        "Lake B",
        "L10",
        "L1",
    ]
    counts = [40, 1, 30, 50, 1, 60, 1]
    assert mistyped(names, counts) == (("Parus mojor", "Parus major"),)
    assert mistyped(["setosa", "setsoa", "settosa"], [50, 1, 2]) == (
        ("setsoa", "setosa"),
        ("settosa", "setosa"),
    )
    assert mistyped(["setosa", "setsoa"], [50, 40]) == ()


@given(st.lists(st.text(max_size=6), unique=True, max_size=12))
def test_that_any_names_can_be_compared(names):
    for same in written_alike(names):
        assert len(same) > 1
    for rare, usual in mistyped(names, list(range(1, len(names) + 1))):
        assert rare != usual


def test_that_like_names_become_a_hint():
    scan = scan_of(site=["Plot 1"] * 4 + ["plot1"] * 2 + ["Plot 2"] * 4)
    hint = only(scan.hints, HintKind.LIKE_NAMES)
    assert hint.sentence.startswith(
        "'Plot 1' and 'plot1' in 'site' differ only in case"
    )
    assert hint.levels == ("Plot 1", "plot1")
    assert hint.severity is Severity.AMBER


# ---- what the data can support of a model -----------------------------------


@pytest.mark.parametrize(
    ("n_levels", "severity"),
    [
        (2, Severity.RED),
        (4, Severity.RED),
        (5, Severity.AMBER),
        (9, Severity.AMBER),
        (10, Severity.NOTE),
        (19, Severity.NOTE),
        (20, None),
    ],
)
def test_that_few_groups_are_said_by_how_few_they_are(n_levels, severity):
    hints = few_groups("lake", n_levels)
    assert [hint.severity for hint in hints] == ([severity] if severity else [])


def test_that_few_groups_are_said_in_the_users_words():
    hint = few_groups("lake", 4)[0]
    assert hint.sentence == (
        "Only 4 lakes: the spread between lakes can hardly be estimated."
    )
    assert few_groups("batch:cask", 4)[0].columns == ("batch", "cask")


def test_that_fish_without_lakes_are_pseudoreplicated(reference):
    scan = scanned(reference, "fish")
    (hint,) = unused_units(scan, ["log_mass", "log_length"])
    assert hint.sentence == (
        "12 lakes are measured 2 to 24 times each, but the model takes the rows of "
        "the same lake for independent."
    )
    assert hint.severity is Severity.RED
    assert unused_units(scan, ["log_mass", "log_length", "lake"]) == ()


def test_that_units_count_as_used_when_something_finer_or_equal_says_it(reference):
    pastes = scanned(reference, "pastes")
    assert unused_units(pastes, ["strength", "batch", "cask"]) == ()
    (hint,) = unused_units(pastes, ["strength", "sample"])
    assert (hint.columns, hint.severity) == (("batch",), Severity.AMBER)
    orthodont = scanned(reference, "orthodont")
    assert unused_units(orthodont, ["distance", "age", "Subject"]) == ()


def test_that_units_told_apart_by_two_columns_are_not_overlooked():
    scan = scan_design(sites_and_plots(n_sites=6))
    (hint,) = unused_units(scan, ["x", "site"])
    assert hint.columns == ("plot", "site")
    assert hint.sentence.startswith("18 combinations of site and plot are measured 4")
    assert unused_units(scan, ["x", "site", "plot"]) == ()


def test_that_a_slope_that_cannot_be_is_refused_in_words(reference):
    scan = scanned(reference, "seabirds")
    hints = model_hints(
        scan, covariates=["t"], groupings=["site", "year"], slopes={"year": ["t"]}
    )
    hint = only(hints, HintKind.CONSTANT_WITHIN)
    assert hint.sentence == (
        "t never varies within any year: its effect cannot be seen to differ among "
        "years."
    )
    assert hint is hints[0]
    assert hint.severity is Severity.RED


def test_that_a_treatment_of_whole_animals_has_the_animals_as_sample(reference):
    scan = scanned(reference, "orthodont")
    hints = model_hints(scan, covariates=["age", "Sex"], groupings=["Subject"])
    assert only(hints, HintKind.EFFECTIVE_SAMPLE).sentence == (
        "Sex is the same within every subject: its effective sample is 27 subjects, "
        "not 108 rows."
    )
    varies = only(hints, HintKind.VARIES_WITHIN)
    assert varies.sentence == "age varies within all 27 subjects."
    with_slope = model_hints(
        scan, covariates=["age"], groupings=["Subject"], slopes={"Subject": ["age"]}
    )
    assert HintKind.VARIES_WITHIN not in kinds_of(with_slope)


def test_that_slopes_resting_on_few_groups_are_said():
    frame = sites_and_plots(n_sites=8, n_plots=1)
    frame["dose"] = np.where(frame["site"] < "Site C", frame["x"], 1.5)
    scan = scan_design(frame)
    hints = model_hints(scan, groupings=["site"], slopes={"site": ["dose"]})
    assert only(hints, HintKind.RARELY_VARIES).sentence == (
        "dose varies within only 2 of 8 sites."
    )


def test_that_groups_of_one_row_are_counted():
    sites = ["a", "a", "a", "b", "c", "d"]
    scan = scan_of(site=sites, x=np.arange(6.0))
    hint = only(model_hints(scan, groupings=["site"]), HintKind.SINGLE_ROWS)
    assert hint.sentence.startswith("3 of 4 sites have one row")
    assert hint.severity is Severity.NOTE
    hints = model_hints(scan, groupings=["site"], slopes={"site": ["x"]})
    assert only(hints, HintKind.SINGLE_ROWS).severity is Severity.AMBER


def test_that_hints_come_with_the_most_serious_first(reference):
    scan = scanned(reference, "seabirds")
    hints = model_hints(scan, covariates=["t"], groupings=["site"])
    order = [Severity.RED, Severity.AMBER, Severity.NOTE]
    places = [order.index(hint.severity) for hint in hints]
    assert places == sorted(places)
    for hint in hints:
        assert hint.sentence.endswith((".", "?"))
        assert hint.meaning.endswith(".")


def test_that_unknown_columns_are_no_error(reference):
    scan = scanned(reference, "fish")
    assert model_hints(scan, covariates=["no"], groupings=["none", "lake"])


# ---- responses --------------------------------------------------------------


RATED = [1, 2, 3, 3, 4, 5, 2, 3]


@pytest.mark.parametrize(
    ("name", "y", "kind"),
    [
        ("y", RATED, ResponseKind.RATINGS),
        ("y", [0, *RATED], ResponseKind.COUNTS),  # nobody counts ratings from 0
        ("y", [v for v in RATED if v != 4], ResponseKind.COUNTS),  # a gap
        ("y", [*RATED, 6, 7, 8, 9, 10, 11], ResponseKind.COUNTS),
        ("y", [v + 1 for v in RATED], ResponseKind.COUNTS),
        ("clutch_size", RATED, ResponseKind.COUNTS),
        ("n_eggs", RATED, ResponseKind.COUNTS),
        ("number of species", RATED, ResponseKind.COUNTS),
        ("body_score", [0, *RATED], ResponseKind.RATINGS),
        ("Likert rating", [2, 4, 5, 5, 4, 2], ResponseKind.RATINGS),
        ("score", [0, 12, 7, 30], ResponseKind.COUNTS),
        ("score", [1, 0, 1], ResponseKind.YES_NO),
        ("y", [1.0, 2.5, 3.0], None),
    ],
)
def test_that_ratings_are_told_from_small_counts(name, y, kind):
    doubt = response_doubt(np.array(y, dtype=float), name)
    assert (doubt and doubt.kind) == kind


@pytest.mark.parametrize(
    ("y", "said"),
    [
        ([0, 1, 1, 0], "two values"),
        (RATED, "ordered ratings from 1 to 5"),
        ([0, 0, 3, 1, 2, 0], "small counts"),
        ([0.0, 0.25, 0.5, 1.0], "proportion"),
    ],
)
def test_that_a_response_that_is_not_normal_is_said(y, said):
    (advice,) = response_advice(np.array(y, dtype=float), "y")
    assert said in advice


def test_that_a_measurement_needs_no_advice():
    assert response_advice(np.array([1.2, 3.4, 2.2, 12.5]), "mass") == ()
