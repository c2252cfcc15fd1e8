"""Playlists as a plain table, a track a row: ``playlist,position,artist,title``.

Only a playlist and a title (or a URI) are needed; a table of title and artist is one playlist,
called like its file. Columns may be called and ordered in many ways, and be parted by commas,
semicolons or tabs. A file may hold any number of playlists.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from murecom.formats.base import Format, Source, no_track, tidy
from murecom.formats.csv_rows import Row, first_row, header_of, key_of, named, read_rows
from murecom.formats.dates import length_of, seconds
from murecom.formats.json_rows import NOTHING, REMEMBERED, file_key, track_of
from murecom.types import Playlist, Track

HELD = 200_000
"Rows in memory: as far apart the rows of one playlist may stand."

_COLUMNS = {
    "list_id": ("playlistid", "playlisturi", "pid"),
    "list": (
        "playlist",
        "playlistname",
        "playlisttitle",
        "list",
        "歌单",
        "歌单名",
        "歌单名称",
        "播放列表",
    ),
    "position": ("position", "pos", "index", "order", "no", "序号", "位置"),
    "title": (
        "title",
        "trackname",
        "tracktitle",
        "track",
        "song",
        "songname",
        "songtitle",
        "歌名",
        "歌曲",
        "歌曲名",
        "曲名",
        "标题",
    ),
    "artist": (
        "artist",
        "artists",
        "artistname",
        "artistnames",
        "creator",
        "歌手",
        "艺人",
        "艺术家",
        "アーティスト",
    ),
    "album": ("album", "albumname", "release", "专辑", "アルバム"),
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
        """Trust a header with a playlist and a title or a URI, less one without a playlist."""
        found = set(named(_COLUMNS, header_of(head)).values())
        is_list, is_track = found & {"list", "list_id"}, found & {"title", "uri"}
        if is_list and is_track:
            return 0.8
        if found >= {"title", "artist"}:
            return 0.4
        is_called = name.lower().removesuffix(".gz").endswith(self.suffixes)
        return 0.3 if is_called and _is_bare(first_row(head)) else 0.0

    def missing(self, name: str, head: bytes) -> str:
        """Say which columns a table has and which it would need."""
        if not name.lower().removesuffix(".gz").endswith(self.suffixes):
            return ""
        titles = [tidy(title)[:40] for title in first_row(head)[:8]]
        if len(titles) < 2:
            return ""
        return (
            f"Its columns are: {', '.join(titles)}. A table of a playlist needs title and artist, "
            "or playlist and title (or uri)."
        )

    def _read(self, source: Source) -> Iterable[Playlist]:
        ids = _Ids(source, self.name)
        tracks: dict[tuple[str, ...], Track | None] = {}
        open_: dict[str, _Open] = {}
        held = 0
        for row in read_rows(source, _columns):
            key = row["list_id"] or row["list"] or source.name
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
                source.refuse(row.where, no_track(row["uri"]) or NOTHING)
            if held >= HELD:
                for other in [other for other in open_ if other != key]:
                    yield open_.pop(other).whole(source, ids.make(other))
                held = len(one.tracks)
                if held >= HELD:
                    held = 0  # one list of that length: nothing else is held
        for key, one in open_.items():
            yield one.whole(source, ids.make(key))


_IDENTIFYING = ("uri", "title", "artist", "album", "isrc", "mbid", "duration", "ms")


def _columns(fields: Sequence[str]) -> tuple[Mapping[int, str], bool]:
    found = named(_COLUMNS, [key_of(field) for field in fields])
    if not {"title", "uri"} & set(found.values()) and _is_bare(fields):
        return dict(enumerate(("list", "position", "artist", "title"))), False
    return found, True


def _is_bare(fields: Sequence[str]) -> bool:
    """Tell a row ``playlist,position,artist,title`` from a header."""
    return len(fields) == 4 and all(map(str.strip, fields)) and fields[1].strip().isdecimal()


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
        place = re.sub(r"[.,]0*$", "", row["position"])  # spreadsheets write 2.0
        self.tracks.append(track)
        self.added.append(seconds(row["added"]) if row["added"] else None)
        self.places.append(int(place) if place.isdecimal() and len(place) < 10 else None)

    def whole(self, source: Source, playlist_id: str) -> Playlist:
        """Give the playlist by position; rows without one stand behind, and that is told."""
        places = self.places
        order = list(range(len(self.tracks)))
        if blank := places.count(None) if any(p is not None for p in places) else 0:
            rows = "1 row has" if blank == 1 else f"{blank:,} rows have"
            source.refuse(
                f"playlist '{self.name[:80]}'",
                f"nothing of it is left out, but {rows} no position and so the last places",
            )
        order.sort(key=lambda n: (places[n] is None, places[n] or 0))
        tracks = tuple(self.tracks[n] for n in order)
        added = tuple(self.added[n] for n in order)
        is_dated = any(day is not None for day in added)
        return Playlist(self.name, tracks, playlist_id, added=added if is_dated else ())


class _Ids:
    """Names the playlists of a file: by the file and by what the file calls them."""

    def __init__(self, source: Source, kind: str) -> None:
        self._start = f"{kind}:{file_key(source)}/"
        self._seen: dict[str, int] = {}

    def make(self, key: str) -> str:
        """Give an id; a playlist that comes again after many others gets ``#2``."""
        named = tidy(key)
        if len(named) > 200:
            named = hashlib.blake2b(named.encode("utf-8", "replace"), digest_size=16).hexdigest()
        again = self._seen[named] = self._seen.get(named, 0) + 1
        return f"{self._start}{named or '-'}" + (f"#{again}" if again > 1 else "")
