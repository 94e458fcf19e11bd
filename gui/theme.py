"""Colour roles, sizes and the two themes: the only place where a colour is written.

A widget is given a `Theme` and asks it for roles (``theme.colors.accent``), never
for a colour of its own. Plots take it through ``apply_theme``, so that a window
that follows the system's scheme and a picture for print use the same code.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtGui import QColor

GROUP_ROLES = tuple(f"group{number}" for number in range(1, 9))
BASE_PX = 13.0  # the body size for which the sizes below were drawn


@dataclass(frozen=True, slots=True)
class Colors:
    """Colour roles as ``#RRGGBB``.

    Attributes
    ----------
    bg, surface, sunken : str
        Window, panel, and field or thumbnail.
    line, line2, mute, ctrl : str
        Panel edge, button edge, segment track, edge of an unlabelled control.
    ink, ink2, ink3 : str
        Text, secondary text, caption.
    accent, accentH, accentT, accentL, onaccent : str
        Primary fill, text on tint and hover, tint, edge and density, text on it.
    hi, hiText, hiT : str
        The selection and nothing else: marks, text, row tint.
    ok, okT, warn, warnT, warnI, bad, badT : str
        Verdicts (always with an icon and a word), their tints, the caution icon.
    pgrid, paxis, ptick : str
        Plot grid, axis line, tick text.
    point, gline, gthin, pooled, band : str
        Row, partial pooling, no pooling, complete pooling, envelope.
    group1, ..., group8 : str
        Groups told apart by colour, in this order: the hues of Okabe and Ito (2008),
        in tones that stand out from the paper; the first is that of a pointed-at group.
    """

    bg: str
    surface: str
    sunken: str
    line: str
    line2: str
    ctrl: str
    ink: str
    ink2: str
    ink3: str
    accent: str
    accentH: str  # noqa: N815 - the roles keep the names of the design tokens
    accentT: str  # noqa: N815
    accentL: str  # noqa: N815
    onaccent: str
    hi: str
    hiText: str  # noqa: N815
    hiT: str  # noqa: N815
    ok: str
    okT: str  # noqa: N815
    warn: str
    warnT: str  # noqa: N815
    warnI: str  # noqa: N815
    bad: str
    badT: str  # noqa: N815
    mute: str
    pgrid: str
    paxis: str
    ptick: str
    point: str
    gline: str
    gthin: str
    pooled: str
    band: str
    group1: str
    group2: str
    group3: str
    group4: str
    group5: str
    group6: str
    group7: str
    group8: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes in logical pixels, drawn for a body text of 13 px and scaled with it.

    Attributes
    ----------
    page_title, heading, panel, body, caption, group_label, tick : float
        Type sizes; nothing is set smaller than `tick`.
    row_dot, row_dot_tile, row_dot_many : float
        Diameter of a row's point: on a page, in a tile, above 2,000 rows.
    selected_dot, selected_dot_tile, pointed_dot : float
        Diameter of a selected point (page, tile) and of the pointed-at one.
    mean_hollow, mean_filled : float
        Diameter of a no-pooling and of a partially pooled estimate.
    axis_left, axis_bottom : float
        Smallest width and height of an axis, so that tiles line up.
    radius, radius_button : float
        Corners of panels and of buttons.
    """

    page_title: float = 22.0
    heading: float = 15.0
    panel: float = 13.0
    body: float = 13.0
    caption: float = 12.0
    group_label: float = 12.0
    tick: float = 11.0
    row_dot: float = 6.0
    row_dot_tile: float = 5.0
    row_dot_many: float = 4.0
    selected_dot: float = 9.0
    selected_dot_tile: float = 7.0
    pointed_dot: float = 13.0
    mean_hollow: float = 8.0
    mean_filled: float = 9.0
    axis_left: float = 46.0
    axis_bottom: float = 36.0
    radius: float = 8.0
    radius_button: float = 6.0
    scale: float = 1.0

    def scaled(self, factor: float) -> Sizes:
        """Every size times `factor`."""
        return Sizes(*(getattr(self, name) * factor for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Theme:
    """What a widget needs to know to paint itself.

    Attributes
    ----------
    name : str
        ``light`` or ``dark``.
    colors : Colors
        Colour roles.
    sizes : Sizes
        Sizes at the user's text size.
    """

    name: str
    colors: Colors
    sizes: Sizes = field(default_factory=Sizes)

    @property
    def is_dark(self) -> bool:
        """Whether ink is lighter than paper."""
        return self.name == "dark"

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """Colour of a role, `alpha` from 0 (clear) to 1 (solid).

        Raises
        ------
        AttributeError
            If there is no such role.
        """
        color = QColor(getattr(self.colors, role))
        color.setAlphaF(alpha)
        return color

    def mixed(self, role: str, share: float, paper: str = "surface") -> QColor:
        """Solid colour that `share` of a role's on `paper` looks like.

        Solid lines are drawn ten times as fast as translucent ones.
        """
        over, under = self.color(role), self.color(paper)

        def mix(a: int, b: int) -> int:
            return round(share * a + (1 - share) * b)

        return QColor(
            mix(over.red(), under.red()),
            mix(over.green(), under.green()),
            mix(over.blue(), under.blue()),
        )

    def scaled(self, factor: float) -> Theme:
        """Return the same theme for a body text of `factor` times 13 px."""
        return replace(self, sizes=Sizes().scaled(factor))


LIGHT = Theme(
    "light",
    Colors(
        bg="#F3F5F7",
        surface="#FFFFFF",
        sunken="#F7F9FA",
        line="#DFE5EA",
        line2="#C2CCD5",
        ctrl="#8795A3",
        ink="#17212B",
        ink2="#46555F",
        ink3="#5F6E7B",
        accent="#0B6A8F",
        accentH="#08546F",
        accentT="#E4F0F5",
        accentL="#A8CEDD",
        onaccent="#FFFFFF",
        hi="#D55E00",
        hiText="#A84A00",
        hiT="#FCEDE1",
        ok="#0A6E58",
        okT="#DEF3EC",
        warn="#8A5A00",
        warnT="#FFF2D2",
        warnI="#B97700",
        bad="#B3263A",
        badT="#FCE9EB",
        mute="#EDF1F4",
        pgrid="#E9EEF2",
        paxis="#84929E",
        ptick="#4F5E6B",
        point="#456B84",
        gline="#2F7EA3",
        gthin="#7B97AA",
        pooled="#17212B",
        band="#C9D6DF",
        group1="#0072B2",
        group2="#C08000",
        group3="#00845F",
        group4="#B0568F",
        group5="#3A93C9",
        group6="#6A6A00",
        group7="#8F3B14",
        group8="#5B6770",
    ),
)

DARK = Theme(
    "dark",
    Colors(
        bg="#10161B",
        surface="#182027",
        sunken="#141B21",
        line="#2A353F",
        line2="#3F4D59",
        ctrl="#7C8B99",
        ink="#E8EDF1",
        ink2="#B4C0CA",
        ink3="#92A0AC",
        accent="#5AB4D6",
        accentH="#83CAE5",
        accentT="#173440",
        accentL="#2C6077",
        onaccent="#06222F",
        hi="#FF9447",
        hiText="#FFA766",
        hiT="#3A2617",
        ok="#54CDB0",
        okT="#12302B",
        warn="#EBBB58",
        warnT="#352A12",
        warnI="#EBBB58",
        bad="#F58A97",
        badT="#3A1D22",
        mute="#222C34",
        pgrid="#232D36",
        paxis="#61707D",
        ptick="#B4C0CA",
        point="#86A9C0",
        gline="#4FA3C4",
        gthin="#6B8797",
        pooled="#E8EDF1",
        band="#34434F",
        group1="#4A9FE0",
        group2="#E69F00",
        group3="#2DB98D",
        group4="#DB8FBD",
        group5="#8CD0F5",
        group6="#F0E442",
        group7="#E0754B",
        group8="#98A1A9",
    ),
)
