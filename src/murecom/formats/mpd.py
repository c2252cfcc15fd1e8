"""Slices of the Million Playlist Dataset of Spotify (not of the Music Player Daemon).

``{"info": …, "playlists": [{"name": …, "pid": …, "tracks": [{"pos": …, "track_uri": …, …}]}]}``,
as its README of 2018 describes it: durations are milliseconds, ``collaborative`` is the text "true"
or "false". A slice holds 1,000 playlists in 35 MB; files of any size are read playlist by playlist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from murecom.errors import BadInput
from murecom.formats.base import Format, Source
from murecom.formats.json_rows import Rows
from murecom.formats.json_text import JSONText
from murecom.formats.packed import start_of, unpacked
from murecom.types import Playlist

_BEGIN = re.compile(r'"playlists"\s*:\s*\[')
_AFTER = re.compile(r"\](?=\s*[,}])[^\[\]{}]*\}\s*,\s*(?=\{)")
"Where a list of tracks and its playlist end and the next one begins; titles may look the same."


class MillionPlaylists(Format):
    """A slice of the Million Playlist Dataset."""

    name = "mpd"
    suffixes = (".json",)
    is_numbered = True

    def sniff(self, name: str, head: bytes) -> float:
        """Trust a list of playlists, or what stands before it."""
        start = start_of(head)
        if not start.startswith(b"{"):
            return 0.0
        if re.search(rb'"playlists"\s*:\s*\[', start):
            return 0.95
        return 0.8 if re.match(rb'\{\s*"info"\s*:\s*\{', start) and b'"slice"' in start else 0.0

    def _read(self, source: Source) -> Iterable[Playlist]:
        rows = Rows(source, self.name, is_shared=True)
        with unpacked(source) as file:
            text = JSONText(file)
            if not text.find(_BEGIN):
                raise BadInput('The JSON holds no list "playlists". Check the file.')
            for row, where, number in text.elements(source, _AFTER, _is_playlist):
                playlist = rows.playlist(row, where, number)
                if playlist is not None:
                    yield playlist


def _is_playlist(value: Any) -> bool:
    return isinstance(value, dict) and "tracks" in value
