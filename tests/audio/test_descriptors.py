"""Whole tracks measured from end to end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import synthesis
from murecom.audio import descriptors
from murecom.audio.descriptors import describe
from murecom.errors import BadInput

NAMES = {
    "tempo",
    "tempo_confidence",
    "key_tonic",
    "key_mode",
    "key_confidence",
    "loudness",
    "loudness_range",
    "energy",
    "brightness",
    "onset_rate",
}


def test_names_are_told() -> None:
    assert set(descriptors.NAMES) == NAMES


@pytest.mark.parametrize("suffix", ["wav", "mp3", "ogg"])
def test_music(music: Path, suffix: str) -> None:
    found = describe(music / f"song.{suffix}")
    assert set(found) == NAMES
    assert all(isinstance(value, float) and np.isfinite(value) for value, _ in found.values())
    values = {name: value for name, (value, _) in found.items()}
    assert values["tempo"] == pytest.approx(120, rel=0.02)
    assert (values["key_tonic"], values["key_mode"]) == (0, 1)
    assert values["loudness"] == pytest.approx(-20, abs=6)


def test_all_formats_agree(music: Path) -> None:
    first, *others = [describe(music / f"song.{s}") for s in ("wav", "flac", "mp3", "ogg")]
    tolerance = {"brightness": 1500.0, "key_confidence": 0.05, "onset_rate": 0.5}
    for other in others:
        for name, (value, unit) in first.items():
            assert other[name][0] == pytest.approx(value, abs=tolerance.get(name, 0.3))
            assert other[name][1] == unit


@pytest.mark.parametrize(("dbfs", "hertz"), [(-6, 1000), (-20, 5000)])
def test_energy_and_brightness_of_a_tone(tmp_path: Path, dbfs: float, hertz: float) -> None:
    wave = synthesis.sine(hertz, 5, 44100, dbfs)
    found = describe(synthesis.write(tmp_path / "a.wav", np.stack([wave, wave], 1), 44100))
    assert found["energy"][0] == pytest.approx(dbfs - 3.01, abs=0.05)  # a sine's mean power
    assert found["brightness"][0] == pytest.approx(hertz, rel=0.03)


def test_brightness_of_noise_lies_in_the_middle(tmp_path: Path) -> None:
    path = synthesis.write(tmp_path / "a.wav", synthesis.noise(10, 32000), 32000)
    assert describe(path)["brightness"][0] == pytest.approx(8000, rel=0.02)


def test_loudness_is_of_the_whole_track(tmp_path: Path) -> None:
    tone = synthesis.sine(997, 30, 44100, -23)
    tone[: 11 * 44100] *= np.float32(10 ** (-40 / 20))  # gated away
    path = synthesis.write(tmp_path / "a.wav", np.stack([tone, tone], 1), 44100)
    assert describe(path)["loudness"][0] == pytest.approx(-23, abs=0.1)


def test_of_silence_nothing_is_told(tmp_path: Path) -> None:
    path = synthesis.write(tmp_path / "a.wav", np.zeros((44100, 2), np.float32), 44100)
    assert describe(path) == {}


@pytest.mark.parametrize("seconds", [0, 0.02, 0.2, 1])
def test_short_tracks(tmp_path: Path, seconds: float) -> None:
    path = synthesis.write(tmp_path / "a.wav", synthesis.noise(seconds, 44100), 44100)
    assert set(describe(path)) <= NAMES


def test_truncated(music: Path, tmp_path: Path) -> None:
    data = (music / "song.mp3").read_bytes()
    (tmp_path / "a.mp3").write_bytes(data[: len(data) // 2])
    with pytest.raises(BadInput, match="it is truncated"):
        describe(tmp_path / "a.mp3")
