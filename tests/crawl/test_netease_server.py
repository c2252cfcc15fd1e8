"""The source asks a fake of the compatible server over HTTP, and a NetEase that bans behind it."""

from __future__ import annotations

import pytest

from crawl.netease_walk import HIDDEN, LONG, calls, check_walk, filled, made, pages_of
from fakes import serve
from fakes.netease import MEMORY, compatible
from murecom.crawl.base import Task
from murecom.crawl.netease import PAUSE
from murecom.errors import NotFound, Paused, Unsupported
from murecom.net.client import Client

LIMITS = {"*": (10_000, 1.0)}
"As good as none: the rules of the client have tests of their own."


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def upstream():
    return filled()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def source(upstream, clock):
    with serve(compatible(upstream, clock)) as url:
        yield made(url)


@pytest.fixture
def http(tmp_path):
    with Client(tmp_path, limits=LIMITS) as client:
        yield client


def test_everything_is_read_once_and_nobody_is_named(source, http):
    check_walk(source, http)


def test_chinese_words_are_percent_encoded(source, http, upstream):
    source.run(Task("category", "治愈"), http)
    source.run(Task("search", "下雨天 🌧"), http)
    assert all(address.isascii() for address in upstream.addresses)
    assert "cat=%E6%B2%BB%E6%84%88" in upstream.addresses[0]


def test_each_call_is_one_call_of_netease(source, http, upstream):
    source.run(Task("category", "治愈"), http)
    pages_of(source, http, Task("playlist", str(LONG)))
    source.run(Task("lyrics", "3"), http)
    assert len(upstream.log) <= len(upstream.addresses)
    # the list of ids comes from the server's memory for the second and third page
    assert calls(upstream).count("/api/v6/playlist/detail") == 1
    assert calls(upstream).count("/api/v3/song/detail") == 3


def test_followers_are_not_asked_for(source, http, upstream):
    source.run(Task("playlist", str(LONG)), http)
    assert upstream.log[0][2]["s"] == "0"


def test_a_silent_ban_is_seen_and_over_when_it_is_over(source, http, upstream, clock, tmp_path):
    task = Task("playlist", str(LONG))
    upstream.mood = "one track"
    with pytest.raises(Paused, match="one track instead of 1203"):
        source.run(task, http)
    upstream.mood = ""
    asked = len(upstream.addresses)
    with pytest.raises(Paused):  # the client remembers, so nothing is called
        source.run(task, http)
    assert len(upstream.addresses) == asked
    assert PAUSE > MEMORY  # a server remembers its answer for so long
    clock.now += PAUSE
    with Client(tmp_path / "later", limits=LIMITS) as later:
        assert len(source.run(task, later).entries) == 500


def test_a_ban_in_the_middle_of_a_playlist_is_seen(source, http, upstream, clock):
    first = source.run(Task("playlist", str(LONG)), http)
    upstream.mood = "one track"
    clock.now += MEMORY
    with pytest.raises(Paused):
        source.run(Task("playlist", str(LONG), first.next), http)


def test_a_chart_in_memory_does_not_hide_a_ban(source, http, upstream):
    upstream.add_playlist(7, "说谎", [1], trackCount=2)
    page = source.run(Task("playlist", "7"), http)
    assert (len(page.entries), page.total) == (1, 2)
    upstream.mood = "one track"
    with pytest.raises(Paused):
        source.run(Task("playlist", str(LONG)), http)


def test_cheating_comes_with_status_400(source, http, upstream, tmp_path):
    upstream.mood = "cheating"
    assert http.get(f"{source.url}/lyric", {"id": 3}).status == 400
    for kind in source.kinds:
        with (
            Client(tmp_path / kind, limits=LIMITS) as http,
            pytest.raises(Paused, match="Cheating"),
        ):
            source.run(Task(kind, "3"), http)


def test_what_is_gone_or_hidden_is_said(source, http):
    with pytest.raises(NotFound):
        source.run(Task("playlist", "404404"), http)
    with pytest.raises(Unsupported, match="无权限访问"):
        source.run(Task("playlist", str(HIDDEN)), http)


def test_another_kind_of_server_is_told_apart(source, http):
    other = made(f"{source.url}/other")
    with pytest.raises(Unsupported, match=r"has no /lyric.*compatible with"):
        other.run(Task("lyrics", "3"), http)
