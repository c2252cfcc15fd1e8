"""Playlist files and exports: what people hold, read leniently and written strictly.

One format is one file of this package; `registry` finds them, the surest one reads a file, the
suffix chooses the one that writes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from murecom import registry
from murecom.errors import Unsupported
from murecom.formats.base import (
    Content,
    Format,
    PathLike,
    Refused,
    Source,
    Style,
    WriteReport,
)
from murecom.types import Playlist

__all__ = [
    "Content",
    "ContentStream",
    "Refused",
    "Style",
    "WriteReport",
    "read_playlists",
    "readable_suffixes",
    "writable_suffixes",
    "write_playlist",
]

DOUBT = 0.2
"Below this a file is not taken for a playlist: no format recognises its content or its name."


def read_playlists(
    path: PathLike,
    *,
    format: str | None = None,
    roots: Sequence[PathLike] = (),
    refused: list[Refused] | None = None,
) -> list[Playlist]:
    """Read the playlists of a file.

    Parameters
    ----------
    path : path
        The file; its format is found by content and name.
    format : str, optional
        Name of the format, to override what was found.
    roots : sequence of path
        Music folders: entries that are not there relative to the playlist's folder are looked for
        below these (MPD keeps playlists so).
    refused : list, optional
        Receives the entries that could not be used.

    Returns
    -------
    list of Playlist
        Tracks as `entry_track` makes them: with the id ``path:…`` for local files, whether they
        exist or not. A playlist without entries is empty.

    Raises
    ------
    NotFound, Unreachable
        The file is missing or cannot be read.
    Unsupported
        No format fits; the sentence names the known ones.
    BadInput
        The content is beyond understanding.
    """
    source = Source(path, roots=roots)
    chosen = _named(format) if format else _surest(source)
    playlists = chosen.read(source)
    if refused is not None:
        refused += source.refused
    return playlists


class ContentStream:
    """What a file holds, one by one, for files that hold more than memory does.

    Parameters
    ----------
    path, format, roots
        As of `read_playlists`, errors too; those of the content come while it is read.

    Attributes
    ----------
    format : Format
        The one that fits.
    source : Source
        What could not be used so far (`refused`), how many bytes were read (`done`).
    """

    def __init__(
        self, path: PathLike, *, format: str | None = None, roots: Sequence[PathLike] = ()
    ) -> None:
        self.source = Source(path, roots=roots)
        self.format = _named(format) if format else _surest(self.source)

    def __iter__(self) -> Iterator[Content]:
        """Read the file from its beginning."""
        self.source.refused.clear()
        self.source.done = 0
        yield from self.format._read(self.source)


def readable_suffixes() -> tuple[str, ...]:
    """List the suffixes of files that may hold playlists, those of packed files included."""
    suffixes = sorted({suffix for member in _all() for suffix in member.suffixes})
    numbered = {suffix for member in _all() if member.is_numbered for suffix in member.suffixes}
    return (*suffixes, *(f"{suffix}.gz" for suffix in sorted(numbered - {".zip"})))


def write_playlist(
    playlist: Playlist,
    path: PathLike,
    *,
    style: Style = "playlist",
    root: PathLike | None = None,
    format: str | None = None,
) -> WriteReport:
    """Write a playlist file in the format of its suffix, at once or not at all.

    Parameters
    ----------
    playlist : Playlist
        Tracks without a local file are expressed where the format can (XSPF, JSPF).
    path : path
        A file that exists is replaced, its permissions kept.
    style : {"playlist", "root", "absolute"}
        What local paths are relative to: the playlist's folder, `root`, or nothing.
    root : path, optional
        The music folder, for style "root".
    format : str, optional
        Name of the format, to override the suffix.

    Returns
    -------
    WriteReport
        How many entries were written, and the tracks that were left out with the reason.

    Raises
    ------
    Unsupported
        No format has this suffix; the sentence names the known ones.
    BadInput, NotFound, Unreachable
        As `Format.write`.
    """
    chosen = _named(format) if format else _by_suffix(os.fspath(path))
    return chosen.write(playlist, path, style=style, root=root)


def _all() -> list[Format]:
    return [member() for member in registry.members("formats").values()]


def _named(name: str) -> Format:
    member: type[Format] = registry.get("formats", name)
    return member()


def _by_suffix(path: str) -> Format:
    suffix = os.path.splitext(path)[1].lower()
    for member in _all():
        if suffix in member.suffixes and type(member)._write is not Format._write:
            return member
    known = ", ".join(writable_suffixes())
    raise Unsupported(
        f"No playlist format is called {suffix or 'by no suffix'!r}. Written are: {known}."
    )


def _surest(source: Source) -> Format:
    scored = [(member.sniff(source.file_name, source.head), member) for member in _all()]
    score, member = max(scored, key=lambda pair: pair[0])
    if score < DOUBT:
        told = (one.missing(source.file_name, source.head) for _, one in scored)
        missing = next(filter(None, told), None)
        raise Unsupported(
            f"{source.path!r} is not a playlist that murecom knows. {missing or _known()}"
        )
    return member


def writable_suffixes() -> list[str]:
    """List the suffixes under which a playlist can be written, in order."""
    members = [member for member in _all() if type(member)._write is not Format._write]
    return sorted({suffix for member in members for suffix in member.suffixes})


def _known() -> str:
    suffixes = {suffix for member in _all() for suffix in member.suffixes}
    return f"Known are: {', '.join(sorted(suffixes))}."
