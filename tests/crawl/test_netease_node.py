"""The real npm packages, unchanged, between the source and a NetEase that is made up."""

from __future__ import annotations

import pytest

from crawl.netease_walk import HIDDEN, LONG, check_walk, filled, last, made
from fakes import serve
from fakes.netease import behind
from fakes.netease_node import find_package, run_package
from murecom.crawl.base import Task
from murecom.errors import NotFound, Paused, Unsupported
from murecom.net.client import Client

LIMITS = {"*": (10_000, 1.0)}
"As good as none."

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture(scope="module")
def upstream():
    return filled()


@pytest.fixture(
    scope="module", params=["NeteaseCloudMusicApi", "@neteasecloudmusicapienhanced/api"]
)
def source(request, upstream, tmp_path_factory):
    folder = find_package(request.param)
    temporary = tmp_path_factory.mktemp("node")
    with serve(behind(upstream)) as service, run_package(folder, service, temporary) as url:
        yield made(url)


@pytest.fixture
def http(tmp_path):
    with Client(tmp_path, limits=LIMITS) as client:
        yield client


@pytest.fixture(autouse=True)
def _calm(upstream):
    upstream.mood = ""


def test_everything_is_read_once_and_nobody_is_named(source, http):
    check_walk(source, http)


def test_offsets_are_items(source, http, upstream):
    page = source.run(Task("category", "治愈", "1"), http)
    assert (page.stubs[0].key, page.next) == ("2002", "51")
    assert (last(upstream)["way"], last(upstream)["offset"]) == ("weapi", "1")
    # as the package documents for the route that murecom does not need
    told = http.get(f"{source.url}/playlist/track/all", {"id": LONG, "limit": 2, "offset": 1})
    assert sorted(song["id"] for song in told.data["songs"]) == [1001, 1002]


def test_no_sender_is_made_up(source, http, upstream):
    source.run(Task("category", "治愈", "2"), http)
    assert last(upstream)["sender"] in (None, "127.0.0.1")


def test_followers_are_not_asked_for(source, http, upstream):
    upstream.add_playlist(8, "新的", [1, 2])
    source.run(Task("playlist", "8"), http)
    asked = [asked for _, path, asked in upstream.log if path == "/api/v6/playlist/detail"]
    assert (asked[-1]["id"], asked[-1]["s"]) == ("8", "0")


def test_a_silent_ban_is_seen(source, http, upstream):
    upstream.add_playlist(9, "还没问过", range(1, 41))
    upstream.mood = "one track"
    with pytest.raises(Paused, match="one track instead of 40"):
        source.run(Task("playlist", "9"), http)


def test_cheating_is_seen_behind_the_servers_status(source, upstream, tmp_path):
    upstream.mood = "cheating"
    for kind in source.kinds:
        with (
            Client(tmp_path / kind, limits=LIMITS) as http,
            pytest.raises(Paused, match="Cheating"),
        ):
            source.run(Task(kind, "77"), http)


def test_what_is_gone_or_hidden_is_said(source, http):
    with pytest.raises(NotFound):
        source.run(Task("playlist", "404404"), http)
    with pytest.raises(Unsupported, match="无权限访问"):
        source.run(Task("playlist", str(HIDDEN)), http)


def test_a_route_that_does_not_exist_is_told(source, http):
    other = made(f"{source.url}/other")
    with pytest.raises(Unsupported, match="has no /lyric"):
        other.run(Task("lyrics", "3"), http)
