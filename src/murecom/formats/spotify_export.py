"""What Spotify gives its users by "Download your data": playlists, library, what they heard.

Two archives: the account data (``Playlist1.json``, ``YourLibrary.json``,
``StreamingHistory_music_0.json``) and the extended history (``Streaming_History_Audio_….json``,
once ``endsong_0.json``); as zip or unpacked, known by their content. Addresses, devices, countries
and the names of other people in them are not read.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_plus

from murecom.errors import BadInput, MurecomError
from murecom.formats.base import Content, Format, Source, entry_track, known_ids, no_track, tidy
from murecom.formats.dates import milliseconds, seconds
from murecom.formats.json_rows import LONGEST_ID, NOTHING, REMEMBERED
from murecom.formats.json_text import JSONText
from murecom.formats.packed import DAMAGED, ZIP, members, start_of, unpacked
from murecom.types import Listen, Playlist, Track

LIKED = "Liked Songs"
"What the tracks of the library are called as a playlist."

_MEMBER = re.compile(
    r"(?:^|/)(?:Playlist\d*|YourLibrary|StreamingHistory\w*|endsong\w*|Streaming_History_\w*(?:-\w+)*)\.json$"
)
_PLAYLISTS = re.compile(rb'\{\s*"playlists"\s*:\s*\[')
_LIBRARY = re.compile(rb'\{\s*"tracks"\s*:\s*\[\s*(?:\{\s*"artist"|\]\s*,\s*"albums")')
_HISTORY = re.compile(rb'\[\s*\{[^{}]*"(?:endTime|ms_?[pP]layed|master_metadata_track_name)"\s*:')
_LISTS = re.compile(r"Playlist\d*\.json")
_NONE = re.compile(rb"\[\s*\]\s*$")

_EPISODE = (
    "episode_show_name", "podcastName", "episode_name", "episodeName", "spotify_episode_uri",
)  # fmt: skip
_LIST = re.compile(r'"(?:playlists|tracks)"\s*:\s*\[')
_ARRAY = re.compile(r"\[")
_NEXT_PLAYLIST = re.compile(r'\}\s*,\s*(?=\{\s*"name"\s*:)')
_NEXT_ROW = re.compile(r"\}\s*,\s*(?=\{)")

_UNKNOWN = ("Unknown Track", "Unknown Artist")
"What Spotify writes of tracks that it has deleted."

_OTHER = {"episode": "an episode", "audiobook": "an audiobook", "localTrack": "a local file"}


class SpotifyExport(Format):
    """The account data or the extended streaming history of Spotify, or a file of it."""

    name = "spotify_export"
    suffixes = (".json", ".zip")
    tells_listens = True
    is_numbered = True
    replaces = True

    def sniff(self, name: str, head: bytes) -> float:
        """Trust the first fields of a file, the first names in a zip."""
        if head.startswith(ZIP):
            inside = (
                b"Spotify ",
                b"MyData/",
                b"Streaming_History",
                b"StreamingHistory",
                b"endsong_",
            )
            return 0.95 if any(word in head for word in inside) or "spotify_data" in name else 0.0
        return 0.98 if _kind(start_of(head), name) else 0.0

    def _read(self, source: Source) -> Iterable[Content]:
        tracks, seen = _Tracks(), dict[str, int]()
        if not source.head.startswith(ZIP):
            for path in _before(source):
                with suppress(MurecomError):
                    deque(_contents(Source(path), tracks, seen), maxlen=0)
            yield from _contents(source, tracks, seen)
            return
        is_any = False
        for member in members(source, lambda name: name.lower().endswith(".json")):
            if _MEMBER.search(str(member.path)) or _kind_of(member):
                is_any = True
                yield from _contents(member, tracks, seen)
        if not is_any:
            raise BadInput(
                "The zip holds no playlists and no streaming history of Spotify. Check which of "
                "its archives it is: account data or extended streaming history."
            )


def _before(source: Source) -> list[str]:
    """List the files whose playlists come before those of an unpacked file, as in the zip.

    Of two lists of one name the second is told by the first, which may stand in another file.
    """
    if source.path is None or not _LISTS.fullmatch(source.file_name):
        return []
    with suppress(OSError):
        names = sorted(os.listdir(source.folder))
        before = [n for n in names if _LISTS.fullmatch(n) and n < source.file_name]
        return [os.path.join(source.folder, name) for name in before]
    return []


def _kind_of(source: Source) -> str:
    with suppress(*DAMAGED):
        return _kind(start_of(source.head), source.file_name)
    return ""


def _kind(start: bytes, name: str) -> str:
    """Name the kind of a file by its beginning; empty if it is none of Spotify's."""
    if _PLAYLISTS.match(start):
        inside = (b'"lastModifiedDate"', b'"numberOfFollowers"', b'"trackUri"')
        return "playlists" if any(word in start for word in inside) else ""
    if _LIBRARY.match(start):
        return "library"
    if _HISTORY.match(start):
        return "history"
    return "history" if _NONE.match(start) and _MEMBER.search(name) else ""


def _contents(source: Source, tracks: _Tracks, seen: dict[str, int]) -> Iterator[Content]:
    try:
        kind = _kind(start_of(source.head), source.file_name)
    except DAMAGED as error:
        source.refuse("line 1", f"it cannot be unpacked: {error}")
        return
    if not kind:
        source.refuse("line 1", "it does not look like the file that its name says")
        return
    with unpacked(source) as file:
        text = JSONText(file)
        if kind == "history":
            text.find(_ARRAY)
            for row, where, _ in text.elements(source, _NEXT_ROW, _is_row):
                listen = _listen(source, row, where, tracks)
                if listen is not None:
                    yield listen
        elif not text.find(_LIST):
            source.refuse("line 1", "the file ends before its list")
        elif kind == "library":
            yield _library(source, text, tracks, seen)
        else:
            for row, where, _ in text.elements(source, _NEXT_PLAYLIST, _is_playlist):
                playlist = _playlist(source, row, where, tracks, seen)
                if playlist is not None:
                    yield playlist


def _is_row(value: Any) -> bool:
    return isinstance(value, dict)


def _is_playlist(value: Any) -> bool:
    return isinstance(value, dict) and ("items" in value or "tracks" in value)


class _Tracks:
    """Makes tracks, each once as long as it comes again and again."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, Any, Any], Track | None] = {}

    def make(self, uri: Any, title: Any, artist: Any, album: Any = None) -> Track | None:
        """Give the track of a URI or a name; None if neither is one."""
        key = (uri, title, artist)
        try:
            if key in self._known:
                return self._known[key]
        except TypeError:  # a list where a text should be
            key = (_text(uri), _text(title), _text(artist))
        name = _text(artist)
        made = None if no_track(_text(uri)) else entry_track(
            title=_text(title),
            artists=(name,) if name else (),
            album=_text(album),
            ids=known_ids([_text(uri)]),
        )  # fmt: skip
        fits = made is not None and len(made.id) <= LONGEST_ID
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = made if fits else None
        return self._known[key]


def _listen(source: Source, row: Any, where: str, tracks: _Tracks) -> Listen | None:
    if not isinstance(row, dict):
        source.refuse(where, "it is no listen")
        return None
    get = row.get
    is_long = "ts" in row or "ms_played" in row
    if is_long:
        title, artist = get("master_metadata_track_name"), get("master_metadata_album_artist_name")
        uri, album = get("spotify_track_uri"), get("master_metadata_album_album_name")
        at, ms = seconds(get("ts")), milliseconds(get("ms_played"))
    else:
        title, artist, uri, album = get("trackName"), get("artistName"), None, None
        at, ms = seconds(get("endTime")), milliseconds(get("msPlayed"))
    track = tracks.make(uri, title, artist, album)
    if (title, artist) == _UNKNOWN and not uri:
        source.refuse(where, "Spotify does not know any more what it was")
    elif track is None:
        source.refuse(where, _why(row))
    elif at is None:
        source.refuse(where, "it does not say when it was heard")
    else:
        return Listen(track, at, ms, _skipped(row) if is_long else None)
    return None


def _why(row: dict[str, Any]) -> str:
    """Say what a listen is of that is of no track, without its name.

    The reports of refused rows would keep what somebody heard after it was forgotten.
    """
    if any(row.get(name) for name in _EPISODE):
        return "an episode is no track"
    if row.get("audiobook_title") or row.get("audiobook_uri"):
        return "an audiobook is no track"
    return no_track(_text(row.get("spotify_track_uri"))) or NOTHING


def _skipped(row: dict[str, Any]) -> bool | None:
    """Tell whether a track was broken off; early years tell it by the reason alone."""
    told = row.get("skipped")
    if isinstance(told, (bool, int)):
        return bool(told)
    return {"fwdbtn": True, "trackdone": False}.get(str(row.get("reason_end")))


def _library(source: Source, text: JSONText, tracks: _Tracks, seen: dict[str, int]) -> Playlist:
    found = []
    for row, where, _ in text.elements(source, _NEXT_ROW, _is_row):
        get = row.get if isinstance(row, dict) else {}.get
        track = tracks.make(get("uri"), get("track"), get("artist"), get("album"))
        if track is None:
            source.refuse(where, no_track(_text(get("uri"))) or NOTHING)
        else:
            found.append(track)
    oldest = found[-1].id if found else ""
    return Playlist(LIKED, tuple(found), _id(LIKED, oldest, seen))


def _playlist(
    source: Source, row: Any, where: str, tracks: _Tracks, seen: dict[str, int]
) -> Playlist | None:
    items = row.get("items", row.get("tracks")) if isinstance(row, dict) else None
    if not isinstance(items, list):
        source.refuse(where, 'it is no playlist: it holds no list "items"')
        return None
    name = _text(row.get("name"))
    found: list[Track] = []
    added: list[int | None] = []
    for number, item in enumerate(items, 1):
        item = item if isinstance(item, dict) else {}
        about = item if "trackName" in item else item.get("track")  # as it was before 2021
        get = about.get if isinstance(about, dict) else {}.get
        track = tracks.make(get("trackUri"), get("trackName"), get("artistName"), get("albumName"))
        if track is None:
            source.refuse(f"{where}, track {number} of '{_short(name)}'", _why_item(item))
            continue
        found.append(track)
        added.append(seconds(item.get("addedDate")))
    is_dated = any(day is not None for day in added)
    oldest = 0
    if is_dated:
        oldest = min(range(len(added)), key=lambda n: (added[n] is None, added[n] or 0))
    return Playlist(
        name,
        tuple(found),
        _id(name, f"{found[oldest].id} {added[oldest] or ''}" if found else "", seen),
        _text(row.get("description")) or None,
        added=tuple(added) if is_dated else (),
    )


def _why_item(item: dict[str, Any]) -> str:
    for kind, called in _OTHER.items():
        if (about := item.get(kind)) is None:
            continue
        texts = [about] if isinstance(about, str) else list(about.values()) if about else []
        told = [_text(value) for value in texts if isinstance(value, str)]
        names = [text for text in told if not text.startswith("spotify:")]
        if not names and told:  # spotify:local:artist:album:title:seconds
            names = [unquote_plus(part) for part in told[0].split(":")[2:5] if part]
        return f"{called} is no track of Spotify: {_short(' – '.join(names))}"
    about = item.get("track")
    return no_track(_text(about.get("trackUri")) if isinstance(about, dict) else "") or NOTHING


def _id(name: str, oldest: str, seen: dict[str, int]) -> str:
    """Name a playlist so that a later export names it alike, and that of somebody else does not.

    Exports tell no ids. The track that has been in it for longest, and since when, stay mostly.
    """
    sum_ = hashlib.blake2b(oldest.encode("utf-8", "replace"), digest_size=4).hexdigest()
    short = name if len(name) <= 200 else name[:200] + "…"
    made = f"{SpotifyExport.name}:{short or 'playlist'}-{sum_}"
    again = seen[made] = seen.get(made, 0) + 1
    return made if again == 1 else f"{made}#{again}"


def _text(value: Any) -> str:
    return tidy(value) if isinstance(value, str) else ""


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
