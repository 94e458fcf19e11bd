"""What workers make for the pages: plain functions of a model, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.diagnostics.groups import (
    groupings,
    qq_group_effects,
    residuals_by_group,
)
from engine.diagnostics.lines import fitted_lines
from engine.diagnostics.picture import first_covariate, strip
from engine.diagnostics.plotdata import (
    FittedLinesData,
    QQData,
    ResidualsByGroupData,
    ResidualsFittedData,
    StripData,
)
from engine.diagnostics.residuals import qq_residuals, residuals_fitted
from engine.model.columns import is_categorical
from engine.model.language.expressions import parse_expression

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import FittedModel
    from engine.arrays import AnyArray
    from engine.model.levels import Grouping


@dataclass(frozen=True, slots=True, eq=False)
class PictureContent:
    """What the Picture page shows.

    Attributes
    ----------
    data : FittedLinesData, StripData or None
        None without covariate and grouping.
    axes : tuple of str
        Columns that can be the x axis.
    axis : str
        The one that is; ``""`` for a strip.
    groups : tuple of str
        Groupings that can have lines of their own: the axis varies within them.
    group : str
        The one that has; ``""`` without groups.
    """

    data: FittedLinesData | StripData | None
    axes: tuple[str, ...] = ()
    axis: str = ""
    groups: tuple[str, ...] = ()
    group: str = ""


def make_picture(
    model: FittedModel, wanted_axis: str = "", wanted_group: str = ""
) -> PictureContent:
    """Make the picture of a model over a covariate, or without one of its groups.

    Parameters
    ----------
    model : FittedModel
    wanted_axis : str
        The x axis that was chosen; if the model has no such one, its first covariate.
    wanted_group : str
        The grouping that was chosen; if the model has no such one, its first.
    """
    found = {one.name: one for one in groupings(model)}
    axes = x_axes(model)
    axis = wanted_axis if wanted_axis in axes else (first_covariate(model) or "")
    if axis:
        x = model.design.frame[axis].to_numpy()
        varying = {k: one for k, one in found.items() if _varies_within(one, x)}
        found = varying or dict(list(found.items())[:1])
    names = tuple(found)
    group = wanted_group if wanted_group in found else next(iter(found), "")
    if axis:
        data = fitted_lines(model, axis, found.get(group))
        return PictureContent(data, axes, axis, names, group)
    if group:
        return PictureContent(strip(model, found[group]), groups=names, group=group)
    return PictureContent(None)


def _varies_within(grouping: Grouping, x: AnyArray) -> bool:
    """Tell whether a covariate differs between rows of the same group."""
    levels, first = np.unique(grouping.codes, return_index=True)
    return bool((x != x[first[np.searchsorted(levels, grouping.codes)]]).any())


def x_axes(model: FittedModel) -> tuple[str, ...]:
    """Columns of numbers or dates in the fixed part."""
    names: dict[str, None] = {}
    for term in model.spec.fixed:
        for factor in term:
            if factor.startswith("C("):
                continue
            for name in parse_expression(factor).columns:
                if not is_categorical(model.design.frame[name]):
                    names[str(name)] = None
    return tuple(names)


Diagnostic = QQData | ResidualsFittedData | ResidualsByGroupData


@dataclass(frozen=True, slots=True, eq=False)
class DiagnosticPlot:
    """One plot of the Diagnostics page.

    Attributes
    ----------
    key : str
        A name that stays the same from fit to fit.
    topic : str
        Of the help texts.
    data : plot data
    group : str
        The grouping whose levels its points are, or that stand on its axis.
    """

    key: str
    topic: str
    data: Diagnostic
    group: str = ""


def make_diagnostics(
    model: FittedModel, *, partial: Callable[[object], None]
) -> tuple[str, ...]:
    """Make the diagnostic plots, each handed over as soon as it is ready.

    Returns
    -------
    tuple of str
        Keys of all that there are.
    """
    keys = []

    def show(key: str, topic: str, data: Diagnostic, group: str = "") -> None:
        keys.append(key)
        partial(DiagnosticPlot(key, topic, data, group))

    show("residuals_fitted", "residuals_fitted", residuals_fitted(model))
    show("qq_residuals", "qq_residuals", qq_residuals(model))
    for number, effects in enumerate(qq_group_effects(model)):
        show(f"qq_effects_{number}", "qq_effects", effects, effects.group_name)
    for number, groups in enumerate(residuals_by_group(model)):
        key = f"residuals_by_group_{number}"
        show(key, "residuals_by_group", groups, groups.group_name)
    return tuple(keys)
