"""Turns windows of sound into mel spectrograms: the eyes of every embedder.

One power mel spectrogram is computed once; each consumer takes its own logarithm of it (MusiCNN
log10(1 + 10000 m), MFCC decibels). A network only works with the front-end it was trained on, so
this one is checked against librosa to 1e-5.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Log = Literal["musicnn", "db", "none"]

MUSICNN_RATE = 16000
MUSICNN_SAMPLES = 48128
"187 frames of 512 samples every 256: (187 - 1) * 256 + 512, the patch MusiCNN was trained on."


def mel_power(windows: Floats, *, rate: int, n_fft: int, hop: int, n_mels: int) -> Floats:
    """Compute mel power spectrograms.

    Parameters
    ----------
    windows : ndarray of float32, shape (n, samples)
        Mono sound, full scale 1.0.
    rate : int
        Hz of the windows.
    n_fft, hop : int
        Samples in a frame and between frames. Frames are not padded: the first begins at sample 0.
    n_mels : int
        Bands between 0 Hz and half the rate.

    Returns
    -------
    ndarray of float32, shape (n, frames, n_mels)
        Power; frames = 1 + (samples - n_fft) // hop, or 0 if the windows are shorter than a frame.
        Silence gives 0.

    Notes
    -----
    Periodic Hann window, squared magnitude, and the triangular filters of Slaney's Auditory
    Toolbox (1998), each of area one: what `librosa.feature.melspectrogram` computes by default.
    """
    n, samples = windows.shape
    frames = 1 + (samples - n_fft) // hop if samples >= n_fft else 0
    if not frames or not n:
        return np.zeros((n, frames, n_mels), np.float32)
    framed = sliding_window_view(windows, n_fft, axis=1)[:, ::hop]  # (n, frames, n_fft), a view
    spectrum = np.fft.rfft(framed * hann(n_fft), axis=2)  # numpy 2 keeps complex64
    power = np.square(spectrum.real)
    power += np.square(spectrum.imag)
    mel: Floats = power.reshape(n * frames, -1) @ filters(rate, n_fft, n_mels).T
    return mel.reshape(n, frames, n_mels)


def log_mel(
    windows: Floats, *, rate: int, n_fft: int, hop: int, n_mels: int, log: Log = "db"
) -> Floats:
    """Compute log mel spectrograms; parameters as `mel_power`, `log` as `compress`.

    Returns
    -------
    ndarray of float32, shape (n, frames, n_mels)
    """
    return compress(mel_power(windows, rate=rate, n_fft=n_fft, hop=hop, n_mels=n_mels), log)


def musicnn_power(windows: Floats) -> Floats:
    """Compute MusiCNN's mel spectrogram before its logarithm.

    Parameters
    ----------
    windows : ndarray of float32, shape (n, 48128)
        Mono sound at 16 kHz.

    Returns
    -------
    ndarray of float32, shape (n, 187, 96)
        Power in 96 bands, 62.5 frames a second.
    """
    return mel_power(windows, rate=MUSICNN_RATE, n_fft=512, hop=256, n_mels=96)


def musicnn_mel(windows: Floats) -> Floats:
    """Compute what MusiCNN takes in: log10(1 + 10000 m) of `musicnn_power`.

    Parameters
    ----------
    windows : ndarray of float32, shape (n, 48128)
        Mono sound at 16 kHz.

    Returns
    -------
    ndarray of float32, shape (n, 187, 96)
        0 for silence, about 6 at most.

    Notes
    -----
    Source: Pons & Serra, "musicnn: pre-trained convolutional neural networks for music audio
    tagging", 2019, and the extractor of that package.
    """
    return compress(musicnn_power(windows), "musicnn")


def compress(power: Floats, log: Log) -> Floats:
    """Take a logarithm of power.

    Parameters
    ----------
    power : ndarray of float32, any shape
    log : {"musicnn", "db", "none"}
        `musicnn`: log10(1 + 10000 m). `db`: 10 log10(m), never below -100. `none`: as it is.
    """
    match log:
        case "musicnn":
            compressed: Floats = np.log10(power * np.float32(10000) + np.float32(1))
            return compressed
        case "db":
            decibels: Floats = np.float32(10) * np.log10(np.maximum(power, np.float32(1e-10)))
            return decibels
        case "none":
            return power


@lru_cache(maxsize=16)
def hann(size: int) -> Floats:
    """Give the periodic Hann window: float32[size]."""
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)
    window.setflags(write=False)
    return window


@lru_cache(maxsize=16)
def filters(rate: int, n_fft: int, n_mels: int) -> Floats:
    """Build Slaney's mel filter bank: float32[n_mels, n_fft // 2 + 1], area one per band."""
    edges = _mel_to_hz(np.linspace(0.0, _hz_to_mel(rate / 2), n_mels + 2))
    bins = np.fft.rfftfreq(n_fft, 1 / rate)
    width = np.diff(edges)
    ramps = edges[:, None] - bins[None, :]
    rising = -ramps[:-2] / width[:-1, None]
    falling = ramps[2:] / width[1:, None]
    bank = np.maximum(0.0, np.minimum(rising, falling))
    bank *= (2.0 / (edges[2:] - edges[:-2]))[:, None]
    result = bank.astype(np.float32)
    result.setflags(write=False)
    return result


# Slaney's scale: linear below 1 kHz (200/3 Hz a mel), logarithmic above (27 mel for a factor 6.4).
_LINEAR = 200.0 / 3
_BREAK = 1000.0 / _LINEAR
_LOG_STEP = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    if hz < 1000.0:
        return hz / _LINEAR
    return float(_BREAK + np.log(hz / 1000.0) / _LOG_STEP)


def _mel_to_hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = mels * _LINEAR
    logarithmic = 1000.0 * np.exp(_LOG_STEP * (mels - _BREAK))
    return np.where(mels < _BREAK, linear, logarithmic)
