"""Sound with a known truth: clicks, drums and chords made by arithmetic.

Used by the tests of `murecom.audio` and by benchmarks/descriptors.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

SEED = 20240607


def write(path: Path, wave: np.ndarray, rate: int, **kw: object) -> Path:
    """Write float32[frames] or [frames, channels] in the format of the suffix.

    In blocks: libsndfile's Vorbis encoder overflows the stack with minutes in one call.
    """
    if path.suffix == ".opus":
        kw = {"format": "OGG", "subtype": "OPUS"} | kw
    channels = 1 if wave.ndim == 1 else wave.shape[1]
    with soundfile.SoundFile(path, "w", rate, channels, **kw) as file:
        for start in range(0, len(wave), 65536):
            file.write(wave[start : start + 65536])
    return path


def sine(frequency: float, seconds: float, rate: int, dbfs: float = -6.0) -> np.ndarray:
    """Make a sine whose peak lies at `dbfs`."""
    t = np.arange(round(seconds * rate)) / rate
    return (10 ** (dbfs / 20) * np.sin(2 * np.pi * frequency * t)).astype(np.float32)


def noise(seconds: float, rate: int, level: float = 0.1, seed: int = SEED) -> np.ndarray:
    """Make white noise."""
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal(round(seconds * rate))).astype(np.float32)


def song(seconds: float, rate: int, channels: int = 2, seed: int = SEED) -> np.ndarray:
    """Make chords over drums, a little different in every channel: float32[frames, channels]."""
    base = drums(120, seconds, rate, seed=seed) + progression(0, "major", seconds, rate)
    parts = [base * (1 - 0.15 * k) + noise(seconds, rate, 0.01, seed + k) for k in range(channels)]
    wave = np.stack(parts, axis=1).astype(np.float32)
    return wave * np.float32(0.9 / np.abs(wave).max())


def clicks(bpm: float, seconds: float = 30.0, rate: int = 11025) -> np.ndarray:
    """Make short tone bursts, one a beat."""
    t = np.arange(round(0.02 * rate)) / rate
    click = 0.8 * np.sin(2 * np.pi * 1000 * t) * np.exp(-t / 0.004)
    wave = np.zeros(round(seconds * rate) + len(click), np.float32)
    for begin in np.arange(0.1, seconds - 0.1, 60 / bpm):
        _mix(wave, begin * rate, click)
    return wave[: round(seconds * rate)]


def drums(
    bpm: float,
    seconds: float = 40.0,
    rate: int = 11025,
    *,
    swing: float = 0.5,
    halftime: bool = False,
    seed: int = SEED,
) -> np.ndarray:
    """Make kick, snare and hi-hats in four-four; `swing` is where the off-beat falls (0.5: even).

    In half-time the snare comes once a bar, on the third beat, and the kick on the first.
    """
    rng = np.random.default_rng(seed)
    t = np.arange(round(0.25 * rate)) / rate
    beat = 60 / bpm
    kick = np.sin(2 * np.pi * (50 * t + 3 * (1 - np.exp(-30 * t)))) * np.exp(-12 * t)
    wave = 0.003 * rng.standard_normal(round(seconds * rate) + len(t))
    for number in range(int(seconds / beat)):
        at, place = number * beat, number % 4
        if place == 0 or (place == 2 and not halftime):
            _mix(wave, at * rate, 0.9 * kick)
        if place == 2 if halftime else place % 2:
            _mix(wave, at * rate, 0.4 * rng.standard_normal(len(t)) * np.exp(-20 * t))
        if rng.random() < 0.2:
            _mix(wave, (at + beat * swing) * rate, 0.5 * kick)
        for offset, level in ((0.0, 0.15), (swing, 0.1)):
            hat = np.diff(rng.standard_normal(len(t)), prepend=0.0) * np.exp(-60 * t)
            _mix(wave, (at + beat * offset) * rate, level * hat)
    return wave[: round(seconds * rate)].astype(np.float32)


def waltz(bpm: float, seconds: float = 40.0, rate: int = 11025) -> np.ndarray:
    """Make bass, chord, chord in three-four, without drums."""
    beat = 60 / bpm
    wave = np.zeros(round((seconds + 0.4) * rate), np.float32)
    for number in range(int(seconds / beat)):
        root = 110 * 2 ** ((0, 5, 7, 0)[number // 3 % 4] / 12)
        notes = [root] if number % 3 == 0 else [2 * root * ratio for ratio in (1.26, 1.5, 2)]
        _mix(wave, number * beat * rate, 0.3 * _notes(notes, 0.4, rate, fading=6))
    return wave[: round(seconds * rate)]


MAJOR = ((0, 4, 7), (9, 0, 4), (5, 9, 0), (7, 11, 2))  # I vi IV V
MINOR = ((0, 3, 7), (8, 0, 3), (5, 8, 0), (7, 10, 2))  # i VI iv v


def progression(
    tonic: int, mode: str, seconds: float = 16.0, rate: int = 11025, *, cents: float = 0.0
) -> np.ndarray:
    """Make four chords over and over, ending on the first; five harmonics, bass on the root."""
    chords = MAJOR if mode == "major" else MINOR
    each = 2.0
    wave = np.zeros(round((seconds + each) * rate), np.float32)
    for number in range(max(1, round(seconds / each))):
        is_last = number == round(seconds / each) - 1
        chord = chords[0 if is_last else number % 4]
        pitches = [36 + (chord[0] + tonic) % 12] + [60 + (n + tonic) % 12 for n in chord]
        hertz = [440 * 2 ** ((pitch - 69 + cents / 100) / 12) for pitch in pitches]
        _mix(wave, number * each * rate, 0.15 * _notes(hertz, each, rate, fading=1))
    return wave[: round(seconds * rate)]


def _notes(hertz: Sequence[float], seconds: float, rate: int, fading: float) -> np.ndarray:
    """Sound several notes with five harmonics each at once."""
    t = np.arange(round(seconds * rate)) / rate
    partials = [np.sin(2 * np.pi * h * f * t + f) / h for f in hertz for h in range(1, 6)]
    return sum(partials) * np.exp(-fading * t)


def _mix(wave: np.ndarray, at: float, sound: np.ndarray) -> None:
    begin = round(at)
    end = min(len(wave), begin + len(sound))
    if begin < end:
        wave[begin:end] += sound[: end - begin].astype(wave.dtype)
