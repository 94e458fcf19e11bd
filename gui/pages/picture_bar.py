"""The bar above the picture: which lines, over what, of which groups, which panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from engine.data.group_words import sentence_case
from gui.controls import (
    FlowLayout,
    IconButton,
    LineToggle,
    MenuButton,
    Segmented,
    shortened,
)
from gui.controls.labels import label
from gui.controls.painting import literal, plain_tip, px

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = {
    "partial": "partial pooling",
    "none": "no pooling",
    "complete": "complete pooling",
}
SHORT = {"partial": "partial", "none": "none", "complete": "complete"}
"""What the lines are called after the word "Pooling"."""
_NARROW = 900


class Chooser(QWidget):
    """A word and a button with a menu of names, hidden while there is no choice.

    The word stands at the left of the button, or above it.

    Signals
    -------
    chosen : str
    """

    chosen = Signal(str)

    def __init__(
        self,
        words: str,
        spoken: str = "",
        *,
        is_above: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = spoken or words
        self.button = MenuButton("", variant="secondary", small=True)
        self.menu = QMenu(self)
        self.menu.triggered.connect(self._on_triggered)
        self.button.set_menu(self.menu)
        row = QVBoxLayout(self) if is_above else QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(4 if is_above else 6))
        row.addWidget(label(words, "body" if is_above else "muted"))
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_names(self, names: Sequence[str], current: str) -> None:
        """Offer names, of which one is chosen."""
        self.setVisible(len(names) > 1)
        self.button.setText(literal(shortened(current)))
        self.button.setAccessibleName(f"{self._words} {current}")
        self.button.setToolTip(
            literal(current) if current != shortened(current) else ""
        )
        self.menu.clear()
        for name in names:
            action = self.menu.addAction(literal(name))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == current)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(str(action.data()))


class PictureBar(QWidget):
    """Says what is wanted; it shows nothing but that.

    Signals
    -------
    lines_changed : ()
        See `lines`.
    axis_chosen, group_chosen : str
    panels_changed : ()
        See `is_by_group`.
    explain_asked : ()
    menu_asked : QPoint
        Where, on the screen.
    """

    lines_changed = Signal()
    axis_chosen = Signal(str)
    group_chosen = Signal(str)
    panels_changed = Signal()
    explain_asked = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggles = {kind: LineToggle(words, kind) for kind, words in LINES.items()}
        self.pooling = label("Pooling", "muted")
        self.axis = Chooser("x axis")
        self.group = Chooser("by", "lines by")
        self.panels = Segmented(("One panel", "By group"), "Number of panels")
        self.explain = IconButton("help", "Explain the picture")
        self.more = IconButton("more", "Copy, save, colours …")
        self._lay_out()
        for toggle in self.toggles.values():
            toggle.toggled.connect(self.lines_changed)
        self.axis.chosen.connect(self.axis_chosen)
        self.group.chosen.connect(self.group_chosen)
        self.panels.chosen.connect(self.panels_changed)
        self.explain.clicked.connect(self.explain_asked)
        self.more.clicked.connect(self._on_more_clicked)

    def _lay_out(self) -> None:
        flow = FlowLayout(px(8), px(6))
        flow.addWidget(self.pooling)
        for toggle in self.toggles.values():
            toggle.setChecked(True)
            flow.addWidget(toggle)
        for part in (self.panels, self.axis, self.group):
            flow.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(20), px(10), px(12), px(6))
        row.setSpacing(px(8))
        row.addLayout(flow, 1)
        for button in (self.explain, self.more):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def lines(self) -> tuple[str, ...]:
        """Kinds of lines that are wanted."""
        return tuple(kind for kind, one in self.toggles.items() if one.isChecked())

    @property
    def is_by_group(self) -> bool:
        """Whether each group is to have its panel."""
        return self.panels.current == 1 and not self.panels.isHidden()

    def show_lines(
        self, kinds: Sequence[str], *, has_groups: bool, none_words: str = ""
    ) -> None:
        """Offer the kinds of lines that there are.

        Parameters
        ----------
        kinds : sequence of str
            Keys of `LINES`.
        has_groups : bool
            Whether each group can have its panel.
        none_words : str
            Which kind of no pooling there is, such as "a baseline for each lake".
        """
        self.toggles["none"].setToolTip(plain_tip(sentence_case(none_words)))
        self.toggles["none"].setAccessibleDescription(none_words)
        for kind, toggle in self.toggles.items():
            toggle.setVisible(kind in kinds)
        self.panels.setVisible(has_groups)
        self._choose_words()

    def set_stale(self, is_stale: bool) -> None:
        """An old picture cannot be taken out."""
        if is_stale:
            self.more.set_unavailable("This is an old picture.")
        else:
            self.more.set_available()

    def resizeEvent(self, event: Any) -> None:
        """Shorten the words of the lines where there is little room."""
        super().resizeEvent(event)
        self._choose_words()

    def _choose_words(self) -> None:
        is_narrow = self.width() < px(_NARROW)
        for kind, toggle in self.toggles.items():
            toggle.set_text((SHORT if is_narrow else LINES)[kind])
            toggle.setAccessibleName(LINES[kind])
        has_lines = any(not toggle.isHidden() for toggle in self.toggles.values())
        self.pooling.setVisible(is_narrow and has_lines)

    @Slot()
    def _on_more_clicked(self) -> None:
        below = self.more.rect().bottomLeft() + QPoint(0, 4)
        self.menu_asked.emit(self.more.mapToGlobal(below))
