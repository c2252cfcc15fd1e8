"""Words and signs that speak for a mood by being there: 火大, over the moon, 😭, [大哭], T_T.

What a sentence encoder does not see: emoticons, slang, and what "not" does to the word behind it.
Each find adds to its class; a negation before it (in Japanese behind it) turns it around, a word of
degree makes it more or less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from murecom.mood.labels import CLASSES, CODES
from murecom.mood.tables import read_table
from murecom.text.fold import fold

Floats = NDArray[np.float32]

_BEFORE = 8
"Characters (of Chinese) before a word in which a negation or a degree belongs to it."

_WORDS = 3
"The same in words, for English."

_NOT_ZH = re.compile(
    r"(?:一点儿?[也都]?|丝毫|完全|根本)?"
    r"((?:(?<![得差好岂莫忍])(?:并?没有?|毫?不|毫?无|从未|从来?不|绝不|(?<![特分告区个级性离送])别)"
    r"(?:是|很|太|那么|这么|怎么|想|再|会|觉得|感到|感觉|有|什么|任何|一点|点|曾|算|特别|非常|够|用|必)*)+)$"
)
"""A negation that ends right before a word: only what may stand between both does.
不知道为什么很难过 and 没有你我好痛苦 deny nothing of the pain."""

_EACH_ZH = re.compile("没有?|不|无|未|别")
_MORE_ZH = re.compile("不(?:要太|能[更再])$")
"不要太开心 and 不能更开心 mean very happy."

_NEGATIONS = """
not no never none nothing neither nor cannot cant dont doesnt didnt isnt arent wasnt werent wont
wouldnt aint hardly without havent hasnt
"""
_NOT_EN = frozenset(_NEGATIONS.split())
_BETWEEN = """
very so really too all that quite be been being am feel feeling felt feels get getting a an the any
much even exactly particularly anymore in at is it just completely totally
"""
_BETWEEN_EN = frozenset(_BETWEEN.split())
"Words that may stand between a negation and what it denies: I can't stop crying denies no tears."

_NOT_JA = re.compile(
    r"^(?:く|くは|では|じゃ|が|も|は|わ|ら|さ|し|れ|って|[てで]い?)?"
    r"(?:ない|なく|なかっ|(?:あり)?ません|ねえ|ぬ|ず(?!っと))"
)
_MUCH = re.compile(
    r"(?:[很太好超真巨最死]|非常|特别|十分|极其|极度|无比|超级|格外|相当|真的|とても|すごく|"
    r"めちゃ|めっちゃ|"
    r"本当に|ほんとに|マジ|\b(?:very|so|really|extremely|super|totally|absolutely|fucking|too)\b)"
)
_SLIGHTLY = re.compile(
    r"(?:有点|有些|稍微|略微|一点|些许|ちょっと|少し|\b(?:bit|little|slightly|somewhat|kinda)\b)"
)
_WORD_STARTS = re.compile(r"(?<![a-z0-9])[a-z]|(?<![a-z0-9/])[0-9]")
_STOP = re.compile("[,.!?;:，。！？；：、\n…~～]")
_CLAUSE = re.compile(r"[,.!?;:，。！？；：、\s…~～]")

_WIDE = str.maketrans("()", "（）")
"Brackets of faces as Chinese and Japanese keyboards write them."

MORE, LESS, TURNED = 1.4, 0.7, 0.6
"Weights of a find that a word of degree or a negation belongs to; chosen by eye."


@dataclass(frozen=True, slots=True)
class Cue:
    """A find: what was read, its class (after turning), its weight, and whether it was turned.

    `whole` is the negation with the word as they were read (folded), if it was turned.
    """

    text: str
    code: str
    weight: float
    is_negated: bool = False
    whole: str = ""


def _turned(code: str) -> str:
    """Give the class of the opposite: what is not pleasant is gloomy, what is not bad is calm."""
    valence = next(one.valence for one in CLASSES if one.code == code)
    if valence > 0.3:
        return "NJ" if code in {"PG", "PE"} else "NE"
    return "PE" if valence < -0.15 else "NEUTRAL"


class _Words:
    """Texts by their first two characters; of the same text the first code counts."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        self._codes: dict[str, str] = {}
        for code, text in rows:
            self._codes.setdefault(text, code)
        lengths: dict[str, set[int]] = {}
        for text in self._codes:
            lengths.setdefault(text[:2], set()).add(len(text))
        self._lengths = {start: sorted(found)[::-1] for start, found in lengths.items()}

    def starts(self) -> set[str]:
        """Give the first characters of all texts."""
        return {start[0] for start in self._lengths}

    def at(self, text: str, place: int) -> tuple[str, str] | None:
        """Find the longest text that stands at a place."""
        for length in self._lengths.get(text[place : place + 2], ()):
            found = text[place : place + length]
            if (code := self._codes.get(found)) is not None:
                return found, code
        return None


@cache
def _tables() -> tuple[_Words, _Words, _Words]:
    """Give words of scripts without gaps, words of scripts with gaps, and signs."""
    unspaced = [row for lang in ("zh", "ja") for row in read_table(f"cues/{lang}")]
    folded = [(code, fold(text)) for code, text in unspaced]
    spaced = [(code, _plain(text)) for code, text in read_table("cues/en")]
    signs = list(read_table("signs"))
    signs += [(code, sign[:-1]) for code, sign in signs if sign.endswith("\ufe0f")]
    signs += [(code, sign.translate(_WIDE)) for code, sign in signs if sign[:1] == "("]
    return _Words(folded), _Words(spaced), _Words((c, s) for c, s in signs if s)


def _plain(text: str) -> str:
    return text.lower().replace("’", "'").replace("'", "")


def find_signs(text: str) -> tuple[list[Cue], str]:
    """Find emoji, kaomoji and bracketed emoticons.

    Returns
    -------
    cues : list of Cue
        In order of appearance; the same sign in a row counts once more, not more.
    rest : str
        The text with a space in place of each sign.
    """
    _, _, signs = _tables()
    cues: list[Cue] = []
    rest: list[str] = []
    place, repeated = 0, 0
    for start in _sign_starts().finditer(text):
        if start.start() < place:
            continue
        found = signs.at(text, start.start()) or _single(text, start.start())
        if found is None or not _stands_alone(text, start.start(), found[0]):
            continue
        sign, code = found
        repeated = repeated + 1 if cues and cues[-1].text == sign else 0
        if repeated < 2:
            cues.append(Cue(sign, code, 1.0))
        rest += [text[place : start.start()], " "]
        place = start.start() + len(sign)
    return cues, "".join([*rest, text[place:]])


@cache
def _sign_starts() -> re.Pattern[str]:
    """Give what finds the characters that a sign begins with: most texts have few of them."""
    _, _, signs = _tables()
    return _any_of({*signs.starts(), *_singles()})


@cache
def _word_starts() -> re.Pattern[str]:
    """Give what finds the characters that a word of scripts without gaps begins with."""
    words, _, _ = _tables()
    return _any_of(words.starts())


def _any_of(characters: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(sorted(characters)))}]")


@cache
def _singles() -> dict[str, str]:
    return {sign: code for code, sign in read_table("signs") if len(sign.rstrip("\ufe0f")) == 1}


def _single(text: str, place: int) -> tuple[str, str] | None:
    code = _singles().get(text[place]) or _singles().get(text[place] + "\ufe0f")
    return (text[place], code) if code else None


def _stands_alone(text: str, place: int, sign: str) -> bool:
    """Tell whether letters of a sign such as XD or orz are not part of a word."""
    end = place + len(sign)
    if sign[0].isascii() and sign[0].isalnum() and place and _is_latin(text[place - 1]):
        return False
    if sign[0] in ":;=8" and place and text[place - 1].isalnum() and text[place - 1].isascii():
        return False
    return not (sign[-1].isascii() and sign[-1].isalnum() and _is_latin(text[end : end + 1]))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def find_words(text: str) -> list[Cue]:
    """Find words that speak for a mood, negations and degrees heeded, in order of appearance."""
    folded = fold(text.replace("\n", " . "))
    cues = [] if folded.isascii() else list(_unspaced(folded))
    if re.search("[a-z]{2}", folded):
        cues += _spaced(_plain(folded))
    return cues


def _unspaced(text: str) -> Iterator[Cue]:
    words, _, _ = _tables()
    last = 0
    for start in _word_starts().finditer(text):
        place = start.start()
        if place < last or (found := words.at(text, place)) is None:
            continue
        if not _stands_alone(text, place, found[0]):  # emo in memory
            continue
        word, code = found
        end = place + len(word)
        before = _CLAUSE.split(text[max(last, place - _BEFORE) : place])[-1]
        yield _weighed(word, code, before, _denied(word, before, text[end : end + 8]))
        last = end


def _denied(word: str, before: str, behind: str) -> str:
    """Give a word with the Chinese negation before it or the Japanese one behind it; or nothing."""
    first = _NOT_ZH.search(before)
    if first and not _MORE_ZH.search(before):
        is_question = len(before) > 1 and before[-1] == "不" and before[-2] == word[0]  # 开不开心
        if len(_EACH_ZH.findall(first.group(1))) % 2 and not is_question:
            return before[first.start() :] + word
        return ""
    then = _NOT_JA.match(behind)
    return word + then.group() if then and "止ま" not in word else ""


def _spaced(text: str) -> Iterator[Cue]:
    _, words, _ = _tables()
    last = 0
    for start in _WORD_STARTS.finditer(text):
        if start.start() < last or (found := words.at(text, start.start())) is None:
            continue
        word, code = found
        end = start.start() + len(word)
        if text[end : end + 1].isalnum():
            found = _shorter(words, text, start.start())
            if found is None:
                continue
            word, code = found
        place = start.start()
        clause = _STOP.split(text[max(last, place - 30) : place])[-1]
        before = clause.split()[-_WORDS:]
        whole = ""
        said = [number for number, one in enumerate(before) if one in _NOT_EN]
        if said and _denies(before[said[-1] :]):
            at_all = " at all" if text.startswith(" at all", end) else ""
            whole = " ".join([*before[said[-1] :], word]) + at_all
        last = end
        yield _weighed(word, code, " ".join(before), whole)


def _denies(words: Sequence[str]) -> bool:
    """Tell whether a negation reaches the end of the words that it begins."""
    negation, *between = words
    if negation == "never" and {"so", "that"} & set(between):
        return False  # never felt so happy
    return all(word in _BETWEEN_EN for word in between)


def _shorter(words: _Words, text: str, place: int) -> tuple[str, str] | None:
    """Find a text at a place that ends with its last word."""
    end = place
    best = None
    for match in re.finditer(r"[^a-z0-9']", text[place : place + 30] + " "):
        end = place + match.start()
        found = words.at(text[place:end], 0)
        if found and len(found[0]) == end - place:
            best = found
    return best


def _weighed(word: str, code: str, before: str, whole: str) -> Cue:
    if whole:
        return Cue(word, _turned(code), TURNED, is_negated=True, whole=whole)
    weight = MORE if _MUCH.search(before) else LESS if _SLIGHTLY.search(before) else 1.0
    return Cue(word, code, weight)


_INSTEAD = {
    "zh": {"NE": "郁闷", "NJ": "失望", "PE": "很平静", "NEUTRAL": ""},
    "ja": {"NE": "憂鬱", "NJ": "がっかり", "PE": "落ち着いている", "NEUTRAL": ""},
    "en": {"NE": "gloomy", "NJ": "disappointed", "PE": "quite all right", "NEUTRAL": ""},
}


def without_negated(text: str, cues: Sequence[Cue], language: str | None) -> str:
    """Say what was negated in a word of its own: "not sad at all" gives "quite all right".

    Bags of words and sentence encoders see "sad" all the same. What cannot be found again as it
    was written (letters that folding changes) stays as it is.
    """
    instead = _INSTEAD.get(language or "en", _INSTEAD["en"])
    for cue in cues:
        if cue.is_negated:
            letters = (r"\s+" if one == " " else re.escape(one) for one in cue.whole)
            pattern = re.compile("['’]?".join(letters), re.IGNORECASE)
            text = pattern.sub(instead[cue.code], text, count=1)
    return " ".join(text.split())


def count_cues(found: Sequence[Sequence[Cue]]) -> Floats:
    """Sum up finds by class, shape (texts, classes); what comes often counts ever less."""
    counts = np.zeros((len(found), len(CODES)), np.float32)
    column = {code: number for number, code in enumerate(CODES)}
    for row, cues in enumerate(found):
        for cue in cues:
            counts[row, column[cue.code]] += cue.weight
    return np.log1p(counts)
