"""The MFCC block: what its numbers must do when the sound changes in a known way."""

from __future__ import annotations

import numpy as np
import pytest
from tests.embed import signals

from murecom.embed.base import Memo
from murecom.embed.mfcc import COEFFICIENTS, MfccStatistics
from murecom.embed.musicnn import MusiCNN
from murecom.testing import EmbedderContract


class TestMfccStatistics(EmbedderContract):
    make = MfccStatistics


def rows(wave: np.ndarray) -> np.ndarray:
    """Give mean, std and std of the change: float32[3, 20]."""
    return MfccStatistics().embed(wave.astype(np.float32)[None]).reshape(3, COEFFICIENTS)


def test_level_moves_the_first_mean_only() -> None:
    wave = 0.2 * signals.noise(signals.SAMPLES, 9)
    loud, soft = rows(wave), rows(wave / 2)
    # 6.02 dB in each of 96 bands; the orthonormal DCT multiplies a constant by sqrt(96).
    assert soft[0, 0] - loud[0, 0] == pytest.approx(20 * np.log10(0.5) * np.sqrt(96), rel=1e-3)
    np.testing.assert_allclose(soft[0, 1:], loud[0, 1:], atol=1e-2)
    np.testing.assert_allclose(soft[1:], loud[1:], atol=1e-2)


def test_a_steady_tone_does_not_change() -> None:
    t = np.arange(signals.SAMPLES) / 16000
    steady = rows(0.3 * np.sin(2 * np.pi * 500 * t))  # a whole number of periods in each hop
    assert steady[1:, 1:].max() < 0.5
    beaten = rows(0.3 * np.sin(2 * np.pi * 500 * t) * (t % 0.25 < 0.1))
    assert beaten[1:].max() > 20


def test_brightness_is_the_second_mean() -> None:
    noise = signals.noise(signals.SAMPLES, 3) * 0.1
    dark = np.convolve(noise, np.ones(16) / 16, mode="same")
    assert rows(dark)[0, 1] > rows(noise)[0, 1] + 20


def test_silence_is_the_floor() -> None:
    silence = rows(np.zeros(signals.SAMPLES))
    assert silence[0, 0] == pytest.approx(-80 * np.sqrt(96), rel=1e-4)
    assert np.abs(silence.ravel()[1:]).max() < 1e-2
    # What the last bit of a 16-bit file holds is nothing to speak of.
    dither = rows(np.round(signals.noise(signals.SAMPLES, 4)) / 32768)
    np.testing.assert_allclose(dither, silence, atol=1)


def test_shares_the_spectrogram_with_the_network() -> None:
    windows, memo = signals.wave(), Memo()
    MusiCNN(backend="numpy").embed(windows, memo)
    vectors = MfccStatistics().embed(windows, memo)
    assert np.array_equal(vectors, MfccStatistics().embed(windows))


def test_key() -> None:
    assert MfccStatistics().key == "mfcc-1"
    assert MfccStatistics().dim == 60
