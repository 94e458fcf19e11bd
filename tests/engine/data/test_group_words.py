from __future__ import annotations

import pytest

from engine.data.group_words import counted_groups, group_noun, sentence_case


@pytest.mark.parametrize(
    ("number", "name", "words"),
    [
        (12, "lake", "12 lakes"),
        (12, "Lake", "12 lakes"),
        (12, "lakes", "12 lakes"),
        (1, "lake", "1 lake"),
        (6, "Batch", "6 batches"),
        (6, "colony", "6 colonies"),
        (6, "day", "6 days"),
        (6, "species", "6 species"),
        (6, "genus", "6 genera"),
        (6, "lake_ID", "6 lakes"),
        (6, "nest.no", "6 nests"),
        (6, "birdID", "6 birds"),
        (6, "casino", "6 levels of casino"),
        (6, "étang", "6 levels of étang"),
        (6, "Gewässer", "6 levels of Gewässer"),
        (6, "id", "6 levels of id"),
        (30, "batch:cask", "30 combinations of batch and cask"),
        (30, "a:b:c", "30 combinations of a, b and c"),
    ],
)
def test_that_groups_are_counted_in_words(number: int, name: str, words: str) -> None:
    assert counted_groups(number, name) == words


def test_that_unknown_words_are_not_bent() -> None:
    assert group_noun("Horst") == ("level of Horst", "levels of Horst")


def test_that_a_sentence_begins_with_a_capital_and_keeps_the_rest() -> None:
    assert sentence_case("effect of log_Mass") == "Effect of log_Mass"
    assert sentence_case("") == ""
