"""The criterion of all replicates and its derivatives, where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Slopes:
    """The criterion of each replicate with derivatives along the free elements.

    Attributes
    ----------
    criterion : ndarray of shape (B,)
    gradient : ndarray of shape (n_free, B)
    hessian : ndarray of shape (n_free, n_free, B)
    """

    criterion: FloatArray
    gradient: FloatArray
    hessian: FloatArray

    def take(self, index: IntArray) -> Slopes:
        """Those of some replicates."""
        return Slopes(
            self.criterion[index],
            self.gradient.take(index, axis=1),
            self.hessian.take(index, axis=2),
        )

    def put(self, index: IntArray, new: Slopes) -> None:
        """Replace those of some replicates."""
        self.criterion[index] = new.criterion
        self.gradient[:, index] = new.gradient
        self.hessian[:, :, index] = new.hessian
