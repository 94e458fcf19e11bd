"""What the levels of a grouping are called in a sentence: "12 lakes"."""

from __future__ import annotations

import re

from engine.data.wording import counted

_REGULAR = """
    animal aquarium area badger batch bay beach bird block boat box brood burrow
    cage camera cask catchment channel clutch cohort colony community county cow
    creek dam day district ditch dog donor experiment family farm father female
    field flock forest garden gene genotype grid group grove habitat haul herd hive
    hospital host house household incubator individual island isolate laboratory
    lagoon lake lane line litter location machine male mare meadow mesocosm month
    mother mountain nest net observer operator orchard pair parent park participant
    patch patient pen plant plate plot pond pool population pot provenance quadrat
    reach region replicate ring river road round sample school season section shoal
    shore shrub sire site slope soil specimen stand station strain stream strip
    subject subplot swarm tank team territory town transect trap trawl tray
    treatment tree trial tributary unit valley variety vessel village watershed week
    well wetland woodland worker year zone
"""
_IRREGULAR = {
    "fish": "fish",
    "genus": "genera",
    "goose": "geese",
    "leaf": "leaves",
    "mouse": "mice",
    "person": "people",
    "series": "series",
    "sheep": "sheep",
    "species": "species",
}
_IDENTIFIER = re.compile(
    r"(?:[_. -](?:id|code|name|nr|no|number)|(?<=[a-z])ID)$", re.IGNORECASE
)


def _regular_plural(noun: str) -> str:
    """English plural of a regular noun."""
    if re.search(r"(s|x|ch|sh)$", noun):
        return noun + "es"
    return re.sub(r"(?<![aeiou])y$", "ie", noun) + "s"


_PLURALS = {noun: _regular_plural(noun) for noun in _REGULAR.split()} | _IRREGULAR
_SINGULARS = {plural: noun for noun, plural in _PLURALS.items()}


def group_noun(name: str) -> tuple[str, str]:
    """One level and many levels of a grouping, in words.

    Column names can be anything in any language, so only familiar English nouns are
    put into the plural; others become "levels of" the name.

    Parameters
    ----------
    name : str
        The grouping as tables name it: `lake`, `lake_ID` or `batch:cask`.

    Returns
    -------
    singular, plural : str
        `("lake", "lakes")`, `("level of étang", "levels of étang")`,
        `("combination of batch and cask", "combinations of batch and cask")`.
    """
    word = _IDENTIFIER.sub("", name).lower()
    singular = _SINGULARS.get(word, word)
    if singular in _PLURALS:
        return singular, _PLURALS[singular]
    if ":" in name:
        *first, last = name.split(":")
        parts = f"{', '.join(first)} and {last}"
        return f"combination of {parts}", f"combinations of {parts}"
    return f"level of {name}", f"levels of {name}"


def counted_groups(number: int, name: str) -> str:
    """Say how many levels a grouping has: "12 lakes"."""
    return counted(number, *group_noun(name))


def sentence_case(text: str) -> str:
    """Begin with a capital letter, and leave the rest as it is."""
    return text[:1].upper() + text[1:]
