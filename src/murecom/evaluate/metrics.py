"""How many of the tracks that were hidden a list names, and how early.

All metrics start from `hits`: True at each rank where a list names a hidden track. They take one
list, shape (k,), or many at once, shape (lists, k), where short lists end in False; `held` then
says how many tracks were hidden from each. Of nothing hidden comes 0 (`clicks`: the worst).

The same names mean different things in different papers, and definitions move results more than
methods do; each function says whose definition it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from murecom.errors import BadInput

Values = NDArray[np.float64]
"One number per list; of shape () when there was one list."

PAGE = 10
"Tracks that the player of the challenge showed at a time."

ARTIST = 0.25
"What a missed track by a right artist counts in the official R-precision."


def hits(answer: NDArray[np.integer[Any]], held: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """Tell at which ranks an answer names a hidden track, shape (k,).

    Parameters
    ----------
    answer : ndarray of int, shape (k,)
        Items, best first.
    held : ndarray of int, shape (n,)
        What was hidden, each once.

    Raises
    ------
    BadInput
        An item occurs twice in the answer or in `held`: it would count twice.
    """
    if len(np.unique(answer)) < len(answer) or len(np.unique(held)) < len(held):
        raise BadInput("A track occurs twice in an answer or in what was hidden. Name each once.")
    return np.isin(answer, held)


def recall(hits: ArrayLike, held: ArrayLike, k: int) -> Values:
    """Give the share of the hidden tracks that are among the first `k`, 0..1."""
    return _share(_found(hits, k), held)


def precision(hits: ArrayLike, k: int) -> Values:
    """Give the share of the first `k` places that hold a hidden track, 0..1.

    A place that the list leaves empty is a miss.
    """
    return _found(hits, k) / float(_rank(k))


def hit_rate(hits: ArrayLike, k: int) -> Values:
    """Tell whether any of the first `k` is a hidden track: 1 or 0."""
    return (_found(hits, k) > 0).astype(np.float64)


def reciprocal_rank(hits: ArrayLike, k: int) -> Values:
    """Give 1 / rank of the first hidden track, 0 if none is among the first `k`.

    Its mean over lists is MRR@k (Voorhees, TREC-8 1999).
    """
    first = _first(hits, k)
    return np.where(first < 0, 0.0, 1.0 / (np.maximum(first, 0) + 1.0))


def r_precision(hits: ArrayLike, held: ArrayLike) -> Values:
    """Give the share of hidden tracks among as many first places as there are hidden tracks.

    Tracks only; see `official_r_precision` for the one that counts artists.
    """
    table, count = _table(hits), np.asarray(held)
    ranks = np.arange(table.shape[-1])
    return _share((table & (ranks < count[..., None])).sum(axis=-1), count)


def official_r_precision(
    hits: ArrayLike, answer_artists: ArrayLike, held_artists: ArrayLike
) -> float:
    """Give the R-precision of the RecSys Challenge 2018, of one list.

    Of the first R places, R being how many tracks were hidden, a hidden track counts 1; a missed
    track whose artist has a hidden track (found or not) counts .25, each artist once.

    Parameters
    ----------
    hits : array_like of bool, shape (k,)
        See `hits`.
    answer_artists : array_like of int, shape (k,)
        Artist of each track of the answer; below 0 where unknown, which counts nothing.
    held_artists : array_like of int, shape (R,)
        Artist of each hidden track.

    Notes
    -----
    As counted by the code of the challenge's winners (layer6ai-labs/RecSys2018,
    `EvaluatorRPrecisionArtist.java`). Other public code counts artists anywhere in the answer, or
    as a share of all artists: the same lists then score up to twice as much.
    """
    found = _table(hits)
    artists, wanted = np.asarray(answer_artists), np.unique(np.asarray(held_artists))
    places = len(np.asarray(held_artists))
    if found.shape != artists.shape or found.ndim != 1:
        raise BadInput(f"{artists.shape} artists do not fit {found.shape} places. Give one each.")
    if not places:
        return 0.0
    missed = np.unique(artists[:places][~found[:places]])
    right = np.isin(missed[missed >= 0], wanted).sum()
    return float((found[:places].sum() + ARTIST * right) / places)


def ndcg(hits: ArrayLike, held: ArrayLike, k: int = 500) -> Values:
    """Give the normalised discounted cumulative gain of the first `k`, 0..1.

    A hit at rank r (from 1) gains 1 / log2(r + 1); the ideal list begins with all hidden tracks, as
    far as `k` reaches (Järvelin and Kekäläinen, TOIS 2002; the winners' code of the RecSys
    Challenge 2018).
    """
    table, count = _table(hits)[..., : _rank(k)], np.asarray(held)
    gains = 1.0 / np.log2(np.arange(2, max(k, table.shape[-1]) + 2))
    ideal = np.concatenate([[0.0], np.cumsum(gains[:k])])[np.minimum(count, k)]
    gained = table @ gains[: table.shape[-1]]
    filled: Values = np.divide(gained, ideal, out=np.zeros(np.shape(gained)), where=ideal > 0)
    return filled


def clicks(hits: ArrayLike, k: int = 500) -> Values:
    """Give how often somebody asks for ten more tracks before the first hidden one is shown.

    Lower is better; k / 10 + 1 (51 for 500) when none is among the first `k` (rules of the RecSys
    Challenge 2018).
    """
    first = _first(hits, k)
    return np.where(first < 0, k // PAGE + 1, first // PAGE).astype(np.float64)


def _rank(k: int) -> int:
    if k < 1:
        raise BadInput(f"A metric looks at one place at least, not at {k}. Give k ≥ 1.")
    return k


def _table(hits: ArrayLike) -> NDArray[np.bool_]:
    table = np.asarray(hits, np.bool_)
    if table.ndim not in (1, 2):
        raise BadInput(f"Hits have the shape (k,) or (lists, k), not {table.shape}.")
    return table


def _found(hits: ArrayLike, k: int) -> NDArray[np.int64]:
    """Count the hits of the first `k` places."""
    return np.asarray(_table(hits)[..., : _rank(k)].sum(axis=-1))


def _first(hits: ArrayLike, k: int) -> NDArray[np.int64]:
    """Give the place of the first hit from 0 on, -1 where there is none among the first `k`."""
    table = _table(hits)[..., : _rank(k)]
    if not table.shape[-1]:
        return np.full(table.shape[:-1], -1)
    return np.where(table.any(axis=-1), table.argmax(axis=-1), -1)


def _share(found: NDArray[np.int64], held: ArrayLike) -> Values:
    count = np.asarray(held, np.float64)
    if found.shape != count.shape:
        raise BadInput(f"{count.shape} numbers of hidden tracks do not fit {found.shape} lists.")
    return np.asarray(found / np.maximum(count, 1.0), np.float64)
