"""What workers make for the Uncertainty page: plain functions of a model, no Qt.

`METHODS` are the columns of the tests side by side. Each is asked in turn, then the
profile; what is there already is shown while the next is at work.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from math import isnan
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from engine.diagnostics.uncertainty import Role, parameters_of, replicates_of
from engine.errors import EngineError
from engine.inference.bootstrap.one_by_one import REFITTING
from engine.inference.bootstrap.run import RESAMPLING, bootstrap
from engine.inference.profile import profile
from engine.progress import Step
from engine.reporting.parameter_tests import (
    kenward_roger_tests,
    likelihood_ratio_tests,
    satterthwaite_tests,
    simulated_tests,
)
from engine.reporting.parameter_words import parameter_words
from engine.reporting.side_by_side import side_by_side_table

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Mapping

    from engine import FittedModel
    from engine.diagnostics.uncertainty import Parameter, Replicates
    from engine.inference.bootstrap.result import Bootstrap
    from engine.progress import Report
    from engine.reporting.parameter_words import ParameterWords
    from engine.reporting.result_table import ResultTable
    from engine.reporting.side_by_side import TestMethod

METHODS: tuple[Callable[[FittedModel, Report], TestMethod], ...] = (
    satterthwaite_tests,
    kenward_roger_tests,
    likelihood_ratio_tests,
    simulated_tests,
)
"""Tests of all parameters by one method each, quick ones first."""
BY_ITSELF_S = 2.0
"""A bootstrap that takes less begins without being asked."""
JUDGED_FROM_S, JUDGED_UNTIL_S = 0.15, 0.6
"""After the start: when it can be told how long all of it takes, and is decided."""
APART_S, MOST_OVERHEAD = 0.1, 0.2
"""Between two pictures of what streams; share of the time that they may take."""


@dataclass(frozen=True, slots=True, eq=False)
class UncertaintyContent:
    """What the page shows of a model before there are replicates.

    Attributes
    ----------
    model : FittedModel
    level : float
        Coverage of all intervals.
    parameters : tuple of Parameter
        Fixed effects first, sigma last, as the page lists them.
    words : mapping of str to ParameterWords
        By the parameter's name.
    tests : ResultTable
        Without rows if nothing is tested.
    """

    model: FittedModel
    level: float
    parameters: tuple[Parameter, ...]
    words: Mapping[str, ParameterWords]
    tests: ResultTable


def make_uncertainty(
    model: FittedModel,
    level: float,
    *,
    report: Report,
    partial: Callable[[object], None],
) -> UncertaintyContent:
    """Make intervals and tests that need no bootstrap, the quick ones first.

    Parameters
    ----------
    model : FittedModel
    level : float
    report : callable
        A safe point.
    partial : callable
        Given `UncertaintyContent` as often as there is more of it.
    """
    methods: list[TestMethod] = []
    parameters = _listed(parameters_of(model, level))
    words, tests = parameter_words(model), side_by_side_table(model, methods)
    content = UncertaintyContent(model, level, parameters, words, tests)
    for method in METHODS:
        methods.append(method(model, report))
        is_whole = len(methods) == len(METHODS)
        tests = side_by_side_table(model, methods, is_whole=is_whole)
        content = replace(content, tests=tests)
        partial(content)
    with suppress(EngineError):  # then there is no such column
        profiled = parameters_of(model, level, profile(model, level, report))
        content = replace(content, parameters=_listed(profiled))
    return content


def _listed(parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """Fixed effects first, as the tables of results."""
    return tuple(sorted(parameters, key=lambda one: one.role is not Role.FIXED))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which interval is made of the replicates."""

    level: float = 0.95
    kind: str = "percentile"


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One run of the bootstrap; also the token of its job.

    Attributes
    ----------
    model : FittedModel
    parameters : tuple of Parameter
    replicates, seed : int
    is_trial : bool
        Whether it gives up if all of it would take more than `BY_ITSELF_S`.
    """

    model: FittedModel
    parameters: tuple[Parameter, ...]
    replicates: int
    seed: int
    is_trial: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Streamed:
    """What is there of a run.

    Attributes
    ----------
    asked : Asked
    bootstrap : Bootstrap
    replicates : Replicates
        Densities and intervals of them.
    seconds : float
        How long it took, without waiting for fits.
    """

    asked: Asked
    bootstrap: Bootstrap
    replicates: Replicates
    seconds: float


@dataclass(frozen=True, slots=True)
class TooSlow:
    """A trial that gave up: all of it would take so many seconds; NaN if unknown."""

    seconds: float


class _GivenUp(Exception):  # noqa: N818 - not a fault
    """Raised out of the bootstrap by a trial."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def stream(
    asked: Asked,
    choices: deque[Choice],
    *,
    report: Report,
    partial: Callable[[object], None],
) -> Streamed | TooSlow:
    """Run the bootstrap; hand over pictures of what is there, ten times a second.

    Parameters
    ----------
    asked : Asked
    choices : deque of Choice
        The last one is what is wanted now; another may be put there meanwhile, which
        the next picture heeds.
    report : callable
        Given a `Step` with refits done, and as its value the seconds left.
    partial : callable
        Given `Streamed`.
    """
    clock = _Clock(asked, choices, report, partial)
    try:
        found = bootstrap(
            asked.model,
            asked.replicates,
            asked.seed,
            clock.hear,
            partial=clock.show,
        )
    except _GivenUp as slow:
        return TooSlow(slow.seconds)
    return clock.streamed(found)


def describe(streamed: Streamed, choice: Choice) -> Streamed:
    """Make other intervals of the replicates that there are."""
    asked = streamed.asked
    made = replicates_of(
        asked.parameters, streamed.bootstrap, choice.level, choice.kind
    )
    return replace(streamed, replicates=made)


class _Clock:
    """Knows how long a run has worked, and so what to report, show and give up."""

    def __init__(
        self,
        asked: Asked,
        choices: deque[Choice],
        report: Report,
        partial: Callable[[object], None],
    ) -> None:
        self._asked, self._choices = asked, choices
        self._report, self._partial = report, partial
        self._start = perf_counter()
        # the pages of a new fit take turns with the trial: only its own work is judged
        self._worked_before = thread_time()
        self._due = APART_S
        self._is_judged = False

    @property
    def seconds(self) -> float:
        """Time at work: letting a fit go first does not count."""
        return perf_counter() - self._start

    def hear(self, step: Step) -> None:
        """Pass on how many refits are done; a safe point."""
        done = step.done
        if step.within is not None and step.within.what == REFITTING:
            done += step.within.done
        whole = self._asked.replicates
        seconds = self.seconds
        all_of_it = seconds / done * whole if done else float("nan")
        if self._asked.is_trial:
            worked = thread_time() - self._worked_before
            self._judge(worked, worked / done * whole if done else float("nan"))
        left = all_of_it - seconds
        self._waiting(self._report, Step(RESAMPLING, done, whole, left))

    def _judge(self, seconds: float, all_of_it: float) -> None:
        if isnan(all_of_it):  # not one refit is done
            if seconds > BY_ITSELF_S / 2:
                raise _GivenUp(float("nan"))
            return
        is_time = JUDGED_FROM_S <= seconds <= JUDGED_UNTIL_S
        is_late = seconds > JUDGED_UNTIL_S and not self._is_judged
        if is_time or is_late:
            self._is_judged = True
            if all_of_it > BY_ITSELF_S:
                raise _GivenUp(all_of_it)

    def show(self, found: Bootstrap) -> None:
        """Make a picture of what is there, if it is time for one."""
        if self.seconds < self._due:
            return
        before = self.seconds
        made = self.streamed(found)
        took = self.seconds - before
        self._due = self.seconds + max(APART_S, took / MOST_OVERHEAD)
        self._waiting(self._partial, made)

    def streamed(self, found: Bootstrap) -> Streamed:
        """What is there now."""
        choice = self._choices[-1]
        asked = self._asked
        made = replicates_of(asked.parameters, found, choice.level, choice.kind)
        return Streamed(asked, found, made, self.seconds)

    def _waiting(self, tell: Callable[..., None], what: object) -> None:
        before = perf_counter()
        tell(what)
        self._start += perf_counter() - before
