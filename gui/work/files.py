"""Files in the background: open data, projects and examples; save projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from gui.lanes import Lane
from gui.work import opening

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gui.jobs import Jobs
    from gui.welcome.examples import Example
    from gui.work.document import Document


class Files(QObject):
    """Reads and writes in workers, one file at a time each.

    Signals
    -------
    opened : Opened
    saved : Path, Document
        The file is written, with this document in it.
    failed : Exception
        The file could not be read or written.
    """

    opened = Signal(object)
    saved = Signal(object, object)
    failed = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._when_open: list[Callable[[], None]] = []
        self._to_save: tuple[Document, Mapping[str, Any], Path] | None = None
        jobs.succeeded.connect(self._on_succeeded)
        jobs.failed.connect(self._on_failed)
        jobs.cancelled.connect(self._on_cancelled)

    @property
    def is_opening(self) -> bool:
        """Whether a file is being read."""
        return self._jobs.is_busy(Lane.DATA)

    @property
    def is_saving(self) -> bool:
        """Whether a project is being written, or waits for that."""
        return self._jobs.is_busy(Lane.SAVE) or self._to_save is not None

    def open_path(self, path: Path, **options: Any) -> None:
        """Open a project or a data file; options make it a data file."""
        label = f"Opening {path.name}"
        if options:
            self._open(label, opening.open_data, path, **options)
        else:
            self._open(label, opening.open_file, path)

    def open_text(self, text: str) -> None:
        """Open a table that was copied."""
        self._open("Reading the pasted table", opening.open_text, text)

    def open_example(self, example: Example) -> None:
        """Open an example with its model."""
        how = (example.path, example.title, example.formula, example.steps)
        self._open(f"Opening {example.title}", opening.open_example, *how)

    def when_open(self, call: Callable[[], None]) -> bool:
        """Keep a call until the file that is being read is open.

        Returns
        -------
        bool
            Whether it was kept; False if no file is being read.
        """
        if self.is_opening:
            self._when_open.append(call)
        return self.is_opening

    def save(self, document: Document, view: Mapping[str, Any], path: Path) -> None:
        """Write a project, after one that is being written now."""
        if self._jobs.is_busy(Lane.SAVE):
            self._to_save = document, view, path
            return
        args = (document, view, path)
        self._jobs.start(Lane.SAVE, "Saving", opening.save, *args, token=path)

    def _open(
        self, label: str, how: Callable[..., Any], *args: Any, **opts: Any
    ) -> None:
        self._when_open.clear()
        self._jobs.start(Lane.DATA, label, how, *args, **opts)

    def _save_next(self) -> None:
        """Write what has waited; jobs has given the lane free before it tells."""
        if self._to_save is not None:
            waiting, self._to_save = self._to_save, None
            self.save(*waiting)

    @Slot(object, object, object)
    def _on_succeeded(self, lane: Lane, result: Any, token: Any) -> None:
        if lane is Lane.DATA:
            calls, self._when_open = self._when_open, []
            self.opened.emit(result)
            for call in calls:
                call()
        elif lane is Lane.SAVE:
            self.saved.emit(token, result)
            self._save_next()

    @Slot(object, object, object)
    def _on_failed(self, lane: Lane, error: BaseException, _token: object) -> None:
        if lane is Lane.DATA:
            self._when_open.clear()
            self.failed.emit(error)
        elif lane is Lane.SAVE:
            self.failed.emit(error)
            self._save_next()

    @Slot(object, object)
    def _on_cancelled(self, lane: Lane, _token: object) -> None:
        if lane is Lane.DATA:
            self._when_open.clear()
