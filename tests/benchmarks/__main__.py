"""Choose a benchmark: python -m tests.benchmarks KIND [...]."""

from __future__ import annotations

import argparse

from tests.benchmarks import (
    accuracy,
    bootstrap_optima,
    bootstrap_speed,
    coverage,
    fit_speed,
    growth,
    memory,
    robustness,
    variance_test_size,
)
from tests.benchmarks.battery import FAMILIES, SEED
from tests.benchmarks.fit_cases import CASES


def main() -> None:
    """Read what is asked, and run it."""
    asked = _parser().parse_args()
    if asked.kind == "fits":
        cases = asked.cases or list(CASES)
        fit_speed.measure(cases, asked.peers, asked.r, asked.rounds)
    elif asked.kind == "coverage":
        coverage.measure(asked.number)
    elif asked.kind == "bootstrap-optima":
        bootstrap_optima.measure(asked.number)
    elif asked.kind == "bootstrap":
        cases = asked.cases or list(bootstrap_speed.CASES)
        bootstrap_speed.measure(cases, asked.peers, asked.r, asked.rounds)
    elif asked.kind == "accuracy":
        accuracy.measure(asked.r)
    elif asked.kind == "growth":
        growth.measure()
    elif asked.kind == "robustness":
        robustness.measure(asked.families, asked.number, asked.seed)
    elif asked.kind == "variance-tests":
        variance_test_size.measure(asked.number)
    else:
        memory.measure(asked.cases)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Benchmarks of the engine.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    fits = kinds.add_parser("fits", help="seconds from data frame to fit")
    fits.add_argument("cases", nargs="*", choices=[*CASES, []])
    fits.add_argument("--peers", help="a Python that has glmm and mixedlm")
    fits.add_argument("--r", help="R's command for scripts, where R has lme4")
    fits.add_argument("--rounds", type=int, default=5)
    covering = kinds.add_parser("coverage", help="of intervals, and size of tests")
    covering.add_argument("--number", type=int, default=400, help="of data sets")
    optima = kinds.add_parser("bootstrap-optima", help="do replicates reach theirs")
    optima.add_argument("--number", type=int, default=3000, help="of replicates")
    resampled = kinds.add_parser("bootstrap", help="seconds of whole bootstraps")
    resampled.add_argument("cases", nargs="*", choices=[*bootstrap_speed.CASES, []])
    resampled.add_argument("--peers", help="a Python that has mixedlm")
    resampled.add_argument("--r", help="R's command for scripts, where R has lme4")
    resampled.add_argument("--rounds", type=int, default=5)
    exact = kinds.add_parser("accuracy", help="criteria and their derivatives")
    exact.add_argument("--r", help="R's command for scripts, for its packages' data")
    kinds.add_parser("growth", help="seconds against rows and levels")
    drawn = kinds.add_parser("robustness", help="random designs that are hard to fit")
    drawn.add_argument("families", nargs="*", choices=[*FAMILIES, []])
    drawn.add_argument("--number", type=int, help="one design of each family")
    drawn.add_argument("--seed", type=int, default=SEED, help="of other designs")
    size = kinds.add_parser("variance-tests", help="their size under the null")
    size.add_argument("--number", type=int, default=variance_test_size.DATA_SETS)
    memory_parser = kinds.add_parser("memory", help="peak memory of a fit")
    memory_parser.add_argument("cases", nargs="*", choices=[*CASES, []])
    return parser


if __name__ == "__main__":
    main()
