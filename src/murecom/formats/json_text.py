"""Long JSON lists, read element by element, with damage in them or cut off.

Part of `formats.base` for files that are one JSON text: slices of the Million Playlist Dataset,
what Spotify gives its users. A damaged place costs the element in which it lies.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from typing import Any, NamedTuple

from murecom.formats.base import Source
from murecom.formats.packed import DAMAGED

CHUNK = 1 << 20  # bytes read at a time
LONGEST = 32 << 20  # characters of one element; the largest playlist known has 200,000
NEAR = 1 << 16  # characters from the end within which damage may only be a cut

CUT = "the file ends in the middle of the list"

_NEXT = re.compile(r"[\s,]*")
_DECODE = json.JSONDecoder(strict=False).raw_decode


class Element(NamedTuple):
    """An element of a list: its value, the line where it begins, its number from 1."""

    value: Any
    where: str
    number: int


class JSONText:
    """A window on a long text; `at` is where in its `buffer` reading goes on."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._line, self._counted = 1, 0
        self.buffer = ""
        self.at = 0
        self.damage = ""

    @property
    def line(self) -> int:
        """The number of the line that `at` is in."""
        self._line += self.buffer.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def more(self) -> bool:
        """Read on; False at the end of the file, `damage` says if it came too early."""
        if self.damage:
            return False
        self._line = self.line
        parts, size = [self.buffer[self.at :]], 0
        try:
            while size < CHUNK and (data := self._file.read1(CHUNK)):
                parts.append(self._decode(data))
                size += len(data)
        except DAMAGED:
            self.damage = "the packed file is cut off or damaged"
        self.buffer, self.at, self._counted = "".join(parts), 0, 0
        return size > 0

    def find(self, pattern: re.Pattern[str]) -> bool:
        """Go to the end of the next match; False, at the end of the file, if there is none."""
        while (match := pattern.search(self.buffer, self.at)) is None:
            self.at = max(len(self.buffer) - NEAR, self.at)
            if not self.more():
                self.at = len(self.buffer)
                return False
        self.at = match.end()
        return True

    def value(self) -> tuple[Any, bool]:
        """Give the value at this place, and go behind it; what is wrong and False if there is none.

        A text that ends in the middle of a value fails near its end: then more is read.
        """
        while True:
            try:
                found, self.at = _DECODE(self.buffer, self.at)
                return found, True
            except json.JSONDecodeError as error:
                length = len(self.buffer) - self.at
                is_cut = error.pos > len(self.buffer) - NEAR and length < LONGEST
                if is_cut and self.more():
                    continue
                if "Unterminated" in error.msg or error.pos >= len(self.buffer.rstrip()) - 1:
                    return CUT, False
                return f"the JSON is damaged: {error.msg}", False
            except (ValueError, RecursionError) as error:  # numbers of thousands of digits
                return f"the JSON is damaged: {error}", False

    def elements(
        self, source: Source, after: re.Pattern[str], is_whole: Callable[[Any], bool]
    ) -> Iterator[Element]:
        """Yield the elements of the list that this stands in, up to its end or that of the file.

        Parameters
        ----------
        source : Source
            Told of damage.
        after : pattern
            Where one element ends and the next begins; in texts it may look the same.
        is_whole : callable
            Tells an element from what looks like one inside a damaged one.
        """
        number = 0
        is_lost = False  # after damage, until something looks like an element again
        while True:
            match = _NEXT.match(self.buffer, self.at)
            self.at = match.end() if match else self.at
            if self.at == len(self.buffer):
                if self.more():
                    continue
                if not is_lost:
                    source.refuse(f"line {self.line}", self.damage or CUT)
                return
            if self.buffer[self.at] == "]" and not is_lost:
                self.at += 1
                return
            where = f"line {self.line}"
            value, is_read = self.value()
            if not is_read or (is_lost and not is_whole(value)):
                number += not is_lost
                if not is_lost:
                    source.refuse(where, self.damage or value)
                is_lost = True
                if not self.find(after):
                    return
                continue
            is_lost = False
            number += 1
            yield Element(value, where, number)
