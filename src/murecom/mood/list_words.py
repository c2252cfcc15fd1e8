"""Words that say on a playlist what they do not say in a sentence: gym, sleep, 助眠, 作業用.

A model of feelings reads "workout 2019" as neutral, rightly; as the name of a list it says that the
music stirs. The words and their places on the plane are ours,
written after names of real lists (of the MPD part) had been read; none was copied from a word list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from murecom.text.fold import fold

Floats = NDArray[np.float32]

WORDS: Final = {
    (0.3, 0.8): "workout gym hype rave turnt lit crossfit cardio pump pumped jump turnup bangers "
    "燃 嗨 健身 蹦迪 夜店 电音 盛り上がる アゲ",
    (0.1, 0.6): "running run edm bass rage hardstyle techno dubstep energy power training lift "
    "lifting sports adrenaline hardcore punk 运动 跑步 热血 节奏 激情 テンション",
    (0.6, 0.6): "party dance dancing club fiesta bailar celebrate pregame prom "
    "派对 跳舞 舞曲 パーティー",
    (0.6, 0.2): "summer beach fun sunshine roadtrip disco funk feelgood 夏天 阳光 旅行 元气 元気",
    (0.8, 0.4): "happy happiness joy smile upbeat 快乐 开心 欢快 楽しい ハッピー",
    (0.6, 0.0): "love wedding romantic romance sweet sunday 甜蜜 浪漫 告白 恋愛",
    (0.2, -0.6): "chill chillin chilled relax relaxing mellow acoustic lofi calm calming peaceful "
    "quiet soft cozy yoga spa meditation meditate ambient instrumental piano coffee coffeehouse "
    "安静 放松 轻音乐 治愈 清新 温柔 咖啡 冥想 癒し カフェ リラックス",
    (0.1, -0.8): "sleep sleepy sleeping bedtime nap lullaby lullabies goodnight "
    "睡眠 助眠 催眠 睡前 晚安 おやすみ",
    (0.0, -0.5): "study studying homework focus reading slow rain rainy night "
    "学习 写作业 雨天 深夜 作業用 勉強 夜",
    (-0.7, -0.4): "sad sadness cry crying heartbreak heartbroken breakup lonely tears depressed "
    "depressing depression hurt melancholy sadboi goodbye "
    "伤感 悲伤 孤独 失恋 分手 眼泪 寂寞 难过 抑郁 致郁 "
    "思念 切ない 泣ける 悲しい",
    (-0.6, 0.6): "angry anger rage mad hate scream screamo metal deathcore 愤怒 发泄 怒り",
}  # fmt: skip
"Words by valence and arousal; a word that stands twice counts at both places."

FELT: Final = 0.8
"How sure a list is of a mood that one of these words names."

Place = tuple[float, float]

_WORD = re.compile(r"[^\W_]+")
_HAS_SPACES = re.compile(r"[a-z0-9]+")
_CLAUSE = re.compile(r"[,.!?;:\n…]|\bbut\b")
_NT = re.compile(r"n't\b")

_NEGATIONS = """
not no never none nothing neither nor without hardly cannot cant dont doesnt didnt isnt arent wasnt
werent wont wouldnt couldnt shouldnt aint havent hasnt
"""
_NOT = frozenset(_NEGATIONS.split())
_WITHIN = 3
"So many words behind a negation stand under it."

_NOT_BEFORE = re.compile(
    r"(?:(?<![要差])不|没|无|未|勿|毫无|(?<![特分告离区个级差送惜])别)"
    r"[想再太很是要会能够怎那么这有得用多敢需必许]{0,3}$"
)
_NOT_BEHIND = re.compile(
    "(?:[くはがもしれら]|では|じゃ|ては|くは|くも|で)*(?:ない|なく|なかっ|ません|ぬ)"
)


def by_words(name: str) -> Place | None:
    """Give the mean point of the words in the name of a list; None if there is none.

    Words of scripts with spaces must stand alone, others may stand anywhere, the longest first.
    What is negated does not count: "no sadness" names neither sadness nor its opposite.

    Examples
    --------
    >>> by_words("Gym!"), by_words("one gymnast"), by_words("not happy")
    ((0.3, 0.8), None, None)
    """
    return mean(place for _, place in found(name))


def mean(places: Iterable[Place]) -> Place | None:
    """Give the middle of some places; None if there are none."""
    every = list(places)
    if not every:
        return None
    return (
        sum(valence for valence, _ in every) / len(every),
        sum(arousal for _, arousal in every) / len(every),
    )


def found(name: str) -> list[tuple[str, Place]]:
    """Give the words, folded, that `by_words` goes by, and the place of each."""
    folded = _NT.sub("nt", fold(name))
    spaced, unspaced, any_unspaced = _table()
    hits = []
    for clause in _CLAUSE.split(folded):
        words = _WORD.findall(clause)
        for number, word in enumerate(words):
            pair = word + (words[number + 1] if number + 1 < len(words) else "")
            for read in {word: None, pair: None}:  # "road trip" and "lo-fi" as one word
                if read in spaced and _NOT.isdisjoint(words[max(0, number - _WITHIN) : number]):
                    hits += [(read, place) for place in spaced[read]]
        if clause.isascii():
            continue
        for hit in any_unspaced.finditer(clause):
            if _NOT_BEFORE.search(clause[: hit.start()]) or _NOT_BEHIND.match(clause, hit.end()):
                continue
            hits += [(hit.group(), place) for place in unspaced[hit.group()]]
    return hits


def with_words(names: Sequence[str], felt: Floats, points: Floats) -> tuple[Floats, Floats]:
    """Add what these words say to what a model felt in names.

    Parameters
    ----------
    names : sequence of str
        Names of n lists.
    felt, points : ndarray of float32, shapes (n,) and (n, 2)
        See `mood.parts.felt` and `mood.parts.Read`.

    Returns
    -------
    felt, points : ndarray of float32
        Of names with such a word the point lies between both, by the squares of how sure they are.
    """
    felt, points = felt.copy(), points.copy()
    for row, name in enumerate(names):
        if (place := by_words(name)) is not None:
            own, said = float(felt[row]) ** 2, FELT**2
            points[row] = (own * points[row] + said * np.array(place)) / (own + said)
            felt[row] = max(float(felt[row]), FELT)
    return felt, points


@cache
def _table() -> tuple[dict[str, list[Place]], dict[str, list[Place]], re.Pattern[str]]:
    """Give the places of words with and without spaces around them, and what finds the latter."""
    spaced: dict[str, list[Place]] = {}
    unspaced: dict[str, list[Place]] = {}
    for place, words in WORDS.items():
        for word in map(fold, words.split()):
            table = spaced if _HAS_SPACES.fullmatch(word) else unspaced
            table.setdefault(word, []).append(place)
    longest_first = sorted(unspaced, key=lambda word: (-len(word), word))
    return spaced, unspaced, re.compile("|".join(map(re.escape, longest_first)))
