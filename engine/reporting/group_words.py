"""What the levels of a grouping are called in a sentence: "12 lakes"."""

from __future__ import annotations

import re

from engine.data.wording import counted

_REGULAR = """
    aquarium area bay beach bird block boat burrow cage camera cask catchment chamber
    channel clutch cohort community county creek dam day depth den district ditch
    donor experiment farm father field forest garden gene genotype group grove habitat
    habitat_type haul herd hive host house incubator individual island isolate laboratory
    lagoon lake leaf_pair litter location machine male mare meadow mesocosm month mother
    mountain mouse_line nest net observer oak operator orchard pack paddock pair parent
    park participant patch patient pen person petri_dish plant plate plot pond pool
    population pot quadrant quadrat reach rearing_tank reef region replicate ring river
    road rock round run sample school season section seed_lot shoal shore shrub sire
    site slope soil station stand stream strain subject subplot swarm tank team
    territory town tract transect trap trawl tray tree trial tributary unit valley
    vessel village watershed week well wetland woodland worker year zone animal badger
    brood colony batch family female fish_tank flock lek line litter_box
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
_IDENTIFIER = re.compile(r"(?:[_. -](?:id|code|name|nr|no|number)|(?<=[a-z])ID)$", re.I)


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
