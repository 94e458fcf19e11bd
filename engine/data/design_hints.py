"""Say what a design can support, and what a model overlooks, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.group_words import counted_groups, group_noun
from engine.data.hints import Hint, HintKind, Severity, by_severity
from engine.data.role_words import Role, has_role
from engine.data.table import Kind
from engine.data.wording import counted
from engine.written_numbers import general

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.data.design_facts import DesignScan, GroupFacts, PairFacts, SlopeFacts

TOO_FEW, FEW, ENOUGH = 5, 10, 20
"""Levels below which a spread is hardly, poorly, roughly estimated."""
MANY_SINGLE = 0.5
"""Share of groups with one row from which they are worth a remark."""


def model_hints(
    scan: DesignScan,
    *,
    covariates: Collection[str] = (),
    groupings: Collection[str] = (),
    slopes: Mapping[str, Collection[str]] | None = None,
    others: Collection[str] = (),
) -> tuple[Hint, ...]:
    """Say what the data can support of a model, and what the model overlooks.

    Parameters
    ----------
    scan : DesignScan
    covariates : collection of str
        Columns of the fixed part.
    groupings : collection of str
        Columns whose levels are partially pooled; parts of `a:b` are `others`.
    slopes : mapping of str to collection of str, optional
        For each grouping the columns whose effect varies among its levels.
    others : collection of str
        Further columns that the model reads.

    Returns
    -------
    tuple of Hint
        The most serious first.
    """
    varying = slopes or {}
    hints: list[Hint] = []
    for name in groupings:
        if (group := scan.grouping(name)) is None:
            continue
        hints += [*few_groups(name, group.n_levels), *_single_rows(group, varying)]
        for column in varying.get(name, ()):
            hints += _asked_slope(scan, column, name)
        for column in covariates:
            if column not in varying.get(name, ()):
                hints += _fixed_effect(scan, column, group)
    hints += unused_units(scan, [*covariates, *groupings, *others])
    return by_severity(hints)


def few_groups(group: str, n_levels: int) -> tuple[Hint, ...]:
    """Say that there are few groups to estimate their spread from.

    Parameters
    ----------
    group : str
        A grouping as tables name it; `a:b` for combinations.
    n_levels : int

    Returns
    -------
    tuple of Hint
        At most one.
    """
    if n_levels >= ENOUGH:
        return ()
    groups = group_noun(group)[1]
    counted_text = counted_groups(n_levels, group)
    columns = tuple(group.split(":"))
    if n_levels >= FEW:
        sentence = f"{counted_text}: the spread between {groups} is known only roughly."
        meaning = "That is enough for most purposes; look at its interval."
        return (Hint(HintKind.FEW_GROUPS, sentence, meaning, columns, Severity.NOTE),)
    severity = Severity.RED if n_levels < TOO_FEW else Severity.AMBER
    hardly = "hardly" if n_levels < TOO_FEW else "only poorly"
    return (
        Hint(
            HintKind.FEW_GROUPS,
            f"Only {counted_text}: the spread between {groups} can {hardly} be "
            "estimated.",
            f"Make {groups} a fixed effect, or {kept_words(n_levels)}",
            columns,
            severity,
        ),
    )


def kept_words(n_levels: int) -> str:
    """Say how few groups can be kept: the end of a sentence."""
    if n_levels < TOO_FEW:
        return "keep them if the design asks for it, but do not interpret the spread."
    return (
        "keep them if the design asks for it: tests of effects allow for few groups, "
        "but do not rely on the size of the spread."
    )


def _single_rows(
    group: GroupFacts, varying: Mapping[str, Collection[str]]
) -> tuple[Hint, ...]:
    """Say that many groups have one row."""
    if group.n_single < MANY_SINGLE * group.n_levels:
        return ()
    many = group_noun(group.column)[1]
    has_slopes = bool(varying.get(group.column))
    return (
        Hint(
            HintKind.SINGLE_ROWS,
            f"{group.n_single} of {counted_groups(group.n_levels, group.column)} have "
            "one row: no information on the spread within them.",
            f"That is fine where only the baseline varies among {many}. Effects that "
            "vary among them rest on the others only.",
            (group.column,),
            Severity.AMBER if has_slopes else Severity.NOTE,
        ),
    )


def _asked_slope(scan: DesignScan, column: str, grouping: str) -> tuple[Hint, ...]:
    """Say that an effect cannot vary as the model wants, or hardly."""
    slope = scan.slope(column, grouping)
    if slope is None or slope.n_varying >= slope.n_levels / 2:
        return ()
    one, many = group_noun(grouping)
    if slope.is_constant:
        return (
            Hint(
                HintKind.CONSTANT_WITHIN,
                f"{column} never varies within any {one}: its effect cannot be seen to "
                f"differ among {many}.",
                f"Let the baseline alone vary among {many}.",
                (column, grouping),
                Severity.RED,
            ),
        )
    return (
        Hint(
            HintKind.RARELY_VARIES,
            f"{column} varies within only {_how_many(slope)}.",
            f"Only these tell how its effect differs among {many}.",
            (column, grouping),
            Severity.AMBER,
        ),
    )


def _fixed_effect(scan: DesignScan, column: str, group: GroupFacts) -> tuple[Hint, ...]:
    """Say of a fixed effect whether groups or rows are its sample."""
    slope = scan.slope(column, group.column)
    one, many = group_noun(group.column)
    is_constant = scan.is_nested(group.column, column) or (
        slope is not None and slope.is_constant
    )
    if is_constant:
        groups = counted_groups(group.n_levels, group.column)
        return (
            Hint(
                HintKind.EFFECTIVE_SAMPLE,
                f"{column} is the same within every {one}: its effective sample is "
                f"{groups}, not {counted(scan.n_rows, 'row')}.",
                f"The degrees of freedom of its effect follow from the {many}.",
                (column, group.column),
                Severity.NOTE,
            ),
        )
    if slope is None or slope.n_varying < slope.n_levels / 2:
        return ()
    return (
        Hint(
            HintKind.VARIES_WITHIN,
            f"{column} varies within {_how_many(slope)}.",
            f"If its effect differs among {many}, its standard error is too small "
            f"until the effect may vary among them.",
            (column, group.column),
            Severity.NOTE,
        ),
    )


def _how_many(slope: SlopeFacts) -> str:
    """Count the groups that tell about slopes: "all 12 lakes", "3 of 12 lakes"."""
    is_all = slope.n_varying == slope.n_levels
    which = "all" if is_all else f"{slope.n_varying} of"
    return f"{which} {counted_groups(slope.n_levels, slope.grouping)}"


def unused_units(scan: DesignScan, spec_columns: Collection[str]) -> tuple[Hint, ...]:
    """Name the units that are measured repeatedly but are not in a model.

    Parameters
    ----------
    scan : DesignScan
    spec_columns : collection of str
        Every column that the model reads.

    Returns
    -------
    tuple of Hint
        Red if the model has no unit at all, else amber.
    """
    used = [g.column for g in scan.groupings if g.column in spec_columns]
    has_unit = any(_is_unit(g) for g in scan.groupings if g.column in used)
    severity = Severity.AMBER if has_unit else Severity.RED
    reused = [pair for pair in scan.pairs if pair.reused]
    labels = {pair.reused for pair in reused}  # of several units each
    hints = [
        _unused_unit(group, severity)
        for group in scan.groupings
        if group.column not in used
        and group.column not in labels
        and _is_unit(group)
        and not _is_covered(scan, group.column, used)
    ]
    for pair in reused:
        is_explicit = scan.same_as_combination(*pair.columns) is not None
        if not is_explicit and not {*pair.columns} <= {*used}:
            hints.append(_unused_combination(pair, severity))
    return tuple(hints)


def _is_unit(group: GroupFacts) -> bool:
    """Whether a column names what was measured several times."""
    if group.rows_median < 2 or has_role(group.column, Role.TREATMENT, Role.TIME):
        return False
    if has_role(group.column, Role.PLACE, Role.UNIT):
        return True
    is_named = group.kind in (Kind.CATEGORY, Kind.LABEL)
    return is_named and group.n_levels >= TOO_FEW


def _is_covered(scan: DesignScan, column: str, used: list[str]) -> bool:
    """Whether what a grouping would say is said by the columns that are used."""
    is_named_unit = has_role(column, Role.PLACE, Role.UNIT)
    for other in used:
        if scan.is_nested(column, other) and scan.is_nested(other, column):
            return True
        if scan.is_nested(other, column) and not is_named_unit:
            return True  # a property of units, such as the sex of animals
    return any(
        scan.same_as_combination(one, other) == column
        for i, one in enumerate(used)
        for other in used[i + 1 :]
    )


def _unused_unit(group: GroupFacts, severity: Severity) -> Hint:
    one, many = group_noun(group.column)
    times = f"{group.rows_min} to {group.rows_max}"
    if group.rows_min == group.rows_max:
        times = str(group.rows_max)
    groups = counted_groups(group.n_levels, group.column)
    return Hint(
        HintKind.UNUSED_UNIT,
        f"{groups} are measured {times} times each, but the model takes the "
        f"rows of the same {one} for independent.",
        f"{_ALIKE.format(one)} Let the baseline vary among {many}.",
        (group.column,),
        severity,
    )


def _unused_combination(pair: PairFacts, severity: Severity) -> Hint:
    """Name units that only two columns together tell apart, as site and plot."""
    outer = pair.second if pair.reused == pair.first else pair.first
    name = f"{outer}:{pair.reused}"
    one, many = group_noun(name)
    return Hint(
        HintKind.UNUSED_UNIT,
        f"{counted_groups(pair.n_cells, name)} are measured "
        f"{general(pair.rows_median)} times each (median), but the model takes the "
        f"rows of the same {one} for independent.",
        f"{_ALIKE.format(one)} Let the baseline vary among {many}.",
        (pair.reused, outer),
        severity,
    )


_ALIKE = (
    "Rows of one {} are alike: this is pseudoreplication, and standard errors come out "
    "too small."
)
