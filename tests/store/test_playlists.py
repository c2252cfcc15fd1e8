"""Playlists keep their order, repeats included."""

import pytest

from murecom.errors import BadInput
from murecom.store import Store
from murecom.types import Playlist, Track, TrackId

A, B, C = (Track(TrackId(f"t:{name}"), name, (f"by {name}",)) for name in "abc")


def test_a_playlist_comes_back_as_it_was(store: Store) -> None:
    playlist_id = store.playlists.put(Playlist("Evening", (B, A, B, C), description="calm"))
    assert playlist_id.startswith("murecom:")
    assert store.playlists.get(playlist_id) == Playlist(
        "Evening", (B, A, B, C), playlist_id, "calm"
    )
    assert store.status()["playlists"] == 1
    assert store.status()["tracks"] == 3
    assert store.playlists.get("murecom:none") is None


def test_known_tracks_stay_as_they_are(store: Store) -> None:
    store.tracks.put(A, year=1999)
    playlist_id = store.playlists.put(Playlist("P", (Track(A.id, "other title"),)))
    found = store.playlists.get(playlist_id)
    assert found is not None
    assert found.tracks == (A,)
    assert store.tracks.details([A.id])[A.id].year == 1999


def test_one_source_id_one_playlist(store: Store) -> None:
    first = store.playlists.put(Playlist("P", (A, B)), source="spotify", source_id="playlist:37i")
    again = store.playlists.put(Playlist("Q", (C,)), source="spotify", source_id="playlist:37i")
    other = store.playlists.put(Playlist("P"), source="netease", source_id="playlist:37i")
    assert first == again == "spotify:playlist:37i"
    assert other == "netease:playlist:37i"
    assert store.playlists.get(first) == Playlist("Q", (C,), first)
    assert store.status()["playlists"] == 2


def test_what_somebody_decided_holds_for_one_as_for_many(store: Store) -> None:
    one = Playlist("P", (Track(TrackId("t:1")),), "x:1")
    store.playlists.put_many([one], trainable=False, trainable_on="2024-01-01")
    store.playlists.put(Playlist("Q", one.tracks, "x:1"))
    assert store.playlists.get("x:1").name == "Q"
    assert store.playlists.lists().left_out == 1


def test_an_edited_playlist_is_put_back(store: Store) -> None:
    playlist_id = store.playlists.put(Playlist("P", (A, B)))
    found = store.playlists.get(playlist_id)
    assert found is not None
    assert store.playlists.put(Playlist(found.name, (B,), found.id)) == playlist_id
    assert store.status()["playlists"] == 1


@pytest.mark.parametrize("bad", ["", "x", ":x", "x:", "x:\0"])
def test_bad_ids(store: Store, bad: str) -> None:
    with pytest.raises(BadInput, match="source:source_id"):
        store.playlists.put(Playlist("P", id=bad))
    with pytest.raises(BadInput, match="source:source_id"):
        store.playlists.put(Playlist("P", (A, Track(TrackId("bad")))))
    assert store.status()["tracks"] == 0


def test_iter_and_delete(store: Store) -> None:
    ids = [store.playlists.put(Playlist(f"P{n}", (A, B)[: n % 3])) for n in range(5)]
    found = list(store.playlists.iter(batch=2))
    assert [playlist.id for playlist in found] == ids
    assert [playlist.tracks for playlist in found] == [(), (A,), (A, B), (), (A,)]
    store.playlists.delete(ids[1])
    store.playlists.delete("murecom:none")
    assert [playlist.id for playlist in store.playlists.iter()] == ids[:1] + ids[2:]
    assert store.status()["tracks"] == 2


def test_search(store: Store) -> None:
    names = ["Sad songs", "songs", "Songs for 晴天", "100% pop", "深夜 EMO", "SONGS"]
    for name in names:
        store.playlists.put(Playlist(name))

    def found(text: str, limit: int = 20) -> list[tuple[str, float]]:
        return [(p.name, score) for p, score in store.playlists.search(text, limit)]

    assert found("songs") == [
        ("songs", 1.0), ("SONGS", 1.0), ("Songs for 晴天", 0.8), ("Sad songs", 0.5),
    ]  # fmt: skip
    assert found("songs", 1) == [("songs", 1.0)]
    assert found("晴天") == [("Songs for 晴天", 0.5)]
    assert found("100%") == [("100% pop", 0.8)]
    assert found("_") == found("%") == found("") == found("x" * 10_000) == []


def test_many_entries_at_once(store: Store) -> None:
    tracks = tuple(Track(TrackId(f"t:{n % 700}"), str(n % 700)) for n in range(2000))
    playlist_id = store.playlists.put(Playlist("P", tracks))
    found = store.playlists.get(playlist_id)
    assert found is not None
    assert found.tracks == tracks


def test_descriptions_of_those_to_learn_from(store: Store) -> None:
    store.playlists.put(Playlist("a", (), "x:1", "slow and sad"))
    store.playlists.put(Playlist("b", (), "x:2"))
    store.playlists.put(Playlist("c", (), "x:3", ""))
    store.playlists.put(Playlist("d", (), "x:4", "not to be learned from"), trainable=False)
    assert store.playlists.descriptions() == {"x:1": "slow and sad"}
