"""A second opinion: Prism holds requests and answers of Spotify against the document of the fake.

It reads the same document, but with the eyes of others. `mock` answers by itself, `proxy` stands
between the source and the fake. Links of its answers name the real host, which nobody may follow.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from fakes import serve
from fakes.asking import Asking, pages
from fakes.document import FOLDER
from fakes.netease_node import find_package
from fakes.spotify import FakeSpotify, key, track
from murecom.config.settings import Spotify as Settings
from murecom.crawl.base import Task
from murecom.crawl.spotify import Spotify

pytestmark = [pytest.mark.server, pytest.mark.slow]

SCOPES = frozenset({"playlist-read-private"})


@contextmanager
def prism(temporary: Path, *command: str) -> Iterator[str]:
    """Run Prism and give its address."""
    program = find_package("@stoplight/prism-cli") / "dist" / "index.js"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mode, *upstream = command
    document = str(FOLDER / "spotify.json")
    said = temporary / "prism.log"
    with said.open("wb") as log:
        node = subprocess.Popen(
            ["node", str(program), mode, "--errors", "-p", str(port), document, *upstream],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=temporary,
            env={"PATH": os.environ["PATH"], "HOME": str(temporary)},
            start_new_session=True,
        )
    try:
        end = time.monotonic() + 60
        while b"is listening" not in said.read_bytes():
            assert node.poll() is None, said.read_text("utf-8", "replace")
            assert time.monotonic() < end, said.read_text("utf-8", "replace")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(node.pid, signal.SIGTERM)
        node.wait(10)


def test_prism_takes_every_request(tmp_path: Path) -> None:
    with prism(tmp_path, "mock") as url:
        source = Spotify(Settings(url=url))
        http = Asking({"Authorization": "Bearer any"})
        own = source.run(Task("own", ""), http)
        found = source.run(Task("search", "rain"), http)
        tracks = source.run(Task("playlist", key(1)), http)
        assert http.codes == [200] * 5
        too_many = http.get(f"{url}/search", {"q": "rain", "type": "playlist", "limit": 50})
        nobody = Asking().get(f"{url}/me")
    assert (too_many.status, nobody.status) == (400, 401)
    assert own.next == "10/me-myself"  # the offset of the link, not the link
    assert (found.next, len(found.stubs), len(found.refused)) == ("10", 1, 1)
    assert [entry.track.ids["isrc"] for entry in tracks.entries] == ["XXA000000001"]


def test_prism_finds_nothing_wrong_between_source_and_fake(tmp_path: Path) -> None:
    fake = FakeSpotify()
    mine = fake.add("Rain 0", [track(1), None, "null", track(2, name="")], owner=fake.user)
    theirs = fake.add("Rain 1", [], is_null=True)
    for number in range(2, 25):
        fake.add(f"Rain {number}", [track(number)])
    http = Asking({"Authorization": f"Bearer {fake.grant(fake.user, SCOPES)}"})
    with serve(fake) as upstream, prism(tmp_path, "proxy", f"{upstream}/v1") as url:
        source = Spotify(Settings(url=url))
        found = [stub for p in pages(source, Task("search", "rain"), http) for stub in p.stubs]
        source.run(Task("own", ""), http)
        read = source.run(Task("playlist", mine), http)
        assert set(http.codes) == {200}
        refused = http.get(f"{url}/playlists/{theirs}/items")
        fake.fail(JSONResponse({"id": fake.user, "email": "no longer given"}), on="/me")
        wrong = http.get(f"{url}/me")
    assert len(found) == 24
    assert (len(read.entries), len(read.refused)) == (1, 3)
    assert (refused.status, wrong.status) == (403, 500)  # 500: it does look at answers
