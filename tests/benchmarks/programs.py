"""Other programs and our own, each in a process that answers when it is asked."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]


class Program:
    """A process that does one thing whenever it is told to.

    Parameters
    ----------
    name : str
        Of the program.
    command : list of str
        What starts it. It answers a line on its standard input by one of JSON, with
        at least the `seconds` that it took.

    Attributes
    ----------
    name : str
    times : list of float
        Seconds, first to last.
    found : dict of str to float
        The last answer.
    """

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.times: list[float] = []
        self.found: dict[str, float] = {}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                "PYTHONPATH": str(ROOT),
                "OPENBLAS_NUM_THREADS": "1",
                "PATH": os.environ.get("PATH", os.defpath),
            },
            text=True,
        )

    def run(self, longest: float = float("inf")) -> None:
        """Do it once, and note how long it took; not again if that was too long."""
        if self.times and self.times[-1] > longest:
            return
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.found = json.loads(self._process.stdout.readline())
        self.times.append(self.found["seconds"])

    @property
    def median(self) -> float:
        """Median time without the first, if there are others."""
        return median(self.times[1:] or self.times)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
