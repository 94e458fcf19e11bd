"""Small published data sets and numbers that must hold wherever the tests run.

Dyestuff: Davies and Goldsmith (1972), Statistical Methods in Research and Production,
p. 129; Dyestuff2: Box and Tiao (1973), Bayesian Inference in Statistical Analysis,
table 5.1.4. Criteria: lme4's and MixedModels.jl's own test suites.
"""

from __future__ import annotations

import pandas as pd

_YIELDS = {
    "A": [1545, 1440, 1440, 1520, 1580],
    "B": [1540, 1555, 1490, 1560, 1495],
    "C": [1595, 1550, 1605, 1510, 1560],
    "D": [1445, 1440, 1595, 1465, 1545],
    "E": [1595, 1630, 1515, 1635, 1625],
    "F": [1520, 1455, 1450, 1480, 1445],
}
_YIELDS2 = {
    "A": [7.298, 3.846, 2.434, 9.566, 7.990],
    "B": [5.220, 6.556, 0.608, 11.788, -0.892],
    "C": [0.110, 10.386, 13.434, 5.510, 8.166],
    "D": [2.212, 4.852, 7.092, 9.288, 4.980],
    "E": [0.282, 9.014, 4.458, 9.446, 7.198],
    "F": [1.722, 4.782, 8.106, 0.758, 3.758],
}


def _long(yields: dict[str, list[float]]) -> pd.DataFrame:
    rows = [(batch, float(y)) for batch, values in yields.items() for y in values]
    return pd.DataFrame(rows, columns=["Batch", "Yield"])


def dyestuff() -> pd.DataFrame:
    """Yield of dyestuff in five preparations of each of six batches."""
    return _long(_YIELDS)


def dyestuff2() -> pd.DataFrame:
    """Box and Tiao's simulated yields, whose variance among batches is zero."""
    return _long(_YIELDS2)
