"""The contract of formats, and what all of them need: paths looked up, entries made tracks.

A format is one file beside this one: a class with `name`, `suffixes`, `sniff`, `_read` and, if it
can be written, `_write`. Readers are lenient: they take what can be understood and say what was
left out (`Source.refuse`). Writers are strict: they write what every reader understands and say
what cannot be expressed (`Place.skip`).
"""

from __future__ import annotations

import errno
import math
import os
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import BinaryIO, ClassVar
from urllib.parse import unquote_to_bytes

from murecom.errors import BadInput, NotFound, Unreachable, Unsupported
from murecom.formats.writing import PathLike, Place, Style, WriteReport, replace_file
from murecom.types import About, Listen, Playlist, Track, TrackId

__all__ = [
    "Content",
    "Format",
    "PathLike",
    "Place",
    "Refused",
    "Source",
    "Style",
    "WriteReport",
    "entry_track",
    "identifiers",
    "is_url",
    "known_ids",
    "no_track",
    "slashes",
    "tidy",
]

Content = Playlist | Listen | About
"What a file may hold: playlists, what somebody heard, what is known of tracks beside their names."

HEAD = 2048  # bytes that `Format.sniff` is shown
LARGEST = 64 << 20  # bytes that `Source.data` loads: half a million entries
HELD = 500  # refused entries that are kept before whoever listens is told

_MBID = re.compile(r"musicbrainz\.org/recording/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_ISRC = re.compile(r"(?:urn:)?isrc:([A-Za-z]{2}-?\w{3}-?\d{2}-?\d{5})", re.ASCII)
_SPOTIFY = re.compile(r"(?:^spotify:|open\.spotify\.com/)track[:/](\w+)", re.ASCII)
_NO_TRACK = re.compile(
    r"(?:^spotify:|open\.spotify\.com/(?:intl-\w+/)?)(episode|show|local|audiobook|chapter)[:/]"
)
_KINDS = {"local": "a local file"}  # the others: an episode, a show …
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # of one letter it is a drive


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that a reader could not use: where it stands, and why it was left out."""

    where: str
    reason: str


class Format(ABC):
    """A kind of playlist file."""

    name: ClassVar[str]
    "How users call it; also its name in the registry."

    suffixes: ClassVar[tuple[str, ...]]
    "File name endings, lower case with the dot; the first is the usual one."

    trainable: ClassVar[bool] = True
    "Whether models may learn from its playlists, unless their owner says otherwise."

    tells_listens: ClassVar[bool] = False
    "Whether its files may hold what somebody heard."

    is_numbered: ClassVar[bool] = False
    """Whether a file means the same whatever the library holds: an import goes on in the middle of
    it and passes it over once it is done. The others are one playlist a file, of local files."""

    replaces: ClassVar[bool] = False
    "Whether a later file is meant to take the place of an earlier one with another name."

    @abstractmethod
    def sniff(self, name: str, head: bytes) -> float:
        """Tell how sure it is, 0 to 1, that a file is of this format; the surest one reads it.

        `name` is the file's, empty if unknown; `head` its first `HEAD` bytes.
        """

    def missing(self, name: str, head: bytes) -> str:
        """Say in a sentence what a file lacks that nearly is of this format; else empty."""
        return ""

    @abstractmethod
    def _read(self, source: Source) -> Iterable[Content]:
        """Yield what `source` holds; a large file may be read bit by bit (`source.open`)."""

    def _write(self, playlist: Playlist, place: Place) -> bytes:
        """Give the whole content of the file; call `place.skip` for what cannot be expressed."""
        raise Unsupported(f"{self.name} can be read, not written. Choose another format.")

    def read(self, source: bytes | PathLike | Source) -> list[Playlist]:
        """Read the playlists of a file, or of its content.

        Raises
        ------
        NotFound, Unreachable
            The file is missing or cannot be read.
        BadInput
            Its content is beyond understanding.
        """
        whole = source if isinstance(source, Source) else Source(source)
        return [content for content in self._read(whole) if isinstance(content, Playlist)]

    def write(
        self,
        playlist: Playlist,
        path: PathLike,
        *,
        style: Style = "playlist",
        root: PathLike | None = None,
    ) -> WriteReport:
        """Write a playlist file at once: whoever reads `path` sees the old file or the new one.

        Raises
        ------
        BadInput
            An unknown style, or style "root" without `root`.
        NotFound, Unreachable
            The folder is missing, or the disk is full, read-only or not permitted.
        """
        place = Place(path, style, root)
        content = self._write(playlist, place)
        replace_file(place.path, content)
        written = len(playlist.tracks) - len(place.skipped)
        return WriteReport(place.path, written, tuple(place.skipped))


class Source:
    """What a reader reads: a file or bytes, and the folders that its entries are relative to."""

    def __init__(self, source: bytes | PathLike, *, roots: Sequence[PathLike] = ()) -> None:
        self.bytes = source if isinstance(source, bytes) else None
        self.path = None if isinstance(source, bytes) else os.path.abspath(source)
        self.folder = os.path.dirname(self.path) if self.path else os.getcwd()
        self.roots = [os.path.abspath(root) for root in roots]
        self.refused: list[Refused] = []
        self.told: Callable[[list[Refused]], object] | None = None
        self.done = 0  # bytes of a large file that were read so far
        self._listings: dict[str, dict[str, str]] = {}
        self._alikes: dict[str, str | None] = {}

    @property
    def file_name(self) -> str:
        """The name of the file, as text; empty for bytes."""
        return tidy(os.path.basename(self.path or ""))

    @property
    def name(self) -> str:
        """What a playlist is called that does not say it."""
        return os.path.splitext(self.file_name)[0] or "playlist"

    def open(self) -> BinaryIO:
        """Open the content for reading."""
        if self.path is None or self.bytes is not None:
            return BytesIO(self.bytes or b"")
        if os.path.isdir(self.path):
            raise BadInput(f"{self.path!r} is a folder. Name a playlist file.")
        try:
            file = open(self.path, "rb")  # noqa: SIM115 (the caller closes it)
            if file.seekable():
                return file
            with file:  # a pipe gives its content only once
                self.bytes = file.read(LARGEST + 1)
            return BytesIO(self.bytes)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                raise NotFound(f"There is no file {self.path!r}. Check the path.") from error
            raise Unreachable(
                f"{self.path!r} cannot be read: {error.strerror}. Check disk and permissions."
            ) from error

    @cached_property
    def head(self) -> bytes:
        """The first `HEAD` bytes."""
        with self.open() as file:
            return file.read(HEAD)

    def data(self) -> bytes:
        """Give the whole content, if it is of a size that a playlist can have."""
        with self.open() as file:
            content = file.read(LARGEST + 1)
        if len(content) <= LARGEST:
            return content
        raise BadInput(f"{self.path!r} is too large for a playlist file. Split it.")

    def refuse(self, where: str, reason: str) -> None:
        """Note an entry that cannot be used.

        `told` is given what was refused every `HELD` entries, and empties it: a file may hold
        millions of them and nothing else.
        """
        self.refused.append(Refused(where, reason))
        if self.told is not None and len(self.refused) >= HELD:
            self.told(self.refused)

    def locate(self, candidates: Iterable[str]) -> str | None:
        """Give the absolute path that an entry means: the first candidate that exists.

        If none does: the first that exists when accents are composed the other way (NFC, NFD) or
        letters are of the other case; else the first candidate as it is. None without candidates.
        """
        paths = []
        for candidate in (c for c in candidates if c and "\0" not in c):
            for folder in (self.folder, *self.roots):
                joined = os.path.join(folder, candidate)
                path = os.path.normpath(joined)
                if path in paths:
                    continue
                if os.path.lexists(path):
                    return path
                if path != joined and os.path.exists(joined):  # ".." after a link
                    return os.path.realpath(joined)
                paths.append(path)
        alikes = (alike for path in paths if (alike := self._alike(path)))
        return next(alikes, paths[0] if paths else None)

    def located(self, uris: Sequence[str]) -> tuple[str | None, str | None]:
        """Give the local path and the address that the locations of a track mean.

        The first file that exists, else the first location, if it is local. Text that somebody
        forgot to escape is taken as a path where that exists.
        """
        url = next((uri for uri in uris if is_url(uri)), None)
        paths = [path for uri in uris if not is_url(uri) and (path := self._path(uri))]
        there = next((path for path in paths if os.path.lexists(path)), None)
        return there or (paths[0] if paths and not is_url(uris[0]) else None), url

    def _path(self, uri: str) -> str | None:
        path = re.sub("^file:(?://[^/]*)?", "", uri, flags=re.IGNORECASE)  # the host is ours
        plain = os.fsdecode(unquote_to_bytes(os.fsencode(slashes(path))))
        return self.locate([plain, slashes(path), path])

    def _alike(self, path: str) -> str | None:
        if path not in self._alikes:
            folder, name = os.path.split(path)
            if os.path.lexists(path):
                found: str | None = path
            elif not name or (above := self._alike(folder)) is None:
                found = None
            else:
                alike, name = self._listing(above), unicodedata.normalize("NFC", name)
                alias = alike.get(name) or alike.get(name.casefold())
                found = os.path.join(above, alias) if alias else None
            self._alikes[path] = found
        return self._alikes[path]

    def _listing(self, folder: str) -> dict[str, str]:
        """Give the names in a folder by their composed form, and by that in lower case."""
        if folder not in self._listings:
            names: list[str] = []
            with suppress(OSError):
                names = sorted(os.listdir(folder))
            composed = {unicodedata.normalize("NFC", name): name for name in names}
            self._listings[folder] = {n.casefold(): name for n, name in composed.items()} | composed
        return self._listings[folder]


def entry_track(
    *,
    path: str | None = None,
    url: str | None = None,
    title: str | None = None,
    artists: Sequence[str] = (),
    album: str | None = None,
    duration: float | None = None,
    ids: dict[str, str] | None = None,
) -> Track | None:
    """Make the track of a playlist entry; None if nothing identifies it.

    The id is ``path:<absolute path>`` for a local file, a Spotify URI as it is, ``url:<address>``
    for a stream, else ``text:<artist – title>``: whoever knows the library looks the track up by
    its path, `ids` and names.
    """
    title, album, ids = tidy(title or "") or None, tidy(album or "") or None, ids or {}
    artists = tuple(name for artist in artists if (name := tidy(artist)))
    if duration is not None and not (math.isfinite(duration) and duration > 0):
        duration = None
    named = Track(TrackId(""), title, artists, album, duration, path, ids)
    if path:
        track_id = f"path:{path}"
    elif "spotify" in ids:
        track_id = ids["spotify"]
    elif url:
        track_id = f"url:{url}"
    elif title:
        track_id = f"text:{named.name}"
    elif ids:
        track_id = "text:" + " ".join(ids.values())
    else:
        return None
    return Track(TrackId(track_id), title, artists, album, duration, path, ids)


def identifiers(track: Track) -> list[str]:
    """Give the URIs by which a track is known elsewhere: MusicBrainz, ISRC, Spotify."""
    ids = track.ids
    found = [f"https://musicbrainz.org/recording/{ids['mbid']}"] if ids.get("mbid") else []
    found += [f"isrc:{ids['isrc']}"] if ids.get("isrc") else []
    if spotify := ids.get("spotify"):
        found.append(spotify if spotify.startswith("spotify:") else f"spotify:track:{spotify}")
    return found


def known_ids(uris: Iterable[str]) -> dict[str, str]:
    """Read `Track.ids` from URIs; the first of a kind counts, unknown ones are passed over."""
    ids: dict[str, str] = {}
    for uri in uris:
        if match := _MBID.search(uri.lower()):
            ids.setdefault("mbid", match[1])
        elif match := _ISRC.fullmatch(uri.strip()):
            ids.setdefault("isrc", match[1].replace("-", "").upper())
        elif match := _SPOTIFY.search(uri):
            ids.setdefault("spotify", f"spotify:track:{match[1]}")
    return ids


def no_track(uri: str) -> str:
    """Say why a URI of Spotify is that of no track: an episode, a local file …; else empty.

    Examples
    --------
    >>> no_track("spotify:episode:512ojhOuo1ktJprKbVcKyQ"), no_track("spotify:track:x")
    ('an episode is no track of Spotify', '')
    """
    match = _NO_TRACK.search(uri)
    if match is None:
        return ""
    kind = match[1]
    called = _KINDS.get(kind, f"{'an' if kind[0] in 'ae' else 'a'} {kind}")
    return f"{called} is no track of Spotify"


def tidy(text: str) -> str:
    """Make text one clean line: no control characters, no half characters, single spaces."""
    if not text.isprintable():
        kinds = {"Cc": " ", "Cs": "\ufffd"}
        text = "".join(kinds.get(unicodedata.category(c), c) for c in text)
    return " ".join(text.split())


def is_url(text: str) -> bool:
    """Tell an address from a local path, which may be a ``file:`` URI or begin with a drive."""
    scheme = _SCHEME.match(text)
    return scheme is not None and scheme[1].lower() != "file"


def slashes(path: str) -> str:
    """Turn the separators of a Windows path round; a name with a backslash among "/" stays."""
    return path if "/" in path else path.replace("\\", "/")
