"""Likelihood-ratio tests of terms: models refitted by ML with and without each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.distributions import chi_square_tail
from engine.errors import EngineError
from engine.fitting.fit import estimate
from engine.model.codings import coded_terms
from engine.model.encoding import encode
from engine.model.random_part import random_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.fitting.result import Estimates
    from engine.model.codings import CodedTerm
    from engine.model.design import Design
    from engine.model.spec import Term
    from engine.progress import Report


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """A term tested by the likelihood ratio.

    Attributes
    ----------
    name : str
    statistic : float
        Fall of the deviance; NaN where the term adds no column.
    df : float
        Coefficients that it adds.
    p_value : float
        By chi-square.
    """

    name: str
    statistic: float
    df: float
    p_value: float


def likelihood_ratios(
    estimates: Estimates, *, is_sequential: bool, report: Report
) -> list[LikelihoodRatio]:
    """Compare models with and without each term of the fixed part.

    Parameters
    ----------
    estimates : Estimates
        By REML or ML; the models compared are always fitted by ML.
    is_sequential : bool
        Whether each term is added to those before it; else to all that have no
        factor of it and more.
    report : callable

    Returns
    -------
    list of LikelihoodRatio
        In the order of the terms.

    Raises
    ------
    EngineError
        If each group has a regression and a residual SD of its own.
    """
    if estimates.evaluation is None:
        raise EngineError(
            "Each group has a regression and a residual SD of its own, so that no "
            "term can be left out for all groups together.",
            "Choose one residual SD for all groups, or partial pooling.",
        )
    refits = _Refits(estimates, report)
    terms = [term for term in coded_terms(estimates.design) if term.term]
    result = []
    for place, term in enumerate(terms):
        if is_sequential:
            others = terms[:place]
        else:
            others = [one for one in terms if not term.keys <= one.keys]
        result.append(refits.ratio(term, others, terms))
    return result


class _Refits:
    """Models with some of the terms, each fitted once."""

    def __init__(self, estimates: Estimates, report: Report) -> None:
        self._design, self._report = estimates.design, report
        self._known: dict[tuple[Term, ...], tuple[float, int]] = {}
        if estimates.estimation == "ML":
            whole = tuple(estimates.design.encoder.terms)
            self._known[whole] = estimates.criterion, len(estimates.kept)

    def ratio(
        self, term: CodedTerm, others: Sequence[CodedTerm], order: Sequence[CodedTerm]
    ) -> LikelihoodRatio:
        """Compare the other terms with and without one."""
        both = [one for one in order if one is term or one in others]
        with_term, p = self._fitted(tuple(one.term for one in both))
        without, fewer = self._fitted(tuple(one.term for one in others))
        df, none = p - fewer, float("nan")
        if not df:
            return LikelihoodRatio(term.name, none, 0.0, none)
        fall = max(without - with_term, 0.0)  # no fit is worse but by rounding
        return LikelihoodRatio(term.name, fall, float(df), chi_square_tail(fall, df))

    def _fitted(self, terms: tuple[Term, ...]) -> tuple[float, int]:
        """Deviance and estimable coefficients of the model with some terms."""
        if terms not in self._known:
            design = with_terms(self._design, terms)
            found = estimate(design, estimation="ML", report=self._report)
            self._known[terms] = found.criterion, len(found.kept)
        return self._known[terms]


def with_terms(design: Design, terms: tuple[Term, ...]) -> Design:
    """Give the same rows and random part with other fixed terms.

    Parameters
    ----------
    design : Design
    terms : tuple of Term
        Some of the design's own.

    Returns
    -------
    Design
    """
    written = replace(design.written, fixed=terms)
    preparation = design.encoder.preparation
    X, encoder = encode(
        design.source, terms, preparation, intercept=design.has_intercept
    )
    random = random_part(written, design.source, preparation, X, encoder)
    return replace(
        design,
        written=written,
        matrix=X,
        terms=encoder.names,
        encoder=encoder,
        blocks=random.blocks,
    )
