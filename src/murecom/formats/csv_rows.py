"""Tables as text: delimiter, header and quotes found out, rows as plain texts by column.

Part of `formats.base` for exports in CSV. A quote that is never closed costs its line, not the rest
of the file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from murecom.formats.base import HEAD, Source
from murecom.formats.packed import DAMAGED, start_of, unpacked

LONGEST = 1 << 20
"Bytes of a line; what is longer is damage."

JOINED = 50
"Lines that a quoted text may go over."

CHUNK = 1 << 16
"Bytes looked at to find out how lines end."

_OPEN = re.compile(r'\s*"(?:.*[^"]|)$', re.DOTALL)  # begins with a quote and ends without one
_DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # what Excel is told
_KEY = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, and its fields by what they mean, tidied; absent ones are ""."""

    where: str
    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


def key_of(title: str) -> str:
    """Give the title of a column as it is compared: "Artist Name(s)" is "artistnames"."""
    return _KEY.sub("", title).lower()


def first_row(head: bytes) -> list[str]:
    """Give the fields of the first line of a file; none if the line goes on beyond `head`."""
    lines = re.split(r"\r\n?|\n", start_of(head).decode("utf-8", "replace"), maxsplit=2)
    said = _SEPARATOR.fullmatch(lines[0].strip())
    lines = lines[1:] if said else lines
    if (len(lines) < 2 and len(head) >= HEAD) or not lines:
        return []
    return _split(lines[0], said[1] if said else delimiter_of(lines[0])) or []


def header_of(head: bytes) -> list[str]:
    """Give the compared titles of the first line of a file; none if it is no table."""
    return [key_of(title) for title in first_row(head)]


def delimiter_of(line: str) -> str:
    """Give the delimiter of a line: the commonest outside quotes."""
    plain = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=plain.count)


def named(columns: Mapping[str, Sequence[str]], titles: Sequence[str]) -> dict[int, str]:
    """Say what each column means: the first known title of a meaning that is there counts.

    Parameters
    ----------
    columns : mapping of str to sequence of str
        Compared titles by meaning, the surest first.
    titles : sequence of str
        Compared titles of the file.

    Returns
    -------
    dict of int to str
        Meaning by place.
    """
    found: dict[int, str] = {}
    for meaning, known in columns.items():
        place = next((titles.index(title) for title in known if title in titles), None)
        if place is not None:
            found.setdefault(place, meaning)
    return found


def read_rows(
    source: Source, columns: Callable[[Sequence[str]], tuple[Mapping[int, str], bool]]
) -> Iterator[Row]:
    """Yield the rows of a table; lines that are none are refused, blank ones passed over.

    Parameters
    ----------
    source : Source
        The file.
    columns : callable
        Takes the fields of the first line; gives the meaning of the columns by place, and whether
        that line is a header.
    """
    lines = _Lines(source)
    meanings: list[tuple[int, str]] = []
    delimiter, said, width = ",", "", 0
    for number, line in lines:
        if not line.strip():
            continue
        is_first = not width
        if is_first and not said and (match := _SEPARATOR.fullmatch(line.strip())):
            said = match[1]
            continue
        if is_first:
            delimiter = said or delimiter_of(line)
        fields = lines.whole(line, delimiter, width)
        if fields is None:
            source.refuse(f"line {number}", "a quote in it is never closed")
            continue
        if is_first:
            found, is_header = columns(fields)
            meanings, width = list(found.items()), len(fields)
            if is_header:
                continue
        count = len(fields)
        yield Row(
            f"line {number}",
            {name: fields[place].strip() for place, name in meanings if place < count},
        )


class _Lines:
    """The lines of a file with their numbers; some can be looked at before they are taken."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._ahead: list[str] = []
        self._read = self._reading()
        self._number = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        while (line := self._next()) is not None:
            yield self._number, line

    def whole(self, line: str, delimiter: str, width: int) -> list[str] | None:
        """Give the fields of a row that begins with this line; None if a quote stays open.

        A row of several lines has as many columns as the first one of the file; if it has not, the
        quote is part of a text that nobody has quoted, and the line stands for itself.
        """
        if line.count('"') % 2 == 0:
            return _split(line, delimiter)
        joined: str = line
        taken: list[str] = []
        while len(taken) < JOINED and (more := self._next()) is not None:
            taken.append(more)
            joined += "\n" + more
            if more.count('"') % 2:
                fields = _split(joined, delimiter, strict=True)
                if fields is not None and (not width or len(fields) == width):
                    return fields
                break
        self._ahead[:0] = taken
        self._number -= len(taken)
        plain = line.split(delimiter)
        if not width or len(plain) != width or any(map(_OPEN.match, plain)):
            return None
        return [_unquoted(field) for field in plain]

    def _next(self) -> str | None:
        line = self._ahead.pop(0) if self._ahead else next(self._read, None)
        self._number += line is not None
        return line

    def _reading(self) -> Iterator[str]:
        with unpacked(self._source) as packed:
            file: _File = packed
            number = 0
            with suppress(*DAMAGED):  # comes again when it is read
                start = packed.peek(CHUNK)
                if b"\r" in start and b"\n" not in start:
                    file = _OldLines(packed)
            while True:
                try:
                    data = file.readline(LONGEST)
                    number += 1
                    if len(data) >= LONGEST:
                        self._source.refuse(f"line {number}", "it is too long")
                        while data and not data.endswith(b"\n"):
                            data = file.readline(LONGEST)
                        data = b"\n"
                except DAMAGED:
                    where = f"line {number + 1}"
                    self._source.refuse(where, "the packed file is cut off or damaged")
                    return
                if not data:
                    return
                yield data.decode("utf-8", "replace").rstrip("\r\n")


class _File(Protocol):
    """What gives lines."""

    def readline(self, size: int, /) -> bytes: ...


class _OldLines:
    """The lines of a file that ends them by carriage returns alone, as line ends."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._lines = io.BytesIO()
        self._rest = b""

    def readline(self, size: int, /) -> bytes:
        """Give the next line, at most `size` bytes of it; empty at the end."""
        while not (line := self._lines.readline(size)):
            data = self._file.read1(CHUNK)
            *whole, self._rest = (self._rest + data).replace(b"\r", b"\n").rsplit(b"\n", 1)
            if not data or len(self._rest) > size:
                whole, self._rest = [*whole, self._rest], b""
                self._lines = io.BytesIO(b"\n".join(whole))
                if not data:
                    return self._lines.readline(size)
            else:
                self._lines = io.BytesIO(b"".join(part + b"\n" for part in whole))
        return line


def _unquoted(field: str) -> str:
    is_quoted = len(field) > 1 and field[0] == field[-1] == '"'
    return field[1:-1].replace('""', '"') if is_quoted else field


def _split(line: str, delimiter: str, *, strict: bool = False) -> list[str] | None:
    """Cut a row into its fields; None where that is impossible."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=strict))
    except (csv.Error, StopIteration):
        return None
