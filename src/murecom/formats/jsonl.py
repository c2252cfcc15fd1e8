"""JSON lines: a playlist a line, packed with gzip or not, of any number and size.

Each line is an object with ``name``, ``tracks`` and, if known, ``pid`` and ``description``; a track
has ``track_uri`` (a Spotify URI or any murecom id), ``track_name``, ``artist_name`` and, if known,
``album_name`` and ``duration_ms``. These are the names of the Million Playlist Dataset, but each
file numbers its playlists for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from murecom.formats.base import Format, Source
from murecom.formats.json_rows import Rows, json_lines
from murecom.formats.packed import start_of
from murecom.types import Playlist

_NAMED = re.compile(rb'"(?:name|pid|title|description)"\s*:')
_LISTED = re.compile(rb'"tracks"\s*:\s*\[')


class JSONLines(Format):
    """A playlist a line."""

    name = "jsonl"
    suffixes = (".jsonl", ".ndjson")
    is_numbered = True

    def sniff(self, name: str, head: bytes) -> float:
        """Trust an object with tracks that begins a line, then the suffix."""
        start = start_of(head)
        is_called = name.lower().removesuffix(".gz").endswith(self.suffixes)
        if not start.startswith(b"{"):  # the first line may be damaged
            return 0.3 if is_called and b"\0" not in start else 0.0
        if b'"playlists"' in start:
            return 0.0
        if _LISTED.search(start) and not start[1:2].isspace():
            return 0.9
        if is_called:
            return 0.7
        return 0.4 if _NAMED.match(start, 1) and b"\n" not in start.rstrip() else 0.0

    def _read(self, source: Source) -> Iterable[Playlist]:
        rows = Rows(source, self.name)
        for row, where, number in json_lines(source):
            playlist = rows.playlist(row, where, number)
            if playlist is not None:
                yield playlist
