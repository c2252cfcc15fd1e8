"""What may not stay after a crawl over HTTP, who has to be logged in, and which calls count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.responses import JSONResponse

from fakes import serve
from fakes.netease import PRIVATE, Upstream, compatible
from fakes.spotify import FakeSpotify, track
from murecom.errors import NotReady
from murecom.jobs.crawl_report import CrawlOptions
from murecom.service import Murecom


@pytest.fixture
def netease(tmp_path: Path) -> Iterator[tuple[Upstream, Murecom]]:
    upstream = Upstream()
    with (
        serve(compatible(upstream)) as url,
        Murecom(tmp_path / "home", {"netease.url": f"{url}/"}) as murecom,
    ):
        yield upstream, murecom


@pytest.fixture
def spotify(tmp_path: Path) -> Iterator[tuple[FakeSpotify, Murecom]]:
    fake = FakeSpotify()
    with serve(fake) as url:
        settings = {
            "spotify.url": f"{url}/v1",
            "spotify.accounts": url,
            "spotify.client_id": fake.client_id,
            "spotify.client_secret": fake.client_secret,
        }
        with Murecom(tmp_path / "home", settings) as murecom:
            yield fake, murecom


def browse(address: str) -> bool:
    with httpx2.Client(trust_env=False, follow_redirects=True) as browser:
        return browser.get(address).status_code == 200


def held(murecom: Murecom) -> str:
    """Give all text that the database holds of tasks, words and playlists."""
    with murecom.store._database.read() as connection:
        return repr(
            [
                list(connection.exec_driver_sql(f"SELECT * FROM {table}"))
                for table in ("task", "word", "playlist", "page", "tag")
            ]
        )


def test_a_user_in_the_name_of_what_they_like(netease: tuple[Upstream, Murecom]) -> None:
    upstream, murecom = netease
    upstream.add_playlist(3001, "某某用户喜欢的音乐", [3, 4, 5], specialType=5)
    upstream.add_playlist(3002, "某某用户喜歡的音樂", [6], privacy=10, specialType=5)
    upstream.found["音乐"] = [3001, 3002]
    report = murecom.crawl("netease", CrawlOptions(seeds=("音乐",), calls=6))
    assert (report.added, report.declined) == (1, 1)
    assert [playlist.name for playlist in murecom.store.playlists.iter()] == ["喜欢的音乐"]
    assert not [private for private in PRIVATE if private in held(murecom)]
    assert murecom.store.crawls.words("netease")["seen"] == 1, "the seed alone"


def test_calls_are_those_that_were_sent(netease: tuple[Upstream, Murecom]) -> None:
    upstream, murecom = netease
    for key in range(2001, 2010):
        upstream.add_playlist(key, f"歌单{key}", [key % 50 + 1])
    upstream.categories["治愈"] = list(range(2001, 2010))
    report = murecom.crawl("netease", CrawlOptions(seeds=("治愈",), calls=4))
    assert report.calls == len(upstream.addresses) == 4, "a playlist takes two"


def test_searches_need_no_log_in_after_own(spotify: tuple[FakeSpotify, Murecom]) -> None:
    fake, murecom = spotify
    fake.add("mine", [track(1)], owner=fake.user)
    with murecom._opened(murecom._source("spotify"), own=True) as (_, tokens):
        tokens.log_in(lambda line: None, browse=browse)
    before = len(fake.calls)
    report = murecom.crawl("spotify", CrawlOptions(own=True))
    assert (report.calls, report.added) == (len(fake.calls) - before, 1)
    murecom.crawl_logout("spotify")
    fake.add("rain", [track(2)])
    fake.add("mine too", [track(3)], owner=fake.user)
    before = len(fake.calls)
    report = murecom.crawl("spotify", CrawlOptions(seeds=("rain",)))
    assert report.closed == 2, "a word of a public one of theirs finds the other"
    assert report.calls == len(fake.calls) - before, "with that for the token"
    # what the user's own list named and waits is theirs
    murecom.store.crawls.reopen("spotify", "own", ["done"])
    with pytest.raises(NotReady, match="--login"):
        murecom.crawl("spotify", CrawlOptions(seeds=("blue",)))


def test_calls_that_are_sent_again_count(netease: tuple[Upstream, Murecom]) -> None:
    upstream, murecom = netease
    upstream.categories["治愈"] = []
    answers = [JSONResponse({}, 502)]
    known = upstream.answer

    def answer(path: str, asked: Any) -> Any:
        return {"code": 500} if answers and answers.pop() else known(path, asked)

    upstream.answer = answer  # type: ignore[method-assign]
    assert murecom.crawl("netease", CrawlOptions(seeds=("治愈",))).calls == 2
