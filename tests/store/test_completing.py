"""What a later file adds to tracks that an earlier one named with less."""

from __future__ import annotations

import pytest

from murecom.store import Store
from murecom.store.completing import completed
from murecom.types import About, Listen, Playlist, Track, TrackId

X = TrackId("spotify:track:x")
BARE = Track(X)
SHORT = Track(X, "Carry Her", ("Mo Page",))
FULL = Track(
    X, "Carry Her!", ("Mo Page", "Tyl, The Maker"), "Belief", 226.9, None, {"isrc": "USRC17607839"}
)


def heard(track: Track) -> dict[str, object]:
    return {"listens": [Listen(track, 1_600_000_000)]}


def known(store: Store) -> Track:
    return store.tracks.get([X])[X]


@pytest.mark.parametrize("way", ["playlists", "tracks", "listens", "abouts", "one batch"])
@pytest.mark.parametrize("first", [BARE, SHORT])
def test_what_a_later_file_knows_is_added(store: Store, way: str, first: Track):
    if way == "one batch":
        store.playlists.put_many([Playlist("P", (first, FULL), "x:1")])
    else:
        store.playlists.put_many([Playlist("P", (first,), "x:1")])
        revision = store.revision()
        if way == "playlists":
            store.playlists.put_many([Playlist("P", (FULL,), "x:2")])
        elif way == "tracks":
            assert store.tracks.put_many([FULL]) == 0
        elif way == "listens":
            store.listens.put_many([Listen(FULL, 1_600_000_000)], source="x")
        else:
            store.abouts.put_many([About(FULL)], source="x")
        assert store.revision() > revision
    found = known(store)
    assert found.title == (first.title or FULL.title)
    assert (found.artists, found.album, found.duration) == (FULL.artists, "Belief", 226.9)
    assert found.ids == FULL.ids
    assert [track.id for track, _ in store.tracks.search("carry tyl belief")] == [X]


def test_nothing_that_is_known_goes(store: Store):
    store.tracks.put_many([FULL])
    revision = store.revision()
    for other in (
        BARE,
        SHORT,
        Track(X, "Carry Her", ("Mo Page", "A", "B"), "Other", 1.0, None, {"isrc": "GBAAA0000001"}),
        Track(X, "Carry Her", ("A", "Mo Page", "C")),
    ):
        assert store.tracks.put_many([other]) == 0
    found = known(store)
    assert (found.title, found.album, found.duration, found.ids) == (
        "Carry Her!", "Belief", 226.9, FULL.ids,
    )  # fmt: skip
    assert found.artists == ("Mo Page", "Tyl, The Maker", "A", "B")
    assert store.revision() == revision + 1


def test_ids_with_other_names_are_counted_and_bring_nothing(store: Store):
    store.tracks.put_many([SHORT])
    wrong = Track(X, "Grey Rain", ("Somebody",), "Elsewhere", 100.0)
    written = store.playlists.put_many([Playlist("P", (wrong, wrong), "x:1")])
    assert (written.differing, written.tracks) == (1, 0)
    assert known(store) == SHORT
    assert store.playlists.put_many([Playlist("P", (SHORT, FULL), "x:2")]).differing == 0
    both = Track(TrackId("x:n"), "A", ("B",)), Track(TrackId("x:n"), "C", ("D",), "E")
    assert store.playlists.put_many([Playlist("P", both, "x:3")]).differing == 1


def test_what_was_rolled_back_is_added_later(store: Store):
    store.tracks.put_many([SHORT])
    with pytest.raises(KeyboardInterrupt), store.transaction():
        store.tracks.put_many([FULL])
        raise KeyboardInterrupt
    assert known(store) == SHORT
    store.tracks.put_many([FULL])
    assert known(store).album == "Belief"


def test_files_are_told_by_their_tags(store: Store):
    own = TrackId("file:1")
    store.tracks.put(Track(own, "Carry Her"))
    store.tracks.put_many([Track(own, "Carry Her", ("Mo Page",))])
    assert store.tracks.get([own])[own].artists == ()


def test_completed():
    assert completed(SHORT, BARE) is SHORT
    assert completed(SHORT, Track(X, "Carry Her", ("Other", "Mo Page"))) is SHORT
    assert completed(Track(X, "A", ("B",)), Track(X, "C", ("D",))) is None
    assert completed(Track(X, "A"), Track(X, "C", ("D",))) == Track(X, "A", ("D",))
    odd = Track(X, duration=float("nan"))
    assert completed(BARE, odd) is BARE
