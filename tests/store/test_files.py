"""Files by path, state and content."""

from pathlib import Path

import pytest

from murecom.errors import BadInput, NotFound
from murecom.store import STATES, FileRow, Store
from murecom.types import Track, TrackId

NASTY = [
    "/m/a b.mp3",
    "/m/new\nline.mp3",
    "/m/quote'\".mp3",
    "/m/%_[x].mp3",
    "/m/emoji 🎵.mp3",
    "/m/latin-1 \udcf6\udcff.mp3",
    "/m/晴天.mp3",
    "/" + "d" * 250 + "/x.mp3",
]


@pytest.mark.parametrize("name", NASTY)  # `path` is that of the database
def test_any_path_is_kept(store: Store, name: str) -> None:
    row = FileRow(name, 2**40, 2**62, "ab12", None, "failed", "It is empty.")
    store.files.put(row)
    assert store.files.get(name) == row
    assert list(store.files.iter()) == [row]
    assert list(store.files.iter(under=name)) == [row]


def test_put_again_replaces(store: Store) -> None:
    track = Track(TrackId("t:1"))
    store.tracks.put(track)
    store.files.put(FileRow("/m/1", 1, 1, "h1", None, "failed", "Bad."))
    new = FileRow("/m/1", 2, 3, "h2", track.id)
    store.files.put(new)
    assert store.files.get("/m/1") == new
    assert store.files.get("/m/2") is None


def test_unknown_states_and_tracks(store: Store) -> None:
    with pytest.raises(BadInput, match="done, failed, short, silent, gone"):
        store.files.put(FileRow("/m/1", 1, 1, state="lost"))
    with pytest.raises(NotFound, match="t:1"):
        store.files.put(FileRow("/m/1", 1, 1, track=TrackId("t:1")))
    with pytest.raises(BadInput, match="NUL"):
        store.files.get("a\0b")
    assert store.files.get("/m/1") is None


def test_a_refused_put_does_not_spoil_a_transaction(store: Store) -> None:
    with store.transaction():
        store.files.put(FileRow("/m/1", 1, 1))
        with pytest.raises(NotFound):
            store.files.put(FileRow("/m/2", 1, 1, track=TrackId("t:1")))
        store.files.put(FileRow("/m/3", 1, 1))
    assert [row.path for row in store.files.iter()] == ["/m/1", "/m/3"]


def test_iter_by_folder_and_state(store: Store) -> None:
    paths = ["/a", "/a/1", "/a/b/2", "/a-b/3", "/a0", "/A/1", "/a/\udcff", "/b"]
    for number, path in enumerate(paths):
        store.files.put(FileRow(path, 1, 1, state=STATES[number % 2]))

    def under(folder: str | None, state: str | None = None, batch: int = 2) -> set[str]:
        return {row.path for row in store.files.iter(folder, state, batch)}

    assert under("/a") == under("/a/") | {"/a"}
    assert under("/a/") == {"/a/1", "/a/b/2", "/a/\udcff"}
    assert under("/") == under(None) == set(paths)
    assert under("/a", "failed") == {"/a/1"}
    assert under("/c") == set()
    ordered = [row.path for row in store.files.iter(batch=3)]
    assert ordered == sorted(paths, key=lambda path: path.encode("utf-8", "surrogateescape"))


def test_by_hash_and_track(store: Store) -> None:
    store.tracks.put(Track(TrackId("t:1")))
    rows = [
        FileRow("/m/1", 1, 1, "same", TrackId("t:1")),
        FileRow("/m/2", 1, 1, "same", None, "gone"),
        FileRow("/m/3", 1, 1, "other", TrackId("t:1"), "gone"),
    ]
    for row in rows:
        store.files.put(row)
    assert store.files.by_hash("same") == rows[:2]
    assert store.files.by_hash("none") == []


def test_counts_and_mark_gone(store: Store) -> None:
    assert store.files.counts() == dict.fromkeys(STATES, 0)
    for number in range(5):
        store.files.put(FileRow(f"/m/{number}", 1, 1, "h", state="short", error="Too short."))
    store.files.mark_gone(["/m/1", "/m/3", "/unknown"])
    store.files.mark_gone([])
    assert store.files.counts() == dict.fromkeys(STATES, 0) | {"short": 3, "gone": 2}
    assert store.files.get("/m/1") == FileRow("/m/1", 1, 1, "h", None, "gone", "Too short.")
    assert store.status() == store.status() | {"files": 5, "gone": 2, "failed": 0}


def test_iter_goes_on_while_files_are_put(store: Store, tmp_path: Path) -> None:
    for number in range(6):
        store.files.put(FileRow(f"/m/{number}", 1, 1))
    for row in store.files.iter(batch=2):
        store.files.put(FileRow(row.path, 2, 2))
    assert {row.size for row in store.files.iter()} == {2}
