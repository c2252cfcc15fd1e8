"""Slices of the Million Playlist Dataset of Spotify (not of the Music Player Daemon).

``{"info": …, "playlists": [{"name": …, "pid": …, "tracks": [{"pos": …, "track_uri": …, …}]}]}``,
as its README of 2018 describes it: durations are milliseconds, ``collaborative`` is the text "true"
or "false". A slice holds 1,000 playlists in 35 MB; files of any size are read playlist by playlist.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from io import BufferedIOBase
from typing import Any

from murecom.errors import BadInput
from murecom.formats.base import Format, Source
from murecom.formats.json_rows import DAMAGED, Rows, start_of, unpacked
from murecom.types import Playlist

CHUNK = 1 << 20  # bytes read at a time
LONGEST = 32 << 20  # characters of one playlist; the largest of the data set has 200,000
NEAR = 1 << 16  # characters from the end within which damage may only be a cut

CUT = "the file ends in the middle of the list"

_BEGIN = re.compile(r'"playlists"\s*:\s*\[')
_NEXT = re.compile(r"[\s,]*")
_AFTER = re.compile(r"\](?=\s*[,}])[^\[\]{}]*\}\s*,\s*(?=\{)")
"Where a list of tracks and its playlist end and the next one begins; titles may look the same."


class MillionPlaylists(Format):
    """A slice of the Million Playlist Dataset."""

    name = "mpd"
    suffixes = (".json",)

    def sniff(self, name: str, head: bytes) -> float:
        """Trust a list of playlists, or what stands before it."""
        start = start_of(head)
        if not start.startswith(b"{"):
            return 0.0
        if re.search(rb'"playlists"\s*:\s*\[', start):
            return 0.95
        return 0.8 if re.match(rb'\{\s*"info"\s*:\s*\{', start) and b'"slice"' in start else 0.0

    def _read(self, source: Source) -> Iterable[Playlist]:
        with unpacked(source) as file:
            text = _Text(file)
            while (match := _BEGIN.search(text.buffer)) is None:
                if len(text.buffer) > LONGEST or not text.more():
                    raise BadInput('The JSON holds no list "playlists". Check the file.')
            text.drop(match.end())
            yield from _playlists(source, text)


def _playlists(source: Source, text: _Text) -> Iterator[Playlist]:
    """Yield the elements of the list that `text` stands in, up to its end or the end of file."""
    rows = Rows(source, MillionPlaylists.name)
    number = 0
    is_lost = False  # after damage, until something looks like a playlist again
    while True:
        text.drop(_matched(_NEXT, text.buffer))
        if not text.buffer:
            if text.more():
                continue
            if not is_lost:
                source.refuse(f"line {text.line}", text.damage or CUT)
            return
        if text.buffer[0] == "]" and not is_lost:
            return
        where = f"line {text.line}"
        row, end = text.object()
        if end is None or (is_lost and not (isinstance(row, dict) and "tracks" in row)):
            number += not is_lost
            if not is_lost:
                source.refuse(where, text.damage or row)
            is_lost = True
            if not text.skip(_AFTER):
                return
            continue
        is_lost = False
        number += 1
        text.drop(end)
        playlist = rows.playlist(row, where, number)
        if playlist is not None:
            yield playlist


class _Text:
    """A window on a long text: `buffer` begins in line `line`."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        self.buffer = ""
        self.line = 1
        self.damage = ""

    def more(self) -> bool:
        """Read on; False at the end of the file, `damage` says if it came too early."""
        if self.damage:
            return False
        parts, size = [self.buffer], 0
        try:
            while size < CHUNK and (data := self._file.read1(CHUNK)):
                parts.append(self._decode(data))
                size += len(data)
        except DAMAGED:
            self.damage = "the packed file is cut off or damaged"
        self.buffer = "".join(parts)
        return size > 0

    def drop(self, count: int) -> None:
        """Go on by so many characters."""
        self.line += self.buffer.count("\n", 0, count)
        self.buffer = self.buffer[count:]

    def object(self) -> tuple[Any, int | None]:
        """Give the value at the start and where it ends; None and what is wrong if there is none.

        A text that ends in the middle of a value fails near its end: then more is read.
        """
        decode = json.JSONDecoder(strict=False).raw_decode
        while True:
            try:
                return decode(self.buffer)
            except json.JSONDecodeError as error:
                is_cut = error.pos > len(self.buffer) - NEAR and len(self.buffer) < LONGEST
                if is_cut and self.more():
                    continue
                if "Unterminated" in error.msg or error.pos >= len(self.buffer.rstrip()) - 1:
                    return CUT, None
                return f"the JSON is damaged: {error.msg}", None
            except (ValueError, RecursionError) as error:  # numbers of thousands of digits
                return f"the JSON is damaged: {error}", None

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Go to the end of the next match; False if there is none."""
        while (match := pattern.search(self.buffer)) is None:
            self.drop(max(len(self.buffer) - NEAR, 0))
            if not self.more():
                self.buffer = ""
                return False
        self.drop(match.end())
        return True


def _matched(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
