"""Look for findings, join those with one cause, and order them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.findings.case import Case
from engine.findings.double_bars import double_bars_far_from_zero
from engine.findings.finding import Severity, most_severe_first
from engine.findings.groups import numbers_of_groups, rows_of_groups
from engine.findings.left_out import terms_left_out
from engine.findings.optimum import optimum
from engine.findings.origin import far_zeros
from engine.findings.repeats import fixed_and_random, repeated_terms
from engine.findings.response import response_kind
from engine.findings.rows import rows_excluded, rows_not_used
from engine.findings.singular_fit import singular
from engine.findings.slopes import effects_that_cannot_vary
from engine.findings.table_facts import facts_of_table
from engine.findings.terms import constant_columns, effects_without_value
from engine.findings.units import numbers_for_names, reused_labels, units_left_out
from engine.model.sentence_edits import used_columns

if TYPE_CHECKING:
    from engine.data.design_facts import DesignScan
    from engine.data.prepared import Prepared
    from engine.findings.finding import Finding, Found
    from engine.fitted_model import FittedModel
    from engine.model.spec import ModelSpec

_LOOKS = (
    optimum,
    singular,
    terms_left_out,
    effects_without_value,
    repeated_terms,
    fixed_and_random,
    effects_that_cannot_vary,
    response_kind,
    units_left_out,
    reused_labels,
    rows_of_groups,
    numbers_of_groups,
    numbers_for_names,
    constant_columns,
    far_zeros,
    double_bars_far_from_zero,
    rows_not_used,
)
"""In the order in which equally severe findings are shown."""


def find(
    model: FittedModel,
    prepared: Prepared,
    scan: DesignScan,
    spec: ModelSpec | None = None,
) -> tuple[Finding, ...]:
    """Say what data, design and fit mean for the conclusion.

    Parameters
    ----------
    model : FittedModel
        Fitted to `prepared.used_frame`.
    prepared : Prepared
    scan : DesignScan
        Of the same rows.
    spec : ModelSpec, optional
        The model as it is edited, from which the changes start; by default the one
        that was asked for.

    Returns
    -------
    tuple of Finding
        The most severe first.
    """
    edited = model.design.spec if spec is None else spec
    return _search(Case(prepared, scan, edited, model))


def find_before_fit(
    prepared: Prepared, scan: DesignScan, spec: ModelSpec | None
) -> tuple[Finding, ...]:
    """Say what the data say about a model, also about one that cannot be fitted.

    Parameters
    ----------
    prepared : Prepared
    scan : DesignScan
        Of the rows that are used.
    spec : ModelSpec or None
        The model, if there is one. Of one that names columns which are not there
        nothing is said here, but where it is edited.

    Returns
    -------
    tuple of Finding
        The most severe first; none that says that all is well.
    """
    names = set(map(str, prepared.frame.columns))
    if spec is None or not {*used_columns(spec)} <= names:
        found = facts_of_table(prepared, scan) + rows_excluded(prepared)
        return most_severe_first(_joined(found))
    if not prepared.is_used.any():
        return tuple(one.finding for one in rows_excluded(prepared))
    searched = _search(Case(prepared, scan, spec))
    return tuple(one for one in searched if one.severity is not Severity.GREEN)


def _search(case: Case) -> tuple[Finding, ...]:
    found = [one for look in _LOOKS for one in look(case)]
    found += facts_of_table(case.prepared, case.scan, case.spec)
    return most_severe_first(_joined([*found, *rows_excluded(case.prepared)]))


def _joined(found: list[Found]) -> list[Finding]:
    """Let each finding speak for those that it covers, with their severity."""
    by_key = {one.finding.key: one.finding for one in found}
    covered = {key for one in found for key in one.covers}
    result: dict[str, Finding] = {}
    for one in found:
        finding = one.finding
        if finding.key in covered or finding.key in result:
            continue
        own = [by_key[key].severity for key in one.covers if key in by_key]
        worst = min([finding.severity, *own], key=lambda severity: severity.rank)
        result[finding.key] = replace(finding, severity=worst)
    return list(result.values())
