"""The façade's crawl with a real source and the real client, against a service on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import serve
from fakes.deezer import FakeDeezer, track
from murecom.errors import BadInput, NotFound
from murecom.jobs.crawl_report import CrawlOptions
from murecom.service import Murecom

NAMES = ("rain jazz", "jazz night", "雨天 rain", "night drive", "🌙 drive")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[FakeDeezer, Murecom]]:
    fake = FakeDeezer()
    for number, name in enumerate(NAMES):
        fake.add(name, [track(10 * number + n + 1) for n in range(3)])
    with serve(fake) as url, Murecom(tmp_path / "home", {"deezer.url": url}) as murecom:
        yield fake, murecom


def test_a_walk_over_http(shop: tuple[FakeDeezer, Murecom]) -> None:
    fake, murecom = shop
    report = murecom.crawl("deezer", CrawlOptions(seeds=("rain",)))
    assert (report.added, report.failed, report.trainable) == (5, 0, False)
    assert sorted(playlist.name for playlist in murecom.store.playlists.iter()) == sorted(NAMES)
    assert murecom.store.status()["trainable"] == 0
    assert fake.most_in(5.0) <= 50
    status = murecom.crawl_status("deezer")
    assert status.tasks["playlist"] == {"done": 5}
    assert status.words["playlists"] == 5


def test_a_pause_ends_it_and_it_goes_on(shop: tuple[FakeDeezer, Murecom]) -> None:
    fake, murecom = shop
    assert murecom.crawl("deezer", CrawlOptions(seeds=("rain",), calls=2)).calls == 2
    fake.pause(3600)
    murecom.settings = murecom.settings.model_copy(
        update={"crawl": murecom.settings.crawl.model_copy(update={"patience": 0.5})}
    )
    report = murecom.crawl("deezer", CrawlOptions())
    assert report.paused_until is not None
    before = len(fake.calls)
    assert murecom.crawl("deezer", CrawlOptions()).paused_until is not None
    assert len(fake.calls) == before, "nobody is asked in a pause"


def test_an_estimate_makes_no_database(shop: tuple[FakeDeezer, Murecom]) -> None:
    fake, murecom = shop
    found = murecom.crawl_estimate("deezer", CrawlOptions(seeds=("rain",)))
    assert (found.playlists, found.rate, found.known) == (1000, 10.0, False)
    assert not (murecom.home / "murecom.db").exists()
    assert fake.calls == []


def test_sources(shop: tuple[FakeDeezer, Murecom]) -> None:
    _, murecom = shop
    assert {"deezer", "spotify"} <= {source.name for source in murecom.crawl_sources()}
    with pytest.raises(NotFound, match="deezer"):
        murecom.crawl("deeezer", CrawlOptions(seeds=("rain",)))
    with pytest.raises(BadInput, match="no log-in"):
        murecom.crawl_login("deezer", print)
    assert not murecom.crawl_logout("deezer")
