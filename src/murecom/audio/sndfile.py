"""Reads mp3, flac, ogg, opus, wav, aiff … with libsndfile, by seeking.

Seeking is exact: libsndfile starts MP3 a few frames early, so that the bit reservoir is filled
(`tests/audio/test_decode.py` compares windows with the whole file, sample by sample).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import soundfile

from murecom.audio import mp3, truncation
from murecom.audio.reader import RETRY, Damaged, Floats, Refused, Sound, explained, extension, shown

_CODECS = {"VORBIS": "vorbis", "OPUS": "opus"}


class SoundFileReader:
    """A file opened by libsndfile."""

    def __init__(self, path: str | os.PathLike[str], head: bytes) -> None:
        self._path = path
        self._virtual: mp3.WithHeader | None = None
        self._noisy = extension(path) == "mp3" or head[:3] == b"ID3" or head[:1] == b"\xff"
        try:
            with self._quiet():
                self._file = soundfile.SoundFile(self._source(path))
        except (soundfile.LibsndfileError, TypeError) as error:  # TypeError: headerless ".raw"
            raise Refused(
                f"{shown(path)} is not sound that murecom can read. Replace the file, {RETRY}"
            ) from error
        except OSError as error:
            raise explained(shown(path), error) from error
        file = self._file
        kind = _CODECS.get(file.subtype, file.format.lower())
        kind = {"wavex": "wav", "rf64": "wav"}.get(kind, kind)
        frames = max(0, file.frames)
        self.sound = Sound(file.samplerate, file.channels, frames, frames / file.samplerate, kind)
        self._promise: truncation.Promise | None = None

    def _source(self, path: str | os.PathLike[str]) -> bytes | mp3.WithHeader:
        """Give what libsndfile shall open: the path, or an MP3 whose length it would misjudge."""
        name = os.fsencode(path)  # bytes: names that are not UTF-8 must open, too
        if not self._noisy:
            return name
        file = open(path, "rb")  # noqa: SIM115 (WithHeader closes it, or the next lines do)
        try:
            if mp3.xing(file) is None:
                frames = mp3.count(file)
                if frames and not frames.is_constant:
                    self._virtual = mp3.WithHeader(file, frames)
                    return self._virtual
        except BaseException:
            file.close()
            raise
        file.close()
        return name

    def read(self, start: int, frames: int) -> Floats:
        """Give float32[n, channels] from frame `start`; n < frames at the end of the file."""
        start = min(start, self.sound.frames)
        try:
            with self._quiet():
                if self._file.tell() != start:
                    self._file.seek(start)
                data: Floats = self._file.read(frames, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            at = start / self.sound.rate
            raise Damaged(
                f"{shown(self._path)} is damaged near {at:.0f} s. Replace the file, {RETRY}"
            ) from error
        return data

    def promised(self) -> float | None:
        """Give the seconds that the header promises, None when it tells nothing."""
        return self._checked().seconds

    def is_whole(self) -> bool:
        """Tell whether the bytes that the header promises are there."""
        return self._checked().is_kept

    def _checked(self) -> truncation.Promise:
        if self._promise is None:
            try:
                self._promise = self._check()
            except OSError as error:
                raise explained(shown(self._path), error) from error
        return self._promise

    def _check(self) -> truncation.Promise:
        sound = self.sound
        if sound.format == "flac":
            return self._probe_end()
        with open(self._path, "rb") as file:
            match sound.format:
                case "mp3":
                    return truncation.mp3(file, sound.rate)
                case "vorbis" | "opus":
                    return truncation.ogg(file, sound.duration)
                case "wav":
                    promise = truncation.wav(file)
                case "aiff":
                    promise = truncation.aiff(file, sound.rate, sound.frames)
                case _:
                    promise = truncation.NOTHING
        return truncation.Promise(promise.seconds or sound.duration, promise.is_kept)

    def _probe_end(self) -> truncation.Promise:
        sound = self.sound
        missing = round(truncation.tolerance(sound.duration) * sound.rate)
        try:
            is_there = len(self.read(max(0, sound.frames - missing), 1)) == 1
        except Damaged:
            is_there = False
        return truncation.Promise(sound.duration, is_there)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        if self._virtual:
            self._virtual.close()

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Keep mpg123, inside libsndfile, from writing its notes about damaged MP3 to stderr."""
        if not self._noisy:
            yield
            return
        with _stderr_closed:
            yield


class _StderrClosed:
    """Points file descriptor 2 to the null device while at least one thread is inside.

    mpg123 writes with C's `fprintf`, out of reach of `sys.stderr`; libsndfile has no switch for it.
    Costs about 5 µs. What other threads write to stderr meanwhile is lost, which is why only MP3
    calls are wrapped; scanning happens in worker processes that own their descriptors.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._saved = -1

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._saved = _redirect()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._saved >= 0:
                os.dup2(self._saved, 2)
                os.close(self._saved)
                self._saved = -1


def _redirect() -> int:
    """Point descriptor 2 to the null device; give a copy of the old one, -1 if there was none.

    A daemon may have closed it. Then it stays on the null device: left free, the number would go to
    the next file that is opened, and that file would be cut off here.
    """
    try:
        saved = os.dup(2)
    except OSError:
        saved = -1
    null = os.open(os.devnull, os.O_WRONLY)
    if null != 2:
        os.dup2(null, 2)
        os.close(null)
    return saved


_stderr_closed = _StderrClosed()
