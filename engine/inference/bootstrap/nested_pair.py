"""A model and one nested in it, on the same draws: for likelihood ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.inference.bootstrap.several_factors import several_factors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.arrays import FloatArray
    from engine.fitting.criterion import Evaluation
    from engine.inference.bootstrap.several_factors import SeveralFactors


def nested_pair(
    evaluation: Evaluation,
    effects: Mapping[int, Sequence[FloatArray]] | None = None,
    fixed: FloatArray | None = None,
) -> tuple[SeveralFactors, SeveralFactors] | None:
    """Prepare a model and one nested in it, which read the same draws.

    Parameters
    ----------
    evaluation : Evaluation
        Of the larger model, at its fit.
    effects, fixed
        See `SeveralFactors.null`.

    Returns
    -------
    tuple of SeveralFactors, or None
        The larger and the nested one, which draws from its own fit.
    """
    for path in (None, "schur", "dense"):
        larger = several_factors(evaluation, path)
        if larger is None:
            return None
        nested = larger.null(effects, fixed)
        if nested is not None:
            return larger, nested
    return None
