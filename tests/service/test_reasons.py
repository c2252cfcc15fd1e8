"""Reasons for pairs of sounds that were made to share something, through the whole chain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import grooves
import sounds
import synthesis
from doubles import Here
from murecom.embed.base import Memo, shipped_statistics
from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import MusiCNN, MusiCNNTags, tags_of
from murecom.playlist.why import Profile, reasons, why
from murecom.service import Murecom
from murecom.service.answers import Start

RATE = 22050
CHORDS = ((0, 4, 7), (5, 9, 0), (7, 11, 2), (0, 4, 7))  # I IV V I
DULL, SHARP = (1.0, 0.3, 0.1), tuple(1 / k**0.3 for k in range(1, 16))  # strengths of overtones


def piece(
    bpm: float, tonic: int, overtones: tuple[float, ...], mode: str = "major", fading: float = 3.0
) -> np.ndarray:
    """Play a bass and broken chords, with a soft drum on the beat."""
    seconds, beat = 60.0, 60 / bpm
    chords = synthesis.MINOR if mode == "minor" else CHORDS
    wave = 0.3 * grooves.loop(grooves.TUNED["rock"], bpm, seconds + 2, RATE).astype(float)
    t = np.arange(round(2 * beat * RATE)) / RATE
    for number in range(int(seconds / beat)):
        chord = chords[number // 4 % 4]
        low = 36 + (chord[0] + tonic) % 12
        for note in (low, *(60 + (n + tonic) % 12 for n in chord)):
            hertz = 440 * 2 ** ((note - 69) / 12)
            tone = sum(a * np.sin(2 * np.pi * hertz * k * t) for k, a in enumerate(overtones, 1))
            begin = round(number * beat * RATE)
            end = min(len(wave), begin + len(t))
            wave[begin:end] += 0.05 * (tone * np.exp(-fading * t))[: end - begin]
    return (wave / np.abs(wave).max() * 0.5).astype(np.float32)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Profile]:
    """Profiles of five pieces that were scanned and measured."""
    folder = tmp_path_factory.mktemp("reasons")
    pieces = {
        "seed": piece(100, 0, DULL),
        "same": piece(101, 0, DULL),
        "brighter": piece(100, 0, SHARP, fading=0.5),
        "fifth": piece(124, 7, DULL),
        "far": piece(124, 6, SHARP, fading=0.5),
    }
    for name, wave in pieces.items():
        sounds.write(folder / f"music/{name}/{name}.wav", wave, RATE)
    with Murecom(home=folder / "home") as app:
        app.scan([folder / "music"], descriptors=True, engine=Here())
        tracks = list(app.store.tracks.iter())
        made = app._sounds().profiles(tracks, Start((), (), {}, ()))
    assert all(p.timbre is not None for p in made)
    return {Path(p.track.path or "").stem: p for p in made}


def said(found: dict[str, Profile], one: str, other: str) -> dict[str, str]:
    return {reason.kind: reason.text for reason in reasons([found[one]], found[other])}


def test_the_same_chords_on_the_same_instrument(found: dict[str, Profile]) -> None:
    words = said(found, "seed", "same")
    assert words["timbre"] == "same timbre"
    assert words["tempo"] in ("same tempo (about 100 BPM)", "same tempo (about 101 BPM)")
    assert words["key"] == "same key (C major)"
    assert "same timbre" in why([found["seed"]], found["same"], 0.9)


def test_the_same_chords_on_another_instrument(found: dict[str, Profile]) -> None:
    words = said(found, "seed", "brighter")
    assert "timbre" not in words
    assert words["key"] == "same key (C major)"


def test_another_tempo_and_a_key_a_fifth_away(found: dict[str, Profile]) -> None:
    words = said(found, "seed", "fifth")
    assert "tempo" not in words
    assert words["near keys"] == "keys that mix well (C major, G major)"


def test_nothing_in_common(found: dict[str, Profile]) -> None:
    words = said(found, "seed", "far")
    assert not {"timbre", "tempo", "octave", "key", "relative key", "near keys"} & set(words)
    assert "faster (124 against 100 BPM)" in why([found["seed"]], found["far"], 0.1)


def test_tags_follow_from_vectors() -> None:
    windows = np.stack([synthesis.noise(3.008, 16000, seed=k) for k in (1, 2)])
    for model in ("msd", "mtt"):
        memo = Memo()
        vectors = MusiCNN(model, backend="numpy").embed(windows, memo)
        tags = MusiCNNTags(model, backend="numpy").embed(windows, memo)
        assert tags_of(vectors, model) == pytest.approx(tags, abs=1e-5)


def test_statistics_of_the_words_are_shipped() -> None:
    for key, dim in ((f"{MusiCNN('mtt').key}-tags", 50), (MfccStatistics().key, 60)):
        mean, scale = shipped_statistics(key, dim)
        assert mean.any()
        assert (scale > 0).all()
