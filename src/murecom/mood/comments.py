"""Which comments speak of the music, and how much each counts.

Hot comments are the best that is written about many songs, and among them are adverts, links, the
same joke a hundred times. What many people liked counts more, by the logarithm: one comment with
100,000 likes must not be the mood of a song alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from murecom.mood.cues import find_signs
from murecom.text.fold import fold

Floats = NDArray[np.float32]

MOST = 300
"Comments read of a track, the most liked ones: the mood of a song does not change after so many."

LONGEST = 1000
"Characters of a comment that are compared."

LOOKED_AT = 4000
"Characters of a comment in which links and adverts are looked for."

ALIKE = 0.8
"""Cosine of neighbouring characters from which texts are copies: of twenty Chinese characters, or
of thirty Latin letters, two were changed."""

_COLUMNS = 2048
"Columns that neighbours are counted in: more than a text has, or all long ones would be alike."

_FIRST_UNSPACED = 0x2E80
"Scripts from here on need two characters to say something, letters need three."

_LINK = re.compile(
    r"https?://|www\.\w|"
    r"\b[a-z0-9-]{2,63}\.(?:(?:com|cn)(?![a-z0-9])|(?:net|org|me|io|tv|xyz|top|vip)/\w)",
    re.I | re.A,
)
"An address has a scheme, www or a path, or ends as no sentence goes on: not `I cried.me too`."

_SURE_ADVERT = re.compile(
    r"代刷|日赚|互粉|淘宝店|promo(?:tion)?\s?code|sub\s?(?:4|for)\s?sub", re.I
)
_ADVERT = tuple(
    re.compile(sign, re.I)
    for sign in (
        r"加(?:我|个)?(?:微信|薇信|vx|v信|qq|扣扣)|微信号|公众号",
        r"(?:qq|交流|粉丝)群",
        r"兼职",
        r"(?<!\d)\d{5,}",
        r"免费|优惠券|日结|红包",
        r"点(?:我|击)(?:头像|主页)|求关注|互关",
        r"\bfollow\s(?:me|back)\b",
        r"\bcheck\sout\smy\b",
        r"\bdm\sme\b",
        r"\b(?:channel|subscribe|link\sin\sbio|giveaway|discount)\b",
    )
)
"Each may stand in what somebody felt; two different ones are an advert."

_LETTER = re.compile(r"[^\W\d_]")
_SIGN = re.compile(r"[☀-➿⬀-⯿\U0001f000-\U0001faff]|\[\S{1,6}\]")
_OTHER = re.compile(r"[\W_]+")

REASONS = ("links", "adverts", "empty", "copies")
"Why a comment does not count, or counts together with others."


def refusal(body: str) -> str | None:
    """Say why a comment is not read: one of "links", "adverts", "empty"; None if it is.

    A single letter or digits alone are empty; a single sign that shows a feeling is not.
    """
    body = body[:LOOKED_AT]
    if _LINK.search(body):
        return "links"
    if _SURE_ADVERT.search(body) or sum(bool(sign.search(body)) for sign in _ADVERT) > 1:
        return "adverts"
    if len(_LETTER.findall(body)) < 2 and not _SIGN.search(body) and not find_signs(body)[0]:
        return "empty"
    return None


def likes_weight(likes: Sequence[int | None]) -> Floats:
    """Give log(1 + likes) + 1, float32[n]; unknown likes count as none."""
    return np.float32(1) + np.log1p(np.array([max(one or 0, 0) for one in likes], np.float32))


def copies(bodies: Sequence[str]) -> NDArray[np.int64]:
    """Number texts so that copies and near-copies have one number.

    Texts are compared by letters and digits alone, as they are folded for search. Near-copies share
    nearly all neighbouring characters, in twos or threes, which costs much less than encoding.

    Parameters
    ----------
    bodies : sequence of str
        The texts of one track.

    Returns
    -------
    ndarray of int64, shape (n,)
        The row of the first text that this one is like, directly or through others; its own if
        there is none.
    """
    keys = [_OTHER.sub("", fold(body[:LONGEST])) for body in bodies]
    first: dict[str, int] = {}
    same = np.array([first.setdefault(key or f" {row}", row) for row, key in enumerate(keys)], int)
    if len(bodies) > 1:
        counts = np.stack([_neighbours(key) for key in keys])
        counts /= np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1)
        alike = np.tril(counts @ counts.T > ALIKE)
        np.fill_diagonal(alike, True)
        same = np.minimum(same, alike.argmax(axis=1))
        for row, earlier in enumerate(same.tolist()):
            same[row] = same[earlier]
    return same.astype(np.int64)


def _neighbours(key: str) -> Floats:
    """Count neighbouring characters, float32[_COLUMNS]."""
    codes = np.frombuffer(key.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    length = 2 if len(codes) and np.median(codes) >= _FIRST_UNSPACED else 3
    mixed = np.zeros(max(len(codes) - length + 1, 0), np.uint64)
    for place in range(length):
        mixed = mixed * np.uint64(1_000_003) + codes[place : place + len(mixed)]
    # the upper bits of a product with an odd number depend on all bits
    columns = (mixed * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(53)
    return np.bincount(columns.astype(np.int64), minlength=_COLUMNS).astype(np.float32)


def damped(weights: Floats, same: NDArray[np.int64]) -> Floats:
    """Let copies count together as much as the one of them that counts most."""
    if not len(weights):
        return weights
    largest = np.zeros(len(weights), np.float32)
    np.maximum.at(largest, same, weights)
    total = np.bincount(same, weights, len(weights))
    return np.asarray(weights * largest[same] / np.maximum(total[same], 1e-9), np.float32)
