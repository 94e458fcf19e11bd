"""The Model pane: sentence, pooling cards, what varies, formula, equation, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.data.group_words import group_noun
from engine.errors import EngineError
from engine.model.choices import first_model, no_pooling_choices
from engine.model.grouping_edits import with_pooling
from engine.model.sentence import read_sentence
from engine.model.spec import NoPooling, Pooling
from gui.actions import LEAST_SQUARES
from gui.controls import IconButton, MenuButton, Panel, hairline
from gui.controls.painting import literal, px
from gui.model.clause_lines import ClauseLines
from gui.model.formula_line import MOST_LINES
from gui.model.model_foot import ModelFoot
from gui.model.pooling_cards import HEIGHTS, PoolingCards
from gui.model.sentence_words import SentenceWords
from gui.work.formula_reading import read_formula
from gui.work.problem import Place

if TYPE_CHECKING:
    from engine import ModelSpec
    from engine.model.choice import Choice
    from engine.model.sentence import Sentence
    from engine.model.spec import RandomTerm
    from gui.session import Session

_EXPLAINED = {
    Pooling.COMPLETE: "complete_pooling",
    Pooling.NONE: "no_pooling",
    Pooling.PARTIAL: "partial_pooling",
}

_STEPS = (
    (HEIGHTS[0], MOST_LINES),
    (HEIGHTS[0], 2),
    (HEIGHTS[1], 2),
    (HEIGHTS[1], 1),
    (HEIGHTS[2], 2),
    (HEIGHTS[2], 1),
)
"""Height of the cards and lines of the formula, the roomiest first."""
_HIDDEN_FOR_GOOD = Qt.WidgetAttribute.WA_WState_ExplicitShowHide


class ModelPane(Panel):
    """Shows and changes the session's model.

    Signals
    -------
    explain_asked : str, dict, str
    step_asked : str, str
        A step on a column ("centre", "reference") and the column.
    wanted_height_changed : ()
        See `wanted_height`.
    """

    explain_asked = Signal(str, object, str)
    step_asked = Signal(str, str)
    wanted_height_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Model", "sliders", parent)
        self._session = session
        self._earlier: dict[str, tuple[RandomTerm, ...]] = {}
        self.words = SentenceWords(session)
        self.cards = PoolingCards()
        self.way = MenuButton("", variant="quiet")
        self._way_menu = QMenu(self)
        self.way.set_menu(self._way_menu)
        self.clauses = ClauseLines(session)
        self.foot = ModelFoot()
        self.formula, self.counts = self.foot.formula, self.foot.counts
        self.problem = self.foot.problem
        self.estimation = MenuButton("REML", variant="quiet")
        self.explain = IconButton("help", "Explain the pooling")
        self._lay_out()
        self._make_estimation_menu()
        self._connect()
        self._on_spec_changed()

    def _lay_out(self) -> None:
        self.tools.addWidget(self.estimation)
        self.tools.addWidget(self.explain)
        self._inner = inner = QWidget()
        inner.setProperty("surface", True)
        column = QVBoxLayout(inner)
        column.setContentsMargins(px(16), px(8), px(16), px(4))
        column.setSpacing(px(6))
        column.addWidget(self.words)
        column.addWidget(self.cards)
        column.addWidget(self.way, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.clauses)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keyboard
        area.setWidget(inner)
        self.body.addWidget(area, 1)
        self.body.addWidget(hairline())
        self.body.addWidget(self.foot)
        for part in (inner, self.foot):
            part.installEventFilter(self)
        self.estimation.setAccessibleName("Likelihood")

    def _make_estimation_menu(self) -> None:
        menu = QMenu(self)
        group = QActionGroup(self)
        self._estimations: dict[str, QAction] = {}
        for name, words in (
            ("REML", "REML: for variances, and for the final model"),
            ("ML", "ML: to compare fixed parts"),
        ):
            action = menu.addAction(words)
            action.setData(name)
            action.setCheckable(True)
            group.addAction(action)
            self._estimations[name] = action
        menu.triggered.connect(self._on_estimation_chosen)
        self.estimation.set_menu(menu)

    def _connect(self) -> None:
        session = self._session
        session.spec_changed.connect(self._on_spec_changed)
        session.table_changed.connect(self._on_table_changed)
        session.scan_changed.connect(self._on_spec_changed)
        session.unseen_changed.connect(self._on_unseen_changed)
        session.prepared_changed.connect(self._on_spec_changed)
        session.fit_changed.connect(self._show_counts)
        session.problem_changed.connect(self._show_problem)
        for part in (self.words, self.clauses):
            part.spec_asked.connect(session.set_spec)
        self.words.action_asked.connect(self.step_asked)
        self.cards.chosen.connect(self.set_pooling)
        self._way_menu.triggered.connect(self._on_way_chosen)
        self.formula.formula_given.connect(session.set_formula)
        self.formula.paused.connect(self._on_formula_paused)
        self.formula.given_up.connect(self._on_formula_given_up)
        self.explain.clicked.connect(self._on_explain_clicked)
        self.foot.counts_pressed.connect(self._on_counts_pressed)

    # -- show -----------------------------------------------------------------------

    @Slot()
    def _on_table_changed(self) -> None:
        self._earlier.clear()

    @Slot()
    def _on_spec_changed(self) -> None:
        session, spec = self._session, self._session.spec
        sentence = None if spec is None else read_sentence(spec)
        if spec is not None and spec.random and sentence and sentence.main:
            self._earlier[sentence.main.name] = spec.random
        self.setEnabled(session.table is not None)
        focused = self._focused_name()
        self.words.show_sentence(sentence)
        has_main = sentence is not None and sentence.main is not None
        self.cards.setVisible(has_main)
        self.clauses.show_sentence(sentence)
        self._focus_again(focused)
        self._show_pooling(sentence)
        self._show_estimation()
        self.foot.show_spec(spec)
        self._show_counts()
        self._show_problem()

    @Slot()
    def _on_unseen_changed(self) -> None:
        """Offer other boxes; what is typed in the formula line stays."""
        spec, focused = self._session.spec, self._focused_name()
        self.clauses.show_sentence(None if spec is None else read_sentence(spec))
        self._focus_again(focused)

    def _show_estimation(self) -> None:
        """Show the likelihood, which a model without random terms does not have."""
        session, chosen = self._session, self._session.document.estimation
        self.estimation.setText(chosen)
        self._estimations[chosen].setChecked(True)
        if session.spec is not None and not session.spec.random:
            self.estimation.set_unavailable(LEAST_SQUARES)
        else:
            self.estimation.set_available()

    def _focused_name(self) -> str:
        """Which word or box has the keyboard, if one of those made anew has."""
        widget = QApplication.focusWidget()
        for part in (self.words, self.clauses):
            if widget is not None and part.isAncestorOf(widget):
                return widget.accessibleName()
        return ""

    def _focus_again(self, name: str) -> None:
        """Give the keyboard to the word or box of this name, if it was made anew."""
        if not name or self._focused_name() == name:
            return
        for part in (self.words, self.clauses):
            for widget in part.findChildren(QWidget):
                if widget.accessibleName() == name and not _is_gone(widget, part):
                    # shown first, by an event that is under way
                    QTimer.singleShot(0, widget, widget.setFocus)
                    return

    def _show_pooling(self, sentence: Sentence | None) -> None:
        self.way.hide()
        main = None if sentence is None else sentence.main
        scan, spec = self._session.scan, self._session.spec
        if main is None or sentence is None or spec is None:
            return
        facts = None if scan is None else scan.grouping(main.name)
        n = "" if facts is None else f"{facts.n_levels} "
        what = "lines" if sentence.terms else "means"
        captions = {
            Pooling.COMPLETE: f"one {what[:-1]} for all",
            Pooling.NONE: f"{n}separate {what}",
            Pooling.PARTIAL: f"{n}related {what}",
        }
        self.cards.show_choice(main.pooling, captions)
        if main.pooling is Pooling.NONE and scan is not None:
            self._show_ways(no_pooling_choices(spec, scan), spec.no_pooling)

    def _show_ways(self, choices: tuple[Choice, ...], current: object) -> None:
        self._way_menu.clear()
        for choice in choices:
            words = f"{choice.text}\t{choice.why_not or choice.detail}"
            action = self._way_menu.addAction(literal(words))
            action.setData(choice.value)
            action.setEnabled(choice.is_possible)
            action.setCheckable(True)
            is_current = choice.value == current
            action.setChecked(is_current)
            if is_current:
                self.way.setText(literal(choice.text))
        self.way.setAccessibleName("Which kind of no pooling")
        self.way.show()

    @Slot()
    def _show_counts(self) -> None:
        model = self._session.fit
        is_current = self._session.is_fit_current
        self.foot.show_counts(model if is_current else None)

    @Slot()
    def _show_problem(self) -> None:
        problem = self._session.problem_at(Place.FORMULA)
        if problem is None:
            self.foot.forget_problem()
            return
        if problem.text and self.formula.text != problem.text:
            self.formula.show_typed(problem.text)
        self.foot.say_problem(problem.error)

    # -- change ----------------------------------------------------------------------

    @Slot(object)
    def set_pooling(self, pooling: Pooling) -> None:
        """Pool the groups of the sentence in another way."""
        spec = self._session.spec
        if spec is None:
            return
        main = read_sentence(spec).main
        earlier = self._earlier.get(main.name, ()) if main is not None else ()
        new = with_pooling(spec, pooling, earlier=earlier)
        words = {
            Pooling.COMPLETE: "Pool completely",
            Pooling.NONE: "Do not pool",
            Pooling.PARTIAL: "Pool partially",
        }
        self._session.set_spec(new, words[pooling])
        if new == spec:
            self._on_spec_changed()  # the cards go back to what is the case

    def suggest(self) -> None:
        """Ask the model that the columns suggest."""
        prepared, scan = self._session.prepared, self._session.scan
        if prepared is None or scan is None:
            return
        spec = first_model(prepared, scan)
        if spec is not None:
            self._session.set_spec(spec, "Start with a suggestion")

    @Slot(QAction)
    def _on_way_chosen(self, action: QAction) -> None:
        spec = self._session.spec
        if spec is not None:
            way = NoPooling(action.data())
            new: ModelSpec = with_pooling(spec, Pooling.NONE, way)
            self._session.set_spec(new, "Change the kind of no pooling")

    @Slot(QAction)
    def _on_estimation_chosen(self, action: QAction) -> None:
        self._session.set_estimation(str(action.data()))

    @Slot(str)
    def _on_formula_paused(self, text: str) -> None:
        session = self._session
        try:
            read_formula(text, session.prepared or session.table, session.spec)
        except EngineError as error:
            self.foot.say_problem(error)
        else:
            self.formula.show_problem(None)
            self.problem.hide()

    @Slot()
    def _on_formula_given_up(self) -> None:
        self._session.forget_problem(Place.FORMULA)
        self._show_problem()

    @Slot()
    def _on_explain_clicked(self) -> None:
        spec = self._session.spec
        main = None if spec is None else read_sentence(spec).main
        pooling = Pooling.PARTIAL if main is None else main.pooling
        key = {} if main is None else {"group": group_noun(main.name)[0]}
        self.explain_asked.emit(_EXPLAINED[pooling], key, "")

    @Slot(str)
    def _on_counts_pressed(self, parameters: str) -> None:
        self.explain_asked.emit("n_parameters", {}, parameters)

    # -- how much room there is -------------------------------------------------------

    @property
    def wanted_height(self) -> int:
        """Pixels with which nothing has to be smaller or to be scrolled to."""
        return self._height_with(*_STEPS[1]) + self.height() - self._body_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._use_room()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look again when the sentence, the boxes or the formula need other room."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._use_room()
            self.wanted_height_changed.emit()
        return False

    def _use_room(self) -> None:
        """Show less of formula and pictures before anything has to be scrolled to."""
        room = self._body_height()
        fitting = (step for step in _STEPS if self._height_with(*step) <= room)
        card_height, n_lines = next(fitting, _STEPS[-1])
        self.cards.set_height(card_height)
        self.formula.set_most_lines(n_lines)

    def _body_height(self) -> int:
        return self.body.geometry().height()

    def _height_with(self, card_height: int, n_lines: int) -> int:
        """Pixels of all below the head, with cards and formula of some heights."""
        layout = self._inner.layout()
        assert layout is not None
        whole = layout.totalHeightForWidth(self.body.geometry().width())
        if not self.cards.isHidden():
            whole += px(card_height) - self.cards.sizeHint().height()
        return whole + 1 + self.foot.height_with(n_lines)


def _is_gone(widget: QWidget | None, part: QWidget) -> bool:
    """Whether a widget was hidden, or what it is in; new ones are not yet shown."""
    while widget is not None and widget is not part:
        if widget.isHidden() and widget.testAttribute(_HIDDEN_FOR_GOOD):
            return True
        widget = widget.parentWidget()
    return False
