"""Listens of ListenBrainz: the export of a user and the lines of its dumps.

A listen a line, as JSON: ``listened_at`` and ``track_metadata``; also in the zip archive that a
user downloads (``listens/2024/5.jsonl``). The names of users are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from murecom.formats.base import Format, Source, entry_track, known_ids, tidy
from murecom.formats.dates import length_of, seconds
from murecom.formats.json_rows import LONGEST_ID, REMEMBERED, json_lines
from murecom.formats.packed import DAMAGED, ZIP, members, start_of
from murecom.types import Listen, Track

_MEMBER = re.compile(r"(?:^|/)listens/.*\.jsonl$|(?:^|/)\d+\.listens$")
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ListenBrainz(Format):
    """Listens of ListenBrainz, one a line."""

    name = "listenbrainz"
    suffixes = (".jsonl", ".listens", ".zip")
    is_numbered = True

    def sniff(self, name: str, head: bytes) -> float:
        """Trust the fields of the first line, the first names in a zip."""
        if head.startswith(ZIP):
            inside = (b"listens/", b"pinned_recording.jsonl", b"feedback.jsonl")
            return 0.95 if any(word in head for word in inside) or "listenbrainz" in name else 0.0
        start = start_of(head)
        if not start.startswith(b"{"):
            return 0.0
        fields = (b'"listened_at"', b'"track_metadata"')
        return 0.95 if any(field in start.split(b"\n")[0] for field in fields) else 0.0

    def _read(self, source: Source) -> Iterable[Listen]:
        tracks: dict[Any, Track | None] = {}
        if not source.head.startswith(ZIP):
            yield from _listens(source, tracks)
            return
        for member in members(source, lambda name: _MEMBER.search(name) is not None):
            try:
                yield from _listens(member, tracks)
            except DAMAGED as error:
                member.refuse("line 1", f"it cannot be unpacked: {error}")


def _listens(source: Source, tracks: dict[Any, Track | None]) -> Iterator[Listen]:
    for row, where, _ in json_lines(source):
        about = row.get("track_metadata") if isinstance(row, dict) else None
        if not isinstance(about, dict):
            source.refuse(where, "it is no listen: it has no track_metadata")
            continue
        track = _track(about, tracks)
        if track is None:
            source.refuse(where, "nothing in it identifies a track")
            continue
        at = seconds(row.get("listened_at", row.get("timestamp")))
        if at is None:
            source.refuse(where, "it does not say when it was heard")
            continue
        yield Listen(track, at)


def _track(about: dict[str, Any], tracks: dict[Any, Track | None]) -> Track | None:
    mapped, more = _object(about.get("mbid_mapping")), _object(about.get("additional_info"))
    title, artist = _text(about.get("track_name")), _text(about.get("artist_name"))
    mbid = _text(mapped.get("recording_mbid") or more.get("recording_mbid")).lower()
    key = (mbid, title, artist)
    if key in tracks:
        return tracks[key]
    if len(tracks) >= REMEMBERED:
        tracks.clear()
    ids = {"mbid": mbid} if _MBID.fullmatch(mbid) else {}
    ids |= known_ids([f"isrc:{_text(more.get('isrc'))}", _spotify(more.get("spotify_id"))])
    duration = length_of(more.get("duration_ms"), in_ms=True) or length_of(more.get("duration"))
    made = entry_track(
        title=title,
        artists=_artists(mapped, artist),
        album=_text(about.get("release_name")),
        duration=duration,
        ids=ids,
    )
    tracks[key] = made if made is not None and len(made.id) <= LONGEST_ID else None
    return tracks[key]


def _artists(mapped: dict[str, Any], artist: str) -> list[str]:
    """Give the artists one by one where MusicBrainz tells them apart and they were found right."""
    told = mapped.get("artists")
    listed = told if isinstance(told, list) else []
    names = [_text(_object(artist).get("artist_credit_name")) for artist in listed]
    if names and all(name and name.casefold() in artist.casefold() for name in names):
        return names
    return [artist] if artist else []


def _spotify(value: Any) -> str:
    text = _text(value)
    return f"spotify:track:{text}" if re.fullmatch(r"\w{22}", text, re.ASCII) else text


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return tidy(value) if isinstance(value, str) else ""
