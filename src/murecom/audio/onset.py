"""Finds where notes and beats begin: the envelope that tempo is read from.

Positive changes of a mel spectrogram in decibels, averaged over its bands ("spectral flux").
"""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from murecom.audio.mel import compress, mel_power

Floats = NDArray[np.float32]

RATE = 11025
"Hz at which rhythm is heard: drums, bass and hi-hats remain, at a quarter of the work."

HOP = 128
FPS = RATE / HOP
"Frames a second of the envelope: 86, so a beat at 120 BPM is 43 frames."

_FFT = 512
_BANDS = 40
_DEPTH = 70.0  # dB below the loudest cell; softer changes are noise

_REGIONS = ((0, 4), (4, 20), (20, _BANDS), (0, _BANDS))  # of mel bands

_EXCERPT = 30
_EXCERPTS = 3  # of a long track, spread evenly: 1.5 minutes tell the tempo


def resampled(wave: Floats, rate: int) -> Floats:
    """Give mono sound at `RATE`."""
    if rate == RATE:
        return wave
    result: Floats = soxr.resample(wave, rate, RATE)
    return result


def rises(wave: Floats, rate: int) -> Floats:
    """Measure how much louder it gets from frame to frame, in three regions and in all.

    Parameters
    ----------
    wave : ndarray of float32, shape (samples,)
        Mono, any rate. Of more than 90 s, three evenly spread excerpts of 30 s are used.
    rate : int
        Hz.

    Returns
    -------
    ndarray of float32, shape (frames, 4)
        Mean rise per band in dB, `FPS` frames a second, never negative: below about 300 Hz (kicks,
        bass), to 1.6 kHz (snares, chords), above (hi-hats), and over all bands. All zero for
        silence, empty if shorter than two frames (58 ms).
    """
    return np.concatenate([_rise(part) for part in _excerpts(resampled(wave, rate))])


def envelope(wave: Floats, rate: int) -> Floats:
    """Compute the onset envelope: the last column of `rises`, shape (frames,)."""
    return rises(wave, rate)[:, -1]


def _excerpts(wave: Floats) -> list[Floats]:
    length = _EXCERPT * RATE
    if len(wave) <= _EXCERPTS * length:
        return [wave]
    middles = [(2 * k + 1) * len(wave) // (2 * _EXCERPTS) for k in range(_EXCERPTS)]
    return [wave[m - length // 2 : m - length // 2 + length] for m in middles]


def _rise(wave: Floats) -> Floats:
    power = mel_power(wave[None], rate=RATE, n_fft=_FFT, hop=HOP, n_mels=_BANDS)[0]
    if len(power) < 2:
        return np.zeros((0, 4), np.float32)
    level = compress(power, "db")
    level = np.maximum(level, level.max() - np.float32(_DEPTH))
    rise = np.maximum(np.diff(level, axis=0), 0)
    regions = [rise[:, a:b].mean(axis=1, dtype=np.float32) for a, b in _REGIONS]
    return np.stack(regions, axis=1)


def onset_rate(flux: Floats) -> float:
    """Count onsets a second in an envelope.

    An onset is the highest frame within 35 ms, and stands out from the mean of the half second
    around it by a tenth of the envelope's largest values (99th percentile).

    Parameters
    ----------
    flux : ndarray of float32, shape (frames,)
        As `envelope` gives it.

    Returns
    -------
    float
        Onsets a second, 0 for silence.

    Notes
    -----
    The peak-picking rule of Böck, Krebs & Schedl, "Evaluating the online capabilities of onset
    detection methods", ISMIR 2012, with a relative threshold.
    """
    if not len(flux) or not flux.any():
        return 0.0
    near, wide = 3, 21
    padded = np.pad(flux, near)
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * near + 1).max(axis=1)
    around = np.convolve(np.pad(flux, wide), np.ones(2 * wide + 1) / (2 * wide + 1), "valid")
    stands_out = flux >= around + 0.1 * np.percentile(flux, 99)
    onsets = (flux == highest) & (flux > 0) & stands_out
    return float(onsets.sum() * FPS / len(flux))
