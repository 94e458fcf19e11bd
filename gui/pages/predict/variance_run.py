"""The refits behind uncertain variances: drawn once for a model, watched, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError
from gui.lanes import Lane
from gui.pages.predict.variance_work import draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import FittedModel
    from engine.inference.bootstrap.mixture import Mixture
    from engine.inference.bootstrap.result import Bootstrap
    from engine.progress import Step
    from gui.pages.predict.variance_work import Drawn
    from gui.session import Session


def _nothing(_model: FittedModel) -> Bootstrap | None:
    """No other page has refits."""
    return None


class VarianceRun(QObject):
    """Asks the workers, in a lane of its own.

    Signals
    -------
    changed : ()
        Progress.
    finished : ()
        There are refits, or it is known that there will be none.

    Attributes
    ----------
    done, of : int
        Refits, while it is at work.
    there : callable
        Gives the refits of a model that another page has made, or None.
    """

    changed = Signal()
    finished = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: FittedModel | None = None  # whose refits are under way
        self._drawn: Drawn | None = None
        self._failed: FittedModel | None = None
        self._token: object = None
        self.done = self.of = 0
        self.there: Callable[[FittedModel], Bootstrap | None] = _nothing
        self._error: EngineError | None = None
        session.fit_changed.connect(self._on_fit_changed)
        jobs = session.jobs
        jobs.progressed.connect(self._on_progressed)
        jobs.succeeded.connect(self._on_succeeded)
        jobs.failed.connect(self._on_failed)

    @property
    def is_at_work(self) -> bool:
        """Whether refits are being made."""
        return self._asked is not None

    def mixture(self, model: FittedModel) -> Mixture | None:
        """What is there of a model."""
        drawn = self._drawn
        return drawn.mixture if drawn is not None and drawn.model is model else None

    def error_of(self, model: FittedModel) -> EngineError | None:
        """Why a model has no refits."""
        return self._error if self._failed is model else None

    @property
    def words(self) -> str:
        """Where the work is; nothing when none is done."""
        if not self.is_at_work:
            return ""
        return f"Refitting … {self.done} of {self.of}" if self.of else "Refitting …"

    def ask(self, model: FittedModel) -> None:
        """Make refits, unless they are there, under way, impossible or of an old model.

        Parameters
        ----------
        model : FittedModel
        """
        session = self._session
        is_current = model is session.fit and session.is_fit_current
        is_known = self.mixture(model) is not None or self._failed is model
        if is_known or self._asked is model or not is_current:
            return
        self.stop()
        self._asked, self._drawn, self._failed = model, None, None
        self._error, self.done, self.of = None, 0, 0
        self._token = object()
        label, given = "Refits for predictions", (model, self.there(model))
        session.jobs.start(Lane.VARIANCES, label, draw, *given, token=self._token)
        self.changed.emit()

    def stop(self) -> None:
        """End the work; nobody wants it."""
        if self.is_at_work:
            self._asked = self._token = None
            self._session.jobs.cancel(Lane.VARIANCES)
            self.changed.emit()

    def forget(self) -> None:
        """Know nothing: other data are open."""
        self.stop()
        self._drawn = self._failed = self._error = None

    @Slot()
    def _on_fit_changed(self) -> None:
        """Another model is asked or fitted: nobody wants refits of the old one."""
        session = self._session
        if not (session.is_fit_current and self._asked is session.fit):
            self.stop()

    def _is_mine(self, lane: Lane, token: object) -> bool:
        return lane is Lane.VARIANCES and token is self._token and token is not None

    @Slot(object, object, object)
    def _on_progressed(self, lane: Lane, step: Step, token: object) -> None:
        if self._is_mine(lane, token):
            self.done, self.of = step.done, step.of or 0
            self.changed.emit()

    @Slot(object, object, object)
    def _on_succeeded(self, lane: Lane, drawn: Drawn, token: object) -> None:
        if not self._is_mine(lane, token):
            return
        self._asked = self._token = None
        if drawn.mixture.n:
            self._drawn = drawn
        else:
            self._failed = drawn.model
            self._error = EngineError(
                "No refit to simulated data reached a proved optimum.",
                "The variances count as known.",
            )
        self.finished.emit()

    @Slot(object, object, object)
    def _on_failed(self, lane: Lane, error: BaseException, token: object) -> None:
        if not self._is_mine(lane, token):
            return
        self._failed, self._asked, self._token = self._asked, None, None
        if isinstance(error, EngineError):
            self._error = error
        else:
            self._error = EngineError(
                "The refits met an unexpected fault.", "The variances count as known."
            )
            self._session.take_page_failure(error)
        self.finished.emit()
