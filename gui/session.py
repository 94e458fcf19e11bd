"""The only state of the window: data, steps, model, fit, selection, undo.

Panels and pages read the session and listen to it; what the user does becomes a call of
one of its methods. A change makes a new `Document`; its results come from `gui.jobs`
later, and are shown only if they belong to the document of that time.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError
from gui.jobs import Jobs
from gui.lanes import Lane
from gui.number_look import number_look
from gui.work.document import Document
from gui.work.edits import Edits
from gui.work.files import Files
from gui.work.opening import Opened
from gui.work.problem import Place, Problem, problem_of
from gui.work.results import Results
from gui.work.selection import NOTHING, Selection

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from engine import FittedModel
    from engine.data.design_facts import DesignScan
    from engine.data.prepared import Prepared
    from engine.data.summaries import ColumnSummary
    from engine.findings.finding import Finding
    from engine.model.within import Unseen
    from gui.welcome.examples import Example

log = logging.getLogger(__name__)


class Session(Edits):
    """What is open, what is asked, and what is known about it.

    Signals carry nothing: who listens reads the properties.

    Signals
    -------
    table_changed : ()
        Other data are open, or none.
    prepared_changed : ()
        The rows or columns are others: steps were added, undone, replayed.
    scan_changed : ()
        `scan` and `summaries` are known, or no longer.
    unseen_changed : ()
        Other effects are known not to differ among groups.
    spec_changed : ()
        Another model or estimation is asked.
    inference_changed : ()
        Effects are to be tested in another way.
    fit_changed : ()
        `fit` is another one, or its state (current, old) has changed.
    findings_changed, selection_changed, problem_changed : ()
    busy_changed : bool
        Whether data are read or a model is fitted.
    progressed : Step
        Where that is.
    opened : Opened
        A file, project or example is open; for the window's own memory.
    saved : Path
        A project has been written.
    bug_met : Exception
        Something failed that should not.
    """

    table_changed = Signal()
    prepared_changed = Signal()
    scan_changed = Signal()
    unseen_changed = Signal()
    spec_changed = Signal()
    inference_changed = Signal()
    fit_changed = Signal()
    findings_changed = Signal()
    selection_changed = Signal()
    problem_changed = Signal()
    busy_changed = Signal(object)
    progressed = Signal(object)
    opened = Signal(object)
    saved = Signal(object)
    bug_met = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = Jobs(self)
        self.title = ""
        self.path: Path | None = None
        self.view: dict[str, Any] = {}
        self._saved_document = self._document
        self._selection = NOTHING
        self._problems: dict[Place, Problem] = {}
        self._was_busy = False
        self._results = Results(self.jobs, self)
        self._files = Files(self.jobs, self)
        self._connect()

    def _connect(self) -> None:
        number_look().changed.connect(self._on_numbers_changed)
        results = self._results
        results.prepared_changed.connect(self.prepared_changed)
        results.scan_changed.connect(self.scan_changed)
        results.unseen_changed.connect(self.unseen_changed)
        results.fit_changed.connect(self.fit_changed)
        results.findings_changed.connect(self.findings_changed)
        results.failed.connect(self._on_results_failed)
        results.succeeded.connect(self._on_results_succeeded)
        files = self._files
        files.opened.connect(self._on_opened)
        files.saved.connect(self._on_saved)
        files.failed.connect(self._on_file_failed)
        self.jobs.progressed.connect(self._on_job_progressed)
        self.jobs.busy_changed.connect(self._on_job_busy_changed)

    # -- what is there ----------------------------------------------------------

    @property
    def prepared(self) -> Prepared | None:
        """The rows after the steps; None until they are ready."""
        return self._results.prepared

    @property
    def scan(self) -> DesignScan | None:
        """What the design offers; of earlier rows until it is known for these."""
        return self._results.scan

    @property
    def unseen(self) -> tuple[Unseen, ...]:
        """Effects that cannot differ among groups; of the model before until known."""
        unseen = self._results.unseen
        is_of_rows = unseen is not None and unseen.prepared is self.prepared
        return unseen.effects if unseen is not None and is_of_rows else ()

    @property
    def summaries(self) -> Mapping[str, ColumnSummary]:
        """Of the columns, as far as they are known."""
        return self._results.summaries

    @property
    def fit(self) -> FittedModel | None:
        """The last fit; `is_fit_current` says whether it is of what is asked now."""
        return None if self._results.fit is None else self._results.fit.model

    @property
    def fit_seconds(self) -> float:
        """How long the last fit took; 0 without one."""
        return 0.0 if self._results.fit is None else self._results.fit.seconds

    @property
    def is_fit_current(self) -> bool:
        """Whether `fit` belongs to the model and rows that are asked now."""
        fit = self._results.fit
        return fit is not None and fit.document.has_same_fit(self._document)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be said about data, model and fit, without what was put aside."""
        put_aside = set(self._document.dismissed)
        return tuple(f for f in self._results.findings if f.key not in put_aside)

    @property
    def selection(self) -> Selection:
        """Selected rows."""
        return self._selection

    @property
    def problem(self) -> Problem | None:
        """Why what was asked last could not be done."""
        return next(reversed(self._problems.values()), None)

    def problem_at(self, *places: Place) -> Problem | None:
        """The newest problem at some places; one of a file hides none of the model."""
        for place, problem in reversed(self._problems.items()):
            if place in places:
                return problem
        return None

    @property
    def is_busy(self) -> bool:
        """Whether data are being read or a model fitted."""
        return self.jobs.is_busy(Lane.DATA) or self.jobs.is_busy(Lane.FIT)

    @property
    def is_saving(self) -> bool:
        """Whether a project is being written."""
        return self._files.is_saving

    @property
    def is_modified(self) -> bool:
        """Whether there is something that a project file does not have yet."""
        return not self._document.is_same(self._saved_document)

    # -- open and save ----------------------------------------------------------

    def open_table(self, path: str | Path, **options: Any) -> None:
        """Open a data file or a project; what was open is given up.

        Parameters
        ----------
        path : str or Path
        **options
            For a data file, as `engine.read_table` takes them.
        """
        self.forget_problem(Place.FILE)
        self._files.open_path(Path(path), **options)

    def open_text(self, text: str) -> None:
        """Open a table from the clipboard."""
        self.forget_problem(Place.FILE)
        self._files.open_text(text)

    def open_example(self, example: Example) -> None:
        """Open an example with its model."""
        self.forget_problem(Place.FILE)
        self._files.open_example(example)

    def close_table(self) -> None:
        """Give up what is open."""
        self._on_opened(Opened(Document(), ""))

    def save(self, path: str | Path) -> None:
        """Write the project; `saved` or `problem_changed` follows."""
        if self.table is not None:
            self.forget_problem(Place.FILE)
            self._files.save(self._document, dict(self.view), Path(path))

    # -- select -----------------------------------------------------------------

    def select(self, selection: Selection) -> None:
        """Select rows; the same ones in every plot and table."""
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit()

    def select_rows(self, rows: Iterable[Hashable]) -> None:
        """Select rows by their labels."""
        self.select(Selection(tuple(rows)))

    def select_level(self, group: str, level: str) -> None:
        """Select all rows of a group."""
        rows = self._results.rows_of_level(group, level)
        self.select(Selection(rows, group, level))

    # -- wait and stop ----------------------------------------------------------

    def cancel(self) -> None:
        """Stop reading and fitting; what was asked last is taken back."""
        is_fit_stopped = self.jobs.is_busy(Lane.FIT)
        self.jobs.cancel(Lane.DATA)
        self._results.cancel()
        if is_fit_stopped:
            self._set_problem(
                Problem(
                    Place.MODEL,
                    EngineError(
                        "The fit was cancelled.",
                        "Fit again, or undo the last change.",
                    ),
                )
            )

    def fit_again(self) -> None:
        """Ask once more for what could not be done or was stopped."""
        self._set_problem(None)
        self._results.ask(self._document)

    def ask_again_if_open(self) -> None:
        """Fit what is asked if there is no result of it and none is under way."""
        if not self.is_fit_current and not self.jobs.is_busy(Lane.FIT):
            self.fit_again()

    def forget_problem(self, *places: Place) -> None:
        """Say no longer what was the matter at some places."""
        found = [place for place in places if place in self._problems]
        for place in found:
            del self._problems[place]
        if found:
            self.problem_changed.emit()

    def take_page_failure(self, error: BaseException) -> None:
        """Say that what a page shows could not be made."""
        self._take_error(error, Place.MODEL)

    def shutdown(self) -> bool:
        """Stop everything; whether all workers have ended."""
        return self.jobs.shutdown()

    # -- what comes from the workers ---------------------------------------------

    def _on_document_changed(self, before: Document) -> None:
        after = self._document
        self.forget_problem(Place.FILE, Place.FORMULA, Place.DATA)
        if not after.has_same_fit(before):
            self.forget_problem(Place.MODEL)
        if not after.has_same_rows(before):
            self.select(NOTHING)
        if after.spec != before.spec or after.estimation != before.estimation:
            self.spec_changed.emit()
        if after.inference != before.inference:
            self.inference_changed.emit()
        if after.has_same_fit(before):
            self.findings_changed.emit()
        else:
            self._results.ask(after)

    @Slot()
    def _on_numbers_changed(self) -> None:
        """What is said of data and model is said with the new decimal mark."""
        self._results.say_again()
        if self._problems:
            self.problem_changed.emit()

    @Slot()
    def _on_results_succeeded(self) -> None:
        self.forget_problem(Place.DATA, Place.MODEL)

    @Slot(object)
    def _on_results_failed(self, error: BaseException) -> None:
        self._take_error(error, Place.MODEL)

    @Slot(object)
    def _on_opened(self, found: Opened) -> None:
        """Make what was opened the work."""
        self._history.clear()
        self._document = self._saved_document = found.document
        self.title, self.path, self.view = found.title, found.path, dict(found.view)
        self._set_problem(None)
        self.select(NOTHING)
        self._results.forget()
        self.table_changed.emit()
        self.spec_changed.emit()
        self.inference_changed.emit()
        self.history_changed.emit()
        self.saved_changed.emit()
        self._results.ask(self._document)
        self.opened.emit(found)

    @Slot(object, object)
    def _on_saved(self, path: Path, document: Document) -> None:
        if document.table is self.table:
            self._saved_document = document
            self.path, self.title = path, path.stem
            self.saved_changed.emit()
        self.saved.emit(path)

    @Slot(object)
    def _on_file_failed(self, error: BaseException) -> None:
        self._take_error(error, Place.FILE)

    @Slot(object, object, object)
    def _on_job_progressed(self, lane: Lane, step: object, _token: object) -> None:
        if lane in (Lane.DATA, Lane.FIT):
            self.progressed.emit(step)

    @Slot(object, object)
    def _on_job_busy_changed(self, _lane: Lane, _is_busy: object) -> None:
        if self.is_busy != self._was_busy:
            self._was_busy = self.is_busy
            self.busy_changed.emit(self._was_busy)

    def _take_error(self, error: BaseException, place: Place) -> None:
        problem = problem_of(error, place)
        self._set_problem(problem)
        if problem.is_bug:
            log.error("unexpected failure", exc_info=error)
            self.bug_met.emit(error)

    def _set_problem(self, problem: Problem | None) -> None:
        if problem is None:
            self.forget_problem(*Place)
            return
        self._problems.pop(problem.place, None)
        self._problems[problem.place] = problem
        self.problem_changed.emit()
