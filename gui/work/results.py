"""What follows from the document: rows, scan, fit, findings; never of another one.

Each is asked of a worker and taken only if it still belongs to the document. Until a
new fit is there the old one stays, marked as old by `Session.is_fit_current`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from gui.lanes import Lane
from gui.work.refreshing import Fit, UnseenIn, find, refresh, rows_of_level, scan

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from engine.data.design_facts import DesignScan
    from engine.data.prepared import Prepared
    from engine.data.summaries import ColumnSummary
    from engine.findings.finding import Finding
    from gui.jobs import Jobs
    from gui.work.document import Document

REMEMBERED = 12
"""Fits that undo can show at once."""
REMEMBERED_ROWS = 200_000
"""Rows in all of them, so that memory stays small."""


@dataclass(frozen=True, slots=True, eq=False)
class _FindingsAsked:
    """Token of a job that looks for findings."""

    fit: Fit | None


class Results(QObject):
    """Asks the workers and keeps what they answer.

    Signals
    -------
    prepared_changed, scan_changed, unseen_changed : ()
    fit_changed, findings_changed : ()
    succeeded : ()
        All that was asked could be done.
    failed : Exception
        What stood in the way.
    """

    prepared_changed = Signal()
    scan_changed = Signal()
    unseen_changed = Signal()
    fit_changed = Signal()
    findings_changed = Signal()
    succeeded = Signal()
    failed = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.prepared: Prepared | None = None
        self.scan: DesignScan | None = None
        self.summaries: Mapping[str, ColumnSummary] = {}
        self.unseen: UnseenIn | None = None
        self.fit: Fit | None = None
        self.findings: tuple[Finding, ...] = ()
        self._jobs = jobs
        self._asked: Document | None = None
        self._rows_of: Document | None = None
        self._scan_of: Prepared | None = None
        self._remembered: list[Fit] = []
        jobs.partial.connect(self._on_partial)
        jobs.succeeded.connect(self._on_succeeded)
        jobs.failed.connect(self._on_failed)

    def forget(self) -> None:
        """Know nothing, as with other data."""
        for lane in (Lane.FIT, Lane.SCAN):
            self._jobs.cancel(lane)
        self.prepared = self.scan = self.fit = self._asked = self._rows_of = None
        self._scan_of = self.unseen = None
        self.summaries, self.findings = {}, ()
        self._remembered.clear()
        self.prepared_changed.emit()
        self.scan_changed.emit()
        self.fit_changed.emit()
        self.findings_changed.emit()

    def ask(self, document: Document) -> None:
        """Find out what follows from a document."""
        self._asked = document
        if document.table is None:
            return
        known = None
        if self._rows_of is not None and document.has_same_rows(self._rows_of):
            known = self.prepared
        if (fit := self._remembered_fit(document)) is not None:
            self._jobs.cancel(Lane.FIT)
            self._take_rows(fit.prepared, document)
            self._take_fit(fit)
            return
        if document.spec is None:
            self._drop_fit()
        self.fit_changed.emit()  # the old one is old now
        args = (document, known)
        label = "Fitting" if document.spec is not None else "Preparing the rows"
        self._jobs.start(Lane.FIT, label, refresh, *args, token=document)

    def cancel(self) -> None:
        """Stop the fit."""
        self._jobs.cancel(Lane.FIT)

    def say_again(self) -> None:
        """Make the findings anew: numbers are written in another way."""
        self._look_for_findings()

    def rows_of_level(self, group: str, level: str) -> tuple[Hashable, ...]:
        """Labels of the rows that belong to a group, in the order of the table."""
        if self.prepared is None:
            return ()
        return rows_of_level(self.prepared, group, level)

    def _remembered_fit(self, document: Document) -> Fit | None:
        same = (fit for fit in self._remembered if fit.document.has_same_fit(document))
        return next(same, None)

    def _drop_fit(self) -> None:
        self.fit = None
        self._set_findings(())

    def _take_rows(self, prepared: Prepared, document: Document) -> None:
        if prepared is self.prepared:
            return
        self.prepared, self._rows_of = prepared, document
        self._scan_of = None  # or findings would take the place of the scan
        self.prepared_changed.emit()
        self._jobs.start(
            Lane.SCAN, "Looking at the columns", scan, prepared, token=prepared
        )

    def _take_unseen(self, unseen: UnseenIn) -> None:
        known, self.unseen = self.unseen, unseen
        if known is None or known.effects != unseen.effects:
            self.unseen_changed.emit()

    def _take_fit(self, fit: Fit) -> None:
        self.fit = fit
        self._take_unseen(fit.unseen)
        self._remember(fit)
        self.fit_changed.emit()
        self.succeeded.emit()
        self._look_for_findings()

    def _remember(self, fit: Fit) -> None:
        self._remembered = [fit, *(old for old in self._remembered if old is not fit)]
        rows = 0
        for place, one in enumerate(self._remembered):
            rows += one.model.n_rows
            if place >= REMEMBERED or (place and rows > REMEMBERED_ROWS):
                del self._remembered[place:]
                break

    def _look_for_findings(self) -> None:
        """Start the search once both fit and scan are of the rows that are asked."""
        if self.prepared is None or self.scan is None or self._asked is None:
            return
        is_scanning = self._scan_of is not self.prepared
        if is_scanning or self._jobs.is_busy(Lane.FIT):
            return
        fit, asked = self.fit, self._asked
        if fit is not None and not fit.document.has_same_fit(asked):
            fit = None
        args = (asked, self.prepared, self.scan, fit)
        token = _FindingsAsked(fit)
        self._jobs.start(Lane.SCAN, "Looking for findings", find, *args, token=token)

    def _set_findings(self, findings: tuple[Finding, ...]) -> None:
        if findings != self.findings:
            self.findings = findings
            self.findings_changed.emit()

    @Slot(object, object, object)
    def _on_partial(self, lane: Lane, part: Any, token: Any) -> None:
        if lane is Lane.FIT and isinstance(part, UnseenIn):
            self._take_unseen(part)
        elif lane is Lane.FIT:
            self._take_rows(part, token)
        elif lane is Lane.SCAN and token is self.prepared:
            self.summaries = part
            self.scan_changed.emit()

    @Slot(object, object, object)
    def _on_succeeded(self, lane: Lane, result: Any, token: Any) -> None:
        if lane is Lane.FIT:
            if isinstance(result, Fit):
                self._take_fit(result)
            else:
                self.succeeded.emit()
                self._look_for_findings()
        elif lane is Lane.SCAN:
            if token is self.prepared:
                self.scan, self._scan_of = result, token
                self.scan_changed.emit()
                self._look_for_findings()
            elif isinstance(token, _FindingsAsked):
                self._set_findings(result)

    @Slot(object, object, object)
    def _on_failed(self, lane: Lane, error: BaseException, _token: object) -> None:
        if lane in (Lane.FIT, Lane.SCAN):
            self.failed.emit(error)
        if lane is Lane.FIT:
            self.fit_changed.emit()
            self._look_for_findings()
