"""Tempo and onsets of pulses, drums and chords whose tempo is known."""

from __future__ import annotations

import numpy as np
import pytest

import grooves
import synthesis
from murecom.audio.onset import FPS, envelope, onset_rate, rises
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
        assert found.confidence > 0.7

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
        loud, soft = tempo(wave, RATE), tempo(wave * np.float32(1e-3), RATE)
        assert loud is not None
        assert soft is not None
        assert loud.bpm == soft.bpm
        assert loud.confidence == pytest.approx(soft.confidence, abs=0.02)

    @pytest.mark.parametrize("name", grooves.TUNED)
    def test_styles(self, name: str) -> None:
        groove = grooves.TUNED[name]
        middle = (groove.slow * groove.fast) ** 0.5
        for bpm, human, hats in ((middle * 0.93, 0.01, True), (middle * 1.06, 0.0, False)):
            found = tempo(grooves.loop(groove, bpm, human=human, hats=hats), RATE)
            assert found is not None
            assert found.bpm == pytest.approx(bpm, rel=0.02)

    def test_styles_never_met(self) -> None:
        right, tolerant, sure = [], [], []
        for groove in grooves.HELD_BACK.values():
            for place in (0.25, 0.5, 0.75):
                bpm = groove.slow * (groove.fast / groove.slow) ** place
                found = tempo(grooves.loop(groove, bpm, human=0.01, seed=3), RATE)
                assert found is not None
                right.append(abs(found.bpm / bpm - 1) < 0.04)
                tolerant.append(abs(octaves(found, bpm)) <= 1)
                sure.append(found.confidence >= 0.9)
        assert np.mean(right) >= 0.8
        assert np.mean(tolerant) >= 0.9
        assert np.mean(np.array(right)[sure]) >= 0.9

    @pytest.mark.parametrize("bpm", [64.3, 91.7, 128.4, 151.9])
    def test_tenths_of_a_beat(self, bpm: float) -> None:
        found = tempo(grooves.loop(grooves.TUNED["rock"], bpm, 60), RATE)
        assert found is not None
        assert octaves(found, bpm) in (-1, 0, 1)
        ratio = found.bpm / bpm
        assert min(abs(ratio * k - 1) for k in (0.5, 1, 2)) < 0.004

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

    def test_regions_tell_bass_from_hats(self) -> None:
        bass = rises(synthesis.sine(80, 1, RATE) * (np.arange(RATE) % 2000 < 1000), RATE)
        assert bass.shape[1] == 4
        high = rises(synthesis.sine(4000, 1, RATE) * (np.arange(RATE) % 2000 < 1000), RATE)
        assert bass[:, 0].sum() > bass[:, 2].sum()
        assert high[:, 2].sum() > high[:, 0].sum()
        assert (bass >= 0).all()
