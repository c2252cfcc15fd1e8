"""JSPF: XSPF as JSON, as the Xiph wiki describes it and MusicBrainz and ListenBrainz extend it.

Durations are milliseconds, identifiers addresses of MusicBrainz recordings. ListenBrainz takes a
file on upload only if it says whether the playlist is public: what we write says it is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from murecom.errors import BadInput
from murecom.formats.base import (
    Format,
    Place,
    Source,
    entry_track,
    identifiers,
    known_ids,
    no_track,
    tidy,
)
from murecom.formats.dates import seconds
from murecom.types import Playlist, Track

PLAYLIST = "https://musicbrainz.org/doc/jspf#playlist"
TRACK = "https://musicbrainz.org/doc/jspf#track"


class JSPF(Format):
    """JSON Shareable Playlist Format."""

    name = "jspf"
    suffixes = (".jspf",)

    def sniff(self, name: str, head: bytes) -> float:
        """Trust an object that begins with "playlist", then the suffix."""
        start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        if re.match(rb'\{\s*"playlist"\s*:\s*\{', start):
            return 0.95
        if name.lower().endswith(self.suffixes):
            return 0.6
        return 0.5 if start.startswith(b"{") and b'"playlist"' in start else 0.0

    def _read(self, source: Source) -> Iterable[Playlist]:
        try:
            # the byte order mark and UTF-16 are told from the first bytes (RFC 4627, section 3)
            content = json.loads(source.data())
        except (ValueError, RecursionError) as error:
            raise BadInput(f"The JSON is damaged: {error}. Export the playlist again.") from error
        playlist = content.get("playlist") if isinstance(content, dict) else None
        if not isinstance(playlist, dict):
            raise BadInput('The JSON holds no "playlist", so it is no JSPF. Check the file.')
        tracks, added = [], []
        for number, entry in enumerate(_listed(playlist.get("track")), 1):
            entry = entry if isinstance(entry, dict) else {}
            uris = [*_listed(entry.get("location")), *_listed(entry.get("identifier"))]
            reason = next(filter(None, (no_track(_text(uri)) for uri in uris)), "")
            track = None if reason else _track(source, entry)
            if track is None:
                reason = reason or "it has neither an identifier nor a title"
                source.refuse(f"track {number}", reason)
            else:
                tracks.append(track)
                added.append(_added(entry))
        name = tidy(_text(playlist.get("title"))) or source.name
        description = _text(playlist.get("annotation")) or None
        dates = tuple(added) if any(day is not None for day in added) else ()
        yield Playlist(name, tuple(tracks), description=description, added=dates)

    def _write(self, playlist: Playlist, place: Place) -> bytes:
        entries = []
        for track in playlist.tracks:
            try:
                location = place.location(track)
            except BadInput as reason:
                place.skip(track, reason)
                continue
            entry = _entry(track, location)
            if not entry.keys() & {"location", "identifier", "title"}:
                place.skip(track, "It has neither a file nor a name.")
                continue
            entries.append(entry)
        content = {
            "title": tidy(playlist.name),
            **({"annotation": _text(playlist.description)} if playlist.description else {}),
            "extension": {PLAYLIST: {"public": False}},
            "track": entries,
        }
        return (json.dumps({"playlist": content}, ensure_ascii=False, indent=2) + "\n").encode()


def _entry(track: Track, location: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "location": [location] if location else None,
        "identifier": identifiers(track),
        "title": tidy(track.title or ""),
        "creator": tidy(", ".join(track.artists)),
        "album": tidy(track.album or ""),
        "duration": round(track.duration * 1000) if track.duration else None,
    }
    if len(track.artists) > 1:
        last = len(track.artists) - 1
        entry["extension"] = {TRACK: {"additional_metadata": {"artists": [
            {"artist_credit_name": tidy(name), "join_phrase": ", " if i < last else ""}
            for i, name in enumerate(track.artists)
        ]}}}  # fmt: skip
    return {key: value for key, value in entry.items() if value}


def _track(source: Source, entry: Mapping[str, Any]) -> Track | None:
    locations = [text for value in _listed(entry.get("location")) if (text := _text(value))]
    uris = [text for value in _listed(entry.get("identifier")) if (text := _text(value))]
    path, url = source.located(locations)
    try:
        duration = float(entry.get("duration") or 0) / 1000
    except (ValueError, TypeError, OverflowError):
        duration = None
    return entry_track(
        path=path,
        url=url,
        title=_text(entry.get("title")),
        artists=_artists(entry) or [_text(entry.get("creator"))],
        album=_text(entry.get("album")),
        duration=duration,
        ids=known_ids([*uris, *locations]),
    )


def _artists(entry: Mapping[str, Any]) -> list[str]:
    """Give the artists one by one, as the extension of ListenBrainz tells them."""
    for value in _extensions(entry):
        more = value.get("additional_metadata")
        artists = _listed(more.get("artists")) if isinstance(more, dict) else []
        names = [_text(a.get("artist_credit_name")) for a in artists if isinstance(a, dict)]
        if names and all(names):
            return names
    return []


def _added(entry: Mapping[str, Any]) -> int | None:
    """Give the time that ListenBrainz and MusicBrainz tell of each track."""
    dates = (seconds(value.get("added_at")) for value in _extensions(entry))
    return next((date for date in dates if date is not None), None)


def _extensions(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what MusicBrainz tells of a track: an object (ListenBrainz), a list of them (Xiph)."""
    extensions = entry.get("extension")
    about = extensions.get(TRACK) if isinstance(extensions, dict) else None
    return [value for value in _listed(about) if isinstance(value, dict)]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    """Give a string without halves of characters, which JSON can hold and UTF-8 cannot."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
