"""Tells how fast a track is, in beats a minute.

The onset envelope is compared with itself shifted: at the length of a beat, and of two, three and
four beats, it resembles itself. Which of several fitting tempos people would tap (80 or 160?) is
settled by a preference for moderate ones; no method knows, so `confidence` and half or double tempo
deserve a look before a track is sorted by it.

Sources: Percival & Tzanetakis, "Streamlined tempo estimation based on autocorrelation and
cross-correlation with pulses", IEEE TASLP 2014 (generalised autocorrelation); van Noorden &
Moelants, "Resonance in the perception of musical pulse", 1999 (preference around 115-120 BPM).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from murecom.audio.onset import FPS, Floats, envelope

Doubles = NDArray[np.float64]

# Chosen on synthesised loops and checked on music (docs/design/audio.md): all lie on a plateau.
_SLOWEST, _FASTEST = 40.0, 250.0
_PREFERRED = 115.0
_WIDTH = 1.0  # octaves: standard deviation of the preference
_SECONDS = 6.0  # of one look, every 3 s
_EXPONENT = 1.5  # of the magnitude spectrum; 2 would be plain autocorrelation
_BEATS = {1: 1.0, 2: 0.7, 3: 0.3, 4: 0.5}  # how much resemblance after so many beats counts


@lru_cache(maxsize=1)
def _grid() -> tuple[Doubles, Doubles]:
    """Give the tempos that are tried, 0.4 % apart, and how much each is preferred."""
    tempi = np.exp(np.arange(np.log(_SLOWEST), np.log(_FASTEST), 0.004))
    return tempi, np.exp(-0.5 * (np.log2(tempi / _PREFERRED) / _WIDTH) ** 2)


@dataclass(frozen=True, slots=True)
class Tempo:
    """`bpm` in beats a minute; `confidence` 0..1 is how much of the track agrees with it."""

    bpm: float
    confidence: float


def tempo(wave: Floats, rate: int) -> Tempo | None:
    """Estimate the tempo.

    Parameters
    ----------
    wave : ndarray of float32, shape (samples,)
        Mono, any rate.
    rate : int
        Hz.

    Returns
    -------
    Tempo or None
        Between 40 and 250 BPM. None for silence, an unchanging tone, or less than 3 s.
    """
    return tempo_of(envelope(wave, rate))


def tempo_of(flux: Floats) -> Tempo | None:
    """Estimate the tempo from an onset envelope (`onset.envelope`); see `tempo`."""
    if len(flux) < 3 * FPS or flux.max(initial=0) < 1e-3:
        return None
    tempi, preference = _grid()
    looks = _scores(_looks(flux), tempi)  # (looks, tempi)
    total = looks.mean(axis=0)
    best = int((total * preference).argmax())
    if total[best] <= 0:
        return None
    own = tempi[(looks * preference).argmax(axis=1)]
    octaves = np.log2(own / tempi[best])
    agrees = np.abs(octaves - np.round(octaves)) < np.log2(1.04)
    return Tempo(round(float(_refined(total, best, tempi)), 1), float(agrees.mean()))


def _looks(flux: Floats) -> Doubles:
    """Cut the smoothed envelope into stretches that overlap by half: (looks, frames)."""
    kernel = np.hanning(6)[1:-1]
    smooth = np.convolve(flux, kernel / kernel.sum(), "same")
    size = min(len(smooth), round(_SECONDS * FPS))
    return np.lib.stride_tricks.sliding_window_view(smooth, size)[:: max(1, size // 2)]


def _scores(looks: Doubles, tempi: Doubles) -> Doubles:
    """Give how well each tempo fits each look: (looks, tempi), 0 or more."""
    size = looks.shape[1]
    centred = looks - looks.mean(axis=1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(centred, 1 << (2 * size - 1).bit_length(), axis=1))
    resemblance = np.fft.irfft(spectrum**_EXPONENT, axis=1)[:, :size]
    resemblance /= np.maximum(resemblance[:, :1], 1e-12)
    beat = 60 * FPS / tempi
    scores = np.zeros((len(looks), len(tempi)))
    for beats, weight in _BEATS.items():
        scores += weight * _at(resemblance, beat * beats)
    return np.maximum(scores, 0)


def _at(curves: Doubles, lags: Doubles) -> Doubles:
    """Read curves (looks, frames) at fractional lags; 0 behind their end."""
    left = np.minimum(lags.astype(int), curves.shape[1] - 2)
    part = lags - left
    values: Doubles = curves[:, left] * (1 - part) + curves[:, left + 1] * part
    return np.where(lags < curves.shape[1] - 1, values, 0.0)


def _refined(scores: Doubles, best: int, tempi: Doubles) -> float:
    """Put a parabola through the best score and its neighbours."""
    if not 0 < best < len(scores) - 1:
        return float(tempi[best])
    left, middle, right = scores[best - 1 : best + 2]
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(tempi[best] * (tempi[1] / tempi[0]) ** np.clip(shift, -1, 1))
