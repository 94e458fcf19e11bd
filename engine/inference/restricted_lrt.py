"""Whether a scalar random term is needed: likelihood ratio tests of one variance.

A variance of zero lies on the boundary, so that the ratio has no chi-square
distribution. It is simulated by its spectrum (Crainiceanu and Ruppert 2004, J. R. Stat.
Soc. B 66, 165; Scheipl, Greven and Kuechenhoff 2008, Comput. Stat. Data Anal. 52,
3283), which is exact for any number of rows and groups when the term is the only one.
Beside other random terms, rows are first made independent by the covariance that the
null model estimates, and the residual has as many degrees of freedom as the term is
measured against (`effective_freedom`). The approximation of Greven, Crainiceanu,
Kuechenhoff and Peters (2008, J. Comput. Graph. Stat. 17, 870) subtracts the predicted
effects of the other terms instead, and takes them as known.

With many independent groups it tends to half chi-square(0), half chi-square(1) (Self
and Liang 1987, J. Am. Stat. Assoc. 82, 605), which else gives p-values too large.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted
from engine.distributions import mixture_tail
from engine.errors import EngineError
from engine.inference.hypothesis_test import HypothesisTest
from engine.inference.null_models import without_variation
from engine.inference.null_spectrum import null_spectrum
from engine.inference.spectral_null import simulated_ratios
from engine.model.columns import listed
from engine.model.spec import INTERCEPT
from engine.progress import ignore
from engine.sentences import Number, Sentence

if TYPE_CHECKING:
    from engine.fitting.result import Estimates
    from engine.inference.fitted import Fitted
    from engine.inference.spectral_null import Spectrum
    from engine.model.design import RandomBlock
    from engine.progress import Report

BOOTSTRAP = (
    "The parametric bootstrap tests that: engine.bootstrap_test of a model without it "
    "and one with it."
)
NAMES = {"REML": "Restricted likelihood ratio", "ML": "Likelihood ratio"}


def restricted_lrt(
    model: Fitted,
    group: str,
    term: str = INTERCEPT,
    replicates: int = 10_000,
    seed: int = 0,
    report: Report = ignore,
) -> HypothesisTest:
    """Test whether one scalar random term has any variance, by a simulated null.

    Parameters
    ----------
    model : FittedModel
        With the term. Fitted by REML it is a restricted likelihood ratio test, fitted
        by ML a likelihood ratio test.
    group, term : str
        As `variance_components` names them.
    replicates : int
        Of the ratio under the null.
    seed : int
        The same seed draws the same replicates.
    report : callable
        Called with a `Step`; may raise `Cancelled`.

    Returns
    -------
    HypothesisTest
        With p = (1 + replicates at least as large) / (1 + replicates).

    Raises
    ------
    EngineError
        If there is no such term, or it is correlated with others.
    """
    if replicates < 1 or seed < 0:
        raise EngineError(
            f"There cannot be {replicates} replicates from the seed {seed}.",
            "Choose at least one replicate, and a seed that is not negative.",
        )
    pair = _pair(model, group, term, report)
    spectrum = null_spectrum(model.estimates, pair.null, pair.index)
    rng = np.random.default_rng(seed)
    ratios = simulated_ratios(spectrum, replicates, rng, report)
    n_larger = int(np.count_nonzero(ratios >= pair.statistic))
    drawn = f"{counted(replicates, 'replicate')} (seed {seed})"
    return HypothesisTest(
        statistic=pair.statistic,
        df=float("nan"),
        df2=float("nan"),
        p_value=(1 + n_larger) / (1 + replicates),
        method=f"{pair.name}, simulated null distribution",
        note=_simulated(pair, spectrum, drawn),
    )


def chi_square_mixture(
    model: Fitted, group: str, term: str = INTERCEPT, report: Report = ignore
) -> HypothesisTest:
    """Test one scalar random term by half chi-square(0) and half chi-square(1).

    Parameters
    ----------
    model, group, term, report
        See `restricted_lrt`.

    Returns
    -------
    HypothesisTest
        `df` is that of the part which has any.

    Raises
    ------
    EngineError
        If there is no such term, or it is correlated with others.
    """
    pair = _pair(model, group, term, report)
    return HypothesisTest(
        statistic=pair.statistic,
        df=1.0,
        df2=float("nan"),
        p_value=mixture_tail(pair.statistic, 1),
        method=f"{pair.name}, chi-square mixture (0 and 1 df)",
        note=f"{_compared(pair)} The mixture holds for many independent groups; with "
        "few of them its p is mostly too large.",
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """A model and the same without the tested term.

    Attributes
    ----------
    statistic : float
        Twice the log of the (restricted) likelihood ratio.
    full, null : Estimates
    index : int
        Position of the tested block in the full design.
    """

    statistic: float
    full: Estimates
    null: Estimates
    index: int

    @property
    def block(self) -> RandomBlock:
        """The tested one."""
        return self.full.design.blocks[self.index]

    @property
    def name(self) -> str:
        """Of the statistic."""
        return NAMES[self.full.estimation]


def _pair(model: Fitted, group: str, term: str, report: Report) -> _Pair:
    """Fit the null model on the same rows, by the same likelihood."""
    full, index = model.estimates, _tested_block(model, group, term)
    null = without_variation(model, index, 0, report).estimates
    statistic = null.criterion - full.criterion
    assert full.evaluation is not None
    assert null.evaluation is not None
    rounding = full.evaluation.rounding + null.evaluation.rounding
    if not full.blocks[index].root.any() or statistic <= rounding:
        statistic = 0.0
    return _Pair(max(statistic, 0.0), full, null, index)


def _tested_block(model: Fitted, group: str, term: str) -> int:
    """Find the block that a group and a term name, and that it can be tested."""
    blocks = model.estimates.design.blocks
    if not blocks:
        raise EngineError(
            "This model has no random effects, so there is no variance to test.",
            "Fit one with a random term, such as a baseline for each group.",
        )
    own = [i for i, block in enumerate(blocks) if block.grouping.name == group]
    if not own:
        names = dict.fromkeys(block.grouping.name for block in blocks)
        raise EngineError(
            f"Nothing varies among '{group}' in this model.",
            f"Choose among {listed(names)}.",
        )
    found = [i for i in own if term in blocks[i].terms]
    if not found:
        terms = dict.fromkeys(name for i in own for name in blocks[i].terms)
        raise EngineError(
            f"'{term}' does not vary among '{group}' in this model.",
            f"Choose among {listed(terms)}.",
        )
    if len(blocks[found[0]].terms) > 1:
        others = listed(name for name in blocks[found[0]].terms if name != term)
        raise EngineError(
            f"'{term}' varies among '{group}' together with {others}, and their "
            "correlations would go with its variance: the restricted likelihood ratio "
            "test is for one variance alone.",
            BOOTSTRAP,
        )
    return found[0]


def _compared(pair: _Pair) -> str:
    """What was fitted."""
    term, group = pair.block.terms[0], pair.block.grouping.name
    effect = "a baseline" if term == INTERCEPT else f"an effect of '{term}'"
    return (
        f"Both models were fitted by {pair.full.estimation} to the same rows, with and "
        f"without {effect} that varies among '{group}'."
    )


def _simulated(pair: _Pair, spectrum: Spectrum, drawn: str) -> Sentence:
    """What was compared, by which replicates, and what the mixture would give."""
    return Sentence(
        f"{_compared(pair)} The null distribution was simulated by its spectrum, with "
        f"{drawn}. ",
        _how_exact(pair, spectrum),
        " The mixture of chi-squares would give p = ",
        Number(mixture_tail(pair.statistic, 1), 3),
        ".",
    )


def _how_exact(pair: _Pair, spectrum: Spectrum) -> Sentence:
    """Whether anything had to be taken as known."""
    if not pair.null.design.blocks:
        return Sentence("It is exact but for the number of replicates.")
    return Sentence(
        "Beside other random terms it is approximate: their relative variances are "
        "those of the null model, and the residual's degrees of freedom are ",
        Number(spectrum.rest, 4),
        ". Where these, or the groups, are few, compare with engine.bootstrap_test.",
    )
