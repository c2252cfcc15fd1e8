"""The source Spotify against a fake with the rules of 2026."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakes.asking import Asking, Canned, pages
from fakes.spotify import FakeSpotify, key, track
from murecom.config.settings import Spotify as Settings
from murecom.crawl.base import Task
from murecom.crawl.spotify import Spotify
from murecom.errors import BadInput, NotFound, NotReady, Unreachable, Unsupported
from murecom.types import TrackId

Made = tuple[FakeSpotify, Spotify]

SCOPES = frozenset({"playlist-read-private", "playlist-read-collaborative"})


def as_user(fake: FakeSpotify) -> Asking:
    return Asking({"Authorization": f"Bearer {fake.grant(fake.user, SCOPES)}"})


def as_application(fake: FakeSpotify) -> Asking:
    return Asking({"Authorization": f"Bearer {fake.grant(None)}"})


# -- what is found -----------------------------------------------------------------------------


def test_a_word_finds_names_to_the_thousandth_and_no_further(spotify: Made) -> None:
    fake, source = spotify
    for number in range(1030):
        fake.add(f"Rainy day {number}", [track(number)], members=("others",))
    fake.add("Sunny", [])
    found = list(pages(source, Task("search", "rainy"), as_application(fake)))
    assert len(found) == 100
    stubs = [stub for page in found for stub in page.stubs]
    assert [stub.name for stub in stubs] == [f"Rainy day {n}" for n in range(1000)]
    assert not any(stub.is_open for stub in stubs)
    assert stubs[0].size == 1
    assert found[0].total == 1030
    assert not fake.answered(400)


@pytest.mark.parametrize("lie", [500, -15])
def test_a_total_that_lies_costs_a_page_at_most_and_loses_nothing(spotify: Made, lie: int) -> None:
    fake, source = spotify
    fake.lie = lie
    for number in range(25):
        fake.add(f"Rain {number}", [])
    found = list(pages(source, Task("search", "rain"), as_application(fake)))
    assert sum(len(page.stubs) for page in found) == 25
    assert len(found) <= 4


@pytest.mark.parametrize("lie", [500, -90])
def test_so_it_does_with_tracks(spotify: Made, lie: int) -> None:
    fake, source = spotify
    fake.lie = lie
    own = fake.add("Mine", [track(n) for n in range(110)], owner=fake.user)
    task = Task("playlist", own, about={"name": "Mine"})
    found = list(pages(source, task, as_user(fake)))
    assert sum(len(page.entries) for page in found) == 110
    assert len(found) <= 4
    mine = list(pages(source, Task("own", ""), as_user(fake)))
    assert sum(len(page.stubs) for page in mine) == 1
    assert len(mine) <= 2


def test_playlists_that_are_null_are_counted_and_the_others_kept(spotify: Made) -> None:
    fake, source = spotify
    for number in range(12):
        fake.add(f"Rain {number}", [], is_null=number in (3, 11))
    found = list(pages(source, Task("search", "rain"), as_application(fake)))
    assert sum(len(page.stubs) for page in found) == 10
    assert [r for page in found for r in page.refused] == [
        ("playlist 4", "it is null"),
        ("playlist 12", "it is null"),
    ]


# -- what is the user's -------------------------------------------------------------------------


def test_own_and_shared_playlists_are_open_followed_ones_are_not(spotify: Made) -> None:
    fake, source = spotify
    for number in range(60):
        fake.add(f"Mine {number}", [track(1), track(2)], owner=fake.user)
    fake.add("Ours", [], owner="somebody", members=(fake.user,))
    fake.add("Theirs", [])
    found = list(pages(source, Task("own", ""), as_user(fake)))
    stubs = [stub for page in found for stub in page.stubs]
    assert len(stubs) == 62
    assert [stub.name for stub in stubs if not stub.is_open] == ["Theirs"]
    assert stubs[0].snapshot == fake.state.playlists[stubs[0].key].snapshot
    assert sum(call.path == "/v1/me" for call in fake.calls) == 1


def test_the_tracks_of_a_playlist_come_in_order_with_all_that_is_known(spotify: Made) -> None:
    fake, source = spotify
    own = fake.add("Mine", [track(n) for n in range(120)], owner=fake.user)
    found = list(pages(source, Task("playlist", own, about={"name": "Mine"}), as_user(fake)))
    entries = [entry for page in found for entry in page.entries]
    assert [entry.track.id for entry in entries] == [f"spotify:track:{key(n)}" for n in range(120)]
    first = entries[61].track
    assert (first.title, first.artists, first.album) == ("Song 61", ("Band 11",), "Record 6")
    assert first.duration == pytest.approx(180.061)
    assert first.ids == {"spotify": first.id, "isrc": "XXA000000061"}
    assert entries[0].added_at == 1_714_557_600
    assert found[0].playlist is None
    assert len(fake.calls) == 3


def test_a_playlist_without_a_name_is_asked_for_its_name_first(spotify: Made) -> None:
    fake, source = spotify
    own = fake.add("Mine", [track(1)], owner=fake.user, description="For\nme")
    page = source.run(Task("playlist", own), as_user(fake))
    assert page.playlist is not None
    assert (page.playlist.name, page.playlist.size) == ("Mine", 1)
    assert page.playlist.snapshot == fake.state.playlists[own].snapshot
    assert page.playlist.description == "For me"


def test_what_is_no_track_is_counted_with_its_place_and_reason(spotify: Made) -> None:
    fake, source = spotify
    odd: list[Any] = [
        track(1),
        None,
        "null",
        track(2, type="episode", uri="spotify:episode:1"),
        track(3, is_local=True, uri="spotify:local:A:B:C:200", id=None),
        track(4, name=""),
        track(5, uri=""),
        track(7, is_local=True, uri=""),
        track(6, external_ids={"isrc": "not one"}, duration_ms=0, artists=[]),
    ]
    own = fake.add("Mine", odd, owner=fake.user)
    page = source.run(Task("playlist", own, about={"name": "Mine"}), as_user(fake))
    assert [entry.track.title for entry in page.entries] == ["Song 1", "Song 6"]
    last = page.entries[1].track
    assert (last.duration, last.artists, dict(last.ids)) == (None, (), {"spotify": last.id})
    assert [place for place, _ in page.refused] == [f"track {n}" for n in range(2, 9)]
    reasons = " ".join(reason for _, reason in page.refused)
    assert reasons.count("disk") == 2
    for word in ("null", "episode", "disk", "no name", "no id"):
        assert word in reasons


def test_a_playlist_of_none_and_one_of_ten_thousand(spotify: Made) -> None:
    fake, source = spotify
    none = fake.add("None", [], owner=fake.user)
    many = fake.add("Many", [track(n) for n in range(10_000)], owner=fake.user)
    empty = source.run(Task("playlist", none, about={"name": "None"}), as_user(fake))
    assert empty.entries == ()
    assert empty.next is None
    assert empty.total == 0
    last = source.run(Task("playlist", many, "9950", {"name": "Many"}), as_user(fake))
    assert len(last.entries) == 50
    assert last.next is None


# -- what is refused ----------------------------------------------------------------------------


def test_the_tracks_of_others_are_refused_with_the_reason(spotify: Made) -> None:
    fake, source = spotify
    theirs = fake.add("Theirs", [track(1)])
    with pytest.raises(Unsupported, match=r"since March 2026\. Ask for your own"):
        source.run(Task("playlist", theirs), as_user(fake))


def test_the_extended_quota_walks_as_before(make_spotify: Callable[..., Made]) -> None:
    fake, source = make_spotify(extended=True)
    for number in range(70):
        fake.add(f"Rain {number}", [track(n) for n in range(60)])
    http = as_application(fake)
    found = list(pages(source, Task("search", "rain"), http))
    assert [len(page.stubs) for page in found] == [50, 20]
    stub = found[0].stubs[0]
    assert stub.is_open
    assert stub.size == 60
    read = list(pages(source, Task("playlist", stub.key, about={"name": stub.name}), http))
    assert [len(page.entries) for page in read] == [50, 10]
    assert {call.path.rpartition("/")[2] for call in fake.calls} == {"search", "tracks"}


def test_statuses_become_errors_that_say_what_to_do(spotify: Made) -> None:
    fake, source = spotify
    http = as_user(fake)
    with pytest.raises(NotFound):
        source.run(Task("playlist", key(1)), http)
    with pytest.raises(NotReady, match="Log in again"):
        source.run(Task("search", "rain"), Asking())
    fake.expire()
    with pytest.raises(NotReady, match="Log in again"):
        source.run(Task("search", "rain"), http)
    fake.quota_spent = True
    with pytest.raises(Unreachable):
        source.run(Task("search", "rain"), http)
    with pytest.raises(Unsupported, match="gives no lyrics"):
        source.run(Task("lyrics", "1"), http)
    with pytest.raises(BadInput, match="no id of a playlist"):
        source.run(Task("playlist", "../me"), http)
    with pytest.raises(BadInput, match="no place"):
        source.run(Task("search", "rain", "x"), http)


def test_a_search_without_leave_is_told_as_such(spotify: Made) -> None:
    _, source = spotify
    with pytest.raises(Unsupported, match="needs Premium"):
        source.run(Task("search", "x"), Canned({"error": {"status": 403}}, 403))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"playlists": None},
        {"playlists": {"items": None}},
        {"playlists": {"items": [{"id": "a"}], "next": "https://elsewhere.invalid/"}},
        {"playlists": {"items": [{"id": "a"}], "next": "https://x.invalid/?offset=0"}},
        {"playlists": {"items": [{"id": "a"}], "next": 7}},
    ],
)
def test_an_answer_of_another_shape_is_bad_input(spotify: Made, answer: Any) -> None:
    with pytest.raises(BadInput, match="another shape"):
        spotify[1].run(Task("search", "rain"), Canned(answer))


# -- logging in ---------------------------------------------------------------------------------


def test_who_logs_in_how(spotify: Made) -> None:
    _, source = spotify
    own, application = source.login(own=True), source.login(own=False)
    assert own.authorize_url.endswith("/authorize")
    assert set(own.scopes) == SCOPES
    assert not own.client_secret
    assert application.client_secret
    assert not application.scopes
    assert application.client_secret not in repr(application)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(NotReady, match=r"spotify\.client_id"):
        Spotify(Settings()).login(own=True)
    with pytest.raises(NotReady, match=r"spotify\.client_secret"):
        Spotify(Settings(client_id="x")).login(own=False)
    assert Spotify(Settings(client_id="x")).login(own=True).client_id == "x"


def test_ids_are_whole_and_nothing_may_be_learned(spotify: Made) -> None:
    _, source = spotify
    assert source.key_of(TrackId("spotify:track:abc")) == "abc"
    assert source.key_of(TrackId("spotify:local:a:b:c")) is None
    assert source.key_of(TrackId("deezer:1")) is None
    assert source.trainable is False
    assert "2026-11-22" in source.terms


def test_descriptions_are_escaped_for_html_and_names_are_not(spotify: Made) -> None:
    fake, source = spotify
    fake.add("R&amp;B rain", [], description="Bob&#x27;s &amp; mine")
    (stub,) = source.run(Task("search", "rain"), as_application(fake)).stubs
    assert (stub.name, stub.description) == ("R&amp;B rain", "Bob's & mine")
    assert stub.has_words
