"""Dumps of NetEase Cloud Music playlists, in the shape that the original murecom used.

A playlist a line: ``name##tags##id##collects``, then, after tabs, its tracks:
``id::title::artist|artist::popularity``. Names may hold ``##``, titles ``::``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from murecom.formats.base import Format, Source, tidy
from murecom.formats.json_rows import REMEMBERED
from murecom.formats.packed import lines_of, start_of
from murecom.types import Playlist, Track, TrackId

_HEAD = re.compile(rb"[^\t\r\n]*##[^\t\r\n]*##\d+##\d*\t\d+::")
_ID = re.compile(r"\d{1,19}", re.ASCII)


class NetEase(Format):
    """A dump of playlists of NetEase Cloud Music, a playlist a line."""

    name = "netease"
    suffixes = (".txt",)
    is_numbered = True

    def sniff(self, name: str, head: bytes) -> float:
        """Trust a first line that has the marks in their places."""
        return 0.95 if _HEAD.match(start_of(head)) else 0.0

    def _read(self, source: Source) -> Iterable[Playlist]:
        tracks: dict[str, Track | None] = {}
        seen: dict[str, int] = {}
        for line, number in lines_of(source):
            text = line.decode("utf-8", "replace").strip("\r\n")
            if text.strip():
                playlist = _playlist(source, text, f"line {number}", tracks, seen)
                if playlist is not None:
                    yield playlist


def _playlist(
    source: Source, line: str, where: str, tracks: dict[str, Track | None], seen: dict[str, int]
) -> Playlist | None:
    head, *entries = line.split("\t")
    name, *rest = head.rsplit("##", 3)
    if len(rest) != 3 or not _ID.fullmatch(rest[1].strip()):
        source.refuse(where, "it does not begin with name##tags##id##collects")
        return None
    found = []
    for place, entry in enumerate(entries, 1):
        if entry not in tracks:
            if len(tracks) >= REMEMBERED:
                tracks.clear()
            tracks[entry] = _track(entry)
        track = tracks[entry]
        if track is not None:
            found.append(track)
        elif entry.strip():
            source.refuse(f"{where}, track {place}", "it is not id::title::artists::popularity")
    own = rest[1].strip()
    again = seen[own] = seen.get(own, 0) + 1
    return Playlist(
        tidy(name),
        tuple(found),
        f"{NetEase.name}:{own}" if again == 1 else f"{NetEase.name}:{own}#{again}",
        tags=tuple(dict.fromkeys(tidy(rest[0]).split())),
    )


def _track(entry: str) -> Track | None:
    own, mark, rest = entry.partition("::")
    own = "".join(own.split())  # the original's own dump has blanks in ids
    if not mark or not _ID.fullmatch(own):
        return None
    title, *more = rest.rsplit("::", 2)
    artists = more[0].split("|") if more else ()
    names = tuple(name for artist in artists if (name := tidy(artist)))
    return Track(TrackId(f"{NetEase.name}:{own}"), tidy(title) or None, names)
