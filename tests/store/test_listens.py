"""Listens: added once, however often they come; times that cannot be true are left out."""

from __future__ import annotations

import time

import pytest

from murecom.errors import BadInput
from murecom.store import Store
from murecom.store.listens import ListensWritten, why_not
from murecom.types import Listen, Track, TrackId


def track(number: int) -> Track:
    return Track(TrackId(f"x:{number}"), f"T{number}", (f"A{number % 3}",))


def history(count: int, first: int = 1000) -> list[Listen]:
    return [Listen(track(n % 7), first + n * 60, n * 1000, n % 5 == 0) for n in range(count)]


def test_nothing_heard_yet(store: Store):
    assert list(store.listens.plays()) == []
    assert store.listens.heard_since(0) == set()
    assert (store.listens.count(), store.listens.newest()) == (0, None)
    assert store.listens.forget() == 0
    assert store.listens.put_many([], source="x") == ListensWritten()


def test_the_same_history_twice_changes_nothing(store: Store):
    listens = history(50)
    assert store.listens.put_many(listens, source="made") == ListensWritten(50, 0, 7)
    revision = store.revision()
    assert store.listens.put_many(listens[20:], source="other") == ListensWritten(0, 30, 0)
    assert store.listens.put_many(history(60), source="made") == ListensWritten(10, 50, 0)
    assert store.revision() == revision
    assert store.listens.count() == store.status()["listens"] == 60


def test_plays_in_order_of_time(store: Store):
    listens = history(20)
    store.listens.put_many(reversed(listens), source="made")
    wanted = [(heard.track.id, heard.at, heard.ms, heard.is_skipped) for heard in listens]
    assert list(store.listens.plays()) == wanted
    assert list(store.listens.plays(since=listens[15].at)) == wanted[15:]
    assert store.listens.heard_since(listens[18].at) == {"x:4", "x:5"}
    assert store.listens.newest() == listens[-1].at


def test_two_tracks_at_one_time_and_one_track_twice_in_a_batch(store: Store):
    listens = [
        Listen(track(1), 5),
        Listen(track(2), 5),
        Listen(track(1), 5, 7),
        Listen(track(1), 6),
    ]
    assert store.listens.put_many(listens, source="x") == ListensWritten(3, 1, 2)
    assert next(store.listens.plays()) == ("x:1", 5, 7, None)


def test_times_that_cannot_be_true(store: Store):
    now = int(time.time())
    times = [-5, 0, 1, now, now + 3600, now + 100 * 86_400]
    written = store.listens.put_many([Listen(track(1), at) for at in times], source="x")
    assert written == ListensWritten(3, 0, 1, 3)
    assert "1970" in str(why_not(Listen(track(1), 0)))
    assert "future" in str(why_not(Listen(track(1), 2_000_000), now=1_000_000))
    assert why_not(Listen(track(1), 1_000_000), now=1_000_000) is None


def test_known_tracks_stay_as_they_are(store: Store):
    store.tracks.put(Track(TrackId("x:1"), "Its name", ("Somebody",)))
    assert store.listens.put_many([Listen(track(1), 9)], source="x").tracks == 0
    assert store.tracks.get([TrackId("x:1")])[TrackId("x:1")].title == "Its name"


def test_forgotten_and_gone_with_their_track(store: Store):
    store.listens.put_many(history(14), source="x")
    with store._database.write() as work:
        work.connection.exec_driver_sql("DELETE FROM track WHERE id = 'x:1'")
    assert store.listens.count() == 12
    assert store.listens.forget() == 12
    assert (store.listens.count(), store.status()["tracks"]) == (0, 6)


def test_a_bad_id_writes_nothing(store: Store):
    with pytest.raises(BadInput):
        store.listens.put_many([Listen(Track(TrackId("nothing")), 9)], source="x")
    assert store.listens.count() == 0


def named(own: str, title: str, *artists: str, **ids: str) -> Track:
    return Track(TrackId(own), title, artists, ids=ids)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (named("text:a", "Duo", "Ann feat. Bob"), named("spotify:track:1", "DUO", "Ann", "Bob")),
        (named("text:a", "Café", "Ann"), named("text:b", "Cafe", "ann")),
        (named("text:a", "One", "Ann", mbid="x-1"), named("text:b", "Uno", "Anna", mbid="X-1")),
    ],
)
def test_one_listen_that_two_services_tell_of(store: Store, first: Track, second: Track):
    for listens in ([Listen(first, 9)], [Listen(second, 9), Listen(first, 9)]):
        store.listens.put_many(listens, source="x")
    assert list(store.listens.plays()) == [(first.id, 9, None, None)]
    both = [Listen(first, 20), Listen(second, 20), Listen(second, 21)]
    assert store.listens.put_many(both, source="x").added == 2  # in one batch, too
    assert store.listens.count() == 3


def test_other_songs_of_one_second_stay_apart(store: Store):
    others = [named("x:1", "One", "Ann"), named("x:2", "Two", "Ann"), named("x:3", "", "Ann"),
              named("x:4", "One", "Bob"), named("x:5", "")]  # fmt: skip
    for other in others:
        store.listens.put_many([Listen(other, 9)], source="x")
    assert store.listens.count() == 5


def test_the_longer_time_heard_stays(store: Store):
    for ms, skipped in ((5, True), (None, None), (900, False), (7, True)):
        written = store.listens.put_many([Listen(track(1), 9, ms, skipped)], source="x")
    assert written == ListensWritten(0, 1, 0)
    assert list(store.listens.plays()) == [("x:1", 9, 900, False)]
