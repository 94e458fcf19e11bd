"""Fit one case with one program, when told; run by `fit_speed` in a process of its own.

python fit_worker.py PROGRAM FILE FORMULA REPEATS
where FILE is a frame as CSV. A line on standard input is answered by one of JSON: the
seconds of a fit and the criterion reached; the end of the input ends the process.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable


def tarn() -> Callable[[str, pd.DataFrame], Any]:
    """Our own engine; the criterion is minus twice the restricted log-likelihood."""
    from engine import fit  # noqa: PLC0415 - the peers' processes do not have it

    return fit


def glmm() -> Callable[[str, pd.DataFrame], Any]:
    """The fastest of the Python packages."""
    import glmm  # type: ignore[import-not-found]  # noqa: PLC0415

    return lambda formula, frame: glmm.fit(frame, formula)


def mixedlm() -> Callable[[str, pd.DataFrame], Any]:
    """Another Python package."""
    import mixedlm  # type: ignore[import-not-found]  # noqa: PLC0415

    fitter: Callable[[str, pd.DataFrame], Any] = mixedlm.lmer
    return fitter


PROGRAMS = {"tarn": tarn, "glmm": glmm, "mixedlm": mixedlm}


def criterion_of(fitted: Any) -> float:
    """The REML criterion where a program gives one."""
    for name in ("criterion", "REMLcrit"):
        value = getattr(fitted, name, None)
        if value is not None:
            return float(value() if callable(value) else value)
    return float("nan")


def main() -> None:
    """Answer until nothing more is asked."""
    program, file, formula, repeats = sys.argv[1:5]
    warnings.simplefilter("ignore")
    fit, frame = PROGRAMS[program](), pd.read_csv(file)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in sys.stdin:
        begin = perf_counter()
        for _ in range(int(repeats)):
            fitted = fit(formula, frame)
        seconds = (perf_counter() - begin) / int(repeats)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = {
            "seconds": seconds,
            "criterion": criterion_of(fitted),
            "megabytes": (peak - before) / 1024,
        }
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
