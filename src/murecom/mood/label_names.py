"""What people call moods: names of labels in files of theirs, and the label that each one means."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final

from murecom.errors import BadInput
from murecom.mood.labels import CLASSES, FELT, LABELS
from murecom.text.fold import name_key

UNTAUGHT: Final = LABELS[-1]
"The label that nobody can teach: the model says it where there is nothing to read."

_CALLED: Final[Mapping[str, str]] = {
    "anger": "angry annoyance annoyed furious fury irritated mad rage outrage hostility "
    "愤怒 生气 怒 气愤 恼怒 发火 暴怒 怒り 怒る",
    "disgust": "disgusted dislike disapproval hate hatred contempt loathing aversion "
    "厌恶 恶 讨厌 恶心 反感 憎恨 仇恨 鄙视 嫌悪 嫌い",
    "fear": "afraid anxiety anxious fearful nervous nervousness scared terror worry worried "
    "恐惧 惧 害怕 恐 担心 担忧 焦虑 惊恐 紧张 恐れ 恐怖 不安",
    "joy": "amusement cheerful delight elated excited excitement fun glad happiness happy joyful "
    "pleased pleasure optimism pride "
    "高兴 快乐 开心 喜悦 喜 乐 愉快 欢乐 欢喜 幸福 喜び 楽しい 嬉しい",
    "love": "admiration adore adoration affection caring fondness gratitude like liking loving "
    "lovely approval desire tender tenderness "
    "喜欢 爱 好 喜好 喜爱 爱慕 感动 感激 赞赏 好き 愛",
    "calm": "atease calmness content contentment peace peaceful quiet relaxed relaxation relief "
    "relieved serene serenity tranquil "
    "平静 安静 宁静 放松 安心 治愈 轻松 穏やか 落ち着き",
    "sadness": "blue depressed depression despair disappointed disappointment gloomy grief "
    "heartbroken lonely loneliness melancholy miserable remorse sad sorrow unhappy "
    "悲伤 伤心 难过 哀 悲 悲哀 伤感 忧伤 忧郁 沮丧 失望 痛苦 孤独 低落 哀伤 抑郁 悲しみ 悲しい",
    "surprise": "amazed amazement astonished astonishment shock shocked startled surprised "
    "surprising wonder 惊讶 惊 吃惊 惊喜 震惊 意外 诧异 驚き",
    "neutral": "none noemotion nothing objective other others plain normal "
    "indifferent 中性 无 无情绪 无情感 中立 客观 其他 其它 没有 なし 中立",
}
"""By label, separated by blanks. The seven of NLPCC 2013 and the six of
SMP 2020, Ekman's, and everyday words; `_known` adds the classes."""


def label_of(name: str, own: Mapping[str, str] | None = None) -> str | None:
    """Give the label that a name means; None if nobody knows.

    Parameters
    ----------
    name : str
        A label, the code or name of one of the classes (English or Chinese), or one of their common
        synonyms in English, Chinese and Japanese. Case, accents and script do not matter. A class
        of several labels is the one that it is most of, the first of equals.
    own : mapping of str to str
        Names that the user explained, by `explained`: these win.

    Examples
    --------
    >>> label_of("Happiness"), label_of("愤怒"), label_of("NB"), label_of("bored")
    ('joy', 'anger', 'sadness', None)
    """
    key = _key(name)
    return (own or {}).get(key) or _known().get(key)


def explained(pairs: Mapping[str, str]) -> dict[str, str]:
    """Check names that a user explains, ``{"meh": "neutral"}``; give them as `label_of` takes them.

    Raises
    ------
    BadInput
        A meaning is unknown itself, or is `no_signal`.
    """
    found = {}
    for name, meaning in pairs.items():
        label = label_of(meaning)
        if label is None:
            raise BadInput(
                f"'{name}' cannot mean '{meaning}': that is no mood. Take one of {', '.join(FELT)}."
            )
        found[_key(name)] = label
    return found


def nearest(name: str) -> str | None:
    """Give the known name that is written most like this one, for a message; None if none is."""
    close = get_close_matches(_key(name), _known(), n=1, cutoff=0.6)
    return close[0] if close else None


def _key(name: str) -> str:
    return name_key(name).replace(" ", "")


@cache
def _known() -> dict[str, str]:
    found: dict[str, str] = {}
    for one in CLASSES:
        best = max(one.labels, key=lambda pair: pair[1])[0]
        for name in (one.code, one.name, one.chinese):
            found[_key(name)] = best
    for label, text in _CALLED.items():
        found |= {_key(name): label for name in text.split()}
    return found | {_key(label): label for label in FELT}
