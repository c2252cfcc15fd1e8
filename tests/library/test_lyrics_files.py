"""Lyric files are found beside the music, read in any encoding, and never fail."""

import os
from pathlib import Path

import pytest

from library.tagged import flac, frame, id3, mp4
from murecom.library.lyrics_files import Beside, read_lyric_file, read_lyrics

SONG = "[00:12.00]故事的小黄花\r\n[00:15.00]从出生那年就飘着\r\n[00:18.00]童年的荡秋千\r\n"


@pytest.fixture
def music(tmp_path: Path) -> Path:
    file = tmp_path / "01 - Song.mp3"
    file.write_bytes(id3(frame("TIT2", "Song"), frame("USLT", b"\x03eng\0from the tag\nand you")))
    return file


def test_tags_without_a_file(music: Path) -> None:
    lyrics = read_lyrics(music)
    assert (lyrics.text, lyrics.source, lyrics.path) == ("from the tag\nand you", "tag", None)


@pytest.mark.parametrize(
    "name",
    [
        "01 - Song.lrc",
        "01 - song.LRC",
        "Lyrics/01 - Song.lrc",
        "lyrics/01 - SONG.txt",
        "01 - Song.txt",
    ],
)
def test_a_file_beside_wins(music: Path, name: str) -> None:
    file = music.parent / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("[00:01.00]from the file")
    lyrics = read_lyrics(music)
    assert (lyrics.text, lyrics.source, lyrics.path) == ("from the file", "file", str(file))


def test_the_better_file_wins(music: Path) -> None:
    (music.parent / "01 - Song.txt").write_text("from the text")
    (music.parent / "Lyrics").mkdir()
    (music.parent / "Lyrics/01 - Song.lrc").write_text("from the folder")
    assert read_lyrics(music).text == "from the folder"
    (music.parent / "01 - Song.lrc").write_text("from beside")
    assert read_lyrics(music).text == "from beside"


@pytest.mark.parametrize("content", [b"", b"[ti:Song]", b"\0\1\2\3\4\5\6\7" * 99, b"x" * 2_000_000])
def test_a_file_without_words_leaves_the_tags(music: Path, content: bytes) -> None:
    (music.parent / "01 - Song.lrc").write_bytes(content)
    lyrics = read_lyrics(music)
    assert lyrics.text == "from the tag\nand you"
    if len(content) > 20:
        assert "01 - Song.lrc" in lyrics.notes[0]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
def test_encodings(music: Path, encoding: str) -> None:
    (music.parent / "01 - Song.lrc").write_bytes(SONG.encode(encoding))
    lyrics = read_lyrics(music)
    assert lyrics.text == "故事的小黄花\n从出生那年就飘着\n童年的荡秋千"
    assert lyrics.language == "zh"


def test_shift_jis(music: Path) -> None:
    (music.parent / "01 - Song.lrc").write_bytes("さくら さくら\n野山も里も".encode("cp932"))
    assert read_lyrics(music).text == "さくら さくら\n野山も里も"


def test_timed_tags_win_over_longer_ones(tmp_path: Path) -> None:
    file = tmp_path / "a.flac"
    file.write_bytes(flac("UNSYNCEDLYRICS=la la la la", "LYRICS=[00:01.00]Home\n[00:02.00]and you"))
    assert [line.at for line in read_lyrics(file).lines] == [1, 2]


def test_mp4(tmp_path: Path) -> None:
    data = b"\0\0\0\x01\0\0\0\0" + b"Home\nand you"
    item = (len(data) + 8).to_bytes(4, "big") + b"data" + data
    file = tmp_path / "a.m4a"
    file.write_bytes(mp4((len(item) + 8).to_bytes(4, "big") + b"\xa9lyr" + item))
    assert read_lyrics(file).text == "Home\nand you"


@pytest.mark.parametrize("content", [b"", b"ID3", b"no music at all", id3(frame("USLT", b""))])
def test_broken_music(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.mp3"
    file.write_bytes(content)
    assert not read_lyrics(file).has_words
    assert not read_lyrics(tmp_path / "missing.mp3").has_words


def test_names_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    (tmp_path / f"{name}.lrc").write_text("from beside")
    (tmp_path / f"{name}.mp3").write_bytes(id3())
    assert read_lyrics(str(tmp_path / f"{name}.mp3")).text == "from beside"


def test_what_is_no_file(music: Path) -> None:
    (music.parent / "01 - Song.lrc").mkdir()
    os.mkfifo(music.parent / "01 - Song.txt")
    assert Beside().find(str(music)) is None
    assert "is not a file" in read_lyric_file(music.parent / "01 - Song.txt").notes[0]
    assert "cannot be read" in read_lyric_file(music.parent / "x.lrc").notes[0]


def test_the_mark_tells_every_change(music: Path) -> None:
    file = music.parent / "01 - Song.lrc"
    marks = {Beside().mark(str(music))}
    file.write_text("one")
    os.utime(file, ns=(1, 1))
    marks.add(Beside().mark(str(music)))
    os.utime(file, ns=(2, 2))
    marks.add(Beside().mark(str(music)))
    file.write_text("other")
    os.utime(file, ns=(2, 2))
    marks.add(Beside().mark(str(music)))
    file.rename(file.with_suffix(".txt"))
    marks.add(Beside().mark(str(music)))
    assert len(marks) == 5
    assert "" in marks


def test_a_folder_is_listed_once(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (listed.append(path), scandir(path))[1])
    beside = Beside()
    for _ in range(3):
        beside.mark(str(music))
    assert len(listed) == 1
