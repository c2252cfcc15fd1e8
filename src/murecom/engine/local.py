"""Worker processes on this machine: one batch each, one BLAS thread each, at low priority.

Built on pebble, because a decoder that crashes on a damaged file must cost that file only: the
standard library's executor gives up the whole pool when one worker dies.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, TimeoutError, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from pebble import ProcessExpired, ProcessPool

from murecom.engine.base import B, Outcome, R
from murecom.engine.threads import THREAD_VARIABLES, cores

AHEAD = 2
"Batches waiting for each worker, so that none idles while the parent stores a result."


@dataclass(frozen=True, slots=True)
class Local:
    """Processes on this machine.

    `workers` 0 means one for each processor; `niceness` is added to the priority of the workers.
    """

    workers: int = 0
    niceness: int = 10

    def map(
        self,
        fn: Callable[..., R],
        batches: Iterable[B],
        *,
        timeout: float | None = None,
        shared: Sequence[Any] = (),
    ) -> Iterator[Outcome[B, R]]:
        """Apply `fn` to every batch; see `murecom.engine.base.Engine.map`."""
        workers = self.workers or cores()
        with _one_thread_each():
            # spawn, not fork: the parent holds a database connection and threads
            pool = ProcessPool(
                max_workers=workers,
                context=get_context("spawn"),
                initializer=_start_worker,
                initargs=(self.niceness, tuple(shared)),
            )
            waiting: dict[Any, B] = {}
            source = iter(batches)
            try:
                while True:
                    while len(waiting) < workers * (1 + AHEAD):
                        batch = next(source, _END)
                        if batch is _END:
                            break
                        waiting[pool.schedule(_call, args=[fn, batch], timeout=timeout)] = batch
                    if not waiting:
                        break
                    finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in finished:
                        yield _outcome(waiting.pop(future), future, timeout)
            finally:
                pool.stop()  # type: ignore[no-untyped-call]
                pool.join()


class _End:
    """Marks the end of the batches."""


_END: Any = _End()


def _outcome(batch: B, future: Any, timeout: float | None) -> Outcome[B, R]:
    try:
        return Outcome(batch, value=future.result())
    except TimeoutError:
        return Outcome(batch, error=f"It took longer than {timeout:.0f} s.")
    except (ProcessExpired, CancelledError) as error:
        code = getattr(error, "exitcode", None)
        how = f"signal {-code}" if isinstance(code, int) and code < 0 else f"exit code {code}"
        return Outcome(batch, error=f"The worker process died ({how}).")
    except Exception as error:
        # a worker's own exception, whatever it is, belongs to its batch: named, never swallowed
        return Outcome(batch, error=f"{type(error).__name__}: {error}")


_shared: tuple[Any, ...] = ()
"In a worker: what all batches of its `map` share."


def _call(fn: Callable[..., R], batch: B) -> R:
    return fn(batch, *_shared)


def _start_worker(niceness: int, shared: tuple[Any, ...]) -> None:
    global _shared
    _shared = shared
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    for name in THREAD_VARIABLES:
        os.environ[name] = "1"
    if niceness:
        os.nice(niceness)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let children find the thread limits before they load any numeric library."""
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
