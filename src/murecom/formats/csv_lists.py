"""Playlists as a plain table, a track a row: ``playlist,position,artist,title``.

Only a playlist and a title (or a URI) are needed; columns may be called and ordered in many ways,
and be parted by commas, semicolons or tabs. A file may hold any number of playlists.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from murecom.formats.base import Format, Source, tidy
from murecom.formats.csv_rows import Row, header_of, key_of, named, read_rows
from murecom.formats.dates import length_of, seconds
from murecom.formats.json_rows import REMEMBERED, track_of
from murecom.types import Playlist, Track

HELD = 200_000
"Rows in memory: as far apart the rows of one playlist may stand."

_COLUMNS = {
    "list_id": ("playlistid", "playlisturi", "pid"),
    "list": ("playlist", "playlistname", "playlisttitle", "list"),
    "position": ("position", "pos", "index", "order", "no"),
    "title": ("title", "trackname", "tracktitle", "track", "song", "songname", "songtitle"),
    "artist": ("artist", "artists", "artistname", "artistnames", "creator"),
    "album": ("album", "albumname", "release"),
    "duration": ("duration", "length", "seconds", "durations"),
    "ms": ("durationms", "milliseconds", "trackdurationms"),
    "isrc": ("isrc",),
    "mbid": ("mbid", "recordingmbid", "trackmbid"),
    "uri": ("uri", "trackuri", "trackid", "spotifyuri", "spotifyid", "id", "url"),
    "added": ("added", "addedat", "addeddate", "dateadded"),
}
_SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}")
_ISRC = re.compile(r"[A-Z]{2}\w{3}\d{7}", re.ASCII)
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class CSVLists(Format):
    """Playlists as a table, a track a row."""

    name = "csv"
    suffixes = (".csv", ".tsv")
    is_numbered = True

    def sniff(self, name: str, head: bytes) -> float:
        """Trust a header with a playlist and a title or a URI."""
        found = set(named(_COLUMNS, header_of(head)).values())
        is_list, is_track = found & {"list", "list_id"}, found & {"title", "uri"}
        return 0.8 if is_list and is_track else 0.0

    def _read(self, source: Source) -> Iterable[Playlist]:
        ids = _Ids(source, self.name)
        tracks: dict[tuple[str, ...], Track | None] = {}
        open_: dict[str, _Open] = {}
        held = 0
        for row in read_rows(source, _columns):
            key = row["list_id"] or row["list"]
            one = open_.get(key)
            if one is None:
                one = open_[key] = _Open(tidy(row["list"]) or tidy(key) or source.name)
            about = tuple(row[name] for name in _IDENTIFYING)
            if about not in tracks:
                if len(tracks) >= REMEMBERED:
                    tracks.clear()
                tracks[about] = _track(row)
            track = tracks[about]
            if track is not None:
                one.add(track, row)
                held += 1
            elif any(about):
                source.refuse(row.where, "nothing in it identifies a track")
            if held >= HELD:
                for other in [other for other in open_ if other != key]:
                    yield open_.pop(other).whole(ids.make(other))
                held = len(one.tracks)
                if held >= HELD:
                    held = 0  # one list of that length: nothing else is held
        for key, one in open_.items():
            yield one.whole(ids.make(key))


_IDENTIFYING = ("uri", "title", "artist", "album", "isrc", "mbid", "duration", "ms")


def _columns(fields: Sequence[str]) -> tuple[Mapping[int, str], bool]:
    return named(_COLUMNS, [key_of(field) for field in fields]), True


def _track(row: Row) -> Track | None:
    uri, isrc, mbid = row["uri"], row["isrc"].replace("-", "").upper(), row["mbid"].lower()
    ids = {"mbid": mbid} if _MBID.fullmatch(mbid) else {}
    ids |= {"isrc": isrc} if _ISRC.fullmatch(isrc) else {}
    return track_of(
        f"spotify:track:{uri}" if _SPOTIFY_ID.fullmatch(uri) else uri,
        title=row["title"],
        artists=[name for part in re.split("[;|]", row["artist"]) if (name := tidy(part))],
        album=row["album"],
        duration=length_of(row["ms"], in_ms=True) or length_of(row["duration"]),
        ids=ids,
    )


@dataclass(slots=True)
class _Open:
    """A playlist of which more rows may come."""

    name: str
    tracks: list[Track] = field(default_factory=list)
    added: list[int | None] = field(default_factory=list)
    places: list[int | None] = field(default_factory=list)

    def add(self, track: Track, row: Row) -> None:
        place = row["position"]
        self.tracks.append(track)
        self.added.append(seconds(row["added"]) if row["added"] else None)
        self.places.append(int(place) if place.isdecimal() and len(place) < 10 else None)

    def whole(self, playlist_id: str) -> Playlist:
        """Give the playlist: by position if all rows have one, else as the rows stand."""
        rows = range(len(self.tracks))
        places = [place for place in self.places if place is not None]
        order = list(rows)
        if len(places) == len(order):
            order.sort(key=places.__getitem__)
        tracks = tuple(self.tracks[n] for n in order)
        added = tuple(self.added[n] for n in order)
        is_dated = any(day is not None for day in added)
        return Playlist(self.name, tracks, playlist_id, added=added if is_dated else ())


class _Ids:
    """Names the playlists of a file: by the file and by what the file calls them."""

    def __init__(self, source: Source, kind: str) -> None:
        path = os.fsencode(source.path or "")  # files of one name in two folders are two
        sum_ = hashlib.blake2b(path, digest_size=4).hexdigest()
        self._start = f"{kind}:{source.file_name or 'playlists'}-{sum_}/"
        self._seen: dict[str, int] = {}

    def make(self, key: str) -> str:
        """Give an id; a playlist that comes again after many others gets ``#2``."""
        named = tidy(key)
        if len(named) > 200:
            named = hashlib.blake2b(named.encode("utf-8", "replace"), digest_size=16).hexdigest()
        again = self._seen[named] = self._seen.get(named, 0) + 1
        return f"{self._start}{named or '-'}" + (f"#{again}" if again > 1 else "")
