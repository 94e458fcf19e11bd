"""Bootstrap one model with one program, when told; run by `bootstrap_speed`.

python bootstrap_worker.py PROGRAM FILE FORMULA REPLICATES
A line on standard input is answered by one of JSON: the seconds of the whole call, the
fit included, and how many replicates were singular or failed.
"""

from __future__ import annotations

import json
import sys
import warnings
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable


def tarn() -> Callable[[str, pd.DataFrame, int], dict[str, int]]:
    """Our own engine."""
    import engine  # noqa: PLC0415 - the peers' processes do not have it

    def run(formula: str, frame: pd.DataFrame, replicates: int) -> dict[str, int]:
        found = engine.bootstrap(engine.fit(formula, frame), replicates, 1)
        found.estimates  # noqa: B018 - on the user's scale, as the others give them
        return {"singular": found.n_singular, "failed": found.n_failed}

    return run


def mixedlm() -> Callable[[str, pd.DataFrame, int], dict[str, int]]:
    """The fastest of the Python packages that have a bootstrap."""
    import mixedlm as peer  # type: ignore[import-not-found]  # noqa: PLC0415

    def run(formula: str, frame: pd.DataFrame, replicates: int) -> dict[str, int]:
        found: Any = peer.bootMer(peer.lmer(formula, frame), nsim=replicates, seed=1)
        return {"singular": -1, "failed": int(getattr(found, "n_failed", -1))}

    return run


PROGRAMS = {"tarn": tarn, "mixedlm": mixedlm}


def main() -> None:
    """Answer until nothing more is asked."""
    program, file, formula, replicates = sys.argv[1:5]
    warnings.simplefilter("ignore")
    run, frame = PROGRAMS[program](), pd.read_csv(file)
    for _ in sys.stdin:
        begin = perf_counter()
        counts = run(formula, frame, int(replicates))
        seconds = perf_counter() - begin
        sys.stdout.write(json.dumps({"seconds": seconds, **counts}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
