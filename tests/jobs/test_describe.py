"""The second pass measures what has no descriptors yet and names what it cannot measure."""

from __future__ import annotations

from pathlib import Path

import sounds
from doubles import Here
from murecom.audio.descriptors import VERSION
from murecom.jobs.describe import VERSION_NAME, describe_tracks
from murecom.jobs.scan import ScanOptions, scan
from murecom.store import Store


def test_measures_each_track_once_and_names_failures(tmp_path: Path):
    music = sounds.library(tmp_path / "music", artists=1, tracks=2)
    store = Store.open(tmp_path / "home/murecom.db")
    scan(store, tmp_path / "home", ScanOptions(roots=(tmp_path / "music",)), Here())
    music[1].write_bytes(b"RIFF")
    measured, failures = describe_tracks(store, tmp_path / "home", Here())
    assert measured == 1
    assert [path for path, _ in failures] == [str(music[1])]
    [values] = store.descriptors.get([store.tracks.by_path(str(music[0])).id]).values()
    assert {"tempo", "loudness"} <= set(values)
    assert describe_tracks(store, tmp_path / "home", Here())[0] == 0
    assert values["descriptors_version"] == (VERSION, "version")
    store.close()


def test_what_an_older_version_measured_is_measured_again(tmp_path: Path):
    sounds.library(tmp_path / "music", artists=1, tracks=2)
    store, home = Store.open(tmp_path / "home/murecom.db"), tmp_path / "home"
    scan(store, home, ScanOptions(roots=(tmp_path / "music",)), Here())
    assert describe_tracks(store, home, Here())[0] == 2
    old, new = sorted({row.track for row in store.files.iter(state="done")})
    store.descriptors.put(old, {"tempo": (1.0, "BPM"), VERSION_NAME: (1.0, "version")})
    assert describe_tracks(store, home, Here())[0] == 1
    found = store.descriptors.get([old, new])
    assert found[old]["tempo"][0] > 1
    assert found[old][VERSION_NAME][0] == found[new][VERSION_NAME][0] == VERSION
    before = {"tempo": (120.0, "BPM"), "mine": (1.0, "")}  # from before there were versions
    store.descriptors.put(old, before, instead_of=[*found[old]])
    assert store.descriptors.get([old]) == {old: before}
    assert describe_tracks(store, home, Here())[0] == 1
    assert store.descriptors.get([old])[old]["mine"] == (1.0, "")
    store.close()
