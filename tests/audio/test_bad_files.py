"""Files that cannot be used: each its own sentence and a next step, nothing on stderr, no crash."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import synthesis
from murecom.audio import reader, sndfile
from murecom.audio.decode import blocks, probe, read_mono, read_windows
from murecom.errors import BadInput, MissingExtra, MurecomError, Unreachable


@pytest.fixture(autouse=True)
def _nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> object:
    """Fail a test in which a C library talked past us."""
    yield
    assert capfd.readouterr().err == ""


@pytest.fixture
def without_av(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)


def refusal(path: Path) -> str:
    """Give the sentence with which all functions refuse a file."""
    said = set()
    for read in (read_windows, lambda p: list(blocks(p)), lambda p: read_mono(p, 16000)):
        with pytest.raises(BadInput) as caught:
            read(path)
        said.add(str(caught.value))
    assert len(said) == 1
    message = said.pop()
    assert "\n" not in message
    assert message.count(". ") >= 1  # a sentence and a next step
    assert str(path.parent) not in message  # lists name the path beside it
    return message


class TestNoFile:
    def test_missing(self, tmp_path: Path) -> None:
        assert "does not exist" in refusal(tmp_path / "a.mp3")

    def test_a_file_as_folder(self, music: Path) -> None:
        assert "does not exist" in refusal(music / "song.mp3" / "a.mp3")

    def test_folder(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp3").mkdir()
        assert "is a folder" in refusal(tmp_path / "a.mp3")

    def test_pipe_does_not_block(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.mp3")
        assert "is a pipe or a device" in refusal(tmp_path / "a.mp3")

    def test_device(self) -> None:
        with pytest.raises(BadInput, match="is a pipe or a device"):
            probe("/dev/zero")

    def test_link_to_nowhere_and_to_itself(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp3").symlink_to(tmp_path / "gone.mp3")
        (tmp_path / "b.mp3").symlink_to(tmp_path / "b.mp3")
        assert "does not exist" in refusal(tmp_path / "a.mp3")
        assert "cannot be opened under this path" in refusal(tmp_path / "b.mp3")

    def test_name_too_long(self, tmp_path: Path) -> None:
        assert "Shorten or rename" in refusal(tmp_path / ("a" * 300))

    def test_nul_in_the_name(self, tmp_path: Path) -> None:
        assert "cannot be the name of a file" in refusal(tmp_path / "a\0b.mp3")

    def test_no_permission(self, music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def deny(path: object, count: int) -> bytes:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(reader, "_head", deny)  # root may read everything
        assert "may not be read by this user" in refusal(music / "song.mp3")

    def test_a_disk_that_does_not_answer(
        self, music: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(path: object, count: int) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(reader, "_head", fail)
        with pytest.raises(Unreachable, match=r"Input/output error\. Check the disk"):
            read_windows(music / "song.mp3")


class TestNoSound:
    def test_empty(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp3").touch()
        assert "is empty (0 bytes)" in refusal(tmp_path / "a.mp3")

    @pytest.mark.parametrize(
        "text", ["hello\n", "Привет, мир. " * 400, "歌词" * 200, "<html>" * 99]
    )
    def test_text(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "a.mp3").write_text(text, encoding="utf-8")
        assert "holds text, not sound" in refusal(tmp_path / "a.mp3")

    @pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "wav", "raw", "xyz", "mp4"])
    def test_random_bytes(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"a.{suffix}"
        path.write_bytes(b"\x93" + np.random.default_rng(0).bytes(200_000))
        assert "is not sound that murecom can read" in refusal(path)

    @pytest.mark.parametrize(
        ("head", "kind"), [(b"OggS\0", "ogg"), (b"fLaC", "flac"), (b"RIFF\0\0\1\0WAVE", "wav")]
    )
    def test_right_beginning_and_then_rubbish(self, tmp_path: Path, head: bytes, kind: str) -> None:
        (tmp_path / "a.xyz").write_bytes(head + np.random.default_rng(0).bytes(100_000))
        assert f"begins like {kind} but cannot be decoded" in refusal(tmp_path / "a.xyz")

    def test_picture(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp3").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(range(256)) * 500)
        assert "is not sound that murecom can read" in refusal(tmp_path / "a.mp3")

    def test_only_tags(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp3").write_bytes(b"ID3\4\0\0\0\0\x7f\x7f" + bytes(16383))
        assert "is not sound that murecom can read" in refusal(tmp_path / "a.mp3")

    def test_names_are_made_printable(self, tmp_path: Path) -> None:
        path = tmp_path / "a\n\x1b[31m\udce9.mp3"
        path.touch()
        assert refusal(path).startswith(r"a\n\x1b[31m\xe9.mp3 is empty")


@pytest.mark.usefixtures("without_av")
class TestNeedsExtra:
    @pytest.mark.parametrize(
        ("head", "kind"),
        [
            (b"\0\0\0\x20ftypM4A ", "m4a"),
            (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wma"),
            (b"\xff\xf1\x50\x80", "aac"),
            (b"wvpk", "wavpack"),
            (b"\x1a\x45\xdf\xa3", "matroska"),
        ],
    )
    def test_says_which(self, tmp_path: Path, head: bytes, kind: str) -> None:
        (tmp_path / "a.mp3").write_bytes(head + bytes(1000))
        with pytest.raises(MissingExtra, match=rf"Reading {kind} files needs .*formats"):
            read_windows(tmp_path / "a.mp3")

    def test_random_bytes_are_not_blamed_on_it(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp3").write_bytes(b"\x93" + np.random.default_rng(0).bytes(200_000))
        assert "is not sound that murecom can read" in refusal(tmp_path / "a.mp3")


class TestTruncated:
    @pytest.mark.parametrize("suffix", ["wav", "aiff", "mp3"])
    def test_says_where_and_of_how_much(self, music: Path, tmp_path: Path, suffix: str) -> None:
        path = _cut(music / f"song.{suffix}", tmp_path, 0.3)
        assert refusal(path) == (
            f"song.{suffix} ends at 6 s of 20 s: it is truncated. "
            "Replace the file, then run: murecom scan --retry"
        )

    def test_flac(self, music: Path, tmp_path: Path) -> None:
        message = refusal(_cut(music / "song.flac", tmp_path, 0.5))
        assert " s of 20 s: it is truncated" in message
        assert 7 <= int(message.split(" ends at ")[1].split()[0]) <= 12

    @pytest.mark.parametrize("suffix", ["ogg", "opus"])
    def test_ogg_does_not_know_its_length(self, music: Path, tmp_path: Path, suffix: str) -> None:
        message = refusal(_cut(music / f"song.{suffix}", tmp_path, 0.5))
        assert " s: it is truncated" in message
        assert " of " not in message

    def test_mp3_with_a_large_picture_before_it(self, music: Path, tmp_path: Path) -> None:
        frames = _cut(music / "song.mp3", tmp_path, 0.3).read_bytes()
        size = 300_000
        tag = b"ID3\3\0\0" + bytes((size >> s) & 0x7F for s in (21, 14, 7, 0)) + b"\xff" * size
        (tmp_path / "a.mp3").write_bytes(tag + frames)
        assert "ends at 6 s of 20 s" in refusal(tmp_path / "a.mp3")
        (tmp_path / "b.mp3").write_bytes(tag + (music / "song.mp3").read_bytes())
        assert len(read_windows(tmp_path / "b.mp3")) == 5

    @pytest.mark.parametrize("suffix", ["wav", "aiff", "mp3", "flac"])
    def test_a_few_missing_milliseconds_are_forgiven(
        self, music: Path, tmp_path: Path, suffix: str
    ) -> None:
        path = _cut(music / f"song.{suffix}", tmp_path, 0.997)
        assert len(read_windows(path)) == 5

    @pytest.mark.parametrize("suffix", ["mp3", "ogg", "wav", "flac"])
    def test_a_tag_behind_the_sound_is_no_harm(
        self, music: Path, tmp_path: Path, suffix: str
    ) -> None:
        path = tmp_path / f"a.{suffix}"
        path.write_bytes((music / f"song.{suffix}").read_bytes() + b"TAG" + bytes(125))
        assert len(read_windows(path)) == 5

    @pytest.mark.parametrize("size", [0, 0x7FFFF000, 0xFFFFFFFF])
    def test_wav_written_to_a_pipe_promises_nothing(self, tmp_path: Path, size: int) -> None:
        path = synthesis.write(tmp_path / "a.wav", synthesis.noise(7, 16000), 16000)
        data = bytearray(path.read_bytes())
        at = data.index(b"data") + 4
        data[at : at + 4] = size.to_bytes(4, "little")
        path.write_bytes(data)
        assert probe(path).rate == 16000
        if size:
            assert len(read_windows(path)) == 2


def _cut(path: Path, folder: Path, share: float) -> Path:
    data = path.read_bytes()
    cut = folder / path.name
    cut.write_bytes(data[: int(len(data) * share)])
    return cut


@pytest.mark.usefixtures("without_av")
def test_damage_inside_an_mp3_is_named(music: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    data = bytearray((music / "song.mp3").read_bytes())
    rng = np.random.default_rng(0)
    middle = len(data) // 2
    data[middle : middle + 60_000] = rng.bytes(60_000)
    path.write_bytes(data)
    try:
        read_windows(path)  # mpg123 finds back in most cases
    except BadInput as error:
        assert "is damaged near" in str(error)  # noqa: PT017 (both are allowed)


@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "wav"])
@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_flipped_bytes_never_crash(
    music: Path, tmp_path_factory: pytest.TempPathFactory, suffix: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    data = bytearray((music / f"song.{suffix}").read_bytes())
    for at in rng.integers(0, len(data), 10 ** rng.integers(0, 4)):
        data[at] = rng.integers(256)
    path = tmp_path_factory.mktemp("flipped") / f"a.{suffix}"
    path.write_bytes(data)
    try:
        windows = read_windows(path)
    except MurecomError as error:
        assert ". " in str(error)  # noqa: PT017 (both are allowed)
    else:
        assert np.isfinite(windows).all()
    path.unlink()


class TestQuiet:
    def test_stderr_is_given_back(self, capfd: pytest.CaptureFixture[str]) -> None:
        with sndfile._stderr_closed, sndfile._stderr_closed:
            os.write(2, b"lost\n")
        os.write(2, b"kept\n")
        assert capfd.readouterr().err == "kept\n"

    @pytest.mark.usefixtures("without_av")
    def test_works_without_stderr(self, music: Path) -> None:
        saved = os.dup(2)
        os.close(2)
        try:
            assert len(read_windows(music / "song.mp3")) == 5
        finally:
            os.dup2(saved, 2)
            os.close(saved)

    def test_leaks_no_descriptors(self, music: Path, tmp_path: Path) -> None:
        cut = _cut(music / "song.mp3", tmp_path, 0.3)
        read_windows(music / "song.mp3")
        before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
        for _ in range(5):
            read_windows(music / "song.mp3")
            with pytest.raises(BadInput):
                read_windows(cut)
        after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
        assert after == before
