"""The client over real connections: many threads and processes, and what networks do."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from fakes import Cut, serve
from murecom.errors import BadInput, Paused, Unreachable
from murecom.net import Client
from murecom.net.address import host_of
from murecom.net.limits import Stopped
from net_doubles import most_in


class Server:
    """Answers at once or badly, and keeps when each call came."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.answers: list[Response] = []
        self.app = Starlette(
            routes=[
                Route("/ok", self.ok),
                Route("/late", self.late),
                Route("/drip", self.drip),
                Route("/giant", self.giant),
                Route("/bomb", self.bomb),
            ]
        )
        self.url = ""

    async def ok(self, request: Request) -> Response:
        self.times.append(time.monotonic())
        return self.answers.pop(0) if self.answers else JSONResponse({})

    async def late(self, request: Request) -> Response:
        self.times.append(time.monotonic())
        await asyncio.sleep(0.05 * (len(self.times) % 4))
        return JSONResponse({})

    async def drip(self, request: Request) -> Response:
        async def body() -> Iterator[bytes]:
            for _ in range(300):
                yield b" "
                await asyncio.sleep(0.02)

        return StreamingResponse(body())

    async def giant(self, request: Request) -> Response:
        async def body() -> Iterator[bytes]:
            for _ in range(1000):
                yield b" " * 65_536

        return StreamingResponse(body())

    async def bomb(self, request: Request) -> Response:
        packed = gzip.compress(b" " * (8 << 20))
        return Response(packed, headers={"Content-Encoding": "gzip"})


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    with serve(server.app) as server.url:
        yield server


CALLS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from murecom.net import Client
url, folder, calls, seconds, n = sys.argv[1:]
with Client(Path(folder), limits={url: (int(calls), float(seconds))}) as client:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.get(url), range(int(n))))
"""


def start(server: Server, folder: Path, path: str, *, calls: int, seconds: float, n: int):  # type: ignore[no-untyped-def]
    numbers = [str(calls), str(seconds), str(n)]
    command = [sys.executable, "-c", CALLS, f"{server.url}/{path}", str(folder), *numbers]
    return subprocess.Popen(command)


def test_no_window_over_the_limit_with_threads(server: Server, tmp_path: Path) -> None:
    with Client(tmp_path, limits={server.url: (5, 0.3)}) as client, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.get(f"{server.url}/late"), range(22)))
    assert len(server.times) == 22
    assert most_in(server.times, 0.3) == 5


def test_no_window_over_the_limit_with_processes(server: Server, tmp_path: Path) -> None:
    both = [start(server, tmp_path, "late", calls=5, seconds=0.4, n=11) for _ in range(2)]
    assert [process.wait(30) for process in both] == [0, 0]
    assert len(server.times) == 22
    assert most_in(server.times, 0.4) == 5


def test_no_call_in_a_pause(server: Server, tmp_path: Path) -> None:
    """Once a refusal is known, nobody calls: no other thread, and no other program."""
    known = threading.Event()
    server.answers = [Response(status_code=429, headers={"Retry-After": "1"})]
    with (
        Client(tmp_path, tell=lambda *_: known.set()) as client,
        Client(tmp_path) as other,
        ThreadPoolExecutor(8) as pool,
    ):
        first = pool.submit(client.get, f"{server.url}/ok")
        assert known.wait(5)
        (refused,) = server.times
        rest = [pool.submit(one.get, f"{server.url}/ok") for one in (client, other) * 10]
        assert {answer.result(10).status for answer in [first, *rest]} == {200}
    assert len(server.times) == 22
    assert min(server.times[1:]) - refused >= 1.0


def test_a_long_pause_ends_all_threads_soon(server: Server, tmp_path: Path) -> None:
    server.answers = [Response(status_code=429, headers={"Retry-After": "86400"})] * 4
    begin = time.monotonic()
    with Client(tmp_path) as client, ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(client.get, f"{server.url}/ok") for _ in range(20)]
        assert {type(future.exception()) for future in futures} == {Paused}
    assert time.monotonic() - begin < 3
    asked = len(server.times)
    assert asked <= 4
    assert start(server, tmp_path, "ok", calls=9, seconds=1, n=1).wait(30) == 1
    assert len(server.times) == asked


HOLD = """
import os, sys, time
from pathlib import Path
from murecom.net.limits import Limits
limits = Limits(Path(sys.argv[1]), {sys.argv[2]: (1, 0.2)})
limits.done(limits.take(sys.argv[2]))
with limits._held(sys.argv[2]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_who_is_killed_with_the_lock_blocks_nobody(server: Server, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path), host_of(server.url)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        os.kill(holder.pid, signal.SIGKILL)
    begin = time.monotonic()
    with Client(tmp_path, limits={server.url: (1, 0.2)}) as client:
        client.get(f"{server.url}/ok")
    assert time.monotonic() - begin < 2


def test_killed_at_any_point_no_window_is_over_the_limit(server: Server, tmp_path: Path) -> None:
    for n in range(4):
        process = start(server, tmp_path, "late", calls=3, seconds=0.3, n=999)
        seen, end = len(server.times), time.monotonic() + 20
        while len(server.times) < seen + 2 + n and time.monotonic() < end:
            time.sleep(0.005)
        process.kill()
        process.wait()
    assert len(server.times) >= 14
    assert most_in(server.times, 0.3) <= 3


# -- what networks do -----------------------------------------------------------------------------


def test_cut_answers_are_asked_for_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers = [Cut(), Cut()]
    with Client(tmp_path) as client:
        monkeypatch.setattr(client._limits, "rest", lambda seconds: None)
        assert client.get(f"{server.url}/ok").data == {}
    assert len(server.times) == 3


def test_a_refusal_that_is_cut_still_pauses(server: Server, tmp_path: Path) -> None:
    class CutRefusal(Cut):
        async def __call__(self, scope, receive, send):  # type: ignore[no-untyped-def]
            headers = [(b"content-length", b"1000"), (b"retry-after", b"5000")]
            await send({"type": "http.response.start", "status": 429, "headers": headers})
            await send({"type": "http.response.body", "body": b"{", "more_body": False})

    server.answers = [CutRefusal()]
    with Client(tmp_path) as client, pytest.raises(Paused):
        client.get(f"{server.url}/ok")


def test_a_body_that_drips_has_a_deadline(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("murecom.net.client.TRIES", 1)
    begin = time.monotonic()
    with (
        Client(tmp_path, deadline=0.3) as client,
        pytest.raises(Unreachable, match="it is too slow"),
    ):
        client.get(f"{server.url}/drip")
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize("path", ["giant", "bomb"])
def test_an_answer_that_is_too_large(server: Server, tmp_path: Path, path: str) -> None:
    with (
        Client(tmp_path, most=1 << 20) as client,
        pytest.raises(BadInput, match=rf"/{path} is larger than 1 MB"),
    ):
        client.get(f"{server.url}/{path}")


def test_a_server_that_comes_back(server: Server, tmp_path: Path) -> None:
    with serve(server.app) as url, Client(tmp_path) as client:
        client.get(f"{url}/ok")
        port = int(url.rpartition(":")[2])
    with ThreadPoolExecutor(1) as pool, Client(tmp_path) as client:
        waiting = pool.submit(client.get, f"{url}/ok")
        time.sleep(0.2)
        with serve(server.app, port=port):
            assert waiting.result(20).status == 200


def test_nobody_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(Server().app) as url:
        pass
    with Client(tmp_path) as client:
        monkeypatch.setattr(client._limits, "rest", lambda seconds: None)
        with pytest.raises(Unreachable, match=r"no connection \(5 tries\)"):
            client.get(url)


def test_closing_wakes_who_waits(server: Server, tmp_path: Path) -> None:
    told = threading.Event()
    client = Client(tmp_path, tell=lambda *_: told.set())
    client.pause(server.url, 60.0)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.get, f"{server.url}/ok")
        assert told.wait(5)
        client.close()
        assert isinstance(waiting.exception(5), Stopped)
    assert server.times == []
