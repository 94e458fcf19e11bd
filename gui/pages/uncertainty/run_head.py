"""The head of the page: how the bootstrap stands, and what is wanted of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from engine.inference.bootstrap.intervals import INTERVALS
from engine.reporting.model_facts import percent
from engine.reporting.uncertainty_tables import KINDS
from engine.written_numbers import count
from gui.controls import (
    Button,
    ElidedLabel,
    FlowLayout,
    IconButton,
    ProgressBar,
    SpinBox,
    WordButton,
    label,
)
from gui.controls.painting import px
from gui.pages.picture_bar import Chooser
from gui.pages.uncertainty.bootstrap_run import RunState
from gui.pages.uncertainty.parameter_rows import NARROW_BELOW
from gui.pages.uncertainty.run_words import button_words, state_words, tally_words
from gui.pages.uncertainty.uncertainty_work import Choice

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from gui.pages.uncertainty.bootstrap_run import BootstrapRun

REFITS = (1_000, 5_000, 10_000)
USUAL_REFITS = 5_000
OTHER = "other"
FEWEST_REFITS, MOST_REFITS = 100, 1_000_000
LARGEST_SEED = 999_999_999
LEVELS = (0.9, 0.95, 0.99)
OLD = "Old numbers: the new fit is on its way."
NOTHING = "There are no intervals yet."


class RunHead(QWidget):
    """Shows a run and tells what the user wants; it starts nothing.

    Parameters
    ----------
    run : BootstrapRun

    Signals
    -------
    run_asked, cancel_asked : ()
    choice_changed : ()
        See `choice`.
    explain_asked : str
        Topic.
    copy_asked, export_asked : ()
        Of the intervals.
    """

    run_asked = Signal()
    cancel_asked = Signal()
    choice_changed = Signal()
    explain_asked = Signal(str)
    copy_asked = Signal()
    export_asked = Signal()

    def __init__(self, run: BootstrapRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._is_stale = False
        self.title = label("Parametric bootstrap", "panel")
        self.state = ElidedLabel("", role="caption")
        self.tally = WordButton("Explain")
        self.bar = ProgressBar("Refits done")
        self.button = Button("", small=True)
        self.refits = Chooser("Refits")
        self.other = SpinBox("Number of refits")
        self.seed = SpinBox("Seed of the random numbers")
        self.kind = Chooser("Intervals", "kind of bootstrap interval")
        self.level = Chooser("at", "level of the intervals")
        self.explain = IconButton("help", "Explain the parametric bootstrap")
        self.copy = IconButton("copy", "Copy the intervals as a table")
        self.export = IconButton("export", "Save the intervals as a file")
        self._n, self._choice = USUAL_REFITS, Choice()
        self._set_up()
        self._lay_out()
        self._connect()
        self.write_numbers()
        self.update_words()

    def _set_up(self) -> None:
        self.other.setRange(FEWEST_REFITS, MOST_REFITS)
        self.other.setSingleStep(1000)
        self.other.setValue(self._n)
        self.other.hide()
        policy = QSizePolicy.Policy
        self.tally.setSizePolicy(policy.Maximum, policy.Fixed)
        self.seed.setRange(0, LARGEST_SEED)
        self.seed.setGroupSeparatorShown(False)
        self.seed.setValue(1)
        self.seed.setToolTip("The same seed gives the same refits.")
        self.seed.setFixedWidth(px(80))

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(px(10))
        first.addWidget(self.title)
        first.addWidget(self.state, 1)
        first.addWidget(self.tally)
        flow = FlowLayout(px(10), px(6))
        seed = QWidget()
        pair = QHBoxLayout(seed)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(px(6))
        words = label("&Seed", "muted")
        words.setBuddy(self.seed)
        pair.addWidget(words)
        pair.addWidget(self.seed)
        for part in (self.button, self.refits, self.other, seed, self.kind, self.level):
            flow.addWidget(part)
        second = QHBoxLayout()
        second.setSpacing(px(4))
        second.addLayout(flow, 1)
        for tool in (self.copy, self.export, self.explain):
            second.addWidget(tool)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, px(10), 0, px(8))
        column.setSpacing(px(7))
        column.addLayout(first)
        column.addWidget(self.bar)
        column.addLayout(second)

    def _connect(self) -> None:
        self._run.changed.connect(self.update_words)
        self._run.streamed.connect(self.update_words)
        self.button.clicked.connect(self._on_button_clicked)
        self.refits.chosen.connect(self._on_refits_chosen)
        self.other.valueChanged.connect(self._on_other_changed)
        self.seed.editingFinished.connect(self.update_words)
        self.kind.chosen.connect(self._on_kind_chosen)
        self.level.chosen.connect(self._on_level_chosen)
        self.explain.clicked.connect(self._on_explain_clicked)
        self.tally.clicked.connect(self._on_tally_clicked)
        self.copy.clicked.connect(self.copy_asked)
        self.export.clicked.connect(self.export_asked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is little room."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.update_words()

    # -- what is wanted -----------------------------------------------------------

    @property
    def replicates(self) -> int:
        """Refits that are wanted."""
        return self._n

    @property
    def choice(self) -> Choice:
        """The intervals that are wanted."""
        return self._choice

    def set_replicates(self, number: int) -> None:
        """Want so many refits; nothing begins by that."""
        self._n = number
        self.write_numbers()
        self.update_words()

    # -- what is shown ------------------------------------------------------------

    @Slot()
    def write_numbers(self) -> None:
        """Write the menus in the style of numbers that holds."""
        is_usual = self._n in REFITS and self.other.isHidden()
        names = [*map(count, REFITS), OTHER]
        self.refits.show_names(names, count(self._n) if is_usual else OTHER)
        kinds = [_capital(KINDS[kind]) for kind in INTERVALS]
        self.kind.show_names(kinds, _capital(KINDS[self._choice.kind]))
        self.level.show_names([*map(percent, LEVELS)], percent(self._choice.level))

    @Slot()
    def update_words(self) -> None:
        """Say how the run stands."""
        run = self._run
        self.state.setText(state_words(run))
        is_short = self.width() < px(NARROW_BELOW)
        self.tally.set_words(tally_words(run, is_short=is_short))
        self.tally.setVisible(bool(self.tally.text()))
        words, icon = button_words(run, self._n)
        self.button.setText(words)
        self.button.set_icon(icon)
        is_offer = run.state in (RunState.OFFERED, RunState.IDLE)
        self.button.set_variant("primary" if is_offer else "secondary")
        self._update_bar()
        self._update_tools()

    def set_stale(self, is_stale: bool) -> None:
        """Old numbers are neither copied nor made."""
        self._is_stale = is_stale
        self._update_tools()

    def _update_bar(self) -> None:
        run = self._run
        if run.state is RunState.TRYING and not run.done:
            if not self.bar.is_indeterminate:
                self.bar.set_indeterminate()
            return
        wanted = self._n if run.asked is None else run.asked.replicates
        self.bar.set_progress(run.done, wanted)

    def _update_tools(self) -> None:
        reason = OLD if self._is_stale else ""
        if not reason and self._run.is_at_work:
            reason = "The refits are still being made."
        for tool in (self.copy, self.export):
            if reason:
                tool.set_unavailable(reason)
            else:
                tool.set_available()
        if self._is_stale:
            self.button.set_unavailable(OLD)
        else:
            self.button.set_available()

    # -- what the user does ---------------------------------------------------------

    @Slot()
    def _on_button_clicked(self) -> None:
        (self.cancel_asked if self._run.is_at_work else self.run_asked).emit()

    @Slot(str)
    def _on_refits_chosen(self, name: str) -> None:
        numbers = dict(zip(map(count, REFITS), REFITS, strict=True))
        self.other.setVisible(name == OTHER)
        if name == OTHER:
            self.other.setValue(self._n)
            self.other.setFocus()
        self.set_replicates(numbers.get(name, self._n))

    @Slot(int)
    def _on_other_changed(self, number: int) -> None:
        self.set_replicates(number)

    @Slot(str)
    def _on_kind_chosen(self, name: str) -> None:
        kind = next(key for key, own in KINDS.items() if _capital(own) == name)
        self._choose(Choice(self._choice.level, kind))

    @Slot(str)
    def _on_level_chosen(self, name: str) -> None:
        level = next(own for own in LEVELS if percent(own) == name)
        self._choose(Choice(level, self._choice.kind))

    def _choose(self, choice: Choice) -> None:
        if choice != self._choice:
            self._choice = choice
            self.write_numbers()
            self.choice_changed.emit()

    @Slot()
    def _on_explain_clicked(self) -> None:
        self.explain_asked.emit("parametric_bootstrap")

    @Slot()
    def _on_tally_clicked(self) -> None:
        self.explain_asked.emit("share_at_boundary")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
