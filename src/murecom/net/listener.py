"""Where the browser comes back to after a log-in: a page on this machine, for one answer."""

from __future__ import annotations

import queue
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final, cast
from urllib.parse import parse_qs

from murecom.errors import NotReady
from murecom.net.address import split

PATH: Final = "/callback"
"Path of the page. Its port may be another than the registered address has (RFC 8252, 7.3)."

_DONE: Final = "Done. You can close this page and go back to murecom."
_NOT_OURS: Final = "This page is for a log-in that murecom began. Nothing has happened."


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # browsers open connections and say nothing

    def __init__(self, port: int, state: str) -> None:
        super().__init__(("127.0.0.1", port), _Page)
        self.state = state
        self.answers: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about a browser that went away."""


class _Page(BaseHTTPRequestHandler):
    timeout = 10.0

    def do_GET(self) -> None:
        """Take the answer if it is for this log-in; pass over all else, such as icons."""
        server = cast(_Server, self.server)
        parts = split(self.path)
        values = {key: found[0] for key, found in parse_qs(parts.query).items()}
        if parts.path != PATH:
            self._show(404, _NOT_OURS)
        elif not secrets.compare_digest(values.get("state", "").encode(), server.state.encode()):
            self._show(400, _NOT_OURS)
        else:
            self._show(200, _DONE)
            server.answers.put(values)

    def _show(self, status: int, text: str) -> None:
        body = f"<!doctype html><title>murecom</title><p>{text}</p>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Referrer-Policy", "no-referrer")  # the address holds the code
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the code out of the terminal."""


class Listener:
    """Listens on 127.0.0.1 while the block runs.

    Parameters
    ----------
    port : int
        0 for any free one.
    state : str
        What the answer must hold: nobody else can know it.
    is_deaf : bool
        Only name an address; nobody listens there.

    Raises
    ------
    NotReady
        The port is taken.
    """

    def __init__(self, port: int, state: str, *, is_deaf: bool = False) -> None:
        self._server: _Server | None = None
        self._port = port or 8888
        if not is_deaf:
            try:
                self._server = _Server(port, state)
            except OSError as error:
                raise NotReady(
                    f"Nothing can listen on port {port} of this machine: {error.strerror}. Choose "
                    "another port, or 0 for any that is free."
                ) from error
            self._port = self._server.server_address[1]

    @property
    def url(self) -> str:
        """Where the browser shall come back to."""
        return f"http://127.0.0.1:{self._port}{PATH}"

    def __enter__(self) -> Listener:
        if self._server is not None:
            self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def wait(self, seconds: float) -> dict[str, str] | None:
        """Give the parameters with which the browser came back; None if it did not in time."""
        if self._server is None:
            return None
        try:
            return self._server.answers.get(timeout=seconds)
        except queue.Empty:
            return None
