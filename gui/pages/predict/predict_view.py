"""What both views of the Predict page have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from gui.controls import Banner
from gui.pages.plot_link import PlotLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import FittedModel
    from engine.errors import EngineError
    from gui.pages.predict.answers_block import AnswersBlock
    from gui.plots.pointing import PointedPlot
    from gui.session import Session


class PredictView(QWidget):
    """Controls at the left; answers, a picture and tables at the right.

    Signals
    -------
    asked : ()
        Something else is wanted.
    explain_asked : str, dict, str
    copy_asked, export_asked : ResultTable
    text_copy_asked : str
    number_changed : str, dict, str
        What `explain_asked` sent, with the number that the cell has now.
    picture_menu_asked : PointedPlot, QPoint
        What can be done with a plot; where, on the screen.
    """

    asked = Signal()
    explain_asked = Signal(str, object, str)
    copy_asked = Signal(object)
    export_asked = Signal(object)
    text_copy_asked = Signal(str)
    number_changed = Signal(str, object, str)
    picture_menu_asked = Signal(object, object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content: Any = None  # what was made last
        self.wanted: Any = None  # only what was set by hand
        self.banner = Banner()
        self.link = PlotLink(session, self)
        self.link.menu_asked.connect(self.picture_menu_asked)

    @property
    def plot(self) -> PointedPlot | None:
        """The plot that is shown."""
        raise NotImplementedError

    def is_of(self, model: FittedModel | None) -> bool:
        """Whether what is shown is a model's."""
        return self.content is not None and self.content.model is model

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Return what a worker calls to answer what is set now."""
        raise NotImplementedError

    def show_part(self, part: Any, *, is_newest: bool) -> None:
        """Show the answers; controls that the user has moved on stay where they are."""
        raise NotImplementedError

    def set_old(self, is_old: bool) -> None:
        """Dim what is no answer to what is set now."""
        raise NotImplementedError

    def set_narrow(self, is_narrow: bool) -> None:
        """Leave a narrow page to the tables."""
        raise NotImplementedError

    def forget(self) -> None:
        """Show nothing, and forget what was set."""
        raise NotImplementedError

    def forget_choice(self) -> None:
        """Take the box around the explained cell away."""
        raise NotImplementedError

    def apply_look(self) -> None:
        """Take colours and sizes again."""
        raise NotImplementedError

    # -- what both are made of --------------------------------------------------------

    @property
    def has_problem(self) -> bool:
        """Whether there is no answer to what is set."""
        return self.content is not None and self.content.problem is not None

    def _beside(self, controls: QWidget, inner: QWidget, name: str) -> None:
        """Put the controls at the left of what scrolls."""
        area = QScrollArea()
        area.setAccessibleName(name)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(controls)
        row.addWidget(area, 1)

    def _pass_on(self, block: AnswersBlock) -> None:
        """Pass on what is asked of a table."""
        block.explain_asked.connect(self.explain_asked)
        block.copy_asked.connect(self.copy_asked)
        block.export_asked.connect(self.export_asked)
        block.text_copy_asked.connect(self.text_copy_asked)

    def _follow_number(self, block: AnswersBlock) -> None:
        """Tell the number that the explained cell has now."""
        explained = block.view.explained
        assert explained is not None
        self.number_changed.emit(*block.question(*explained))

    def _say_problem(self, problem: EngineError | None, *, has_old: bool) -> None:
        """Say why there is no answer; the last one stays, dimmed."""
        if problem is None:
            self.banner.clear()
            return
        meaning = problem.remedy
        if has_old:
            meaning += " The numbers below are of what was set before."
        self.banner.say("bad", problem.message, meaning.strip())
