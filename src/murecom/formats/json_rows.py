"""What formats of many playlists share: JSON lines, JSON objects made playlists.

Part of `formats.base` for `mpd` and `jsonl`, whose playlists look alike. Such files are larger than
memory, so they are read bit by bit; a damaged line costs the playlist in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from murecom.formats.base import Source, entry_track, known_ids, no_track, tidy
from murecom.formats.packed import lines_of
from murecom.types import Playlist, Track, TrackId

REMEMBERED = 200_000
"Tracks whose reading is remembered: popular ones come again and again."

LONGEST_ID = 1000
"Characters of an id; longer ones are damage."

NOTHING = "nothing in it identifies a track"
"Why an entry is refused of which nothing is known."

_ID = re.compile(r"(?!https?:|file:)[a-z][a-z0-9+.-]*:.", re.IGNORECASE)


_OWN = re.compile(r"(?!https?:|file:|mpd:)[a-z][a-z0-9_+.-]*:\S.*", re.IGNORECASE)


def file_key(source: Source) -> str:
    """Give what stands in ids for a file: its name and a checksum of where it really is.

    Files of one name in two folders are two; one that is reached through a link is one.
    """
    path = os.fsencode(os.path.realpath(source.path)) if source.path else b""
    sum_ = hashlib.blake2b(path, digest_size=4).hexdigest()
    return f"{source.file_name or 'playlists'}-{sum_}"


def json_lines(source: Source) -> Iterator[tuple[Any, str, int]]:
    """Yield the JSON values of a file that has one a line, where they stand and the line's number.

    Lines that hold none, or are too long, are refused; blank ones do not count.
    """
    for line, number in lines_of(source):
        text = line.strip()
        if not text:
            continue
        try:
            row = loads(text)
        except ValueError as error:
            source.refuse(f"line {number}", f"it is no JSON: {error}")
            continue
        yield row, f"line {number}", number


class Rows:
    """Makes the playlists of one file.

    Parameters
    ----------
    source : Source
        Told of what cannot be used.
    kind : str
        Name of the format.
    is_shared : bool
        Whether a number means the same playlist in every file of the format: the id is then
        ``kind:pid``. Without it each file numbers its playlists for itself, ``kind:file/pid``, and
        a pid of the form ``source:id`` stands for itself.
    """

    def __init__(self, source: Source, kind: str, *, is_shared: bool = False) -> None:
        self._source, self._kind, self._is_shared = source, kind, is_shared
        self._tracks: dict[Any, Track] = {}
        self._seen: dict[str, int] = {}
        self._file = file_key(source)

    def playlist(self, row: Any, where: str, number: int) -> Playlist | None:
        """Make a playlist of a JSON object; None, and a word about it, if it is none.

        Parameters
        ----------
        row : object
            With ``tracks`` and, if known, ``name``, ``pid`` and ``description``.
        where : str
            Where in the file it begins.
        number : int
            Its place among the playlists of the file, which names it if nothing else does.
        """
        entries = row.get("tracks") if isinstance(row, dict) else None
        if not isinstance(entries, list):
            self._source.refuse(where, 'it is no playlist: it holds no list "tracks"')
            return None
        if all(isinstance(e, dict) and type(e.get("pos")) is int for e in entries):
            entries = sorted(entries, key=lambda entry: entry["pos"])
        tracks = []
        for place, entry in enumerate(entries, 1):
            track = self._track(entry)
            if track is None:
                uri = _text(entry.get("track_uri")) if isinstance(entry, dict) else ""
                self._source.refuse(f"{where}, track {place}", no_track(uri) or NOTHING)
            else:
                tracks.append(track)
        name = _text(row.get("name")) or _text(row.get("title"))
        description = _text(row.get("description")) or None
        return Playlist(name, tuple(tracks), self._id(row.get("pid"), number), description)

    def _id(self, pid: Any, number: int) -> str:
        """Give the id of a playlist; a second one of the same number in a file gets ``#2``."""
        if isinstance(pid, str):
            pid = tidy(pid)
        usable = (type(pid) is int and abs(pid) < 2**63) or (isinstance(pid, str) and pid)
        if not usable or len(str(pid)) > 200:
            own = f"{self._kind}:{self._file}/{number}"
        elif self._is_shared:
            own = f"{self._kind}:{pid}"
        elif isinstance(pid, str) and _OWN.fullmatch(pid):
            own = pid
        else:
            own = f"{self._kind}:{self._file}/{pid}"
        again = self._seen[own] = self._seen.get(own, 0) + 1
        return own if again == 1 else f"{own}#{again}"

    def _track(self, entry: Any) -> Track | None:
        if not isinstance(entry, dict):
            return None
        uri, title, artist = (entry.get(k) for k in ("track_uri", "track_name", "artist_name"))
        try:
            known = self._tracks.get((uri, title, artist))
        except TypeError:  # a list where a text should be
            return _made(entry)
        if known is None:
            if len(self._tracks) >= REMEMBERED:
                self._tracks.clear()
            known = _made(entry)
            if known is not None:
                self._tracks[uri, title, artist] = known
        return known


def track_of(
    uri: str,
    *,
    title: str = "",
    artists: Sequence[str] = (),
    album: str = "",
    duration: float | None = None,
    ids: Mapping[str, str] | None = None,
) -> Track | None:
    """Make the track of an entry that may have a URI, or any id as murecom writes them.

    None if nothing identifies it, it is no track (`no_track`), or its id is longer than any is.
    """
    if no_track(uri):
        return None
    known = {**known_ids([uri]), **(ids or {})}
    track = entry_track(
        url=uri if uri.startswith(("http:", "https:")) else None,
        title=title,
        artists=artists,
        album=album,
        duration=duration,
        ids=known,
    )
    if uri and "spotify" not in known and _ID.match(uri):
        # an id as murecom writes them
        own = TrackId(uri)
        track = replace(track, id=own) if track else Track(own)
    return track if track is None or len(track.id) <= LONGEST_ID else None


def _made(entry: Mapping[str, Any]) -> Track | None:
    artist = _text(entry.get("artist_name"))
    return track_of(
        _text(entry.get("track_uri")),
        title=_text(entry.get("track_name")),
        artists=[artist] if artist else (),
        album=_text(entry.get("album_name")),
        duration=_seconds(entry.get("duration_ms")),
    )


def _seconds(milliseconds: Any) -> float | None:
    is_number = isinstance(milliseconds, (int, float)) and not isinstance(milliseconds, bool)
    try:
        return float(milliseconds) / 1000 if is_number and milliseconds else None
    except OverflowError:
        return None


def _text(value: Any) -> str:
    return tidy(value) if isinstance(value, str) else ""


def loads(text: str | bytes) -> Any:
    """Read JSON; ValueError for what is none, however deep or long it is."""
    try:
        return json.loads(text, strict=False)  # control characters in names are tidied away
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
