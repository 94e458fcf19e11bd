"""What every page is: given a fit, it says what work makes its content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import FittedModel
    from gui.plots.pointing import PointedPlot
    from gui.session import Session


class Page(QWidget):
    """One tab of the window.

    A page never computes: `work` names a function for a worker, whose results come back
    through `show_part`. It keeps nothing but what it draws.

    Signals
    -------
    explain_asked : str, dict, str
        Topic of the help texts, what exactly, and the number that was clicked.
    work_wanted : ()
        The page wants its work done again, as when another x axis was chosen.
    picture_menu_asked : PointedPlot, QPoint
        What can be done with a plot is asked for; where, on the screen.
    """

    KEY: ClassVar[str]
    TITLE: ClassVar[str]
    IS_KEPT: ClassVar[bool] = False
    """Whether content of models shown before is kept: it is small and quickly shown."""

    explain_asked = Signal(str, object, str)
    work_wanted = Signal()
    picture_menu_asked = Signal(object, object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session

    @property
    def plot(self) -> PointedPlot | None:
        """The plot that a command means; None where there is none, or no single one."""
        return None

    def work(self, model: FittedModel) -> Callable[..., Any]:
        """Return what a worker calls without arguments but `report` and `partial`.

        Parameters
        ----------
        model : FittedModel

        Returns
        -------
        callable
            Knows no Qt object. What it passes to `partial`, and what it returns unless
            that is None, is given to `show_part`.
        """
        raise NotImplementedError

    def show_part(self, part: Any) -> None:
        """Show a part of the result."""
        raise NotImplementedError

    def set_stale(self, is_stale: bool) -> None:
        """Dim what belongs to an older model; parts that are new already stay clear."""
        raise NotImplementedError

    def forget(self) -> None:
        """Show nothing of what was: other data are open."""
        raise NotImplementedError

    def show_item(self, item: str) -> None:
        """Bring a part of the page into view, such as one plot."""
