"""Tells how fast a track is, in beats a minute.

How loud it gets from moment to moment is compared with itself shifted: at the length of a beat, and
of two, three and four beats, it resembles itself. Several tempos always fit, and which of them
people would tap (80 or 160?) shows in how: the bass drum against the snare, what happens between
beats, how many notes fall on one. A small network, which learned that from music whose tempo is
known, gives each tempo a probability. What it gives the best one is the confidence.

Sources: Percival & Tzanetakis, "Streamlined tempo estimation based on autocorrelation and
cross-correlation with pulses", IEEE TASLP 2014 (generalised autocorrelation); Gkiokas et al.,
"Reducing tempo octave errors by periodicity vector coding and SVM learning", ISMIR 2012 (that it
can be learned which multiple people mean).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from murecom.audio.learned import learned
from murecom.audio.onset import FPS, Floats, onset_rate, rises

Doubles = NDArray[np.float64]

_SLOWEST, _FASTEST, _STEP = 40.0, 250.0, 0.008
_SECONDS = 8.0  # of one look, every 4 s
_EXPONENT = 1.5  # of the magnitude spectrum; 2 would be plain autocorrelation

_SPANS = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1.0, 4 / 3, 3 / 2, 2.0, 3.0, 4.0, 6.0)
"Resemblance is looked up at so many beats, in each region of `onset.rises`."

_BETWEEN = ((0, 1), (0, 2))
"Regions that are compared with each other: the bass with snares, and with hi-hats."

_SPANS_BETWEEN = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 1.0, 3 / 2, 2.0, 3.0, 4.0)

_NEAR = 0.04
"Tempos within 4 % are the same."


@dataclass(frozen=True, slots=True)
class Tempo:
    """`bpm` in beats a minute; `confidence` 0..1 is the probability that people would tap it."""

    bpm: float
    confidence: float


@lru_cache(maxsize=1)
def grid() -> Doubles:
    """Give the tempos that are tried, 0.8 % apart: float64[230]."""
    return np.asarray(np.exp(np.arange(np.log(_SLOWEST), np.log(_FASTEST), _STEP)))


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
    return tempo_of(rises(wave, rate))


def tempo_of(rise: Floats) -> Tempo | None:
    """Estimate the tempo from what `onset.rises` gives; see `tempo`."""
    if len(rise) < 3 * FPS or rise.max(initial=0) < 1e-3:
        return None
    spectra, size = _spectra(rise)
    resemblance = _resemblance(spectra, size)
    found = _probabilities(features(rise, spectra, size, resemblance))
    best = int(found.argmax())
    near = np.abs(np.log(grid() / grid()[best])) < _NEAR
    return Tempo(
        round(_refined(resemblance[-1], float(grid()[best])), 1), float(min(1.0, found[near].sum()))
    )


def features(
    rise: Floats, spectra: NDArray[np.complexfloating], size: int, resemblance: Doubles
) -> Floats:
    """Describe how each tempo fits.

    Parameters
    ----------
    rise : ndarray, shape (frames, 4)
        As `onset.rises` gives it.
    spectra : ndarray of complex, shape (looks, 4, bins)
        Of the looks.
    size : int
        Frames in a look.
    resemblance : ndarray of float64, shape (4, size)
        Of each region with itself, by lag.

    Returns
    -------
    ndarray of float32, shape (tempi, 73)
        Resemblance of each region with itself and of the bass with the others at multiples and
        parts of a beat; onsets a beat; the tempo itself.
    """
    tempi = grid()
    beat = 60 * FPS / tempi
    columns = [_at(curve, beat * span) for curve in resemblance for span in _SPANS]
    for one, other in _BETWEEN:
        curve, together = _between(spectra, size, one, other)
        columns += [_at(curve, beat * span) for span in _SPANS_BETWEEN]
        columns.append(np.full(len(tempi), together))
    density = np.log2((onset_rate(rise[:, -1]) + 0.2) * 60 / tempi)
    octave = np.log2(tempi / 120)
    columns += [density, density**2, octave, octave**2, octave**3]
    return np.stack(columns, axis=1).astype(np.float32)


def measured(rise: Floats) -> Floats:
    """Give the features of what `onset.rises` gave; for `scripts/fit_tempo_and_key.py`."""
    spectra, size = _spectra(rise)
    return features(rise, spectra, size, _resemblance(spectra, size))


def _probabilities(described: Floats) -> Doubles:
    """Let the network judge: float64[tempi], sums to 1."""
    numbers = learned()
    standard = (described - numbers["tempo.mean"]) / numbers["tempo.scale"]
    hidden = np.tanh(standard @ numbers["tempo.hidden"] + numbers["tempo.hidden_bias"])
    scores = (hidden @ numbers["tempo.output"]).astype(np.float64)
    odds = np.exp(scores - scores.max())
    return np.asarray(odds / odds.sum())


def _spectra(rise: Floats) -> tuple[NDArray[np.complexfloating], int]:
    """Transform the smoothed rises of stretches that overlap by half: (looks, 4, bins)."""
    kernel = np.hanning(6)[1:-1]
    kernel /= kernel.sum()
    smooth = np.stack([np.convolve(column, kernel, "same") for column in rise.T])
    size = min(smooth.shape[1], round(_SECONDS * FPS))
    every = max(1, size // 2)
    looks = np.lib.stride_tricks.sliding_window_view(smooth, size, axis=1)[:, ::every]
    centred = (looks - looks.mean(axis=2, keepdims=True)).swapaxes(0, 1)
    return np.fft.rfft(centred, 1 << (2 * size - 1).bit_length(), axis=2), size


def _resemblance(spectra: NDArray[np.complexfloating], size: int) -> Doubles:
    """Compare each region with itself shifted: (4, size), 1 without a shift."""
    curves = np.fft.irfft(np.abs(spectra) ** _EXPONENT, axis=2)[..., :size].mean(axis=0)
    return np.asarray(curves / np.maximum(curves[:, :1], 1e-12))


def _between(
    spectra: NDArray[np.complexfloating], size: int, one: int, other: int
) -> tuple[Doubles, float]:
    """Compare two regions, shifted either way: (size,) and the value without a shift."""
    a, b = spectra[:, one], spectra[:, other]
    size_a, size_b = np.abs(a), np.abs(b)
    product = np.maximum(size_a * size_b, 1e-12)
    curve = np.fft.irfft(product ** (_EXPONENT / 2 - 1) * a * np.conj(b), axis=1).mean(axis=0)
    own = [np.fft.irfft(each**_EXPONENT, axis=1)[:, 0] for each in (size_a, size_b)]
    curve /= max(float(np.sqrt((own[0] * own[1]).mean())), 1e-12)
    backwards = np.concatenate([curve[:1], curve[:-size:-1]])
    return (curve[:size] + backwards) / 2, float(curve[0])


def _at(curve: Doubles, lags: Doubles) -> Doubles:
    """Read a curve (frames,) at fractional lags; 0 behind its end."""
    left = np.minimum(lags.astype(int), len(curve) - 2)
    part = lags - left
    values: Doubles = curve[left] * (1 - part) + curve[left + 1] * part
    return np.where(lags < len(curve) - 1, values, 0.0)


def _refined(curve: Doubles, bpm: float) -> float:
    """Find the tempo near `bpm` at whose beats, up to the eighth, the curve is highest."""
    near = bpm * np.exp(np.arange(-0.02, 0.02, 0.0005))
    beat = 60 * FPS / near
    height = sum(_at(curve, beat * number) for number in range(1, 9))
    return float(near[int(np.argmax(height))])
