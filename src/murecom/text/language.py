"""Which language a text is in, as far as the script and the smallest words tell."""

from __future__ import annotations

import re
from typing import Literal

from murecom.text.fold import fold

Language = Literal["zh", "ja", "ko", "en", "other"]

KANA = 0.1
"Share of kana among kana and Chinese characters from which a text is Japanese; songs have 0.5-0.8."

COMMON = 0.15
"Share of the words below from which Latin letters are English."

_WORDS = """
the and you to my me it's of that we be with your for this are on all so but what when i'm don't
can't will just she he they was have do know if not our there i'll i've you're like love i it is in
from at no
"""
_ENGLISH = frozenset(_WORDS.split())
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7ff]")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LATIN = re.compile("[a-z]")


def guess_language(text: str) -> Language | None:
    """Guess the language of a text of a few words or more.

    Returns
    -------
    {"zh", "ja", "ko", "en", "other"} or None
        None when there are no letters. One Chinese character counts as much as two Latin letters,
        so that a Chinese song with an English refrain stays Chinese.

    Notes
    -----
    Cantonese, Mandarin and classical Chinese are all "zh"; everything in Latin letters that is not
    English, and every other script, is "other". Titles are too short for this: one of three words
    without an English article is "other".

    Examples
    --------
    >>> guess_language("故事的小黄花 从出生那年就飘着"), guess_language("さくら さくら 野山も里も")
    ('zh', 'ja')
    """
    kana, han, hangul = (len(pattern.findall(text)) for pattern in (_KANA, _HAN, _HANGUL))
    words = _WORD.findall(fold(_HAN.sub(" ", _KANA.sub(" ", _HANGUL.sub(" ", text)))))
    letters = sum(map(len, words))
    if not (kana or han or hangul or letters):
        return None
    if 2 * (kana + han + hangul) >= letters:
        if hangul >= kana + han:
            return "ko"
        return "ja" if kana >= KANA * (kana + han) else "zh"
    latin = [word for word in words if _LATIN.match(word)]
    english = sum(word in _ENGLISH for word in latin)
    return "en" if latin and english >= COMMON * len(words) else "other"


def has_kana(text: str) -> bool:
    """Tell whether anything in a text is written in kana, which is Japanese only."""
    return _KANA.search(text) is not None
