"""What all fakes share: a log of calls, limits and pauses, faults to order, answers to check.

The rules of a service are its routes, in a file of its own. Here is what every service does under
load, and what networks do to any.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

Answer = Callable[[Request], Awaitable[Response]]


@dataclass
class Call:
    """One call as the fake saw it: `at` on the monotonic clock, `answer` None if it was no JSON.

    `is_fault` says that the answer was ordered by a test, so no document describes it.
    """

    at: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)
    status: int = 0
    answer: Any = None
    is_fault: bool = False


class Slow(Response):
    """An answer that comes in single bytes, with a pause before each."""

    def __init__(self, content: Any, pause: float) -> None:
        super().__init__(json.dumps(content), media_type="application/json")
        self.pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for byte in self.body:
            await anyio.sleep(self.pause)
            part = {"type": "http.response.body", "body": bytes([byte]), "more_body": True}
            await send(part)
        await send({"type": "http.response.body", "body": b""})


class Fake:
    """A service on loopback.

    Attributes
    ----------
    calls : list of Call
        All that came, in order.
    limit : (int, float), optional
        Calls that it takes in any window of so many seconds; more are `too_many`.
    lie : int
        Added to every total that it claims.
    """

    limit: tuple[int, float] | None = None

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.lie = 0
        self.paused_until = 0.0
        self._faults: list[tuple[str, Response]] = []
        self._lock = threading.Lock()
        self._routes = [
            Route(path, answer, methods=[method]) for method, path, answer in self.routes()
        ]

    def routes(self) -> Sequence[tuple[str, str, Answer]]:
        """Give method, path and answer of each route."""
        raise NotImplementedError

    def guard(self, request: Request) -> Response | None:
        """Refuse a request before it is looked at; None lets it pass."""
        return None

    def too_many(self, wait: float) -> Response:
        """Answer a call that came too soon; `wait` is how many seconds are left."""
        return JSONResponse({"error": "too many"}, 429, {"Retry-After": str(int(wait) + 1)})

    def fail(self, *answers: Response, on: str = "") -> None:
        """Give these answers, in order, to the next calls whose path contains `on`."""
        with self._lock:
            self._faults += [(on, answer) for answer in answers]

    def pause(self, seconds: float) -> None:
        """Refuse all calls for so long."""
        self.paused_until = time.monotonic() + seconds

    def most_in(self, window: float) -> int:
        """Give the largest number of calls in any window of so many seconds."""
        times = [call.at for call in self.calls]
        return max((sum(a <= b < a + window for b in times) for a in times), default=0)

    def answered(self, status: int) -> list[Call]:
        """Give the calls that were answered with a status."""
        return [call for call in self.calls if call.status == status]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        call = Call(
            time.monotonic(),
            request.method,
            request.url.path,
            dict(request.query_params),
            dict(request.headers),
            dict(parse_qsl((await request.body()).decode())),
        )
        with self._lock:
            refused = self._refuse(call.at)
            self.calls.append(call)
            fault = self._fault(call.path)
        call.is_fault = fault is not None
        response = fault or refused or self.guard(request) or await self._answer(request)
        call.status = response.status_code
        if isinstance(response, JSONResponse):
            call.answer = json.loads(bytes(response.body))
        await response(scope, _read, send)

    def _refuse(self, now: float) -> Response | None:
        if now < self.paused_until:
            return self.too_many(self.paused_until - now)
        if self.limit is None:
            return None
        calls, window = self.limit
        recent = [call.at for call in self.calls if call.at > now - window]
        return self.too_many(recent[-calls] + window - now) if len(recent) >= calls else None

    def _fault(self, path: str) -> Response | None:
        for place, (on, answer) in enumerate(self._faults):
            if on in path:
                del self._faults[place]
                return answer
        return None

    async def _answer(self, request: Request) -> Response:
        for route in self._routes:
            match, more = route.matches(request.scope)
            if match is Match.FULL:
                request.scope.update(more)
                return await route.endpoint(request)
        return JSONResponse({"error": "There is no such route."}, 404)


async def _read() -> Message:
    """Stand for a body that was read before."""
    return {"type": "http.request", "body": b"", "more_body": False}


def number(request: Request, name: str, default: int) -> int | None:
    """Read a parameter that is a whole number; None if it is another thing."""
    value = request.query_params.get(name)
    if value is None:
        return default
    return int(value) if value.isascii() and value.isdigit() else None
