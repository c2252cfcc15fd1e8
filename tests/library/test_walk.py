"""Finding files: every kind of root, link, name and trouble."""

from __future__ import annotations

import errno
import os
import random
import struct
import tempfile
import tracemalloc
from pathlib import Path

import pytest

from murecom.library import sniff
from murecom.library.walk import Found, Unreadable, walk

MPEG = b"\xff\xfb\x90\x00" + bytes(413)  # 128 kbit/s at 44.1 kHz: 417 bytes a frame


def make(folder: Path, *names: str, content: bytes = b"x") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def found(*roots, **options) -> list[str]:
    entries = list(walk(roots, **options))
    assert not [e for e in entries if isinstance(e, Unreadable)]
    return [e.path for e in entries]


def names(folder: Path, **options) -> list[str]:
    return [os.path.relpath(path, folder) for path in found(folder, **options)]


def test_yields_size_and_time_in_a_fixed_order(tmp_path):
    make(tmp_path, "b/2.mp3", "b/1.FLAC", "a/x/deep.ogg", "a/9.wav", "c.mp3", "B.mp3")
    os.utime(tmp_path / "c.mp3", ns=(5, 1_234_567_890_123_456_789))
    entries = list(walk([tmp_path]))
    assert [os.path.relpath(e.path, tmp_path) for e in entries] == [
        "B.mp3",
        "c.mp3",
        "a/9.wav",
        "a/x/deep.ogg",
        "b/1.FLAC",
        "b/2.mp3",
    ]
    assert entries[1] == Found(str(tmp_path / "c.mp3"), 1, 1_234_567_890_123_456_789)
    assert entries == list(walk([tmp_path]))


def test_an_empty_folder_yields_nothing(tmp_path):
    assert found(tmp_path) == []
    assert found() == []


def test_paths_are_absolute(tmp_path, monkeypatch):
    make(tmp_path, "a.mp3")
    monkeypatch.chdir(tmp_path)
    assert found(".") == found("./") == found(str(tmp_path)) == [str(tmp_path / "a.mp3")]


def test_a_single_root_may_stand_alone(tmp_path):
    make(tmp_path, "a.mp3")
    assert [e.path for e in walk(tmp_path)] == [str(tmp_path / "a.mp3")]


# -- what is music ----------------------------------------------------------------------------


def test_skips_what_is_known_to_be_something_else(tmp_path):
    make(tmp_path, "cover.jpg", "a.cue", "list.m3u", "notes.TXT", "film.mp4", content=b"ID3" + MPEG)
    assert found(tmp_path) == []


def test_takes_known_extensions_without_looking(tmp_path):
    make(tmp_path, "text.mp3", "empty.ogg", "x.M4A", content=b"no music at all")
    (tmp_path / "empty.ogg").write_bytes(b"")
    assert len(found(tmp_path)) == 3


def test_looks_into_files_without_a_known_extension(tmp_path):
    make(tmp_path, "README", "01. Title", "x.unknown", content=b"Dear reader, this is text.")
    assert found(tmp_path) == []
    make(tmp_path, "README", "01. Title", "x.unknown", content=b"fLaC" + bytes(40))
    assert names(tmp_path) == ["01. Title", "README", "x.unknown"]


def test_extensions_can_be_chosen(tmp_path):
    make(tmp_path, "a.mp3", "b.ogg", "c.mp4", "d", content=b"OggS" + bytes(40))
    assert names(tmp_path, extensions={"ogg", "mp4"}) == ["b.ogg", "c.mp4", "d"]


@pytest.mark.parametrize(
    "head",
    [
        b"ID3\x04\x00\x00\x00\x00\x0f\x76",
        b"fLaC\x00\x00\x00\x22",
        b"OggS\x00\x02",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"RF64\xff\xff\xff\xffWAVE",
        b"FORM\x00\x00\x00\x00AIFFCOMM",
        b"FORM\x00\x00\x00\x00AIFC",
        b"\x00\x00\x00\x20ftypM4A \x00\x00",
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c",
        MPEG * 2,
        (b"\xff\xf3\x40\xc4" + bytes(100)) * 2,  # MPEG 2, 32 kbit/s, 22.05 kHz
        (b"\xff\xfd\x80\x00" + bytes(413)) * 2,  # layer II, 128 kbit/s, 44.1 kHz
        (b"\xff\xf1\x50\x80" + struct.pack(">H", 100 << 5) + bytes(94)) * 2,  # ADTS, 100 bytes
    ],
)
def test_knows_sound_by_its_first_bytes(head):
    assert sniff.is_audio(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        MPEG,  # one frame alone proves nothing
        MPEG + b"\xff\xf3\x90\x00",  # another kind of frame follows
        b"\xff\xfeH\x00e\x00l\x00l\x00o\x00 \x00w\x00o\x00r\x00l\x00d\x00",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x24\x00\x00\x00AVI LIST",
        b"RIFF\x24\x00\x00\x00WEBPVP8 ",
        b"FORM\x00\x00\x00\x00ILBM",
        b"\x00\x00\x00\x20ftypheic\x00\x00",
        b"ID3 is how tags begin",
        b"#!/bin/sh\n",
        b"\xff" * 4096,
        b"\x00" * 4096,
    ],
)
def test_knows_what_is_no_sound(head):
    assert not sniff.is_audio(head)


def test_noise_is_hardly_ever_taken_for_sound():
    generator = random.Random(1)
    assert sum(sniff.is_audio(b"\xff\xfb" + generator.randbytes(4094)) for _ in range(2000)) <= 2


# -- roots ------------------------------------------------------------------------------------


def test_overlapping_roots_yield_a_file_once(tmp_path):
    make(tmp_path, "a/b/1.mp3", "a/2.mp3", "c/3.mp3")
    a = tmp_path / "a"
    every = found(tmp_path)
    for roots in (
        [tmp_path, a],
        [a, tmp_path],
        [a / "b", tmp_path, a, tmp_path],
        [tmp_path, a / "2.mp3", a / "2.mp3"],
        [a / "2.mp3", tmp_path],
    ):
        assert sorted(found(*roots)) == sorted(every)
    assert found(a, tmp_path / "c") == [
        str(a / "2.mp3"),
        str(a / "b/1.mp3"),
        str(tmp_path / "c/3.mp3"),
    ]


def test_files_as_roots(tmp_path):
    make(tmp_path, "a.mp3", ".hidden.mp3", "noext", "b.txt")
    (tmp_path / "noext").write_bytes(b"OggS")
    roots = [tmp_path / name for name in (".hidden.mp3", "noext", "a.mp3", "a.mp3")]
    assert found(*roots) == [str(root) for root in roots[:3]]
    (entry,) = walk([tmp_path / "b.txt"])
    assert isinstance(entry, Unreadable)
    assert entry.reason == "This is not a music file. Name a music file or a folder."


def test_missing_roots_are_told_as_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "a.mp3", "file.mp3")
    gone, inside, nul, entry = walk(["nowhere", "a.mp3/x", "a\0b", "a.mp3"])
    assert gone == Unreadable("nowhere", "There is no file or folder 'nowhere'.")
    assert inside.reason == "There is no file or folder 'a.mp3/x'."
    assert nul.reason == "There is no file or folder 'a\\x00b'."
    assert entry.path == str(tmp_path / "a.mp3")


def test_roots_may_be_links_or_hidden(tmp_path):
    make(tmp_path, ".real/a.mp3")
    (tmp_path / "link").symlink_to(".real")
    assert found(tmp_path / "link", follow_links=False) == [str(tmp_path / "link/a.mp3")]
    assert found(tmp_path / ".real") == [str(tmp_path / ".real/a.mp3")]
    assert found(tmp_path, tmp_path / ".real") == [str(tmp_path / ".real/a.mp3")]


# -- what is skipped --------------------------------------------------------------------------


def test_hidden_and_system_folders_are_skipped(tmp_path):
    make(tmp_path, "a.mp3", ".b.mp3", ".c/d.mp3", "@eaDir/e.mp3", "lost+found/f.mp3", "x/.y/z.mp3")
    assert names(tmp_path) == ["a.mp3"]


@pytest.mark.parametrize("marker", [".nomedia", ".murecomignore"])
def test_marked_folders_are_skipped_but_not_as_roots(tmp_path, marker):
    make(tmp_path, "a.mp3", f"in/{marker}", "in/b.mp3", "in/deep/c.mp3", "out/d.mp3")
    assert names(tmp_path) == ["a.mp3", "out/d.mp3"]
    assert names(tmp_path / "in") == ["b.mp3", "deep/c.mp3"]
    assert len(found(tmp_path, tmp_path / "in" / "deep")) == 3


# -- links ------------------------------------------------------------------------------------


def test_loops_end(tmp_path):
    make(tmp_path, "lib/a/1.mp3", "beside.mp3")
    lib = tmp_path / "lib"
    (lib / "a" / "self").symlink_to(".")
    (lib / "a" / "up").symlink_to("..")
    (lib / "above").symlink_to("../..")
    (lib / "around").symlink_to("around2")
    (lib / "around2").symlink_to("around")
    (lib / "whole").symlink_to(tmp_path)
    assert names(lib) == ["a/1.mp3"]


def test_links_out_are_followed_once(tmp_path):
    make(tmp_path, "lib/1.mp3", "out/2.mp3", "out/sub/3.mp3", "far/4.mp3")
    lib, out = tmp_path / "lib", tmp_path / "out"
    (lib / "b").symlink_to(out)
    (lib / "a").symlink_to(out / "sub")  # met first, so `b` does not show it again
    (lib / "c").symlink_to(out)
    (out / "back").symlink_to(lib)
    (out / "far").symlink_to(tmp_path / "far")
    assert names(lib) == ["1.mp3", "a/3.mp3", "b/2.mp3", "b/far/4.mp3"]
    assert names(lib, follow_links=False) == ["1.mp3"]


def test_what_is_reached_both_ways_has_its_real_path(tmp_path):
    make(tmp_path, "z/real/1.mp3", "z/2.mp3")
    (tmp_path / "a").symlink_to("z/real")
    (tmp_path / "a.mp3").symlink_to("z/2.mp3")
    assert names(tmp_path) == ["z/2.mp3", "z/real/1.mp3"]
    other = tmp_path / "other"
    make(other, "o.mp3")
    (other / "link").symlink_to(tmp_path / "z")
    assert found(other, tmp_path / "z") == [
        str(other / "o.mp3"),
        str(tmp_path / "z/2.mp3"),
        str(tmp_path / "z/real/1.mp3"),
    ]


def test_linked_files_that_are_not_met_otherwise(tmp_path):
    make(tmp_path, "lib/.store/1", "lib/x.txt", "out.mp3", content=b"OggS")
    lib = tmp_path / "lib"
    (lib / "a.mp3").symlink_to(".store/1")  # as git-annex does
    (lib / "b.mp3").symlink_to("../out.mp3")
    (lib / "c").symlink_to("../out.mp3")
    (lib / "d.mp3").symlink_to("x.txt")
    assert names(lib) == ["a.mp3", "b.mp3", "c", "d.mp3"]
    assert names(lib, follow_links=False) == []


def test_dangling_links_are_told(tmp_path):
    (tmp_path / "a.mp3").symlink_to("gone.mp3")
    (tmp_path / "b.mp3").symlink_to("b.mp3")
    (tmp_path / "c").symlink_to("gone")
    dangling, loop = walk([tmp_path])
    assert dangling == Unreadable(
        str(tmp_path / "a.mp3"), "This link leads nowhere. Mend or remove it."
    )
    assert loop.reason == "These links lead round in a loop. Remove one."


# -- trouble ----------------------------------------------------------------------------------


def test_closed_folders_are_told_and_the_rest_is_found(tmp_path, monkeypatch):
    make(tmp_path, "a/1.mp3", "b/2.mp3", "c/3.mp3")
    scandir = os.scandir

    def refuse(folder):
        if os.fspath(folder).endswith("b"):
            raise PermissionError(errno.EACCES, "Permission denied")
        if os.fspath(folder).endswith("c"):
            raise OSError(errno.EIO, "Input/output error")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    one, two, three = walk([tmp_path])
    assert isinstance(one, Found)
    assert two.path == str(tmp_path / "b")
    assert two.reason.startswith("No permission to read this.")
    assert "Input/output error" in three.reason


def test_really_closed_folders():
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), "a/1.mp3", "b/2.mp3")
        os.chmod(folder, 0o755)
        os.chmod(f"{folder}/a", 0)
        user = os.geteuid()
        if user == 0:  # root may read everything, nobody may not
            os.seteuid(65534)
        try:
            closed, open_ = walk([folder])
        finally:
            os.seteuid(user)
            os.chmod(f"{folder}/a", 0o700)
        assert isinstance(closed, Unreadable)
        assert closed.reason.startswith("No permission")
        assert open_.path == f"{folder}/b/2.mp3"


def test_closed_files_as_roots(tmp_path, monkeypatch):
    make(tmp_path, "a.mp3")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    (entry,) = walk([tmp_path / "a.mp3"])
    assert entry.reason.startswith("No permission")


def test_pipes_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "a.mp3")
    os.mkfifo(tmp_path / "b")
    (entry,) = walk([tmp_path])
    assert entry.reason == "This is a pipe or a device, not a file. Leave it out."


def test_a_file_that_vanishes_is_no_trouble(tmp_path):
    make(tmp_path, "a.mp3", "b.mp3")
    walking = walk([tmp_path])
    assert next(walking).path.endswith("a.mp3")
    (tmp_path / "b.mp3").unlink()
    assert list(walking) == []


@pytest.mark.parametrize(
    "name",
    [
        b"line\nbreak.mp3",
        b"tab\t.mp3",
        "🎵 晴天 é e\u0301.mp3".encode(),
        b"Bj\xf6rk \xff.mp3",
        b" lead.mp3",
        b"trail.mp3 ",
        b"x" * 251 + b".mp3",
        "é".encode() * 125 + b".mp3",
    ],
)
def test_names_of_every_kind(tmp_path, name):
    (tmp_path / os.fsdecode(name)).write_bytes(b"OggS")
    (path,) = found(tmp_path)
    assert os.fsencode(path) == os.fsencode(tmp_path) + b"/" + name
    assert os.path.getsize(path) == 4


def test_deep_and_long_paths(tmp_path):
    deep = tmp_path.joinpath(*["d" * 200] * 15)  # 3,000 characters
    make(deep, "a.mp3")
    many = tmp_path.joinpath(*["e"] * 300)
    make(many, "b.mp3")
    assert found(tmp_path) == [str(deep / "a.mp3"), str(many / "b.mp3")]


def test_memory_does_not_grow_with_the_library(tmp_path):
    for folder in range(40):
        (tmp_path / f"{folder:03d}").mkdir()
        for file in range(50):
            (tmp_path / f"{folder:03d}" / f"{file:03d}.mp3").touch()

    def peak(root: Path) -> int:
        tracemalloc.start()
        for _ in walk([root]):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(tmp_path)  # whatever is loaded once
    assert peak(tmp_path) < peak(tmp_path / "000") + 20_000
