"""The parameters one below the other: name, density, intervals by three methods."""

from __future__ import annotations

from collections import deque
from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.diagnostics.uncertainty import Role
from engine.reporting.numbers import Kind, shown
from engine.reporting.uncertainty_tables import KINDS, digits_error, interval_words
from gui.controls import hairline
from gui.controls.painting import (
    draw_text,
    follow_look,
    font,
    painting,
    px,
)
from gui.fonts import SEMIBOLD
from gui.look import look
from gui.pages.uncertainty.density_strip import DensityStrip, draw_bar
from gui.pages.uncertainty.row_cells import SWATCH, IntervalCell, NameCell

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from engine.diagnostics.uncertainty import (
        Interval,
        Parameter,
        Replicated,
        Replicates,
    )
    from engine.reporting.parameter_words import ParameterWords
    from gui.pages.uncertainty.uncertainty_work import UncertaintyContent

TITLES = {"wald": "Wald", "profile": "Profile", "bootstrap": "Bootstrap"}
NAME_WIDE, NAME_NARROW = 158, 132
CELL_WIDE, CELL_NARROW = 124, 168
NARROW_BELOW, LEAST = 660, 426
AT_ONCE = 6
"""New rows that are made in one turn of the event loop."""
NOT_MEANINGFUL = {
    Role.SD: "not meaningful\nfor an SD",
    Role.RESIDUAL: "not meaningful\nfor an SD",
    Role.CORRELATION: "not meaningful for\na correlation",
}


class ParameterRow(QWidget):
    """One parameter.

    Signals
    -------
    explain_asked : str, dict, str
        Topic, what exactly, and the number as it is shown.
    """

    explain_asked = Signal(str, object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = NameCell()
        self.strip = DensityStrip()
        self.cells = {kind: IntervalCell(kind, words) for kind, words in TITLES.items()}
        self._parameter: Parameter | None = None
        self._replicated: Replicated | None = None
        self._words: ParameterWords | None = None
        self._level = 0.95
        self._side = QWidget()
        self._grid = QGridLayout(self._side)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addWidget(self.name)
        row.addWidget(self.strip, 1)
        row.addWidget(self._side)
        self.name.clicked.connect(self._on_name_clicked)
        for cell in self.cells.values():
            cell.clicked.connect(self._on_cell_clicked)

    @property
    def parameter(self) -> Parameter | None:
        """What is shown."""
        return self._parameter

    def set_shape(self, *, is_narrow: bool, kinds: tuple[str, ...]) -> None:
        """Lay the intervals side by side, or below each other."""
        self.name.setFixedWidth(px(NAME_NARROW if is_narrow else NAME_WIDE))
        for place, kind in enumerate(TITLES):
            cell = self.cells[kind]
            self._grid.removeWidget(cell)
            cell.set_narrow(is_narrow)
            cell.setFixedWidth(px(CELL_NARROW if is_narrow else CELL_WIDE))
            cell.setFixedHeight(cell.sizeHint().height())
            self._grid.addWidget(cell, *((place, 0) if is_narrow else (0, place)))
            cell.setVisible(kind in kinds)  # not before: it would be a window

    def set_parameter(
        self, parameter: Parameter, words: ParameterWords, level: float
    ) -> None:
        """Show a parameter, and nothing of the replicates of another one."""
        self._parameter, self._words, self._level = parameter, words, level
        self.strip.set_parameter(parameter)
        self._say()

    def set_replicated(self, replicated: Replicated | None) -> None:
        """Show what the replicates say."""
        self._replicated = replicated
        self.strip.set_replicated(replicated)
        self._say()

    def set_stale(self, is_stale: bool) -> None:
        """Dim old numbers."""
        self.name.set_stale(is_stale)
        self.strip.set_stale(is_stale)
        for cell in self.cells.values():
            cell.set_stale(is_stale)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a hairline below."""
        with painting(self) as painter:
            line = QRectF(0, self.height() - 1, self.width(), 1)
            painter.fillRect(line, look().theme.color("pgrid"))

    def _say(self) -> None:
        own, words, replicated = self._parameter, self._words, self._replicated
        if own is None or words is None:
            return
        bootstrap = None if replicated is None else replicated.interval
        error = digits_error(own.wald, own.profile, bootstrap)
        kind = Kind.ESTIMATE if isfinite(error) else Kind.VARIANCE
        number = shown(own.estimate, kind, error, "not estimable")
        if own.role is Role.CORRELATION and not isfinite(own.estimate):
            number = "not defined"
        self.name.set_words(words.title, words.about, number)
        self._say_intervals(own, bootstrap, error)
        self.strip.setAccessibleName(f"Density of {words.title}, {words.about}")
        self.strip.setToolTip(_tip(replicated, error))

    def _say_intervals(
        self, own: Parameter, bootstrap: Interval | None, error: float
    ) -> None:
        wald = "" if own.wald is None else _df_words(own.wald)
        note = wald if own.wald is not None else NOT_MEANINGFUL[own.role]
        self.cells["wald"].set_words(interval_words(own.wald, error), note)
        self.cells["profile"].set_words(interval_words(own.profile, error), "")
        kind = "" if bootstrap is None else KINDS.get(bootstrap.kind, "")
        said = interval_words(bootstrap, error)
        self.cells["bootstrap"].set_words(said, kind if said else "")

    @Slot()
    def _on_name_clicked(self) -> None:
        if self._words is not None:
            words = self._words
            self.explain_asked.emit(words.topic, dict(words.key), self.name.number)

    @Slot()
    def _on_cell_clicked(self) -> None:
        cell = self.sender()
        if isinstance(cell, IntervalCell) and self._words is not None:
            topic = self._topic(cell.kind)
            key = dict(self._words.key) if topic == "confidence_interval" else {}
            self.explain_asked.emit(topic, key, cell.words)

    def _topic(self, kind: str) -> str:
        own, replicated = self._parameter, self._replicated
        if kind == "profile":
            return "profile_interval"
        if kind == "bootstrap":
            made = "" if replicated is None else replicated.interval.kind
            return f"bootstrap_{made or 'percentile'}"
        has_numbers = own is not None and own.wald is not None and self._level == 0.95
        return "confidence_interval" if has_numbers else "wald_interval"


def _df_words(wald: Interval) -> str:
    if not isfinite(wald.df):
        return ""
    return f"df {shown(wald.df, Kind.COUNT if wald.df == round(wald.df) else Kind.DF)}"


def _tip(replicated: Replicated | None, error: float) -> str:
    """Mean, SD and number of the replicates."""
    if replicated is None or not replicated.n:
        return ""
    spread = shown(replicated.std_error, Kind.ESTIMATE, error)
    bias = shown(replicated.bias, Kind.ESTIMATE, error)
    return f"SD of the refits {spread}; their mean less the estimate {bias}"


class RowsHead(QWidget):
    """Headings over the intervals, which are also the key of the bars."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds: tuple[str, ...] = ()
        self._is_narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow_look(self)

    def set_shape(self, *, is_narrow: bool, kinds: tuple[str, ...]) -> None:
        """Stand over the same columns as the rows' cells."""
        self._is_narrow, self._kinds = is_narrow, kinds
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(px(300), px(28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the headings, each after a piece of its bar."""
        theme = look().theme
        used = font("caption", SEMIBOLD)
        with painting(self) as painter:
            high = self.height()
            place = QRectF(0, 0, px(NAME_WIDE), high)
            draw_text(painter, place, "Parameter", used, theme.color("ink2"))
            if self._is_narrow:
                left = self.width() - px(CELL_NARROW)
                place = QRectF(left, 0, px(CELL_NARROW), high)
                words = ", ".join(TITLES[kind] for kind in self._kinds)
                draw_text(painter, place, words, used, theme.color("ink2"))
                return
            left = self.width() - px(CELL_WIDE) * len(self._kinds)
            for kind in self._kinds:
                draw_bar(painter, kind, left, left + px(SWATCH), high / 2)
                inset = px(SWATCH + 6)
                place = QRectF(left + inset, 0, px(CELL_WIDE) - inset, high)
                draw_text(painter, place, TITLES[kind], used, theme.color("ink"))
                left += px(CELL_WIDE)


class ParameterRows(QWidget):
    """All rows of a model; a few at once, so that the window lives.

    Signals
    -------
    explain_asked : str, dict, str
    """

    explain_asked = Signal(str, object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ParameterRow] = []
        self._waiting: deque[Parameter] = deque()
        self._content: UncertaintyContent | None = None
        self._replicates: Replicates | None = None
        self._is_stale = False
        self._shape: tuple[bool, tuple[str, ...]] = (False, ())
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._set_some)
        self.head = RowsHead()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.head)
        self._column.addWidget(hairline())
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        # or the rows' wide shape would keep the page from ever becoming narrow
        self.setMinimumWidth(px(LEAST))

    @property
    def rows(self) -> list[ParameterRow]:
        """The rows in their order, all of them of the present content."""
        while self._waiting:
            self._set_some()
        n = 0 if self._content is None else len(self._content.parameters)
        return self._rows[:n]

    def set_content(self, content: UncertaintyContent | None) -> None:
        """Show the parameters of a model; replicates of another are gone."""
        known = self._content
        if content is None or known is None or known.model is not content.model:
            self._replicates = None
        self._content = content
        parameters = () if content is None else content.parameters
        self._waiting = deque(parameters)
        for row in self._rows[len(parameters) :]:
            row.hide()
        self._choose_shape()
        self._set_some()

    def set_replicates(self, replicates: Replicates | None) -> None:
        """Show what the replicates say of each parameter."""
        self._replicates = replicates
        for row in self._rows[: self._n_set()]:
            self._give(row)

    def set_stale(self, is_stale: bool) -> None:
        """Dim old numbers; rows that wait for new ones are dimmed in any case."""
        self._is_stale = is_stale
        for number, row in enumerate(self._rows):
            row.set_stale(is_stale or number >= self._n_set())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the intervals below each other where it is narrow."""
        super().resizeEvent(event)
        self._choose_shape()

    def _n_set(self) -> int:
        """How many rows have their parameter."""
        whole = 0 if self._content is None else len(self._content.parameters)
        return whole - len(self._waiting)

    @Slot()
    def _set_some(self) -> None:
        content = self._content
        most = len(self._rows) + AT_ONCE
        while content is not None and self._waiting and self._n_set() < most:
            number, parameter = self._n_set(), self._waiting.popleft()
            row = self._rows[number] if number < len(self._rows) else self._new_row()
            row.set_parameter(parameter, content.words[parameter.name], content.level)
            self._give(row)
            row.set_stale(self._is_stale)
            row.show()
        if self._waiting:
            self._next.start()

    def _give(self, row: ParameterRow) -> None:
        made, own = self._replicates, row.parameter
        if made is None or own is None:
            row.set_replicated(None)
        else:
            row.set_replicated(made.of.get(own.name))

    def _new_row(self) -> ParameterRow:
        row = ParameterRow(self)
        is_narrow, kinds = self._shape
        row.set_shape(is_narrow=is_narrow, kinds=kinds)
        row.explain_asked.connect(self.explain_asked)
        self._rows.append(row)
        self._column.addWidget(row)
        return row

    def _choose_shape(self) -> None:
        content = self._content
        has_profile = content is not None and any(
            one.profile is not None for one in content.parameters
        )
        kinds = tuple(kind for kind in TITLES if kind != "profile" or has_profile)
        shape = (self.width() < px(NARROW_BELOW), kinds)
        if shape == self._shape:
            return
        self._shape = shape
        self.head.set_shape(is_narrow=shape[0], kinds=kinds)
        for row in self._rows:
            row.set_shape(is_narrow=shape[0], kinds=kinds)
