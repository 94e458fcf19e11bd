"""Predictions in words: the five questions, their answers, and what must be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.group_words import group_noun
from engine.data.wording import counted, joined
from engine.diagnostics.prediction_answers import NotAsked
from engine.diagnostics.prediction_scale import is_logarithm
from engine.diagnostics.prediction_settings import NEW, UNCERTAIN
from engine.inference.prediction import KINDS
from engine.reporting.numbers import HARD_SPACE, Kind, shown
from engine.written_numbers import general

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.diagnostics.predicted import Prediction
    from engine.diagnostics.prediction_answers import Answer
    from engine.diagnostics.prediction_inputs import NumberInput, PredictionInputs
    from engine.fitted_model import FittedModel

MOST_NAMED = 3
"""Covariates that a heading names; the foot has them all."""
_MOST_GROUPS = 3
NOISE_SAID = 0.02
"""Share of an interval's width from which the noise of its ends is said."""


def coverage(level: float) -> str:
    """Write a level of intervals: ``95 %``."""
    return f"{general(100 * level, 4)} %"


def outside_words(number: NumberInput) -> str:
    """Say that a number is set beyond the rows."""
    low, high = number.written(number.low), number.written(number.high)
    return (
        f"Extrapolated: your rows have {number.name} from {low} to {high}; beyond, the "
        "shape of the line is a guess."
    )


class PredictionWords:
    """What is said of one prediction.

    Parameters
    ----------
    model : FittedModel
    inputs : PredictionInputs
    prediction : Prediction
    """

    def __init__(
        self, model: FittedModel, inputs: PredictionInputs, prediction: Prediction
    ) -> None:
        self._model, self._inputs, self._said = model, inputs, prediction
        self._response = prediction.scale.response

    # ---- what is asked ------------------------------------------------------------

    @property
    def place(self) -> str:
        """Where the covariates are set: "when log_length = 5.2"; may be empty."""
        parts = [f"{name} = {value}" for name, value in self._values()]
        return f"when {joined(parts, most=MOST_NAMED)}" if parts else ""

    def question(self, answer: Answer) -> str:
        """What is asked, and why it cannot be."""
        asked = self._asked(answer)
        if answer.why_not is NotAsked.NO_GROUPS:
            return f"{asked}: least squares has no groups that vary"
        if answer.why_not is NotAsked.NO_GROUP_CHOSEN:
            return f"{asked}: choose one to ask this"
        if answer.why_not is NotAsked.NOT_ESTIMABLE:
            return f"{asked}: cannot be estimated, the rows do not show it"
        return asked

    def sentence(self, answer: Answer) -> str:
        """The answer with its interval; without one, the question and why not."""
        if answer.why_not is not None:
            return f"{self.question(answer)}."
        asked = " ".join(filter(None, (self._asked(answer), self.place)))
        error = None if self._said.scale.function else answer.std_error
        number, low, high = (
            shown(value, Kind.ESTIMATE, error)
            for value in (answer.estimate, answer.lower, answer.upper)
        )
        level = coverage(self._said.settings.level).replace(" ", HARD_SPACE)
        interval = f"{level} interval {low} to {high}"
        return f"{asked} is {number} ({interval})."

    def caption(self, answer: Answer) -> str:
        """What the picture shows of it."""
        asked = self._asked(answer)
        band = f"with its {coverage(self._said.settings.level)} interval"
        if self._said.refits is not None:
            band += f" by {counted(self._said.refits.n, 'refit')}"
        others = [
            f"{name} = {value}"
            for name, value in self._values()
            if name != self._said.settings.axis
        ]
        held = f", at {joined(others, most=MOST_NAMED)}" if others else ""
        return f"{asked} {band}{held}"

    def _asked(self, answer: Answer) -> str:
        middle = "median" if self._said.scale.function else "mean"
        mean = f"The {middle} {self._response}"
        single = f"A single new {self._response}"
        if not self._model.is_mixed:
            return {
                "population": mean,
                "observation": single,
                "group": f"{mean} in a known group",
                "new_group": f"{mean} of a new group",
                "new_observation": f"{single} in a new group",
            }[answer.kind]
        known = self._groups_chosen()
        if answer.why_not is NotAsked.NO_GROUP_CHOSEN:
            known = f"a known {joined(self._nouns(0), 'or', _MOST_GROUPS)}"
        new = joined([f"a new {noun}" for noun in self._nouns(0)], most=_MOST_GROUPS)
        everywhere = joined(self._nouns(1), most=_MOST_GROUPS)
        return {
            "population": f"{mean} over all {everywhere}",
            "group": f"{mean} in {known}",
            "observation": f"{single} in {known}",
            "new_group": f"{mean} of {new}",
            "new_observation": f"{single} in {new}",
        }[answer.kind]

    def _groups_chosen(self) -> str:
        """Groups in words: "lake L05 and a new year"."""
        parts = [
            f"{name} {level}" if level != NEW else f"a new {group_noun(name)[0]}"
            for name, level in self._said.settings.groups.items()
        ]
        if not parts:  # every grouping is a covariate too
            names = dict.fromkeys(b.grouping.name for b in self._model.design.blocks)
            parts = [f"this {group_noun(name)[0]}" for name in names]
        return joined(parts, most=_MOST_GROUPS)

    def _nouns(self, number: int) -> list[str]:
        """One or many of each grouping."""
        names = list(self._inputs.groups) or list(
            dict.fromkeys(b.grouping.name for b in self._model.design.blocks)
        )
        return [group_noun(name)[number] for name in names]

    def _values(self) -> Iterator[tuple[str, str]]:
        """Covariates with their values, as a reader sees them."""
        values = self._said.settings.values
        for name, number in self._inputs.numbers.items():
            yield name, number.written(float(values[name]))
        for name in self._inputs.categories:
            yield name, str(values[name])

    # ---- what must be known -------------------------------------------------------

    def foot(self) -> Iterator[str]:
        """Lines below the table: how it was computed, what to beware of."""
        yield self._how()
        values = list(self._values())
        if len(values) > MOST_NAMED + 1:
            yield f"Set: {', '.join(f'{name} = {value}' for name, value in values)}."
        yield from self.warnings()
        yield from self._of_scale()
        if self._model.design.weights is not None:
            yield "A single new row counts as one of weight 1."
        design = self._model.design
        if design.offset is not None and design.offset_encoder is None:
            yield "The offset was given as numbers: it is no part of what is predicted."

    def warnings(self) -> Iterator[str]:
        """What is asked that the rows do not show."""
        said = self._said
        for name in said.outside:
            yield self.outside(name)
        for name, group, value in said.elsewhere:
            level = said.settings.groups[group]
            yield f"In {group} {level}, {name} is {value}."
        for name in said.unseen:
            yield f"This {group_noun(name)[0]} was not observed: it counts as new."

    def outside(self, name: str) -> str:
        """Say that a number is set beyond the rows."""
        return outside_words(self._inputs.numbers[name])

    def _how(self) -> str:
        """How the intervals were made."""
        said, level = self._said, coverage(self._said.settings.level)
        if not self._model.is_mixed:
            return f"{level} intervals by Student's t, exact for least squares."
        if said.refits is None:
            waiting = ""
            if said.settings.variances == UNCERTAIN:
                waiting = " Those that let them be uncertain are not there."
            return (
                f"{level} intervals by Student's t; the estimated variances count as "
                f"known.{waiting}"
            )
        refits = said.refits
        text = (
            f"{level} intervals by parametric bootstrap: the variances are as "
            f"uncertain as {counted(refits.n, 'refit')} to simulated data show "
            f"(seed {refits.seed})."
        )
        if refits.n_left_out:
            text += f" {counted(refits.n_left_out, 'refit')} could not be used."
        if refits.noise >= NOISE_SAID:
            text += (
                " With so few, other refits would move an end by about "
                f"{general(100 * refits.noise, 2)} % of its interval's width."
            )
        return text

    def _of_scale(self) -> Iterator[str]:
        """What scale the numbers are on, if the response is a logarithm."""
        said, fitted = self._said.scale, self._model.design.response_name
        if not is_logarithm(self._model):
            return
        if not said.function:
            yield f"Values are on the log scale, as {fitted} is."
            return
        back = {
            "log": "natural logarithm",
            "log1p": f"natural logarithm of {said.response} + 1",
            "log2": "logarithm to the base 2",
            "log10": "logarithm to the base 10",
        }[said.function]
        yield (
            f"The {back} is taken back: what is a mean of {fitted} is a median of "
            f"{said.response}, whose mean is larger. SE by the delta method; intervals "
            "have the ends of those on the log scale."
        )


def prediction_sentences(
    model: FittedModel, inputs: PredictionInputs, prediction: Prediction
) -> tuple[str, ...]:
    """The five answers, a sentence each, in the order of the kinds.

    Parameters
    ----------
    model : FittedModel
    inputs : PredictionInputs
    prediction : Prediction

    Returns
    -------
    tuple of str
    """
    words = PredictionWords(model, inputs, prediction)
    assert [answer.kind for answer in prediction.answers] == list(KINDS)
    return tuple(words.sentence(answer) for answer in prediction.answers)
