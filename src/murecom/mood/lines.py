"""The lines of a song, each once, with what it counts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from murecom.text.fold import fold

MOST = 200
"Different lines read of a song; longer ones are operas and audio books."

LONGEST_LINE = 200
"Characters of a line; a text without line breaks is cut into pieces of this length."

_OTHER = re.compile(r"[\W_]+")
_SUNG_ONLY = re.compile(
    r"(?:[lnd]?a++h*+|wh?o++a++h*+|w?o++h*+|u++h++|h?m++|ye++a++h*+|h?ey|[啦哦噢喔啊嗯呜らる])++"
)
"Possessive throughout: a line is taken apart in one way only, however often it says mmm."


def distinct_lines(lines: Iterable[str]) -> tuple[list[str], list[float]]:
    """Give each line once, in order, with 1 + log(how often it is sung).

    A chorus says more than a line of a verse, but not eight times as much. Lines without letters
    and those that are only sounds (la la la) are left out.

    Examples
    --------
    >>> distinct_lines(["I miss you", "la la la", "I miss you!", ""])
    (['I miss you'], [1.6931471805599454])
    """
    seen: dict[str, tuple[str, int]] = {}
    for line in _cut(lines):
        key = _OTHER.sub("", fold(line))
        if len(key) < 2 or key.isdigit() or _SUNG_ONLY.fullmatch(key):
            continue
        if key not in seen and len(seen) == MOST:
            continue
        text, count = seen.get(key, (line.strip(), 0))
        seen[key] = (text, count + 1)
    return (
        [text for text, _ in seen.values()],
        [1 + math.log(count) for _, count in seen.values()],
    )


def _cut(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        for start in range(0, len(line), LONGEST_LINE):
            yield line[start : start + LONGEST_LINE]
