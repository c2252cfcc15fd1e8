"""Finds out whether a file holds what its header promises.

libsndfile quietly shortens a WAV, AIFF or Ogg file that was cut, and reports the full length of a
cut MP3. The promise stands in the container, so it is read here: a few hundred bytes, no decoding.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO, NamedTuple

from murecom.audio.mp3 import samples_per_frame, xing

_UNKNOWN_SIZE = 0x7FFF0000  # programs that write to a pipe put this or more where the size belongs


class Promise(NamedTuple):
    """`seconds` that the header promises (None: not told) and whether the bytes are there."""

    seconds: float | None
    is_kept: bool


NOTHING = Promise(None, True)


def wav(file: BinaryIO) -> Promise:
    """Compare the size of a RIFF `data` chunk with the file."""
    size = _size(file)
    file.seek(12)
    byte_rate = 0
    while len(head := file.read(8)) == 8:
        tag, length = struct.unpack("<4sI", head)
        if tag == b"fmt ":
            fmt = file.read(length)
            byte_rate = struct.unpack_from("<I", fmt, 8)[0] if len(fmt) >= 12 else 0
            file.seek(length & 1, os.SEEK_CUR)
        elif tag == b"data":
            if not byte_rate or not 0 < length < _UNKNOWN_SIZE:
                return NOTHING
            return _promise(length / byte_rate, (size - file.tell()) / byte_rate)
        else:
            file.seek(length + (length & 1), os.SEEK_CUR)
    return NOTHING


def aiff(file: BinaryIO, rate: int, frames: int) -> Promise:
    """Compare the frames promised by an AIFF `COMM` chunk with those libsndfile found."""
    file.seek(12)
    while len(head := file.read(8)) == 8:
        tag, length = struct.unpack(">4sI", head)
        if tag == b"COMM":
            body = file.read(6)
            if len(body) < 6:
                return NOTHING
            promised = struct.unpack(">hI", body)[1]
            return _promise(promised / rate, frames / rate) if promised else NOTHING
        file.seek(length + (length & 1), os.SEEK_CUR)
    return NOTHING


def ogg(file: BinaryIO, seconds: float) -> Promise:
    """Look whether the last Ogg page (RFC 3533, section 6) is complete.

    Ogg has no length in its header: of a cut file nobody knows how long it was.
    """
    size = _size(file)
    file.seek(max(0, size - 65307 - 1024))  # the largest page, and a little
    tail = file.read()
    at = tail.rfind(b"OggS\0")
    if at < 0:
        return NOTHING
    segments = tail[at + 26] if at + 26 < len(tail) else 255
    end = at + 27 + segments + sum(tail[at + 27 : at + 27 + segments])
    rest = tail[end:]
    is_next_page_cut = 0 < len(rest) < 5 and b"OggS\0".startswith(rest)
    if end > len(tail) or is_next_page_cut:
        return Promise(None, False)
    return Promise(seconds, True)


def mp3(file: BinaryIO, rate: int) -> Promise:
    """Compare frames and bytes told by a Xing or Info header with the file; none: no promise."""
    header = xing(file)
    if header is None or header.frames is None:
        return NOTHING
    seconds = header.frames * samples_per_frame(rate) / rate
    if header.size is None:
        return Promise(seconds, True)
    return _promise(seconds, seconds * min(1.0, (_size(file) - header.at) / header.size))


def _promise(promised: float, present: float) -> Promise:
    return Promise(promised, present >= promised - tolerance(promised))


def tolerance(seconds: float) -> float:
    """Give how many seconds may be missing before a file counts as cut.

    1 % but at least 0.1 s and at most 2 s: encoders that are stopped, and editors that cut the last
    frames without correcting the header, stay below; whoever listens would not notice.
    """
    return min(2.0, max(0.1, 0.01 * seconds))


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size
