"""How much memory a fit takes beside the frame that it is given.

Run from the project's root: python -m tests.benchmarks memory [CASE ...]

Each case is fitted in a process of its own, which has read the frame and fitted small
models before: all libraries are loaded then. Linux is asked to forget the peak so far,
so that the peak of reading does not hide the fit's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

import engine
from tests.benchmarks.fit_cases import CASES, frame_of
from tests.engine.simulated import STRUCTURES, lakes

ROOT = Path(__file__).resolve().parents[2]
CASES_MEASURED = ("slope_100k", "slope_1m", "nested_200k", "insteval", "crossed_200k")
TARGETS = {"slope_1m": "< 3 frames", "crossed_200k": "< 1000 MB"}
PROCESS = Path("/proc/self")
FORGET_THE_PEAK = "5"
"""See proc_pid_clear_refs(5)."""
MEGABYTE = 1_000_000


def measure(cases: list[str]) -> None:
    """Print a line for each case.

    Parameters
    ----------
    cases : list of str
        Names of `CASES`; the large ones if empty.
    """
    print("Memory: peak of a fit above the process with the frame loaded")
    print(f"{'case':14}{'frame, MB':>11}{'fit, MB':>10}{'frames':>9}   target")
    for case in cases or CASES_MEASURED:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "frame.pickle"
            frame_of(case).to_pickle(file)
            found = _in_a_process(case, file)
        frame, fit = found["frame"] / MEGABYTE, found["fit"] / MEGABYTE
        print(
            f"{case:14}{frame:11.1f}{fit:10.1f}{fit / frame:9.2f}   "
            f"{TARGETS.get(case, '')}",
            flush=True,
        )


def _in_a_process(case: str, file: Path) -> dict[str, float]:
    """Bytes of the frame, and of the fit above it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.memory", case, str(file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(case: str, file: str) -> None:
    """Read a frame, fit it, and print what that took."""
    frame, formula = pd.read_pickle(file), CASES[case].formula
    for structure in ("vector", "nested", "crossed"):
        engine.fit(STRUCTURES[structure], lakes())
    (PROCESS / "clear_refs").write_text(FORGET_THE_PEAK, encoding="ascii")
    before = _status("VmRSS")
    engine.fit(formula, frame)
    fit = _status("VmHWM") - before
    size = int(frame.memory_usage(deep=True).sum())
    print(json.dumps({"frame": size, "fit": fit}))


def _status(name: str) -> int:
    """A size that Linux keeps of this process, in bytes."""
    for line in (PROCESS / "status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return 1024 * int(line.split()[1])
    raise OSError(f"There is no {name}: this needs Linux.")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
