"""Names of other scripts in Latin letters, to be compared with how people type them.

The letters come from anyascii, character by character: pinyin for Han, syllables for kana and
Hangul, letters for Cyrillic, Greek and the rest. Names are typed in many ways ("Kim", "Gim"), so
two of them are compared by `loose`, in which the habits of a script no longer matter. The Japanese
reading of a kanji depends on the name it stands in and is not known here: it is read as Chinese.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from murecom.text.fold import fold

HAN, KANA, HANGUL, OTHER = "han", "kana", "hangul", "other"

_SCRIPTS = (
    (HANGUL, re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    (KANA, re.compile("[\u3041-\u30ff]")),
    (HAN, re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")),
    (OTHER, re.compile("[^\x00-\u024f\u1e00-\u1eff\u2000-\u2bff\u3000-\uffff]")),
)
_SMALL = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o"}
_KANA = re.compile("[\u3041-\u3096ー]+")

# What is typed in two ways, as pairs of pattern and replacement in this order; the sources are the
# tables of Hepburn, Revised Romanisation beside McCune-Reischauer, and BGN/PCGN beside ISO 9.
_HABITS: dict[str, tuple[tuple[str, str], ...]] = {
    HAN: (("v", "u"),),
    KANA: (("ou", "o"), ("m(?=[bp])", "n"), ("wo", "o"), ("tch", "cch")),
    HANGUL: (
        ("g", "k"), ("d", "t"), ("b", "p"), ("r", "l"), ("sh", "s"), ("woo", "u"), ("oo", "u"),
        ("(?<=[aeiou])h(?![aeiou])", ""),
    ),
    OTHER: (("tch", "ch"), ("kh", "h"), ("ks", "x"), ("[yj]", "i")),
}  # fmt: skip


def script_of(text: str) -> str:
    """Give the script that tells how a text is read: the first found of Hangul, kana, Han, others.

    Returns
    -------
    str
        Empty for Latin letters, signs and the empty text.
    """
    if text.isascii():
        return ""
    return next((name for name, letters in _SCRIPTS if letters.search(text)), "")


@lru_cache(maxsize=50_000)
def romanise(text: str) -> str:
    """Write a text in small Latin letters, digits and ASCII signs.

    Returns
    -------
    str
        Latin text is only folded. Hangul and Han are set without gaps where the text has none.

    Examples
    --------
    >>> romanise("鄧麗君"), romanise("きゃりー"), romanise("Земфира")
    ('denglijun', 'kyari', 'zemfira')
    """
    folded = fold(text)
    if folded.isascii():
        return folded
    folded = _KANA.sub(lambda match: _kana(match.group()), folded)
    return " ".join(_anyascii()(folded).lower().split())


@lru_cache(maxsize=50_000)
def loose(text: str, script: str) -> str:
    """Give letters and digits of a Latin text in which the habits of a script do not count.

    Parameters
    ----------
    text : str
        Romanised, or typed by somebody.
    script : str
        Of `script_of`, what the name is written in where it comes from.

    Returns
    -------
    str
        Without gaps and doubled letters. Two texts with the same result may be the same name; it is
        for comparing, not for reading.

    Examples
    --------
    >>> loose("Kim Gwang-seok", HANGUL) == loose(romanise("김광석"), HANGUL)
    True
    """
    letters = "".join(character for character in romanise(text) if character.isalnum())
    for pattern, other in _HABITS.get(script, ()):
        letters = re.sub(pattern, other, letters)
    return re.sub(r"([a-z])\1+", r"\1", letters)


def _kana(text: str) -> str:
    """Write hiragana in Hepburn's way, long vowels unmarked."""
    read = ""
    doubles = False
    for character in text:
        if character == "ー":
            continue
        if character == "っ":
            doubles = True
            continue
        small = _SMALL.get(character)
        if small and read and read[-1] in "aiueo":
            is_soft = read.endswith(("shi", "chi", "ji")) and len(small) == 2
            read = read[:-1] + (small[1:] if is_soft else small)
            continue
        syllable = small or _anyascii()(character)
        read += (syllable[:1] if doubles else "") + syllable
        doubles = False
    return read


@cache
def _anyascii() -> Any:
    # Imported here: most names need none.
    from anyascii import anyascii

    return anyascii
