"""Playlists read as arrays are the playlists that were put."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from murecom.store import FileRow, Lists, Store
from murecom.types import Playlist, Step, Track, TrackId


def track(name: str) -> Track:
    artists = () if name == "a" else (f"Artist {name}", "Guest")
    return Track(TrackId(f"t:{name}"), f"Title {name}", artists, None if name in "ab" else "Album")


def plain(lists: Lists) -> list[list[str]]:
    bounds = zip(lists.starts[:-1], lists.starts[1:], strict=True)
    return [[lists.tracks[row] for row in lists.entries[a:b].tolist()] for a, b in bounds]


drawn = st.lists(
    st.tuples(st.lists(st.sampled_from("abcdef"), max_size=6), st.booleans()), max_size=6
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn)
def test_lists(empty_database, tmp_path_factory, drawn):
    path = tmp_path_factory.mktemp("lists") / "music.db"
    path.write_bytes(empty_database.read_bytes())
    with Store.open(path) as store:
        store.tracks.put(track("never"))
        for number, (held, may) in enumerate(drawn):
            tracks = tuple(map(track, held))
            store.playlists.put_many([Playlist(f"P{number}", tracks, f"x:{number}")], trainable=may)
        for only in (True, False):
            lists = store.playlists.lists(trainable=only, titles=True)
            kept = [(n, held) for n, (held, may) in enumerate(drawn) if may or not only]
            assert plain(lists) == [[f"t:{name}" for name in held] for _, held in kept]
            assert list(lists.playlists) == [f"x:{n}" for n, _ in kept]
            assert list(lists.titles) == [f"P{n}" for n, _ in kept]
            assert lists.left_out == len(drawn) - len(kept)
            assert set(lists.tracks) == {f"t:{name}" for _, held in kept for name in held}
            tracks = [track(track_id[2:]) for track_id in lists.tracks]
            assert list(lists.names) == [t.title for t in tracks]
            assert list(lists.albums) == [t.album for t in tracks]
            assert list(lists.artists) == [t.artists[0] if t.artists else None for t in tracks]


def test_nothing_at_all(store: Store):
    lists = store.playlists.lists()
    assert (plain(lists), list(lists.tracks), lists.starts.tolist()) == ([], [], [0])
    assert plain(store.playlists.albums()) == []
    store.playlists.put_many([Playlist("empty", (), "x:1")])
    assert plain(store.playlists.lists()) == [[]]


def test_names_are_read_only_when_asked_for_and_progress_is_told(store: Store):
    store.playlists.put_many([Playlist("P", (track("a"), track("b")), "x:1")])
    steps: list[Step] = []
    assert store.playlists.lists(progress=steps.append).names == []
    assert steps[0] == Step("Reading playlists", 2, 2)


def test_albums(store: Store):
    def put(name: str, artist: str, album: str | None, number: int | None, **more) -> None:
        store.tracks.put(Track(TrackId(f"t:{name}"), name, (artist,), album), number=number, **more)

    put("two", "A", "Best", 2)
    put("one", "A", "Best", 1)
    put("none", "A", "Best", None)
    put("other", "B", "Best", 1)
    put("mix 1", "C", "Mix", 1, album_artist="VA")
    put("mix 2", "D", "Mix", 2, album_artist="VA")
    put("single", "A", None, None)
    put("gone", "A", "Best", 3)
    put("twin 1", "E", "Twin", 1)  # one album by two names of its own, and called alike
    put("twin 2", "F", "Twin", 2, album_artist="E")
    store.files.put(FileRow("/gone", 1, 1, "h", TrackId("t:gone"), "gone"))
    albums = store.playlists.albums()
    assert dict(zip(albums.titles, plain(albums), strict=True)) == {
        "A – Best": ["t:one", "t:two", "t:none"],
        "VA – Mix": ["t:mix 1", "t:mix 2"],
        "E – Twin": ["t:twin 1", "t:twin 2"],
    }
    assert set(albums.playlists) == {"album:A – Best", "album:VA – Mix", "album:E – Twin"}
    assert len(albums.tracks) == len(albums.artists) == len(albums.albums) == len(albums.names) == 7
