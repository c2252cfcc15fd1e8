"""Several threads and processes at once, and processes that are killed."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from murecom.errors import NotReady
from murecom.store import FileRow, Store
from murecom.types import Track, TrackId

WRITER = """
import sys
import numpy as np
from murecom.store import FileRow, Store
from murecom.types import Playlist, Track, TrackId
name, count = sys.argv[2], int(sys.argv[3])
with Store.open(sys.argv[1]) as store:
    print("ready", flush=True)
    for number in range(count):
        track = Track(TrackId(f"{name}:{number}"), f"Song {number}", (f"Artist {number % 5}", name))
        with store.transaction():
            store.tracks.put(track, genres=["rock", "pop"])
            store.files.put(FileRow(f"/{name}/{number}", 1, 1, track=track.id))
            for key in ("a", "b"):
                store.vectors.put(track.id, key, np.full((5, 20), number % 7))
            store.playlists.put(Playlist(name, (track,)), source="test", source_id=track.id)
        print(number, flush=True)
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def check(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO track_name (track_name) VALUES ('integrity-check')")
        lists = [
            {row[0] for row in connection.execute(query)}
            for query in (
                "SELECT pk FROM track",
                "SELECT rowid FROM track_name",
                "SELECT track FROM file",
                "SELECT track FROM vector GROUP BY track HAVING count(*) = 2",
                "SELECT track FROM vector_window GROUP BY track HAVING count(*) = 2",
                "SELECT track FROM track_artist GROUP BY track HAVING count(*) = 2",
                "SELECT track FROM playlist_track",
            )
        ]
        assert all(found == lists[0] for found in lists), (
            "a track is there as a whole or not at all"
        )
    connection.close()


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """Both make the database, both write, nothing is lost."""
    path = tmp_path / "new" / "music.db"
    processes = [writer(path, name, 40) for name in ("one", "two", "three")]
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    with Store.open(path) as store:
        assert store.status() == store.status() | {
            "tracks": 120, "artists": 8, "files": 120, "vectors": 240, "playlists": 120,
        }  # fmt: skip
        assert store.revision() == 120
    check(path)


def test_a_killed_writer_leaves_whole_tracks(path: Path) -> None:
    rng = random.Random(0)
    for attempt in range(4):
        process = writer(path, f"run{attempt}", 100_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        printed = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        done = len([line for line in printed if line.isdigit()])
        with Store.open(path) as store:
            found = len(list(store.files.iter(under=f"/run{attempt}")))
            # What was reported is there; one more may have been committed but not yet reported.
            assert done <= found <= done + 1
            store.files.put(FileRow("/m/after", 1, 1))
            store.tracks.put(Track(TrackId("after:1"), "After"))
            store.tracks.delete([TrackId("after:1")])
            with store._database.write() as work:
                work.connection.exec_driver_sql("DELETE FROM file WHERE track IS NULL")
        check(path)


def test_threads_share_a_store(store: Store) -> None:
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(25):
                track = Track(TrackId(f"{name}:{number}"), f"Song {number}", ("Same Artist",))
                with store.transaction():
                    store.tracks.put(track)
                    store.vectors.put(track.id, "k", np.ones((2, 4)))
                assert store.tracks.get([track.id])
                store.tracks.search("song same")
                store.vectors.matrix("k")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"thread{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.status() == store.status() | {"tracks": 100, "artists": 1, "vectors": 100}


def test_a_transaction_belongs_to_its_thread(store: Store) -> None:
    seen: list[int] = []
    with store.transaction():
        store.tracks.put(Track(TrackId("t:1")))
        thread = threading.Thread(target=lambda: seen.append(store.status()["tracks"]))
        thread.start()
        thread.join()
        seen.append(store.status()["tracks"])
    assert seen == [0, 1]


def test_what_was_rolled_back_is_not_remembered(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.tracks.put(Track(TrackId("t:1"), "A", ("Nobody",), "Nothing"))
        raise ZeroDivisionError
    store.tracks.put(Track(TrackId("t:2"), "B", ("Somebody",), "Something"))
    store.tracks.put(Track(TrackId("t:3"), "C", ("Nobody",), "Nothing"))
    found = store.tracks.get([TrackId("t:3")])[TrackId("t:3")]
    assert (found.artists, found.album) == (("Nobody",), "Nothing")


def test_a_store_does_not_cross_a_fork(store: Store) -> None:
    store.tracks.put(Track(TrackId("t:1")))
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        said = "nothing"
        try:
            store.status()
        except NotReady as error:
            said = str(error)
        finally:
            store.close()
            os.write(write, said.encode())
            os._exit(0)
    os.waitpid(child, 0)
    assert b"another process. Open it again" in os.read(read, 1000)
    os.close(read)
    os.close(write)
    assert store.status()["tracks"] == 1


def test_reading_goes_on_beside_a_long_write(store: Store, path: Path) -> None:
    store.tracks.put(Track(TrackId("t:1")))
    with Store.open(path) as other, store.transaction():
        store.tracks.put(Track(TrackId("t:2")))
        start = time.perf_counter()
        assert other.status()["tracks"] == 1
        assert time.perf_counter() - start < 5
    with Store.open(path) as other:
        assert other.status()["tracks"] == 2


def test_half_a_change_is_not_committed(store: Store) -> None:
    with pytest.raises(OSError, match="no such music"), store.transaction():
        store.tracks.put(Track(TrackId("t:1")))
        with suppress(OSError), store.transaction():
            store.tracks.put(Track(TrackId("t:2")))
            raise OSError(2, "no such music")
    assert store.status()["tracks"] == 0


def test_a_write_inside_a_read_is_refused(store: Store) -> None:
    with store._database.read(), pytest.raises(NotReady, match="inside a read"):
        store.tracks.put(Track(TrackId("t:1")))
