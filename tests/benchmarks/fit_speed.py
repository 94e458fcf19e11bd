"""How fast models are fitted, from the data frame to the result, beside other programs.

Run from the project's root, on a quiet machine:
python -m tests.benchmarks fits [CASE ...] [--peers PYTHON] [--rounds 5]

`--peers` names the Python of an environment in which glmm and mixedlm are installed;
without it only Tarn is timed. Each program has a process of its own and fits in turn
with the others; ratios are of medians.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.benchmarks.fit_cases import CASES, frame_of

PEERS = ("glmm", "mixedlm")
WORKER = Path(__file__).with_name("fit_worker.py")
ROOT = Path(__file__).resolve().parents[2]


class Program:
    """A process that fits one case whenever it is asked to.

    Parameters
    ----------
    name : str
        Of the program.
    python : str
        The interpreter that has it.
    case : str
    file : Path
        Of the frame, as CSV.
    """

    def __init__(self, name: str, python: str, case: str, file: Path) -> None:
        self.name = name
        self.times: list[float] = []
        self.found: dict[str, float] = {}
        model = CASES[case]
        arguments = [name, str(file), model.formula, str(model.repeats)]
        self._process = subprocess.Popen(
            [python, str(WORKER), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
            text=True,
        )

    def fit(self) -> None:
        """Fit once, and note how long it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.found = json.loads(self._process.stdout.readline())
        self.times.append(self.found["seconds"])

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def measure(cases: list[str], peers: str | None, rounds: int) -> None:
    """Time the cases and print a line for each.

    Parameters
    ----------
    cases : list of str
        Names of `CASES`.
    peers : str or None
        Python that has the other programs.
    rounds : int
        Timed fits of each program, after one that is not counted.
    """
    names = ("tarn", *(PEERS if peers else ()))
    print("Seconds from frame to fit (medians), peak memory above the frame's process")
    heads = "".join(f"{name:>12}" for name in names)
    print(f"{'':14}{heads}{'MB':>8}{'ratio':>8}   criterion")
    for case in cases:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            file = Path(folder) / "frame.csv"
            frame_of(case).to_csv(file, index=False)
            programs = []
            for name in names:
                python = sys.executable if name == "tarn" else str(peers)
                programs.append(Program(name, python, case, file))
                stack.callback(programs[-1].close)
            for _ in range(rounds + 1):
                for program in programs:
                    program.fit()
            print(_line(case, programs))


def _line(case: str, programs: list[Program]) -> str:
    """One case: medians without the first round, and how we compare."""
    medians = [median(program.times[1:]) for program in programs]
    cells = "".join(f"{seconds:12.4f}" for seconds in medians)
    own = programs[0].found
    best = min(medians[1:], default=float("nan"))
    return (
        f"{case:14}{cells}{own['megabytes']:8.0f}{best / medians[0]:8.2f}"
        f"   {own['criterion']:.6f}"
    )
