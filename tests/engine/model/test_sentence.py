from __future__ import annotations

import pytest

from engine.model.formula import parse_formula
from engine.model.sentence import main_columns, read_sentence, term_text
from engine.model.spec import ModelSpec, NoPooling, Pooling, RandomTerm

FISH = ModelSpec("mass", (("length",),), grouping="lake")


def test_that_a_model_reads_as_a_sentence() -> None:
    spec = parse_formula("log_mass ~ log_length + (log_length | lake)")
    sentence = read_sentence(spec)
    assert sentence.response == "log_mass"
    assert [term.text for term in sentence.terms] == ["log_length"]
    main = sentence.main
    assert main is not None
    assert (main.name, main.plural, main.pooling) == ("lake", "lakes", Pooling.PARTIAL)
    assert main.has_baseline
    assert main.varying == (("log_length",),)
    assert main.is_correlated
    assert main.place == 0
    assert sentence.further == ()


def test_that_each_further_parenthesis_is_a_line_of_its_own() -> None:
    spec = parse_formula(
        "y ~ x + (1 | year) + (x || lake) + (0 + log(z) | lake) + (1 | lake:net)"
    )
    further = read_sentence(spec).further
    assert [clause.name for clause in further] == ["lake", "lake", "lake:net"]
    assert [clause.place for clause in further] == [1, 2, 3]
    assert [clause.is_correlated for clause in further] == [False, True, True]
    assert further[1].varying == (("log(z)",),)
    assert not further[1].has_baseline
    assert further[2].columns == ("lake", "net")


def test_that_a_second_parenthesis_of_the_main_grouping_is_not_lost() -> None:
    spec = parse_formula("y ~ x + (1 | lake) + (0 + x | lake)")
    sentence = read_sentence(spec)
    assert sentence.main is not None
    assert sentence.main.place == 0
    assert [clause.columns for clause in sentence.further] == [("lake",)]
    assert sentence.further[0].varying == (("x",),)


def test_that_every_parenthesis_is_in_exactly_one_clause() -> None:
    spec = ModelSpec(
        "y",
        random=(RandomTerm(("year",)), RandomTerm(("lake",)), RandomTerm(("a", "b"))),
        grouping="lake",
    )
    sentence = read_sentence(spec)
    assert sentence.main is not None
    places = {sentence.main.place, *(clause.place for clause in sentence.further)}
    assert sentence.main.place == 1
    assert places == {0, 1, 2}


def test_that_the_kept_grouping_is_completely_pooled() -> None:
    main = read_sentence(FISH).main
    assert main is not None
    assert (main.columns, main.pooling) == (("lake",), Pooling.COMPLETE)
    assert main.place is None


def test_that_means_set_the_covariates_aside() -> None:
    spec = ModelSpec(
        "mass", (("length",),), grouping="lake", no_pooling=NoPooling.MEANS
    )
    sentence = read_sentence(spec)
    assert sentence.terms == ()
    assert [term.text for term in sentence.set_aside] == ["length"]
    assert sentence.main is not None
    assert sentence.main.pooling is Pooling.NONE
    assert sentence.main.no_pooling is NoPooling.MEANS


def test_that_a_model_without_groups_has_no_clause() -> None:
    sentence = read_sentence(parse_formula("y ~ 0 + x + offset(log(z))"))
    assert sentence.main is None
    assert not sentence.has_intercept
    assert sentence.offset == ("log(z)",)


@pytest.mark.parametrize(
    ("text", "shown", "degree"),
    [
        ("length", "length", 1),
        ("`lake area`", "lake area", 1),
        ("poly(length, 2)", "length (quadratic)", 2),
        ("poly(`lake area`, degree=3, raw=True)", "lake area (cubic)", 3),
        ("poly(x, 5)", "x (degree 5)", 5),
        ("C(year)", "year (as categories)", 1),
        ("log(length)", "log(length)", 1),
        ("poly(log(x), 2)", "poly(log(x), 2)", 1),
    ],
)
def test_that_terms_are_named_for_a_reader(text: str, shown: str, degree: int) -> None:
    (term,) = read_sentence(parse_formula(f"y ~ {text}")).terms
    assert term.degree == degree
    assert term.text == shown
    assert not term.is_interaction


def test_that_interactions_say_their_columns() -> None:
    term = read_sentence(parse_formula("y ~ a + `b c` + a:`b c`")).terms[2]
    assert term.is_interaction
    assert term.columns == ("a", "b c")
    assert term_text(term.term) == "a × b c"


def test_that_the_first_parenthesis_is_the_main_grouping_of_a_formula() -> None:
    assert main_columns(parse_formula("y ~ 1 + (1 | b:c) + (1 | a)")) == ("b", "c")
    assert main_columns(parse_formula("y ~ 1")) == ()
