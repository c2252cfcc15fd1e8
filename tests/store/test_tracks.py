"""Tracks go in and come out as they were."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from murecom.errors import BadInput, NotFound
from murecom.store import Details, FileRow, Store
from murecom.types import Playlist, Track, TrackId

Put = Callable[..., TrackId]

SUITE = Track(
    TrackId("file:abc"),
    "Cello Suite No. 2: Sarabande",
    ("J. S. Bach", "Yo-Yo Ma"),
    "Cello Suites",
    245.5,
    None,
    {"isrc": "US123", "mbid": "f00"},
)


def test_a_track_comes_back_as_it_was(store: Store) -> None:
    store.tracks.put(SUITE, album_artist="Ma", year=1983, number=4, genres=["Classical", "Cello"])
    assert store.tracks.get([SUITE.id]) == {SUITE.id: SUITE}
    assert store.tracks.details([SUITE.id]) == {
        SUITE.id: Details(("Classical", "Cello"), 1983, "Ma", 4, {}, False)
    }


def test_what_is_unknown_is_absent(store: Store) -> None:
    bare = Track(TrackId("netease:1"))
    store.tracks.put(bare)
    assert store.tracks.get([TrackId("x:1"), bare.id, TrackId(""), TrackId("\ud800")]) == {
        bare.id: bare
    }
    assert store.tracks.details([TrackId("x:1"), bare.id]) == {bare.id: Details()}
    assert store.tracks.get([]) == {}


def test_get_keeps_the_order_asked_in_any_number(store: Store) -> None:
    with store.transaction():
        for number in range(1200):
            store.tracks.put(Track(TrackId(f"t:{number}"), str(number)))
    ids = [TrackId(f"t:{number}") for number in range(1199, -1, -1)]
    assert list(store.tracks.get([*ids, *ids])) == ids
    assert [track.id for track in store.tracks.iter(batch=7)] == ids[::-1]
    assert [track.id for track in store.tracks.iter(batch=1200)] == ids[::-1]
    assert len(store.tracks.details(ids)) == 1200


def test_put_again_replaces_everything(store: Store) -> None:
    store.tracks.put(SUITE, album_artist="Ma", year=1983, genres=["Classical"])
    changed = Track(SUITE.id, "Gigue", ("Bach",), None, None, None, {"spotify": "s"})
    store.tracks.put(changed, genres=["Baroque"])
    assert store.tracks.get([SUITE.id]) == {SUITE.id: changed}
    assert store.tracks.details([SUITE.id])[SUITE.id] == Details(("Baroque",))
    assert store.tracks.search("sarabande") == []
    assert store.tracks.search("yo-yo") == []
    assert [track.id for track, _ in store.tracks.search("gigue")] == [SUITE.id]
    assert store.status()["tracks"] == 1
    assert store.status()["artists"] == 1, "Yo-Yo Ma has no track any more"
    assert store.status()["albums"] == 0


def test_genres_of_other_sources_stay(store: Store) -> None:
    store.tracks.put(SUITE, genres=["Classical"])
    store.tracks.put(SUITE, genres=["baroque", "Classical"], source="lastfm")
    store.tracks.put(SUITE, genres=[])
    assert store.tracks.details([SUITE.id])[SUITE.id].genres == ("baroque", "Classical")


def test_artists_keep_their_order_and_spelling(store: Store, put: Put) -> None:
    first = put("A", "Björk", "bjork", "Björk")
    assert store.tracks.get([first])[first].artists == ("Björk", "bjork", "Björk")
    assert store.status()["artists"] == 1, "one artist in three spellings"


def test_albums_of_one_title_are_told_apart(store: Store, put: Put) -> None:
    put("A", album="Greatest Hits", album_artist="Queen")
    put("B", album="Greatest Hits", album_artist="Abba")
    put("C", album="Greatest Hits", album_artist="Abba")
    assert store.status()["albums"] == 2


def test_a_path_is_one_that_is_present(store: Store) -> None:
    store.tracks.put(SUITE)
    for name, state in (("a", "gone"), ("c", "done"), ("b", "done")):
        store.files.put(FileRow(f"/m/{name}.mp3", 1, 1, track=SUITE.id, state=state))
    assert store.tracks.get([SUITE.id])[SUITE.id].path == "/m/b.mp3"
    store.files.mark_gone(["/m/b.mp3", "/m/c.mp3"])
    assert store.tracks.get([SUITE.id])[SUITE.id].path is None
    assert store.tracks.details([SUITE.id])[SUITE.id].lost
    assert store.tracks.by_path("/m/a.mp3") == SUITE
    assert store.tracks.by_path("/m/z.mp3") is None


def test_lost_tracks_are_neither_found_nor_counted(store: Store, put: Put) -> None:
    here, lost, crawled = put("One", "X"), put("Two", "Y", album="B"), put("Three", "Z")
    store.vectors.put(lost, "k", np.ones(3))
    store.files.put(FileRow("/m/1", 1, 1, track=here))
    store.files.put(FileRow("/m/2", 1, 1, track=lost))
    store.files.mark_gone(["/m/2"])
    assert store.tracks.search("two") == []
    assert store.tracks.search("y") == []
    assert [track.id for track in store.tracks.iter()] == [here, lost, crawled]
    status = store.status()
    assert status | {"tracks": 2, "lost": 1, "artists": 2, "albums": 0, "vectors": 0} == status
    store.files.put(FileRow("/m/2", 1, 1, track=lost))
    assert [track.id for track, _ in store.tracks.search("two")] == [lost]
    assert store.status()["vectors"] == 1


def test_delete(store: Store) -> None:
    other = Track(TrackId("t:2"), "Other", ("J. S. Bach",))
    store.tracks.put(SUITE, genres=["x"])
    store.tracks.put(other)
    store.files.put(FileRow("/m/1", 1, 1, track=SUITE.id))
    store.vectors.put(SUITE.id, "k", np.ones((2, 3)))
    store.descriptors.put(SUITE.id, {"tempo": (120, "BPM")})
    playlist = store.playlists.put(Playlist("P", (SUITE, other, SUITE)))
    store.tracks.delete([SUITE.id, TrackId("unknown:1")])
    assert store.tracks.get([SUITE.id]) == {}
    assert store.tracks.search("sarabande") == []
    assert store.files.get("/m/1") is None
    assert store.vectors.get(SUITE.id, "k") is None
    assert store.tags.get(SUITE.id) == []
    kept = store.playlists.get(playlist)
    assert kept is not None
    assert kept.tracks == (other,)
    store.tracks.put(SUITE)
    assert store.tracks.details([SUITE.id]) == {SUITE.id: Details()}


class TestMove:
    """A file whose tags were edited has other content, hence another id."""

    new = Track(TrackId("file:new"), "Sarabande", ("Bach",))

    def test_what_the_user_made_follows(self, store: Store) -> None:
        store.tracks.put(SUITE, genres=["old"])
        store.tags.put(SUITE.id, [("mood", "calm", 1, "user"), ("sound", "cello", 0.9, "musicnn")])
        playlist = store.playlists.put(Playlist("P", (SUITE, SUITE)))
        store.files.put(FileRow("/m/1", 1, 1, track=SUITE.id))
        store.tracks.put(self.new, genres=["new"])
        store.tags.put(self.new.id, [("mood", "quiet", 1, "user")])
        store.files.put(FileRow("/m/1", 2, 2, track=self.new.id))
        assert store.tracks.move(SUITE.id, self.new.id)
        moved = store.playlists.get(playlist)
        assert moved is not None
        assert [track.id for track in moved.tracks] == [self.new.id] * 2
        assert store.tracks.get([SUITE.id]) == {}
        assert {(tag.key, tag.value) for tag in store.tags.get(self.new.id)} == {
            ("genre", "new"), ("mood", "quiet"), ("mood", "calm"),
        }  # fmt: skip
        assert store.tracks.move(SUITE.id, self.new.id) is False, "already done"

    def test_another_copy_stays(self, store: Store) -> None:
        store.tracks.put(SUITE)
        store.tracks.put(self.new)
        store.files.put(FileRow("/m/copy", 1, 1, track=SUITE.id))
        assert store.tracks.move(SUITE.id, self.new.id) is False
        store.files.mark_gone(["/m/copy"])
        assert store.tracks.move(SUITE.id, self.new.id) is True

    def test_the_new_one_must_exist(self, store: Store) -> None:
        store.tracks.put(SUITE)
        with pytest.raises(NotFound, match="file:new"):
            store.tracks.move(SUITE.id, self.new.id)
        assert store.tracks.move(SUITE.id, SUITE.id) is False
        assert store.tracks.get([SUITE.id])


@pytest.mark.parametrize("bad", ["", "x", ":", "a:", ":b", "a:\0", "a:\udcff", "a:" + "b" * 2000])
def test_bad_ids(store: Store, bad: str) -> None:
    with pytest.raises(BadInput, match="source:source_id"):
        store.tracks.put(Track(TrackId(bad)))


def test_paths_and_ids_cannot_break_out(store: Store, put: Put) -> None:
    evil = "x'; DROP TABLE track; --"
    track_id = put(evil, evil, id=f"t:{evil}", album=evil, genres=[evil])
    assert store.tracks.get([track_id])[track_id].title == evil
    assert [track.id for track, _ in store.tracks.search(evil)] == [track_id]
    assert store.tracks.by_path(evil) is None
    assert list(store.files.iter(under=evil, state=evil)) == []
    assert store.status()["tracks"] == 1


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.none() | st.text(),
    artists=st.lists(st.text(), max_size=3),
    album=st.none() | st.text(),
)
def test_any_text_is_kept(
    store: Store, title: str | None, artists: list[str], album: str | None
) -> None:
    track = Track(TrackId("t:1"), title, tuple(artists), album, 1.0, None, {"k": title or ""})
    store.tracks.put(track)

    def kept(text: str) -> str:
        return text.replace("\0", "").encode("utf-8", "ignore").decode()

    found = store.tracks.get([track.id])[track.id]
    assert found.title == (None if title is None else kept(title))
    assert found.artists == tuple(kept(name) for name in artists)
    assert found.album == (None if album is None else kept(album))
    if title:
        store.tracks.search(title)


def test_a_transaction_keeps_all_or_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.tracks.put(SUITE)
        with store.transaction():
            store.files.put(FileRow("/m/1", 1, 1, track=SUITE.id))
        assert store.tracks.get([SUITE.id]), "a transaction sees what it wrote"
        raise ZeroDivisionError
    assert store.status()["tracks"] == 0
    assert store.files.get("/m/1") is None
    store.tracks.put(SUITE)
    assert store.tracks.get([SUITE.id])[SUITE.id].artists == SUITE.artists


def test_the_revision_grows_with_changes(store: Store) -> None:
    seen = [store.revision()]
    store.tracks.put(SUITE)
    seen.append(store.revision())
    store.files.put(FileRow("/m/1", 1, 1, track=SUITE.id))
    seen.append(store.revision())
    store.vectors.put(SUITE.id, "k", np.ones(3))
    seen.append(store.revision())
    store.files.mark_gone(["/m/1"])
    seen.append(store.revision())
    store.tracks.delete([SUITE.id])
    seen.append(store.revision())
    assert seen == sorted(set(seen))
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.tracks.put(SUITE)
        raise ZeroDivisionError
    store.playlists.put(Playlist("P"))
    assert store.revision() == seen[-1]
