"""What recommenders learn from is the same, read from the store or from the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from murecom.errors import BadInput, NotFound, Unsupported
from murecom.jobs.import_ import ImportOptions, import_playlists
from murecom.jobs.playlist_data import PlaylistData, limited, read_files, read_store
from murecom.store import Store
from murecom.types import Playlist, Step, Track, TrackId


def row(name: str, artist: str = "A") -> dict[str, str]:
    return {"track_uri": f"x:{name}", "track_name": name, "artist_name": artist, "album_name": "B"}


LISTS = [
    {"name": "one", "pid": 1, "tracks": [row("a"), row("b"), row("a")]},
    {"name": "two", "pid": 2, "tracks": [row("a"), row("c"), row("a - Remastered 2011")]},
    {"name": "none", "pid": 3, "tracks": []},
]


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "music.db") as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lists.jsonl"
    path.write_text("\n".join(map(json.dumps, LISTS)))
    return path


def plain(read: PlaylistData) -> dict[str, list[str]]:
    data = read.data
    assert data.interactions is not None
    assert len(read.playlists) == len(data.titles) == len(data.interactions)
    assert len(data.items) == len(data.artists) == len(data.albums) == data.interactions.n_items
    rows = zip(read.playlists, data.interactions, strict=True)
    return {
        playlist.rpartition("/")[2]: [data.items[item] for item in items.tolist()]
        for playlist, items in rows
    }


@pytest.mark.parametrize("options", [{}, {"merge": True}, {"min_count": 2}])
def test_store_and_files_agree(store, file, tmp_path, options):
    import_playlists(store, tmp_path / "home", ImportOptions((file,)))
    kept, direct = read_store(store, **options), read_files([file], **options)
    assert plain(kept) == plain(direct)
    assert kept.data.titles == direct.data.titles == ["one", "two"]
    assert kept.notes == direct.notes
    assert kept.data.revision == store.playlists.revision()
    assert direct.data.revision is None
    kept.data.check()


def test_what_the_options_do(file):
    a, b, c, again = "x:a", "x:b", "x:c", "x:a - Remastered 2011"
    assert plain(read_files([file])) == {"1": [a, b, a], "2": [a, c, again]}
    assert plain(read_files([file], merge=True)) == {"1": [a, b, a], "2": [a, c, a]}
    assert plain(read_files([file], min_count=2)) == {"1": [a, a], "2": [a]}
    assert read_files([file]).notes == ("Left out: 1 playlist without a track.",)


def test_what_may_not_be_learned_from(store):
    track = Track(TrackId("t:1"), "T", ("A",))
    store.playlists.put_many([Playlist("P", (track,), "x:1")])
    store.playlists.put_many([Playlist("Q", (track,), "x:2")], trainable=False)
    read = read_store(store)
    assert plain(read) == {"x:1": ["t:1"]}
    assert read.notes == ("Left out: 1 playlist that may not be learned from.",)


def test_albums_stand_in_for_playlists(store):
    def track(name: str, album: str | None) -> Track:
        return Track(TrackId(f"t:{name}"), name, ("A",), album)

    for number, name in enumerate("ba"):
        store.tracks.put(track(name, "Best"), number=number)
    store.tracks.put(track("c", None))
    assert plain(read_store(store)) == {}
    read = read_store(store, albums=True)
    assert plain(read) == {"album:A – Best": ["t:b", "t:a"]}
    assert read.data.titles == ["A – Best"]
    store.playlists.put_many([Playlist("P", (track("c", None), track("a", "Best")), "x:1")])
    both = read_store(store, albums=True, merge=True)
    assert plain(both) == {"x:1": ["t:c", "t:a"], "album:A – Best": ["t:b", "t:a"]}
    assert sorted(zip(both.data.items, both.data.albums, strict=True)) == [
        ("t:a", "Best"), ("t:b", "Best"), ("t:c", None),
    ]  # fmt: skip


def test_rare_tracks_may_be_left_out_later(store):
    a, b, c, d = (Track(TrackId(f"t:{name}"), name, ("A",)) for name in "abcd")
    store.playlists.put_many(
        [Playlist("P", (a, b), "x:1"), Playlist("Q", (b, c), "x:2"), Playlist("R", (d,), "x:3")]
    )
    at_once, later = read_store(store, min_count=2), limited(read_store(store), 2)
    assert plain(later) == plain(at_once) == {"x:1": ["t:b"], "x:2": ["t:b"]}
    assert later.notes == at_once.notes
    assert later.data.hash() == at_once.data.hash()
    assert later.data.revision == at_once.data.revision


def test_an_empty_store(store):
    for albums in (False, True):
        read = read_store(store, albums=albums, merge=True, min_count=2)
        assert (plain(read), list(read.data.items)) == ({}, [])


def test_files_of_all_kinds_and_what_was_left_out(file, tmp_path):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "a.m3u8").write_text("#EXTM3U\n#EXTINF:1,A - T\none.mp3\n")
    (folder / "b.jspf").write_text("{")
    (folder / "c.json").write_text('{"nothing": 1}')
    (folder / "d.jsonl").write_text("oops\n" * 9 + json.dumps(LISTS[0]) + "\n")
    for name in ("e.json", "f.json"):
        (folder / name).write_text(json.dumps({"playlists": LISTS[:1]}))
    steps: list[Step] = []
    read = read_files([file, folder, tmp_path / "none"], progress=steps.append)
    assert [own.rpartition("/")[2] for own in read.playlists] == ["1", "2", "a.m3u8", "1", "mpd:1"]
    files, rows, repeated, empty = read.notes
    assert files.startswith(f"Left out: 2 files: {tmp_path}/none: There is no such file.")
    assert "b.jspf" in files
    assert rows.startswith(f"Left out: 9 rows: {folder}/d.jsonl, line 1: it is no JSON")
    assert rows.endswith("… and 4 more")
    assert "came again" in repeated
    assert "without a track" in empty
    assert steps[-1].done == steps[-1].total


def test_nothing_to_read(tmp_path):
    with pytest.raises(NotFound, match="no playlist files"):
        read_files([tmp_path])
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(Unsupported, match="not a playlist"):
        read_files([tmp_path / "a.txt"])
    (tmp_path / "b.jspf").write_text("{")
    with pytest.raises(BadInput, match="damaged"):
        read_files([tmp_path / "b.jspf"])


def test_files_that_may_not_be_learned_from(file, tmp_path):
    path = tmp_path / "evening.csv"
    path.write_text("Track URI,Track Name,Artist Name(s)\nspotify:track:1,Song,Ann\n")
    with pytest.raises(BadInput, match="import --trainable"):
        read_files([path])
    read = read_files([path, file])
    assert plain(read) == plain(read_files([file]))
    assert "Left out: 1 file of services whose terms forbid learning from them." in read.notes
