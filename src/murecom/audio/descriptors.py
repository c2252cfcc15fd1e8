"""Measures what a listener would say about a whole track: tempo, key, loudness, energy, brightness.

The second pass of a scan: the file is decoded once, from end to end, and everything is taken from
the passing blocks.
"""

from __future__ import annotations

import math
import os

import numpy as np
import soxr
from numpy.typing import NDArray

from murecom.audio import decode
from murecom.audio.key import key
from murecom.audio.loudness import Meter
from murecom.audio.mel import hann
from murecom.audio.onset import RATE, onset_rate, rises
from murecom.audio.tempo import tempo_of

Floats = NDArray[np.float32]

VERSION = 2
"""Of what the numbers mean. Count up when a change alters them: `scan --descriptors` then measures
again what an older version measured. 2: tempo and key are learned, confidences probabilities."""

NAMES = (
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
)
"All that `describe` may give."

_BLOCK = 10.0
_LISTEN = 600.0
"Seconds, from the middle, in which tempo and key are sought: a two-hour mix stays small in memory."

_FFT = 2048
_LOOKS = 20  # spectra per block of 10 s for the brightness


def describe(path: str | os.PathLike[str]) -> dict[str, tuple[float, str]]:
    """Measure a track from end to end.

    Parameters
    ----------
    path : path-like
        A sound file.

    Returns
    -------
    dict of name to (value, unit)
        `tempo` (BPM) and `tempo_confidence` (0..1); `key_tonic` (0 is C … 11 is B), `key_mode`
        (1 major, 0 minor) and `key_confidence` (0..1); `loudness` (LUFS, EBU R128) and
        `loudness_range` (LU); `energy` (dB, mean power against full scale), `brightness` (Hz,
        centroid of the spectrum) and `onset_rate` (1/s). What cannot be told is left out: of
        silence nothing is told, of noise no tempo.

    Raises
    ------
    BadInput, MissingExtra
        As `decode.read_windows`; short and silent tracks are no errors here.
    """
    sound = decode.probe(path)
    meter = Meter(sound.rate, sound.channels)
    bright = _Brightness(sound.rate)
    resampler = soxr.ResampleStream(sound.rate, RATE, 1, dtype="float32")
    first = max(0.0, (sound.duration - _LISTEN) / 2) * sound.rate
    last = first + _LISTEN * sound.rate
    heard: list[Floats] = []
    power, frames = 0.0, 0
    for block in decode.blocks(path, _BLOCK):
        meter.add(block)
        power += float(np.vdot(block, block))
        mono = decode.mono(block)
        bright.add(mono)
        if first <= frames < last:
            heard.append(resampler.resample_chunk(mono))
        frames += len(block)
    heard.append(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
    wave = np.concatenate(heard)

    found: dict[str, tuple[float, str]] = {}
    rise = rises(wave, RATE)
    if beat := tempo_of(rise):
        found["tempo"] = (beat.bpm, "BPM")
        found["tempo_confidence"] = (beat.confidence, "0..1")
    if tonality := key(wave, RATE):
        found["key_tonic"] = (float(tonality.tonic), "pitch class")
        found["key_mode"] = (float(tonality.mode == "major"), "1 major, 0 minor")
        found["key_confidence"] = (tonality.confidence, "0..1")
    if (loud := meter.integrated()) is not None:
        found["loudness"] = (loud, "LUFS")
        if (spread := meter.range()) is not None:
            found["loudness_range"] = (spread, "LU")
    if power > 0:
        found["energy"] = (10 * math.log10(power / (frames * sound.channels)), "dB")
        found["brightness"] = (bright.centroid(), "Hz")
        found["onset_rate"] = (onset_rate(rise[:, -1]), "1/s")
    return found


class _Brightness:
    """Collects the mean magnitude spectrum of a few moments of each block."""

    def __init__(self, rate: int) -> None:
        self._frequency = np.fft.rfftfreq(_FFT, 1 / rate)
        self._sum = np.zeros(len(self._frequency))

    def add(self, mono: Floats) -> None:
        if len(mono) < _FFT:
            mono = np.pad(mono, (0, _FFT - len(mono)))
        starts = np.linspace(0, len(mono) - _FFT, _LOOKS).astype(int)
        framed = np.lib.stride_tricks.sliding_window_view(mono, _FFT)[starts] * hann(_FFT)
        self._sum += np.abs(np.fft.rfft(framed, axis=1)).sum(axis=0)

    def centroid(self) -> float:
        return float(self._frequency @ self._sum / max(self._sum.sum(), 1e-12))
