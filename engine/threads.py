"""One BLAS thread for the whole process, set once."""

from __future__ import annotations

import os

import scipy.linalg  # noqa: F401 - numpy and scipy each bring a BLAS; both must be there
from threadpoolctl import threadpool_limits

VARIABLE = "TARN_BLAS_THREADS"


def limit_blas() -> None:
    """Limit BLAS to one thread, or to what the environment variable says.

    Two threads gain little on the small matrices of a mixed model, and on a busy
    machine they wait for each other: single factorisations were seen to take a hundred
    times longer. Called when the engine is imported; never from a worker.
    """
    wanted = os.environ.get(VARIABLE, "")
    threadpool_limits(int(wanted) if wanted.isdigit() else 1, user_api="blas")
