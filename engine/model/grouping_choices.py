"""What the menus of the groupings offer: which groups, what varies, how unpooled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.design_facts import Relation
from engine.data.group_words import counted_groups, group_noun, sentence_case
from engine.data.table import Kind
from engine.data.wording import counted, joined
from engine.model.choice import Choice, choice, possible_first, unwritable
from engine.model.columns import used_columns
from engine.model.sentence import main_columns, term_text
from engine.model.spec import ModelSpec, NoPooling
from engine.model.tidying import response_columns
from engine.model.varying_choices import is_constant, is_the_same
from engine.written_numbers import general

if TYPE_CHECKING:
    from engine.data.design_facts import DesignScan, GroupFacts, PairFacts

FEW_GROUPS = 5
"""Below this a variance among groups is known poorly."""


def grouping_choices(scan: DesignScan, spec: ModelSpec) -> tuple[Choice, ...]:
    """Columns whose levels could be the groups of the sentence.

    Parameters
    ----------
    scan : DesignScan
    spec : ModelSpec

    Returns
    -------
    tuple of Choice
        By column; the detail is such as "12 lakes with 2 to 24 rows each".
    """
    main, covariates = main_columns(spec), used_columns(spec.fixed)
    found = []
    for group in scan.groupings:
        detail = _size(group)
        if group.column in covariates:
            detail += "; now a covariate, from where it would go"
        why_not = _against_group(group, spec)
        is_chosen = main == (group.column,)
        found.append(
            choice(group.column, group.column, detail, why_not, is_chosen=is_chosen)
        )
    return possible_first(found)


def further_choices(scan: DesignScan, spec: ModelSpec) -> tuple[Choice, ...]:
    """Groups that could be added, and how they stand to those of the sentence.

    Parameters
    ----------
    scan : DesignScan
    spec : ModelSpec

    Returns
    -------
    tuple of Choice
        By tuple of columns, as `with_further_grouping` takes them; combinations with
        the main grouping last, but first where labels seem to begin anew within it.
    """
    main = main_columns(spec)
    known = [set(term.group) for term in spec.random] + [set(main)]
    single: list[Choice] = []
    combined: list[Choice] = []
    anew: list[Choice] = []
    for group in scan.groupings:
        columns = (group.column,)
        pair = scan.pair(main[0], group.column) if len(main) == 1 else None
        why_not = _against_group(group, spec)
        if set(columns) in known:
            if columns == main:
                continue
            why_not = "It is in the model already."
        elif group.kind is Kind.CATEGORY and group.column in used_columns(spec.fixed):
            why_not = "It is a covariate, which would leave nothing to vary."
        elif pair is not None and pair.relation is Relation.SAME:
            why_not = f"These are the same groups as {main[0]} under another name."
        remark = f"; {_remark(pair)}" if pair is not None and not why_not else ""
        single.append(choice(columns, group.column, _size(group) + remark, why_not))
        if pair is not None and pair.relation is Relation.CROSSED:
            own = _combination(scan, spec, pair, group)
            (anew if pair.reused and own.is_possible else combined).append(own)
    return (*anew, *possible_first(single), *possible_first(combined))


def no_pooling_choices(spec: ModelSpec, scan: DesignScan) -> tuple[Choice, ...]:
    """The four ways of not pooling the groups of the sentence.

    Parameters
    ----------
    spec : ModelSpec
    scan : DesignScan

    Returns
    -------
    tuple of Choice
        By `NoPooling`; none without a grouping.
    """
    main = main_columns(spec)
    if not main:
        return ()
    one, many = group_noun(":".join(main))
    facts = scan.grouping(main[0]) if len(main) == 1 else None
    number = f"{facts.n_levels} " if facts else ""
    effects = joined([term_text(term) for term in spec.fixed])
    n_fewest = len(spec.fixed) + 1
    residual = "each with a residual SD of its own"
    if facts is not None and facts.rows_min <= n_fewest and spec.fixed:
        residual += f"; the smallest {one} has {counted(facts.rows_min, 'row')}"
    details = {
        NoPooling.MEANS: f"{number}means, no covariate",
        NoPooling.INTERCEPTS: f"{number}baselines, common effects of {effects}",
        NoPooling.SLOPES: f"{number}regressions, one residual SD for all",
        NoPooling.SEPARATE: f"{number}regressions, {residual}",
    }
    if len(main) > 1:
        general = f"Only groups of a single column can be left unpooled, not {many}."
        against = dict.fromkeys(NoPooling, general)
    else:
        against = _against_ways(spec, scan, main[0])
    return tuple(
        choice(
            way,
            sentence_case(way.words(one)),
            details[way] if effects or way is NoPooling.MEANS else "",
            against.get(way, ""),
            is_chosen=spec.no_pooling is way,
        )
        for way in NoPooling
    )


# ---- groups -------------------------------------------------------------------


def _size(group: GroupFacts) -> str:
    """Number and size of the groups: "12 lakes with 2 to 24 rows each"."""
    rows = counted(group.rows_max, "row")
    if group.rows_min < group.rows_max:
        rows = f"{group.rows_min} to {rows}"
    text = f"{counted_groups(group.n_levels, group.column)} with {rows} each"
    if group.n_levels < FEW_GROUPS:
        text += "; few to tell how groups vary"
    return text


def _remark(pair: PairFacts) -> str:
    """How two groupings stand to each other, and a doubt if there is one."""
    text = str(pair)
    if pair.reused:
        one = group_noun(pair.outer)[0]
        text += f"; labels of {pair.reused} seem to begin anew in each {one}"
    return text


def _against_group(group: GroupFacts, spec: ModelSpec) -> str:
    if group.column in response_columns(spec):
        return "It is what is explained."
    if group.rows_max == 1:
        return (
            f"Each of its {group.n_levels} levels has a single row, so groups cannot "
            "be told from rows."
        )
    return unwritable(group.column)


def _combination(
    scan: DesignScan, spec: ModelSpec, pair: PairFacts, group: GroupFacts
) -> Choice:
    """The combinations of the main grouping and another one that crosses it."""
    main = main_columns(spec)[0]
    columns = (main, group.column)
    if pair.reused:
        columns = (pair.outer, pair.reused)
    name = ":".join(columns)
    each = f"a median of {general(pair.rows_median)} rows each"
    detail = f"{counted_groups(pair.n_cells, name)} that occur, {each}"
    why_not = _against_group(group, spec)
    same = scan.same_as_combination(*columns)
    if any(set(term.group) == set(columns) for term in spec.random):
        why_not = "It is in the model already."
    elif same is not None:
        why_not = f"The levels of {same} are these combinations."
    elif pair.n_cells >= scan.n_rows:
        why_not = (
            "Each combination has a single row, so that it cannot be told from the "
            "residual."
        )
    return choice(columns, name, detail, why_not)


# ---- no pooling ---------------------------------------------------------------


def _against_ways(spec: ModelSpec, scan: DesignScan, main: str) -> dict[NoPooling, str]:
    """Why some of the four ways cannot be had."""
    one, many = group_noun(main)
    effects = (NoPooling.INTERCEPTS, NoPooling.SLOPES, NoPooling.SEPARATE)
    if not spec.fixed:
        reason = "There is no covariate yet; choose what the response depends on."
        return dict.fromkeys(effects, reason)
    against: dict[NoPooling, str] = {}
    read = used_columns(spec.fixed)
    constant = [name for name in read if is_constant(name, (main,), scan)]
    known = f"Within each {one}, {is_the_same(constant)}"
    if constant:
        reason = f"{known}, so a regression there cannot have its effect."
        against |= dict.fromkeys(effects[1:], reason)
    if len(constant) == len(read):
        against[NoPooling.INTERCEPTS] = (
            f"{known}, so baselines of {many} leave nothing for its effect to explain."
        )
    others = [term.group_name for term in spec.random if term.group != (main,)]
    if others and NoPooling.SEPARATE not in against:
        against[NoPooling.SEPARATE] = (
            f"Separate regressions cannot share what varies among "
            f"{group_noun(others[0])[1]}."
        )
    return against
