"""Opens sound files and gives waveforms: first stop of everything that listens.

Windows are read by seeking, never the whole file; the mix to mono is the plain mean of the
channels; soxr changes the rate. libsndfile is asked first, PyAV (the extra `formats`) for what it
does not read. Every refusal is a `BadInput` with one sentence and a next step.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TypeVar

import numpy as np
import soxr

from murecom.audio import decode_av
from murecom.audio.reader import (
    RETRY,
    Damaged,
    Floats,
    Reader,
    Refused,
    Sound,
    begins_like,
    first_bytes,
    is_text,
    only_ffmpeg,
    shown,
)
from murecom.audio.sndfile import SoundFileReader
from murecom.audio.truncation import tolerance
from murecom.errors import BadInput, MissingExtra

__all__ = ["Silent", "Sound", "TooShort", "blocks", "mono", "probe", "read_mono", "read_windows"]

Path = str | os.PathLike[str]
T = TypeVar("T")

SILENCE = 1e-4
"RMS of -80 dBFS: above the dither of 16-bit files (-96 to -93), far below any quiet passage."

GRID_MS = 80
"""Windows begin on multiples of this: a whole number of samples in every usual rate and of hops of
the network. Copies in other encodings last some milliseconds more or less; without the grid their
windows would lie between each other's frames, which weighs more than the encoding itself
(`benchmarks/codecs.py`)."""

_CONTEXT = 0.04
"Seconds read on either side for the resampler; from 20 ms on the result is exact to 2e-7."

_LOUDEST = 1e3
"Samples beyond ±1000 are not sound but damaged floats; they count as zero, like NaN."


class TooShort(BadInput):
    """The track is shorter than one window."""


class Silent(BadInput):
    """All that was read of the track is silence."""


def probe(path: Path) -> Sound:
    """Tell rate, channels, length and format of a sound file, without decoding it.

    Parameters
    ----------
    path : path-like
        A file in any format that libsndfile, or PyAV if installed, opens.

    Returns
    -------
    Sound
        `duration` in seconds is what the header says, or an estimate (MP3 without Xing header).

    Raises
    ------
    BadInput
        No file, not readable, empty, not sound.
    MissingExtra
        The format needs the extra `formats`.
    """
    return _with_reader(path, lambda reader: reader.sound)


def read_windows(path: Path, rate: int = 16000, count: int = 5, samples: int = 48128) -> Floats:
    """Read windows spread evenly over a track, mixed to mono.

    The track is cut into equal parts and one window is taken from the middle of each. So windows
    overlap by no more than `GRID_MS`, and the very beginning and end (silence, applause, fades)
    stay out as far as the length allows: 22 s of a four-minute track with five windows.

    Parameters
    ----------
    path : path-like
        A sound file.
    rate : int
        Hz of the windows; the file is resampled.
    count : int
        How many windows at most. A track that cannot hold so many side by side gives fewer.
    samples : int
        Length of a window at `rate`.

    Returns
    -------
    ndarray of float32, shape (n, samples), 1 <= n <= count
        Full scale is 1.0. Windows below -80 dBFS are left out.

    Raises
    ------
    TooShort
        The track is shorter than one window.
    Silent
        Every window is below -80 dBFS.
    BadInput
        The file is missing, unreadable, not sound, damaged or cut.
    MissingExtra
        The format needs the extra `formats`.

    Notes
    -----
    A window equals the same samples of the whole file, resampled at once, to about 2e-7.
    """

    def job(reader: Reader) -> Floats:
        _must_be_whole(path, reader)
        frames = reader.sound.frames
        windows = _windows(path, reader, frames, rate, count, samples)
        if windows is None and reader.promised() is None:  # the length was only an estimate
            frames = _real_frames(path)
            windows = _windows(path, reader, frames, rate, count, samples)
        if windows is None:
            raise _ended(path, reader)
        return windows

    windows = _with_reader(path, job)
    loud: Floats = windows[np.sqrt(np.einsum("ns,ns->n", windows, windows) / samples) > SILENCE]
    if not len(loud):
        raise Silent(
            f"{shown(path)} is silent wherever it was read (below -80 dBFS). "
            "Leave it out of the music folder, or replace it."
        )
    return loud


def read_mono(path: Path, rate: int, start: float = 0.0, seconds: float | None = None) -> Floats:
    """Read part of a track, mixed to mono and resampled.

    Parameters
    ----------
    path : path-like
        A sound file.
    rate : int
        Hz of the result.
    start, seconds : float
        Where to begin and how much to read; None reads to the end.

    Returns
    -------
    ndarray of float32, shape (samples,)
        Fewer than `seconds` where the track ends; empty if `start` is behind the end.

    Raises
    ------
    BadInput, MissingExtra
        As `read_windows`; silence and short tracks are no errors here.
    """

    def job(reader: Reader) -> Floats:
        native = reader.sound.rate
        step = native // math.gcd(native, rate)
        first = round(start * native / step) * step
        if seconds is not None:
            return _cut(reader, first, round(seconds * native), rate)
        _must_be_whole(path, reader)
        frames = max(0, reader.sound.frames - first)
        wave = _cut(reader, first, frames, rate)
        _must_reach(path, reader, first + round(len(wave) * native / rate))
        return wave

    return _with_reader(path, job)


def blocks(path: Path, seconds: float = 10.0) -> Iterator[Floats]:
    """Read a whole track piece by piece, as it is.

    Parameters
    ----------
    path : path-like
        A sound file.
    seconds : float
        Length of a piece.

    Yields
    ------
    ndarray of float32, shape (frames, channels)
        At the file's own rate (`probe(path).rate`); the last piece is shorter.

    Raises
    ------
    BadInput, MissingExtra
        As `read_windows`; raised by the first piece, or where the damage is met.
    """
    reader = _open(path)
    try:
        _must_be_whole(path, reader)
        size = max(1, round(seconds * reader.sound.rate))
        start = 0
        while True:
            try:
                piece = reader.read(start, size)
                if len(piece) < size:
                    _must_reach(path, reader, start + len(piece))
            except Damaged as damage:
                reader = _patient(path, reader, damage)  # and go on from there
                continue
            if len(piece):
                start += len(piece)
                yield _clean(piece)
            if len(piece) < size:
                return
    finally:
        reader.close()


def _with_reader(path: Path, job: Callable[[Reader], T]) -> T:
    """Run `job` on the opened file; if libsndfile finds it damaged, let PyAV try."""
    reader = _open(path)
    try:
        return job(reader)
    except Damaged as damage:
        reader = _patient(path, reader, damage)
        try:
            return job(reader)
        except Damaged:
            raise damage from None
    finally:
        reader.close()


def _patient(path: Path, reader: Reader, damage: Damaged) -> Reader:
    """Open a damaged file with PyAV, which skips what it cannot decode; else raise `damage`."""
    if not isinstance(reader, SoundFileReader):
        raise damage
    try:
        patient = decode_av.open_reader(path)
    except (MissingExtra, Refused):
        raise damage from None
    reader.close()
    return patient


def _open(path: Path) -> Reader:
    head = first_bytes(path)
    kind = only_ffmpeg(head)
    if kind is not None:
        return decode_av.open_reader(path, kind)
    try:
        return SoundFileReader(path, head)
    except Refused as refusal:
        first_bytes(path)  # it may have vanished meanwhile
        if is_text(head):
            raise BadInput(
                f"{shown(path)} holds text, not sound. Rename it, or replace the file, {RETRY}"
            ) from refusal
        try:
            return decode_av.open_reader(path)
        except (MissingExtra, Refused) as second:
            kind = begins_like(head)
            if kind is None:
                raise refusal from None
            extra = isinstance(second, MissingExtra)
            more = (
                "Run in murecom's folder: pip install '.[formats]', or replace"
                if extra
                else "Replace"
            )
            raise Refused(
                f"{shown(path)} begins like {kind} but cannot be decoded: it is damaged, or of a "
                f"rare kind. {more} the file, {RETRY}"
            ) from refusal


def _windows(
    path: Path, reader: Reader, frames: int, rate: int, count: int, samples: int
) -> Floats | None:
    """Cut the windows out of a track of `frames`; None if it ends before."""
    native = reader.sound.rate
    step = native // math.gcd(native, rate)  # multiples of it fall on whole samples at `rate`
    if GRID_MS * native % 1000 == 0:
        step = math.lcm(step, GRID_MS * native // 1000)
    length = math.ceil(samples * native / rate)
    fit = min(count, frames // length)
    if fit < 1:
        raise TooShort(
            f"{shown(path)} lasts {frames / native:.1f} s, and {samples / rate:.1f} s are needed "
            "to compare it. Leave it out of the music folder if it is no music."
        )
    windows = np.empty((fit, samples), np.float32)
    for k in range(fit):
        middle = (2 * k + 1) * frames // (2 * fit)
        first = max(0, middle - length // 2) // step * step
        window = _cut(reader, first, length, rate)[:samples]
        if len(window) < samples:
            return None
        windows[k] = window
    return windows


def _cut(reader: Reader, first: int, frames: int, rate: int) -> Floats:
    """Read `frames` from frame `first` as mono at `rate`, with context so that the ends are exact.

    `first` is a multiple of the step at which native and new samples coincide.
    """
    native = reader.sound.rate
    if native == rate:
        return _clean(mono(reader.read(first, frames)))
    step = native // math.gcd(native, rate)
    context = math.ceil(_CONTEXT * native / step) * step
    before = min(first, context)
    mixed = _clean(mono(reader.read(first - before, before + frames + context)))
    frames = min(frames, len(mixed) - before)
    if frames <= 0:
        return np.zeros(0, np.float32)
    skip = before * rate // native
    resampled: Floats = soxr.resample(mixed, native, rate)
    return resampled[skip : skip + math.ceil(frames * rate / native)]


def mono(block: Floats) -> Floats:
    """Mix float32[n, channels] to float32[n]: the plain mean of the channels."""
    channels = block.shape[1]
    mixed = block[:, 0].copy()
    for k in range(1, channels):  # 20 times faster than mean(axis=1) on two float32 columns
        mixed += block[:, k]
    if channels > 1:
        mixed *= np.float32(1 / channels)
    return mixed


def _clean(data: Floats) -> Floats:
    """Put zero where a damaged or careless file holds NaN, infinity or absurd numbers."""
    # two passes without a copy; both comparisons are false for NaN
    if data.size and not (data.max() < _LOUDEST and data.min() > -_LOUDEST):
        return np.where(np.abs(data) < _LOUDEST, data, np.float32(0))
    return data


def _must_be_whole(path: Path, reader: Reader) -> None:
    if not reader.is_whole():
        raise _ended(path, reader)


def _must_reach(path: Path, reader: Reader, frames: int) -> None:
    promised = reader.promised()
    if promised is not None and frames / reader.sound.rate < promised - tolerance(promised):
        raise _ended(path, reader)


def _ended(path: Path, reader: Reader) -> BadInput:
    """Say where a file ends that promised more.

    Only now, for a bad file, is it worth decoding to find out.
    """
    name = shown(path)
    end = _real_frames(path) / reader.sound.rate
    promised = reader.promised()
    of = "" if promised is None else f" of {promised:.0f} s"
    if reader.is_whole():  # the bytes are there, but the decoder stopped among them
        return Damaged(f"{name} is damaged near {end:.0f} s{of}. Replace the file, {RETRY}")
    return BadInput(f"{name} ends at {end:.0f} s{of}: it is truncated. Replace the file, {RETRY}")


def _real_frames(path: Path) -> int:
    """Count frames by decoding up to the end, or to where the decoder gives up."""
    total = 0
    with closing(_open(path)) as reader:  # anew: an error may have left the old one anywhere
        size = reader.sound.rate
        try:
            while len(piece := reader.read(total, size)):
                total += len(piece)
        except Damaged:
            pass
    return total
