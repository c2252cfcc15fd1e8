"""What goes wrong with disks and files is said in one sentence with the next step."""

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from murecom.errors import BadInput, MurecomError, NotReady, Unreachable, Unsupported
from murecom.store import FileRow, Store
from murecom.store.faults import explained
from murecom.types import Track, TrackId


def filled(path: Path, count: int = 300) -> None:
    with Store.open(path) as store, store.transaction():
        for number in range(count):
            track = Track(TrackId(f"t:{number}"), f"Song {number}", (f"Artist {number % 9}",))
            store.tracks.put(track)
            store.vectors.put(track.id, "k", np.full((5, 200), number % 7))


def check(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO track_name (track_name) VALUES ('integrity-check')")
    connection.close()


class TestFullDisk:
    """As SQLite sees it: no page can be added to the file."""

    @pytest.fixture
    def full(self, path: Path) -> Store:
        filled(path, 20)
        store = Store.open(path)

        @sa.event.listens_for(store._database.engine, "connect")
        def limit(driver: sqlite3.Connection, _: object) -> None:
            (pages,) = driver.execute("PRAGMA page_count").fetchone()
            driver.execute(f"PRAGMA max_page_count = {pages + 8}")

        store._database.engine.dispose()
        return store

    def test_what_was_finished_is_kept(self, full: Store, path: Path) -> None:
        done = 0
        with pytest.raises(Unreachable) as caught:
            for number in range(1000):
                track = Track(TrackId(f"new:{number}"), f"New {number}")
                with full.transaction():
                    full.tracks.put(track)
                    full.vectors.put(track.id, "k", np.ones((5, 200)))
                done += 1
        assert str(caught.value) == (
            f"The disk that holds {path} is full. "
            "Free some space and run the same command again; what was finished is kept."
        )
        assert full.status()["tracks"] == 20 + done
        full.close()
        check(path)

    def test_a_swallowed_failure_does_not_commit_half(self, full: Store, path: Path) -> None:
        with pytest.raises(Unreachable), full.transaction():
            try:
                for number in range(1000):
                    full.tracks.put(Track(TrackId(f"new:{number}"), "x" * 500))
            except Unreachable:
                pass
            with pytest.raises(NotReady, match="failed before"):
                full.files.put(FileRow("/m/1", 1, 1))
        assert full.status()["tracks"] == 20
        full.close()
        check(path)


@pytest.mark.parametrize("keep", [50, 4096, 20_000])
def test_a_truncated_file(path: Path, keep: int) -> None:
    filled(path)
    with path.open("rb+") as stream:
        stream.truncate(keep)
    with pytest.raises(BadInput, match=r"damaged.*backup"), Store.open(path) as store:
        store.tracks.search("song")
        list(store.tracks.iter())
        store.vectors.matrix("k")


def test_scribbled_pages(path: Path) -> None:
    filled(path)
    data = bytearray(path.read_bytes())
    data[4096 * 3 :: 7] = b"\x5a" * len(data[4096 * 3 :: 7])
    path.write_bytes(data)
    with pytest.raises(BadInput, match="damaged"), Store.open(path) as store:
        list(store.tracks.iter())
        store.vectors.matrix("k")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "song.mp3"
    file.write_bytes(b"ID3" + bytes(10_000))
    with pytest.raises(BadInput, match="no murecom database"):
        Store.open(file)
    assert file.read_bytes().startswith(b"ID3")


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    file = tmp_path / "music.db"
    file.touch()
    with Store.open(file) as store:
        assert store.status()["tracks"] == 0


def test_folders_are_made(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/a/b/music.db") as store:
        assert store.revision() == 0
    Store.open(str(tmp_path / "a" / "b" / "music.db")).close()
    assert (tmp_path / "a" / "b" / "music.db").exists()


def test_places_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path, tmp_path / "file" / "music.db", tmp_path / ("x" * 300)):
        with pytest.raises(BadInput, match=r"(folder|cannot be a database).*(Name|Choose)"):
            Store.open(place)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("mysql://host/x", Unsupported),
        ("sqlite://", BadInput),
        ("sqlite:///:memory:", BadInput),
        ("no such://url", BadInput),
        ("sqlite://host:port/x", BadInput),
    ],
)
def test_addresses_that_cannot_be(url: str, error: type[MurecomError]) -> None:
    with pytest.raises(error):
        Store.open(url)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that other users may enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def as_nobody(path: Path) -> list[str]:
    """Open, read and write a database in a process that permissions bind, as they do not root."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        said = []
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            with Store.open(path) as store:
                said.append(f"read {store.status()['tracks']}")
                store.files.put(FileRow("/m/1", 1, 1))
                said.append("written")
        except BaseException as error:
            said.append(f"{type(error).__name__}: {error}")
        finally:
            os.write(write, "\n".join(said).encode())
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as stream:
        return stream.read().splitlines()


def test_a_folder_without_permission(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    (said,) = as_nobody(open_folder / "music.db")
    assert said == (
        f"Unreachable: You may not write to {open_folder / 'music.db'}. "
        "Change its permissions or choose another place."
    )
    (said,) = as_nobody(open_folder / "sub" / "music.db")
    assert said.startswith("Unreachable: You may not write to")


def test_a_file_without_permission(open_folder: Path) -> None:
    file = open_folder / "music.db"
    filled(file, 1)
    file.chmod(0)
    (said,) = as_nobody(file)
    assert said.startswith("Unreachable: You may not")


def test_a_read_only_database(open_folder: Path) -> None:
    file = open_folder / "music.db"
    filled(file, 5)
    file.chmod(0o444)
    open_folder.chmod(0o777)
    can_read, refused = as_nobody(file)
    assert can_read == "read 5"
    assert refused.startswith("Unreachable: You may not write to")


def test_a_read_only_folder(open_folder: Path) -> None:
    """SQLite wants to write beside a database with a log; it is told that nobody writes."""
    file = open_folder / "music.db"
    filled(file, 5)
    open_folder.chmod(0o555)
    can_read, refused = as_nobody(file)
    assert can_read == "read 5"
    assert refused.startswith("Unreachable: You may not write to")


def test_a_locked_database(path: Path) -> None:
    filled(path, 1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Store.open(path, wait=0.05) as store:
        assert store.status()["tracks"] == 1, "readers do not wait"
        with pytest.raises(NotReady, match=r"writing to .*for too long.*again"):
            store.files.put(FileRow("/m/1", 1, 1))
        other.execute("COMMIT")
        store.files.put(FileRow("/m/1", 1, 1))
    other.close()


@pytest.mark.parametrize(
    ("number", "error", "words"),
    [
        (errno.ENOSPC, Unreachable, "is full"),
        (errno.EDQUOT, Unreachable, "is full"),
        (errno.EACCES, Unreachable, "may not write"),
        (errno.EROFS, Unreachable, "may not write"),
        (errno.EIO, Unreachable, "Check the disk"),
        (errno.ENAMETOOLONG, BadInput, "Choose another path"),
    ],
)
def test_errors_of_the_system(number: int, error: type[MurecomError], words: str) -> None:
    raised = explained(OSError(number, os.strerror(number)), "/x/music.db")
    assert type(raised) is error
    assert words in str(raised)


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("53100", Unreachable),
        ("40P01", NotReady),
        ("55P03", NotReady),
        ("08006", Unreachable),
        ("28P01", Unreachable),
        ("42501", Unreachable),
        ("23505", RuntimeError),
    ],
)
def test_errors_of_a_server(state: str, error: type[Exception]) -> None:
    cause = RuntimeError("nothing\nmore")
    cause.sqlstate = state  # type: ignore[attr-defined]
    assert type(explained(cause, "postgresql://host/music")) is error


def test_other_errors_stay_what_they_are() -> None:
    error = ValueError("x")
    assert explained(error, "x") is error
    raised = explained(sqlite3.OperationalError("no such module: fts5"), "x")
    assert isinstance(raised, Unsupported)


class TestBackup:
    def test_a_backup_is_the_same(self, store: Store, path: Path, tmp_path: Path) -> None:
        track = Track(TrackId("t:1"), "晴天")
        store.tracks.put(track)
        target = tmp_path / "kept" / "copy.db"
        store.backup(target)
        store.tracks.delete([track.id])
        store.backup(str(tmp_path / "later.db"))
        check(target)
        assert [file.name for file in target.parent.iterdir()] == ["copy.db"]
        with Store.open(target) as copy:
            assert [found for found, _ in copy.tracks.search("晴天")] == [track]
        with Store.open(tmp_path / "later.db") as copy:
            assert copy.status()["tracks"] == 0

    def test_an_old_backup_is_replaced(self, store: Store, tmp_path: Path) -> None:
        target = tmp_path / "copy.db"
        target.write_text("old")
        store.backup(target)
        check(target)

    def test_places_that_cannot_be(self, store: Store, path: Path, tmp_path: Path) -> None:
        for target in (path, tmp_path):
            with pytest.raises(BadInput, match="Name a new file"):
                store.backup(target)
        other = tmp_path / "other.db"
        with Store.open(other) as opened:
            opened.files.put(FileRow("/m/1", 1, 1))
            with pytest.raises(BadInput, match="in use"):
                store.backup(other)
        with pytest.raises(BadInput, match="cannot be a database"):
            store.backup(path / "below.db")
        with store.transaction(), pytest.raises(NotReady, match="transaction"):
            store.backup(tmp_path / "copy.db")

    def test_a_damaged_database_gives_no_backup(self, path: Path, tmp_path: Path) -> None:
        filled(path)
        data = bytearray(path.read_bytes())
        half = len(data) // 2 // 4096 * 4096
        data[half : half + 40_960] = bytes(40_960)
        path.write_bytes(data)
        with Store.open(path) as store, pytest.raises(MurecomError, match="damaged"):
            store.backup(tmp_path / "copy.db")
        assert not (tmp_path / "copy.db").exists()
        assert not [file for file in tmp_path.iterdir() if "partial" in file.name]

    def test_no_room(self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(Unreachable, match=r"disk that holds .*copy.db is full"):
            store.backup(tmp_path / "copy.db")
        assert not (tmp_path / "copy.db").exists()


def test_a_place_where_nothing_can_be_written_is_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(path) as store:
        store.tracks.put(Track(TrackId("t:1"), "晴天"))
    monkeypatch.setattr("murecom.store.sqlite.may_write", lambda path: False)
    with Store.open(path) as store:
        assert store.status()["tracks"] == 1
        assert [track.id for track, _ in store.tracks.search("晴天")] == ["t:1"]
        with pytest.raises(Unreachable):
            store.tracks.put(Track(TrackId("t:2"), "B"))
    assert [p.name for p in path.parent.glob(f"{path.name}*")] == [path.name]
