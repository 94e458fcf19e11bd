"""The likelihood-ratio test against its own distribution, by simulation.

Data are simulated from the smaller model as it was fitted, and both models are fitted
to each: no chi-square is assumed, at no edge and for no number of groups. The data
count as one of the replicates, so that p = (1 + #{T* >= T}) / (B + 1) (Davison and
Hinkley 1997, Bootstrap Methods and their Application, section 4.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.data.wording import counted
from engine.inference.bootstrap.paired import null_statistics
from engine.inference.bootstrap.run import check_number
from engine.inference.hypothesis_test import HypothesisTest
from engine.inference.likelihood_ratio import compared
from engine.progress import ignore
from engine.sentences import Number, Sentence

if TYPE_CHECKING:
    from engine.inference.fitted import Fitted
    from engine.progress import Report
    from engine.sentences import Said

REPLICATES = 1_000
TIED = 1e-6
"""Difference below which two statistics are the same, and above zero none."""


def bootstrap_test(
    null: Fitted,
    full: Fitted,
    replicates: int = REPLICATES,
    seed: int = 1,
    report: Report = ignore,
) -> HypothesisTest:
    """Test a model against a larger one by refits of both to simulated data.

    Parameters
    ----------
    null, full : FittedModel
        The smaller and the larger model, of the same rows. Where their fixed parts
        differ both are refitted by ML.
    replicates : int
    seed : int
        The same seed gives the same p-value.
    report : callable
        Called with a `Step` after each chunk; may raise `Cancelled`.

    Returns
    -------
    HypothesisTest
        `df` and `df2` are NaN: the null distribution is simulated.

    Raises
    ------
    EngineError
        If the models cannot be compared: see `likelihood_ratio_test`.
    """
    check_number(replicates)
    found = compared(null, full)
    under_null = null_statistics(found.null, found.full, replicates, seed, report)
    known = under_null.values[np.isfinite(under_null.values)]
    n_as_large = int((known >= found.statistic - TIED).sum())
    return HypothesisTest(
        statistic=found.statistic,
        df=float("nan"),
        df2=float("nan"),
        p_value=(1 + n_as_large) / (len(known) + 1),
        method=f"Likelihood ratio by {found.full.estimation}, parametric bootstrap",
        note=_note(
            found.note, n_as_large, len(known), replicates, under_null.n_unproved, seed
        ),
    )


def _note(
    first: str, n_as_large: int, known: int, replicates: int, unproved: int, seed: int
) -> Said:
    """How many were as large, and what else has to be known."""
    parts: list[str | Number] = [first + " "] if first else []
    parts += [
        Number(float(n_as_large)),
        " of ",
        Number(float(known)),
        f" simulated statistics were as large (seed {seed}); the data count as one "
        "more.",
    ]
    if known < replicates:
        parts.append(
            f" {counted(replicates - known, 'replicate')} could not be fitted."
        )
    if unproved:
        parts.append(f" {counted(unproved, 'replicate')} had an optimum not proved.")
    return Sentence(*parts)
