"""How fast models are fitted, from the data frame to the result, beside other programs.

Run from the project's root, on a quiet machine:
python -m tests.benchmarks fits [CASE ...] [--peers PYTHON] [--r RSCRIPT] [--rounds 5]

`--peers` names the Python of an environment in which glmm and mixedlm are installed,
`--r` R's command for scripts where R has lme4; without them only Tarn is timed. Each
program has a process of its own and fits in turn with the others; ratios are of
medians. A fit that takes very long is not repeated.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.fit_cases import CASES, frame_of
from tests.benchmarks.programs import Program

PEERS = ("glmm", "mixedlm")
WORKER, WORKER_IN_R = (
    Path(__file__).with_name(name) for name in ("fit_worker.py", "fit_worker.R")
)
LONG = 20.0
"""Seconds beyond which one fit has to do."""
TARGETS = {
    "slope_1m": "3 times the fastest",
    "nested_200k": "3 times the fastest",
    "insteval": "3 times the fastest",
    "crossed_200k": "3 times the fastest",
    "slope_100k": "2.5 times the fastest",
    "sleepstudy": "5 ms",
    "penicillin": "5 ms",
    "pastes": "5 ms",
    "fish": "5 ms",
}


def _commands(peers: str | None, rscript: str | None) -> dict[str, list[str]]:
    """How each program's worker is started, ourselves first."""
    commands = {"tarn": [sys.executable, str(WORKER), "tarn"]}
    if peers:
        commands |= {name: [peers, str(WORKER), name] for name in PEERS}
    if rscript:
        commands["lme4"] = [rscript, str(WORKER_IN_R)]
    return commands


def measure(
    cases: list[str], peers: str | None, rscript: str | None, rounds: int
) -> None:
    """Time the cases and print a line for each.

    Parameters
    ----------
    cases : list of str
        Names of `CASES`.
    peers : str or None
        Python that has the other programs.
    rscript : str or None
        R's command for scripts, where R has lme4.
    rounds : int
        Timed fits of each program, after one that is not counted.
    """
    commands = _commands(peers, rscript)
    print("Seconds from frame to fit (medians), peak memory above the frame's process,")
    print("ratio of the fastest other program to Tarn")
    heads = "".join(f"{name:>12}" for name in commands)
    print(f"{'':14}{heads}{'MB':>8}{'ratio':>8}{'criterion':>16}   target")
    for case in cases:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            file = Path(folder) / "frame.csv"
            frame_of(case).to_csv(file, index=False)
            programs = []
            for name, command in commands.items():
                model = CASES[case]
                asked = [*command, str(file), model.formula, str(model.repeats)]
                programs.append(Program(name, asked))
                stack.callback(programs[-1].close)
            for _ in range(rounds + 1):
                for program in programs:
                    program.run(LONG)
            print(_line(case, programs), flush=True)


def _line(case: str, programs: list[Program]) -> str:
    """One case: medians without the first round, and how we compare."""
    medians = [program.median for program in programs]
    cells = "".join(f"{seconds:12.4f}" for seconds in medians)
    own = programs[0].found
    best = min(medians[1:], default=float("nan"))
    return (
        f"{case:14}{cells}{own['megabytes']:8.0f}{best / medians[0]:8.2f}"
        f"{own['criterion']:16.6f}   {TARGETS[case]}"
    )
