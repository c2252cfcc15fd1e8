"""Scrobbles of Last.fm, in the tables and the JSON that its exporters write.

With a header (``uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid`` and the like,
in any order) or, as "Last.fm to CSV" writes it, without: ``artist,album,track,30 Nov 2020 12:05``.
The JSON is what ``user.getRecentTracks`` answers: a page, a list of pages, or a list of tracks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from murecom.formats.base import Format, Source, entry_track, tidy
from murecom.formats.csv_rows import Row, first_row, header_of, key_of, named, read_rows
from murecom.formats.dates import seconds
from murecom.formats.json_rows import LONGEST_ID, NOTHING, REMEMBERED
from murecom.formats.json_text import JSONText
from murecom.formats.packed import start_of, unpacked
from murecom.types import Listen, Track

_COLUMNS = {
    "artist": ("artist", "artistname"),
    "album": ("album", "albumname", "release"),
    "title": ("track", "trackname", "title", "song", "name"),
    "mbid": ("trackmbid", "recordingmbid"),
    "at": ("uts", "unixtime", "timestamp", "scrobbletime", "utctime", "isotime", "date", "time"),
    "also": ("utctime", "date"),
}
_DATES = re.compile("date(?!$|added|released|modified)")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_DATE = re.compile(r"\d{1,2} \w{3} \d{4},? \d{1,2}:\d\d(?::\d\d)?")
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class LastFM(Format):
    """Scrobbles of Last.fm as CSV."""

    name = "lastfm"
    suffixes = (".csv", ".tsv", ".json")
    tells_listens = True
    is_numbered = True

    def sniff(self, name: str, head: bytes) -> float:
        """Trust a header with artist, track and time; without one, a first row with a date."""
        start = start_of(head)
        if start.startswith((b"[", b"{")):
            return 0.95 if b'"artist"' in start and b'"#text"' in start else 0.0
        titles = header_of(head)
        found = set(named(_titles(titles), titles).values())
        if found >= {"artist", "title", "at"} and "playlist" not in titles:
            return 0.9
        fields = first_row(head)
        return 0.85 if len(fields) == 4 and _DATE.fullmatch(fields[3].strip()) else 0.0

    def _read(self, source: Source) -> Iterable[Listen]:
        tracks: dict[tuple[str, str, str], Track | None] = {}
        is_json = start_of(source.head).startswith((b"[", b"{"))
        for row in _scrobbles(source) if is_json else read_rows(source, _columns):
            key = (row["mbid"], row["title"], row["artist"])
            if key not in tracks:
                if len(tracks) >= REMEMBERED:
                    tracks.clear()
                tracks[key] = _track(*key, row["album"])
            track = tracks[key]
            at = seconds(row["at"]) if row["at"] else None
            at = seconds(row["also"]) if at is None and row["also"] else at
            if track is None:
                source.refuse(row.where, NOTHING)
            elif at is None:
                source.refuse(row.where, "it does not say when it was heard")
            else:
                yield Listen(track, at)


def _scrobbles(source: Source) -> Iterator[Row]:
    """Yield the tracks of a JSON text, in pages or not, as rows."""
    begin = r"\[" if start_of(source.head).startswith(b"[") else r'"track"\s*:\s*\['
    with unpacked(source) as file:
        text = JSONText(file)
        if not text.find(re.compile(begin)):
            source.refuse("line 1", 'the JSON holds no list "track"')
            return
        for value, where, _ in text.elements(source, _NEXT, lambda one: _listed(one) is not None):
            found = _listed(value)
            if found is None:
                source.refuse(where, "it is no scrobble and no page of them")
                continue
            for number, entry in enumerate(found, 1):
                place = where if found == [value] else f"page at {where}, track {number}"
                if not isinstance(entry, dict):
                    source.refuse(place, "it is no scrobble")
                elif _value(_object(entry.get("@attr")).get("nowplaying")) != "true":
                    yield Row(place, _fields(entry))


def _listed(value: Any) -> list[Any] | None:
    """Give the tracks of a page, or the track that a value is; None if it is neither."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return None
    page = value.get("recenttracks", value)
    tracks = page.get("track") if isinstance(page, dict) else page
    if isinstance(tracks, dict):  # one alone stands for itself
        return [tracks]
    return tracks if isinstance(tracks, list) else [value] if "name" in value else None


def _fields(entry: dict[str, Any]) -> dict[str, str]:
    date = _object(entry.get("date"))
    return {
        "artist": _value(entry.get("artist")),
        "album": _value(entry.get("album")),
        "title": _value(entry.get("name")),
        "mbid": _value(entry.get("mbid")),
        "at": _value(date.get("uts")),
        "also": _value(date),
    }


def _value(value: Any) -> str:
    """Give a text or number, or the text that an object of Last.fm holds."""
    value = value.get("#text", value.get("name")) if isinstance(value, dict) else value
    return tidy(str(value)) if isinstance(value, (str, int)) else ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _columns(fields: Sequence[str]) -> tuple[Mapping[int, str], bool]:
    titles = [key_of(field) for field in fields]
    found = named(_titles(titles), titles)
    if {"artist", "title"} <= set(found.values()):
        return found, True
    return dict(enumerate(("artist", "album", "title", "at"))), False


def _titles(titles: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Give the columns, with those that tell whose scrobbles they are: "Date#somebody"."""
    dates = tuple(title for title in titles if _DATES.match(title))
    return {**_COLUMNS, "at": (*_COLUMNS["at"], *dates)}


def _track(mbid: str, title: str, artist: str, album: str) -> Track | None:
    made = entry_track(
        title=title,
        artists=(artist,) if artist else (),
        album=tidy(album),
        ids={"mbid": mbid.lower()} if _MBID.fullmatch(mbid.lower()) else {},
    )
    return made if made is not None and len(made.id) <= LONGEST_ID else None
