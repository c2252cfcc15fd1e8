"""Words that say on a playlist what they do not say in a sentence: gym, sleep, 助眠, 作業用.

A model of feelings reads "workout 2019" as neutral, rightly; as the name of a list it says that the
music stirs. The words and their places on the plane are ours,
written after names of real lists (of the MPD part) had been read; none was copied from a word list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
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

_WORD = re.compile(r"[^\W_]+")
_HAS_SPACES = re.compile(r"[a-z0-9]+")


def by_words(name: str) -> tuple[float, float] | None:
    """Give the mean point of the words in the name of a list; None if there is none.

    Words of scripts with spaces must stand alone, others may stand anywhere.

    Examples
    --------
    >>> by_words("Gym!"), by_words("one gymnast")
    ((0.3, 0.8), None)
    """
    folded = fold(name)
    words = _WORD.findall(folded)
    spaced, unspaced = _table()
    places = [place for word in words for place in spaced.get(word, ())]
    # "road trip" and "lo-fi" as one word
    for pair in pairwise(words):
        places += spaced.get("".join(pair), ())
    if not folded.isascii():
        places += [place for word, place in unspaced if word in folded]
    if not places:
        return None
    return (
        sum(valence for valence, _ in places) / len(places),
        sum(arousal for _, arousal in places) / len(places),
    )


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
def _table() -> tuple[dict[str, list[tuple[float, float]]], list[tuple[str, tuple[float, float]]]]:
    spaced: dict[str, list[tuple[float, float]]] = {}
    unspaced = []
    for place, words in WORDS.items():
        for word in map(fold, words.split()):
            if _HAS_SPACES.fullmatch(word):
                spaced.setdefault(word, []).append(place)
            else:
                unspaced.append((word, place))
    return spaced, unspaced
