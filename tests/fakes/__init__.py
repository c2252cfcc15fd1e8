"""Services that tests talk to instead of the real ones: on loopback, one file for each.

`serve` runs any of them. Nothing in here was recorded; the rules are those that the services
document, and the answers are made up.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send


class _Server(uvicorn.Server):
    """A server that ends at once, instead of looking every tenth of a second whether it should."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        await self.on_tick(0)
        self.is_up.set()
        await self._end.wait()

    def end(self) -> None:
        if self.is_up.is_set():
            self._loop.call_soon_threadsafe(self._end.set)


@contextmanager
def serve(app: ASGIApp, *, port: int = 0) -> Iterator[str]:
    """Run an ASGI app on loopback and give its address, such as "http://127.0.0.1:40123".

    The app runs in a thread of its own, so its attributes can be read and changed by the test.
    `port` lets a server come back where it was; what is being answered at the end is cut.
    """
    config = uvicorn.Config(
        app,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=0,
    )
    server = _Server(config)
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named: else 40 ms a call.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            if not server.is_up.wait(30):
                raise RuntimeError("The fake server did not start within 30 s.")
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.end()
            thread.join(10)


class Cut(Response):
    """An answer that promises a body and breaks off in the middle of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"items": [', "more_body": False})


__all__ = ["Cut", "serve"]
