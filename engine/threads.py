"""One BLAS thread for the whole process, set once."""

from __future__ import annotations

import os
import sys
from functools import cache

VARIABLE = "TARN_BLAS_THREADS"
_OF_LIBRARIES = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def limit_blas() -> None:
    """Limit BLAS to one thread, or to what the environment variable says.

    Two threads gain little on the small matrices of a mixed model, and on a busy
    machine they wait for each other: single factorisations were seen to take a hundred
    times longer. Called when the engine is imported. A BLAS that is not there yet is
    told by the variables that it reads when it comes; one that is there, at once.
    """
    wanted = os.environ.get(VARIABLE, "")
    threads = int(wanted) if wanted.isdigit() else 1
    if "numpy" in sys.modules:
        _limit_loaded(threads)
    else:
        os.environ.update(dict.fromkeys(_OF_LIBRARIES, str(threads)))


@cache
def _limit_loaded(threads: int) -> None:
    # numpy and scipy each bring a BLAS; both must be there
    import scipy.linalg  # noqa: F401, PLC0415 - slow
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    threadpool_limits(threads, user_api="blas")
