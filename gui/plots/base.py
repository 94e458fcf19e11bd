"""What all plots have in common: data, theme, selection, legend, a copy for print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from engine.data.wording import counted
from gui.plots.flowing import FlowingPlot
from gui.plots.legend import LegendEntry
from gui.plots.numbers import card_number
from gui.plots.rows import NO_ROWS, Rows
from gui.plots.ticks import are_whole
from gui.theme import GROUP_ROLES, LIGHT, Theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class PlotData(Protocol):
    """What the data of every plot say in words."""

    @property
    def title(self) -> str:
        """Heading."""

    @property
    def caption(self) -> str:
        """One sentence below."""


D = TypeVar("D", bound=PlotData)


class BasePlot(Generic[D], FlowingPlot):
    """A picture of one kind of plot data.

    Subclasses say what is drawn (`_build`), with which data (`_take`), in which look
    (`_restyle`) and over which range (`_limits`), and may place what depends on the
    size in pixels (`_settle`).

    Parameters
    ----------
    parent : QWidget, optional
        Owner.
    theme : Theme
        Colours and sizes; change them later with `apply_theme`.
    vector : bool
        Draw for a picture: everything as shapes, nothing snapped to the screen.
    """

    EMPTY_TEXT = "Say what depends on what. The picture appears with the first fit."
    NOTHING_TEXT = "There is nothing to draw."

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        theme: Theme = LIGHT,
        vector: bool = False,
    ) -> None:
        super().__init__(parent, theme, vector=vector)
        self._data: D | None = None
        self._build()
        self.apply_theme(theme)
        self.set_data(None)

    # -- what a page calls --------------------------------------------------------

    @property
    def data(self) -> D | None:
        """Return what is shown."""
        return self._data

    def set_data(self, data: D | None) -> None:
        """Show other data, or with None an instruction in place of a picture."""
        self._forget_pointer()
        self._data = data
        self._density = getattr(data, "density", None)
        if data is None:
            self.rows = NO_ROWS
            self.say("", "", self.EMPTY_TEXT)
        else:
            self.rows = self._take(data)
            caption = f"{data.caption} {self.rows.dropped_sentence()}".strip()
            instead = "" if self.has_marks else self.NOTHING_TEXT
            self.say(data.title, caption, instead)
            self.canvas.bottom_axis.set_whole(are_whole(self.rows.x))
            self.canvas.left_axis.set_whole(
                bool(len(self.rows)) and are_whole(self.rows.y)
            )
        self.canvas.setAccessibleName(self._axes_in_words())
        self.canvas.setAccessibleDescription(self._keys_in_words())
        self._resolve_levels()
        self._restyle()
        self._show_legend()
        self.reset_view()

    def apply_theme(self, theme: Theme) -> None:
        """Take colours and sizes from `theme`."""
        self.paint_with(theme)
        self._restyle()
        self._flow()

    def set_color_by_group(self, is_wanted: bool) -> None:
        """Colour the groups, up to eight; of more, only the pointed-at one.

        Parameters
        ----------
        is_wanted : bool
        """
        self._forget_pointer()
        self._is_color_wanted = is_wanted
        self._restyle()
        self._flow()

    def set_compact(self, is_compact: bool) -> None:
        """Be a tile among others: small marks, close together, no legend.

        Parameters
        ----------
        is_compact : bool
        """
        super().set_compact(is_compact)
        self._show_legend()
        self._flow()

    def replica(self, theme: Theme, *, has_words: bool) -> Self:
        """Return a copy to be drawn elsewhere, with its legend.

        Parameters
        ----------
        theme : Theme
            Colours and sizes of the copy.
        has_words : bool
            Whether it says its title and caption.
        """
        copy = type(self)(theme=theme, vector=True)
        self._pass_on(copy)
        copy.set_color_by_group(self._is_color_wanted)
        copy.set_data(self._data)
        copy.set_highlight(self._chosen_labels, self._highlighted)
        copy.set_legend_visible(True)
        if not has_words:
            copy.say("", "", copy.empty_block.text())
        if self._is_zoomed:
            copy.zoom_to(*self._visible_range())
        return copy

    # -- what a subclass says -----------------------------------------------------

    def _build(self) -> None:
        """Make the items and put them into the view."""
        raise NotImplementedError

    def _take(self, data: D) -> Rows:
        """Give the items their data, the axes their names; return the rows drawn."""
        raise NotImplementedError

    def _pass_on(self, copy: Self) -> None:
        """Give a copy the settings that are not data."""

    def _entries(self) -> list[LegendEntry]:
        """Return what the legend explains, now."""
        return []

    # -- words --------------------------------------------------------------------

    @property
    def group_name(self) -> str:
        """Name of the grouping that the plot shows."""
        if (groups := self.row_groups) is not None:
            return groups.name
        return str(getattr(self._data, "group_name", ""))

    def _show_highlight(self) -> None:
        self._resolve_levels()
        self._flow()

    def _resolve_levels(self) -> None:
        """Find the names of the selected groups that this plot can show."""
        self._chosen_levels = self.own_levels(self._highlighted)

    def _group_entries(self) -> list[LegendEntry]:
        """Return the colours of the groups with their names."""
        groups = self.row_groups
        if groups is None or not self.is_colored:
            return []
        pairs = zip(groups.levels, GROUP_ROLES, strict=False)
        return [LegendEntry("row", level, role) for level, role in pairs]

    def _show_legend(self) -> None:
        """Bring the legend up to date; colours need theirs always."""
        groups = [] if len(self.rows) == 0 else self._group_entries()
        is_shown = self._is_legend_wanted and not self.is_compact
        others = self._entries() if is_shown and self.has_marks else []
        if groups:
            others = [entry for entry in others if entry.kind != "row"]
        self.legend.set_entries(groups + others)
        self.legend.setVisible(bool(groups or others))

    def _fit_of(self, index: int) -> list[tuple[str, str]]:
        """Fitted value and residual of a row, where the data know them."""
        parts = {"fitted": "fitted", "residual": "raw_residuals"}
        known = {name: getattr(self._data, part, None) for name, part in parts.items()}
        return [
            (name, card_number(float(self.rows.of(values)[index])))
            for name, values in known.items()
            if values is not None
        ]

    def _describe(self, index: int) -> list[tuple[str, str]]:
        return super()._describe(index) + self._fit_of(index)

    def _axes_in_words(self) -> str:
        """Say what is drawn over what."""
        if self._data is None:
            return ""
        return f"{self.canvas.left_axis.title} over {self.canvas.bottom_axis.title}"

    def _keys_in_words(self) -> str:
        """Say what can be done with the keyboard."""
        if len(self.rows) == 0:
            return ""
        what = "point" if self._are_rows_levels() else "row"
        return (
            f"{counted(len(self.rows), what)}. The arrow keys go from {what} to "
            f"{what}, Enter selects, Escape lets go."
        )
