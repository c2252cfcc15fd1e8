"""Bytes of a text file without a label, read as the text they most likely are.

Lyrics, playlists and cue sheets come from twenty years of Windows programs in five countries and
never say in which encoding they are. Marks of byte order and valid UTF-8 decide at once; what
remains is the reading whose characters are the common ones of their language.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_SAMPLE = 20_000
"Bytes looked at to weigh the readings; a song has about 2,000."

_ENOUGH = 12
"Hangul in a row of EUC-KR that no Chinese text has by chance: 0.6 to this power, 0.2 %."

CLEAR = 0.6
"Share of common characters from which a reading is believed, as in `text.repair`."


def decode(data: bytes) -> tuple[str, str]:
    """Read bytes as text; never fails.

    Parameters
    ----------
    data : bytes
        A whole file, with or without a mark of byte order.

    Returns
    -------
    text, encoding : str
        The text without a mark, and Python's name of the encoding: utf-8, utf-16, utf-32 (le, be),
        gb18030, big5, cp932 (Shift-JIS), euc_jp, euc_kr, cp1252 or latin-1. Bytes that fit none of
        them come as U+FFFD or as control characters; empty data is empty UTF-8.

    Notes
    -----
    The Asian standards put the common characters into a first level (GB 2312 rows B0-D7, Big5
    A4-C6, JIS X 0208 88-97), so that a wrong reading shows by its rare ones. Windows-1251 and other
    one-byte encodings than Windows-1252 are not told apart.

    Examples
    --------
    >>> decode("晴天".encode("gb18030") * 3)
    ('晴天晴天晴天', 'gb18030')
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), name
    if wide := _wide(data):
        return data.decode(wide, "replace"), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        # the last character of a file that was cut off, or a single bad byte in a long text
        text = data.decode("utf-8", "replace")
        multibyte = sum(character > "\x7f" for character in text)
        if error.start >= len(data) - 3 or multibyte > 20 * text.count("\ufffd"):
            return text, "utf-8"
    best, share = "", 0.0
    first = re.search(rb"[\x80-\xff]", data)  # what stands before is ASCII in all of them
    sample = data[first.start() if first else 0 :][:_SAMPLE]
    for name, weigh in _WEIGHERS.items():
        if (found := weigh(sample)) > share:
            best, share = name, found
    if share >= CLEAR:
        return data.decode(best, "replace"), best
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _wide(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: every second byte of its ASCII characters is zero."""
    pairs = len(data[:_SAMPLE]) // 2
    if pairs < 2 or len(data) % 2:
        return None
    first, second = data[: 2 * pairs : 2].count(0), data[1 : 2 * pairs : 2].count(0)
    # no other text has zeros; on the other side there are a few: 一 is U+4E00
    if max(first, second) < 0.02 * pairs or min(first, second) > 0.5 * max(first, second):
        return None
    name = "utf-16-le" if second > first else "utf-16-be"
    text = data[: 2 * pairs].decode(name, "replace")
    odd = sum(unicodedata.category(c) in ("Cn", "Co", "Cs") or c == "\ufffd" for c in text)
    return name if odd <= 0.05 * pairs else None


def _leads(data: bytes, name: str) -> list[bytes] | None:
    """Give the multi-byte characters of a reading as bytes; None if it does not fit."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        text = decoder.decode(data)  # a character that the sample cuts in two is left waiting
    except UnicodeDecodeError:
        return None
    return [character.encode(name) for character in text if character > "\x7f"]


def _share(data: bytes, name: str, is_common: Callable[[bytes], bool]) -> float:
    characters = _leads(data, name)
    if not characters:
        return 0.0
    return sum(map(is_common, characters)) / len(characters)


def _gb18030(data: bytes) -> float:
    characters = _leads(data, "gb18030") or []
    korean = [c for c in characters if len(c) == 2 and 0xB0 <= c[0] <= 0xC8 and c[1] >= 0xA1]
    han = [c for c in characters if c[0] >= 0xB0]
    if len(han) >= _ENOUGH and len(korean) == len(han):
        return 0.0  # the first level of EUC-KR lies there, and Chinese goes on to row D7
    return _share(
        data, "gb18030",
        lambda c: len(c) == 2 and c[1] >= 0xA1 and (0xB0 <= c[0] <= 0xD7 or c[0] in (0xA1, 0xA3)),
    )  # fmt: skip


def _euc_kr(data: bytes) -> float:
    def is_common(c: bytes) -> bool:
        return len(c) == 2 and (0xB0 <= c[0] <= 0xC8 or c[0] in (0xA1, 0xA3))

    characters = _leads(data, "euc_kr") or []
    if sum(0xB0 <= c[0] <= 0xC8 for c in characters) < _ENOUGH:
        return 0.0
    return _share(data, "euc_kr", is_common)


def _big5(data: bytes) -> float:
    return _share(data, "big5", lambda c: 0xA4 <= c[0] <= 0xC6 or c[0] == 0xA1)


def _shift_jis(data: bytes) -> float:
    def is_common(c: bytes) -> bool:
        return len(c) == 2 and (c[0] in (0x81, 0x82, 0x83) or 0x88 <= c[0] <= 0x97)

    share = _share(data, "cp932", is_common)
    # without kana it is hardly Japanese
    kana = [c for c in _leads(data, "cp932") or [] if len(c) == 2 and c[0] in (0x82, 0x83)]
    return share if kana else 0.9 * share


def _euc_jp(data: bytes) -> float:
    characters = _leads(data, "euc_jp") or []
    kana = sum(len(c) == 2 and c[0] in (0xA4, 0xA5) for c in characters)
    if kana < 0.2 * len(characters):
        return 0.0
    return _share(data, "euc_jp", lambda c: len(c) == 2 and 0xA1 <= c[0] <= 0xCF)


_WEIGHERS: dict[str, Callable[[bytes], float]] = {
    "gb18030": _gb18030,
    "big5": _big5,
    "cp932": _shift_jis,
    "euc_kr": _euc_kr,
    "euc_jp": _euc_jp,
}
"The commonest first: it wins when others fit as well."
