"""Tempo and onsets of pulses, drums and chords whose tempo is known."""

from __future__ import annotations

import numpy as np
import pytest

import synthesis
from murecom.audio.onset import FPS, envelope, onset_rate
from murecom.audio.tempo import Tempo, tempo

RATE = 11025


def octaves(found: Tempo | None, bpm: float) -> float:
    """Tell how many octaves too fast a tempo is; NaN if it is another one altogether."""
    assert found is not None
    distance = np.log2(found.bpm / bpm)
    return round(distance) if abs(distance - round(distance)) < np.log2(1.02) else np.nan


class TestTempo:
    @pytest.mark.parametrize("bpm", range(60, 161, 10))
    def test_clicks(self, bpm: int) -> None:
        found = tempo(synthesis.clicks(bpm), RATE)
        assert found is not None
        assert found.bpm == pytest.approx(bpm, rel=0.01)
        assert found.confidence > 0.9

    @pytest.mark.parametrize("bpm", [170, 180, 200])
    def test_fast_clicks_may_be_halved(self, bpm: int) -> None:
        assert octaves(tempo(synthesis.clicks(bpm), RATE), bpm) in (0, -1)

    @pytest.mark.parametrize("bpm", [90, 100, 113, 120, 128, 140])
    def test_drums(self, bpm: int) -> None:
        found = tempo(synthesis.drums(bpm), RATE)
        assert found is not None
        assert found.bpm == pytest.approx(bpm, rel=0.02)

    @pytest.mark.parametrize("bpm", [70, 85, 160, 174])
    def test_slow_and_fast_drums_up_to_an_octave(self, bpm: int) -> None:
        assert octaves(tempo(synthesis.drums(bpm), RATE), bpm) in (-1, 0, 1)

    @pytest.mark.parametrize("bpm", [80, 100, 120, 140])
    def test_swing(self, bpm: int) -> None:
        assert octaves(tempo(synthesis.drums(bpm, swing=2 / 3), RATE), bpm) in (-1, 0, 1)

    @pytest.mark.parametrize("bpm", [120, 140, 160])
    def test_halftime(self, bpm: int) -> None:
        assert octaves(tempo(synthesis.drums(bpm, halftime=True), RATE), bpm) in (-1, 0)

    @pytest.mark.parametrize("bpm", [80, 100, 120, 150])
    def test_waltz(self, bpm: int) -> None:
        assert octaves(tempo(synthesis.waltz(bpm), RATE), bpm) == 0

    @pytest.mark.parametrize("rate", [8000, 22050, 44100])
    def test_any_rate(self, rate: int) -> None:
        found = tempo(synthesis.clicks(120, 15, rate), rate)
        assert found is not None
        assert found.bpm == pytest.approx(120, rel=0.01)

    def test_level_does_not_matter(self) -> None:
        wave = synthesis.drums(120)
        assert tempo(wave, RATE) == tempo(wave * np.float32(1e-3), RATE)

    def test_long_tracks_are_sampled(self) -> None:
        wave = synthesis.drums(120, 200)
        assert len(envelope(wave, RATE)) == pytest.approx(90 * FPS, abs=20)
        assert octaves(tempo(wave, RATE), 120) == 0

    def test_a_change_of_tempo_lowers_the_confidence(self) -> None:
        steady = tempo(synthesis.clicks(100, 40), RATE)
        changing = tempo(
            np.concatenate([synthesis.clicks(bpm, 10) for bpm in (100, 77, 131, 91)]), RATE
        )
        assert steady is not None
        assert changing is not None
        assert changing.confidence < 0.7 < steady.confidence

    @pytest.mark.parametrize(
        "wave",
        [
            np.zeros(10 * RATE, np.float32),
            np.zeros(0, np.float32),
            synthesis.clicks(120, 2.5),
            np.ones(10 * RATE, np.float32),
        ],
        ids=["silence", "nothing", "too short", "constant"],
    )
    def test_no_tempo(self, wave: np.ndarray) -> None:
        assert tempo(wave, RATE) is None


class TestOnsets:
    @pytest.mark.parametrize("bpm", [60, 120, 240, 480])
    def test_clicks(self, bpm: int) -> None:
        flux = envelope(synthesis.clicks(bpm), RATE)
        assert onset_rate(flux) == pytest.approx(bpm / 60, rel=0.05)

    def test_drums_have_an_onset_on_every_half_beat(self) -> None:
        flux = envelope(synthesis.drums(100), RATE)
        assert onset_rate(flux) == pytest.approx(200 / 60, rel=0.1)

    @pytest.mark.parametrize("seconds", [0, 0.01, 0.05, 0.1, 0.4, 2])
    def test_silence_of_any_length(self, seconds: float) -> None:
        assert onset_rate(envelope(np.zeros(int(seconds * RATE), np.float32), RATE)) == 0

    @pytest.mark.parametrize("seconds", [0.06, 0.1, 0.3])
    def test_very_short_sounds(self, seconds: float) -> None:
        assert onset_rate(envelope(synthesis.noise(seconds, RATE), RATE)) >= 0
