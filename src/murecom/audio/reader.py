"""The contract between `decode` and the libraries that open files.

`decode` asks for native frames by position; `sndfile` and `decode_av` each answer with a `Reader`.
Here stand also the checks that need no library: is there a file at all, what does it begin with,
and how is it named in a message.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput, Unreachable

Floats = NDArray[np.float32]
RETRY = "then run: murecom scan --retry"

# Containers that libsndfile never reads, by (offset, first bytes). Asking it anyway would make
# mpg123 search them for MP3 frames, and sometimes find one.
_ONLY_FFMPEG: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftyp", "m4a"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wma"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"\xff\xf1", "aac"),
    (0, b"\xff\xf9", "aac"),
    (0, b"ADIF", "aac"),
    (0, b"MAC ", "ape"),
    (0, b"wvpk", "wavpack"),
    (0, b"TTA1", "tta"),
    (0, b"MPCK", "musepack"),
    (0, b"MP+", "musepack"),
    (0, b"DSD ", "dsf"),
    (0, b"FRM8", "dsdiff"),
)


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file holds: `rate` in Hz, `frames` per channel, `duration` in seconds.

    `format` is the codec or container in one lower-case word: `mp3`, `flac`, `vorbis`, `opus`,
    `wav`, `aiff`, `aac` … `duration` of an MP3 without a Xing header is an estimate.
    """

    rate: int
    channels: int
    frames: int
    duration: float
    format: str


class Reader(Protocol):
    """An open file, read by position."""

    sound: Sound

    def read(self, start: int, frames: int) -> Floats:
        """Give native samples from frame `start`: float32[n, channels], n < frames at the end.

        Full scale is 1.0. Raises `Damaged` where the decoder gives up.
        """

    def promised(self) -> float | None:
        """Give the seconds that the header promises; None when it promises nothing."""

    def is_whole(self) -> bool:
        """Tell, cheaply, whether the file holds what its header promises."""

    def close(self) -> None:
        """Close the file."""


class Refused(BadInput):
    """The library does not know this kind of file: another one may."""


class Damaged(BadInput):
    """The library knows the format but the decoder gave up: another one may be more patient."""


def shown(path: str | os.PathLike[str]) -> str:
    """Give the file's name as it can stand in a message: one line, printable, no path."""
    name = os.path.basename(os.fspath(path)) or os.fspath(path)
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def first_bytes(path: str | os.PathLike[str], count: int = 512) -> bytes:
    """Read the beginning of a file that must exist, be regular, readable and not empty.

    Raises
    ------
    BadInput
        With a sentence of its own for: no such file, folder, pipe or device, no permission, empty.
    Unreachable
        The disk or network share answers with an error.
    """
    name = shown(path)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise BadInput(f"{name} is a folder. Name a file in it, or run: murecom scan FOLDER")
        if not stat.S_ISREG(mode):
            raise BadInput(f"{name} is a pipe or a device, not a file. Save the sound to a file.")
        head = _head(path, count)
    except OSError as error:
        raise explained(name, error) from error
    except ValueError as error:  # a NUL in the path
        raise BadInput(f"{name} cannot be the name of a file. Check the path.") from error
    if not head:
        raise BadInput(f"{name} is empty (0 bytes). Replace the file, {RETRY}")
    return head


def _head(path: str | os.PathLike[str], count: int) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read(count) or b""


def explained(name: str, error: OSError) -> BadInput | Unreachable:
    """Turn an error of the operating system into a sentence and a next step."""
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return BadInput(
                f"{name} does not exist (any more). Check the path, or run: murecom scan"
            )
        case errno.EACCES | errno.EPERM:
            return BadInput(f"{name} may not be read by this user. Give read permission, {RETRY}")
        case errno.ENAMETOOLONG | errno.EINVAL | errno.ELOOP:
            return BadInput(f"{name} cannot be opened under this path. Shorten or rename it.")
    return Unreachable(
        f"{name} could not be read: {error.strerror or error}. Check the disk or share, {RETRY}"
    )


def only_ffmpeg(head: bytes) -> str | None:
    """Name the container if its first bytes are one that only FFmpeg reads."""
    for offset, magic, name in _ONLY_FFMPEG:
        if head[offset : offset + len(magic)] == magic:
            return name
    return None


def begins_like(head: bytes) -> str | None:
    """Name the format that libsndfile should have been able to read, by its first bytes."""
    for magic, name in ((b"OggS", "ogg"), (b"fLaC", "flac"), (b"RIFF", "wav"), (b"FORM", "aiff")):
        if head.startswith(magic):
            return name
    return None


def is_text(head: bytes) -> bool:
    """Tell whether the first bytes are plain text (a page, a list, an error message)."""
    if b"\0" in head:
        return False
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # not just a character cut at the end
            return False
        text = head[: error.start].decode("utf-8")
    return all(c.isprintable() or c in "\r\n\t\f\ufeff" for c in text)


def extension(path: str | os.PathLike[str]) -> str:
    """Give the lower-case extension without its dot."""
    return Path(os.fspath(path)).suffix[1:].lower()
