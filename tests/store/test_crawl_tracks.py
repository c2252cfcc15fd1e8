"""Which tracks a crawl asks about next, and marks that somebody set: against both kinds of keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from murecom.store import Store
from murecom.store.crawls import New
from murecom.types import Playlist, Track, TrackId


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "m.db") as opened:
        yield opened


def made(track_id: str, **ids: str) -> Track:
    return Track(TrackId(track_id), track_id, ids=ids)


def keys(store: Store, *kinds: str, prefix: str = "s:", most: int = 10) -> list[str]:
    found = store.crawls.unasked("s", kinds, prefix, ("mbid",), most)
    assert all(track.title for _, track, _ in found)
    return [key for key, _, _ in found]


def test_tracks_are_known_by_their_id_else_by_another(store: Store) -> None:
    tracks = (
        made("s:1"), made("S:2"), made("x:3", s="s:three"), made("x:4", mbid="four"),
        made("x:5", s="five", mbid="other"), made("x:6", isrc="no"), made("x:7", s="1"),
    )  # fmt: skip
    store.playlists.put(Playlist("a", tracks, "p:1"))
    assert keys(store, "tags") == ["1", "three", "four", "five"], "each key once"
    assert keys(store, "tags", prefix="") == [track.id for track in tracks]
    assert keys(store, "tags", most=2) == ["1", "three"]


def test_what_was_asked_for_is_left_out(store: Store) -> None:
    store.playlists.put(Playlist("a", (made("s:1"), made("s:2")), "p:1"))
    store.crawls.add("s", "tags", [New("1"), New("2")])
    store.crawls.add("other", "lyrics", [New("1")])
    store.crawls.add("s", "lyrics", [New("2")])
    assert keys(store, "tags") == []
    assert keys(store, "tags", "lyrics") == ["1"]
    found = store.crawls.count_unasked("s", ["tags", "lyrics", "similar"], "s:", ())
    assert found == {"tags": 0, "lyrics": 1, "similar": 2}


def test_tracks_of_similar_lists_alone_are_left_out(store: Store) -> None:
    store.playlists.put(Playlist("like", (made("s:1"), made("s:2")), "s:similar/1"))
    store.playlists.put(Playlist("a", (made("s:1"),), "s:9"))
    store.tracks.put(made("s:3"))
    assert keys(store, "tags") == ["1", "3"]
    assert store.crawls.count_unasked("s", ["tags"], "s:", ()) == {"tags": 2}


def test_marks(store: Store) -> None:
    for number in range(3):
        store.playlists.put_many([Playlist("a", (made("s:1"),), f"s:{number}")], trainable=False)
    assert store.crawls.mark("s", ["0", "1", "none"], True, "2026-11-23") == 2
    assert store.status()["trainable"] == 2
    assert store.crawls.mark("s", ["0"], True, "2026-11-24") == 0
    # a replacement without a word about it leaves what somebody decided
    store.playlists.put_many([Playlist("b", (made("s:2"),), "s:0")], trainable=False)
    assert store.status()["trainable"] == 2
    assert store.crawls.mark("other", ["0"], False, "2026-11-24") == 0


def test_what_the_users_log_in_is_for(store: Store) -> None:
    crawls = store.crawls
    crawls.add("s", "own", [New("", state="done")])
    crawls.add("s", "playlist", [New("1", about={"name": '"own": true'})])
    crawls.add("s", "playlist", [New("2", about={"own": True}, state="done")])
    assert not crawls.waits_for_user("s")
    crawls.add("s", "playlist", [New("3", about={"name": "x", "own": True})])
    assert crawls.waits_for_user("s")
    assert not crawls.waits_for_user("other")
    crawls.add("t", "own", [New("")])
    assert crawls.waits_for_user("t")
