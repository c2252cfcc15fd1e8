"""Writing playlist files: what entries are called where they stand, and replacing a file at once.

Part of `formats.base` for the formats that can be written.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import quote

from murecom.errors import BadInput, NotFound, Unreachable
from murecom.types import Track

Style = Literal["playlist", "root", "absolute"]
"Paths relative to the playlist's folder, relative to the music folder (as MPD wants), or whole."

PathLike = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What was written: the file, the number of entries, the tracks left out and why."""

    path: str
    written: int
    skipped: tuple[tuple[Track, str], ...] = ()


class Place:
    """Where a playlist is written, and how its entries name their files."""

    def __init__(self, path: PathLike, style: str = "playlist", root: PathLike | None = None):
        if style not in get_args(Style):
            raise BadInput(f"No path style {style!r}. Take one of: {', '.join(get_args(Style))}.")
        if style == "root" and root is None:
            raise BadInput("Paths relative to the music folder need that folder. Name the root.")
        self.path = os.path.abspath(path)
        self.style = style
        self.root = None if root is None else os.path.abspath(root)
        self.skipped: list[tuple[Track, str]] = []

    def skip(self, track: Track, reason: object) -> None:
        """Note a track that cannot be expressed."""
        self.skipped.append((track, str(reason)))

    def entry(self, path: str) -> str:
        """Give the path of a track as it stands in the file, with "/" between folders.

        Raises
        ------
        BadInput
            The style is "root" and the file lies elsewhere.
        """
        path = os.path.abspath(path)
        if self.style == "absolute":
            return path.replace(os.sep, "/")
        folder = (self.style == "root" and self.root) or os.path.dirname(self.path)
        entry = os.path.relpath(path, folder)
        if entry.split(os.sep)[0] == os.pardir:
            # ".." leads up from where the folder really is, so both ends must be real
            real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
            entry = os.path.relpath(real, os.path.realpath(folder))
            if self.style == "root" and entry.split(os.sep)[0] == os.pardir:
                raise BadInput(f"It lies outside the music folder {folder!r}.")
        return entry.replace(os.sep, "/")

    def location(self, track: Track) -> str | None:
        """Give the URI of a track's file or stream, else None; errors as in `entry`."""
        if track.path is None:
            source, _, url = track.id.partition(":")
            return quote(url, safe="%/:?#[]@!$&'()*+,;=") if source == "url" else None
        entry = quote(os.fsencode(self.entry(track.path)))
        return f"file://{entry}" if self.style == "absolute" else entry


def replace_file(path: str, content: bytes) -> None:
    """Put `content` in place of a file in one step; a link stays and its target is replaced."""
    target = os.path.realpath(path)
    draft = os.path.join(os.path.dirname(target), f".{secrets.token_hex(8)}.part")
    try:
        mode = os.stat(path).st_mode if os.path.exists(path) else None
        if mode is not None and not stat.S_ISREG(mode):  # /dev/stdout, a pipe
            with open(path, "wb") as file:
                file.write(content)
            return
        with open(draft, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(draft, stat.S_IMODE(mode))
        os.replace(draft, target)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            folder = os.path.dirname(target)
            raise NotFound(f"There is no folder {folder!r}. Make it first.") from error
        reason = "the disk is full" if error.errno == errno.ENOSPC else error.strerror
        raise Unreachable(
            f"{path!r} cannot be written: {reason}. Choose another place; nothing was changed."
        ) from error
    finally:
        with suppress(OSError):  # it is there only if something went wrong
            os.unlink(draft)
