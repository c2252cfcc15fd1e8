"""EBU R128 on signals whose loudness the standards give."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import synthesis
from murecom.audio.decode import blocks
from murecom.audio.loudness import Meter, k_weighting, loudness

RATE = 48000


def tone(*stretches: tuple[float, float], rate: int = RATE) -> np.ndarray:
    """Make a stereo sine of 1 kHz in stretches of (dBFS peak, seconds)."""
    parts = [synthesis.sine(1000, seconds, rate, dbfs) for dbfs, seconds in stretches]
    return np.stack([np.concatenate(parts)] * 2, axis=1)


def measure(wave: np.ndarray, rate: int = RATE) -> float | None:
    return loudness(np.array_split(wave, 7), rate)


class TestEbuTech3341:
    """The cases of EBU Tech 3341, table 1, that concern integrated loudness, to 0.1 LU."""

    @pytest.mark.parametrize(
        ("stretches", "lufs"),
        [
            ([(-23, 20)], -23),  # 1
            ([(-33, 20)], -33),  # 2
            ([(-36, 10), (-23, 60), (-36, 10)], -23),  # 3
            ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),  # 4
            ([(-26, 20), (-20, 20.1), (-26, 20)], -23),  # 5
        ],
    )
    def test_stereo(self, stretches: list[tuple[float, float]], lufs: float) -> None:
        assert measure(tone(*stretches)) == pytest.approx(lufs, abs=0.1)

    def test_5_1(self) -> None:  # 6
        levels = (-28, -28, -24, -np.inf, -30, -30)
        wave = np.stack([synthesis.sine(1000, 20, RATE, level) for level in levels], axis=1)
        assert measure(wave) == pytest.approx(-23, abs=0.1)


class TestLevel:
    @pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 32000, 44056, 44100, 96000])
    def test_any_rate(self, rate: int) -> None:
        wave = np.stack([synthesis.sine(997, 5, rate, -23)] * 2, axis=1)
        assert measure(wave, rate) == pytest.approx(-23, abs=0.1)

    def test_one_channel_counts_once(self) -> None:
        assert measure(tone((-20, 5))[:, :1]) == pytest.approx(-23, abs=0.1)

    def test_low_frequency_channel_does_not_count(self) -> None:
        wave = np.zeros((5 * RATE, 6), np.float32)
        wave[:, 3] = synthesis.sine(60, 5, RATE, 0)
        assert measure(wave) is None

    @pytest.mark.parametrize(("hertz", "gain"), [(30, -9), (997, 0), (8000, 3.3)])
    def test_weighting(self, hertz: float, gain: float) -> None:
        wave = np.stack([synthesis.sine(hertz, 5, RATE, -23)] * 2, axis=1)
        assert measure(wave) == pytest.approx(-23 + gain, abs=0.5)

    def test_filters_of_the_standard(self) -> None:
        shelf, low_cut = k_weighting(48000)  # BS.1770-4, tables 1 and 2
        assert shelf.b == pytest.approx((1.53512485958697, -2.69169618940638, 1.19839281085285))
        assert shelf.a == pytest.approx((-1.69065929318241, 0.73248077421585))
        assert low_cut.a == pytest.approx((-1.99004745483398, 0.99007225036621))

    def test_blocks_do_not_matter(self) -> None:
        wave = synthesis.song(6, 44100)
        whole = loudness([wave], 44100)
        parts = loudness(np.array_split(wave, 97), 44100)
        assert whole == pytest.approx(parts, abs=1e-4)


class TestNothing:
    def test_silence(self) -> None:
        assert measure(np.zeros((RATE, 2), np.float32)) is None

    def test_below_the_gate(self) -> None:
        assert measure(tone((-75, 3))) is None

    def test_too_short(self) -> None:
        assert measure(tone((-20, 0.3))) is None

    def test_no_blocks(self) -> None:
        assert loudness([], RATE) is None


class TestRange:
    """EBU Tech 3342, section 3: minimum requirements, to 1 LU."""

    @pytest.mark.parametrize(
        ("stretches", "lu"),
        [
            ([(-20, 20), (-30, 20)], 10),
            ([(-20, 20), (-15, 20)], 5),
            ([(-40, 20), (-20, 20)], 20),
            ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
        ],
    )
    def test_cases(self, stretches: list[tuple[float, float]], lu: float) -> None:
        meter = Meter(RATE, 2)
        meter.add(tone(*stretches))
        assert meter.range() == pytest.approx(lu, abs=1)

    def test_less_than_three_seconds(self) -> None:
        meter = Meter(RATE, 2)
        meter.add(tone((-20, 2)))
        assert meter.range() is None


@pytest.mark.server
@pytest.mark.parametrize("suffix", ["wav", "ogg", "vbr.mp3"])
def test_agrees_with_ffmpeg(music: Path, needs_program: Callable[[str], str], suffix: str) -> None:
    path = music / f"song.{suffix}"
    command = [needs_program("ffmpeg"), "-nostdin", "-i", str(path), "-af", "ebur128", "-f", "null"]
    said = subprocess.run([*command, "-"], capture_output=True, text=True, check=True).stderr
    theirs = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
    assert loudness(blocks(path), 44100) == pytest.approx(theirs, abs=0.1)
