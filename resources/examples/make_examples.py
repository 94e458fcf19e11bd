"""Make the example data that Tarn ships: simulations of our own, with a fixed seed.

Run from the project's root: python resources/examples/make_examples.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SEED = 28
# With this seed the data cannot tell baselines from slopes (their correlation is
# estimated as one), as happens so often with real lakes: a lesson of the example.


def fish_in_lakes(rng: np.random.Generator) -> pd.DataFrame:
    """Length and mass of fish in twelve lakes that grow at different rates.

    log(mass) = -4 + a_j + (1.5 + b_j) log(length) + e with SDs 0.2, 0.3 and 0.3: the
    lines fan out from small fish, where no fish was caught. Lakes have 3 to 21 fish.
    """
    counts = [9, 14, 11, 20, 6, 16, 3, 21, 12, 18, 4, 16]
    lake = np.repeat(np.arange(len(counts)), counts)
    baseline = rng.normal(0, 0.2, len(counts))
    effect = rng.normal(0, 0.3, len(counts))
    log_length = rng.normal(4.2, 0.7, len(lake)).clip(2.5, 6.2)
    mean = -4 + baseline[lake] + (1.5 + effect[lake]) * log_length
    log_mass = mean + rng.normal(0, 0.3, len(lake))
    return pd.DataFrame(
        {
            "lake": [f"L{j + 1:02d}" for j in lake],
            "log_length": log_length.round(3),
            "log_mass": log_mass.round(3),
        }
    )


def main() -> None:
    """Write every example beside this file."""
    fish = fish_in_lakes(np.random.default_rng(SEED))
    fish.to_csv(HERE / "fish.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
