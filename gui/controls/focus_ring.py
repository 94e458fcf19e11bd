"""The ring around a control that the keyboard is on: 2 pixels wide, 2 pixels off.

A style sheet can only draw inside a control, where a ring in the accent would vanish on
an accent fill. So the ring is a widget of its own that lies around the control, lets
the pointer through and follows the control while it has the focus.
"""

from __future__ import annotations

from weakref import ReferenceType, ref

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QFocusEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget
from shiboken6 import isValid

from gui.controls.painting import draw_box, painting, px
from gui.look import look

_FOR_NOW = {
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
}
_NOT_BY_KEYS = _FOR_NOW | {Qt.FocusReason.MouseFocusReason}
_LEAVING = {QEvent.Type.Hide, QEvent.Type.ParentChange}
_MOVING = {
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.LayoutRequest,
}


class FocusRing(QWidget):
    """The ring of one window, or of one thing that scrolls; hidden most of the time.

    It never acts at once on the loss of the focus, which is also lost while a window is
    being destroyed: Qt crashes where a child is hidden or deleted then. For the same
    reason it holds nothing of the window by a strong reference.

    Parameters
    ----------
    frame : QWidget
        The window or viewport.
    """

    def __init__(self, frame: QWidget) -> None:
        super().__init__(frame)
        self._target: ReferenceType[QWidget] | None = None
        self._watched: list[ReferenceType[QWidget]] = []
        self._radius = 0.0
        self._hugs = False
        self._is_wanted = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._on_soon)
        self.setObjectName("focus_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, target: QWidget, radius: float, *, hugs: bool) -> None:
        """Lie around `target` until the focus leaves it; see `ring_on_focus`."""
        self._forget()
        self._target = ref(target)
        self._radius, self._hugs = radius, hugs
        for widget in _path(target, self._frame()):
            self._watched.append(ref(widget))
            widget.installEventFilter(self)
        self._is_wanted = True
        self._place()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the control, and go when it goes."""
        kind = event.type()
        if isinstance(event, QFocusEvent) and watched is self._alive():
            is_back = event.gotFocus() and event.reason() in _FOR_NOW
            if event.lostFocus() and event.reason() not in _FOR_NOW:
                self._target = None
            self._is_wanted = is_back
            self._soon.start()
        elif kind in _LEAVING:
            self._target = None
            self._soon.start()
        elif kind in _MOVING:
            self._place()
        return False

    @Slot()
    def _on_soon(self) -> None:
        is_there = self._alive() is not None
        if not is_there:
            self._forget()
        self.setVisible(self._is_wanted and is_there)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring."""
        with painting(self) as painter:
            color = look().theme.color("accent")
            radius = (self._radius + 4) * look().theme.sizes.scale
            draw_box(painter, QRectF(self.rect()), radius, None, color, px(2))

    def _alive(self) -> QWidget | None:
        target = None if self._target is None else self._target()
        return target if target is not None and isValid(target) else None

    def _frame(self) -> QWidget:
        return self.parentWidget() or self

    def _place(self) -> None:
        target = self._alive()
        if target is None:
            return
        size = target.size()
        if self._hugs:
            size = size.boundedTo(target.sizeHint())
        around = QRect(target.mapTo(self._frame(), QPoint(0, 0)), size)
        away = px(4)
        self.setGeometry(around.adjusted(-away, -away, away, away))

    def _forget(self) -> None:
        for reference in self._watched:
            widget = reference()
            if widget is not None and isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        self._target = None


def ring_on_focus(
    target: QWidget, event: QFocusEvent, radius: float = 6.0, *, hugs: bool = False
) -> None:
    """Show a ring if the focus came by the keyboard.

    Parameters
    ----------
    target : QWidget
        The control; to be called from its ``focusInEvent``.
    event : QFocusEvent
        What that was given.
    radius : float
        Corner of the control in unscaled pixels.
    hugs : bool
        Around no more than the control's size hint, however wide it is.
    """
    if event.reason() in _NOT_BY_KEYS:
        return
    frame = _frame_of(target)
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    found = frame.findChild(FocusRing, "focus_ring", direct)
    ring = found if found is not None else FocusRing(frame)
    ring.surround(target, radius, hugs=hugs)


def _frame_of(target: QWidget) -> QWidget:
    """Innermost thing that clips: what scrolls, or the window."""
    widget = target
    while (parent := widget.parentWidget()) is not None and not widget.isWindow():
        above = parent.parentWidget()
        if isinstance(above, QAbstractScrollArea) and above.viewport() is parent:
            return parent
        widget = parent
    return widget


def _path(target: QWidget, frame: QWidget) -> list[QWidget]:
    """Everything from the control up to what lies in the frame."""
    found = [target]
    while (parent := found[-1].parentWidget()) is not None and parent is not frame:
        found.append(parent)
    return found
