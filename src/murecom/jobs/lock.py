"""One job of a kind at a time in a home folder; other commands go on reading meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from murecom.errors import NotReady, Unreachable


@contextmanager
def only_one(home: Path, job: str) -> Iterator[None]:
    """Hold the lock of a job while the block runs.

    Raises
    ------
    NotReady
        The same job runs in another process; the message names it.
    Unreachable
        The folder cannot be written.
    """
    holder = home / f"{job}.pid"
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / f"{job}.lock")
        lock.acquire(timeout=0)
    except Timeout:
        try:
            who = f" (process {int(holder.read_text())})"
        except (OSError, ValueError):
            who = ""
        raise NotReady(
            f"Another {job} is running in {home}{who}. Wait for it to end, then run the same "
            "command again."
        ) from None
    except OSError as error:
        raise Unreachable(
            f"Cannot write to {home}: {error.strerror}. Choose another folder with --home."
        ) from error
    try:
        holder.write_text(str(os.getpid()))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()
