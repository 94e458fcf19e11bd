"""What is odd about the table itself: also before there is a model.

With a model, only what concerns its columns is said.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.data.conversion import NAMED, words_among_numbers
from engine.data.distinct import TEXT
from engine.data.group_words import counted_groups, group_noun, sentence_case
from engine.data.hints import HintKind
from engine.data.hints import Severity as HintSeverity
from engine.data.level_steps import ON_A_BUTTON, MergeLevels, short_name
from engine.data.reshape_step import Lengthen
from engine.data.steps import SetKind
from engine.data.table import Kind
from engine.data.wording import counted, listed
from engine.data.wording import quoted as in_quotes
from engine.findings.codes import are_names
from engine.findings.finding import (
    HERE,
    Action,
    Change,
    Dismiss,
    Finding,
    Found,
    Severity,
    Show,
)
from engine.findings.words import joined
from engine.model.columns import spec_columns
from engine.model.language.expressions import parse_expression, quoted
from engine.model.language.rewriting import renamed_expression
from engine.model.sentence_edits import without_columns
from engine.written_numbers import general

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.arrays import FloatArray
    from engine.data.design_facts import DesignScan
    from engine.data.hints import Hint
    from engine.data.prepared import Prepared
    from engine.model.spec import ModelSpec

_MOST_SETS = 3
_MOST_SPELLINGS = 3


def facts_of_table(
    prepared: Prepared, scan: DesignScan, spec: ModelSpec | None = None
) -> list[Found]:
    """Say what is odd about a table, as far as a model is concerned by it.

    Parameters
    ----------
    prepared : Prepared
    scan : DesignScan
        Of the rows that are used.
    spec : ModelSpec, optional
        All its columns are in the table.

    Returns
    -------
    list of Found
    """
    found = []
    names: dict[str, list[Hint]] = {}
    own = None if spec is None else spec_columns(spec)
    for hint in scan.hints:
        if hint.kind is HintKind.SIDE_BY_SIDE and _concerns_response(hint, spec):
            found.append(_side_by_side(prepared, spec, hint))
        elif own is not None and not {*hint.columns} <= {*own}:
            continue
        elif hint.kind is HintKind.LIKE_NAMES:
            if own is not None or _holds_groups(prepared, scan, hint.columns[0]):
                names.setdefault(hint.columns[0], []).append(hint)
        elif hint.kind is HintKind.NEARLY_NESTED:
            found.append(_nearly_nested(prepared, scan, hint))
    found += [_like_names(prepared, column, hints) for column, hints in names.items()]
    found += _words_among_numbers(prepared, scan, spec)
    if spec is None:
        found += _numbered(prepared, scan)
    return found


# ---- one measurement in many columns ------------------------------------------


def _concerns_response(hint: Hint, spec: ModelSpec | None) -> bool:
    """Whether a model explains one of the columns; others may be covariates each."""
    if spec is None:
        return True
    return not {*parse_expression(spec.response).columns}.isdisjoint(hint.columns)


def _side_by_side(prepared: Prepared, spec: ModelSpec | None, hint: Hint) -> Found:
    columns = hint.columns
    step = Lengthen.suggested(columns, prepared.kinds)
    actions: tuple[Action, ...] = (Dismiss(),)
    if step.validate(prepared) is None:
        long = None if spec is None else _about_long(spec, step)
        actions = (Change("Make the table long", long, (step,)), Dismiss())
    where = "in different years" if step.names_to == "year" else "side by side"
    finding = Finding(
        key="side_by_side",
        severity=Severity.AMBER,
        sentence=f"{len(columns)} columns, {columns[0]} to {columns[-1]}, look like "
        f"one measurement {where}.",
        meaning="A model needs a row for each measurement. In a long table the columns "
        f"{step.names_to} and {step.values_to} take their place.",
        actions=actions,
        topic="side_by_side",
        columns=columns,
    )
    return Found(finding)


def _about_long(spec: ModelSpec, step: Lengthen) -> ModelSpec | None:
    """A model of the values that were in some columns, without these columns."""
    read = parse_expression(spec.response).columns
    response = quoted(step.values_to)
    if len(read) == 1:
        response = renamed_expression(spec.response, read[0], step.values_to)
    return without_columns(replace(spec, response=response), step.columns)


# ---- names that are probably one ----------------------------------------------


def _holds_groups(prepared: Prepared, scan: DesignScan, column: str) -> bool:
    """Whether levels of a column repeat, so that it is no list of remarks."""
    group = scan.grouping(column)
    is_category = prepared.kinds.get(column) is Kind.CATEGORY
    return is_category and group is not None


def _like_names(prepared: Prepared, column: str, hints: list[Hint]) -> Found:
    rows = _rows_of_levels(prepared, column, hints)
    alike = [
        tuple(sorted(hint.levels, key=lambda level: (-rows[level], level)))
        for hint in hints
        if hint.severity is HintSeverity.AMBER
    ]
    one, many = group_noun(column)
    are_one = "If those that look alike are" if len(alike) > 1 else "If they are"
    finding = Finding(
        key=f"like_names:{prepared.source(column)}",
        severity=Severity.AMBER if alike else Severity.NOTE,
        sentence=_names_alike(column, alike) if alike else _slips(column, hints, rows),
        meaning=f"As it is, they count as different {many}. {are_one} one {one}, "
        "write them as one; your file stays as it is.",
        actions=(_mending(column, alike, hints), Dismiss()),
        topic="like_names",
        columns=(column,),
    )
    return Found(finding)


def _rows_of_levels(
    prepared: Prepared, column: str, hints: list[Hint]
) -> dict[str, int]:
    """Count the rows of the levels that hints are about."""
    values = prepared.used_frame[column]
    levels = [level for hint in hints for level in hint.levels]
    counts = values[values.isin(levels)].astype(str).value_counts()
    return {level: int(counts.get(level, 0)) for level in levels}


def _mending(column: str, alike: list[tuple[str, ...]], hints: list[Hint]) -> Change:
    """Write levels as one: all that are written alike, else the slip that is named."""
    if alike:
        step = MergeLevels(column, tuple((own[0], own[1:]) for own in alike))
        return Change(step.offer, None, (step,))
    rare, usual = hints[0].levels
    step = MergeLevels(column, ((usual, (rare,)),))
    label = f"Write it as {short_name(usual, ON_A_BUTTON)}"
    return Change(label, None, (step,))


def _names_alike(column: str, alike: list[tuple[str, ...]]) -> str:
    """Levels that differ only in how they are written."""
    if len(alike) == 1:
        return (
            f"{listed(alike[0])} in {column} differ only in case, spaces, accents or "
            "the like."
        )
    shown = [" = ".join(map(in_quotes, own[:_MOST_SPELLINGS])) for own in alike]
    more = [f"{len(shown) - _MOST_SETS} more"] if len(shown) > _MOST_SETS + 1 else []
    shown = [*shown[:_MOST_SETS], *more] if more else shown
    return (
        f"{counted(len(alike), 'level')} of {column} seem to be written in "
        f"several ways: {joined(shown)}."
    )


def _slips(column: str, hints: list[Hint], rows: dict[str, int]) -> str:
    """Rare levels that are one letter off a frequent one."""
    rare, usual = hints[0].levels
    sentence = (
        f"{in_quotes(rare)} ({counted(rows[rare], 'row')}) in {column} looks like "
        f"{in_quotes(usual)} ({counted(rows[usual], 'row')}), mistyped"
    )
    others = len({hint.levels[0] for hint in hints} - {rare})
    if not others:
        return f"{sentence}."
    return f"{sentence}; so {'does' if others == 1 else 'do'} {others} more."


# ---- words among numbers ------------------------------------------------------


def _words_among_numbers(
    prepared: Prepared, scan: DesignScan, spec: ModelSpec | None
) -> list[Found]:
    """Columns that a unit, or a remark, in a few cells has made words.

    What a model groups by may well be names, such as plots 1, 2 and 3b.
    """
    found = []
    columns: Collection[str] = prepared.kinds
    if spec is not None:
        groups = {spec.grouping, *(name for own in spec.random for name in own.group)}
        columns = [name for name in spec_columns(spec) if name not in groups]
    for column in columns:
        values = prepared.frame[column]  # of all rows: excluded ones are read as well
        if values.dtype in (TEXT, object) and prepared.kinds[column] in NAMED:
            words = words_among_numbers(values)
            if words:
                found.append(_odd_cells(prepared, scan, column, words))
    return found


def _odd_cells(
    prepared: Prepared, scan: DesignScan, column: str, words: dict[str, int]
) -> Found:
    group = scan.grouping(column)
    may_be_names = group is not None and group.rows_median >= 2
    n_odd, n_filled = sum(words.values()), int(prepared.frame[column].count())
    verb = "is not a number" if n_odd == 1 else "are not numbers"
    step = SetKind(column, Kind.NUMBER, tuple(words))
    finding = Finding(
        key=f"words_among_numbers:{prepared.source(column)}",
        severity=Severity.NOTE if may_be_names else Severity.AMBER,
        sentence=f"{n_odd} of {n_filled} cells of {column} {verb}: "
        f"{listed(list(words), 'text')}.",
        meaning=f"So {column} is taken as words and cannot be measured or explained.",
        actions=(Change("Read as missing", None, (step,)), Dismiss()),
        topic="words_among_numbers",
        columns=(column,),
    )
    return Found(finding)


# ---- slips and codes ----------------------------------------------------------


def _nearly_nested(prepared: Prepared, scan: DesignScan, hint: Hint) -> Found:
    inner, outer = hint.columns
    (level,) = hint.levels
    one, many = group_noun(outer)
    group = scan.grouping(inner)
    others = counted_groups((group.n_levels if group else 1) - 1, inner)
    key = ":".join(map(prepared.source, (outer, inner)))
    finding = Finding(
        key=f"nearly_nested:{key}",
        severity=Severity.AMBER,
        sentence=f"{sentence_case(group_noun(inner)[0])} {level} occurs in several "
        f"{many}, each of the other {others} in one {one}.",
        meaning="Look at its rows: there may be a slip in one of the two columns.",
        actions=(
            Show("Show the rows", HERE, group=inner, level=level),
            Dismiss(),
        ),
        topic="nested_crossed",
        columns=(inner, outer),
    )
    return Found(finding)


def _numbered(prepared: Prepared, scan: DesignScan) -> list[Found]:
    """Columns of numbers that are names, as plots 1, 2, 3; said of all in one."""
    names = [
        group.column
        for group in scan.groupings
        if prepared.kinds.get(group.column) is Kind.NUMBER
        and are_names(group, _numbers(prepared, group.column))
    ]
    if not names:
        return []
    group = scan.grouping(names[0])
    label, sentence = "Take them as categories", _hold_names(names)
    if len(names) == 1 and group is not None:
        label = f"Take {names[0]} as categories"
        codes = np.unique(_numbers(prepared, names[0]))
        groups = counted_groups(group.n_levels, names[0])
        sentence = f"{groups} are numbered {joined([general(v) for v in codes])}."
    steps = tuple(SetKind(name, Kind.CATEGORY) for name in names)
    finding = Finding(
        key="numbered_names",
        severity=Severity.NOTE,
        sentence=sentence,
        meaning="Such numbers are rather names than measurements. As categories they "
        "cannot be taken for an amount.",
        actions=(Change(label, None, steps), Dismiss()),
        topic="number_coded",
        columns=tuple(names),
    )
    return [Found(finding)]


def _numbers(prepared: Prepared, column: str) -> FloatArray:
    values: FloatArray = prepared.used_frame[column].to_numpy(
        np.float64, na_value=np.nan
    )
    found: FloatArray = values[np.isfinite(values)]
    return found


def _hold_names(names: Collection[str]) -> str:
    return f"The groups in {joined(list(names))} are numbered."
