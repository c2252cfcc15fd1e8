"""The import: files and folders into the store, again without harm, and on after a stop."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from murecom.errors import BadInput, NotFound, NotReady
from murecom.formats.base import Source
from murecom.formats.json_rows import file_key
from murecom.jobs import import_, refused
from murecom.jobs.import_ import ImportOptions, ImportReport, import_playlists
from murecom.jobs.lock import only_one
from murecom.store import FileRow, Store
from murecom.types import Step, Track, TrackId


def row(number: int) -> dict[str, object]:
    return {"track_uri": f"x:{number}", "track_name": f"T{number}", "artist_name": f"A{number % 7}"}


def lines(count: int, first: int = 0, tracks: int = 3) -> str:
    return "".join(
        json.dumps(
            {"name": f"L{n}", "pid": n, "tracks": [row(n * 2 + place) for place in range(tracks)]}
        )
        + "\n"
        for n in range(first, first + count)
    )


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "music.db") as opened:
        yield opened


@pytest.fixture
def bring(store: Store, tmp_path: Path):
    def call(*paths: Path, **more: object) -> ImportReport:
        report = import_playlists(store, tmp_path / "home", ImportOptions(paths, **more))
        return replace(report, seconds=0.0)

    return call


def ids(store: Store) -> list[str]:
    return sorted(playlist.id or "" for playlist in store.playlists.iter())


def own(*paths: Path) -> list[str]:
    """Give the ids of the lists 0, 1 … of JSON lines that stand in these files, in order."""
    return sorted(f"jsonl:{file_key(Source(path))}/{n}" for n, path in enumerate(paths))


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    (folder / "deep" / ".hidden").mkdir(parents=True)
    (folder / "a.jsonl").write_text(lines(3))
    (folder / "deep" / "b.JSONL.gz").write_bytes(gzip.compress(lines(2, 3).encode()))
    (folder / "deep" / "slice.json").write_text(
        json.dumps({"info": {"slice": ""}, "playlists": [{"name": "S", "pid": 9, "tracks": []}]})
    )
    (folder / "c.m3u").write_text("#EXTM3U\n#EXTINF:9,A1 - T1\nmusic/one.mp3\n02 - Two.mp3\n")
    (folder / "d.xspf").write_text(
        '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><title>T3</title>'
        "<creator>A3</creator></track></trackList></playlist>"
    )
    (folder / "e.jspf").write_text('{"playlist": {"title": "J", "track": [{"title": "X"}]}}')
    (folder / "other.json").write_text('{"settings": true}')
    (folder / "song.mp3").write_bytes(b"ID3")
    (folder / "deep" / ".hidden" / "z.jsonl").write_text(lines(1, 99))
    return folder


def test_a_mixed_folder(store, bring, mixed):
    report = bring(mixed)
    assert (report.files, report.playlists, report.added, report.failed) == (6, 9, 9, 0)
    assert (report.passed, report.refused, report.refused_file) == (1, 0, None)
    assert ids(store) == [
        *own(*[mixed / "a.jsonl"] * 3, *[mixed / "deep" / "b.JSONL.gz"] * 2),
        f"jspf:{mixed}/e.jspf", f"m3u:{mixed}/c.m3u", "mpd:9", f"xspf:{mixed}/d.xspf",
    ]  # fmt: skip
    found = store.playlists.get(f"m3u:{mixed}/c.m3u")
    assert [t.id for t in found.tracks] == ["text:A1 – T1", "text:Two"], "no file of that name"
    assert store.playlists.get(f"xspf:{mixed}/d.xspf").tracks[0].id == "text:A3 – T3"


def test_local_files_are_tracks_of_the_library(store, bring, mixed, tmp_path):
    path = mixed / "music" / "one.mp3"
    one = Track(TrackId("file:1"), "Other name", ("Someone",))
    store.tracks.put(one)
    store.files.put(FileRow(str(path), 1, 1, "1", one.id))
    bring(mixed / "c.m3u")
    found = store.playlists.get(f"m3u:{mixed}/c.m3u")
    assert [t.id for t in found.tracks] == ["file:1", "text:Two"]
    # a list for MPD: relative to the music folder
    (tmp_path / "mpd.m3u").write_text("lists/music/one.mp3\n")
    bring(tmp_path / "mpd.m3u", roots=(tmp_path,))
    assert store.playlists.get(f"m3u:{tmp_path}/mpd.m3u").tracks[0].id == "file:1"
    # the library grows: what the list means changes
    two = Track(TrackId("file:2"), "Two")
    store.tracks.put(two)
    store.files.put(FileRow(str(mixed / "02 - Two.mp3"), 1, 1, "2", two.id))
    assert bring(mixed / "c.m3u").replaced == 1
    found = store.playlists.get(f"m3u:{mixed}/c.m3u")
    assert [t.id for t in found.tracks] == ["file:1", "file:2"]


def test_again_nothing_changes(store, bring, mixed):
    bring(mixed)
    revision, tracks = store.playlists.revision(), store.status()["tracks"]
    report = bring(mixed)
    assert (report.unchanged, report.files, report.added, report.replaced) == (3, 3, 0, 0)
    report = bring(mixed, again=True)
    assert (report.unchanged, report.files, report.playlists) == (0, 6, 9)
    assert (report.added, report.replaced, report.tracks) == (0, 0, 0)
    assert (store.playlists.revision(), store.status()["tracks"]) == (revision, tracks)


def test_a_changed_file_replaces_by_id(store, bring, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(lines(3))
    bring(path)
    path.write_text(lines(2, tracks=2) + lines(1, 7))
    report = bring(path)
    assert (report.added, report.replaced) == (1, 2)
    known = own(*[path] * 8)
    assert ids(store) == [*known[:3], known[7]]
    assert len(store.playlists.get(known[0]).tracks) == 2
    assert len(store.playlists.get(known[2]).tracks) == 3


def test_whether_models_may_learn(store, bring, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(lines(3))

    def learned() -> int:
        return len(store.playlists.lists().playlists)

    assert bring(path).added == 3
    assert learned() == 3
    assert bring(path, trainable=False).replaced == 3
    assert learned() == 0
    today = date.today().isoformat()
    with store._database.read() as connection:
        rows = connection.exec_driver_sql("SELECT DISTINCT trainable_on FROM playlist").all()
    assert rows == [(today,)]
    assert bring(path, again=True).replaced == 0
    assert learned() == 0, "what was decided holds"
    assert bring(path, trainable=True).replaced == 3
    assert learned() == 3


def test_rows_that_cannot_be_used_are_reported(store, bring, tmp_path):
    path = tmp_path / "a\t.jsonl"
    path.write_text(lines(1) + "oops\n" + '{"name": "P", "pid": 5, "tracks": [7]}\n' + lines(1, 6))
    report = bring(path, tmp_path / "none.jsonl")
    assert (report.added, report.refused, report.failed) == (3, 2, 1)
    assert report.failures == [
        (str(tmp_path / "none.jsonl"), "There is no such file. Check the path.")
    ]
    head, *rows = Path(report.refused_file).read_text().splitlines()
    assert head == "file\twhere\treason"
    assert [r.split("\t")[:2] for r in rows] == [
        [f"{tmp_path}/a .jsonl", "line 2"],
        [f"{tmp_path}/a .jsonl", "line 3, track 1"],
    ]
    assert [playlist.rpartition("/")[2] for playlist in ids(store)] == ["0", "5", "6"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.jsonl", b""), ("empty.m3u", b""), ("zero.json", b"\0" * 100),
        ("bad.xspf", b"<playlist"), ("bad.jspf", b"{"), ("list.json", b'{"info": {"slice": 1}}'),
        ("cut.jsonl.gz", gzip.compress(lines(500).encode())[:-100]), ("x.gz", b"\x1f\x8b\xff"),
        ("one.jsonl", lines(1, tracks=1).encode()), ("dup.jsonl", lines(1).encode() * 3),
    ],
)  # fmt: skip
def test_no_file_stops_the_others(store, bring, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.jsonl").write_text(lines(2, 1000))
    report = bring(tmp_path / name, tmp_path / "good.jsonl")
    start = f"jsonl:{file_key(Source(tmp_path / 'good.jsonl'))}/"
    assert {f"{start}1000", f"{start}1001"} <= set(ids(store))
    assert report.files + report.failed == 2
    assert report.failed == len(report.failures)


def test_links_that_lead_nowhere(store, bring, tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "gone.jsonl").symlink_to(tmp_path / "nowhere")
    (folder / "good.jsonl").write_text(lines(1))
    report = bring(folder)
    assert (report.added, report.failed) == (1, 1)


def test_names_that_are_no_text(store, bring, tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"\xff \n.m3u")
    with open(path, "wb") as file:
        file.write(b"#EXTM3U\nb\xfe.mp3\n" + b"x" * 2000 + b".mp3\n")
    report = bring(Path(os.fsdecode(path)))
    assert report.added == 1
    (found,) = store.playlists.iter()
    assert found.id == f"m3u:{tmp_path}/%FF%20%0A.m3u"
    assert len(found.tracks) == 1
    assert report.refused == 1


def test_nothing_to_import(store, bring, tmp_path):
    with pytest.raises(NotFound, match=r"nowhere': There is no such file"):
        bring(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound, match="no playlist files"):
        bring(tmp_path / "empty")
    with pytest.raises(BadInput, match="Name one"):
        bring()


def test_one_import_at_a_time(bring, tmp_path):
    (tmp_path / "a.jsonl").write_text(lines(1))
    with only_one(tmp_path / "home", "import"), pytest.raises(NotReady, match="Another import"):
        bring(tmp_path / "a.jsonl")


def test_a_dry_run_writes_nothing(store, bring, mixed, tmp_path):
    (mixed / "bad.jsonl").write_text("oops\n")
    report = bring(mixed, dry_run=True)
    assert (report.files, report.playlists, report.refused, report.added) == (7, 9, 1, 0)
    assert report.entries == 15 + 2 + 1 + 1
    assert report.refused_file is None
    assert ids(store) == []
    assert not (tmp_path / "home").exists()


def test_a_dry_run_reads_what_was_imported_before(bring, tmp_path):
    (tmp_path / "a.jsonl").write_text(lines(3))
    bring(tmp_path / "a.jsonl")
    report = bring(tmp_path / "a.jsonl", dry_run=True)
    assert (report.files, report.playlists, report.unchanged) == (1, 3, 0)


def test_lists_that_overwrite_one_another_are_counted(store, bring, tmp_path):
    for name, tracks in (("a", 3), ("b", 4)):
        (tmp_path / f"{name}.jsonl").write_text(lines(5, tracks=tracks).replace(
            '"pid": ', '"pid": "mine:1').replace(', "tracks"', '", "tracks"')
        )  # fmt: skip
    report = bring(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert (report.added, report.replaced, report.overwritten) == (5, 5, 5)
    report = bring(tmp_path / "a.jsonl", again=True)
    assert (report.replaced, report.overwritten) == (5, 0)  # of an earlier import: as it should be


def test_stopped_it_goes_on_where_it_was(store, bring, tmp_path, monkeypatch):
    monkeypatch.setattr(import_, "BATCH", 10)
    path = tmp_path / "a.jsonl"
    path.write_text(lines(20) + "oops\n" + lines(20, 20))
    put = store.playlists.put_many
    calls: list[int] = []

    def interrupted(playlists, **more):
        calls.append(len(playlists))
        if len(calls) == 9:
            raise KeyboardInterrupt
        return put(playlists, **more)

    monkeypatch.setattr(store.playlists, "put_many", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bring(path)
    there = len(ids(store))
    assert there == sum(calls[:8])
    row = store.imports.get(str(path))
    assert (row.playlists, row.finished) == (there, False)
    report = bring(path)
    assert report.playlists == report.added == 40 - there
    assert report.refused == 1
    assert store.imports.get(str(path)).finished
    assert len(ids(store)) == 40


def test_progress_counts_kilobytes(store, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(lines(3000))
    steps: list[Step] = []
    import_playlists(store, tmp_path / "home", ImportOptions((path,)), steps.append)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == steps[-1].total == path.stat().st_size // 1000
    assert steps[-1].counts == {"playlists": 3000, "entries": 9000, "refused": 0, "failed": 0}


@pytest.mark.slow
def test_killed_imports_end_like_an_undisturbed_one(tmp_path: Path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(6000, tracks=30).encode()))

    def command(home: Path) -> list[str]:
        return [sys.executable, "-m", "murecom", "--home", str(home), "import", "-q", str(path)]

    def contents(home: Path) -> dict[str, object]:
        with Store.open(home / "murecom.db") as store:
            tracks = {t.id: t for t in store.tracks.iter()}
            return {"tracks": tracks, "lists": {p.id: p for p in store.playlists.iter()}}

    began = time.monotonic()
    assert subprocess.run(command(tmp_path / "calm"), check=False).returncode == 0
    whole = time.monotonic() - began
    expected = contents(tmp_path / "calm")
    assert len(expected["lists"]) == 6000
    home, rng, killed = tmp_path / "home", random.Random(4), 0
    for _ in range(40):
        process = subprocess.Popen(command(home), start_new_session=True)
        time.sleep(rng.uniform(0.2, whole))
        if process.poll() is not None:
            assert process.returncode == 0
            assert contents(home) == expected
            shutil.rmtree(home)
            whole *= 0.8
            continue
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        killed += 1
        if killed == 8:
            break
    assert killed == 8
    assert subprocess.run(command(home), check=False).returncode == 0
    assert contents(home) == expected


def test_lists_of_own_files_never_take_the_place_of_others(store, bring, tmp_path):
    lists = [{"name": "M", "pid": n, "tracks": []} for n in range(3)]
    (tmp_path / "mpd.slice.json").write_text(json.dumps({"playlists": lists}))
    (tmp_path / "mine.jsonl").write_text(lines(3))
    (tmp_path / "yours.jsonl").write_text(lines(3))
    for paths in (["mpd.slice.json", "mine.jsonl"], ["yours.jsonl"]):
        report = bring(*(tmp_path / name for name in paths))
        assert (report.replaced, report.overwritten) == (0, 0)
    assert len(ids(store)) == 9
    (tmp_path / "other.json").write_text(json.dumps({"playlists": [{**lists[1], "name": "N"}]}))
    report = bring(tmp_path / "other.json")  # later, alone: the file is new, the list is not
    assert (report.replaced, report.overwritten) == (1, 1)


def test_millions_of_refused_rows_need_no_memory(bring, tmp_path, monkeypatch):
    monkeypatch.setattr("murecom.formats.base.HELD", 10)
    monkeypatch.setattr(refused, "WRITTEN", 100)
    most = []
    add = refused.RefusedFile.add
    monkeypatch.setattr(
        refused.RefusedFile, "add", lambda self, rows: (most.append(n := add(self, rows)), n)[1]
    )
    path = tmp_path / "a.jsonl"
    path.write_text("[1]\n" * 5000 + "oops\n" + lines(1) + "[1]\n")
    report = bring(path)
    assert (report.added, report.refused) == (1, 5002)
    assert max(most) <= 10
    told = Path(report.refused_file)
    assert told.stat().st_mode & 0o777 == 0o600
    rows = [row.split("\t") for row in told.read_text().splitlines()[1:]]
    assert len(rows) == 100 + 1 + 2
    assert rows[100][1] == "and 4,900 more rows right after"
    assert rows[100][::2] == rows[0][::2]
    assert [row[1] for row in rows[101:]] == ["line 5001", "line 5003"]
