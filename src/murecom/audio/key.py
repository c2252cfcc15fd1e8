"""Tells the key of a track: its tonic, and whether it is major or minor.

Spectral peaks, corrected for how the instruments are tuned, are collected into twelve pitch
classes, moment by moment; a peak also speaks, more softly, for the notes whose overtone it may be.
Three things are then averaged over the track: which notes sound, which sound in the bass, and which
major and minor triads are played. How well each fits a key was learned from music whose key is
known; the confidence is the probability of the best key.

Sources: Gómez, "Tonal description of polyphonic audio for music content processing", 2006 (pitch
classes with harmonics); Fujishima, "Realtime chord recognition of musical sound", ICMC 1999
(chords by templates). Profiles of Krumhansl & Kessler, Temperley, Albrecht & Shanahan and of
electronic music (Faraldo 2016) did worse; see docs/design/audio.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from murecom.audio.learned import learned
from murecom.audio.mel import hann
from murecom.audio.onset import RATE, resampled

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

_FFT = 8192  # 0.74 s: two semitones are four bins apart at 100 Hz
_FRAMES = 320  # at most, spread evenly: 4 minutes without overlap
_LOWEST, _HIGHEST = 100.0, 5000.0  # Hz
_BASS_FROM, _BASS_TO = 60.0, 260.0
_FLOOR = 0.01  # of the highest peak of its frame: lower ones are noise
_OVERTONES = 5
_FADING = 0.6  # weight of each further overtone against the one before
_SHARPNESS = 25.0  # how decidedly a moment is given to the triad that fits best

MEASURED = 48
"Numbers that decide: 12 notes, 12 bass notes, 12 major and 12 minor triads."


@dataclass(frozen=True, slots=True)
class Key:
    """`tonic` is 0 for C … 11 for B; `confidence` 0..1 is the probability of this key.

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
    heard, tuning = measured(wave, rate)
    if not heard.any():
        return None
    numbers = learned()
    turned = np.stack([_turned(heard, tonic) for tonic in range(12)])
    scores = (turned @ numbers["key.weights"].T + numbers["key.bias"]).T.ravel()  # major, minor
    odds = np.exp(scores - scores.max())
    best = int(odds.argmax())
    confidence = float(odds[best] / odds.sum())
    return Key(best % 12, "major" if best < 12 else "minor", confidence, tuning)


def measured(wave: Floats, rate: int) -> tuple[Doubles, float]:
    """Measure what the key is read from.

    Returns
    -------
    heard : ndarray of float64, shape (48,)
        Shares of the 12 pitch classes, of those in the bass, of the 12 major and the 12 minor
        triads, each beginning with C; all 0 for silence or sound without pitch.
    tuning : float
        Semitones above A4 = 440 Hz, -0.5 to 0.5.
    """
    notes, bass, tuning = _notes(wave, rate)
    sounding = notes.sum(axis=1) > 0
    if not sounding.any():
        return np.zeros(MEASURED), 0.0
    notes, bass = _shares(notes), _shares(bass)
    padded = np.pad(notes, ((1, 1), (0, 0)))
    smooth = padded[:-2] / 2 + notes + padded[2:] / 2
    fits = smooth @ _triads().T / np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-12)
    odds = np.exp(_SHARPNESS * (fits - fits.max(axis=1, keepdims=True)))
    triads = odds / odds.sum(axis=1, keepdims=True)
    heard = [notes.mean(axis=0), bass.mean(axis=0), triads[sounding].mean(axis=0)]
    return np.concatenate(heard), tuning


def _turned(heard: Doubles, tonic: int) -> Doubles:
    """Begin each group of twelve with the tonic."""
    return np.roll(heard.reshape(-1, 12), -tonic, axis=1).ravel()


def _shares(rows: Doubles) -> Doubles:
    """Make rows sum to 1, or stay 0."""
    return np.asarray(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-12))


def _triads() -> Doubles:
    """Give the unit templates of the triads on C … B, major then minor: (24, 12)."""
    shapes = ((0, 4, 7), (0, 3, 7))
    rows = [np.bincount((np.array(s) + t) % 12, minlength=12) for s in shapes for t in range(12)]
    return np.asarray(np.stack(rows) / np.sqrt(3))


def pitch_classes(wave: Floats, rate: int) -> tuple[Doubles, float]:
    """Measure how strongly the twelve pitch classes sound, and how the instruments are tuned.

    Returns
    -------
    classes : ndarray of float64, shape (12,)
        C, C#, … B; sums to 1, all 0 for silence.
    tuning : float
        Semitones above A4 = 440 Hz, -0.5 to 0.5.
    """
    notes, _, tuning = _notes(wave, rate)
    total = notes.sum()
    return (notes.sum(axis=0) / total if total > 0 else np.zeros(12)), tuning


def _notes(wave: Floats, rate: int) -> tuple[Doubles, Doubles, float]:
    """Give the strengths of pitch classes, and of those in the bass: (frames, 12); the tuning."""
    frame, frequency, strength, frames = _peaks(resampled(wave, rate))
    if not len(frequency):
        return np.zeros((frames, 12)), np.zeros((frames, 12)), 0.0
    pitch = 12 * np.log2(frequency / 440.0) + 9  # semitones above C
    weight = np.where(frequency >= _LOWEST, strength, 0.0)
    tuning = float(np.angle(np.sum(weight * np.exp(2j * np.pi * pitch))) / (2 * np.pi))

    def collected(weights: Doubles, note: Doubles) -> Doubles:
        nearest = np.round(note)
        closeness = np.cos(np.pi * (note - nearest)) ** 2  # 0 halfway between two notes
        cells = frame * 12 + nearest.astype(int) % 12
        found = np.bincount(cells, weights * closeness, minlength=frames * 12)
        return np.asarray(found.reshape(frames, 12), np.float64)

    in_bass = np.where(frequency < _BASS_TO, strength, 0.0)
    bass = collected(in_bass, pitch - tuning)
    notes = np.zeros((frames, 12))
    for overtone in range(1, _OVERTONES + 1):
        notes += collected(weight, pitch - tuning - 12 * np.log2(overtone))
        weight = weight * _FADING
    return notes, bass, tuning


def _peaks(wave: Floats) -> tuple[NDArray[np.intp], Doubles, Doubles, int]:
    """Find spectral peaks: their frames, frequencies in Hz and magnitudes; how many frames."""
    if len(wave) < _FFT:
        return np.zeros(0, np.intp), np.zeros(0), np.zeros(0), 0
    count = min(_FRAMES, 1 + (len(wave) - _FFT) // (_FFT // 2))
    starts = np.linspace(0, len(wave) - _FFT, count).astype(int)
    framed = np.lib.stride_tricks.sliding_window_view(wave, _FFT)[starts] * hann(_FFT)
    low, high = int(_BASS_FROM * _FFT / RATE), int(_HIGHEST * _FFT / RATE)
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
    return frame, (low + at + shift) * RATE / _FFT, height, count
