"""What varies among the groups of one grouping: boxes, and the rest in a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from engine.model.sentence import term_text
from engine.model.spec import INTERCEPT
from gui.controls import (
    CheckBox,
    FlowLayout,
    IconButton,
    MenuButton,
    label,
    shortened,
)
from gui.controls.painting import literal, plain_tip, px
from gui.model.menus import menu_words

if TYPE_CHECKING:
    from engine.model.choice import Choice
    from engine.model.sentence import GroupClause

_MOST_BOXES, _MOST_FURTHER = 4, 1
"""Effects with a box of their own; what varies has one always."""
_LONG_NAME, _LONG_GROUPS = 24, 30


class ClauseLine(QWidget):
    """Boxes for one parenthesis of the formula.

    Effects that do not vary are in a menu where they are many, and in all groupings
    but the one of the sentence: there they are seldom wanted.

    Signals
    -------
    varying_asked : GroupClause, bool, tuple of Term, bool
        Baseline, effects, correlated.
    remove_asked : GroupClause
    """

    varying_asked = Signal(object, object, object, object)
    remove_asked = Signal(object)

    def __init__(
        self,
        clause: GroupClause,
        choices: tuple[Choice, ...],
        *,
        is_further: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clause = clause
        self._boxes: list[tuple[CheckBox, Choice]] = []
        self.more: MenuButton | None = None
        self._flow = FlowLayout(px(10), px(2), self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._add_heading()
        most = _MOST_FURTHER if is_further else _MOST_BOXES
        self._add_effects(choices, most)
        self._add_correlated(is_further=is_further)
        if is_further:
            remove = IconButton("x", f"Take {clause.plural} out of the model")
            remove.clicked.connect(self._on_remove_clicked)
            self._flow.addWidget(remove)
        self.show_state()

    def take_in(self, widget: QWidget) -> None:
        """Put a widget at the end of the line."""
        self._flow.addWidget(widget)
        widget.show()

    def _add_heading(self) -> None:
        plural, columns = self._clause.plural, self._clause.columns
        shown = plural
        if len(plural) > _LONG_GROUPS:
            names = " × ".join(columns)
            shown = shortened(names, _LONG_GROUPS - 4)
        heading = label(f"Among {shown} vary")
        if shown != plural:
            heading.setToolTip(plain_tip(plural))
        self._flow.addWidget(heading)

    def _add_effects(self, choices: tuple[Choice, ...], most: int) -> None:
        """The baseline and effects as boxes; effects that are too many in a menu."""
        effects = [choice for choice in choices if choice.value != INTERCEPT]
        boxed = _boxed(effects, most)
        for choice in choices:
            if choice.value == INTERCEPT:
                self._add_box(choice, choice.text)
        is_short = len(boxed) > 1
        if is_short:
            self._flow.addWidget(label("effects of"))
        for choice in boxed:
            text = term_text(choice.value)  # type: ignore[arg-type]  # not the baseline
            words = shortened(text, _LONG_NAME)
            self._add_box(choice, words if is_short else f"effect of {words}")
        rest = [choice for choice in effects if choice not in boxed]
        if rest:
            self._add_menu(rest, is_first=not boxed)

    def _add_box(self, choice: Choice, words: str) -> None:
        box = CheckBox(words)
        box.setEnabled(choice.is_possible)
        known = choice.why_not or choice.detail
        is_cut = not choice.text.endswith(words)
        full = f"{choice.text}\n" if is_cut else ""
        box.setToolTip(plain_tip(f"{full}{known}".strip()))
        box.setAccessibleName(f"{choice.text} varies among {self._clause.plural}")
        box.clicked.connect(self._on_box_clicked)
        self._boxes.append((box, choice))
        self._flow.addWidget(box)

    def _add_menu(self, choices: list[Choice], *, is_first: bool) -> None:
        """A button with the effects that have no box, and why not."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for choice in choices:
            text = term_text(choice.value)  # type: ignore[arg-type]  # not the baseline
            action = menu.addAction(literal(menu_words(text, choice)))
            action.setData(choice.value)
            action.setEnabled(choice.is_possible)
            action.setToolTip(plain_tip(choice.why_not or choice.detail))
        menu.triggered.connect(self._on_effect_chosen)
        words = "effects" if is_first else f"{len(choices)} more"
        self.more = MenuButton(words, variant="quiet", small=True)
        names = ", ".join(term_text(c.value) for c in choices)  # type: ignore[arg-type]
        self.more.setToolTip(plain_tip(f"Let an effect vary as well: {names}"))
        self.more.setAccessibleName(
            f"let another effect vary among {self._clause.plural}"
        )
        self.more.set_menu(menu)
        self._flow.addWidget(self.more)

    def _add_correlated(self, *, is_further: bool) -> None:
        clause = self._clause
        self.correlated = CheckBox("correlated")
        n_varying = int(clause.has_baseline) + len(clause.varying)
        self.correlated.setEnabled(n_varying > 1)
        if n_varying < 2:
            self.correlated.setToolTip("Only where at least two things vary.")
        self.correlated.setAccessibleName(f"correlated among {clause.plural}")
        self.correlated.clicked.connect(self._on_box_clicked)
        self._flow.addWidget(self.correlated)
        if is_further and n_varying < 2:
            self.correlated.hide()

    def show_state(self) -> None:
        """Tick the boxes as the model has it, whatever was clicked."""
        for box, choice in self._boxes:
            box.setChecked(choice.is_chosen)
        self.correlated.setChecked(
            self._clause.is_correlated and self.correlated.isEnabled()
        )

    @property
    def boxes(self) -> dict[str, CheckBox]:
        """The boxes by their words."""
        return {choice.text: box for box, choice in self._boxes}

    @Slot()
    def _on_box_clicked(self) -> None:
        self._ask([choice.value for box, choice in self._boxes if box.isChecked()])

    @Slot(QAction)
    def _on_effect_chosen(self, action: QAction) -> None:
        chosen = [choice.value for _, choice in self._boxes if choice.is_chosen]
        self._ask([*chosen, action.data()])

    def _ask(self, chosen: list[Any]) -> None:
        terms = tuple(value for value in chosen if value != INTERCEPT)
        was_single = int(self._clause.has_baseline) + len(self._clause.varying) < 2
        correlated = was_single or self.correlated.isChecked()
        self.varying_asked.emit(self._clause, INTERCEPT in chosen, terms, correlated)

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.remove_asked.emit(self._clause)


def _boxed(effects: list[Choice], most: int) -> list[Choice]:
    """Effects with a box: all if they are few, else what varies and what could."""
    if len(effects) <= most:
        return effects
    ranked = sorted(effects, key=lambda one: (not one.is_chosen, not one.is_possible))
    n_chosen = sum(one.is_chosen for one in effects)
    room = most if most > 1 else 0  # a single one of several would look like the only
    kept = ranked[: max(n_chosen, room)]
    return [one for one in effects if one in kept]
