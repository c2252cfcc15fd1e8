"""Lines of a file in an unknown encoding, one after the other, however large it is."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from murecom.text.encoding import decode

CHUNK = 1 << 20
"Bytes read at once; the encoding is told from the first ones that are not all ASCII."

LONGEST = 1 << 20
"Bytes of a line that are kept at least; of a longer one the rest goes, the lines behind it stay."

_MULTIBYTE = ("gb18030", "big5", "cp932", "euc_jp", "euc_kr")


def read_lines(file: BinaryIO) -> Iterator[tuple[str, int]]:
    r"""Read the lines of a file.

    Lines end with LF or CR LF. A mark of byte order goes, bytes that fit no encoding become U+FFFD,
    a line of UTF-8 in a file of another encoding is read as such. Never fails for what is in it.

    Parameters
    ----------
    file : BinaryIO
        At its beginning; a pipe will do.

    Yields
    ------
    text : str
        The line without its end. An empty file has none, a file "a\n" has one.
    size : int
        Bytes that it took with its end.

    Examples
    --------
    >>> import io
    >>> list(read_lines(io.BytesIO(b"one\r\n\ntwo")))
    [('one', 5), ('', 1), ('two', 3)]
    """
    start = file.read(CHUNK)
    _, encoding = decode(start[: len(start) & ~1])
    if encoding.startswith(("utf-16", "utf-32")):
        yield from _wide_lines(file, start, encoding)
    else:
        yield from _byte_lines(file, start, None if start.isascii() else encoding)


def _byte_lines(file: BinaryIO, start: bytes, encoding: str | None) -> Iterator[tuple[str, int]]:
    held, chunk = b"", start.removeprefix(codecs.BOM_UTF8)
    gone = len(start) - len(chunk)  # bytes of the line that are not held
    while chunk:
        if encoding is None and not chunk.isascii():
            encoding = decode(chunk)[1]
        *whole, held = (held + chunk).split(b"\n")
        for row in whole:
            yield _text(row, encoding), len(row) + 1 + gone
            gone = 0
        gone += max(0, len(held) - LONGEST)
        held = held[:LONGEST]
        chunk = file.read(CHUNK)
    if held:
        yield _text(held, encoding), len(held) + gone


def _wide_lines(file: BinaryIO, start: bytes, encoding: str) -> Iterator[tuple[str, int]]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    held, chunk, gone = "", start, 0
    mark = len("\n".encode(encoding))
    while True:
        text = decoder.decode(chunk, final=not chunk)
        if chunk is start and text.startswith("\ufeff"):
            text, gone = text[1:], mark
        *whole, held = (held + text).split("\n")
        for line in whole:
            yield line.removesuffix("\r"), _size(line, encoding) + mark + gone
            gone = 0
        gone += _size(held[LONGEST:], encoding)
        held = held[:LONGEST]
        if not chunk:
            break
        chunk = file.read(CHUNK)
    if held:
        yield held.removesuffix("\r"), _size(held, encoding) + gone


def _size(text: str, encoding: str) -> int:
    return len(text.encode(encoding, "replace"))


def _text(row: bytes, encoding: str | None) -> str:
    row = row.removesuffix(b"\r")
    try:
        text = row.decode("utf-8")  # a file may change its mind
    except UnicodeDecodeError:
        return row.decode(encoding or "utf-8", "replace")
    if encoding in _MULTIBYTE and not row.isascii() and max(text) < "\u0800":
        # 联通 in GB 18030 is two letters in UTF-8 by chance; with three bytes a letter it is none
        return row.decode(encoding, "replace")
    return text
