"""Who works on a task: named so that another program can tell whether it still lives.

A name is machine, process and the moment at which the process began, so that a number which the
system gave to another program meanwhile is not taken for ours. What cannot be told for sure counts
as alive; its claims then run out by themselves.
"""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path

LEASE = 300.0
"Seconds that a claim holds: longer than any call takes; a living crawler renews it long before."

_PROC = Path("/proc")


def new_owner() -> str:
    """Give a name for a crawler of this process: ``machine/process/start/number``."""
    pid = os.getpid()
    return f"{_machine()}/{pid}/{_start(pid) or ''}/{uuid.uuid4().hex[:8]}"


def may_take_over(owner: str, until: float, now: float) -> bool:
    """Tell whether a claim is worth nothing any more.

    Parameters
    ----------
    owner : str
        Who holds it.
    until : float
        When it runs out, in seconds since 1970.
    now : float
        The time by the clock that `until` was made with. If that clock was set back, claims seem to
        last longer than any can: those run out, too, unless their owner is known to be alive.
    """
    alive = _is_alive(owner)
    if alive is None:
        return until <= now or until > now + 2 * LEASE
    return not alive


def _is_alive(owner: str) -> bool | None:
    """Tell whether the process still runs; None if that cannot be known from here."""
    machine, _, rest = owner.partition("/")
    pid, _, rest = rest.partition("/")
    start = rest.partition("/")[0]
    if machine != _machine() or not pid.isdecimal() or os.name != "posix":
        return None
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return None
    now = _start(int(pid))
    if now is None or not start:
        return None
    return now == start


def _machine() -> str:
    """Name this machine since it was started, and its view of process numbers (containers)."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()[:13]
        space = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    except OSError:
        boot = space = ""
    return "-".join(filter(None, (socket.gethostname().replace("/", "-"), boot, space)))


def _start(pid: int) -> str | None:
    """Give when a process began, in ticks since the machine did; None where that is not told.

    Field 22 of ``/proc/<pid>/stat`` (proc(5)); a zombie (state Z) has ended.
    """
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return "ended" if fields[0] == "Z" else fields[19]
