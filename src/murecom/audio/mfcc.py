"""Describes timbre by a few numbers: mel-frequency cepstral coefficients and their statistics.

Takes the mel spectrogram that MusiCNN needs anyway, so it costs next to nothing. `embed.mfcc`
turns the statistics into its vector.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

STATISTICS = ("mean", "std", "mean_change", "std_change")
"The rows of `statistics`, in order."


def mfcc(log_mel: Floats, n: int = 20) -> Floats:
    """Compute mel-frequency cepstral coefficients.

    Parameters
    ----------
    log_mel : ndarray of float32, shape (windows, frames, bands)
        A log mel spectrogram; decibels for the usual scale (`mel.compress(power, "db")`).
    n : int
        How many coefficients; the first is the level.

    Returns
    -------
    ndarray of float32, shape (windows, frames, n)

    Notes
    -----
    Orthonormal DCT-II, as `librosa.feature.mfcc`, without liftering.
    """
    result: Floats = log_mel @ _cosines(log_mel.shape[-1], n)
    return result


def statistics(coefficients: Floats) -> Floats:
    """Summarise coefficients over the frames of each window.

    Parameters
    ----------
    coefficients : ndarray of float32, shape (windows, frames, n)

    Returns
    -------
    ndarray of float32, shape (windows, 4, n)
        Mean, standard deviation, mean absolute change from frame to frame, and the standard
        deviation of that change (see `STATISTICS`). Zeros where there are fewer than two frames.
    """
    windows, frames, n = coefficients.shape
    if frames < 2:
        result = np.zeros((windows, len(STATISTICS), n), np.float32)
        if frames:
            result[:, 0] = coefficients[:, 0]
        return result
    change = np.diff(coefficients, axis=1)
    rows: list[Floats] = [
        coefficients.mean(axis=1),
        coefficients.std(axis=1),
        np.abs(change).mean(axis=1),
        change.std(axis=1),
    ]
    summary: Floats = np.stack(rows, axis=1)
    return summary


@lru_cache(maxsize=16)
def _cosines(bands: int, n: int) -> Floats:
    """Give the orthonormal DCT-II as float32[bands, n]."""
    k = np.arange(n)[None, :]
    band = np.arange(bands)[:, None] + 0.5
    table = np.sqrt(2.0 / bands) * np.cos(np.pi * k * band / bands)
    table[:, 0] /= np.sqrt(2.0)
    result: Floats = table.astype(np.float32)
    result.setflags(write=False)
    return result
