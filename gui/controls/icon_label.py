"""An icon that is not a button, bare or on a tinted disc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.controls.painting import draw_box, draw_icon, follow_look, painting, px
from gui.look import look

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class IconLabel(QWidget):
    """An icon in the colour of a role.

    Parameters
    ----------
    name : str
        Which icon, ``""`` for none.
    role : str
        Its colour.
    size : int
        Edge in pixels at a body text of 13.
    disc : str
        Role of a disc of 28 pixels behind it, ``""`` for none.
    description : str
        What it means, where no words beside it say so.
    """

    def __init__(
        self,
        name: str,
        role: str = "ink2",
        size: int = 20,
        *,
        disc: str = "",
        description: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._role, self._disc = name, role, disc
        self._size = size
        self.setAccessibleName(description)
        self.setToolTip(description)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        follow_look(self)

    def set_icon(self, name: str, role: str = "ink2", *, disc: str = "") -> None:
        """Show something else; parameters as for the class."""
        if (name, role, disc) == (self._name, self._role, self._disc):
            return
        self._name, self._role, self._disc = name, role, disc
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the icon, or for the disc."""
        edge = px(28 if self._disc else self._size)
        return QSize(edge, edge)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the disc and the icon."""
        with painting(self) as painter:
            box = QRectF(self.rect())
            if self._disc:
                fill = look().theme.color(self._disc)
                draw_box(painter, box, box.width() / 2, fill)
            if self._name:
                place = QPointF(box.width() / 2, box.height() / 2)
                draw_icon(painter, self._name, self._role, place, px(self._size))
