"""The first lines of the sentence: response, what it depends on, the grouping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from engine.data.group_words import group_noun
from engine.model.choices import (
    covariate_choices,
    grouping_choices,
    interaction_choices,
    response_choices,
)
from engine.model.grouping_edits import with_grouping
from engine.model.sentence_edits import (
    with_covariate,
    with_degree,
    with_interaction,
    with_response,
    without_term,
)
from engine.model.spec import ModelSpec
from gui.controls import FlowLayout, Pill, label, shortened
from gui.controls.painting import literal, plain_tip, px
from gui.model.menus import ChoiceMenu

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.model.sentence import FixedTerm, Sentence
    from gui.session import Session

_TIMES = " × "
_LONG = 24


class SentenceWords(QWidget):
    """Pills that say the model; each opens a menu of what could stand there.

    Signals
    -------
    spec_asked : ModelSpec, str
        Another model, and what undo calls the change.
    action_asked : str, str
        A step on a column ("centre", "reference") and the column.
    """

    spec_asked = Signal(object, str)
    action_asked = Signal(str, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[object, ...] | None = None
        self._flow = FlowLayout(px(6), px(6), self)
        self._flow.setContentsMargins(0, 0, 0, 0)

    def show_sentence(self, sentence: Sentence | None) -> None:
        """Show the words of a model, or ask for a response.

        Words that stand there already stay, and keep the keyboard.
        """
        main = None if sentence is None else sentence.main
        shown = None
        if sentence is not None:
            name = None if main is None else main.name
            shown = (sentence.response, sentence.terms, name)
        if self._flow.count() and shown == self._shown:
            return
        self._shown = shown
        self._flow.clear()
        if sentence is None:
            self._add_pill("Choose a response", self._response_menu, "response")
            self._flow.addWidget(label("depends on …"))
            return
        self._add_pill(sentence.response, self._response_menu, "response")
        self._flow.addWidget(label("depends on"))
        if not sentence.terms:
            self._flow.addWidget(label("nothing else", "muted"))
        for term in sentence.terms:
            self._add_term(term)
        self._add_pill("", self._covariate_menu, "Add a covariate", variant="add")
        words = "and" if main is not None else "in groups of"
        self._flow.addWidget(label(words))
        name = group_noun(main.name)[1] if main is not None else "none"
        self._add_pill(name, self._grouping_menu, "grouping")
        if main is not None:
            self._flow.addWidget(label("are"))

    def _add_pill(
        self,
        text: str,
        factory: Callable[[], QMenu],
        name: str,
        *,
        variant: str = "variable",
    ) -> Pill:
        pill = Pill(text, variant=variant)
        pill.setObjectName(f"pill_{name.replace(' ', '_').lower()}")
        pill.setAccessibleName(name if variant == "add" else f"{name}: {text}")
        pill.set_menu_factory(factory)
        self._flow.addWidget(pill)
        return pill

    def _add_term(self, term: FixedTerm) -> None:
        pill = Pill(_shown(term), removable=True)
        if _shown(term) != term.text:
            pill.setToolTip(plain_tip(term.text))
        pill.setObjectName(f"pill_term_{term.text}")
        pill.setAccessibleName(f"covariate: {term.text}")
        pill.set_menu_factory(lambda: self._term_menu(term))
        pill.remove_requested.connect(lambda: self._remove(term))
        self._flow.addWidget(pill)

    # -- menus --------------------------------------------------------------------

    def _response_menu(self) -> QMenu:
        choices = response_choices(self._kinds(), self._session.spec)
        return ChoiceMenu(self, choices, self._choose_response)

    def _covariate_menu(self) -> QMenu:
        spec = self._spec()
        menu = ChoiceMenu(
            self, covariate_choices(self._kinds(), spec), self._choose_covariate
        )
        pairs = [c for c in interaction_choices(spec) if c.is_possible]
        if pairs:
            menu.addSection("Interactions")
            for choice in pairs[:12]:
                action = menu.addAction(literal(choice.text))
                action.setData(choice.value)
        return menu

    def _grouping_menu(self) -> QMenu:
        scan = self._session.scan
        if scan is None:
            menu = QMenu(self)
            menu.addAction("The columns are still being looked at").setEnabled(False)
            return menu
        choices = grouping_choices(scan, self._spec())
        menu = ChoiceMenu(self, choices, self._choose_grouping)
        if self._spec().grouping is not None or self._spec().random:
            menu.addSeparator()
            menu.addAction("No grouping").setData("")
        return menu

    def _term_menu(self, term: FixedTerm) -> QMenu:
        menu = QMenu(self)
        column = term.columns[0] if len(term.columns) == 1 else ""
        kind = self._kinds().get(column)
        if column and kind is not None and kind.value == "number":
            shape = menu.addMenu("Shape")
            for degree, words in enumerate(
                ("straight line", "curve (quadratic)", "curve with turn (cubic)"), 1
            ):
                action = shape.addAction(words)
                action.setCheckable(True)
                action.setChecked(term.degree == degree)
                action.setData(("degree", degree))
            menu.addAction("Centre at its mean").setData(("centre", column))
        elif column:
            menu.addAction("Reference level…").setData(("reference", column))
        menu.addSeparator()
        menu.addAction("Remove").setData(("remove", ""))
        menu.triggered.connect(lambda action: self._do_with_term(term, action.data()))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    # -- what is chosen --------------------------------------------------------------

    def _choose_response(self, column: Any) -> None:
        spec = self._session.spec
        new = with_response(spec, column) if spec else self._first_spec(column)
        self.spec_asked.emit(new, f"Explain {column}")

    def _first_spec(self, column: str) -> ModelSpec:
        return with_response(ModelSpec("1"), column)

    def _choose_covariate(self, value: Any) -> None:
        if isinstance(value, str):
            new = with_covariate(self._spec(), value)
            self.spec_asked.emit(new, f"Add {value}")
        else:
            one, other = value
            new = with_interaction(self._spec(), one, other)
            self.spec_asked.emit(new, "Add an interaction")

    def _choose_grouping(self, column: Any) -> None:
        new = with_grouping(self._spec(), column or None)
        words = f"Group by {column}" if column else "Take the grouping out"
        self.spec_asked.emit(new, words)

    def _do_with_term(self, term: FixedTerm, what: Any) -> None:
        verb, value = what
        if verb == "degree":
            new = with_degree(self._spec(), term.columns[0], value)
            self.spec_asked.emit(new, f"Change the shape of {term.columns[0]}")
        elif verb == "remove":
            self._remove(term)
        else:
            self.action_asked.emit(verb, value)

    def _remove(self, term: FixedTerm) -> None:
        new = without_term(self._spec(), term.term)
        self.spec_asked.emit(new, f"Remove {term.text}")

    def _spec(self) -> ModelSpec:
        spec = self._session.spec
        assert spec is not None
        return spec

    def _kinds(self) -> Any:
        prepared = self._session.prepared
        return {} if prepared is None else prepared.kinds


def _shown(term: FixedTerm) -> str:
    """Words of a pill: of an interaction of long names something of each."""
    parts = term.text.split(_TIMES)
    if len(parts) == 1 or len(term.text) <= _LONG:
        return term.text
    return _TIMES.join(shortened(part, _LONG // len(parts) - 2) for part in parts)
