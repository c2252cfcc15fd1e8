"""What the tests of `net` use: a clock that can be set, a transport that answers from a script."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import httpx2

from murecom.net.clock import Clock

Scripted = httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


class SetClock(Clock):
    """A clock on which waiting takes no time; `set` is what a person or NTP does to it."""

    boot = "first"

    def __init__(self, wall: float = 1_800_000_000.0) -> None:
        self._wall = wall
        self._tick = 1000.0
        self.waits: list[float] = []

    def wall(self) -> float:
        return self._wall

    def tick(self) -> float:
        return self._tick

    def wait(self, changed: threading.Condition, seconds: float) -> None:
        self.waits.append(seconds)
        self.pass_(seconds)

    def pass_(self, seconds: float) -> None:
        self._wall += seconds
        self._tick += seconds

    def set(self, seconds: float) -> None:
        self._wall += seconds

    def restart(self, boot: str) -> None:
        self.boot = boot
        self._tick = 10.0


class Script(httpx2.BaseTransport):
    """Gives its answers in order, the last one for ever; keeps what was asked, and when."""

    def __init__(self, *answers: Scripted, clock: Clock | None = None) -> None:
        self._answers = list(answers)
        self._clock = clock
        self.asked: list[httpx2.Request] = []
        self.times: list[float] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.asked.append(request)
        if self._clock is not None:
            self.times.append(self._clock.wall())
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer


def said(data: Any = None, status: int = 200, **headers: str) -> httpx2.Response:
    """Make an answer; underscores in names of headers are dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, json={"ok": True} if data is None else data, headers=named)


def most_in(times: Sequence[float], window: float) -> int:
    """Give the largest number of times in any window of so many seconds."""
    return max((sum(a <= b < a + window for b in times) for a in times), default=0)
