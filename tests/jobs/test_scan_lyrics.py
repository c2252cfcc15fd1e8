"""Words of tracks: read with the music, noticed when they change, without hearing it again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import sounds
from doubles import Here
from murecom.jobs import analyse as analysis
from murecom.jobs.scan import ScanOptions, ScanReport, plan_scan, scan
from murecom.store import NO_WORDS, Store


@pytest.fixture
def music(tmp_path: Path) -> Path:
    sounds.library(tmp_path / "music", artists=1, tracks=2)
    return tmp_path / "music"


@pytest.fixture
def song(music: Path) -> Path:
    return music / "Artist 0/Album 0/01 - Song 000.wav"


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "home/murecom.db") as store:
        yield store


@pytest.fixture
def run(store, tmp_path, music):
    def once(engine: Here | None = None, **kw) -> ScanReport:
        return scan(store, tmp_path / "home", ScanOptions(roots=(music,), **kw), engine or Here())

    return once


def words(store: Store, file: Path) -> list[tuple[str, str | None]]:
    track = store.tracks.by_path(str(file))
    assert track is not None
    texts = store.texts.get([track.id], "lyrics").get(track.id, [])
    return [(text.body, text.lang) for text in texts]


def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    def heard(*_: object) -> None:
        raise AssertionError("the music was decoded again")

    monkeypatch.setattr(analysis, "vectors_of", heard)
    monkeypatch.setattr(analysis, "content_hash", heard)


def test_words_come_with_the_music(store, run, song):
    song.with_suffix(".lrc").write_text("[00:01.00]I love you\n[00:03.00]and you love me")
    report = run()
    assert (report.added, report.lyrics) == (2, 1)
    assert words(store, song) == [("I love you\nand you love me", "en")]
    assert store.status()["lyrics"] == 1
    engine = Here()
    report = run(engine)
    assert (report.unchanged, report.lyrics, engine.ran) == (2, 0, [])


def test_words_that_come_later_are_noticed(store, run, song, monkeypatch):
    run()
    deaf(monkeypatch)
    file = song.parent / "Lyrics" / (song.stem + ".lrc")
    file.parent.mkdir()
    file.write_text("I love you")
    engine = Here()
    report = run(engine)
    assert (report.unchanged, report.lyrics, report.failed) == (2, 1, 0)
    assert report.is_news
    assert engine.ran == [song.name]
    assert words(store, song) == [("I love you", "en")]

    file.write_text("You do not love me")
    assert run().lyrics == 1
    assert words(store, song) == [("You do not love me", "en")]

    file.unlink()
    assert run().lyrics == 1
    assert words(store, song) == []
    assert not run().is_news


def test_a_file_without_words_is_looked_at_once(store, run, song):
    run()
    song.with_suffix(".lrc").write_text("[ti:nothing]")
    engine = Here()
    assert run(engine).lyrics == 0
    assert engine.ran == [song.name]
    engine = Here()
    run(engine)
    assert engine.ran == []


def test_instrumental_is_kept_as_such(store, run, song):
    song.with_suffix(".lrc").write_text("纯音乐，请欣赏")
    run()
    assert words(store, song) == [("", NO_WORDS)]
    assert store.status()["lyrics"] == 0


def test_a_library_of_an_older_murecom_gets_its_words(store, run, song, monkeypatch):
    song.with_suffix(".txt").write_text("I love you")
    run()
    with store._database.write() as work:  # as migration 0002 leaves it
        work.connection.exec_driver_sql("UPDATE file SET lyrics = NULL")
        work.connection.exec_driver_sql("DELETE FROM text")
    deaf(monkeypatch)
    engine = Here()
    report = run(engine)
    assert (report.unchanged, report.lyrics, len(engine.ran)) == (2, 1, 2)
    assert words(store, song) == [("I love you", "en")]
    engine = Here()
    run(engine)
    assert engine.ran == []


def test_a_copy_without_words_takes_none_away(store, run, song):
    song.with_suffix(".lrc").write_text("I love you")
    run()
    copy = song.parent / "copy.wav"
    copy.write_bytes(song.read_bytes())
    run()
    assert words(store, copy) == [("I love you", "en")]


def test_words_from_elsewhere_stay(store, run, song):
    from murecom.store import Text

    run()
    track = store.tracks.by_path(str(song))
    store.texts.put(track.id, "lyrics", [Text("from the web")], source="netease")
    file = song.with_suffix(".lrc")
    file.write_text("I love you")
    run()
    file.unlink()
    run()
    assert words(store, song) == [("from the web", None)]


def test_a_dry_run_tells_and_writes_nothing(store, run, song, music):
    run()
    song.with_suffix(".lrc").write_text("I love you")
    plan = plan_scan(store, ScanOptions(roots=(music,)))
    assert [Path(entry.path) for entry in plan.words] == [song]
    assert plan.work == ()
    assert words(store, song) == []


def test_a_crash_while_reading_words_is_told_and_tried_again(store, run, song, monkeypatch):
    run()
    file = song.with_suffix(".lrc")
    file.write_text("I love you")
    from murecom.engine.base import Outcome

    class Dead(Here):
        def map(self, fn, batches, *, timeout=None):
            yield from (Outcome(batch, error="The worker died.") for batch in batches)

    report = run(Dead())
    assert (report.failed, report.failures) == (1, [(str(song), "The worker died.")])
    assert store.files.get(str(song)).state == "done"
    assert run().lyrics == 1
    assert os.path.exists(file)
