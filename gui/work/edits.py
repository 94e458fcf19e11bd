"""The document and every change that the user makes to it, each one undoable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from gui.work.document import Document
from gui.work.history import History
from gui.work.problem import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable

    from engine import ModelSpec
    from engine.data.prepared import Prepared, Step
    from engine.data.row_steps import Exclude
    from engine.data.table import Table
    from engine.inference.choice import InferenceChoice
    from gui.work.files import Files

_LOOKED_AT = 20_000  # labels that are found in no time


class Edits(QObject):
    """Holds the document; a session adds what follows from it.

    Signals
    -------
    history_changed : ()
        What can be undone or redone.
    saved_changed : ()
        Title, path or whether there is something to save.
    """

    history_changed = Signal()
    saved_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = Document()
        self._history = History()
        self._files: Files

    @property
    def document(self) -> Document:
        """All that decides the results."""
        return self._document

    @property
    def table(self) -> Table | None:
        """The data as read."""
        return self._document.table

    @property
    def spec(self) -> ModelSpec | None:
        """The model that is asked."""
        return self._document.spec

    @property
    def prepared(self) -> Prepared | None:
        """The rows after the steps; None until they are ready."""
        raise NotImplementedError

    @property
    def undo_words(self) -> str:
        """What undo would take back, or ``""``."""
        return self._history.undo_words

    @property
    def redo_words(self) -> str:
        """What redo would do again, or ``""``."""
        return self._history.redo_words

    def _on_document_changed(self, before: Document) -> None:
        """Do what follows from another document."""
        raise NotImplementedError

    def ask_again_if_open(self) -> None:
        """Fit what is asked if there is no result of it and none is under way."""
        raise NotImplementedError

    def forget_problem(self, *places: Place) -> None:
        """Say no longer what was the matter at some places."""
        raise NotImplementedError

    def _set_problem(self, problem: Problem | None) -> None:
        """Say why something cannot be done."""
        raise NotImplementedError

    def set_spec(self, spec: ModelSpec | None, words: str = "Change the model") -> None:
        """Ask another model.

        Parameters
        ----------
        spec : ModelSpec or None
        words : str
            What undo calls it.
        """
        self.change(words, spec=spec)

    def set_formula(self, text: str) -> None:
        """Ask the model that a formula says; keep the old one if it cannot be read.

        The grouping that the pooling is about is kept where the formula has no bar.
        While a file is still being opened, the formula waits for it.
        """
        if self._files.when_open(lambda: self.set_formula(text)):
            return
        from gui.work.formula_reading import read_formula  # noqa: PLC0415 - numpy

        try:
            spec = read_formula(text, self.prepared or self.table, self.spec)
        except EngineError as error:
            self._set_problem(Problem(Place.FORMULA, error, text))
            return
        if spec == self.spec:  # what was asked before: once more if it failed
            self.forget_problem(Place.FORMULA)
            self.ask_again_if_open()
            return
        self.change("Change the formula", spec=spec)

    def set_estimation(self, estimation: str) -> None:
        """Choose REML or ML."""
        self.change(f"Estimate by {estimation}", estimation=estimation)

    def set_inference(self, choice: InferenceChoice) -> None:
        """Choose how the tables of results test the fixed effects."""
        self.change("Change how effects are tested", inference=choice)

    def add_steps(
        self,
        steps: Iterable[Step],
        words: str = "",
        *,
        spec: ModelSpec | None = None,
    ) -> None:
        """Prepare the data further, and perhaps change the model with it.

        Parameters
        ----------
        steps : iterable of Step
        words : str
            What undo calls it; by default the description of the last step.
        spec : ModelSpec, optional
            The model from then on; the same one if not given.
        """
        document, last = self._document, None
        for last in steps:
            document = document.with_step(last)
        named = words or ("" if last is None else last.description)
        if document.steps == self._document.steps and spec is None:
            return
        self.change(named, steps=document.steps, spec=spec or document.spec)

    def exclude_rows(self, index: Iterable[Hashable], why: str = "") -> None:
        """Take rows out of the analysis: a step, which undo takes back.

        Parameters
        ----------
        index : iterable of row labels
        why : str
            A reason, or the group that the rows are.
        """
        from engine.data.row_steps import Exclude  # noqa: PLC0415 - pandas

        rows = _kept(index)
        if not self._files.when_open(lambda: self.exclude_rows(rows, why)):
            self._step_with_rows(lambda labels: Exclude(labels, why), rows)

    def set_reason(self, exclusions: Iterable[Exclude], why: str) -> None:
        """Say anew why rows were taken out: one change, which undo takes back.

        Parameters
        ----------
        exclusions : iterable of Exclude
            Steps of the document; others are passed over.
        why : str
            The reason from then on; may be empty.
        """
        changed = {id(step): replace(step, why=why) for step in exclusions}
        steps = tuple(changed.get(id(step), step) for step in self._document.steps)
        self.change(f"Reason: {why}" if why else "Take the reason back", steps=steps)

    def include_rows(self, index: Iterable[Hashable]) -> None:
        """Bring excluded rows back."""
        from engine.data.row_steps import Include  # noqa: PLC0415 - pandas

        self._step_with_rows(Include, _kept(index))

    def _step_with_rows(
        self, make: Callable[..., Step], rows: Collection[Hashable]
    ) -> None:
        if not len(rows) or self.table is None:
            return
        try:
            step = make(rows)
        except EngineError as error:
            self._set_problem(Problem(Place.DATA, error))
            return
        # so many rows come from a selection; the worker looks whether they are there
        prepared = self.prepared if len(rows) <= _LOOKED_AT else None
        if prepared is not None and (problem := step.validate(prepared)):
            self._set_problem(Problem(Place.DATA, EngineError(problem)))
            return
        self.add_steps([step])

    def dismiss(self, key: str) -> None:
        """Put a finding aside."""
        if key not in self._document.dismissed:
            dismissed = (*self._document.dismissed, key)
            self.change("Leave as is", dismissed=dismissed)

    def change(self, words: str, **fields: Any) -> None:
        """Make one undoable change of the document.

        Parameters
        ----------
        words : str
            What undo calls it.
        **fields
            Fields of `Document`.
        """
        after = replace(self._document, **fields)
        if after.is_same(self._document):
            return
        self._history.record(words, self._document)
        self._go_to(after)

    def undo(self) -> None:
        """Take back the last change."""
        self._go_to(self._history.undo(self._document))

    def redo(self) -> None:
        """Do again what was undone last."""
        self._go_to(self._history.redo(self._document))

    def _go_to(self, after: Document | None) -> None:
        if after is None:
            return
        before, self._document = self._document, after
        if not after.is_same(before):
            self._on_document_changed(before)
        self.history_changed.emit()
        self.saved_changed.emit()


def _kept(rows: Iterable[Hashable]) -> Collection[Hashable]:
    """Take labels as they are if they are an index: a million of them are no list."""
    is_index = hasattr(rows, "dtype")
    return rows if is_index else tuple(rows)  # type: ignore[return-value]
