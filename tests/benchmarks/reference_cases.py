"""Models whose best criterion is known: lme4's results, and published tables.

The tables are of the document on methods beside the project (section 3): lme4 at its
tightest settings, and tests of MixedModels.jl. Where R is there, its packages give the
data that are not kept beside the project.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

import pandas as pd

from tests.shared_data import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = SHARED / "reference" / "data"
PUBLISHED = """
dyestuff|Yield ~ 1 + (1 | Batch)|319.65427684|327.32705988
dyestuff2|Yield ~ 1 + (1 | Batch)|161.82827781|162.87303665
sleepstudy|Reaction ~ Days + (1 | Subject)|1786.46508539|1794.07864301
sleepstudy|Reaction ~ Days + (Days | Subject)|1743.62827196|1751.93934446
sleepstudy|Reaction ~ Days + (Days || Subject)|1743.66929358|1752.00325514
sleepstudy|Reaction ~ Days + (0 + Days | Subject)||1774.08031528
penicillin|diameter ~ 1 + (1 | plate) + (1 | sample)|330.86058899|332.18834867
pastes|strength ~ 1 + (1 | batch/cask)|246.99074585|247.99446586
orthodont|distance ~ age * Sex + (age | Subject)|432.58166150|427.80595080
oats|yield ~ nitro + Variety + (1 | Block/Variety)|578.89178696|601.10773123
insteval|y ~ service + (1 | s) + (1 | d) + (1 | dept)|237733.834128|237721.768774
insteval|y ~ service * dept + (1 | s) + (1 | d)||237585.55341517
lme4::cake|angle ~ recipe * temperature + (1 | recipe:replicate)|1633.24618147|\
1679.05186525
nlme::Machines|score ~ Machine + (1 | Worker) + (1 | Worker:Machine)|215.68756801|\
225.26944694
nlme::Machines|score ~ Machine + (0 + Machine | Worker)|208.31121832|216.41782731
nlme::Rail|travel ~ 1 + (1 | Rail)|122.17700081|128.56003694
nlme::ergoStool|effort ~ Type + (1 | Subject)|121.13078870|122.14443741
nlme::Oxide|Thickness ~ Source + (1 | Lot/Wafer)|446.47786585|456.86394387
nlme::Oxide|Thickness ~ Source + (Source | Lot) + (Source | Lot:Wafer)|443.74633670|\
453.2275
nlme::BodyWeight|weight ~ Time * Diet + (Time | Rat)|1151.71974882|1165.85815993
nlme::RatPupWeight|weight ~ Treatment * sex + Lsize + (1 | Litter)|401.10432238|\
377.81358252
nlme::Milk|protein ~ Diet + Time + (1 | Cow)|505.93971638|480.10421422
nlme::Alfalfa|Yield ~ Date * Variety + (1 | Block/Variety)|9.95636827|-26.98084652
nlme::Pixel|pixel ~ day + I(day^2) + (day | Dog) + (1 | Dog:Side)|825.21019354|\
827.25819082
datasets::ChickWeight|weight ~ Time * Diet + (Time | Chick)|4781.52056682|4800.23239560
datasets::CO2|uptake ~ Type * Treatment * log(conc) + (1 | Plant)|448.17953160|\
464.80231294
"""
"""Data, formula, REML criterion and deviance, as printed there; cake's REML criterion
less 3 log 6, as R has polynomial contrasts for its six ordered temperatures there."""
CATEGORIES = ("dept",)
"""Columns of numbers that are categories."""
EXPORT = """
d <- as.data.frame({name})
for (k in names(d)) if (is.factor(d[[k]])) d[[k]] <- paste0("L", d[[k]])
write.csv(d, row.names = FALSE)
"""
"""R's factors get a letter before their levels, so that they are read as categories."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A model and the criterion that others reached.

    Attributes
    ----------
    name : str
    formula : str
    frame : DataFrame
    is_reml : bool
    known : float
        The criterion as others give it.
    half_unit : float
        Half a unit of its last printed digit: it may be off by that.
    """

    name: str
    formula: str
    frame: pd.DataFrame
    is_reml: bool
    known: float
    half_unit: float = 0.0


def references(rscript: str | None) -> Iterator[Reference]:
    """Read all models whose data are to be had.

    Parameters
    ----------
    rscript : str or None
        R's command for scripts; without it, what is kept beside the project.

    Yields
    ------
    Reference
    """
    text = (SHARED / "reference" / "lme4.json").read_text(encoding="utf-8")
    for name, case in json.loads(text).items():
        frame = pd.read_csv(DATA / f"{case['data']}.csv")
        for column, order in case["levels"].items():
            frame[column] = pd.Categorical(frame[column], categories=order)
        yield Reference(
            name, case["formula"], frame, bool(case["reml"]), float(case["criterion"])
        )
    for row in PUBLISHED.strip().splitlines():
        source, rest = row.split("|", 1)
        formula, *criteria = rest.rsplit("|", 2)  # formulas have bars of their own
        frame = _frame(source, rscript)
        if frame is None:
            continue
        for criterion, is_reml in zip(criteria, (True, False), strict=True):
            if criterion:
                digits = len(criterion.partition(".")[2])
                yield Reference(
                    f"{source} {'REML' if is_reml else 'ML'}",
                    formula,
                    frame,
                    is_reml,
                    float(criterion),
                    0.5 * 10.0**-digits,
                )


def _frame(source: str, rscript: str | None) -> pd.DataFrame | None:
    """Data by the name of a file, or of a package and its data set."""
    if "::" not in source:
        frame = pd.read_csv(DATA / f"{source}.csv")
    elif rscript is None:
        return None
    else:
        code = EXPORT.format(name=source)
        done = subprocess.run(
            [rscript, "-e", code], stdout=subprocess.PIPE, text=True, check=True
        )
        frame = pd.read_csv(StringIO(done.stdout))
    for column in CATEGORIES:
        if column in frame:
            frame[column] = pd.Categorical(frame[column])
    return frame
