"""What happens between a change and its result, as plain functions for a worker.

No Qt here. Each function takes frozen values and returns frozen values; `partial` hands
over what is ready before the rest. Each brings its own imports, so that the window is
there before numpy and pandas are.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from engine import FittedModel
    from engine.data.design_facts import DesignScan
    from engine.data.prepared import Prepared
    from engine.data.summaries import ColumnSummary
    from engine.findings.finding import Finding
    from engine.model.within import Unseen
    from engine.progress import Report
    from gui.work.document import Document

MOST_SUMMARIES = 200
"""Columns whose heading shows a histogram: the first ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted model and what it belongs to.

    Attributes
    ----------
    document : Document
        What was asked.
    prepared : Prepared
        The rows it was asked of.
    model : FittedModel
    seconds : float
        How long the fit took.
    unseen : UnseenIn
        Effects that cannot differ among its groups.
    """

    document: Document
    prepared: Prepared
    model: FittedModel
    seconds: float
    unseen: UnseenIn


@dataclass(frozen=True, slots=True, eq=False)
class UnseenIn:
    """Effects that the rows cannot show to differ among the groups of a model.

    Attributes
    ----------
    prepared : Prepared
        The rows.
    effects : tuple of Unseen
    """

    prepared: Prepared
    effects: tuple[Unseen, ...]


def refresh(
    document: Document,
    known: Prepared | None,
    *,
    report: Report,
    partial: Callable[[object], None],
) -> Fit | None:
    """Prepare the rows if need be, and fit the model if there is one.

    Parameters
    ----------
    document : Document
        With a table.
    known : Prepared or None
        The rows, if the steps have not changed; otherwise they are made, and given to
        `partial` before the fit. So are the effects that cannot vary, an `UnseenIn`.

    Returns
    -------
    Fit or None
        None without a model.

    Raises
    ------
    EngineError
        If a step cannot be done or the model cannot be fitted.
    """
    from engine.data.steps import prepare  # noqa: PLC0415
    from engine.model.within import unseen_effects  # noqa: PLC0415

    assert document.table is not None
    prepared = known
    if prepared is None:
        prepared = prepare(document.table, document.steps)
        partial(prepared)
    if document.spec is None:
        return None
    effects = unseen_effects(document.spec, prepared.used_frame)
    unseen = UnseenIn(prepared, effects)
    partial(unseen)
    begin = perf_counter()
    model = engine.fit(
        document.spec,
        prepared.used_frame,
        estimation=document.estimation,
        weights=document.weights,
        report=report,
    )
    seconds = perf_counter() - begin
    if len(prepared.excluded_rows):
        model = model.with_excluded_rows(prepared.excluded_rows)
    return Fit(document, prepared, model, seconds, unseen)


def scan(prepared: Prepared, *, partial: Callable[[object], None]) -> DesignScan:
    """Sum up the columns for their headings, then look at the design.

    Parameters
    ----------
    prepared : Prepared

    Returns
    -------
    DesignScan
        Of the rows that are used; the summaries went to `partial` as a dict.
    """
    from engine.data.summaries import summarise_column  # noqa: PLC0415

    summaries: dict[str, ColumnSummary] = {}
    for name in map(str, prepared.frame.columns[:MOST_SUMMARIES]):
        summaries[name] = summarise_column(prepared.frame, name, prepared.kinds[name])
    partial(summaries)
    return engine.scan_design(prepared.used_frame, prepared.kinds)


def find(
    document: Document, prepared: Prepared, design: DesignScan, fit: Fit | None
) -> tuple[Finding, ...]:
    """Say what is to be known about data, model and fit.

    Parameters
    ----------
    document : Document
    prepared : Prepared
    design : DesignScan
        Of the same rows.
    fit : Fit or None
        Of the document; None if it has none.

    Returns
    -------
    tuple of Finding
        The most serious first.
    """
    from engine.findings import search  # noqa: PLC0415

    if fit is not None and document.spec is not None:
        return search.find(fit.model, prepared, design, document.spec)
    return search.find_before_fit(prepared, design, document.spec)


def rows_of_level(prepared: Prepared, group: str, level: str) -> tuple[Hashable, ...]:
    """Find the rows of a group among all rows, also those that are excluded.

    Parameters
    ----------
    prepared : Prepared
    group : str
        A column, or several joined by ":".
    level : str
        As tables name it; levels of combinations are joined by ":".

    Returns
    -------
    tuple of row labels
        In the order of the table; empty if there is no such group.
    """
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from engine.model.levels import combined_names, level_texts  # noqa: PLC0415

    frame = prepared.frame
    columns = (group,) if group in frame else tuple(group.split(":"))
    if not all(name in frame for name in columns):
        return ()
    if len(columns) == 1 and isinstance(frame[group].dtype, pd.StringDtype):
        return tuple(frame.index[(frame[group] == level).to_numpy(bool)].tolist())
    # only distinct cells are named: naming a million rows would hold up the window
    values = [pd.Series(frame[name].unique(), name=name).dropna() for name in columns]
    texts = [level_texts(column) for column in values]
    if len(columns) > 1:  # as they are written within a combination
        texts = [[t[1:] for t in combined_names([[""] * len(p), p])] for p in texts]
    is_chosen = np.zeros(len(frame), dtype=bool)
    for parts in _splits(level, texts):
        is_own = np.ones(len(frame), dtype=bool)
        for column, names, part in zip(values, texts, parts, strict=True):
            own = column[[name == part for name in names]]
            is_own &= frame[column.name].isin(own).to_numpy()
        is_chosen |= is_own
    return tuple(frame.index[is_chosen].tolist())


def _splits(level: str, texts: Sequence[list[str]]) -> Iterator[tuple[str, ...]]:
    """Ways to read a level's name as one text of each column."""
    first, *rest = texts
    if not rest:
        if level in first:
            yield (level,)
        return
    for text in set(first):
        if level.startswith(f"{text}:"):
            for parts in _splits(level[len(text) + 1 :], rest):
                yield (text, *parts)
