"""How many threads numeric work takes: the one policy of murecom.

Libraries that multiply matrices start a thread for each core by themselves, in every process; on
busy processors threads that wait for each other make small matrices a hundred times slower. So
commands keep such libraries to one thread, workers do so always, and training, where more threads
pay, tells each library how many it may use: `cores()`.
"""

from __future__ import annotations

import os

THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"What the usual numeric libraries read, once, when they are loaded."


def cores() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_to_one() -> None:
    """Keep numeric libraries that are loaded later to one thread, unless the user chose."""
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, "1")
