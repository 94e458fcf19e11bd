"""Labels with a role, and hairlines: the plain parts that panels are made of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from gui.controls.breaking import breakable, unbroken

ROLES = (
    *("title", "heading", "panel", "body", "caption", "muted", "mono"),
    *("chosen", "name"),
)


def label(
    text: str,
    role: str = "body",
    *,
    wrap: bool = False,
    parent: QWidget | None = None,
) -> QLabel:
    """Plain text in the type of a role; what looks like markup is shown as it is.

    Parameters
    ----------
    text : str
        What it says.
    role : str
        One of `ROLES`.
    wrap : bool
        Break it into lines, long words too; then it does not ask for width.

    Raises
    ------
    ValueError
        If there is no such role.
    """
    if role not in ROLES:
        message = f"No such role of a label: {role}"
        raise ValueError(message)
    made = _WrappedLabel(parent) if wrap else QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setProperty("role", role)
    if wrap:
        made.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


class _WrappedLabel(QLabel):
    """A label in whose text a name of 200 letters is broken, not cut off."""

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Say something else."""
        super().setText(breakable(text))

    def text(self) -> str:
        """What it says, as it was given."""
        return unbroken(super().text())


def hairline(parent: QWidget | None = None) -> QFrame:
    """Return a horizontal line of one pixel in the colour of panel edges."""
    made = QFrame(parent)
    made.setProperty("rule", True)
    made.setFixedHeight(1)
    return made
