"""Small fitted models of every kind that a report must cope with."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.diagnostics.compared import compared
from engine.diagnostics.compared_inputs import compared_inputs
from engine.diagnostics.compared_settings import ComparedSettings, comparison
from engine.diagnostics.predicted import predicted
from engine.diagnostics.prediction_inputs import prediction_inputs
from engine.diagnostics.prediction_scale import MEASURED
from engine.diagnostics.prediction_settings import (
    KNOWN,
    UNCERTAIN,
    PredictionSettings,
)
from engine.fitted_model import FittedModel
from engine.inference.bootstrap.mixture import Mixture
from engine.inference.bootstrap.run import bootstrap
from engine.model.spec import ModelSpec, NoPooling
from engine.reporting.compared_tables import differences_table, means_table
from engine.reporting.prediction_table import prediction_table
from engine.reporting.tables import result_tables
from engine.workflow import fit
from tests.engine.facts import dyestuff2

if TYPE_CHECKING:
    from engine.diagnostics.compared_settings import Comparison
    from engine.fitting.certificate import Verdict
    from engine.reporting.tables import ResultTable

HOSTILE = '<script>alert("é & Ü")</script>'
BY_LAKE = ModelSpec("mass", (("length",),), grouping="lake")


def fish(seed: int = 11, n: int = 90) -> pd.DataFrame:
    """Mass over length of fish of three food types in nine lakes and five years."""
    rng = np.random.default_rng(seed)
    lake, year, food = (rng.integers(0, k, n) for k in (9, 5, 3))
    length = rng.normal(4.0, 0.8, n)
    lakes = rng.normal(0.0, 1.0, (9, 2)) * [0.8, 0.4]
    mass = -2 + 1.4 * length + lakes[lake, 0] + lakes[lake, 1] * length
    mass += rng.normal(0, 0.5, 5)[year] + 0.3 * food + rng.normal(0, 0.3, n)
    return pd.DataFrame(
        {
            "mass": mass,
            "length": length,
            "lake": [f"L{i + 1:02}" for i in lake],
            "year": 2000 + year,
            "food": np.array(["algae", "insects", "snails"])[food],
            "net": [f"N{i}" for i in rng.integers(0, 3, n)],
        },
        index=pd.RangeIndex(1, n + 1),
    )


@cache
def fitted(formula: str, estimation: str = "REML") -> FittedModel:
    """Fit a formula to the fish."""
    return fit(formula, fish(), estimation=estimation)


@cache
def unpooled(way: NoPooling) -> FittedModel:
    """Fit one of the four ways of not pooling lakes."""
    fixed = () if way is NoPooling.MEANS else BY_LAKE.fixed
    return fit(replace(BY_LAKE, no_pooling=way, fixed=fixed), fish())


@cache
def completely_pooled() -> FittedModel:
    return fit(BY_LAKE, fish())


@cache
def singular() -> FittedModel:
    """The variance among batches is estimated as zero."""
    return fit("Yield ~ 1 + (1 | Batch)", dyestuff2())


@cache
def with_lost_rows() -> FittedModel:
    """Four rows are not used, and one term repeats another."""
    frame = fish()
    frame["twice"] = 2 * frame["length"]
    frame.loc[[3, 7, 20], "mass"] = np.nan
    frame.loc[9, "lake"] = None
    return fit("mass ~ length + twice + (1 | lake)", frame)


@cache
def hostile() -> FittedModel:
    """Column and level names that would break a page or a sheet."""
    frame = fish().rename(columns={"length": "A&B 'x' \"y\"", "lake": HOSTILE})
    frame[HOSTILE] = "=" + frame[HOSTILE]
    frame["food"] = frame["food"].replace({"snails": "snails <b>é</b>"})
    return fit(f"mass ~ `A&B 'x' \"y\"` + food + (1 | `{HOSTILE}`)", frame)


def judged(model: FittedModel, verdict: Verdict) -> FittedModel:
    """The same model with another verdict on its optimum."""
    convergence = replace(
        model.convergence, verdict=verdict, said="The search stopped."
    )
    return FittedModel(replace(model.estimates, convergence=convergence))


def predictions(model: FittedModel) -> ResultTable:
    """What is predicted in the first group of each grouping, if there are some."""
    inputs = prediction_inputs(model)
    first = {name: str(own.own.levels[0]) for name, own in inputs.groups.items()}
    found = predicted(model, inputs, PredictionSettings(groups=first))
    return prediction_table(model, inputs, found)


def comparisons(model: FittedModel) -> list[ResultTable]:
    """Means, or a slope, of what the model offers first, and what is compared."""
    offered = compared_inputs(model, prediction_inputs(model))
    asked = comparison(offered, ComparedSettings())
    if asked is None:
        return []
    return compared_tables(model, asked)


def compared_tables(model: FittedModel, asked: Comparison) -> list[ResultTable]:
    """Tables of what is asked."""
    offered = compared_inputs(model, prediction_inputs(model))
    found = compared(model, offered, asked)
    differences = differences_table(model, offered, found)
    made = [means_table(model, offered, found)]
    return made if differences is None else [*made, differences]


def chosen_predictions() -> list[tuple[FittedModel, ResultTable]]:
    """Predictions by refits; predictions and means with a logarithm taken back."""
    frame = fish().assign(count=lambda own: np.exp(own["mass"]))
    model = fit("log(count) ~ length + (1 | lake)", frame)
    inputs = prediction_inputs(model)
    mixture = Mixture(bootstrap(model, 20))
    result = []
    for variances, scale in ((UNCERTAIN, ""), (KNOWN, MEASURED)):
        wanted = PredictionSettings(
            groups={"lake": "L01"}, variances=variances, scale=scale
        )
        found = predicted(model, inputs, wanted, mixture)
        result.append((model, prediction_table(model, inputs, found)))
    by_food = fit("log1p(count) ~ food + (1 | lake)", frame)
    offered = compared_inputs(by_food, prediction_inputs(by_food))
    asked = comparison(offered, ComparedSettings(scale=MEASURED))
    assert asked is not None
    result += [(by_food, table) for table in compared_tables(by_food, asked)]
    return result


def table(model: FittedModel, name: str) -> ResultTable:
    return {own.name: own for own in result_tables(model)}[name]


def cells(model: FittedModel, name: str, column: str) -> list[str]:
    own = table(model, name)
    position = list(own.frame.columns).index(column)
    return [row[position] for row in own.texts()]


def every_kind() -> dict[str, FittedModel]:
    """Models by a short name."""
    formulas = {
        "intercepts": "mass ~ length + (1 | lake)",
        "slopes": "mass ~ length + (length | lake)",
        "uncorrelated": "mass ~ length + (length || lake)",
        "crossed": "mass ~ food * length + (1 | lake) + (1 | year)",
        "nested": "mass ~ length + (1 | lake / net)",
        "factor varies": "mass ~ length + (0 + food | lake)",
        "no fixed part": "mass ~ 0 + (1 | lake)",
        "least squares": "mass ~ length * food",
        "polynomial": "mass ~ poly(length, 2) + (1 | lake)",
    }
    models = {name: fitted(formula) for name, formula in formulas.items()}
    models |= {f"not pooled: {way}": unpooled(way) for way in NoPooling}
    models["completely pooled"] = completely_pooled()
    models["singular"] = singular()
    models["lost rows"] = with_lost_rows()
    models["hostile"] = hostile()
    return models


EVERY_KIND = list(every_kind())
