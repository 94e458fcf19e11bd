"""Zero of a covariate far outside the data: where the baseline means nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.group_words import group_noun, sentence_case
from engine.data.role_words import is_year
from engine.data.side_by_side import FIRST_YEAR, LAST_YEAR
from engine.data.steps import Centre, centred_name
from engine.findings.finding import Change, Dismiss, Finding, Found, Severity
from engine.findings.remedies import recentred
from engine.findings.words import joined
from engine.findings.zeros import is_power
from engine.model.language.names import quoted
from engine.model.sentence import term_text
from engine.model.spec import INTERCEPT
from engine.written_numbers import fixed, significant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from engine.data.prepared import Prepared
    from engine.findings.case import Case
    from engine.model.spec import ModelSpec

VERY_FAR = 10.0
"""SDs from which a distance is better told by the range of the data."""
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
                key=far_key(case, columns),
                severity=Severity.AMBER,
                sentence=_sentence(case, far),
                meaning=_meaning(case, columns, depends),
                actions=(centre_change(case, columns), Dismiss()),
                topic="intercept_outside",
                columns=columns,
            )
        )
    ]


def far_key(case: Case, columns: Iterable[str]) -> str:
    """Key of what is said on zeros outside the data."""
    return f"intercept_outside:{','.join(map(case.source, columns))}"


def _sentence(case: Case, far: Mapping[str, float]) -> str:
    if len(far) > 1:
        ranges = [f"{name} ({_range(case.frame[name])})" for name in far]
        return f"Zero lies outside your data for {joined(ranges)}."
    ((name, mean),) = far.items()
    values = case.frame[name]
    is_of_our_time = FIRST_YEAR <= values.min() and values.max() <= LAST_YEAR
    if is_year(name) and is_of_our_time:
        return f"Year 0 means nothing here: your data are from {_range(values)}."
    article = "An" if name[:1].lower() in "aeiou" else "A"
    if abs(mean) >= VERY_FAR:
        return (
            f"{article} {name} of 0 lies far outside your data, which run from "
            f"{_range(values)}."
        )
    side = "below" if mean > 0 else "above"
    return (
        f"{article} {name} of 0 lies outside your data, {fixed(abs(mean), 1)} SD "
        f"{side} the mean."
    )


def _range(values: pd.Series) -> str:
    """Smallest to largest: "2001 to 2019", "7.25 to 12.9"."""
    low, high = (float(value) for value in (values.min(), values.max()))
    return f"{significant(low)} to {significant(high)}"


def _meaning(case: Case, columns: tuple[str, ...], depends: list[str]) -> str:
    slopes = _slopes_at_zero(case, columns)
    others = _met_at_zero(case, columns)
    subjects = [_baseline(case)]
    if others:
        what = "main effect" if len(others) == 1 else "main effects"
        subjects.append(f"the {what} of {joined(others)}")
    if slopes:
        what = "slope" if len(slopes) == 1 else "slopes"
        subjects.append(f"the {what} of {joined(slopes)}")
    is_one = len(subjects) == 1 and case.spec.no_pooling is None
    what = f"{joined(subjects)} {'describes' if is_one else 'describe'}"
    if depends:
        groups = joined([group_noun(name)[1] for name in dict.fromkeys(depends)])
        return (
            f"There, baselines and effects of {groups} are taken as uncorrelated: "
            "another zero is another model, unless the correlation is allowed. "
            f"{sentence_case(what)} no row you could meet."
        )
    untouched = [name for name in columns if name not in slopes]
    meaning = f"So {what} no row you could meet."
    if not untouched:
        return meaning
    if slopes:
        names = joined(untouched)
        own = "slope" if len(untouched) == 1 else "slopes"
        return f"{meaning} The {own} of {names} {_is(untouched)} not affected."
    own = "slope" if len(columns) == 1 else "slopes"
    return f"{meaning} The {own} {_is(untouched)} not affected."


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _slopes_at_zero(case: Case, columns: tuple[str, ...]) -> list[str]:
    """Columns among those far from zero whose slope is that at a far zero.

    Their own in a curve such as `x + I(x ** 2)`, or another's that they interact with.
    """
    far = {quoted(name): name for name in columns}
    found = []
    for factor, name in far.items():
        is_curved = any(
            len(term) == 1 and is_power(term[0], name) for term in case.fixed
        )
        is_met = any(
            factor in term and len(far.keys() & {*term}) > 1 for term in case.fixed
        )
        if is_curved or is_met:
            found.append(name)
    return found


def _baseline(case: Case) -> str:
    """The baseline of the model, with its number if there is one."""
    if case.spec.no_pooling is not None and case.spec.grouping is not None:
        return f"the baselines of {group_noun(case.spec.grouping)[1]}"
    if case.model is None or INTERCEPT not in case.model.design.terms:
        return "the intercept"
    value = case.model.estimates.beta[case.model.design.terms.index(INTERCEPT)]
    if np.isnan(value):
        return "the intercept"
    return f"the intercept ({significant(float(value))})"


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
