"""Sources with the real client, against services that pause, break, cut and forget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.responses import Response

from fakes import Cut
from fakes.asking import pages
from fakes.deezer import FakeDeezer, error, track
from fakes.lastfm import FakeLastFM
from fakes.lastfm import error as number
from fakes.listenbrainz import FakeListenBrainz
from fakes.spotify import FakeSpotify
from fakes.web import Fake, Slow
from murecom.crawl import deezer as deezer_module
from murecom.crawl import lastfm as lastfm_module
from murecom.crawl.base import Source, Task
from murecom.crawl.deezer import Deezer
from murecom.crawl.lastfm import LastFM
from murecom.crawl.listenbrainz import ListenBrainz
from murecom.crawl.spotify import Spotify
from murecom.errors import NotReady, Paused, QuotaSpent, Unsupported
from murecom.net import Client, Tokens

Connect = Callable[..., Client]


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """Give a function that makes a client for a source, logged in where it can do so alone."""
    clients = []

    def make(source: Source, *, own: bool = False, **more: Any) -> Client:
        login = source.login(own=own)
        tokens = login and Tokens(source.name, login, url=source.url, folder=tmp_path)
        client = Client(tmp_path, tokens=tokens, **{"contact": "me@example.org", **more})
        clients.append(client)
        if tokens and login and login.scopes:
            tokens.log_in(lambda line: None, browse=browse)
        return client

    def browse(address: str) -> None:
        """Do as a browser whose user agrees at once."""
        with httpx2.Client(trust_env=False, follow_redirects=True) as browser:
            assert browser.get(address).status_code == 200

    yield make
    for client in clients:
        client.close()


def names(source: Source, task: Task, client: Client) -> list[str]:
    return [stub.name for page in pages(source, task, client) for stub in page.stubs]


def rainy(fake: Any, count: int) -> list[str]:
    for n in range(count):
        fake.add(f"Rain {n}", [track(n)] if isinstance(fake, FakeDeezer) else [])
    return [f"Rain {n}" for n in range(count)]


def pauses_kept(fake: Fake, wait: float) -> bool:
    """Tell whether nobody called for `wait` seconds after each call that was told to wait."""
    times = [call.at for call in fake.calls]
    told = [call.at for call in fake.calls if call.status == 429]
    return not any(at < other < at + wait for at in told for other in times)


# -- Spotify -----------------------------------------------------------------------------------


def test_a_user_logs_in_and_reads_on_after_the_token_ends(
    spotify: tuple[FakeSpotify, Spotify], connect: Connect
) -> None:
    fake, source = spotify
    for n in range(120):
        fake.add(f"Mine {n}", [], owner=fake.user)
    client = connect(source, own=True)
    first = source.run(Task("own", ""), client)
    fake.expire()
    rest = names(source, Task("own", "", first.next), client)
    assert [stub.name for stub in first.stubs] + rest == [f"Mine {n}" for n in range(120)]
    grants = [c.form.get("grant_type") for c in fake.calls if c.path == "/api/token"]
    assert grants == ["authorization_code", "refresh_token"]
    assert fake.client_secret not in str([c.form for c in fake.calls])


def test_a_search_survives_pauses_faults_and_cut_answers(
    spotify: tuple[FakeSpotify, Spotify], connect: Connect
) -> None:
    fake, source = spotify
    expected = rainy(fake, 45)
    client = connect(source)
    task = Task("search", "rain")
    first = source.run(task, client)
    fake.fail(Response("broken", 503), Cut(), on="/search")
    second = source.run(Task("search", "rain", first.next), client)
    fake.pause(1.0)
    rest = names(source, Task("search", "rain", second.next), client)
    found = [stub.name for page in (first, second) for stub in page.stubs] + rest
    assert found == expected
    assert len(fake.answered(429)) == 1
    assert pauses_kept(fake, 1.0)


def test_a_spent_quota_stops_at_once(
    spotify: tuple[FakeSpotify, Spotify], connect: Connect
) -> None:
    fake, source = spotify
    client = connect(source)
    fake.quota_spent = True
    with pytest.raises(QuotaSpent):
        source.run(Task("search", "rain"), client)
    with pytest.raises(QuotaSpent):
        source.run(Task("search", "rain"), client)
    assert len([c for c in fake.calls if c.path == "/v1/search"]) == 1


def test_a_pause_of_hours_is_told_not_slept(
    spotify: tuple[FakeSpotify, Spotify], connect: Connect
) -> None:
    fake, source = spotify
    client = connect(source)
    fake.pause(12_471)
    with pytest.raises(Paused) as paused:
        source.run(Task("search", "rain"), client)
    assert paused.value.until > 0
    with pytest.raises(Paused):
        source.run(Task("search", "rain"), client)
    assert len(fake.answered(429)) == 1


def test_what_is_refused_is_refused_over_the_net_too(
    spotify: tuple[FakeSpotify, Spotify], connect: Connect
) -> None:
    fake, source = spotify
    theirs = fake.add("Theirs", [])
    with pytest.raises(Unsupported, match="since March 2026"):
        source.run(Task("playlist", theirs), connect(source))


# -- the others --------------------------------------------------------------------------------


def test_the_window_of_a_service_is_never_exceeded(
    deezer: tuple[FakeDeezer, Deezer], connect: Connect
) -> None:
    fake, source = deezer
    fake.limit = (5, 0.5)
    expected = rainy(fake, 1230)
    client = connect(source, limits={source.url: fake.limit})
    assert names(source, Task("search", "rain"), client) == expected
    assert len(fake.calls) == 13
    assert fake.most_in(0.5) <= 5


def test_a_pause_in_a_good_answer_is_sat_through(
    deezer: tuple[FakeDeezer, Deezer],
    lastfm: tuple[FakeLastFM, LastFM],
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deezer_module, "_WINDOW", 0.5)
    monkeypatch.setattr(lastfm_module, "_WAIT", 0.5)
    fake, source = deezer
    expected = rainy(fake, 3)
    fake.fail(error(4, "Exception", "Quota limit exceeded"))
    assert names(source, Task("search", "rain"), connect(source)) == expected
    assert fake.calls[1].at - fake.calls[0].at >= 0.5

    other, tags = lastfm
    other.tags["Band", "Song"] = [{"name": "sad", "count": 100}]
    other.fail(number(29, "Rate Limit Exceeded"))
    task = Task("tags", "file:1", about={"title": "Song", "artists": ["Band"]})
    assert tags.run(task, connect(tags)).tags == (("tag", "sad", 1.0),)
    assert other.calls[1].at - other.calls[0].at >= 0.5


def test_a_slow_body_is_given_up_and_asked_again(
    deezer: tuple[FakeDeezer, Deezer], connect: Connect
) -> None:
    fake, source = deezer
    expected = rainy(fake, 2)
    fake.fail(Slow({"data": [], "total": 0}, pause=0.2))
    assert names(source, Task("search", "rain"), connect(source, deadline=0.9)) == expected
    assert len(fake.calls) == 2


def test_listenbrainz_gets_a_contact_or_nothing(
    listenbrainz: tuple[FakeListenBrainz, ListenBrainz], connect: Connect
) -> None:
    fake, source = listenbrainz
    expected = rainy(fake, 30)
    with pytest.raises(NotReady, match=r"crawl\.contact"):
        source.run(Task("search", "rain"), connect(source, contact=""))
    client = connect(source)
    fake.limit = (1, 0.3)
    first = source.run(Task("search", "rain"), client)
    rest = names(source, Task("search", "rain", first.next), client)
    assert [stub.name for stub in first.stubs] + rest == expected
    assert "me@example.org" in fake.calls[-1].headers["user-agent"]
