"""Playlist files on the disk: which ones there are below the given paths, and what ids they give.

Shared by `jobs.import_`, which keeps them, and `jobs.playlist_data`, which only learns from them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from murecom.errors import NotFound
from murecom.formats import ContentStream, readable_suffixes
from murecom.formats.base import Content, tidy
from murecom.types import Playlist

LONGEST = 500
"Characters of a path that becomes an id; of a longer one its checksum does."


def playlist_files(paths: Iterable[Path]) -> tuple[list[str], list[tuple[str, str]]]:
    """List files: those named, and those below the folders that are called like playlists.

    Returns
    -------
    files : list of str
        Absolute paths, each once, those of a folder in the order of their names.
    missing : list of (path, reason)
        Paths where there is nothing, folders that cannot be read.
    """
    suffixes = readable_suffixes()
    files: dict[str, None] = {}
    missing: list[tuple[str, str]] = []

    def unreadable(error: OSError) -> None:
        missing.append((str(error.filename), f"It cannot be read: {error.strerror}."))

    for path in paths:
        whole = os.path.abspath(path.expanduser())
        if os.path.isdir(whole):
            for folder, folders, names in os.walk(whole, onerror=unreadable):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                found = (n for n in sorted(names) if n.lower().endswith(suffixes) and n[0] != ".")
                files.update((os.path.join(folder, name), None) for name in found)
        elif os.path.exists(whole):
            files[whole] = None
        else:
            missing.append((whole, "There is no such file. Check the path."))
    return list(files), missing


def is_named(path: str, paths: Sequence[Path]) -> bool:
    """Tell whether a file was named itself, not only found below a folder."""
    return any(os.path.abspath(p.expanduser()) == path for p in paths)


def identified(stream: ContentStream) -> Iterator[Content]:
    """Yield what a file holds, its playlists each with an id that it will have again.

    A playlist that does not tell one is called after its file: ``m3u:/path/of/the.m3u``; the second
    one of a file gets ``#2``.
    """
    path = str(stream.source.path)
    # bytes that are no text, or control characters: no database takes them
    named = path if tidy(path) == path and path.isprintable() else quote(os.fsencode(path))
    if len(named) > LONGEST:
        named = hashlib.blake2b(named.encode(), digest_size=16).hexdigest()
    count = 0
    for content in stream:
        if isinstance(content, Playlist) and content.id is None:
            count += 1
            number = f"#{count}" if count > 1 else ""
            content = replace(content, id=f"{stream.format.name}:{named}{number}")
        yield content


def nothing_found(paths: Sequence[Path]) -> NotFound:
    """Say that there are no playlist files."""
    where = ", ".join(str(path) for path in paths[:3]) + (" …" if len(paths) > 3 else "")
    return NotFound(
        f"There are no playlist files in {where}. Known are: {', '.join(readable_suffixes())}."
    )
