"""Scrobbles of Last.fm, in the tables that its exporters write.

With a header (``uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid`` and the like,
in any order) or, as "Last.fm to CSV" writes it, without: ``artist,album,track,30 Nov 2020 12:05``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from murecom.formats.base import Format, Source, entry_track, tidy
from murecom.formats.csv_rows import first_row, header_of, key_of, named, read_rows
from murecom.formats.dates import seconds
from murecom.formats.json_rows import LONGEST_ID, REMEMBERED
from murecom.types import Listen, Track

_COLUMNS = {
    "artist": ("artist", "artistname"),
    "album": ("album", "albumname", "release"),
    "title": ("track", "trackname", "title", "song", "name"),
    "mbid": ("trackmbid", "recordingmbid"),
    "at": ("uts", "unixtime", "timestamp", "scrobbletime", "utctime", "isotime", "date", "time"),
    "also": ("utctime", "date"),
}
_DATE = re.compile(r"\d{1,2} \w{3} \d{4},? \d{1,2}:\d\d(?::\d\d)?")
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class LastFM(Format):
    """Scrobbles of Last.fm as CSV."""

    name = "lastfm"
    suffixes = (".csv", ".tsv")
    is_numbered = True

    def sniff(self, name: str, head: bytes) -> float:
        """Trust a header with artist, track and time; without one, a first row with a date."""
        titles = header_of(head)
        found = set(named(_titles(titles), titles).values())
        if found >= {"artist", "title", "at"} and "playlist" not in titles:
            return 0.9
        fields = first_row(head)
        return 0.85 if len(fields) == 4 and _DATE.fullmatch(fields[3].strip()) else 0.0

    def _read(self, source: Source) -> Iterable[Listen]:
        tracks: dict[tuple[str, str, str], Track | None] = {}
        for row in read_rows(source, _columns):
            key = (row["mbid"], row["title"], row["artist"])
            if key not in tracks:
                if len(tracks) >= REMEMBERED:
                    tracks.clear()
                tracks[key] = _track(*key, row["album"])
            track = tracks[key]
            at = seconds(row["at"]) if row["at"] else None
            at = seconds(row["also"]) if at is None and row["also"] else at
            if track is None:
                source.refuse(row.where, "nothing in it identifies a track")
            elif at is None:
                source.refuse(row.where, "it does not say when it was heard")
            else:
                yield Listen(track, at)


def _columns(fields: Sequence[str]) -> tuple[Mapping[int, str], bool]:
    titles = [key_of(field) for field in fields]
    found = named(_titles(titles), titles)
    if {"artist", "title"} <= set(found.values()):
        return found, True
    return dict(enumerate(("artist", "album", "title", "at"))), False


def _titles(titles: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Give the columns, with those that tell whose scrobbles they are: "Date#somebody"."""
    dates = tuple(title for title in titles if title.startswith("date") and title != "date")
    return {**_COLUMNS, "at": (*_COLUMNS["at"], *dates)}


def _track(mbid: str, title: str, artist: str, album: str) -> Track | None:
    made = entry_track(
        title=title,
        artists=(artist,) if artist else (),
        album=tidy(album),
        ids={"mbid": mbid.lower()} if _MBID.fullmatch(mbid.lower()) else {},
    )
    return made if made is not None and len(made.id) <= LONGEST_ID else None
