"""The mel spectrogram against librosa, and against what can be said without it."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

import synthesis
from golden import make_mel
from murecom.audio import mel


def power_of(front_end: str) -> np.ndarray:
    """Compute our power mel of the golden signal: float32[frames, bands]."""
    settings = make_mel.FRONT_ENDS[front_end]
    wave = make_mel.signal(48128, settings["sr"])
    return mel.mel_power(
        wave[None],
        rate=settings["sr"],
        n_fft=settings["n_fft"],
        hop=settings["hop_length"],
        n_mels=settings["n_mels"],
    )[0]


def check(ours: np.ndarray, theirs: np.ndarray) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5 * theirs.max() * 1e-3)
    for log in ("musicnn", "db"):
        # 1e-5 of a range of 6 (musicnn) or 100 (dB)
        atol = {"musicnn": 1e-5, "db": 1e-3}[log]
        np.testing.assert_allclose(
            mel.compress(ours, log), mel.compress(theirs, log), rtol=1e-5, atol=atol
        )


@pytest.mark.parametrize("front_end", make_mel.FRONT_ENDS)
class TestAgainstLibrosa:
    def test_golden_file(self, front_end: str) -> None:
        with np.load(make_mel.GOLDEN) as golden:
            check(power_of(front_end)[:: make_mel.EVERY], golden[f"{front_end}_power"])

    if importlib.util.find_spec("librosa"):  # 500 MB: the golden file stands in for it

        def test_librosa_itself(self, front_end: str) -> None:
            check(power_of(front_end), make_mel.expected(front_end)["power"])


class TestMusicnn:
    def test_shape(self) -> None:
        windows = synthesis.noise(2 * mel.MUSICNN_SAMPLES / 16000, 16000).reshape(2, -1)
        result = mel.musicnn_mel(windows)
        assert result.shape == (2, 187, 96)
        assert result.dtype == np.float32

    def test_windows_do_not_touch(self) -> None:
        windows = synthesis.noise(3 * mel.MUSICNN_SAMPLES / 16000, 16000).reshape(3, -1)
        together = mel.musicnn_mel(windows)
        for window, alone in zip(windows, together, strict=True):
            np.testing.assert_allclose(mel.musicnn_mel(window[None])[0], alone, atol=1e-6)

    def test_silence_is_zero(self) -> None:
        assert not mel.musicnn_mel(np.zeros((1, mel.MUSICNN_SAMPLES), np.float32)).any()

    def test_none_at_all(self) -> None:
        assert mel.musicnn_mel(np.zeros((0, mel.MUSICNN_SAMPLES), np.float32)).shape == (0, 187, 96)


class TestPower:
    def test_a_tone_lies_in_its_band(self) -> None:
        for hertz in (100, 440, 1000, 3000, 7000):
            wave = synthesis.sine(hertz, 1, 16000)[None]
            power = mel.mel_power(wave, rate=16000, n_fft=2048, hop=512, n_mels=64)[0, 5]
            bank = mel.filters(16000, 2048, 64)
            assert power.argmax() == bank[:, round(hertz * 2048 / 16000)].argmax()

    def test_power_is_quadratic(self) -> None:
        wave = synthesis.noise(1, 16000)[None]
        kw = {"rate": 16000, "n_fft": 512, "hop": 256, "n_mels": 40}
        np.testing.assert_allclose(mel.mel_power(2 * wave, **kw), 4 * mel.mel_power(wave, **kw))

    def test_shorter_than_a_frame(self) -> None:
        assert mel.mel_power(
            np.ones((2, 100), np.float32), rate=16000, n_fft=512, hop=256, n_mels=40
        ).shape == (2, 0, 40)

    def test_log_mel_is_compressed_power(self) -> None:
        wave = synthesis.noise(1, 16000)[None]
        kw = {"rate": 16000, "n_fft": 512, "hop": 256, "n_mels": 40}
        np.testing.assert_array_equal(
            mel.log_mel(wave, log="db", **kw), mel.compress(mel.mel_power(wave, **kw), "db")
        )

    def test_filters_have_area_one(self) -> None:
        bank = mel.filters(22050, 4096, 80)
        np.testing.assert_allclose(bank.sum(axis=1) * 22050 / 4096, 1, rtol=0.05)

    def test_cached_arrays_cannot_be_changed(self) -> None:
        for array in (mel.filters(16000, 512, 96), mel.hann(512)):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1


def test_compress_knows_its_limits() -> None:
    power = np.array([0, 1e-12, 1e-10, 1, 100], np.float32)
    np.testing.assert_allclose(mel.compress(power, "db"), [-100, -100, -100, 0, 20], atol=1e-4)
    np.testing.assert_allclose(mel.compress(power, "musicnn")[[0, 4]], [0, 6.0000004], atol=1e-5)
    assert mel.compress(power, "none") is power
