"""The second pass measures what has no descriptors yet and names what it cannot measure."""

from __future__ import annotations

from pathlib import Path

import sounds
from doubles import Here
from murecom.jobs.describe import describe_tracks
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
    store.close()
