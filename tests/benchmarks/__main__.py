"""Choose a benchmark: python -m tests.benchmarks fits [CASE ...]."""

from __future__ import annotations

import argparse

from tests.benchmarks.fit_cases import CASES
from tests.benchmarks.fit_speed import measure


def main() -> None:
    """Read what is asked, and run it."""
    parser = argparse.ArgumentParser(description="Benchmarks of the engine.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    fits = kinds.add_parser("fits", help="seconds from data frame to fit")
    fits.add_argument("cases", nargs="*", choices=[*CASES, []])
    fits.add_argument("--peers", help="a Python that has glmm and mixedlm")
    fits.add_argument("--r", help="R's command for scripts, where R has lme4")
    fits.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    measure(asked.cases or list(CASES), asked.peers, asked.r, asked.rounds)


if __name__ == "__main__":
    main()
