"""What the parameters of a model are called in tables of bootstrap and profile.

`sd(g, x)`, `cor(g, x, z)` and `sigma` come first; coefficients have the names of their
terms. A term that is called like another parameter, such as a covariate `sigma`, is
told apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.model.design import Design

SIGMA = "sigma"


def coefficient_names(design: Design) -> tuple[str, ...]:
    """Name the coefficients of all columns of X.

    Parameters
    ----------
    design : Design

    Returns
    -------
    tuple of str
        The terms themselves, `effect of ...` where another parameter has that name.
    """
    taken = {SIGMA}
    for block in design.blocks:
        group = block.grouping.name
        taken |= {f"sd({group}, {term})" for term in block.terms}
    return tuple(f"effect of {t}" if t in taken else t for t in design.terms)
