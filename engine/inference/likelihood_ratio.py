"""The likelihood-ratio test of two nested models.

The difference of minus twice the log-likelihoods is compared with chi-square. REML
likelihoods are of different data where the fixed parts differ; both are then refitted
by ML. Where one more effect varies among groups, its variance is zero under the null
hypothesis, on the edge of what is possible, and the reference is the equal mixture of
chi-squares with df - 1 and df degrees of freedom (Self and Liang 1987, J. Amer. Stat.
Assoc. 82, 605, case 5; Stram and Lee 1994, Biometrics 50, 1171, cases 1 to 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.distributions import chi_square_tail, mixture_tail
from engine.errors import EngineError, FitError
from engine.inference.hypothesis_test import HypothesisTest
from engine.inference.nesting import check_same_data, nesting
from engine.inference.refitting import refitted
from engine.sentences import Number, Sentence

if TYPE_CHECKING:
    from engine.fitting.result import Estimates
    from engine.inference.fitted import Fitted
    from engine.inference.nesting import Nesting

ROUNDING = 1e-6
"""How far the larger model's criterion may lie above by rounding."""
ONE_EDGE = (
    "One variance is zero in the smaller model, on the edge of what is possible: the "
    "statistic is compared with the equal mixture of chi-squares with {less} and {df} "
    "degrees of freedom (plain chi-square would give p = "
)
SEVERAL_EDGES = (
    "{n} variances are zero in the smaller model, on the edge of what is possible: "
    "chi-square is conservative, the true p-value is smaller. A bootstrap test is "
    "more exact."
)
SINGULAR_NULL = (
    "The smaller model is singular itself, so that the p-value is a rough guide only. "
    "A bootstrap test is more exact."
)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two nested models, fitted by one likelihood.

    Attributes
    ----------
    null, full : Estimates
    nesting : Nesting
    statistic : float
        Twice the difference of the log-likelihoods, not negative.
    df : int
        Parameters more.
    note : str
        What was refitted and why; may be empty.
    """

    null: Estimates
    full: Estimates
    nesting: Nesting
    statistic: float
    df: int
    note: str


def likelihood_ratio_test(null: Fitted, full: Fitted) -> HypothesisTest:
    """Test a model against a larger one by their likelihoods.

    Parameters
    ----------
    null, full : FittedModel
        The smaller and the larger model, of the same rows. They are refitted where
        their likelihoods could not be compared otherwise.

    Returns
    -------
    HypothesisTest
        `df` counts the parameters tested; the note says what was refitted, and what
        was done about variances on the edge of what is possible.

    Raises
    ------
    EngineError
        If rows, responses, weights or offsets differ, or the models are not nested.
    """
    found = compared(null, full)
    p_value, method, said = _reference(found)
    if found.null.is_singular:
        said.append(SINGULAR_NULL)
    parts = [part for part in (found.note, *said) if part]
    spaced = [part for own in parts for part in (" ", own)][1:]
    return HypothesisTest(
        statistic=found.statistic,
        df=float(found.df),
        df2=float("nan"),
        p_value=p_value,
        method=f"Likelihood ratio by {found.full.estimation}, {method}",
        note=Sentence(*spaced),
    )


def compared(null: Fitted, full: Fitted) -> Compared:
    """Fit two nested models by the likelihood that compares them.

    Parameters
    ----------
    null, full : FittedModel

    Returns
    -------
    Compared

    Raises
    ------
    EngineError
        See `likelihood_ratio_test`.
    """
    pair = (null.estimates, full.estimates)
    check_same_data(pair[0].design, pair[1].design)
    if any(own.evaluation is None for own in pair):
        raise EngineError(
            "A model with a separate regression per group has a residual standard "
            "deviation for each: the likelihood-ratio test is for models with one.",
            "Choose a regression per group with one residual standard deviation.",
        )
    found = nesting(pair[0].design, pair[1].design)
    estimation, note = _choice(found, *pair)
    small, large = refitted(null, estimation), refitted(full, estimation)
    statistic = _comparable(small) - _comparable(large)
    if statistic < -ROUNDING:
        raise FitError(
            Sentence(
                "The larger model fits worse than the smaller one, by ",
                Number(-statistic, 3),
                ": its best fit was not found.",
            ),
            "Look at the larger model's convergence, or simplify it.",
        )
    df = large.n_parameters - small.n_parameters
    return Compared(small, large, found, max(statistic, 0.0), df, note)


def _choice(found: Nesting, null: Estimates, full: Estimates) -> tuple[str, str]:
    """By which likelihood to compare, and what to say of it."""
    estimations = (null.estimation, full.estimation)
    if estimations == ("ML", "ML"):
        return "ML", ""
    if not found.is_same_fixed:
        which = "both models were"
        if "ML" in estimations:
            which = f"the {_name(estimations, 'REML')} was"
        return (
            "ML",
            "The fixed parts differ, where REML likelihoods cannot be compared: "
            f"{which} refitted by ML.",
        )
    if "ML" not in estimations:
        return "REML", ""
    return (
        "REML",
        "One model was fitted by REML, the other by ML: the "
        f"{_name(estimations, 'ML')} was refitted by REML.",
    )


def _name(estimations: tuple[str, str], estimation: str) -> str:
    """Which of two models, in words, was fitted in this way."""
    return "smaller" if estimations[0] == estimation else "larger"


def _comparable(estimates: Estimates) -> float:
    """The criterion; that of REML without the scale of the columns of X.

    Two bases of one space, such as other units of a covariate, have REML criteria that
    differ by a constant.
    """
    assert estimates.evaluation is not None
    if estimates.estimation == "ML":
        return estimates.criterion
    R = estimates.evaluation.products.R
    return estimates.criterion - 2 * float(np.log(R.diagonal()).sum())


def _reference(found: Compared) -> tuple[float, str, list[str | Sentence]]:
    """The p-value, against what, and what to say of it."""
    df, n_new = found.df, found.nesting.n_new_columns
    plain = chi_square_tail(found.statistic, df)
    if n_new == 1:
        p_value = mixture_tail(found.statistic, df)
        words = ONE_EDGE.format(less=df - 1, df=df)
        said = Sentence(words, Number(plain, 3), ").")
        mixture = f"equal mixture of chi-square with {df - 1} and {df} df"
        return p_value, mixture, [said]
    name = f"chi-square with {df} df"
    if n_new > 1:
        return plain, name, [SEVERAL_EDGES.format(n=n_new)]
    return plain, name, []
