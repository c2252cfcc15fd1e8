"""Reads the outside of MP3 files: where frames begin, how many there are, what a header promises.

libsndfile believes a Xing header, and without one guesses the length from the first frame. That is
right for a constant bit rate; with a varying one it would never play what lies behind its guess. So
such files are counted here, frame by frame, and handed over with a Xing header put before them.

Sources: ISO/IEC 11172-3 section 2.4 (frame header), ID3v2.4 section 3.1 (tag), the Xing VBR header.
"""

from __future__ import annotations

import io
import mmap
import os
import struct
from functools import lru_cache
from typing import Any, BinaryIO, NamedTuple

# kbit/s of layer III by index; 0 stands for "free" and "forbidden", which nobody uses
_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_HEADER_INDEX = 9  # 128 or 80 kbit/s: a frame with room for a Xing header


_JUNK = 65536
"Bytes that mpg123 searches for the first frame."


class Frames(NamedTuple):
    """What counting found: frames, the offset of the first, and whether all have one bit rate."""

    total: int
    first: int
    is_constant: bool


class Xing(NamedTuple):
    """A Xing or Info header: its offset, and the frames and bytes it promises (None: not told)."""

    at: int
    frames: int | None
    size: int | None


@lru_cache(maxsize=1)
def _lengths() -> dict[tuple[int, int], int]:
    """Map the second and third byte of every valid layer III header to the frame's length."""
    table = {}
    for version, rates in _RATES.items():
        per_frame = 144_000 if version == 3 else 72_000
        for index, kbits in enumerate(_MPEG1 if version == 3 else _MPEG2):
            for rate_index, rate in enumerate(rates):
                for rest in range(4):  # the padding bit and the private bit
                    second = 0xE0 | version << 3 | 0b010
                    third = index << 4 | rate_index << 2 | rest
                    if kbits:
                        length = per_frame * kbits // rate + (rest >> 1)
                        table[second, third] = table[second | 1, third] = length
    return table


def after_id3(file: BinaryIO) -> int:
    """Give the offset behind all ID3v2 tags at the beginning."""
    at = 0
    while True:
        file.seek(at)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3":
            return at
        a, b, c, d = head[6:]  # seven bits each
        at += 10 + (a << 21 | b << 14 | c << 7 | d) + (10 if head[5] & 0x10 else 0)


def xing(file: BinaryIO) -> Xing | None:
    """Read the Xing or Info header, None if there is none."""
    start = after_id3(file)
    file.seek(start)
    head = file.read(4096)
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0:
        return None
    flags, *values = struct.unpack_from(">III", head.ljust(at + 16, b"\0"), at + 4)
    frames = values.pop(0) if flags & 1 else None
    size = values.pop(0) if flags & 2 else None
    return Xing(start, frames or None, size or None)


def samples_per_frame(rate: int) -> int:
    """Give the samples of a layer III frame: MPEG-1 has the rates from 32 kHz."""
    return 1152 if rate >= 32000 else 576


def count(file: BinaryIO) -> Frames | None:
    """Count the frames of a file; None if most of it is no layer III.

    Takes some 4 ms for four minutes, and reads the whole file.
    """
    start = after_id3(file)
    try:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    with data:
        return _walk(data, start)


def _walk(data: mmap.mmap, start: int) -> Frames | None:
    lengths = _lengths()
    first = at = _next_frame(data, start)
    if not 0 <= first <= start + _JUNK:
        return None
    second, third = data[first + 1] | 1, data[first + 2] & 0x0C
    frames, covered, end, rates = 0, 0, len(data) - 4, set()
    while 0 <= at <= end:
        b = data[at + 2]
        length = lengths.get((data[at + 1], b)) if data[at] == 0xFF else None
        # version, layer and sampling rate stay; whatever changes them is not of this stream
        if length and data[at + 1] | 1 == second and b & 0x0C == third:
            frames += 1
            covered += length
            rates.add(b >> 4)
            at += length
        else:
            at = _next_frame(data, at + 1)
    if covered < 0.8 * (len(data) - first):
        return None
    return Frames(frames, first, len(rates) == 1)


def _next_frame(data: mmap.mmap, at: int) -> int:
    """Give the offset of the next frame that is followed by another, -1 if there is none."""
    lengths = _lengths()
    end = len(data) - 4
    while 0 <= (at := data.find(b"\xff", at)) <= end:
        length = lengths.get((data[at + 1], data[at + 2]))
        if length:
            then = at + length
            if then > end or (data[then] == 0xFF and data[then + 1] | 1 == data[at + 1] | 1):
                return at
        at += 1
    return -1


class WithHeader(io.RawIOBase):
    """An MP3 file with a Xing header, made from a count of its frames, before its first frame."""

    def __init__(self, file: io.BufferedReader, frames: Frames) -> None:
        self._file = file
        self._skip = frames.first
        file.seek(frames.first)
        self._head = _xing_frame(file.read(4), frames.total)
        self._size = len(self._head) + os.fstat(file.fileno()).st_size - frames.first
        self._at = 0

    def readable(self) -> bool:
        """Tell true."""
        return True

    def seekable(self) -> bool:
        """Tell true."""
        return True

    def tell(self) -> int:
        """Give the position."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to another position and give it."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer and tell how many bytes were put in; 0 at the end."""
        view = memoryview(buffer).cast("B")
        head = self._head[self._at : self._at + len(view)]
        view[: len(head)] = head
        filled = len(head)
        if filled < len(view):
            self._file.seek(self._skip + max(0, self._at - len(self._head)))
            filled += self._file.readinto(view[filled:])
        self._at += filled
        return filled

    def close(self) -> None:
        """Close the file, too."""
        self._file.close()
        super().close()


def _xing_frame(header: bytes, frames: int) -> bytes:
    """Make a silent frame with a Xing header that tells the number of frames."""
    second = header[1] | 1  # no checksum
    third = _HEADER_INDEX << 4 | header[2] & 0x0C
    is_mono, is_mpeg1 = header[3] >> 6 == 3, second >> 3 & 3 == 3
    side_info = (17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17)
    frame = bytes((0xFF, second, third, header[3])) + bytes(side_info)
    frame += b"Xing" + struct.pack(">II", 1, frames)
    return frame.ljust(_lengths()[second, third], b"\0")
