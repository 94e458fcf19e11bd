"""Say what is odd about a table and its groupings, whatever the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.coded import grouping_score
from engine.data.design_facts import Relation
from engine.data.group_words import counted_groups, group_noun
from engine.data.hints import Hint, HintKind, Severity, by_severity
from engine.data.like_names import MOST_NAMES, mistyped, written_alike
from engine.data.side_by_side import side_by_side
from engine.data.table import Kind
from engine.data.wording import counted, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.data.coded import Coded
    from engine.data.design_facts import DesignScan, PairFacts


def table_hints(
    scan: DesignScan, groups: Sequence[Coded], kinds: Mapping[str, Kind]
) -> tuple[Hint, ...]:
    """Say what is odd about a table and its groupings.

    Parameters
    ----------
    scan : DesignScan
        Its own hints are not read.
    groups : sequence of Coded
        The groupings with their levels.
    kinds : mapping of str to Kind
        What all columns hold.

    Returns
    -------
    tuple of Hint
        The most serious first.
    """
    hints = _side_by_side(scan, kinds)
    for group in groups:
        if group.kind in (Kind.CATEGORY, Kind.LABEL):
            hints += _like_names(group)
    group_like = {group.column for group in groups if group.is_group_like()}
    for pair in scan.pairs:
        if pair.relation is Relation.SAME:
            if group_like.issuperset(pair.columns):
                hints.append(_same(pair))
        elif pair.reused:
            hints.append(_reused(scan, pair))
        elif pair.nearly:
            hints.append(_nearly_nested(scan, pair))
    return by_severity(hints)


def _side_by_side(scan: DesignScan, kinds: Mapping[str, Kind]) -> list[Hint]:
    """Say that columns look like one measurement; a step `Lengthen` stacks them."""
    likely = (group.column for group in scan.groupings if grouping_score(group) > 0)
    wide = side_by_side(kinds, likely)
    if not wide:
        return []
    return [
        Hint(
            HintKind.SIDE_BY_SIDE,
            f"{len(wide)} columns side by side look like one measurement "
            f"({quoted(wide[0])} ... {quoted(wide[-1])}).",
            "A model needs one row for each measurement: make the table long, with a "
            "column for the values and one for what is now in the headings.",
            wide,
            Severity.AMBER,
        )
    ]


def _like_names(group: Coded) -> list[Hint]:
    """Say which levels are probably one, written in two ways."""
    if len(group.counts) > MOST_NAMES:
        return []
    names = group.names()
    meaning = (
        f"If they are one {group_noun(group.column)[0]}, give them one name; else they "
        "count as different groups."
    )
    hints = [
        Hint(
            HintKind.LIKE_NAMES,
            f"{listed(same, 'level')} in {quoted(group.column)} differ only in case, "
            "spaces, accents or the like.",
            meaning,
            (group.column,),
            Severity.AMBER,
            same,
        )
        for same in written_alike(names)
    ]
    counts = dict(zip(names, group.counts.tolist(), strict=True))
    for rare, usual in mistyped(names, group.counts.tolist()):
        hints.append(
            Hint(
                HintKind.LIKE_NAMES,
                f"{quoted(rare)} ({counted(counts[rare], 'row')}) in "
                f"{quoted(group.column)} looks like {quoted(usual)} "
                f"({counted(counts[usual], 'row')}), mistyped.",
                meaning,
                (group.column,),
                Severity.NOTE,
                (rare, usual),
            )
        )
    return hints


def _same(pair: PairFacts) -> Hint:
    return Hint(
        HintKind.SAME_GROUPS,
        f"{quoted(pair.first)} and {quoted(pair.second)} are the same groups under "
        f"two names ({pair.n_cells} in all).",
        "Use one of them as a grouping, not both.",
        pair.columns,
        Severity.NOTE,
    )


def _reused(scan: DesignScan, pair: PairFacts) -> Hint:
    """Ask whether labels stand for other groups in each level of another column."""
    inner = pair.reused
    outer = pair.outer
    one, many = group_noun(inner)
    explicit = scan.same_as_combination(inner, outer)
    sentence = (
        f"{quoted(pair.example)} in {quoted(inner)} occurs in several "
        f"{group_noun(outer)[1]}: the same {one}, or another one each time?"
    )
    if explicit is not None:
        return Hint(
            HintKind.REUSED_LABELS,
            sentence,
            f"{quoted(explicit)} tells all {pair.n_cells} apart: if they differ, group "
            f"by {quoted(explicit)} and not by {quoted(inner)}.",
            (inner, outer),
            Severity.NOTE,
            (pair.example,),
        )
    group = scan.grouping(inner)
    n_labels = group.n_levels if group else 0
    return Hint(
        HintKind.REUSED_LABELS,
        sentence,
        f"If another one, {many} are nested in {group_noun(outer)[1]}: group by "
        f"{outer}:{inner} ({pair.n_cells} groups) and not by {inner} ({n_labels}).",
        (inner, outer),
        Severity.AMBER,
        (pair.example,),
    )


def _nearly_nested(scan: DesignScan, pair: PairFacts) -> Hint:
    """Say that one level keeps a grouping from being nested in another."""
    inner = pair.nearly
    outer = pair.second if inner == pair.first else pair.first
    group = scan.grouping(inner)
    n_others = (group.n_levels if group else 0) - 1
    one, many = group_noun(outer)
    return Hint(
        HintKind.NEARLY_NESTED,
        f"{quoted(pair.example)} in {quoted(inner)} occurs in several {many}, each of "
        f"the other {counted_groups(n_others, inner)} in one {one}.",
        "Look at its rows: there may be a slip in one of the two columns.",
        (inner, outer),
        Severity.AMBER,
        (pair.example,),
    )
