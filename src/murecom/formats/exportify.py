"""Tables of Exportify, in both dialects: one playlist a file, with what Spotify says of its tracks.

exportify.app writes "Track URI", "Artist URI(s)", "ISRC" and more; exportify.net adds genres and
Spotify's measures (energy, valence, tempo …), which are kept as descriptors. Both read the API of
Spotify, whose terms forbid training on it: models do not learn from these playlists by themselves.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from murecom.formats.base import Content, Format, Source, no_track, tidy
from murecom.formats.csv_rows import Row, header_of, key_of, named, read_rows
from murecom.formats.dates import length_of, number_of, seconds
from murecom.formats.json_rows import track_of
from murecom.formats.packed import ZIP, members
from murecom.types import About, Playlist, Track

PREFIX = "spotify_"
"What the names of its descriptors begin with: they stand beside what murecom measures itself."

MEASURES = {
    "danceability": "", "energy": "", "speechiness": "", "acousticness": "",
    "instrumentalness": "", "liveness": "", "valence": "", "mode": "", "key": "",
    "loudness": "dB", "tempo": "BPM", "time_signature": "beats",
}  # fmt: skip
"Unit by name; those without one are 0 to 1, but the key (0 is C, 1 is C sharp …, 11 is B)."

_UNKNOWN = {"key": -1.0, "tempo": 0.0, "time_signature": 0.0}
"What Spotify writes where it could not tell."

_COLUMNS = {
    "uri": ("trackuri", "spotifyuri", "spotifyid", "trackid"),
    "title": ("trackname",),
    "artist_ids": ("artisturis", "artistids"),
    "artists": ("artistnames", "artistname"),
    "album": ("albumname",),
    "duration": ("trackdurationms", "durationms"),
    "isrc": ("isrc",),
    "added": ("addedat",),
    "genres": ("artistgenres", "genres"),
    **{name: (key_of(name),) for name in MEASURES},
}
_SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}")
_SEPARATORS = (r"(?<!\\), ", ";", r"(?<!\\),(?! )")


class Exportify(Format):
    """A playlist of Spotify as Exportify writes it."""

    name = "exportify"
    suffixes = (".csv", ".zip")
    trainable = False
    is_numbered = True

    def sniff(self, name: str, head: bytes) -> float:
        """Trust a header with its names for tracks and their Spotify ids."""
        if head.startswith(ZIP):
            if "spotify_playlists" in name:
                return 0.95
            length = int.from_bytes(head[26:28], "little")  # of the first file's name
            return 0.5 if head[30 : 30 + length].lower().endswith(b".csv") else 0.0
        titles = header_of(head)
        found = set(named(_COLUMNS, titles).values())
        return 0.95 if found >= {"uri", "title", "artists"} and "playlistname" not in titles else 0

    def _read(self, source: Source) -> Iterable[Content]:
        if not source.head.startswith(ZIP):
            yield from _contents(source)
            return
        for member in members(source, lambda name: name.lower().endswith(".csv")):
            if self.sniff("", member.head) > 0:
                yield from _contents(member)
            else:
                member.refuse("line 1", "it is no table of Exportify")


def _contents(source: Source) -> Iterator[Content]:
    """Yield what is told of each track, then the playlist."""
    found: list[Track] = []
    added: list[int | None] = []
    told: set[str] = set()
    for row in read_rows(source, _columns):
        uri = row["uri"]
        uri = f"spotify:track:{uri}" if _SPOTIFY_ID.fullmatch(uri) else uri
        isrc = row["isrc"].replace("-", "").upper()
        track = track_of(
            uri,
            title=row["title"],
            artists=_artists(row),
            album=row["album"],
            duration=length_of(row["duration"], in_ms=True),
            ids={"isrc": isrc} if re.fullmatch(r"[A-Z]{2}\w{3}\d{7}", isrc) else None,
        )
        if reason := no_track(uri):
            source.refuse(row.where, f"{reason}: {tidy(row['title'])[:80]}")
        elif track is None:
            source.refuse(row.where, "nothing in it identifies a track")
        else:
            found.append(track)
            added.append(seconds(row["added"]))
            about = _about(track, row)
            if track.id not in told and (about.descriptors or about.tags):
                told.add(track.id)
                yield about
    is_dated = any(day is not None for day in added)
    yield Playlist(_name(source), tuple(found), None, added=tuple(added) if is_dated else ())


def _name(source: Source) -> str:
    name = os.path.splitext(source.file_name)[0]
    return name.replace("_", " ").strip() or source.name


def _columns(fields: Sequence[str]) -> tuple[Mapping[int, str], bool]:
    return named(_COLUMNS, [key_of(field) for field in fields]), True


def _about(track: Track, row: Row) -> About:
    values = {}
    for name, unit in MEASURES.items():
        value = number_of(row[name]) if row[name] else None
        if value is not None and value != _UNKNOWN.get(name):
            values[PREFIX + name] = (value, unit)
    genres = [genre for part in re.split("[,;]", row["genres"]) if (genre := tidy(part))]
    return About(track, values, tuple(("genre", genre) for genre in dict.fromkeys(genres)))


def _artists(row: Row) -> list[str]:
    r"""Cut the names apart: by the number of ids if there are any; "\," is part of a name."""
    text, ids = row["artists"], row["artist_ids"]
    count = len([part for part in re.split("[,;]", ids) if part.strip()])
    spaced, *plain = (re.split(separator, text) for separator in _SEPARATORS)
    if not count:
        parts = next((split for split in plain if len(split) > 1), [text])
    else:
        splits = (spaced, *plain) if ", " in ids else (*plain, spaced)
        parts = next((split for split in splits if len(split) == count), [text])
    return [name for part in parts if (name := tidy(part.replace("\\,", ",")))]
