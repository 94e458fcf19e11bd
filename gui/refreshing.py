"""What happens between a change and its result, as plain functions for a worker.

No Qt here. Each function takes frozen values and returns frozen values; `partial` hands
over what is ready before the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from engine import fit, scan_design
from engine.data.steps import prepare
from engine.data.summaries import summarise_column
from engine.findings.search import find as find_with_fit
from engine.findings.search import find_before_fit
from engine.model.levels import make_grouping

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from engine import FittedModel
    from engine.data.design_facts import DesignScan
    from engine.data.prepared import Prepared
    from engine.data.summaries import ColumnSummary
    from engine.findings.finding import Finding
    from engine.progress import Report
    from gui.document import Document

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
    """

    document: Document
    prepared: Prepared
    model: FittedModel
    seconds: float


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
        `partial` before the fit.

    Returns
    -------
    Fit or None
        None without a model.

    Raises
    ------
    EngineError
        If a step cannot be done or the model cannot be fitted.
    """
    assert document.table is not None
    prepared = known
    if prepared is None:
        prepared = prepare(document.table, document.steps)
        partial(prepared)
    if document.spec is None:
        return None
    begin = perf_counter()
    model = fit(
        document.spec,
        prepared.used_frame,
        estimation=document.estimation,
        weights=document.weights,
        report=report,
    )
    return Fit(document, prepared, model, perf_counter() - begin)


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
    summaries: dict[str, ColumnSummary] = {}
    for name in map(str, prepared.frame.columns[:MOST_SUMMARIES]):
        summaries[name] = summarise_column(prepared.frame, name, prepared.kinds[name])
    partial(summaries)
    return scan_design(prepared.used_frame, prepared.kinds)


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
    if fit is not None and document.spec is not None:
        return find_with_fit(fit.model, prepared, design, document.spec)
    return find_before_fit(prepared, design, document.spec)


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
    columns = (group,) if group in prepared.frame else tuple(group.split(":"))
    if not all(name in prepared.frame for name in columns):
        return ()
    rows = prepared.frame.dropna(subset=list(columns))
    if rows.empty:
        return ()
    grouping = make_grouping(rows, columns)
    names = [str(name) for name in grouping.levels]
    if level not in names:
        return ()
    return tuple(rows.index[grouping.codes == names.index(level)].tolist())
