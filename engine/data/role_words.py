"""What the name of a column says about its part in a study.

Names are only hints: what they suggest is offered with its reason, never done unasked.
"""

from __future__ import annotations

import re
from enum import Enum

_PLACES = """
    aquarium area bay beach block camp canal catchment centre center chamber channel
    coast country county creek department dept district estate estuary farm field
    fjord forest garden glacier greenhouse grid habitat herd hospital incubator island
    isle lab laboratory lagoon lake location loch marsh meadow mesocosm mountain ocean
    orchard paddock parcel park patch pen plantation pond population pool province
    range reach reef region reserve reservoir ring river road rock school sector shelf
    shore site slope stand state station stratum stream swamp territory town transect
    tributary valley village watershed well wetland wood woodland zone
    batch clone colony cohort family genotype genus hive host laborant provenance
    species strain
"""
_UNITS = """
    animal aviary badger bat beaver bee beetle bird body box brood burrow cage calf
    camera cask chick child clutch core cow deer dog donor dyad egg ewe father female
    finch fish flock flower fox frog herd horse household id ident individual jar
    larva leaf litter male mother mouse nest net nestbox observer offspring operator
    pair participant patient penguin person pig plant plate plot pot pup quadrat rabbit
    ram rat replicate rep rod root ringnr salmon sample seal seedling sheep shoal shrub
    sow specimen squirrel subject subplot subsample swarm tank teacher team tow trap
    tray tree trial trout turtle tub unit vessel vial vole whale worker
"""
_TIMES = """
    age census date day doy hour julian minute month occasion period phase quarter
    round season second session survey t time tide timepoint visit wave week year yr
    jahr monat tag jour mois année annee ano mes
"""
_TREATMENTS = """
    arm condition control cultivar dose diet exposure fertiliser fertilizer gender group
    level morph sex status supplement temp temperature treat treatment trt variety
"""
_RESPONSES = """
    abundance activity amount area biomass bm catch chlorophyll clutchsize
    concentration count cover cpue density diameter distance diversity fecundity
    fitness flux growth height index intake length mass number outcome performance
    quality rate rating ratio reaction resp response result richness score shannon size
    speed strength survival thickness titer titre volume weight width wt y yield
"""
_SURE_RESPONSES = """
    abundance biomass count diversity fecundity growth mass outcome resp response
    richness weight wt y yield
"""
_POSITIONS = """
    altitude coord coordinate easting elevation lat latitude lon long longitude northing
    utm
"""
# What follows the word that matters: how it is written down, or its unit.
_ENDINGS = """
    code id ident ids key label name no nr num number
    c centred centered scaled std z log ln sqrt mean avg median total
    cm g h kg km l m mg min ml mm ms pct percent ppm s sec ug um
"""


class Role(Enum):
    """What a column's name may mean."""

    PLACE = "place"
    UNIT = "unit"
    TIME = "time"
    TREATMENT = "treatment"
    RESPONSE = "response"
    POSITION = "position"


_WORDS: dict[Role, frozenset[str]] = {
    Role.PLACE: frozenset(_PLACES.split()),
    Role.UNIT: frozenset(_UNITS.split()),
    Role.TIME: frozenset(_TIMES.split()),
    Role.TREATMENT: frozenset(_TREATMENTS.split()),
    Role.RESPONSE: frozenset(_RESPONSES.split()),
    Role.POSITION: frozenset(_POSITIONS.split()),
}
_COUNTING = frozenset({"n", "num", "number", "count", "total"})
_AFTER = frozenset(_ENDINGS.split())
_SURE = frozenset(_SURE_RESPONSES.split())
_CALENDAR = frozenset({"year", "yr", "season", "jahr", "année", "annee", "ano"})
_PLURALS = {
    "ids": "id",
    "species": "species",
    "series": "series",
    "census": "census",
    "mice": "mouse",
    "leaves": "leaf",
    "larvae": "larva",
    "calves": "calf",
}


def head_word(name: str) -> str:
    """Find the word of a name that says what a column is.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        Small letters, in the singular: the last word, as in `leaf area`, without units
        and the like: `lake` for `LakeID`, `mass` for `log_mass_g`, but `count` for
        `number of nests`. Empty if the name has no letters.
    """
    words = _small_words(name)
    if len(words) > 1 and words[0] in _COUNTING:
        return "count"  # n_eggs, number of nests
    while len(words) > 1 and words[-1] in _AFTER:
        words.pop()
    return _singular(words[-1]) if words else ""


def name_words(name: str) -> tuple[str, ...]:
    """Take a name apart into its words.

    Parameters
    ----------
    name : str

    Returns
    -------
    tuple of str
        Small letters, in the singular: `clutch` and `size` for `ClutchSize`.
    """
    return tuple(_singular(word) for word in _small_words(name))


def _small_words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.findall(r"[^\W\d_]+", spaced)]


def has_role(name: str, *roles: Role) -> bool:
    """Tell whether a name belongs to one of these roles.

    Parameters
    ----------
    name : str
        A column's name.
    *roles : Role

    Returns
    -------
    bool
    """
    return any(head_word(name) in _WORDS[role] for role in roles)


def is_calendar(name: str) -> bool:
    """Tell whether a name is of a stretch of time that many rows share, as years.

    Parameters
    ----------
    name : str

    Returns
    -------
    bool
    """
    return head_word(name) in _CALENDAR


def is_year(name: str) -> bool:
    """Tell whether a name is of calendar years.

    Parameters
    ----------
    name : str

    Returns
    -------
    bool
    """
    return is_calendar(name) and head_word(name) != "season"


def is_surely_response(name: str) -> bool:
    """Tell whether a name is of what studies usually explain, as mass or yield.

    Parameters
    ----------
    name : str

    Returns
    -------
    bool
    """
    return head_word(name) in _SURE


def _singular(word: str) -> str:
    if word in _PLURALS:
        return _PLURALS[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    if not is_plural or len(word) <= 3:
        return word
    if word.endswith(("shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]
