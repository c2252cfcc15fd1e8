"""Bulk puts give what single puts give, whatever was there before."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.store import ImportRow, Store, Written
from murecom.types import Playlist, Track, TrackId


def track(name: str, **more) -> Track:
    return Track(
        TrackId(f"t:{name}"),
        more.pop("title", f"Title {name}"),
        more.pop("artists", (f"Artist {name}", "Both")),
        more.pop("album", f"Album {name}"),
        more.pop("duration", 61.5),
        None,
        more.pop("ids", {"spotify": f"s:{name}"}),
    )


A, B, C = map(track, "abc")


def contents(store: Store) -> dict[str, object]:
    tracks = list(store.tracks.iter())
    return {
        "playlists": {p.id: p for p in store.playlists.iter()},
        "tracks": {t.id: t for t in tracks},
        "found": {t.id: [x.id for x, _ in store.tracks.search(t.name)] for t in tracks},
    }


held = st.lists(st.sampled_from("abcdef"), max_size=6)
many = st.lists(st.tuples(st.integers(0, 4), held, st.sampled_from(["P", "Q\0", "夜"])), max_size=8)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(many, many)
def test_the_same_as_one_by_one(empty_database: Path, tmp_path_factory, first, second):
    folder = tmp_path_factory.mktemp("bulk")
    found = []
    for way in ("one", "many"):
        path = folder / f"{way}.db"
        path.write_bytes(empty_database.read_bytes())
        with Store.open(path) as store:
            for drawn in (first, second):
                playlists = [
                    Playlist(name, tuple(map(track, tracks)), f"x:{number}", name.lower())
                    for number, tracks, name in drawn
                ]
                if way == "many":
                    store.playlists.put_many(playlists)
                else:
                    for playlist in playlists:
                        store.playlists.put(playlist)
            found.append(contents(store))
    assert found[0]["playlists"] == found[1]["playlists"]
    # a list that is replaced in the same batch leaves no tracks behind
    assert found[1]["tracks"].items() <= found[0]["tracks"].items()
    assert all(track_id in ids[:3] for track_id, ids in found[1]["found"].items())


def test_counts(store: Store):
    first = [Playlist("P", (A, B, A), "x:1"), Playlist("Q", (C,), "x:2"), Playlist("E", (), "y:1")]
    assert store.playlists.put_many(iter(first)) == Written(3, 0, 0, 4, 3)
    assert store.playlists.put_many(first) == Written(0, 0, 3, 0, 0)
    changed = [
        Playlist("P", (A, A, B), "x:1"),
        Playlist("R", (C,), "x:2"),
        Playlist("E", (), "y:1"),
    ]
    assert store.playlists.put_many(changed) == Written(0, 2, 1, 4, 0)
    assert store.playlists.put_many([]) == Written()
    found = store.playlists.get("x:1")
    assert found is not None
    assert found.tracks == (A, A, B)
    assert store.status()["playlists"] == 3


def test_known_tracks_artists_and_albums_stay(store: Store):
    store.tracks.put(A, year=1999, genres=["rock"])
    other = track("d", artists=("Artist a", "artist A"), album="Album a")
    store.playlists.put_many([Playlist("P", (track("a", title="else"), other), "x:1")])
    assert store.tracks.get([A.id, other.id]) == {A.id: A, other.id: other}
    assert store.tracks.details([A.id])[A.id].year == 1999
    assert [t.id for t, _ in store.tracks.search("title d")] == [other.id]
    assert store.tracks.search("else") == []
    assert store.tracks.put_many([A, B, track("d", title="new")]) == 1
    assert store.tracks.get([other.id])[other.id].title == "Title d"


def test_names_no_database_takes(store: Store):
    odd = track("o", title="a\0b\ud800c", artists=("x\0", ""), album="\0", duration=float("nan"))
    bare = Track(TrackId("t:bare"))
    store.playlists.put_many([Playlist("n\0", (odd, bare), "x:1", "\ud800")])
    found = store.playlists.get("x:1")
    assert found is not None
    assert (found.name, found.description) == ("n", "")
    assert found.tracks[0] == Track(odd.id, "abc", ("x", ""), "", None, None, odd.ids)
    assert found.tracks[1] == bare


@pytest.mark.parametrize(
    "bad",
    [
        Playlist("P"),
        Playlist("P", (), "x"),
        Playlist("P", (), "x:\0"),
        Playlist("P", (Track(TrackId("t\0:1")),), "x:2"),
        Playlist("P", (Track(TrackId("x:" + "y" * 1000)),), "x:2"),
    ],
)
def test_bad_ids_keep_the_batch_out(store: Store, bad: Playlist):
    with pytest.raises(BadInput, match="source:source_id"):
        store.playlists.put_many([Playlist("P", (A,), "x:1"), bad])
    assert store.status()["playlists"] == store.status()["tracks"] == 0


def test_what_was_committed_before_an_interruption_stays(store: Store):
    def stream():
        for number in range(3):
            yield Playlist("P", (A,) * 20_000, f"x:{number}")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.playlists.put_many(stream())
    assert store.status()["playlists"] == 3
    with pytest.raises(KeyboardInterrupt), store.transaction():
        store.playlists.put_many(stream())
    assert store.status()["playlists"] == 3


def test_the_revision_grows_with_every_change_and_only_then(store: Store):
    seen = [store.playlists.revision()]

    def grew() -> bool:
        seen.append(store.playlists.revision())
        return seen[-1] > seen[-2]

    p, q = Playlist("P", (A, B), "x:1"), Playlist("Q", (B,), "x:2")
    store.playlists.put_many([p, q])
    assert grew()
    store.playlists.put_many([p])
    assert not grew()
    store.playlists.put_many([p], trainable=False)
    assert grew()
    store.playlists.put(q)
    assert not grew()
    store.tracks.put(C)
    store.tracks.put(A, year=2000)
    store.tracks.delete([C.id])
    assert not grew()
    store.tracks.put(C)
    assert store.tracks.move(A.id, C.id)
    assert grew()
    store.tracks.delete([C.id])
    assert grew()
    store.playlists.delete("x:9")
    assert not grew()
    store.playlists.delete("x:2")
    assert grew()
    with pytest.raises(KeyboardInterrupt), store.transaction():
        store.playlists.put_many([q])
        raise KeyboardInterrupt
    assert not grew()


def test_what_somebody_decided_holds(store: Store):
    p = Playlist("P", (A, B), "x:1")

    def may_be_learned_from() -> bool:
        return len(store.playlists.lists().playlists) == 1

    store.playlists.put_many([p])
    assert may_be_learned_from()
    store.playlists.put_many([p], trainable=False, trainable_on="2026-11-22")
    assert not may_be_learned_from()
    assert store.playlists.put_many([p]).unchanged == 1
    store.playlists.put_many([Playlist("P", (B,), "x:1")])
    assert not may_be_learned_from()
    store.playlists.put_many([p], trainable=True, trainable_on="2026-11-23")
    assert may_be_learned_from()
    store.playlists.put_many([p], trainable=False)
    assert may_be_learned_from()


def test_imports(store: Store):
    row = ImportRow("/a/\udcff.jsonl", 2**40, 2**60, None, 5, 2)
    store.imports.put(row)
    assert store.imports.get(row.path) == row
    done = ImportRow(row.path, 1, 2, False, 7, 0, True)
    store.imports.put(done)
    assert store.imports.get(row.path) == done
    assert store.imports.get("/b") is None


def test_more_values_than_a_statement_takes(store: Store):
    held = tuple(Track(TrackId(f"t:{number}")) for number in range(33_000))
    assert store.playlists.put_many([Playlist("P", held, "x:1")]).tracks == 33_000
    assert store.playlists.put_many([Playlist("P", held, "x:1")]).unchanged == 1
    with store.transaction():
        lists = [Playlist("P", (), f"y:{number}") for number in range(33_000)]
        assert store.playlists.put_many(lists).added == 33_000


# Puts playlists without end and prints the number of each when it is committed.
WRITER = """
import sys
from itertools import count
from murecom.store import Store
from murecom.types import Playlist, Track

def made(number):
    rows = range(number, number + 30)
    tracks = tuple(Track(f"t:{n}", f"Title {n}", (f"Artist {n // 9}",)) for n in rows)
    return Playlist(f"P {number}", tracks, f"x:{number}", None, (7,) * 30, ("a", "b"), str(number))

if __name__ == "__main__":
    with Store.open(sys.argv[1]) as store:
        for number in count(int(sys.argv[2])):
            store.playlists.put(made(number))
            print(number, flush=True)
"""


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_that_it_reported(path: Path, tmp_path: Path):
    program = tmp_path / "writer.py"
    program.write_text(WRITER)
    names: dict = {"__name__": "made"}
    exec(WRITER, names)
    reported, first = set(), 0
    for seconds in (0.0, 0.11, 0.27, 0.4):
        command = [sys.executable, str(program), str(path), str(first)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            began = process.stdout.readline()
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
            lines = [began, *process.stdout]
        reported |= {int(line) for line in lines if line.endswith("\n")}
        first = max(reported) + 2
    with Store.open(path) as store:
        there = {playlist.id: playlist for playlist in store.playlists.iter()}
        assert len(reported) <= len(there) <= len(reported) + 4
        assert {f"x:{number}" for number in reported} <= there.keys()
        for playlist_id, playlist in there.items():
            assert playlist == names["made"](int(str(playlist_id)[2:]))
        assert store.tracks.search(f"title {first - 2}")
