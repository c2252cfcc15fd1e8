"""A scan brings the store in step with the disk, whatever happened to either."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

import sounds
from doubles import Here
from murecom.engine.base import Outcome
from murecom.errors import BadInput, NotFound, NotReady
from murecom.jobs.analyse import Sound, keys_of
from murecom.jobs.lock import only_one
from murecom.jobs.scan import ScanOptions, ScanReport, forget, scan
from murecom.store import Store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def music(tmp_path: Path) -> Path:
    sounds.library(tmp_path / "music", artists=2, tracks=2)
    return tmp_path / "music"


@pytest.fixture
def store(home: Path):
    store = Store.open(home / "murecom.db")
    yield store
    store.close()


def run(store: Store, home: Path, *roots: Path, engine: Here | None = None, **kw) -> ScanReport:
    return scan(store, home, ScanOptions(roots=roots, **kw), engine or Here())


def states(store: Store) -> dict[str, str]:
    return {Path(row.path).name: row.state for row in store.files.iter()}


def snapshot(store: Store) -> dict[str, object]:
    """Everything that a scan decides, independent of the order of work."""
    ids = sorted(track.id for track in store.tracks.iter())
    keys = store.vectors.keys()
    found = {(i, key): store.vectors.get(i, key) for i in ids for key in keys}
    vectors = {name: array.tobytes() for name, array in found.items() if array is not None}
    rows = {(r.path, r.size, r.hash, r.track, r.state, r.error) for r in store.files.iter()}
    return {"ids": ids, "vectors": vectors, "files": rows, "tracks": store.tracks.get(ids)}


def test_first_scan_adds_everything(store, home, music):
    report = run(store, home, music)
    assert (report.found, report.added, report.failed) == (4, 4, 0)
    assert set(states(store).values()) == {"done"}
    [track] = [t for t in store.tracks.iter() if t.title == "Song 000"]
    assert track.artists == ("Artist 0",)
    assert track.album == "Album 0"
    assert track.duration == pytest.approx(5.0, abs=0.1)
    assert track.id.startswith("file:")


def test_second_scan_analyses_nothing(store, home, music):
    run(store, home, music)
    engine = Here()
    report = run(store, home, music, engine=engine)
    assert (report.unchanged, report.added, engine.ran) == (4, 0, [])


def test_a_moved_file_keeps_its_track(store, home, music):
    run(store, home, music)
    old = music / "Artist 0/Album 0/01 - Song 000.wav"
    before = store.tracks.by_path(str(old))
    new = music / "Elsewhere/Artist 0/Album 0/01 - Song 000.wav"
    new.parent.mkdir(parents=True)
    old.rename(new)
    report = run(store, home, music)
    assert (report.moved, report.added, report.gone) == (1, 0, 1)
    assert store.tracks.by_path(str(new)).id == before.id
    assert store.status()["tracks"] == 4


def test_a_deleted_file_is_gone_and_back_when_it_returns(store, home, music, tmp_path):
    run(store, home, music)
    path = music / "Artist 1/Album 0/02 - Song 101.wav"
    shutil.copy2(path, tmp_path / "kept")
    path.unlink()
    assert run(store, home, music).gone == 1
    assert store.status()["tracks"] == 3
    shutil.copy2(tmp_path / "kept", path)
    report = run(store, home, music)
    assert (report.returned, report.added) == (1, 0)
    assert store.status()["tracks"] == 4
    assert states(store)["02 - Song 101.wav"] == "done"


def test_an_unplugged_disk_loses_nothing(store, home, music, tmp_path):
    run(store, home, music)
    music.rename(tmp_path / "unplugged")
    with pytest.raises(NotFound):
        run(store, home, music)
    assert store.status()["tracks"] == 4
    other = sounds.library(tmp_path / "other", artists=1, tracks=1)
    report = run(store, home, music, tmp_path / "other")
    assert (report.added + report.copies, report.failed, report.gone) == (len(other), 1, 0)


def test_a_changed_file_is_a_new_track_in_the_old_ones_place(store, home, music):
    from murecom.types import Playlist

    run(store, home, music)
    path = music / "Artist 0/Album 0/01 - Song 000.wav"
    before = store.tracks.by_path(str(path))
    key = store.playlists.put(Playlist("mine", (before,)))
    sounds.write(path, sounds.chord(333, seconds=7))
    report = run(store, home, music)
    assert (report.changed, report.added) == (1, 0)
    after = store.tracks.by_path(str(path))
    assert after.id != before.id
    assert store.tracks.get([before.id]) == {}
    assert [t.id for t in store.playlists.get(key).tracks] == [after.id]


def test_copies_are_one_track(store, home, music):
    shutil.copy2(music / "Artist 0/Album 0/01 - Song 000.wav", music / "copy.wav")
    report = run(store, home, music)
    assert report.found == 5
    assert report.added + report.copies == 5
    assert store.status()["tracks"] == 4


def test_failures_are_named_kept_and_tried_again(store, home, music):
    bad = music / "bad.mp3"
    bad.write_text("this is not music")
    report = run(store, home, music)
    assert (report.added, report.failed) == (4, 1)
    assert report.failures[0][0] == str(bad)
    assert "bad.mp3" in report.failures[0][1]
    engine = Here()
    assert run(store, home, music, engine=engine).failed == 1
    assert engine.ran == []
    assert run(store, home, music, engine=engine, retry=True).failed == 1
    assert engine.ran == ["bad.mp3"]
    sounds.write(bad.with_suffix(".wav"), sounds.chord(200)).rename(bad)
    report = run(store, home, music)
    assert report.failed == 0
    assert states(store)["bad.mp3"] == "done"


def test_short_and_silent_files_have_a_state_and_no_vector(store, home, music):
    sounds.write(music / "short.wav", sounds.chord(200, seconds=0.2))
    sounds.write(music / "silent.wav", np.zeros(sounds.RATE * 8, dtype=np.float32))
    report = run(store, home, music)
    assert (report.short, report.silent, report.failed) == (1, 1, 0)
    assert states(store)["short.wav"] == "short"
    ids, matrix = store.vectors.matrix(store.vectors.keys()[0])
    assert len(ids) == 4
    assert np.isfinite(matrix).all()
    engine = Here()
    assert run(store, home, music, engine=engine).unchanged == 6
    assert engine.ran == []


@pytest.mark.parametrize("after", [0, 1, 3])
def test_interrupted_and_resumed_equals_undisturbed(store, home, music, tmp_path, after):
    with pytest.raises(KeyboardInterrupt):
        run(store, home, music, engine=Here(stop_after=after))
    assert store.status()["tracks"] == after
    engine = Here()
    run(store, home, music, engine=engine)
    assert len(engine.ran) == 4 - after
    other = Store.open(tmp_path / "undisturbed.db")
    run(other, tmp_path / "other home", music)
    assert snapshot(store) == snapshot(other)
    other.close()


def test_two_scans_at_once(store, home, music):
    with only_one(home, "scan"), pytest.raises(NotReady, match="Another scan is running"):
        run(store, home, music)
    assert run(store, home, music).added == 4


def test_a_dead_worker_costs_one_file(store, home, music):
    class Dying(Here):
        def map(self, fn, batches, *, timeout=None):
            for batch in batches:
                if batch.path.endswith("000.wav"):
                    yield Outcome(batch, error="The worker process died (signal 11).")
                else:
                    yield Outcome(batch, value=fn(batch))

    report = run(store, home, music, engine=Dying())
    assert (report.added, report.failed) == (3, 1)
    assert states(store)["01 - Song 000.wav"] == "failed"
    assert run(store, home, music, retry=True).added == 1


def test_empty_folder_and_no_folder(store, home, tmp_path):
    (tmp_path / "empty").mkdir()
    report = run(store, home, tmp_path / "empty")
    assert (report.found, report.failed) == (0, 0)
    with pytest.raises(BadInput, match="No folder"):
        run(store, home)
    with pytest.raises(NotFound):
        run(store, home, tmp_path / "nowhere")


def test_nasty_names(store, home, tmp_path):
    folder = tmp_path / "nasty"
    names = [
        "🎵 emoji.wav",
        "new\nline.wav",
        'quote\'s "and".wav',
        "周杰伦 - 晴天.wav",
        os.fsdecode(b"caf\xe9.wav"),
    ]
    for n, name in enumerate(names):
        sounds.write(folder / "x.wav", sounds.chord(150 + 30 * n)).rename(folder / name)
    report = run(store, home, folder)
    assert (report.added, report.failed) == (len(names), 0)
    for name in names:
        assert store.tracks.by_path(str(folder / name)) is not None
    assert run(store, home, folder).unchanged == len(names)


def test_copies_get_the_vectors_of_another_model_too(store, home, music):
    first = next(music.rglob("*.wav"))
    shutil.copy(first, first.with_name("copy.wav"))
    run(store, home, music)
    rich = Sound(model="rich")
    run(store, home, music, sound=rich)
    assert store.vectors.missing(keys_of(rich)) == []
    engine = Here()
    assert run(store, home, music, sound=rich, engine=engine).unchanged == 5
    assert engine.ran == []


def test_news_is_told_beside_what_stays_unreadable(store, home, music):
    (music / "link.mp3").symlink_to("nowhere")
    assert run(store, home, music).is_news
    assert not run(store, home, music).is_news
    sounds.write(music / "new.wav", sounds.chord(500))
    assert run(store, home, music).is_news


def test_folders_are_remembered_and_forgotten(store, home, music, tmp_path):
    run(store, home, music / "Artist 0")
    run(store, home, music)
    assert store.files.roots() == [str(music)]
    sounds.library(tmp_path / "more", artists=1, tracks=1)
    sounds.write(tmp_path / "more/other.wav", sounds.chord(500))
    run(store, home, tmp_path / "more")
    assert store.files.roots() == [str(tmp_path / "more"), str(music)]
    known = store.status()["tracks"]
    assert forget(store, home, [music]) == 4
    assert store.files.roots() == [str(tmp_path / "more")]
    assert store.status()["tracks"] < known
    assert run(store, home, music).returned + run(store, home, music).unchanged >= 4
    assert store.status()["tracks"] == known


def test_a_failure_that_is_new_is_news(store, home, music):
    run(store, home, music)
    bad = music / "bad.ogg"
    bad.write_bytes(b"OggS")
    report = run(store, home, music)
    assert (report.failed, report.worse, report.is_news) == (1, 1, True)
    report = run(store, home, music)
    assert (report.failed, report.worse, report.is_news) == (1, 0, False)


def test_a_file_that_returns_with_another_time_has_returned(store, home, music, tmp_path):
    run(store, home, music)
    path = music / "Artist 0/Album 0/01 - Song 000.wav"
    data = path.read_bytes()
    path.unlink()
    run(store, home, music)
    path.write_bytes(data)
    os.utime(path, (5, 5))
    assert run(store, home, music).returned == 1


def test_a_renamed_file_gets_the_vectors_of_a_new_model_at_once(store, home, music):
    run(store, home, music)
    path = music / "Artist 0/Album 0/01 - Song 000.wav"
    path.rename(path.with_name("renamed.wav"))
    run(store, home, music, sound=Sound(model="rich"))
    assert store.vectors.missing(["musicnn-mtt-1"]) == []
