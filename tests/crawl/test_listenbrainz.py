"""The source ListenBrainz against a fake that answers nobody without a contact."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import Response

from fakes.asking import Asking, Canned, pages
from fakes.listenbrainz import FakeListenBrainz, mbid, similar, track
from murecom.config.settings import ListenBrainz as Settings
from murecom.crawl.base import Task
from murecom.crawl.listenbrainz import ListenBrainz
from murecom.errors import BadInput, NotFound, NotReady, Unsupported

Made = tuple[FakeListenBrainz, ListenBrainz]


def asking(**headers: str) -> Asking:
    return Asking({"User-Agent": "murecom/0 (me@example.org)", **headers})


def test_a_word_finds_all_playlists_with_it(listenbrainz: Made) -> None:
    fake, source = listenbrainz
    for number in range(60):
        fake.add(f"Rainy day {number}", [track(1)], annotation="Wet")
    found = list(pages(source, Task("search", "rainy"), asking()))
    stubs = [stub for page in found for stub in page.stubs]
    assert [stub.name for stub in stubs] == [f"Rainy day {n}" for n in range(60)]
    assert (stubs[0].description, stubs[0].size) == ("Wet", None)
    assert stubs[0].snapshot == "2024-05-01T10:00:00+00:00"
    assert found[0].total == 60
    assert len(fake.calls) == 3


@pytest.mark.parametrize("lie", [40, -30])
def test_a_total_that_lies_loses_nothing(listenbrainz: Made, lie: int) -> None:
    fake, source = listenbrainz
    fake.lie = lie
    for number in range(50):
        fake.add(f"Rain {number}", [])
    found = list(pages(source, Task("search", "rain"), asking()))
    assert sum(len(page.stubs) for page in found) == 50
    assert len(found) <= 3


def test_private_playlists_need_the_token(listenbrainz: Made) -> None:
    fake, source = listenbrainz
    fake.add("Mine", [], owner=fake.user)
    secret = fake.add("Secret", [track(1)], owner=fake.user, is_public=False)
    fake.add("Theirs", [])
    names = [stub.name for stub in source.run(Task("own", ""), asking()).stubs]
    assert names == ["Mine"]
    with pytest.raises(NotFound):
        source.run(Task("playlist", secret), asking())
    mine = asking(Authorization=f"Token {fake.token}")
    assert [s.name for s in source.run(Task("own", ""), mine).stubs] == ["Mine", "Secret"]
    assert len(source.run(Task("playlist", secret), mine).entries) == 1
    with pytest.raises(NotReady, match="Log in again"):
        source.run(Task("own", ""), asking(Authorization="Token wrong"))


def test_a_playlist_comes_whole_with_ids_and_dates(listenbrainz: Made) -> None:
    fake, source = listenbrainz
    own = fake.add("Rain", [track(n) for n in range(300)])
    page = source.run(Task("playlist", own), asking())
    assert page.playlist is not None
    assert page.playlist.name == "Rain"
    assert page.next is None
    assert page.total == len(page.entries) == 300
    third = page.entries[3].track
    assert third.id == f"listenbrainz:{mbid(3)}"
    assert third.ids == {"mbid": mbid(3)}
    assert (third.title, third.artists) == ("Song 3", ("Band 3", "Guest"))
    assert (third.album, third.duration) == ("Record 0", pytest.approx(180.003))
    assert page.entries[0].added_at == 1_711_965_600


def test_what_is_no_track_is_counted_and_names_do_without_ids(listenbrainz: Made) -> None:
    fake, source = listenbrainz
    rows = [
        None,
        track(1, identifier=[], title=""),
        track(2, identifier=[], extension={}),
        track(4, identifier=f"https://musicbrainz.org/recording/{mbid(4).upper()}"),
    ]
    page = source.run(Task("playlist", fake.add("Rain", rows)), asking())
    assert [place for place, _ in page.refused] == ["track 1", "track 2"]
    assert [entry.track.id for entry in page.entries] == [
        "text:Band 2 – Song 2",
        f"listenbrainz:{mbid(4)}",
    ]
    assert page.entries[0].added_at is None


def test_similar_recordings_come_nearest_first_and_once(listenbrainz: Made) -> None:
    fake, source = listenbrainz
    rows = [similar(2, 50), similar(3, 200), similar(2, 100), similar(1, 999), similar(4, 0)]
    rows.append(similar(3, 20))
    fake.similar[mbid(1)] = rows
    page = source.run(Task("similar", mbid(1)), asking())
    assert [(t.ids["mbid"], score) for t, score in page.tracks] == [(mbid(3), 1.0), (mbid(2), 0.5)]
    assert page.tracks[0][0].name == "Band 3 – Song 3"
    assert [place for place, _ in page.refused] == ["recording 5"]
    assert source.run(Task("similar", "file:1", about={"mbid": mbid(9)}), asking()).tracks == ()
    with pytest.raises(Unsupported, match="Picard"):
        source.run(Task("similar", "file:1"), asking())


def test_nobody_is_answered_without_a_contact(listenbrainz: Made) -> None:
    _, source = listenbrainz
    assert source.needs_contact
    with pytest.raises(NotReady, match=r"Set crawl\.contact"):
        source.run(Task("search", "rain"), Asking({"User-Agent": "murecom/0"}))


def test_what_it_cannot_is_told(listenbrainz: Made) -> None:
    _, source = listenbrainz
    with pytest.raises(Unsupported, match="3 characters"):
        source.run(Task("search", "晴天"), asking())
    with pytest.raises(Unsupported, match="gives no lyrics"):
        source.run(Task("lyrics", "1"), asking())
    with pytest.raises(BadInput, match="MusicBrainz id"):
        source.run(Task("playlist", "1/../x"), asking())
    nobody = ListenBrainz(Settings())
    for ask in (lambda: nobody.seeds([], own=True), lambda: nobody.run(Task("own", ""), asking())):
        with pytest.raises(NotReady, match=r"listenbrainz\.user"):
            ask()
    assert nobody.login(own=False) is None
    assert nobody.trainable
    login = ListenBrainz(Settings(token="secret")).login(own=True)
    assert login is not None
    assert login.key_prefix == "Token "
    assert "secret" not in repr(login)


@pytest.mark.parametrize("answer", [None, [], {"playlists": 1}, {"playlist": {"track": []}}])
def test_an_answer_of_another_shape_is_bad_input(listenbrainz: Made, answer: Any) -> None:
    kind = "playlist" if answer and "playlist" in answer else "search"
    with pytest.raises(BadInput, match="another shape"):
        listenbrainz[1].run(Task(kind, mbid(1)), Canned(answer))  # type: ignore[arg-type]


def test_a_list_that_is_refused_is_left_out(listenbrainz: Made) -> None:
    fake, source = listenbrainz
    fake.fail(Response("Forbidden", 403))
    with pytest.raises(Unsupported, match="owner only"):
        source.run(Task("playlist", mbid(1)), asking())
    assert source.takes_word("jazz")
    assert not source.takes_word("晴天")
