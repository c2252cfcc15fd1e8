"""Mojibake undone: names whose bytes were read in the wrong encoding.

Old tags hold Chinese and Japanese text in GBK, Big5 or Shift-JIS without saying so, and readers
take it for Latin-1: 晴天 becomes "ÇçÌì", サクラ "ƒTƒNƒ‰", "Björk" in UTF-8 "BjÃ¶rk". A name is
only changed when the other reading is clearly the right one; a correct name in any language stays.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)

_PLAIN_LEADS = b"\xc2\xc3\xc4\xc5\xce\xcf\xd0\xd1"


def repair(text: str) -> str:
    """Undo a wrong reading of UTF-8, GBK, Big5 or Shift-JIS as Latin-1 (or Windows-1252).

    Returns
    -------
    str
        `text` itself unless the repair is clear. Names with accents ("Björk", "Mötley Crüe",
        "Þjóðvegur"), typographic quotes and signs are not changed.

    Notes
    -----
    Decided by what the encodings make frequent (GB 2312, Big5 and JIS X 0208 put the common
    characters into their first level) and by what no name looks like: control characters of
    Latin-1, runs of four accented letters, different signs inside words. Windows-1251, EUC-KR and
    EUC-JP are not recognised; Big5 is taken for GBK where both readings are common characters, and
    a single Chinese character is left alone unless a sign betrays it.

    Examples
    --------
    >>> repair("ÇçÌì"), repair("BjÃ¶rk"), repair("Mötley Crüe")
    ('晴天', 'Björk', 'Mötley Crüe')
    """
    data = _bytes(text)
    if data is None:
        return text
    return _utf8(data) or _shift_jis(data, text) or _chinese(data) or text


def _bytes(text: str) -> bytes | None:
    """Give the bytes that were read wrongly; None if `text` cannot come from a one-byte reading."""
    if text.isascii():
        return None
    table = _windows()
    try:
        return bytes(table.get(character) or ord(character) for character in text)
    except ValueError:
        return None


@cache
def _windows() -> dict[str, int]:
    """Bytes 80-9F as Windows-1252 shows them; the five that it leaves out are controls."""
    pairs = ((bytes([byte]).decode("cp1252", "ignore"), byte) for byte in range(0x80, 0xA0))
    return {character: byte for character, byte in pairs if character}


def _utf8(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    # It may have been misread twice; then what comes out is mojibake again.
    if (again := _bytes(text)) and (better := _utf8(again)):
        return better
    found = _MULTIBYTE.findall(data)
    # One pair may be chance ("CAFÉ®" is valid UTF-8); pairs that start with Â Ã Ä Å Î Ï Ð Ñ, the
    # Latin, Greek and Cyrillic letters in UTF-8, hardly are.
    is_clear = len(found) > 1 or len(found[0]) > 2 or found[0][0] in _PLAIN_LEADS
    return text if is_clear and _is_readable(text) else None


def _shift_jis(data: bytes, text: str) -> str | None:
    # Kana and common kanji begin with bytes 81-9F, which are controls in Latin-1.
    if not any(0x81 <= byte <= 0x9F for byte in data):
        return None
    better = _decoded(data, "cp932")
    if better is None or any("\uff61" <= character <= "\uff9f" for character in better):
        return None
    kana = sum("\u3041" <= character <= "\u30ff" for character in better)
    kanji = sum("\u4e00" <= character <= "\u9fff" for character in better)
    letters = sum(character.isascii() and character.isalpha() for character in better)
    if kana:
        is_clear = kana + kanji >= 2
    elif any("\x80" <= character <= "\x9f" for character in text):
        # Quotes of Windows-1252 before a letter make single kanji: "Don’t" gives "Don稚".
        is_clear = kanji >= 2 and 2 * kanji >= letters
    else:
        # Windows-1252 has letters there: "Žižek" gives 司枡k.
        is_clear = kanji >= 3 and not letters
    return better if is_clear else None


def _chinese(data: bytes) -> str | None:
    readings = [reading for reading in (_gbk(data), _big5(data)) if reading]
    # The earlier one wins when both fit equally well: GBK is the commoner by far.
    return max(readings, key=lambda reading: reading[0])[1] if readings else None


def _gbk(data: bytes) -> tuple[float, str] | None:
    runs = _HIGH_RUNS.findall(data)
    text = _decoded(data, "gbk")
    if text is None or any(len(run) % 2 for run in runs):
        return None
    pairs = [run[at : at + 2] for run in runs for at in range(0, len(run), 2)]
    han = [pair for pair in pairs if 0xB0 <= pair[0] <= 0xF7 and pair[1] >= 0xA1]
    if not han or len(han) + sum(pair[0] in (0xA1, 0xA3) for pair in pairs) < len(pairs):
        return None
    # Rows B0-D7 of GB 2312 are its first level, the 3,755 common characters.
    common = sum(pair[0] <= 0xD7 for pair in han) / len(han)
    joined = b"".join(runs)
    has_signs = any(byte <= 0xBF or byte in (0xD7, 0xF7) for byte in joined)
    is_varied = len(set(joined)) > 2
    # Two neighbouring accented letters are a word's ("Þjóð", "Öö"); four are nobody's.
    is_unlatin = max(map(len, runs)) >= 4 or (has_signs and not _touches_letters(data))
    return (common, text) if common >= 0.6 and (is_varied or len(han) == 1) and is_unlatin else None


def _touches_letters(data: bytes) -> bool:
    return bool(re.search(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]", data))


def _big5(data: bytes) -> tuple[float, str] | None:
    text = _decoded(data, "big5")
    if text is None:
        return None
    leads = [byte for byte in _leads(data) if byte != 0xA1]
    # Rows A4-C6 of Big5 are its first level. Most are signs in Latin-1, and a name with several
    # different signs before letters is none.
    common = sum(0xA4 <= byte <= 0xC6 for byte in leads) / max(len(leads), 1)
    signs = [byte for byte in leads if 0xA4 <= byte <= 0xBF]
    is_varied = max(map(len, _HIGH_RUNS.findall(data))) >= 4 and len(set(data)) > 2
    has_signs = len(set(signs)) >= 2 or (len(signs) >= 2 and is_varied)
    is_clear = has_signs and common >= 0.6 and 2 * len(signs) >= len(leads)
    return (common, text) if is_clear else None


def _leads(data: bytes) -> list[int]:
    leads, at = [], 0
    while at < len(data):
        if data[at] > 0x7F:
            leads.append(data[at])
            at += 1
        at += 1
    return leads


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if _is_readable(text) else None


def _is_readable(text: str) -> bool:
    """Tell whether there are no control, private or unassigned characters."""
    return not any(unicodedata.category(c) in ("Cc", "Co", "Cn", "Cs") for c in text)
