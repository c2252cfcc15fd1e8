"""Services on loopback with the sources that ask them; each answer is held against its document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from fakes import serve
from fakes.deezer import FakeDeezer
from fakes.document import Document
from fakes.lastfm import FakeLastFM
from fakes.listenbrainz import FakeListenBrainz
from fakes.spotify import FakeSpotify
from murecom.config import settings
from murecom.crawl.deezer import Deezer
from murecom.crawl.lastfm import LastFM
from murecom.crawl.listenbrainz import ListenBrainz
from murecom.crawl.spotify import Spotify


def undocumented(fake: object, name: str) -> list[str]:
    """Give what the calls of a fake have that its document does not allow."""
    document = Document(name)
    calls = [call for call in fake.calls if not call.is_fault]  # type: ignore[attr-defined]
    return [
        fault
        for call in calls
        if call.path.startswith(document.base + "/")
        for fault in document.faults(call)
    ]


@pytest.fixture
def make_spotify() -> Iterator[Callable[..., tuple[FakeSpotify, Spotify]]]:
    """Give a function that starts a fake of Spotify."""
    fakes: list[FakeSpotify] = []
    with ExitStack() as stack:

        def make(
            *, extended: bool = False, token_life: float = 3600
        ) -> tuple[FakeSpotify, Spotify]:
            fake = FakeSpotify(extended=extended, token_life=token_life)
            fakes.append(fake)
            url = stack.enter_context(serve(fake))
            section = settings.Spotify(
                client_id=fake.client_id,
                client_secret=fake.client_secret,
                extended=extended,
                url=f"{url}/v1",
                accounts=url,
            )
            return fake, Spotify(section)

        yield make
    for fake in fakes:
        # what is published describes development mode: fifty a page are not in it
        wrong = [w for w in undocumented(fake, "spotify") if not fake.extended or "limit" not in w]
        assert wrong == []


@pytest.fixture
def spotify(
    make_spotify: Callable[..., tuple[FakeSpotify, Spotify]],
) -> tuple[FakeSpotify, Spotify]:
    return make_spotify()


@pytest.fixture
def deezer() -> Iterator[tuple[FakeDeezer, Deezer]]:
    fake = FakeDeezer()
    with serve(fake) as url:
        yield fake, Deezer(settings.Deezer(url=url))
    assert undocumented(fake, "deezer") == []


@pytest.fixture
def lastfm() -> Iterator[tuple[FakeLastFM, LastFM]]:
    fake = FakeLastFM()
    with serve(fake) as url:
        yield fake, LastFM(settings.LastFM(api_key=fake.api_key, url=f"{url}/2.0"))
    assert undocumented(fake, "lastfm") == []


@pytest.fixture
def listenbrainz() -> Iterator[tuple[FakeListenBrainz, ListenBrainz]]:
    fake = FakeListenBrainz()
    with serve(fake) as url:
        section = settings.ListenBrainz(user=fake.user, url=url, labs=url)
        yield fake, ListenBrainz(section)
    assert undocumented(fake, "listenbrainz") == []
