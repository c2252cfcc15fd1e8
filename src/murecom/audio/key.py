"""Tells the key of a track: its tonic, and whether it is major or minor.

Spectral peaks, corrected for how the instruments are tuned, are collected into twelve pitch
classes; a peak also speaks, more softly, for the notes whose overtone it may be. The key whose
profile correlates best wins.

Sources: Albrecht & Shanahan, "The use of large corpora to train a new type of key-finding
algorithm", Music Perception 31(1), 2013 (profiles); Gómez, "Tonal description of polyphonic audio
for music content processing", 2006 (pitch classes with harmonics). On music the profiles of
Krumhansl & Kessler (1982) and of Temperley (1999, 2007) did worse; see docs/design/audio.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from murecom.audio.mel import hann
from murecom.audio.onset import RATE, resampled

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

_MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
_MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)

_FFT = 8192  # 0.74 s: two semitones are four bins apart at 100 Hz
_FRAMES = 320  # at most, spread evenly: 4 minutes without overlap
_LOWEST, _HIGHEST = 100.0, 5000.0  # Hz
_FLOOR = 0.01  # of the highest peak of its frame: lower ones are noise
_OVERTONES = 5
_FADING = 0.6  # weight of each further overtone against the one before


@dataclass(frozen=True, slots=True)
class Key:
    """`tonic` is 0 for C … 11 for B; `confidence` 0..1 is the lead over the next best key.

    `tuning` is how far A4 lies from 440 Hz, in semitones (-0.5 to 0.5).
    """

    tonic: int
    mode: Literal["major", "minor"]
    confidence: float
    tuning: float = 0.0

    @property
    def name(self) -> str:
        """As musicians write it: `A minor`, `Eb major`."""
        return f"{NAMES[self.tonic]} {self.mode}"


def key(wave: Floats, rate: int) -> Key | None:
    """Estimate the key.

    Parameters
    ----------
    wave : ndarray of float32, shape (samples,)
        Mono, any rate.
    rate : int
        Hz.

    Returns
    -------
    Key or None
        None for silence, less than 0.74 s, or sound without any pitch.
    """
    classes, tuning = pitch_classes(wave, rate)
    if classes.std() < 1e-9:
        return None
    scores = _profiles() @ ((classes - classes.mean()) / (classes.std() * 12))
    best, second = np.argsort(scores)[-1:-3:-1]
    confidence = float(np.clip(scores[best] - scores[second], 0.0, 1.0))
    return Key(int(best % 12), "major" if best < 12 else "minor", confidence, tuning)


def pitch_classes(wave: Floats, rate: int) -> tuple[Doubles, float]:
    """Measure how strongly the twelve pitch classes sound, and how the instruments are tuned.

    Returns
    -------
    classes : ndarray of float64, shape (12,)
        C, C#, … B; sums to 1, all 0 for silence.
    tuning : float
        Semitones above A4 = 440 Hz, -0.5 to 0.5.
    """
    frequency, strength = _peaks(resampled(wave, rate))
    if not len(frequency):
        return np.zeros(12), 0.0
    pitch = 12 * np.log2(frequency / 440.0) + 9  # semitones above C
    tuning = float(np.angle(np.sum(strength * np.exp(2j * np.pi * pitch))) / (2 * np.pi))
    classes = np.zeros(12)
    weight = strength
    for overtone in range(1, _OVERTONES + 1):
        note = pitch - tuning - 12 * np.log2(overtone)
        nearest = np.round(note)
        closeness = np.cos(np.pi * (note - nearest)) ** 2  # 0 halfway between two notes
        classes += np.bincount(nearest.astype(int) % 12, weight * closeness, minlength=12)
        weight = weight * _FADING
    return classes / classes.sum(), tuning


def _peaks(wave: Floats) -> tuple[Doubles, Doubles]:
    """Find spectral peaks: their frequencies in Hz and their magnitudes."""
    if len(wave) < _FFT:
        return np.zeros(0), np.zeros(0)
    count = min(_FRAMES, 1 + (len(wave) - _FFT) // (_FFT // 2))
    starts = np.linspace(0, len(wave) - _FFT, count).astype(int)
    framed = np.lib.stride_tricks.sliding_window_view(wave, _FFT)[starts] * hann(_FFT)
    low, high = int(_LOWEST * _FFT / RATE), int(_HIGHEST * _FFT / RATE)
    magnitude = np.abs(np.fft.rfft(framed, axis=1)[:, low - 1 : high + 2])
    middle = magnitude[:, 1:-1]
    floor = np.maximum(middle.max(axis=1, keepdims=True) * _FLOOR, 1e-6)
    is_peak = (middle > magnitude[:, :-2]) & (middle >= magnitude[:, 2:]) & (middle > floor)
    frame, at = np.nonzero(is_peak)
    # the top of the parabola through the logarithms of a peak and its neighbours
    sides = [np.log(magnitude[frame, at + k].astype(np.float64) + 1e-12) for k in (0, 1, 2)]
    bend = sides[0] - 2 * sides[1] + sides[2]
    shift = 0.5 * (sides[0] - sides[2]) / np.minimum(bend, -1e-12)
    height = np.exp(sides[1] - 0.25 * (sides[0] - sides[2]) * shift)
    return (low + at + shift) * RATE / _FFT, height


def _profiles() -> Doubles:
    """Give the 24 standardised profiles: C major … B major, C minor … B minor."""
    rows = [np.roll(mode, tonic) for mode in (_MAJOR, _MINOR) for tonic in range(12)]
    table = np.array(rows)
    table -= table.mean(axis=1, keepdims=True)
    table /= table.std(axis=1, keepdims=True)
    return table
