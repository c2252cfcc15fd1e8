"""kill -9 at any moment of a scan loses nothing: the next one ends as if undisturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sounds
from murecom.store import Store

KILLS = 20
KILLS_A_HOME = 3
"Then the scan is let finish and compared: most kills meet one that is far from done."


def command(home: Path, music: Path) -> list[str]:
    return [sys.executable, "-m", "murecom", "--home", str(home), "scan", "--quiet", str(music)]


def contents(home: Path) -> dict[str, object]:
    """Everything a scan decides."""
    with Store.open(home / "murecom.db") as store:
        ids = sorted(track.id for track in store.tracks.iter())
        keys = store.vectors.keys()
        found = {(i, key): store.vectors.get(i, key) for i in ids for key in keys}
        rows = {(r.path, r.size, r.hash, r.track, r.state, r.error) for r in store.files.iter()}
        return {
            "tracks": store.tracks.get(ids),
            "vectors": {n: a.tobytes() for n, a in found.items() if a is not None},
            "files": rows,
        }


@pytest.mark.slow
def test_killed_scans_end_like_an_undisturbed_one(tmp_path: Path):
    music = tmp_path / "music"
    sounds.library(music, artists=3, tracks=4)
    (music / "broken.ogg").write_bytes(b"OggS" + bytes(500))
    started = time.monotonic()
    assert subprocess.run(command(tmp_path / "calm", music), check=False).returncode == 4
    whole = time.monotonic() - started
    expected = contents(tmp_path / "calm")
    assert len(expected["tracks"]) == 12

    rng = random.Random(20)
    killed, number = 0, 0
    while killed < KILLS:
        number += 1
        assert number <= 3 * KILLS, f"only {killed} of {KILLS} kills met a running scan"
        home = tmp_path / f"home {number}"
        for _ in range(KILLS_A_HOME):
            process = subprocess.Popen(command(home, music), start_new_session=True)
            time.sleep(rng.uniform(0.1, whole))
            if process.poll() is not None:
                whole *= 0.7  # it was quicker than the first one: aim earlier, at a new home
                break
            # the parent alone: its workers must end by themselves, as after a crash
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
        assert subprocess.run(command(home, music), check=False).returncode == 4
        assert contents(home) == expected


@pytest.mark.slow
def test_workers_end_with_their_parent(tmp_path: Path):
    music = tmp_path / "music"
    sounds.library(music, artists=4, tracks=6)
    process = subprocess.Popen(command(tmp_path / "home", music), start_new_session=True)
    time.sleep(1.5)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 15
    while left := members(process.pid):
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.1)


def members(group: int) -> list[str]:
    """Command lines of the live processes of a process group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = entry.read_text().rpartition(")")[2].split()
            if int(rest[2]) == group and rest[0] != "Z":
                found.append((entry.parent / "cmdline").read_text().replace("\0", " "))
        except (OSError, ValueError):
            continue
    return found
