"""What makes a file the same track again: its content, wherever it lies and whatever its name."""

from __future__ import annotations

import errno
import hashlib
import os
import stat

from murecom.errors import BadInput
from murecom.library.tags import Tags
from murecom.library.walk import Found
from murecom.types import Track, TrackId


def content_hash(path: str | os.PathLike[str]) -> str:
    """Give the fingerprint of a file's whole content: 32 lower-case hex characters.

    Raises
    ------
    BadInput
        There is no such file, it is no regular file, or it cannot be read to its end.

    Notes
    -----
    BLAKE2b of 128 bits (RFC 7693). Chosen over SHA-256 for its even speed: 10 MB took 9 ms, while
    SHA-256 took 6 ms with its own processor instructions and 18 ms without, as on small computers.
    """
    try:
        # a pipe would wait for ever, so look before opening
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise BadInput(f"{os.fspath(path)!r} is not a file. Name a music file.")
        with open(path, "rb", buffering=0) as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except (OSError, ValueError) as error:
        number = getattr(error, "errno", None)
        if number in (errno.ENOENT, errno.ENOTDIR) or isinstance(error, ValueError):
            raise BadInput(f"There is no file {os.fspath(path)!r}. Check the path.") from error
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(
            f"{os.fspath(path)!r} cannot be read: {reason}. Check the disk and the permissions."
        ) from error


def track_of(found: Found, tags: Tags, content: str) -> Track:
    """Make the track that a file holds; `content` is its `content_hash`."""
    ids = {"mbid": tags.mbid, "isrc": tags.isrc}
    return Track(
        id=TrackId(f"file:{content}"),
        title=tags.title,
        artists=tags.artists,
        album=tags.album,
        duration=tags.duration,
        path=found.path,
        ids={name: value for name, value in ids.items() if value},
    )
