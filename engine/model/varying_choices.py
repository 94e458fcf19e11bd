"""What the boxes of the sentence offer: what can vary among some groups, or why not."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from engine.data.group_words import counted_groups, group_noun
from engine.data.table import Kind
from engine.data.wording import counted, joined, verb
from engine.model.choice import Choice, choice
from engine.model.columns import used_columns
from engine.model.language.rewriting import polynomial
from engine.model.sentence import fixed_term, read_sentence, term_text
from engine.model.spec import INTERCEPT, ModelSpec, Term
from engine.model.tidying import shape, unique
from engine.model.within import Unseen, with_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.data.design_facts import DesignScan
    from engine.model.sentence import GroupClause


def varying_choices(
    spec: ModelSpec,
    clause: GroupClause,
    scan: DesignScan,
    kinds: Mapping[str, Kind],
    unseen: Iterable[Unseen] = (),
) -> tuple[Choice, ...]:
    """What could vary among some groups, and what the data say to it.

    Parameters
    ----------
    spec : ModelSpec
    clause : GroupClause
        The line of the sentence.
    scan : DesignScan
    kinds : mapping of str to Kind
        What the columns hold.
    unseen : iterable of Unseen
        What `unseen_effects` found in the rows; without it only what the scan knows is
        said: effects made of columns that never vary within a group.

    Returns
    -------
    tuple of Choice
        First the baseline, by `INTERCEPT`; then effects, by term. What varies already
        can always be taken back.
    """
    fixed = with_lines(own.term for own in read_sentence(spec).terms)
    columns = _equivalent(scan, clause.columns)
    known = {
        frozenset(one.term): one for one in unseen if {*one.group} == {*clause.columns}
    }
    found = [choice(INTERCEPT, "baseline", is_chosen=clause.has_baseline)]
    curved = {shape(term) for term in fixed if fixed_term(term).degree > 1}
    used = clause.has_baseline + sum(_width(t, scan, kinds) for t in clause.varying)
    for term in unique((*fixed, *clause.varying)):
        is_chosen = term in clause.varying
        text = f"effect of {term_text(term)}"
        if fixed_term(term).degree == 1 and shape(term) in curved:
            text += " (straight line)"
        one = known.get(frozenset(term)) or _unseen(term, columns, scan)
        why_not = "" if one is None else unseen_words(one, columns)
        detail = "" if why_not else _how_many_vary(term, columns, scan, kinds)
        if is_chosen:
            why_not, detail = "", why_not or detail
        elif not why_not:
            instead = [t for t in clause.varying if shape(t) == shape(term)]
            n_effects = used + _width(term, scan, kinds)
            n_effects -= sum(_width(t, scan, kinds) for t in instead)
            why_not = _against_size(columns, scan, n_effects)
        found.append(choice(term, text, detail, why_not, is_chosen=is_chosen))
    return tuple(found)


def _equivalent(scan: DesignScan, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The single column that has the same groups as a combination, if there is one."""
    if len(columns) == 2:
        same = scan.same_as_combination(*columns)
        return columns if same is None else (same,)
    return columns


def unseen_words(unseen: Unseen, columns: tuple[str, ...] = ()) -> str:
    """Say why an effect cannot be seen to differ among groups.

    Parameters
    ----------
    unseen : Unseen
    columns : tuple of str
        What the groups are called after, if not after their own columns.

    Returns
    -------
    str
        One sentence.
    """
    one, many = group_noun(":".join(columns or unseen.group))
    text = term_text(unseen.term)
    if unseen.constant:
        of_it = f" of {text}" if len(unseen.term) > 1 else ""
        return (
            f"Within each {one}, {is_the_same(unseen.constant)}, so no effect{of_it} "
            f"can be seen there to differ among {many}."
        )
    if unseen.most_values:
        (name,) = used_columns([unseen.term])
        needed = fixed_term(unseen.term).degree + 1
        return (
            f"No {one} has more than {counted(unseen.most_values, 'different value')} "
            f"of {name}: a curve that differs among {many} needs {needed}."
        )
    others = joined([term_text(term) for term in unseen.follows])
    if unseen.is_of_parts:
        return (
            f"Within each {one}, {text} follows from {others}, so no effect of its own "
            f"can be seen there to differ among {many}."
        )
    effects = "effect varies" if len(unseen.follows) == 1 else "effects vary"
    return f"Within each {one}, {text} follows from {others}, whose {effects} already."


def _unseen(term: Term, columns: tuple[str, ...], scan: DesignScan) -> Unseen | None:
    """Tell from the scan alone that an effect cannot differ among groups."""
    gone = [
        factor
        for factor in term
        if all(is_constant(name, columns, scan) for name in used_columns([(factor,)]))
    ]
    return Unseen(columns, term, used_columns([tuple(gone)])) if gone else None


def _how_many_vary(
    term: Term, columns: tuple[str, ...], scan: DesignScan, kinds: Mapping[str, Kind]
) -> str:
    """Count the groups within which a number varies, if these are not all."""
    many = group_noun(":".join(columns))[1]
    for name in used_columns([term]):
        slope = scan.slope(name, columns[0]) if len(columns) == 1 else None
        is_number = kinds.get(name) is not Kind.CATEGORY
        if slope is not None and is_number and slope.n_varying < slope.n_levels:
            return f"{name} varies within {slope.n_varying} of {slope.n_levels} {many}"
    return ""


def is_constant(name: str, columns: tuple[str, ...], scan: DesignScan) -> bool:
    """Whether a column is the same throughout each of some groups.

    Combinations are finer than the groups of each of their columns: what is constant
    in these is constant in them.
    """
    if name in columns:
        return True
    slopes = [s for group in columns if (s := scan.slope(name, group)) is not None]
    if any(slope.is_constant for slope in slopes):
        return True
    return any(scan.is_nested(group, name) for group in columns)


def is_the_same(names: Iterable[str]) -> str:
    """Say of one or several columns that they do not vary."""
    own = list(names)
    return f"{joined(own)} {verb(len(own))} the same in every row"


def _width(term: Term, scan: DesignScan, kinds: Mapping[str, Kind]) -> int:
    """Columns that a term has at least."""
    width = 1
    for factor in term:
        found = polynomial(factor)
        if found is not None and kinds.get(found[0]) is Kind.CATEGORY:
            facts = scan.grouping(found[0])
            width *= 1 if facts is None else facts.n_levels - 1
        elif found is not None:
            width *= found[1]
    return width


def _against_size(columns: tuple[str, ...], scan: DesignScan, n_effects: int) -> str:
    """Say that there are too few rows for so many effects of each group."""
    facts = [f for name in columns if (f := scan.grouping(name)) is not None]
    n_levels = max((f.n_levels for f in facts), default=0)
    if n_levels * n_effects < (scan.n_rows or inf):
        return ""
    many = counted_groups(n_levels, ":".join(columns)) if len(columns) == 1 else "them"
    return (
        f"{counted(n_effects, 'effect')} for each of {many} {verb(n_effects)} at least "
        f"{n_levels * n_effects}, and there {verb(scan.n_rows)} "
        f"{counted(scan.n_rows, 'row')}."
    )
