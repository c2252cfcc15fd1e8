"""Keys of chord progressions in all 24 keys, tuned and mistuned."""

from __future__ import annotations

import numpy as np
import pytest

import synthesis
from murecom.audio.key import NAMES, key, pitch_classes

RATE = 11025


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", range(12))
def test_all_keys(tonic: int, mode: str) -> None:
    cents = (0, 30, -35)[tonic % 3]
    found = key(synthesis.progression(tonic, mode, cents=cents), RATE)
    assert found is not None
    assert (found.tonic, found.mode) == (tonic, mode)
    assert found.name == f"{NAMES[tonic]} {mode}"
    assert found.tuning == pytest.approx(cents / 100, abs=0.03)
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_any_rate(rate: int) -> None:
    found = key(synthesis.progression(9, "minor", 8, rate), rate)
    assert found is not None
    assert found.name == "A minor"


def test_drums_do_not_disturb() -> None:
    wave = synthesis.progression(2, "major", 16) + 0.5 * synthesis.drums(120, 16)
    found = key(wave, RATE)
    assert found is not None
    assert found.name == "D major"


def test_long_tracks_are_sampled_evenly() -> None:
    wave = np.concatenate([synthesis.progression(4, "minor", 100)] * 6)
    found = key(wave, RATE)
    assert found is not None
    assert found.name == "E minor"


@pytest.mark.parametrize(("hertz", "name"), [(440, "A"), (261.63, "C"), (1661.2, "Ab")])
def test_a_single_tone(hertz: float, name: str) -> None:
    classes, tuning = pitch_classes(synthesis.sine(hertz, 3, RATE), RATE)
    assert NAMES[classes.argmax()] == name
    assert classes.sum() == pytest.approx(1)
    assert abs(tuning) < 0.02


@pytest.mark.parametrize(
    "wave",
    [np.zeros(5 * RATE, np.float32), np.zeros(0, np.float32), synthesis.sine(440, 0.5, RATE)],
    ids=["silence", "nothing", "too short"],
)
def test_no_key(wave: np.ndarray) -> None:
    assert key(wave, RATE) is None
