"""AAC, ALAC, WMA and Matroska through PyAV, in files that PyAV made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr

import synthesis
from murecom.audio import decode, decode_av
from murecom.audio.decode import blocks, probe, read_mono, read_windows
from murecom.audio.descriptors import describe
from murecom.errors import BadInput

av = pytest.importorskip("av", reason="PyAV is not installed (pip install '.[formats]')")

RATE = 44100
# file name, codec, sample format, and how far apart seeking and decoding from the start may lie:
# WMA and Matroska keep time in milliseconds
KINDS = [
    ("song.m4a", "aac", "fltp", 0),
    ("lossless.m4a", "alac", "s16p", 0),
    ("song.aac", "aac", "fltp", 0),
    ("song.wma", "wmav2", "fltp", 45),
    ("song.mka", "flac", "s16", 45),
]


def encode(path: Path, codec: str, form: str, wave: np.ndarray, rate: int = RATE) -> Path:
    """Write float32[frames, channels] with an encoder of FFmpeg."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[wave.shape[1]]
    data: Any = wave
    if form.startswith("s16"):
        data = np.round(wave * 32767).astype(np.int16)
    with av.open(str(path), "w") as container:
        # without noise substitution, which decodes to other noise every time
        options = {"aac_pns": "0"} if codec == "aac" else {}
        stream = container.add_stream(codec, rate=rate, layout=layout, format=form, options=options)
        stream.bit_rate = 192_000
        size = stream.codec_context.frame_size or 4096
        for start in range(0, len(data) // size * size, size):
            part = data[start : start + size]
            part = part.T if form.endswith("p") else part.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part), form, layout)
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("av")
    wave = synthesis.song(20.0, RATE)
    for name, codec, form, _ in KINDS:
        encode(folder / name, codec, form, wave)
    return folder


def shift(part: np.ndarray, whole: np.ndarray, near: int, reach: int) -> int:
    """Find how many samples after `near` a part lies in the whole."""
    low = max(0, near - reach)
    rows = np.lib.stride_tricks.sliding_window_view(whole[low : near + reach + 2000], 2000)
    return low - near + int(np.abs(rows - part[:2000]).max(axis=1).argmin())


@pytest.mark.parametrize(("name", "codec", "form", "slack"), KINDS)
class TestKinds:
    def test_probe(self, folder: Path, name: str, codec: str, form: str, slack: int) -> None:
        sound = probe(folder / name)
        assert (sound.rate, sound.channels, sound.format) == (RATE, 2, codec)
        assert sound.duration == pytest.approx(20, abs=2)

    def test_seeking_equals_decoding_from_the_start(
        self, folder: Path, name: str, codec: str, form: str, slack: int
    ) -> None:
        whole = read_mono(folder / name, RATE)
        for start in (0.0, 0.13, 5.0, 11.7):
            part = read_mono(folder / name, RATE, start=start, seconds=2.0)
            near = round(start * RATE)
            at = near + shift(part, whole, near, slack)
            np.testing.assert_allclose(part, whole[at : at + len(part)], atol=1e-6)

    def test_blocks_join(self, folder: Path, name: str, codec: str, form: str, slack: int) -> None:
        pieces = list(blocks(folder / name, seconds=3.0))
        assert all(piece.shape == (3 * RATE, 2) for piece in pieces[:-1])
        joined = decode.mono(np.concatenate(pieces))
        whole = read_mono(folder / name, RATE)
        np.testing.assert_array_equal(joined[: len(whole)], whole[: len(joined)])

    def test_windows(self, folder: Path, name: str, codec: str, form: str, slack: int) -> None:
        windows = read_windows(folder / name)
        assert windows.shape == (5, 48128)
        assert np.isfinite(windows).all()


@pytest.mark.parametrize("form", ["s16", "s16p", "s32", "flt", "fltp", "dbl", "u8"])
def test_sample_formats(form: str) -> None:
    levels = np.array([[-0.5, 0.25], [0.0, 0.5]])  # frames, channels
    kind = form.removesuffix("p")
    table = {
        "s16": (levels * 2**15).astype(np.int16),
        "s32": (levels * 2**31).astype(np.int32),
        "u8": (levels * 128 + 128).astype(np.uint8),
        "flt": levels.astype(np.float32),
        "dbl": levels,
    }[kind]
    data = table.T if form.endswith("p") else table.reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(data), form, "stereo")
    np.testing.assert_array_equal(decode_av._floats(frame, 2), levels.astype(np.float32))


def test_lossless_is_exact_and_in_place(folder: Path) -> None:
    whole = read_mono(folder / "lossless.m4a", RATE)
    stereo = np.round(synthesis.song(20.0, RATE) * 32767) / 32768
    expected = (stereo[:, 0] + stereo[:, 1]).astype(np.float32) / 2
    np.testing.assert_allclose(whole, expected[: len(whole)], atol=1e-6)


def test_aac_lies_where_the_original_lies(folder: Path) -> None:
    windows = read_windows(folder / "song.m4a")
    original = soxr.resample(decode.mono(synthesis.song(20.0, RATE)), RATE, 16000)
    duration = probe(folder / "song.m4a").duration
    for k, window in enumerate(windows):
        near = round((2 * k + 1) * duration / 10 * 16000 - 48128 / 2) // 1280 * 1280  # the grid
        part = original[near - 300 : near + 300 + len(window)]
        match = np.correlate(part, window, "valid")
        at = int(match.argmax())
        energy = np.sqrt((part[at : at + len(window)] ** 2).sum() * (window**2).sum())
        assert match[at] / energy > 0.98


def test_mix_is_the_plain_mean(tmp_path: Path) -> None:
    wave = np.stack([synthesis.sine(440, 4, RATE), synthesis.sine(660, 4, RATE)], axis=1)
    path = encode(tmp_path / "a.m4a", "alac", "s16p", wave)
    mean = read_mono(path, RATE)
    np.testing.assert_allclose(mean, decode.mono(wave)[: len(mean)], atol=1e-4)


def test_six_channels(tmp_path: Path) -> None:
    wave = synthesis.song(5, RATE, channels=6)
    path = encode(tmp_path / "a.mka", "flac", "s16", wave)
    assert probe(path).channels == 6
    np.testing.assert_allclose(
        read_mono(path, RATE, seconds=2), decode.mono(wave)[: 2 * RATE], atol=1e-4
    )


def test_descriptors(folder: Path) -> None:
    found = describe(folder / "song.m4a")
    assert found["tempo"][0] == pytest.approx(120, rel=0.02)


@pytest.mark.parametrize("name", ["a\nb:c 音.m4a", b"latin \xe9.m4a", "http:x.m4a"])
def test_any_name(folder: Path, tmp_path: Path, name: str | bytes) -> None:
    text = name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
    (tmp_path / text).symlink_to(folder / "song.m4a")
    assert len(read_windows(tmp_path / text)) == 5


class TestBad:
    def test_without_its_index(self, folder: Path, tmp_path: Path) -> None:
        data = (folder / "song.m4a").read_bytes()  # the index stands at the end
        (tmp_path / "a.m4a").write_bytes(data[: len(data) // 2])
        with pytest.raises(BadInput, match="begins like m4a but goes on otherwise: it is damaged"):
            read_windows(tmp_path / "a.m4a")

    @pytest.mark.parametrize("name", ["song.wma", "song.mka"])
    def test_truncated(self, folder: Path, tmp_path: Path, name: str) -> None:
        data = (folder / name).read_bytes()
        (tmp_path / name).write_bytes(data[: len(data) // 2])
        with pytest.raises(BadInput, match=r"ends at \d+ s of \d+ s: it is truncated"):
            read_windows(tmp_path / name)

    def test_a_picture_in_an_mp4(self, tmp_path: Path) -> None:
        path = tmp_path / "a.mp4"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("mpeg4", rate=5)
            stream.width = stream.height = 32
            stream.pix_fmt = "yuv420p"
            image = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
            container.mux(stream.encode(image))
            container.mux(stream.encode(None))
        with pytest.raises(BadInput, match="holds no sound"):
            read_windows(path)

    def test_damaged_mp3_is_read_around_the_damage(self, music: Path, tmp_path: Path) -> None:
        data = bytearray((music / "song.mp3").read_bytes())
        rng = np.random.default_rng(0)
        for at in rng.integers(2000, len(data), 900):
            data[at] = rng.integers(256)
        (tmp_path / "a.mp3").write_bytes(data)
        assert len(read_windows(tmp_path / "a.mp3")) == 5
        heard = sum(len(block) for block in blocks(tmp_path / "a.mp3"))
        assert heard == pytest.approx(20 * RATE, rel=0.1)
