"""What time it is, also where somebody has set the clock; tests bring a clock of their own."""

from __future__ import annotations

import threading
import time
from functools import cached_property
from pathlib import Path


class Clock:
    """The clock of this machine."""

    def wall(self) -> float:
        """Give seconds since 1970; jumps when the clock is set."""
        return time.time()

    def tick(self) -> float:
        """Give seconds since the machine was started, the same in all of its processes.

        Nobody can set it. It goes on while the machine sleeps, where the system tells (Linux).
        """
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()

    @cached_property
    def boot(self) -> str:
        """A name for this run of the machine: ticks of others cannot be compared. "" if unknown."""
        try:
            return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        except (OSError, ValueError):
            return ""

    def wait(self, changed: threading.Condition, seconds: float) -> None:
        """Wait, no longer than until somebody notifies `changed`, which the caller holds."""
        changed.wait(seconds)
