"""How fast parametric bootstraps are, the fit included, beside other programs.

Run from the project's root, on a quiet machine:
python -m tests.benchmarks bootstrap [CASE ...] [--peers PYTHON] [--r RSCRIPT]

`--peers` names the Python of an environment that has mixedlm, `--r` R's command for
scripts where R has lme4. These are asked for fewer replicates, as they take so much
longer: what is compared is replicates per second.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmarks.fit_cases import CASES as FITS
from tests.benchmarks.fit_cases import frame_of
from tests.benchmarks.programs import Program

WORKER, WORKER_IN_R = (
    Path(__file__).with_name(f"bootstrap_worker.{kind}") for kind in ("py", "R")
)
CROSSED = "crossed_150x60"
FEWER = {"mixedlm": 20, "lme4": 100}
"""By how much fewer replicates the others are asked for."""


@dataclass(frozen=True, slots=True)
class Case:
    """A model, how often it is refitted, and in which time it should be."""

    formula: str
    replicates: int
    target: str


CASES = {
    "sleepstudy": Case(FITS["sleepstudy"].formula, 10_000, "0.15 s, 100 and 600 times"),
    "fish": Case(FITS["fish"].formula, 10_000, "0.3 s"),
    "penicillin": Case(FITS["penicillin"].formula, 10_000, "0.1 s"),
    CROSSED: Case("y ~ x + (1 | a) + (1 | b)", 1_000, "2 s"),
}


def data_of(case: str) -> pd.DataFrame:
    """Read or simulate the data of a case."""
    if case != CROSSED:
        return frame_of(case)
    rng = np.random.default_rng(4)
    a, b = rng.integers(0, 150, 1500), rng.integers(0, 60, 1500)
    y = rng.normal(size=1500) + rng.normal(0, 0.8, 150)[a] + rng.normal(0, 0.5, 60)[b]
    return pd.DataFrame({"y": y, "x": rng.normal(size=1500), "a": a, "b": b})


def measure(
    cases: list[str], peers: str | None, rscript: str | None, rounds: int
) -> None:
    """Time the cases and print a line for each.

    Parameters
    ----------
    cases : list of str
        Names of `CASES`.
    peers, rscript : str or None
        Commands of the other programs.
    rounds : int
        Timed calls of each program, after one that is not counted.
    """
    commands = {"tarn": [sys.executable, str(WORKER), "tarn"]}
    if peers:
        commands["mixedlm"] = [peers, str(WORKER), "mixedlm"]
    if rscript:
        commands["lme4"] = [rscript, str(WORKER_IN_R)]
    print("Whole call, fit included: seconds, microseconds a replicate, and how many")
    print("replicates a second we make for each of the others'")
    heads = "".join(f"{name + ' us':>12}{'ratio':>8}" for name in list(commands)[1:])
    print(f"{'':16}{'refits':>8}{'s':>9}{'us':>8}{'singular':>10}{'failed':>8}{heads}")
    for case in cases:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            file = Path(folder) / "frame.csv"
            data_of(case).to_csv(file, index=False)
            programs = []
            for name, command in commands.items():
                asked = [str(file), CASES[case].formula, str(_number(case, name))]
                programs.append(Program(name, [*command, *asked]))
                stack.callback(programs[-1].close)
            for _ in range(rounds + 1):
                for program in programs:
                    program.run()
            print(_line(case, programs), flush=True)


def _number(case: str, name: str) -> int:
    """Replicates that a program is asked for."""
    return CASES[case].replicates // FEWER.get(name, 1)


def _line(case: str, programs: list[Program]) -> str:
    """One case, and how we compare."""
    own, n = programs[0], CASES[case].replicates
    each = [1e6 * one.median / _number(case, one.name) for one in programs]
    cells = "".join(f"{micro:12.0f}{micro / each[0]:8.0f}" for micro in each[1:])
    return (
        f"{case:16}{n:8d}{own.median:9.3f}{each[0]:8.1f}"
        f"{own.found['singular']:10.0f}{own.found['failed']:8.0f}{cells}"
        f"   target {CASES[case].target}"
    )
