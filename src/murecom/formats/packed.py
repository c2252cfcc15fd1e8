"""Files as they come: packed with gzip or zip, in any encoding; read bit by bit as UTF-8.

Part of `formats.base` for what is larger than memory or comes as an archive.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from murecom.errors import BadInput
from murecom.formats.base import Source
from murecom.text.encoding import decode

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"

CHUNK = 1 << 20
"Bytes read at once; the encoding is told from the first ones that are not all ASCII."

DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)
"What a packed file raises that was cut off or changed."

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ASIAN = ("gb18030", "big5", "cp932", "euc_jp", "euc_kr")
_WESTERN = "Windows-1252"
_ASCII = bytes(range(128))

ENOUGH = 24
"Bytes beyond ASCII from which an Asian encoding holds for the whole file."

LONGEST = 64 << 20
"Bytes without the end of a line or a quote that are waited for."


LONGEST_LINE = 64 << 20
"Bytes of a line: a playlist of half a million entries."


def start_of(head: bytes) -> bytes:
    """Give the first bytes of a file as they are when unpacked, UTF-8 without a mark."""
    if head.startswith(GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 4096)
        except zlib.error:
            return b""
    if b"\0" in head[:4]:
        text, encoding = decode(head[: len(head) & ~1])
        head = text.encode("utf-8", "replace") if encoding.startswith("utf-") else head
    return head.removeprefix(codecs.BOM_UTF8).lstrip()


@contextmanager
def unpacked(source: Source) -> Iterator[io.BufferedReader]:
    """Open a source as UTF-8, through gzip if it is packed; `source.done` grows as it is read.

    Where lines in UTF-8 and others are mixed, that is told once, as a refused entry "encoding".
    """
    with source.open() as file:
        counted = io.BufferedReader(_Counted(source, file), 1 << 16)
        if source.head.startswith(GZIP):
            plain: Any = gzip.GzipFile(fileobj=counted)
        else:
            plain = counted
        turned = _UTF8(plain)
        try:
            yield io.BufferedReader(turned, 1 << 16)
        finally:
            if note := turned.note():
                source.refuse("encoding", note)


def members(source: Source, is_wanted: Callable[[str], bool]) -> Iterator[Source]:
    """Yield the files in a zip archive whose names are wanted, in the order of their names.

    Each is read before the next one is asked for; its refusals are those of `source`.

    Raises
    ------
    BadInput
        The archive is damaged or cut off, or holds none of them.
    """
    with source.open() as file:
        try:
            archive = zipfile.ZipFile(file)
            wanted = [info for info in archive.infolist() if is_wanted(info.filename)]
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise BadInput(f"The zip is damaged or cut off: {error}. Download it again.") from error
        if not wanted:
            raise BadInput("The zip holds no file that can be imported. Check what was downloaded.")
        with archive:
            before = 0
            for info in sorted(wanted, key=lambda info: info.filename):
                if not info.is_dir():
                    member = _Member(source, archive, info, before)
                    try:
                        with member.open():
                            pass
                    except (*DAMAGED, RuntimeError, NotImplementedError, ValueError) as error:
                        source.refuse(info.filename, f"it cannot be unpacked: {error}")
                    else:
                        yield member
                before += info.compress_size
                source.done = before


def lines_of(source: Source) -> Iterator[tuple[bytes, int]]:
    """Yield the lines of a file as UTF-8, with their numbers from 1.

    Lines of `LONGEST_LINE` bytes or more are refused, and so is the rest of a file that is damaged.
    """
    number, longest = 0, LONGEST_LINE
    with unpacked(source) as file:
        while True:
            try:
                line = file.readline(longest)
            except DAMAGED:
                source.refuse(f"line {number + 1}", "the packed file is cut off or damaged")
                return
            if not line:
                return
            number += 1
            if len(line) < longest:
                yield line, number
                continue
            source.refuse(f"line {number}", "it is too long for a playlist")
            while line and not line.endswith(b"\n"):
                line = file.readline(longest)


class _Member(Source):
    """A file in a zip archive."""

    def __init__(
        self, whole: Source, archive: zipfile.ZipFile, info: zipfile.ZipInfo, before: int
    ) -> None:
        self._whole, self._archive, self._info, self._before = whole, archive, info, before
        self._share = info.compress_size / max(1, info.file_size)
        super().__init__(b"")
        self.path = f"{whole.path}/{info.filename}"

    @property
    def done(self) -> int:
        """Bytes that were read so far, unpacked."""
        return self._done

    @done.setter
    def done(self, value: int) -> None:
        self._done = value
        self._whole.done = self._before + int(value * self._share)

    def open(self) -> BinaryIO:
        """Open the content for reading."""
        return cast(BinaryIO, self._archive.open(self._info))

    def refuse(self, where: str, reason: str) -> None:
        """Note an entry that cannot be used, for the archive."""
        self._whole.refuse(f"{self._info.filename}, {where}", reason)


class _Counted(io.RawIOBase):
    """Says how far a file has been read."""

    def __init__(self, source: Source, file: BinaryIO) -> None:
        self._source, self._file = source, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._source.done += len(data)
        return len(data)


class _UTF8(io.RawIOBase):
    """Turns the encodings that `text.encoding` knows into UTF-8, and drops a mark.

    UTF-16, and an Asian encoding of which there is enough to be sure, hold for the whole file. All
    else is decided line by line, in mixed lines from quote to quote: what is UTF-8 stays, what is
    none at all is in the encoding that was guessed, Windows-1252 if nothing was; damaged UTF-8
    stays damaged.
    """

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file = file
        self._decoder: codecs.IncrementalDecoder | None = None
        self._guess = ""
        self._tail = b""  # the beginning of a line
        # texts beyond ASCII that are UTF-8, that are not, and that are so in part
        self._plain = self._other = self._damaged = 0
        self._is_decided = False
        self._is_first = True
        self._held = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            data = self._file.read1(CHUNK)
            turned = self._turned(data)
            if not data and not turned:
                return 0
            self._held = memoryview(turned)
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count

    def _turned(self, data: bytes) -> bytes:
        if self._is_first and data:
            while len(data) < 4 and (more := self._file.read1(CHUNK)):
                data += more
            self._is_first = False
            self._decide(data, is_first=True)
            data = data if self._decoder else data.removeprefix(codecs.BOM_UTF8)
        elif not self._is_decided and not data.isascii():
            self._decide(data, is_first=False)
        if self._decoder is None:
            return self._by_lines(data)
        return self._decoder.decode(data, final=not data).removeprefix("\ufeff").encode()

    def _decide(self, data: bytes, is_first: bool) -> None:
        """Choose the encoding by bytes that are not all ASCII, or have a mark or NULs."""
        is_wide = is_first and (b"\0" in data[:4] or data.startswith(_MARKS))
        if data.isascii() and not is_wide:
            return
        self._is_decided = True
        _, name = decode(data[: len(data) & ~3] if is_wide else data)
        if name.startswith(("utf-16", "utf-32")):
            is_turned = is_wide  # else it is a text with NULs in it
        else:
            is_turned = name in _ASIAN and len(data.translate(None, _ASCII)) >= ENOUGH
            self._guess = name if name in _ASIAN else ""
        if is_turned:
            self._decoder = codecs.getincrementaldecoder(name)("replace")

    def note(self) -> str:
        """Say what was mixed; empty if nothing was."""
        told = []
        if self._plain and self._other:
            texts = "1 text is" if self._other == 1 else f"{self._other:,} texts are"
            read = self._guess or _WESTERN
            told.append(f"{texts} not UTF-8 like the others: read as {read}, maybe wrong")
        if self._damaged:
            texts = "1 text has" if self._damaged == 1 else f"{self._damaged:,} texts have"
            told.append(f"{texts} damaged characters, which are shown as \ufffd")
        return "; ".join(told)

    def _by_lines(self, data: bytes) -> bytes:
        """Give what is whole so far, up to the end of a line or of a text; the rest waits."""
        whole = self._tail + data
        cut = len(whole)
        if data:
            cut = max(whole.rfind(b"\n"), whole.rfind(b'"') if len(whole) > CHUNK else -1) + 1
            if not cut and len(whole) > LONGEST:
                cut = len(whole)
        block, self._tail = whole[:cut], whole[cut:]
        if block.isascii() or self._is_plain(block):
            return block
        lines = block.splitlines(keepends=True)
        if _is_other(block):  # all of them at once
            self._other += sum(not line.isascii() for line in lines)
            return self._guessed(block)
        return b"".join(map(self._text, lines))

    def _text(self, text: bytes) -> bytes:
        if text.isascii() or self._is_plain(text):
            return text
        if _is_other(text):
            self._other += 1
            return self._guessed(text)
        if b'"' in text:
            return b'"'.join(map(self._text, text.split(b'"')))
        self._damaged += 1
        return text

    def _guessed(self, text: bytes) -> bytes:
        if self._guess:
            return text.decode(self._guess, "replace").encode()
        try:
            return text.decode("cp1252").encode()
        except UnicodeDecodeError:
            return text.decode("latin-1").encode()

    def _is_plain(self, data: bytes) -> bool:
        try:
            data.decode()
        except UnicodeDecodeError:
            return False
        self._plain += 1
        return True


def _is_other(data: bytes) -> bool:
    """Tell that no letter beyond ASCII is UTF-8: then it is not just damaged."""
    return all(c <= "\x7f" or c == "\ufffd" for c in set(data.decode("utf-8", "replace")))
