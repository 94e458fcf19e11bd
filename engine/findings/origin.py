"""Zero of a covariate far outside the data: where the baseline means nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.group_words import group_noun, sentence_case
from engine.data.steps import Centre, centred_name
from engine.findings.finding import Change, Dismiss, Finding, Found, Severity
from engine.findings.remedies import recentred
from engine.findings.words import joined, rounded, significant
from engine.model.language.names import quoted
from engine.model.sentence import term_text
from engine.model.spec import INTERCEPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.data.prepared import Prepared
    from engine.findings.case import Case
    from engine.model.spec import ModelSpec

_WIDEST_OFFSET = 1e-9


def centring(
    case: Case, columns: tuple[str, ...]
) -> tuple[ModelSpec, tuple[Centre, ...]]:
    """Centre columns: the steps to be added, and the model with the new columns.

    Parameters
    ----------
    case : Case
    columns : tuple of str

    Returns
    -------
    spec : ModelSpec
    steps : tuple of Centre
        None for a column whose centred form is in the table already.
    """
    names: dict[str, str] = {}
    steps = []
    for column in columns:
        ready = _centred_already(column, case.prepared)
        if ready:
            names[column] = ready
            continue
        mean = float(case.raw[column].mean())
        new = centred_name(column, (*case.prepared.kinds, *names.values()))
        steps.append(Centre(column, mean, new))
        names[column] = new
    return recentred(case.spec, names), tuple(steps)


def centre_change(case: Case, columns: tuple[str, ...]) -> Change:
    """Make the button that centres columns.

    Parameters
    ----------
    case : Case
    columns : tuple of str

    Returns
    -------
    Change
    """
    spec, steps = centring(case, columns)
    label = f"Centre {columns[0]}" if len(columns) == 1 else "Centre them"
    return Change(label, spec, steps)


def independent_at_zero(case: Case, column: str) -> tuple[str, ...]:
    """Find the groupings for which the model depends on where a column is zero.

    Parameters
    ----------
    case : Case
    column : str

    Returns
    -------
    tuple of str
        Those among whose levels its effect varies without its correlation with the
        baseline.
    """
    slope = (quoted(column),)
    return tuple(
        dict.fromkeys(
            own.group_name
            for own in case.spec.random
            if slope in own.terms and not (own.intercept and own.correlated)
        )
    )


def far_zeros(case: Case) -> list[Found]:
    """Say that the baseline lies where there are no data.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Found
        At most one, for all covariates.
    """
    far = case.far
    depends = [g for name in far for g in independent_at_zero(case, name)]
    has_baseline = case.spec.intercept or case.spec.no_pooling is not None
    if not far or not (has_baseline or depends):
        return []
    columns = tuple(far)
    return [
        Found(
            Finding(
                key=far_key(columns),
                severity=Severity.AMBER,
                sentence=_sentence(far),
                meaning=_meaning(case, columns, depends),
                actions=(centre_change(case, columns), Dismiss()),
                topic="intercept_outside",
                columns=columns,
            )
        )
    ]


def far_key(columns: Iterable[str]) -> str:
    """Key of what is said on zeros outside the data."""
    return f"intercept_outside:{','.join(columns)}"


def _sentence(far: Mapping[str, float]) -> str:
    if len(far) == 1:
        ((name, mean),) = far.items()
        article = "An" if name[:1].lower() in "aeiou" else "A"
        side = "below" if mean > 0 else "above"
        return (
            f"{article} {name} of 0 lies outside your data, {rounded(abs(mean), 1)} SD "
            f"{side} the mean."
        )
    parts = [f"{name} ({rounded(abs(mean), 1)} SD)" for name, mean in far.items()]
    return f"Zero lies outside your data, far from the means of {joined(parts)}."


def _meaning(case: Case, columns: tuple[str, ...], depends: list[str]) -> str:
    others = _met_at_zero(case, columns)
    what = _baseline(case)
    if others:
        what += f"and the main effect of {joined(others)} describe"
    else:
        what += "describe" if case.spec.no_pooling else "describes"
    slopes = "slope is" if len(columns) == 1 else "slopes are"
    if not depends:
        return f"So {what} no row you could meet. The {slopes} not affected."
    groups = joined([group_noun(name)[1] for name in dict.fromkeys(depends)])
    return (
        f"There, baselines and effects of {groups} are taken as uncorrelated: another "
        f"zero is another model. {sentence_case(what)} no row you could meet."
    )


def _baseline(case: Case) -> str:
    """The baseline of the model, with its number if there is one, and a space."""
    if case.spec.no_pooling is not None and case.spec.grouping is not None:
        return f"the baselines of {group_noun(case.spec.grouping)[1]} "
    if case.model is None or INTERCEPT not in case.model.design.terms:
        return "the intercept "
    value = case.model.estimates.beta[case.model.design.terms.index(INTERCEPT)]
    if np.isnan(value):
        return "the intercept "
    return f"the intercept, {significant(float(value))}, "


def _met_at_zero(case: Case, columns: tuple[str, ...]) -> list[str]:
    """Main effects that an interaction makes those at zero of a column."""
    far = {quoted(name) for name in columns}
    partners = [
        factor
        for term in case.fixed
        if len(term) > 1 and far.intersection(term)
        for factor in term
        if factor not in far and (factor,) in case.fixed
    ]
    return [term_text((factor,)) for factor in dict.fromkeys(partners)]


def _centred_already(column: str, prepared: Prepared) -> str | None:
    """Name the column that holds the centred form, if an earlier step has made it."""
    name = centred_name(column)
    if name not in prepared.kinds:
        return None
    used = prepared.used_frame[[column, name]].dropna()
    shift = used[column].to_numpy(np.float64) - used[name].to_numpy(np.float64)
    values = used[name].to_numpy(np.float64)
    if not len(shift) or np.ptp(shift) > _WIDEST_OFFSET * (1 + np.abs(shift).max()):
        return None
    return name if values.min() <= 0 <= values.max() else None
