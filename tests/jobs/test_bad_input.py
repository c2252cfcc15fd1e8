"""Everything that can be wrong with a file, in one folder: named, counted, nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

import sounds
from doubles import Here
from murecom.errors import Unreachable
from murecom.jobs.scan import ScanOptions, scan
from murecom.service import Limits, Murecom
from murecom.store import Store

NOBODY = 65534

GOOD = {
    "hires.flac": {"rate": 96_000, "subtype": "PCM_24"},
    "mono8k.wav": {"rate": 8_000},
    "vorbis.ogg": {},
    "opus.opus": {"rate": 48_000},
    "aiff.aiff": {},
    "mp3.mp3": {"rate": 44_100},
}


def make_good(folder: Path) -> set[str]:
    for n, (name, kw) in enumerate(GOOD.items()):
        rate = kw.pop("rate", sounds.RATE) if (kw := dict(kw)) else sounds.RATE
        sounds.write(folder / name, sounds.chord(120 + 20 * n, rate=rate, seed=n), rate, **kw)
    wave = sounds.chord(260, seed=50)
    sounds.write(folder / "surround.wav", np.repeat(wave[:, None], 6, axis=1))
    sounds.write(folder / "no extension.wav", sounds.chord(270)).rename(folder / "no extension")
    long = folder / ("n" * 120) / ("m" * 120)
    sounds.write(folder / "x.wav", sounds.chord(280))
    long.mkdir(parents=True)
    (folder / "x.wav").rename(long / f"{'p' * 240}.wav")
    for n, name in enumerate(["🎧.wav", "two\nlines.wav", 'it\'s "quoted".wav']):
        sounds.write(folder / "x.wav", sounds.chord(300 + 30 * n, seed=n)).rename(folder / name)
    return {*GOOD, "surround.wav", "no extension", f"{'p' * 240}.wav"} | {
        "🎧.wav",
        "two\nlines.wav",
        'it\'s "quoted".wav',
    }


def make_bad(folder: Path) -> set[str]:
    (folder / "zero.mp3").touch()
    os.mkfifo(folder / "pipe.mp3")
    (folder / "text.mp3").write_text("These are not the sounds you are looking for.\n" * 100)
    (folder / "noise.ogg").write_bytes(np.random.default_rng(1).bytes(50_000))
    for name in ("cut.flac", "cut.ogg", "cut.wav"):
        whole = sounds.write(folder / name, sounds.chord(200, seconds=60)).read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 3])
    return {"pipe.mp3", "zero.mp3", "text.mp3", "noise.ogg", "cut.flac", "cut.ogg", "cut.wav"}


def test_everything_at_once(tmp_path):
    music = tmp_path / "music"
    good, bad = make_good(music), make_bad(music)
    sounds.write(music / "short.wav", sounds.chord(200, seconds=0.2))
    sounds.write(music / "silent.flac", np.zeros(sounds.RATE * 10, np.float32))
    (music / "copy.wav").write_bytes((music / "surround.wav").read_bytes())
    os.symlink(music, music / "loop")
    (music / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    with Murecom(home=tmp_path / "home") as app:
        report = app.scan([music], engine=Here())
        failed = {Path(path).name: reason for path, reason in report.failures}
        done = {Path(r.path).name for r in app.store.files.iter(state="done")}
        assert done == good | {"copy.wav"}
        assert set(failed) == bad
        assert (report.short, report.silent, report.failed) == (1, 1, len(bad))
        assert report.found == report.added + report.copies + 2 + len(bad) - 1  # a pipe is no file
        for name, reason in failed.items():
            assert "\n" not in reason, name
            assert reason[0].isupper() or reason.startswith(name), name
            assert ". " in reason, f"no next step for {name}: {reason}"
            assert "Traceback" not in reason
            assert "Error" not in reason
        seed = app.find(str(music / "surround.wav"))
        assert len(app.similar([seed], k=5, limits=Limits(artist_cap=0, album_cap=0)).tracks) == 5


def test_tags_in_old_encodings(tmp_path):
    path = sounds.write(tmp_path / "music/a.mp3", sounds.chord(200), 22_050)
    title, artist = "晴天".encode("gbk"), "周杰伦".encode("gbk")
    tag = b"TAG" + title.ljust(30, b"\0") + artist.ljust(30, b"\0") + bytes(65)
    path.write_bytes(path.read_bytes() + tag)
    with Murecom(home=tmp_path / "home") as app:
        app.scan([tmp_path / "music"], engine=Here())
        assert app.find("晴天").artists == ("周杰伦",)
        assert app.find("周杰").title == "晴天"


def test_a_disk_that_fills_up_keeps_what_was_finished(tmp_path):
    music, home = tmp_path / "music", tmp_path / "home"
    sounds.library(music, artists=3, tracks=3)
    options = ScanOptions(roots=(music,))
    with Store.open(home / "murecom.db") as store:
        scan(store, home, ScanOptions(roots=(music / "Artist 0",)), Here())
        with store._database.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    # a limit belongs to a connection: set it on every one that this store makes
    import sqlalchemy as sa

    store = Store.open(home / "murecom.db")

    @sa.event.listens_for(store._database.engine, "connect")
    def full(connection, _):
        connection.execute(f"PRAGMA max_page_count = {pages}")

    store._database.engine.dispose()
    with pytest.raises(Unreachable, match="full"):
        scan(store, home, options, Here())
    store.close()
    with Store.open(home / "murecom.db") as store:
        assert store.status()["tracks"] >= 3
        report = scan(store, home, options, Here())
        assert store.status()["tracks"] == 9
        assert report.failed == 0


@pytest.fixture
def anybodys_folder():
    """A folder that an ordinary user can work in; root becomes one for the test."""
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, NOBODY, NOBODY)
    yield folder, (lambda: os.seteuid(NOBODY)) if is_root else (lambda: None)
    if is_root:
        os.seteuid(0)
    subprocess.run(["chmod", "-R", "u+rwx", folder], check=True)
    shutil.rmtree(folder)


def test_no_permission(anybodys_folder, monkeypatch):
    folder, become_ordinary = anybodys_folder
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.chdir(folder)
    with Murecom(home=folder / "warm") as app:
        sounds.write(folder / "first/a.wav", sounds.chord(100))
        app.scan([folder / "first"], engine=Here())  # everything is imported while that is allowed
    become_ordinary()
    closed = sounds.write(folder / "music/closed.wav", sounds.chord(200))
    sounds.write(folder / "music/shut/inside.wav", sounds.chord(300))
    sounds.write(folder / "music/open.wav", sounds.chord(400))
    with Murecom(home=folder / "home") as app:
        assert app.scan([folder / "music"], engine=Here()).added == 3
        closed.chmod(0)
        os.utime(closed, (1, 1))
        (folder / "music/shut").chmod(0)
        report = app.scan(engine=Here())
        failed = {Path(path).name: reason for path, reason in report.failures}
        assert set(failed) == {"closed.wav", "shut"}
        # what lies in a folder that cannot be looked into is unknown, not gone
        assert (report.gone, app.status()["tracks"]) == (0, 2)
        (folder / "music").chmod(0o500)
        (folder / "home").chmod(0o500)
    with pytest.raises(Unreachable), Murecom(home=folder / "home/new") as app:
        app.scan([folder / "music"], engine=Here())


def test_soundfile_can_write_what_these_tests_need():
    assert {"MP3", "FLAC", "OGG", "WAV", "AIFF"} <= set(soundfile.available_formats())
