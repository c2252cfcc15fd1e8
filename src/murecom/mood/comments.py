"""Which comments speak of the music, and how much each counts.

Hot comments are the best that is written about many songs, and among them are adverts, links, the
same joke a hundred times. What many people liked counts more, by the logarithm: one comment with
100,000 likes must not be the mood of a song alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from murecom.text.fold import fold

Floats = NDArray[np.float32]

MOST = 300
"Comments read of a track, the most liked ones: the mood of a song does not change after so many."

LONGEST = 1000
"Characters of a comment that are compared."

ALIKE = 0.8
"Cosine of pairs of characters from which texts are copies: of twenty characters two were changed."

_PAIRS = 512
"Columns that pairs of characters are counted in."

_LINK = re.compile(
    r"https?://|www\.\w|\b[\w-]{2,}\.(?:com|cn|net|org|me|io|tv|xyz|top|vip)\b", re.I
)
_ADVERT = re.compile(
    r"加(?:我|个)?(?:微信|薇信|vx|v信|qq|扣扣)|微信号|公众号|(?:qq|交流|粉丝)群\s*[:：]?\s*\d|优惠券|代刷|"
    r"淘宝店|兼职|日赚|免费领|点(?:我|击)(?:头像|主页)|互(?:粉|关)|求关注|promo(?:tion)?\s?code|"
    r"sub\s?(?:4|for)\s?sub|follow\s(?:me|back)|check\sout\smy|dm\sme|\d{8,}",
    re.I,
)
_LETTER = re.compile(r"[^\W\d_]")
_SIGN = re.compile(r"[☀-➿⬀-⯿\U0001f000-\U0001faff]|\[\S{1,6}\]")
_OTHER = re.compile(r"[\W_]+")

REASONS = ("links", "adverts", "empty", "copies")
"Why a comment does not count, or counts together with others."


def refusal(body: str) -> str | None:
    """Say why a comment is not read: one of "links", "adverts", "empty"; None if it is.

    A single letter or digits alone are empty; a single sign that shows a feeling is not.
    """
    if _LINK.search(body):
        return "links"
    if _ADVERT.search(body):
        return "adverts"
    if len(_LETTER.findall(body)) < 2 and not _SIGN.search(body):
        return "empty"
    return None


def likes_weight(likes: Sequence[int | None]) -> Floats:
    """Give log(1 + likes) + 1, float32[n]; unknown likes count as none."""
    return np.float32(1) + np.log1p(np.array([max(one or 0, 0) for one in likes], np.float32))


def copies(bodies: Sequence[str]) -> NDArray[np.int64]:
    """Number texts so that copies and near-copies have one number.

    Texts are compared by letters and digits alone, as they are folded for search. Near-copies share
    nearly all pairs of neighbouring characters, which costs a hundredth of what encoding would.

    Parameters
    ----------
    bodies : sequence of str
        The texts of one track.

    Returns
    -------
    ndarray of int64, shape (n,)
        The row of the first text that this one is like, its own if there is none.
    """
    keys = [_OTHER.sub("", fold(body[:LONGEST])) for body in bodies]
    first: dict[str, int] = {}
    same = np.array([first.setdefault(key or f" {row}", row) for row, key in enumerate(keys)], int)
    if len(bodies) > 1:
        counts = np.zeros((len(keys), _PAIRS), np.float32)
        for row, key in enumerate(keys):
            for one, two in pairwise(key):
                counts[row, (ord(one) * 31 + ord(two)) % _PAIRS] += 1
        counts /= np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1)
        alike = np.tril(counts @ counts.T > ALIKE)
        np.fill_diagonal(alike, True)
        same = np.minimum(same, alike.argmax(axis=1))
    return same.astype(np.int64)


def damped(weights: Floats, same: NDArray[np.int64]) -> Floats:
    """Let copies count together as much as the one of them that counts most."""
    if not len(weights):
        return weights
    largest = np.zeros(len(weights), np.float32)
    np.maximum.at(largest, same, weights)
    total = np.bincount(same, weights, len(weights))
    return np.asarray(weights * largest[same] / np.maximum(total[same], 1e-9), np.float32)
