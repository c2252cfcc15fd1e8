"""Windows, mono and blocks of files that are as they should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given
from hypothesis import strategies as st

import synthesis
from murecom.audio import decode
from murecom.audio.decode import Silent, TooShort, blocks, probe, read_mono, read_windows

RATE, SAMPLES = 16000, 48128
SHORTEST = SAMPLES / RATE

FORMATS = ("wav", "flac", "aiff", "ogg", "mp3", "vbr.mp3")


def whole(path: Path, rate: int = RATE) -> np.ndarray:
    """Decode a file at once, without murecom: mean of the channels, resampled."""
    data, native = soundfile.read(path, dtype="float32", always_2d=True)
    mixed = data.astype(np.float64).mean(axis=1).astype(np.float32)
    return soxr.resample(mixed, native, rate)


def place(window: np.ndarray, reference: np.ndarray, near: int, reach: int = 2000) -> int:
    """Find where a window lies in a reference, within `reach` samples of `near`."""
    low = max(0, near - reach)
    part = reference[low : near + reach + 400]
    rows = np.lib.stride_tricks.sliding_window_view(part, 400)
    return low + int(np.abs(rows - window[:400]).max(axis=1).argmin())


class TestWindows:
    @pytest.mark.parametrize("suffix", [*FORMATS, "opus"])
    def test_equal_the_whole_file(self, music: Path, suffix: str) -> None:
        path = music / f"song.{suffix}"
        reference = whole(path)
        windows = read_windows(path)
        assert windows.shape == (5, SAMPLES)
        assert windows.dtype == np.float32
        for k, window in enumerate(windows):
            start = place(window, reference, round((2 * k + 1) * 32000 - SAMPLES / 2))
            np.testing.assert_allclose(window, reference[start : start + SAMPLES], atol=2e-6)

    @pytest.mark.parametrize(
        ("rate", "channels", "subtype"),
        [
            (8000, 1, "PCM_16"),
            (11025, 2, "PCM_16"),
            (16000, 2, "PCM_16"),
            (22050, 1, "PCM_U8"),
            (32000, 2, "PCM_16"),
            (48000, 6, "PCM_16"),
            (96000, 2, "PCM_24"),
            (44101, 2, "FLOAT"),  # a prime: windows can begin at whole seconds only
        ],
    )
    def test_any_rate_width_and_channels(
        self, tmp_path: Path, rate: int, channels: int, subtype: str
    ) -> None:
        wave = synthesis.song(8.0, rate, channels)
        path = synthesis.write(tmp_path / "a.wav", wave, rate, subtype=subtype)
        reference = whole(path)
        windows = read_windows(path)
        assert windows.shape == (2, SAMPLES)
        for k, window in enumerate(windows):
            near = round((2 * k + 1) * 32000 - SAMPLES / 2)
            start = place(window, reference, near, reach=17000)
            np.testing.assert_allclose(window, reference[start : start + SAMPLES], atol=2e-6)

    def test_mix_is_the_plain_mean(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(1)
        wave = rng.uniform(-1, 1, (SAMPLES, 2)).astype(np.float32)
        path = synthesis.write(tmp_path / "a.wav", wave, RATE, subtype="FLOAT")
        mean = (wave[:, 0] + wave[:, 1]) / np.float32(2)
        np.testing.assert_array_equal(read_windows(path)[0], mean)

    def test_opposite_channels_cancel(self, tmp_path: Path) -> None:
        wave = synthesis.sine(440, 4, RATE)
        path = synthesis.write(tmp_path / "a.wav", np.stack([wave, -wave], 1), RATE)
        with pytest.raises(Silent):
            read_windows(path)

    def test_float_samples_that_are_no_numbers_become_zero(self, tmp_path: Path) -> None:
        wave = np.full(SAMPLES, 0.5, np.float32)
        wave[[5, 6, 7, 8]] = [np.nan, np.inf, -np.inf, 1e20]
        windows = read_windows(synthesis.write(tmp_path / "a.wav", wave, RATE, subtype="FLOAT"))
        assert not windows[0, 5:9].any()
        assert (windows[0, 9:] == 0.5).all()


class TestSpread:
    @given(frames=st.integers(SAMPLES, 20 * SAMPLES // 3), count=st.integers(1, 6))
    def test_even_and_apart(
        self, tmp_path_factory: pytest.TempPathFactory, frames: int, count: int
    ) -> None:
        path = tmp_path_factory.mktemp("spread") / "ramp.wav"
        ramp = (np.arange(frames) + 2000).astype(np.float32) / np.float32(2**20)  # tells its place
        soundfile.write(path, ramp, RATE, subtype="FLOAT")
        windows = read_windows(path, count=count)
        starts = np.round(windows[:, 0] * 2**20).astype(int) - 2000
        assert len(windows) == min(count, frames // SAMPLES)
        assert starts[0] >= 0
        assert starts[-1] + SAMPLES <= frames
        grid = decode.GRID_MS * RATE // 1000
        assert (starts % grid == 0).all()
        even = (2 * np.arange(len(starts)) + 1) * frames / (2 * len(starts)) - SAMPLES / 2
        late = even - starts
        assert (late >= -1).all()
        assert (late < grid + 1).all()

    def test_exactly_one_window(self, tmp_path: Path) -> None:
        wave = synthesis.noise(SHORTEST, RATE)
        path = synthesis.write(tmp_path / "a.wav", wave, RATE, subtype="FLOAT")
        np.testing.assert_array_equal(read_windows(path)[0], wave)

    def test_too_short(self, tmp_path: Path) -> None:
        path = synthesis.write(tmp_path / "a.wav", synthesis.noise(2.1, 44100), 44100)
        with pytest.raises(TooShort, match=r"a\.wav lasts 2\.1 s, and 3\.0 s are needed"):
            read_windows(path)

    def test_no_samples_at_all(self, tmp_path: Path) -> None:
        path = synthesis.write(tmp_path / "a.wav", np.zeros((0, 2), np.float32), 44100)
        with pytest.raises(TooShort, match=r"lasts 0\.0 s"):
            read_windows(path)


class TestSilence:
    def test_all_of_it(self, tmp_path: Path) -> None:
        dither = synthesis.noise(20, 16000, level=1e-5)
        path = synthesis.write(tmp_path / "a.wav", dither, RATE, subtype="PCM_24")
        with pytest.raises(Silent, match="-80 dBFS"):
            read_windows(path)

    def test_some_windows_are_left_out(self, tmp_path: Path) -> None:
        wave = synthesis.noise(20, 16000)
        wave[: 10 * RATE] = 0
        path = synthesis.write(tmp_path / "a.flac", wave, RATE)
        assert len(read_windows(path)) == 3  # the third lies on the border

    def test_a_quiet_passage_is_no_silence(self, tmp_path: Path) -> None:
        path = synthesis.write(tmp_path / "a.flac", synthesis.sine(440, 4, RATE, dbfs=-70), RATE)
        assert len(read_windows(path)) == 1


class TestWithoutXingHeader:
    """MP3 whose length libsndfile can only guess, from the first frame and the file's size."""

    @pytest.mark.parametrize("name", ["song.mp3", "song.vbr.mp3"])
    def test_all_of_it_is_heard(self, music: Path, tmp_path: Path, name: str) -> None:
        path = tmp_path / "a.mp3"
        path.write_bytes(_frames(music / name))
        assert probe(path).duration == pytest.approx(20, abs=0.1)
        assert sum(len(block) for block in blocks(path)) == pytest.approx(20 * 44100, abs=4000)
        windows = read_windows(path)
        assert windows.shape == (5, SAMPLES)
        reference = np.concatenate([decode.mono(block) for block in blocks(path)])
        reference = soxr.resample(reference, 44100, RATE)
        for k, window in enumerate(windows):
            start = place(window, reference, round((2 * k + 1) * 32000 - SAMPLES / 2))
            np.testing.assert_allclose(window, reference[start : start + SAMPLES], atol=2e-6)

    def test_changing_rate_in_the_middle(self, tmp_path: Path) -> None:
        wave = synthesis.song(4, 44100)
        kw = {"bitrate_mode": "CONSTANT"}
        low = synthesis.write(tmp_path / "a.mp3", wave, 44100, compression_level=0.9, **kw)
        high = synthesis.write(tmp_path / "b.mp3", wave, 44100, compression_level=0.0, **kw)
        path = tmp_path / "joined.mp3"
        path.write_bytes(_frames(low) + 3 * _frames(high))
        assert probe(path).duration == pytest.approx(16, abs=0.3)
        assert read_windows(path).shape == (5, SAMPLES)

    def test_no_header_means_no_promise(self, music: Path, tmp_path: Path) -> None:
        path = tmp_path / "a.mp3"
        frames = _frames(music / "song.vbr.mp3")
        path.write_bytes(frames[: len(frames) // 2])
        assert read_windows(path).shape == (3, SAMPLES)

    def test_another_format_with_the_wrong_name(self, tmp_path: Path) -> None:
        made = synthesis.write(tmp_path / "a.wav", synthesis.song(4, 44100), 44100)
        made = made.rename(tmp_path / "a.mp3")
        assert probe(made).format == "wav"
        assert len(read_windows(made)) == 1


def _frames(path: Path) -> bytes:
    """Give an MP3's frames without the first one if that holds a Xing header."""
    data = path.read_bytes()
    second = data.find(data[:2], 4)
    has_header = b"Xing" in data[:second] or b"Info" in data[:second]
    return data[second:] if has_header else data


class TestMono:
    def test_all_of_it(self, music: Path) -> None:
        np.testing.assert_allclose(
            read_mono(music / "song.flac", 22050), whole(music / "song.flac", 22050), atol=2e-6
        )

    def test_a_part(self, music: Path) -> None:
        part = read_mono(music / "song.mp3", RATE, start=7.0, seconds=2.5)
        reference = whole(music / "song.mp3")
        np.testing.assert_allclose(part, reference[7 * RATE : 7 * RATE + len(part)], atol=2e-6)
        assert len(part) == 2.5 * RATE

    def test_ends_where_the_track_ends(self, music: Path) -> None:
        assert len(read_mono(music / "song.wav", RATE, start=19.0, seconds=5.0)) == RATE

    def test_nothing_behind_the_end(self, music: Path) -> None:
        assert len(read_mono(music / "song.wav", RATE, start=30.0, seconds=5.0)) == 0
        assert len(read_mono(music / "song.wav", RATE, start=30.0)) == 0


class TestBlocks:
    @pytest.mark.parametrize("suffix", FORMATS)
    def test_join_to_the_whole(self, music: Path, suffix: str) -> None:
        pieces = list(blocks(music / f"song.{suffix}", seconds=3.0))
        data, rate = soundfile.read(music / f"song.{suffix}", dtype="float32")
        assert [len(p) for p in pieces[:-1]] == [3 * rate] * (len(pieces) - 1)
        np.testing.assert_array_equal(np.concatenate(pieces), data)

    def test_whole_number_of_blocks(self, tmp_path: Path) -> None:
        path = synthesis.write(tmp_path / "a.wav", synthesis.noise(4, RATE), RATE)
        assert [len(b) for b in blocks(path, seconds=2.0)] == [2 * RATE, 2 * RATE]


class TestProbe:
    @pytest.mark.parametrize(
        ("suffix", "kind"),
        [("wav", "wav"), ("mp3", "mp3"), ("ogg", "vorbis"), ("opus", "opus"), ("flac", "flac")],
    )
    def test_tells_what_it_is(self, music: Path, suffix: str, kind: str) -> None:
        sound = probe(music / f"song.{suffix}")
        assert (sound.format, sound.channels) == (kind, 2)
        assert sound.rate == (48000 if suffix == "opus" else 44100)
        assert sound.duration == pytest.approx(20.0, abs=0.03)
        assert sound.frames == round(sound.duration * sound.rate)


@pytest.mark.parametrize("name", ["new\nline.mp3", "♪ 音乐 🎵.mp3", b"latin \xe9.mp3", "a" * 250])
def test_any_name(music: Path, tmp_path: Path, name: str | bytes) -> None:
    text = name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
    path = tmp_path / text
    path.symlink_to(music / "song.mp3")
    assert len(read_windows(path)) == 5


def test_mono_of_one_channel_is_a_copy() -> None:
    block = np.ones((3, 1), np.float32)
    decode.mono(block)[:] = 5
    assert block.sum() == 3
