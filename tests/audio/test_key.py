"""Keys of chord progressions in all 24 keys, tuned and mistuned."""

from __future__ import annotations

import numpy as np
import pytest

import synthesis
from murecom.audio.key import MEASURED, NAMES, key, measured, pitch_classes

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


PROGRESSIONS = {
    "major": (((0, 4, 7), (5, 9, 0), (7, 11, 2), (0, 4, 7)), ((0, 4, 7), (2, 5, 9), (7, 11, 2))),
    "minor": (((0, 3, 7), (5, 8, 0), (7, 11, 2), (0, 3, 7)), ((0, 3, 7), (10, 2, 5), (8, 0, 3))),
}  # I IV V I, I ii V; i iv V i, i bVII bVI


@pytest.mark.parametrize("mode", PROGRESSIONS)
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("tonic", [1, 5, 10])
def test_other_progressions(
    monkeypatch: pytest.MonkeyPatch, tonic: int, mode: str, number: int
) -> None:
    chords = PROGRESSIONS[mode][number]
    four = tuple(chords[k % len(chords)] for k in range(4))
    monkeypatch.setattr(synthesis, mode.upper(), four)
    found = key(synthesis.progression(tonic, mode, 32) + synthesis.drums(110, 32) * 0.3, RATE)
    assert found is not None
    assert (found.tonic, found.mode) == (tonic, mode)


def test_what_is_unclear_is_not_sure() -> None:
    rng = np.random.default_rng(0)
    tones = [synthesis.sine(220 * 2 ** (k / 12), 20, RATE, -20) for k in range(24)]
    found = key(sum(tones) + 0.001 * rng.standard_normal(20 * RATE), RATE)  # every note alike
    assert found is None or found.confidence < 0.7


def test_the_shares_add_up() -> None:
    heard, tuning = measured(synthesis.progression(0, "major", cents=20), RATE)
    assert heard.shape == (MEASURED,)
    assert heard[:12].sum() == pytest.approx(1, abs=0.01)
    assert heard[24:].sum() == pytest.approx(1, abs=0.01)
    assert tuning == pytest.approx(0.2, abs=0.03)
    assert heard[24:].argmax() in (0, 5, 7)  # triads on I, IV, V; vi is minor
