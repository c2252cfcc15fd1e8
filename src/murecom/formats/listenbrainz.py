"""Listens of ListenBrainz: the export of a user and the lines of its dumps.

A listen a line, as JSON: ``listened_at`` and ``track_metadata``; also in the zip archive that a
user downloads (``listens/2024/5.jsonl``), in one JSON list (exports before 2024) and in what the
API answers (``{"payload": {"listens": […]}}``). The names of users are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from murecom.formats.base import Format, Source, entry_track, known_ids, no_track, tidy
from murecom.formats.dates import length_of, seconds
from murecom.formats.json_rows import LONGEST_ID, NOTHING, REMEMBERED, json_lines
from murecom.formats.json_text import JSONText
from murecom.formats.packed import DAMAGED, ZIP, members, start_of, unpacked
from murecom.types import Listen, Track

_MEMBER = re.compile(r"(?:^|/)listens/.*\.jsonl$|(?:^|/)\d+\.listens$")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_WHOLE = (
    (re.compile(rb"\[\s*\{"), re.compile(r"\[")),
    (re.compile(rb'\{\s*"payload"\s*:'), re.compile(r'"listens"\s*:\s*\[')),
)
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ListenBrainz(Format):
    """Listens of ListenBrainz, one a line."""

    name = "listenbrainz"
    suffixes = (".jsonl", ".json", ".listens", ".zip")
    tells_listens = True
    is_numbered = True

    def sniff(self, name: str, head: bytes) -> float:
        """Trust the fields of the first line, the first names in a zip."""
        if head.startswith(ZIP):
            inside = (b"listens/", b"pinned_recording.jsonl", b"feedback.jsonl")
            return 0.95 if any(word in head for word in inside) or "listenbrainz" in name else 0.0
        start = start_of(head)
        if _kind(start):
            return 0.95
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


def _kind(start: bytes) -> re.Pattern[str] | None:
    """Say where the list of a file begins that is one JSON text; None of other files."""
    if b'"track_metadata"' not in start and b'"listened_at"' not in start:
        return None
    return next((begin for looks, begin in _WHOLE if looks.match(start)), None)


def _rows(source: Source) -> Iterator[tuple[Any, str]]:
    begin = _kind(start_of(source.head))
    if begin is None:
        yield from ((row, where) for row, where, _ in json_lines(source))
        return
    with unpacked(source) as file:
        text = JSONText(file)
        if text.find(begin):
            for row, where, _ in text.elements(source, _NEXT, _is_listen):
                yield row, where


def _is_listen(value: Any) -> bool:
    return isinstance(value, dict) and "track_metadata" in value


def _listens(source: Source, tracks: dict[Any, Track | None]) -> Iterator[Listen]:
    for row, where in _rows(source):
        about = row.get("track_metadata") if isinstance(row, dict) else None
        if not isinstance(about, dict):
            source.refuse(where, "it is no listen: it has no track_metadata")
            continue
        track = _track(about, tracks)
        if track is None:
            spotify = _text(_object(about.get("additional_info")).get("spotify_id"))
            source.refuse(where, no_track(spotify) or NOTHING)
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
    isrc, spotify = _text(more.get("isrc")), _spotify(more.get("spotify_id"))
    key = (mbid, title, artist, isrc, spotify)
    if key in tracks:
        return tracks[key]
    if len(tracks) >= REMEMBERED:
        tracks.clear()
    ids = {"mbid": mbid} if _MBID.fullmatch(mbid) else {}
    ids |= known_ids([f"isrc:{isrc}", spotify])
    duration = length_of(more.get("duration_ms"), in_ms=True) or length_of(more.get("duration"))
    # the id is of what was sent, not of what ListenBrainz finds out about it today
    made = None if no_track(spotify) else entry_track(
        title=title,
        artists=[artist] if artist else (),
        album=_text(about.get("release_name")),
        duration=duration,
        ids=ids,
    )  # fmt: skip
    if made is not None:
        made = replace(made, artists=tuple(_artists(mapped, artist)))
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
