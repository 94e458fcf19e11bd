"""Make the table of levels in engine/diagnostics/quantiles.py by simulation.

Run from the project's root: python -m tests.benchmarks.band_levels (ten minutes).
"""

from __future__ import annotations

import numpy as np
from scipy import special

SEED = 2013
CHUNK = 2_000_000
SAMPLES = {
    2: 2_000_000,
    3: 2_000_000,
    5: 2_000_000,
    10: 1_000_000,
    20: 1_000_000,
    50: 500_000,
    100: 200_000,
    200: 100_000,
    500: 60_000,
    1000: 40_000,
    2000: 20_000,
    5000: 10_000,
    10_000: 5_000,
    50_000: 1_000,
}


def level(n: int, samples: int, rng: np.random.Generator) -> float:
    """5 % quantile of a sample's smallest two-sided p over its order statistics.

    The i-th of n uniform order statistics is Beta(i, n + 1 - i); all of them come from
    partial sums of n + 1 exponentials.
    """
    ranks = np.arange(1, n + 1)
    smallest = []
    done = 0
    while done < samples:
        size = min(max(1, CHUNK // n), samples - done)
        sums = np.cumsum(rng.standard_exponential((size, n + 1)), axis=1)
        below = special.betainc(ranks, n + 1 - ranks, sums[:, :-1] / sums[:, -1:])
        smallest.append(2 * np.minimum(below, 1 - below).min(axis=1))
        done += size
    return float(np.quantile(np.concatenate(smallest), 0.05))


def main() -> None:
    """Print one line a sample size."""
    rng = np.random.default_rng(SEED)
    for n, samples in SAMPLES.items():
        print(f"    {n}: {level(n, samples, rng):.3g},", flush=True)


if __name__ == "__main__":
    main()
