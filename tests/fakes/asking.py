"""A client without limits, pauses and retries: asks once and gives what came.

For tests of what a source asks and reads; those of the rules under load drive `net.Client`.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from murecom.crawl.base import Page, Source, Task
from murecom.errors import BadInput

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"Never used, but quicker to make than one that trusts somebody."


@dataclass(frozen=True)
class Told:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def data(self) -> Any:
        """The JSON of the body."""
        try:
            return json.loads(self.content) if self.content else None
        except ValueError as error:
            raise BadInput("The answer is no JSON.") from error


@dataclass
class Asking:
    """Sends `headers` with each call; keeps the status codes, and pauses that it was told of."""

    headers: dict[str, str] = field(default_factory=dict)
    codes: list[int] = field(default_factory=list)
    pauses: list[tuple[str, float]] = field(default_factory=list)

    @property
    def sent(self) -> int:
        """Calls so far."""
        return len(self.codes)

    def get(
        self,
        url: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Told:
        """Ask once."""
        with httpx2.Client(trust_env=False, timeout=10, verify=PLAIN) as client:
            both = {**self.headers, **(headers or {})}
            answer = client.get(url, params=dict(params or {}), headers=both)
        self.codes.append(answer.status_code)
        return Told(answer.status_code, answer.headers, answer.content)

    def pause(self, url: str, seconds: float) -> None:
        """Keep what was asked for in `pauses`."""
        self.pauses.append((url, seconds))


class Canned:
    """Gives one answer, without a server, to whatever is asked; keeps that in `asked`."""

    def __init__(self, data: Any, status: int = 200) -> None:
        self.told = Told(status, {}, json.dumps(data).encode())
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> Told:
        """Give it."""
        self.asked.append((url, params or {}))
        return self.told


def pages(source: Source, task: Task, http: Any, *, most: int = 300) -> Iterator[Page]:
    """Read a list to its end; an endless one fails."""
    for _ in range(most):
        page = source.run(task, http)
        yield page
        if page.next is None:
            return
        task = Task(task.kind, task.key, page.next, task.about)
    raise AssertionError(f"The list has no end within {most} pages.")
