"""M3U: exact bytes, three path styles, and everything that strange lists contain."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from murecom.errors import BadInput
from murecom.formats.base import Source
from murecom.formats.m3u import M3U
from murecom.types import Playlist, Track, TrackId


def track(path: str | None, title: str | None = None, *artists: str, seconds: float | None = None):
    return Track(TrackId("file:0"), title, artists, None, seconds, path)


def read(folder: Path, content: bytes, name: str = "list.m3u", **options) -> Playlist:
    (folder / name).write_bytes(content)
    (playlist,) = M3U().read(Source(folder / name, **options))
    return playlist


def paths(folder: Path, content: bytes, name: str = "list.m3u", **options) -> list[str]:
    tracks = read(folder, content, name, **options).tracks
    return [os.path.relpath(t.path, folder) if t.path else t.id for t in tracks]


MIX = Playlist(
    "Evening\nmix",
    (
        track("/music/Muse/01 Uno.mp3", "Uno", "Muse", seconds=217.5),
        track("/music/周杰伦/晴天.flac", "晴天", "周杰伦", "A"),
        track("/music/#1 hits/x.ogg"),
        track("/music/#1.ogg", "One\r\nline"),
        track(os.fsdecode(b"/music/Bj\xf6rk.mp3"), "Jóga", "Björk", seconds=0.4),
        track("/other/far.mp3", seconds=61),
        track("/music/line\nbreak.mp3", "Broken"),
        track(None, "Nowhere"),
        Track(TrackId("url:http://radio.example/stream"), "Radio"),
    ),
)

HEAD = b"#EXTM3U\n#PLAYLIST:Evening mix\n#EXTINF:218,Muse - Uno\n"


def test_writes_exact_bytes_relative_to_the_playlist(tmp_path):
    report = M3U().write(MIX, "/music/lists/../" + os.path.relpath(tmp_path / "a.m3u", "/music"))
    place = os.path.relpath("/music", tmp_path).encode()
    expected = (
        HEAD
        + place
        + b"/Muse/01 Uno.mp3\n"
        + "#EXTINF:-1,周杰伦, A - 晴天\n".encode()
        + place
        + "/周杰伦/晴天.flac\n".encode()
        + place
        + b"/#1 hits/x.ogg\n#EXTINF:-1,One line\n"
        + place
        + b"/#1.ogg\n"
        + "#EXTINF:0,Björk - Jóga\n".encode()
        + place
        + b"/Bj\xf6rk.mp3\n#EXTINF:61,\n"
        + os.path.relpath("/other", tmp_path).encode()
        + b"/far.mp3\n#EXTINF:-1,Radio\nhttp://radio.example/stream\n"
    )
    assert (tmp_path / "a.m3u").read_bytes() == expected
    assert report.written == 7
    assert [(t.title, why[:12]) for t, why in report.skipped] == [
        ("Broken", "A line break"),
        ("Nowhere", "It has no lo"),
    ]


def test_writes_exact_bytes_relative_to_the_music_folder(tmp_path):
    report = M3U().write(MIX, tmp_path / "a.m3u", style="root", root="/music/")
    assert (tmp_path / "a.m3u").read_bytes() == (
        HEAD
        + b"Muse/01 Uno.mp3\n"
        + "#EXTINF:-1,周杰伦, A - 晴天\n周杰伦/晴天.flac\n".encode()
        + b"./#1 hits/x.ogg\n#EXTINF:-1,One line\n./#1.ogg\n"
        + "#EXTINF:0,Björk - Jóga\n".encode()
        + b"Bj\xf6rk.mp3\n#EXTINF:-1,Radio\nhttp://radio.example/stream\n"
    )
    assert report.written == 6
    assert "outside the music folder" in report.skipped[0][1]


def test_writes_absolute_paths(tmp_path):
    M3U().write(Playlist("", MIX.tracks[:2]), tmp_path / "a.m3u8", style="absolute")
    assert (tmp_path / "a.m3u8").read_bytes() == (
        b"#EXTM3U\n#EXTINF:218,Muse - Uno\n/music/Muse/01 Uno.mp3\n"
        + "#EXTINF:-1,周杰伦, A - 晴天\n/music/周杰伦/晴天.flac\n".encode()
    )


def test_an_empty_playlist_has_its_name(tmp_path):
    M3U().write(Playlist("Nothing"), tmp_path / "a.m3u")
    assert (tmp_path / "a.m3u").read_bytes() == b"#EXTM3U\n#PLAYLIST:Nothing\n"


def test_style_root_needs_a_root(tmp_path):
    with pytest.raises(BadInput, match="Name the root"):
        M3U().write(MIX, tmp_path / "a.m3u", style="root")
    with pytest.raises(BadInput, match="playlist, root, absolute"):
        M3U().write(MIX, tmp_path / "a.m3u", style="relative")
    assert not (tmp_path / "a.m3u").exists()


def test_relative_paths_hold_when_the_playlist_folder_is_a_link(tmp_path):
    music = tmp_path / "music" / "a.mp3"
    music.parent.mkdir()
    music.touch()
    (tmp_path / "far" / "away").mkdir(parents=True)
    (tmp_path / "lists").symlink_to(tmp_path / "far" / "away")
    M3U().write(Playlist("", (track(str(music)),)), tmp_path / "lists" / "a.m3u")
    entry = (tmp_path / "lists" / "a.m3u").read_text().splitlines()[-1]
    assert entry == "../../music/a.mp3"
    assert (tmp_path / "lists" / entry).exists()
    (found,) = M3U().read(tmp_path / "lists" / "a.m3u")[0].tracks
    assert found.path == str(music)


@pytest.mark.parametrize("name", ["x:y.mp3", "http:x.mp3", "a\\b.mp3", " x.mp3", "#.mp3", "file:a"])
def test_names_that_look_like_something_else(tmp_path, name):
    (tmp_path / name).touch()
    M3U().write(Playlist("", (track(str(tmp_path / name)),)), tmp_path / "a.m3u")
    (found,) = M3U().read(tmp_path / "a.m3u")[0].tracks
    assert found.path == str(tmp_path / name)


# -- reading ----------------------------------------------------------------------------------


def test_reads_names_and_lengths(tmp_path):
    content = (
        b"#EXTM3U\n#PLAYLIST: My list \n#EXTALB:Album\n#EXTINF:123,Artist - A title - Live\na.mp3\n"
        b"#EXTINF:-1,Only title\nb.mp3\nc.mp3\n"
    )
    playlist = read(tmp_path, content)
    assert playlist.name == "My list"
    a, b, c = playlist.tracks
    assert (a.title, a.artists, a.album, a.duration) == (
        "A title - Live",
        ("Artist",),
        "Album",
        123,
    )
    assert (b.title, b.artists, b.duration) == ("Only title", (), None)
    assert (c.title, c.artists, c.album) == (None, (), None)
    assert a.id == f"path:{tmp_path}/a.mp3"


@pytest.mark.parametrize(
    ("line", "title", "artists", "seconds"),
    [
        ('#EXTINF:12 tvg-id="a,b" group-title="Pop",A - T', "T", ("A",), 12),
        ("#EXTINF:12.7,T", "T", (), 12.7),
        ("#EXTINF: 12 , A - T", "T", ("A",), 12),
        ("#extinf:12,T", "T", (), 12),
        ("#EXTINF:12", None, (), 12),
        ("#EXTINF:,T", "T", (), None),
        ("#EXTINF:T", "T", (), None),
        ("#EXTINF:0,T", "T", (), None),
        ("#EXTINF:99999999999999999999,T", "T", (), 1e20),
        ("#EXTVLCOPT:network-caching=1000", None, (), None),
        ("#EXT-X-SESSION:nonsense", None, (), None),
        ("#", None, (), None),
    ],
)
def test_reads_comments_of_all_kinds(tmp_path, line, title, artists, seconds):
    (found,) = read(tmp_path, f"#EXTM3U\n{line}\na.mp3".encode()).tracks
    assert (found.title, found.artists, found.duration) == (title, artists, seconds)


def test_a_list_without_a_head_takes_the_name_of_the_file(tmp_path):
    playlist = read(tmp_path, b"a.mp3\nsub/b.mp3", "90s rock.m3u")
    assert playlist.name == "90s rock"
    assert [t.path for t in playlist.tracks] == [f"{tmp_path}/a.mp3", f"{tmp_path}/sub/b.mp3"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", b"\n\n\r\n  \n"])
def test_reads_every_line_end(tmp_path, end):
    assert paths(tmp_path, end.join([b"#EXTM3U", b"a.mp3", b"b.mp3", b""])) == ["a.mp3", "b.mp3"]


def test_reads_marks_of_byte_order(tmp_path):
    assert paths(tmp_path, b"\xef\xbb\xbf#EXTM3U\nx\xc3\xa9.mp3") == ["xé.mp3"]
    assert paths(tmp_path, "#EXTM3U\né.mp3\n".encode("utf-16")) == ["é.mp3"]
    assert paths(tmp_path, b"\xef\xbb\xbfa.mp3") == ["a.mp3"]


def test_reads_windows_paths(tmp_path):
    (tmp_path / "Sub").mkdir()
    (tmp_path / "Sub" / "a.mp3").touch()
    assert paths(tmp_path, b"Sub\\a.mp3\r\n..\\up.mp3\r\n") == ["Sub/a.mp3", "../up.mp3"]
    (found,) = read(tmp_path, rb"C:\Music\a.mp3").tracks
    assert found.path.endswith("C:/Music/a.mp3")


def test_reads_files_of_the_other_case_or_composition(tmp_path):
    (tmp_path / "CD").mkdir()
    (tmp_path / "CD" / "Cafe\u0301.mp3").touch()
    assert paths(tmp_path, "cd/CAFÉ.MP3".encode()) == ["CD/Cafe\u0301.mp3"]
    assert paths(tmp_path, "CD/Café.mp3".encode()) == ["CD/Cafe\u0301.mp3"]
    assert paths(tmp_path, b"CD/none.mp3") == ["CD/none.mp3"]


def test_reads_escapes_only_where_they_are_meant(tmp_path):
    (tmp_path / "100%25.mp3").touch()
    (tmp_path / "a b.mp3").touch()
    assert paths(tmp_path, b"100%25.mp3\na%20b.mp3\nc%20d.mp3") == [
        "100%25.mp3",
        "a b.mp3",
        "c%20d.mp3",
    ]
    uri = f"file://{tmp_path}/x%20%E6%99%B4.mp3\nfile://localhost/a%C3%A9.mp3\nFILE:///b.mp3"
    assert paths(tmp_path, uri.encode()) == [
        "x 晴.mp3",
        os.path.relpath("/aé.mp3", tmp_path),
        os.path.relpath("/b.mp3", tmp_path),
    ]


def test_reads_streams_and_spotify(tmp_path):
    content = (
        b"#EXTINF:-1,Radio\nhttps://radio.example/a?b=c\nspotify:track:4uLU6hMCjMI75M1A2tKUQC\n"
    )
    radio, spotify = read(tmp_path, content).tracks
    assert (radio.id, radio.path, radio.title) == ("url:https://radio.example/a?b=c", None, "Radio")
    assert spotify.id == "spotify:track:4uLU6hMCjMI75M1A2tKUQC"
    assert spotify.ids == {"spotify": spotify.id}


def test_reads_latin_and_chinese_lists_of_old(tmp_path):
    assert paths(tmp_path, "#EXTM3U\r\nBjörk.mp3\r\n".encode("latin-1")) == ["Björk.mp3"]
    names = ["我的歌声里.mp3", "后来的我们都哭了.mp3", "月亮代表我的心.mp3"]
    lines = "\r\n".join(f"#EXTINF:1,邓丽君 - 歌\r\n{name}" for name in names)
    playlist = read(tmp_path, lines.encode("gbk"))
    assert [os.path.basename(t.path) for t in playlist.tracks] == names
    assert playlist.tracks[0].artists == ("邓丽君",)
    # one short name alone would prove nothing, and a stray Latin one does not spoil the others
    assert paths(tmp_path, "爱.mp3\n我的歌声里.mp3".encode("gbk"))[0] == "爱.mp3"
    mixed = "夜曲之我的歌声里.mp3\n".encode("gbk") + "Mötley Crüe.mp3".encode("latin-1")
    assert paths(tmp_path, mixed) == ["夜曲之我的歌声里.mp3", "Mötley Crüe.mp3"]
    assert paths(tmp_path, "サクラの歌.mp3\n".encode("shift-jis")) == ["サクラの歌.mp3"]


def test_reads_names_that_are_no_text(tmp_path):
    odd = os.fsdecode(b"Bj\xf6rk.mp3")
    (tmp_path / odd).touch()
    assert paths(tmp_path, b"Bj\xf6rk.mp3") == [odd]  # it exists as these bytes
    assert paths(tmp_path, b"n\xf6.mp3", "list.m3u8") == [os.fsdecode(b"n\xf6.mp3")]
    assert paths(tmp_path, b"n\xf6.mp3") == ["nö.mp3"]


def test_looks_below_the_music_folders_too(tmp_path):
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "a.mp3").touch()
    found = paths(tmp_path, b"a.mp3\nb.mp3", roots=[tmp_path / "music"])
    assert found == ["music/a.mp3", "b.mp3"]


def test_white_space_around_is_not_meant(tmp_path):
    (tmp_path / "a.mp3").touch()
    (tmp_path / "b.mp3 ").touch()
    assert paths(tmp_path, b"  a.mp3\t\nb.mp3 \n") == ["a.mp3", "b.mp3 "]


def test_refuses_what_names_no_file(tmp_path):
    (tmp_path / "list.m3u").write_bytes(b"a.mp3\n\0\0\nb.mp3")
    source = Source(tmp_path / "list.m3u")
    (playlist,) = M3U().read(source)
    assert len(playlist.tracks) == 2
    assert [(r.where, r.reason) for r in source.refused] == [("line 2", "it names no file")]


def test_empty_lists_are_empty(tmp_path):
    assert read(tmp_path, b"").tracks == ()
    assert read(tmp_path, b"#EXTM3U\n").tracks == ()


@pytest.mark.parametrize(
    ("name", "head", "low", "high"),
    [
        ("x.m3u", b"#EXTM3U\n", 0.9, 1),
        ("x", b"\xef\xbb\xbf#extm3u\r\n", 0.9, 1),
        ("x.m3u8", b"a.mp3\n", 0.5, 0.7),
        ("x.m3u8", b"", 0.5, 0.7),
        ("x.txt", b"# mine\n/music/a.flac\n", 0.3, 0.5),
        ("x.txt", b"Dear Sir,\nplease", 0, 0),
        ("x.xspf", b"<playlist>", 0, 0),
        ("x.m3u", b"ID3\x04\0\0", 0, 0),
    ],
)
def test_sniffs(name, head, low, high):
    assert low <= M3U().sniff(name, head) <= high
