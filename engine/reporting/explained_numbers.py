"""The model's own numbers for the explanations in resources/help.

A text has placeholders such as `{df}`; here they get their values, worded as the tables
word them. What a model does not have is left out, and with it the paragraph that would
say it. Values of the whole model are made here, those of one cell in
`explained_coefficients` and `explained_parts`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.data.wording import counted
from engine.reporting.explained_coefficients import coefficient_values
from engine.reporting.explained_compared import compared_values
from engine.reporting.explained_groups import grouping_values, level_values
from engine.reporting.explained_parts import (
    component_values,
    correlation_values,
    correlations_of,
    row_values,
    source_values,
)
from engine.reporting.explained_predictions import prediction_values
from engine.reporting.followed import decimals_writer, followed, size_writer
from engine.reporting.model_facts import (
    drop_reasons,
    fixed_labels,
    has_likelihood,
    is_separate,
    plain_message,
    pooled_groupings,
    rows_each,
    rows_per_level,
    span,
    unpooled_grouping,
)
from engine.reporting.numbers import Kind, shown
from engine.reporting.term_tables import term_test_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.fitted_model import FittedModel

Values = dict[str, str]


def explained_numbers(
    model: FittedModel, topic: str, key: Mapping[str, str]
) -> dict[str, str]:
    """Values of the placeholders of one topic's text.

    Parameters
    ----------
    model : FittedModel
    topic : str
        Name of the text.
    key : mapping of str to str
        Which cell is meant, as `topic_of_cell` says: `term`; `group`, `term` and
        `with`; `source`; `table`, `level` and `term`; `grouping`; `row`; `question`;
        `compared`; `tested`, `kind` and `by`. May be empty.

    Returns
    -------
    dict of str to str
        By placeholder; without those that this model or this cell does not have.
    """
    values: Values = {}
    for part in (_data, *_OF_TOPIC.get(topic, ())):
        values |= part(model)
    for of_cell in _OF_CELL:
        values |= of_cell(model, key)
    return {name: text for name, text in values.items() if text}


# ---- of the whole model -------------------------------------------------------


def _data(model: FittedModel) -> Values:
    """What every text may mention; cheap."""
    values = {
        "n": f"{model.n_rows}",
        "response": model.design.response_name,
        "formula": model.formula,
        "estimation": model.estimation if model.is_mixed else "",
        "rows": counted(model.n_rows, "row"),
        "coefficients": counted(len(model.estimates.kept), "coefficient"),
        "fixed_coefficients": counted(len(model.estimates.kept), "fixed coefficient"),
        "n_fixed": f"{len(model.estimates.kept)}",
        "sigma": shown(model.sigma, Kind.VARIANCE),
        "sigma_squared": shown(model.sigma**2, Kind.VARIANCE),
    }
    groupings = pooled_groupings(model)
    if groupings:
        sizes = {name: len(own.levels) for name, own in groupings.items()}
        least = min(sizes, key=lambda name: sizes[name])
        values |= {
            "groups": ", ".join(f"{name} ({size})" for name, size in sizes.items()),
            "grouping": least,
            "n_levels": f"{sizes[least]}",
            "rows_per_level": span(rows_per_level(groupings[least])),
        }
    own = unpooled_grouping(model)
    if own is not None:
        values |= {
            "unpooled": own.name,
            "levels_unpooled": counted(len(own.levels), "level"),
            "rows_per_unpooled": rows_each(own),
        }
    return values


def _fit(model: FittedModel) -> Values:
    """Likelihood, parameters and what is made of them."""
    k, fixed = model.n_parameters, len(model.estimates.kept)
    sigmas = 1
    if is_separate(model):
        sigmas = k - fixed
    values = {
        "k": f"{k}",
        "n_sigmas": f"{sigmas}",
        "n_covariance": f"{k - fixed - sigmas}",
    }
    if not has_likelihood(model):
        return values
    restricted = model.estimation == "REML"
    values |= {
        "likelihood": "restricted" if restricted else "full",
        "restricted_likelihood": "restricted" if restricted else "",
        "full_likelihood": "" if restricted else "full",
        "criterion": shown(model.criterion, Kind.INDEX),
        "loglik": shown(model.loglik, Kind.INDEX),
        "aic": shown(model.aic, Kind.INDEX),
        "aicc": shown(model.aicc, Kind.INDEX),
        "bic": shown(model.bic, Kind.INDEX),
        "twice_k": f"{2 * k}",
        "bic_penalty": shown(math.log(model.n_rows) * k, Kind.INDEX),
    }
    return values | _criteria_to_follow(model)


def _criteria_to_follow(model: FittedModel) -> Values:
    """The parts of likelihood, AIC, AICc and BIC, so that each can be worked out."""
    k, criterion, log_n = model.n_parameters, model.criterion, math.log(model.n_rows)

    def index(value: float) -> str:
        return shown(value, Kind.INDEX)

    def put(
        names: tuple[str, ...], parts: tuple[float, ...], add: Callable[..., float]
    ) -> Values:
        def result(*own: float) -> str:
            return index(add(*own))

        texts = followed(list(map(decimals_writer, parts)), result, result(*parts))
        return dict(zip(names, texts, strict=True))

    values = put(("fine_criterion",), (criterion,), lambda own: own / -2)
    values |= put(("aic_criterion",), (criterion,), lambda own: own + 2 * k)
    values |= put(
        ("bic_criterion", "log_n"), (criterion, log_n), lambda own, log: own + k * log
    )
    if model.n_rows - k - 1 > 0:
        correction = model.aicc - model.aic
        values |= put(("aicc_aic", "correction"), (model.aic, correction), sum_of)
    return values


def sum_of(*parts: float) -> float:
    """Add what it is given."""
    return math.fsum(parts)


def _partition(model: FittedModel) -> Values:
    """Where the variation lives."""
    parts = model.variance_partition
    total = parts["fixed"] + parts["random"] + parts["residual"]
    values = {
        "var_fixed": shown(parts["fixed"], Kind.VARIANCE),
        "var_residual": shown(parts["residual"], Kind.VARIANCE),
        "var_total": shown(total, Kind.VARIANCE),
        "share_fixed": shown(parts["fixed"] / total, Kind.SHARE),
        "share_residual": shown(parts["residual"] / total, Kind.SHARE),
        "r2_marginal": shown(parts["r2_marginal"], Kind.FRACTION),
        **_partition_to_follow(model),
    }
    if model.is_mixed:
        values |= {
            "var_random": shown(parts["random"], Kind.VARIANCE),
            "share_random": shown(parts["random"] / total, Kind.SHARE),
            "r2_conditional": shown(parts["r2_conditional"], Kind.FRACTION),
            "icc": shown(parts["icc_adjusted"], Kind.FRACTION),
        }
    return values


def _partition_to_follow(model: FittedModel) -> Values:
    """Variances with the digits that R2 and the ICC can be worked out from."""
    own = model.variance_partition
    fixed, residual = own["fixed"], own["residual"]
    names, parts = ["fine_fixed", "fine_residual"], [fixed, residual]
    if model.is_mixed:
        names, parts = [*names, "fine_random"], [*parts, own["random"]]
    total = sum_of(*parts)

    def results(a: float, e: float, *others: float) -> list[str]:
        *random, whole = others
        ratios = [a / whole]
        ratios += [(a + b) / whole for b in random]
        ratios += [b / (b + e) for b in random if b + e > 0]
        return [shown(ratio, Kind.FRACTION) for ratio in ratios]

    texts = followed(
        list(map(size_writer, (*parts, total))), results, results(*parts, total)
    )
    return dict(zip((*names, "fine_total"), texts, strict=True))


def _optimum(model: FittedModel) -> Values:
    """How far the estimates are known to be the best."""
    values = {"optimum_words": plain_message(model)}
    if model.is_mixed:
        gain = model.convergence.newton_decrement / 2  # of g'H^-1 g
        values["still_to_gain"] = shown(gain, Kind.VARIANCE)
        values["is_singular"] = "yes" if model.is_singular else "no"
    return values


def _correlations(model: FittedModel) -> Values:
    """All that the random part has, so that the perfect one can be seen."""
    found = [
        f"{group}, {' and '.join(pair)}: {shown(value, Kind.CORRELATION)}"
        for group, pair, value in correlations_of(model)
    ]
    return {"correlations": "; ".join(found)}


def _rows_lost(model: FittedModel) -> Values:
    reasons = drop_reasons(model)
    return {
        "rows_lost": counted(len(model.unused_rows), "row"),
        "n_not_used": f"{len(model.unused_rows)}",
        "n_in_all": f"{model.n_rows + len(model.unused_rows)}",
        "reasons": "; ".join(f"{reason}: {count}" for reason, count in reasons),
    }


def _terms_lost(model: FittedModel) -> Values:
    kept = set(model.estimates.kept)
    lost = [own.text for i, own in enumerate(fixed_labels(model)) if i not in kept]
    return {"not_estimated": ", ".join(lost)}


def _weights(model: FittedModel) -> Values:
    weights = model.design.weights
    if weights is None:
        return {}
    return {
        "least_weight": shown(float(weights.min()), Kind.VALUE),
        "largest_weight": shown(float(weights.max()), Kind.VALUE),
    }


def _notes(model: FittedModel) -> Values:
    return {"n_notes": f"{len(model.notes)}"} if model.notes else {}


_OF_TOPIC: dict[str, tuple[Callable[[FittedModel], Values], ...]] = {
    **dict.fromkeys(
        ("loglik", "criterion", "aic", "aicc", "bic", "n_parameters", "reml"), (_fit,)
    ),
    **dict.fromkeys(
        ("variance_partition", "icc", "r2_marginal", "r2_conditional"), (_partition,)
    ),
    **dict.fromkeys(
        (
            "optimum",
            "singular",
            "not_certified",
            "not_identified",
            "several_optima",
        ),
        (_optimum,),
    ),
    "perfect_correlation": (_optimum, _correlations),
    **dict.fromkeys(("rows_not_used", "excluded_rows"), (_rows_lost,)),
    "collinear": (_terms_lost,),
    "weights": (_weights,),
    "notes": (_notes,),
}
_OF_CELL = (
    coefficient_values,
    component_values,
    correlation_values,
    source_values,
    level_values,
    grouping_values,
    row_values,
    prediction_values,
    compared_values,
    term_test_values,
)
