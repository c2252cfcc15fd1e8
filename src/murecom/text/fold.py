"""Folding: the form of a name in which spelling habits no longer matter.

Two names that a listener takes for the same ("Sigur Rós" and "SIGUR ROS", 後來 and 后来, ｶﾗｵｹ and
カラオケ) have the same fold. The store keeps folded keys beside every name, and every query is
folded the same way. The folding is context-free: a part of a name folds to the same part of its
fold, which is what makes searching for parts work.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

# Letters that Unicode does not take apart, in the spelling that people type without them.
_LETTERS = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ŋ": "ng", "ı": "i", "ȷ": "j",
    "æ": "ae", "œ": "oe", "þ": "th", "×": "x", "ƀ": "b", "ɨ": "i", "ʉ": "u", "ƶ": "z",
}  # fmt: skip

# One sign for each use, whatever keyboard or typographer wrote it.
_SIGNS = {
    **dict.fromkeys("‘’‚‛ʻʼʽˈ′`´＇ꞌ", "'"),
    **dict.fromkeys("“”„‟″«»〝〞〟「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣～〜∼∽~⁓", "-"),
    **dict.fromkeys("・·•‧∙⋅", "·"),
    "⁄": "/", "∕": "/", "。": ".", "、": ",",
}  # fmt: skip

# Marks that are an accent on a letter. Marks of other scripts (Indic vowels, Thai tones, the
# voicing of kana) change the word and stay.
_ACCENTS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x0640, 0x0640),
    (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF),
)  # fmt: skip

_HAN = ((0x2E80, 0x2FDF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


def fold(text: str) -> str:
    """Fold a name to the form that is compared and searched.

    NFKC, lower case (Unicode case folding), accents off, Chinese simplified, katakana as hiragana,
    wide and narrow forms unified, quotes and dashes unified, control characters dropped, white
    space collapsed and trimmed.

    Returns
    -------
    str
        May be longer than `text` (æ gives ae). Empty for an empty or blank text. Folding a fold
        changes nothing.

    Notes
    -----
    Chinese goes through OpenCC's ``t2s`` one character at a time: its phrase rules would fold 乾 in
    乾隆 and in 乾 differently, and a part of a name must be found by its own fold. Japanese forms
    that are no Chinese characters (not in GB 2312, such as 桜 気) go through ``jp2t`` first.

    Examples
    --------
    >>> fold("  Sigur RÓS – Ágætis ")
    'sigur ros - agaetis'
    >>> fold("後來 ｶﾗｵｹ")
    '后来 からおけ'
    """
    if text.isascii():
        text = text.lower()
        if not text.isprintable() or "`" in text or "~" in text:
            text = text.translate(_FOLDED)
        return " ".join(text.split())
    text = unicodedata.normalize("NFKD", text).translate(_FOLDED).casefold()
    return " ".join(unicodedata.normalize("NFKC", text).split())


def name_key(text: str) -> str:
    """Give the words of a folded name, joined by single spaces, without punctuation.

    "J. S. Bach – Cello Suite No. 2: Sarabande" gives "j s bach cello suite no 2 sarabande"; an
    apostrophe joins ("don't" gives "dont"), "&" is read as "and". A name that has no letter or
    digit at all ("!!!", "★") keeps its signs, so that it can still be told from others.
    """
    folded = fold(text)
    key = " ".join(folded.translate(_WORDS).split())
    return key or "".join(folded.split())


def same_name(first: str, second: str) -> bool:
    """Tell whether two names are the same but for case, accents, script variant and punctuation.

    Word gaps do not count either ("Beyond" and "be yond", "周 杰伦" and "周杰伦"). Blank names are
    the same as nothing, not even as each other.
    """
    key = name_key(first).replace(" ", "")
    return bool(key) and key == name_key(second).replace(" ", "")


def simplify(text: str) -> str:
    """Write Chinese in simplified characters and leave everything else as it is.

    One character at a time, as in `fold`; not for Japanese, whose characters it would change, too.
    """
    return text if text.isascii() else text.translate(_SIMPLIFIED)


class _Simplified(dict[int, str]):
    """What each code point is in simplified Chinese, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        is_han = any(low <= code <= high for low, high in _HAN)
        self[code] = value = _simplified(chr(code)) if is_han else chr(code)
        return value


class _Folded(dict[int, str | None]):
    """What each code point folds to, found out when it is first met."""

    def __missing__(self, code: int) -> str | None:
        self[code] = value = _fold_character(chr(code))
        return value


class _Words(dict[int, str | None]):
    """What each code point of a folded text is in a key: itself, a gap, or nothing."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        kept = unicodedata.category(character)[0] in "LNM"
        self[code] = value = character if kept else " "
        return value


_SIMPLIFIED = _Simplified()
_FOLDED = _Folded()
_WORDS = _Words({ord("'"): None, ord("&"): " and "})


def _fold_character(character: str) -> str | None:
    code = ord(character)
    category = unicodedata.category(character)
    if any(low <= code <= high for low, high in _ACCENTS):
        return None
    if category in ("Cc", "Cf", "Cs"):
        # A half of a surrogate pair stands for a byte that is no text; databases refuse it.
        return " " if character.isspace() else None
    if sign := _SIGNS.get(character.casefold()):
        return sign
    if letter := _LETTERS.get(character.casefold()):
        return letter
    if 0x30A1 <= code <= 0x30F6 or 0x30FD <= code <= 0x30FE:
        return chr(code - 0x60)
    if any(low <= code <= high for low, high in _HAN):
        return _simplified(character)
    return character


def _simplified(character: str) -> str:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        character = _converter("jp2t").convert(character)
    simplified = str(_converter("t2s").convert(character))
    # A few variants (戱 戯 戏) need several steps.
    return simplified if simplified == character else _simplified(simplified)


@cache
def _converter(name: str) -> Any:
    # Imported here: most names need none, and loading takes about 50 ms.
    from opencc import OpenCC

    return OpenCC(name)
