"""`murecom lyrics` prints the words of a track."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sounds
from doubles import Here
from murecom.cli import run
from murecom.service import Murecom

LRC = "[ti:x]\n作曲：Ann\n[00:01.00]I love you\n[00:01.00]我爱你\n[01:05.50]and you\n[01:05.50]你\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lyrics")
    first, second, third = sounds.library(folder / "music", artists=3, tracks=1)
    first.with_suffix(".lrc").write_bytes(LRC.encode("gbk"))
    second.with_suffix(".lrc").write_text("纯音乐，请欣赏")
    third.with_suffix(".lrc").write_bytes(b"\0\1\2\3" * 99)
    with Murecom(home=folder / "home") as app:
        app.scan([folder / "music"], engine=Here())
    return folder


@pytest.fixture
def lyrics(folder, capsys):
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["--home", str(folder / "home"), "lyrics", *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def test_words_times_and_translations(lyrics):
    assert lyrics("Song 000")[:2] == (0, "I love you\nand you\n")
    _, out, _ = lyrics("Song", "000", "--times", "--translation")
    assert out == "[00:01.00] I love you\n[00:01.00] 我爱你\n[01:05.50] and you\n[01:05.50] 你\n"


def test_json(lyrics):
    code, out, _ = lyrics("Song 000", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["track"]["title"] == "Song 000"
    assert answer["lines"][1] == {"at": 65.5, "text": "and you", "translation": "你"}
    assert answer["credits"] == [{"role": "作曲", "names": "Ann"}]
    assert (answer["language"], answer["source"]) == ("en", "file")
    assert answer["file"].endswith(".lrc")
    _, out, _ = lyrics("Song 000", "--jsonl")
    assert [json.loads(line)["text"] for line in out.splitlines()] == ["I love you", "and you"]


def test_instrumental_and_none(lyrics):
    code, out, err = lyrics("Song 100")
    assert (code, out) == (0, "")
    assert "instrumental" in err
    code, out, err = lyrics("Song 200")
    assert (code, out) == (3, "")
    assert "is not text" in err
    assert ".lrc" in err


def test_words_outlive_the_disk_they_were_on(folder, lyrics):
    music = folder / "music"
    music.rename(folder / "unplugged")
    try:
        assert lyrics("Song 000")[:2] == (0, "I love you\nand you\n")
        _, out, _ = lyrics("Song 000", "--json")
        assert json.loads(out)["lines"][0] == {
            "at": None,
            "text": "I love you",
            "translation": None,
        }
        assert lyrics("Song 100")[0] == 0
    finally:
        (folder / "unplugged").rename(music)


def test_a_file_outside_the_library(folder, lyrics, tmp_path):
    file = sounds.write(tmp_path / "Somebody - Else.wav", sounds.chord(200))
    assert lyrics(str(file))[0] == 3
    file.with_suffix(".txt").write_text("hello")
    assert lyrics(str(file))[:2] == (0, "hello\n")


def test_status_and_scan_tell_how_many(folder, capsys):
    home = ["--home", str(folder / "home")]
    assert run([*home, "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lyrics"] == 1
    file = folder / "music/Artist 2/Album 0/01 - Song 200.txt"
    file.with_suffix(".lrc").unlink()
    file.write_text("la la")
    assert run([*home, "scan", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lyrics"] == 1
    assert run([*home, "scan", "--workers", "1"]) == 0
    assert "lyrics 1" in capsys.readouterr().out
