"""Reads m4a, aac, wma and whatever else FFmpeg knows, with PyAV (the extra `formats`).

Frames are put in place by their time stamps; the mix to mono is left to `decode`, because
FFmpeg's own (swresample) keeps the power instead of the mean: other numbers for the same track.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from murecom.audio.reader import RETRY, Damaged, Floats, Refused, Sound, shown
from murecom.audio.truncation import tolerance
from murecom.errors import MissingExtra

_SCALE = {"u8": 2.0**-7, "s16": 2.0**-15, "s32": 2.0**-31, "s64": 2.0**-63}

_LEAD = 0.25
"Seconds decoded before the wanted start: AAC and WMA need some 50 ms until overlaps are right."

_PATIENCE = 20
"Damaged packets in a row (about half a second) until the file is given up."


def open_reader(path: str | os.PathLike[str], kind: str | None = None) -> AvReader:
    """Open a file with PyAV.

    Parameters
    ----------
    path : path-like
        A regular, readable, non-empty file.
    kind : str, optional
        What the file seems to be, for the message when PyAV is missing.

    Raises
    ------
    MissingExtra
        PyAV is not installed.
    Refused
        FFmpeg finds no sound in it, or the sound is encrypted.
    """
    try:
        import av
    except ImportError as error:
        raise MissingExtra("formats", f"Reading {kind or 'this kind of'} files") from error
    name = shown(path)
    try:
        # opened here: PyAV refuses names that are not UTF-8, FFmpeg takes "x:y" for a protocol
        file = open(path, "rb")  # noqa: SIM115 (AvReader closes it)
    except OSError as error:
        raise Refused(f"{name} cannot be opened any more. Check the disk, {RETRY}") from error
    try:
        container = av.open(file, metadata_errors="ignore")
    except (av.FFmpegError, ValueError) as error:
        file.close()
        if kind:
            what = f"{name} begins like {kind} but goes on otherwise: it is damaged or truncated"
        else:
            what = f"{name} is not sound that murecom can read"
        raise Refused(f"{what}. Replace the file, {RETRY}") from error
    try:
        return AvReader(path, file, container)
    except BaseException:
        container.close()
        file.close()
        raise


class AvReader:
    """A file opened by FFmpeg: its first audio stream."""

    def __init__(self, path: str | os.PathLike[str], file: BinaryIO, container: Any) -> None:
        self._path = path
        self._file = file
        self._container = container
        streams = container.streams.audio
        if not streams or not streams[0].codec_context or not streams[0].rate:
            raise Refused(f"{shown(path)} holds no sound. Leave it out, or replace the file.")
        self._stream = streams[0]
        self._stream.thread_type = "NONE"  # one worker, one thread
        self._origin = (
            0.0 if self._stream.start_time is None else self._time(self._stream.start_time)
        )
        rate = int(self._stream.rate)
        length, self._is_told = self._length()
        self.sound = Sound(
            rate,
            int(self._stream.channels),
            round(length * rate),
            length,
            str(self._stream.codec_context.name),
        )
        self._pieces: Iterator[Floats] = iter(())
        self._is_cut = False
        self._rest = np.zeros((0, self.sound.channels), np.float32)  # decoded, not yet given
        self._at = -1  # the frame at which `_rest` begins; -1: seek first

    def _time(self, stamp: int) -> float:
        return float(stamp * self._stream.time_base)

    def _length(self) -> tuple[float, bool]:
        """Give the length in seconds and whether the container tells it (raw AAC: a guess)."""
        is_raw = self._container.format.name in {"aac", "mp3", "ac3", "eac3", "dts"}
        if self._stream.duration:
            return self._time(self._stream.duration), not is_raw
        if self._container.duration:
            return self._container.duration / 1e6, not is_raw
        return 0.0, False

    def read(self, start: int, frames: int) -> Floats:
        """Give float32[n, channels] from frame `start`; n < frames at the end of the file."""
        if start != self._at:
            self._seek(start)
        parts, have = [self._rest], len(self._rest)
        while have < frames:
            data = next(self._pieces, None)
            if data is None:
                told = self.sound.duration - tolerance(self.sound.duration)
                self._is_cut = (start + have) / self.sound.rate < told
                break
            parts.append(data)
            have += len(data)
        joined: Floats = np.concatenate(parts)
        given, self._rest = joined[:frames], joined[frames:]
        self._at = start + len(given)
        return given

    def _seek(self, start: int) -> None:
        """Make `_pieces` give what is played from frame `start`."""
        import av

        seconds = max(0.0, start / self.sound.rate - _LEAD) + self._origin
        try:
            self._container.seek(int(seconds / self._stream.time_base), stream=self._stream)
        except av.FFmpegError as error:
            raise self._damaged(start) from error
        self._rest = self._rest[:0]
        self._pieces = self._play(start)

    def _play(self, start: int) -> Iterator[Floats]:
        """Decode on from where the container stands, from frame `start`."""
        is_placed = False
        for frame in self._decode():
            data = _floats(frame, self.sound.channels)
            if not is_placed:
                begin = self._place(frame)
                if begin + len(data) <= start:
                    continue
                if begin < start:
                    data = data[start - begin :]
                elif begin - start <= self.sound.rate:  # a gap: silence keeps the clock right
                    data = np.pad(data, ((begin - start, 0), (0, 0)))
                is_placed = True
            yield data

    def _decode(self) -> Iterator[Any]:
        """Decode packet by packet; a few damaged ones are skipped, as players do."""
        import av

        damaged = 0
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:  # what follows is not there
                return
            if packet is None:
                return
            try:
                frames = packet.decode()
            except av.InvalidDataError as error:
                damaged += 1
                if damaged > _PATIENCE:
                    raise self._damaged(max(0, self._at)) from error
            else:
                damaged = 0 if frames else damaged
                yield from frames

    def _damaged(self, at: int) -> Damaged:
        return Damaged(
            f"{shown(self._path)} is damaged near {at / self.sound.rate:.0f} s. "
            f"Replace the file, {RETRY}"
        )

    def _place(self, frame: Any) -> int:
        """Give the position of a decoded frame, in samples from the start of the track."""
        if frame.pts is None:
            return 0
        return round((float(frame.pts * frame.time_base) - self._origin) * self.sound.rate)

    def promised(self) -> float | None:
        """Give the seconds that the container tells, None for a stream without an index."""
        return self.sound.duration if self._is_told else None

    def is_whole(self) -> bool:
        """Tell whether no read has yet met an early end: before that, FFmpeg cannot know."""
        return not self._is_cut

    def close(self) -> None:
        """Close the file."""
        self._container.close()
        self._file.close()


def _floats(frame: Any, channels: int) -> Floats:
    """Give a decoded frame as float32[n, channels], full scale 1.0."""
    data = frame.to_ndarray()
    name = frame.format.name
    own = frame.layout.nb_channels
    data = data.T if name.endswith("p") else data.reshape(-1, own)
    if own != channels:  # damage, or a stream that changes half way
        data = np.repeat(data.mean(axis=1, keepdims=True), channels, axis=1)
    scale = _SCALE.get(name.removesuffix("p"))
    if scale is None:
        return np.ascontiguousarray(data, np.float32)
    if name.startswith("u8"):
        data = data.astype(np.float32) - 128
    return np.ascontiguousarray(data * np.float32(scale), np.float32)
