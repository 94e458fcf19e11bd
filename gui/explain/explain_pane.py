"""The pane at the right of a page that explains one number or plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.controls.buttons import IconButton
from gui.controls.equation_view import EquationView
from gui.controls.labels import hairline, label
from gui.controls.painting import painting, px
from gui.explain import markup
from gui.explain.texts import (
    FORMULA,
    MATTERS,
    NUMBERS,
    OTHERS,
    SEE_ALSO,
    HelpText,
    filled,
    help_text,
)
from gui.look import look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QPaintEvent

WIDTH = 296
_SIDE = 18
_SELECTABLE = (
    Qt.TextInteractionFlag.TextSelectableByMouse
    | Qt.TextInteractionFlag.TextSelectableByKeyboard
    | Qt.TextInteractionFlag.LinksAccessibleByMouse
    | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
)


class ExplainPane(QWidget):
    """Shows an explanation: a number, plain words, formula, why it matters, source.

    Signals
    -------
    closed
        The user wants no explanation; the owner hides the pane.
    topic_requested : str
        The user wants another topic.
    """

    closed = Signal()
    topic_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Explain")
        self._shown: tuple[HelpText, str, Mapping[str, str]] | None = None
        self._column: QWidget | None = None
        self._copy = IconButton("copy", "Copy the explanation")
        self._close = IconButton("x", "Close the explanation")
        self._copy.clicked.connect(self._on_copy)
        self._close.clicked.connect(self.closed)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName("Explanation")
        self._rule = hairline()
        self._source = _rich("", wide=False)
        self._lay_out()
        look().changed.connect(self._on_look_changed)
        self.clear()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(px(_SIDE), px(14), px(8), px(2))
        head.setSpacing(0)
        head.addWidget(label("Explain", "caption"))
        head.addStretch(1)
        head.addWidget(self._copy)
        head.addWidget(self._close)
        self._foot = QVBoxLayout()
        self._foot.setContentsMargins(px(_SIDE), 0, px(_SIDE), px(14))
        self._foot.setSpacing(px(10))
        self._foot.addWidget(self._rule)
        self._foot.addWidget(self._source)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        column.addLayout(self._foot)
        self.setFixedWidth(px(WIDTH))

    # ---- what it shows --------------------------------------------------------

    def show_text(
        self, text: HelpText, number: str = "", values: Mapping[str, str] | None = None
    ) -> None:
        """Explain something.

        Parameters
        ----------
        text : HelpText
        number : str
            What the cell says, shown behind the title; may be empty.
        values : mapping of str to str
            Of the text's placeholders; a paragraph without all of its values, and a
            section without paragraphs, are left out.
        """
        self._shown = text, number, dict(values or {})
        self._fill()
        self._scroll.verticalScrollBar().setValue(0)

    def clear(self) -> None:
        """Show what the pane is for."""
        self._shown = None
        self._fill()

    def plain_text(self) -> str:
        """What the pane shows, without markup: what the copy button copies."""
        if self._shown is None:
            return ""
        text, number, values = self._shown
        return markup.as_plain(text, number, values)

    def sizeHint(self) -> QSize:
        """As wide as it always is."""
        return QSize(px(WIDTH), px(480))

    # ---- inside ---------------------------------------------------------------

    def _fill(self) -> None:
        column = QWidget()
        lines = QVBoxLayout(column)
        lines.setContentsMargins(px(_SIDE), px(4), px(_SIDE), px(16))
        lines.setSpacing(px(6))
        source = ""
        if self._shown is None:
            lines.addWidget(_rich(_NOTHING, "caption"))
        else:
            source = self._fill_from(lines, *self._shown)
        lines.addStretch(1)
        self._copy.setEnabled(self._shown is not None)
        self._source.setText(source)
        self._source.setVisible(bool(source))
        self._rule.setVisible(bool(source))
        self._scroll.setWidget(column)  # Qt deletes the one before
        self._column = column

    def _fill_from(
        self,
        lines: QVBoxLayout,
        text: HelpText,
        number: str,
        values: Mapping[str, str],
    ) -> str:
        title = _rich(markup.title(text, number), "panel")
        title.setAccessibleName(markup.plain_title(text, number))
        lines.addWidget(title)
        self._add(lines, "", filled(text.words, values), values)
        if text.latex:
            lines.addWidget(_section(FORMULA))
            lines.addWidget(_EquationBox(text))
            self._add(lines, "", text.where, {}, role="caption")
        numbers = filled(text.numbers, values)
        self._add(lines, NUMBERS, numbers, values, role="mono")
        self._add(lines, MATTERS, filled(text.matters, values), values)
        self._add(lines, OTHERS, filled(text.others, values), values)
        if text.see_also:
            lines.addWidget(_section(SEE_ALSO))
            named = [(topic, help_text(topic).title) for topic in text.see_also]
            links = _rich(markup.links(named, look().theme.colors.accentH))
            links.linkActivated.connect(self.topic_requested)
            links.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            lines.addWidget(links)
        if not text.source:
            return ""
        return markup.paragraphs((text.source,), {}, ("caption", "ink2"))

    def _add(
        self,
        lines: QVBoxLayout,
        heading: str,
        paragraphs: Sequence[str],
        values: Mapping[str, str],
        role: str = "body",
    ) -> None:
        """Add a section, unless it has nothing to say."""
        if not paragraphs:
            return
        if heading:
            lines.addWidget(_section(heading))
        style = {
            "body": ("body", "ink"),
            "caption": ("caption", "ink2"),
            "mono": ("mono", "ink"),
        }[role]
        lines.addWidget(_rich(markup.paragraphs(paragraphs, values, style)))

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.plain_text())

    @Slot()
    def _on_look_changed(self) -> None:
        self.setFixedWidth(px(WIDTH))
        self._fill()  # colours and sizes are written into the rich text
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the sunken ground and the line that parts it from the page."""
        theme = look().theme
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("sunken"))
            painter.fillRect(QRect(0, 0, 1, self.height()), theme.color("line"))


_NOTHING = "Choose a number in a table, or a plot, and it is explained here."


class _EquationBox(QFrame):
    """The formula on a ground of its own."""

    def __init__(self, text: HelpText) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(px(10), px(12), px(10), px(12))
        view = EquationView()
        view.set_latex(text.latex, text.spoken)
        column.addWidget(view)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground and edge."""
        theme = look().theme
        with painting(self) as painter:
            painter.setPen(theme.color("line"))
            painter.setBrush(theme.color("surface"))
            radius = theme.sizes.radius_button
            area = self.rect().adjusted(0, 0, -1, -1)
            painter.drawRoundedRect(area, radius, radius)


def _section(heading: str) -> QLabel:
    made = label(heading, "caption")
    made.setContentsMargins(0, px(6), 0, 0)
    return made


def _rich(text: str, role: str = "body", *, wide: bool = True) -> QLabel:
    """A label of rich text whose words can be chosen and copied."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.RichText)
    made.setProperty("role", role)
    made.setText(text)
    made.setWordWrap(True)
    made.setTextInteractionFlags(_SELECTABLE)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    if not wide:
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
    made.setSizePolicy(policy)
    return made
