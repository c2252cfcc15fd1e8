"""Out of the filter bubble: candidates in a new order, with less of what everybody hears already.

A recommender that learned from playlists leans towards famous tracks and towards the artists that
it was given (信息茧房, the cocoon of information). One dial from 0 to 1 pulls the other way by four
means; `docs/evaluation.md` shows what each setting costs in accuracy.

Only the order of the scores counts, so that the dial means the same for every model: a candidate is
worth 1 at rank 1 and 0 at rank `WORTHLESS`, falling with the logarithm of the rank. That is how the
share of right tracks falls with the rank on held-out playlists, so what a candidate loses here is
in proportion to the hits that its place would have brought.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from murecom.errors import BadInput
from murecom.recommend.base import Recommender

WORTHLESS = 500
"Rank at which a candidate is worth 0; those behind are worth less."

TEN = 10
"Caps count tracks in so many places."

UNKNOWN = -1
"Code of an artist or album that is not known: it is like no other, and is not new either."

DEFERRED = 1e3
"What a candidate loses while its artist or album is over the cap: it comes after all others."


@dataclass(frozen=True, slots=True)
class Strengths:
    """How strongly each means pulls; 0 and None leave it out.

    A strength of 1 weighs as much as all the way from the first candidate to the last.
    """

    popularity: float = 0.0
    "Loss of the most popular candidate; others lose in proportion to their log-popularity."
    new_artists: float = 0.0
    "Gain of a track by an artist who is not among the seeds."
    loyalty: float = 0.0
    "Gain of an artist who has all the seeds, others by their share: the core of the seeds stays."
    variety: float = 0.0
    "Loss of a candidate just like one that was chosen already: maximal marginal relevance."
    artist_cap: float | None = None
    "Tracks of one artist in ten places, at most; counted from the first place on."
    album_cap: float | None = None
    "The same for albums."

    def __post_init__(self) -> None:
        """Check the ranges; BadInput names the strength that is wrong."""
        for part in fields(self):
            value = getattr(self, part.name)
            if part.name.endswith("_cap"):
                if value is not None and not value > 0:
                    raise BadInput(f"'{part.name}' must be above 0, not {value}.")
            elif not 0 <= value < np.inf:
                raise BadInput(f"'{part.name}' must be 0 or more, not {value}.")

    @classmethod
    def of(cls, dial: float) -> Self:
        """Give the strengths that stand behind a setting of the dial.

        Up to 0.3 known tracks give way to less known ones, which costs hardly anything; then
        artists whom the seeds do not have come in; from 0.5 on everything grows, and caps spread
        what is left over more artists and albums. Between the rows of `SETTINGS` it goes evenly.

        Raises
        ------
        BadInput
            The dial is not a number from 0 to 1.
        """
        if not 0 <= dial <= 1:
            raise BadInput(f"The novelty dial goes from 0 to 1, not to {dial}. Turn it back.")
        settings = np.array(list(SETTINGS))
        values = np.array(list(SETTINGS.values())).T
        popularity, new_artists, loyalty, variety = (
            round(float(np.interp(dial, settings, row)), 6) for row in values
        )
        beyond = (dial - CAPS_FROM) / (1 - CAPS_FROM)
        return cls(
            popularity=popularity,
            new_artists=new_artists,
            loyalty=loyalty,
            variety=variety,
            artist_cap=TEN - (TEN - 2) * beyond if beyond > 0 else None,
            album_cap=TEN - (TEN - 1) * beyond if beyond > 0 else None,
        )


SETTINGS: Final = {
    0.0: (0.0, 0.0, 0.0, 0.0),
    0.3: (0.36, 0.06, 0.10, 0.10),
    0.5: (0.45, 0.20, 0.30, 0.15),
    1.0: (0.90, 0.50, 0.40, 0.30),
}
"""What stands behind the dial: popularity, new artists, loyalty, variety. Chosen on validation
playlists so that 0.3 costs next to no precision and 0.5 little; `murecom evaluate playlists
--novelty-sweep --validation` shows what others give."""

CAPS_FROM: Final = 0.5
"Setting above which caps hold: from all of ten places down to 2 of an artist and 1 of an album."

Vectors = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"Gives the vectors of rows of a model's catalogue, shape (n, dim)."

WITH_VECTORS: Final = "ials"
"The recommender whose vectors tell which tracks are alike to those who make playlists."


def vectors_of(model: Recommender) -> Vectors | None:
    """Give what `renew` compares tracks by: vectors of a model, or of one that it asks.

    None where there are none; tracks without a vector have a row of zeros.
    """
    members = {model.name: model, **getattr(model, "members", {})}
    member: Any = members.get(WITH_VECTORS)
    if member is None:
        return None
    return lambda items: np.nan_to_num(np.asarray(member.vectors(items), np.float32))


def renew(
    scores: ArrayLike,
    dial: float | Strengths,
    *,
    popularity: ArrayLike,
    artists: ArrayLike | None = None,
    albums: ArrayLike | None = None,
    seed_artists: Collection[int] | NDArray[np.integer[Any]] = (),
    vectors: NDArray[np.floating[Any]] | None = None,
    k: int | None = None,
) -> NDArray[np.int64]:
    """Order candidates anew.

    Parameters
    ----------
    scores : array_like of float, shape (n,)
        Of a recommender, higher is better; a few hundred candidates leave room to choose.
    dial : float or Strengths
        0 (the order of the scores, exactly) to 1 (as different as it gets); or each strength.
    popularity : array_like of float, shape (n,)
        In how many playlists each candidate is.
    artists, albums : array_like of int, shape (n,), optional
        Any codes; below 0 where unknown.
    seed_artists : collection of int
        Artists of the seeds, one for each seed track, in the same codes. Without any, everybody
        would be new: then nobody gains.
    vectors : ndarray of float, shape (n, dim), optional
        By which tracks are alike, of any length; without them `variety` is left out.
    k : int, optional
        How many to choose; all by default.

    Returns
    -------
    ndarray of int64, shape (min(k, n),)
        Positions of the candidates in their new order. Of equally good ones the one with the higher
        score comes first.

    Raises
    ------
    BadInput
        The dial is out of range, or the parts differ in number.

    Notes
    -----
    The penalty on popularity follows Abdollahpouri et al. (RecSys 2017) in purpose and is linear in
    the logarithm; variety is the greedy choice of Carbonell and Goldstein (SIGIR 1998). 100 of 500
    candidates with 128 dimensions take a few milliseconds.
    """
    values = np.asarray(scores, np.float64)
    n = len(values)
    wish = dial if isinstance(dial, Strengths) else Strengths.of(dial)
    order = np.argsort(-values, kind="stable")
    known = _checked(n, popularity=popularity, artists=artists, albums=albums, vectors=vectors)
    count = n if k is None else min(k, n)
    if wish == Strengths():
        return order[:count].astype(np.int64)

    artist_codes = known["artists"] if artists is not None else np.full(n, UNKNOWN)
    worth = np.empty(n)
    worth[order] = 1 - np.log(np.arange(1, n + 1)) / np.log(WORTHLESS)
    if wish.popularity:
        spread = np.log1p(np.maximum(known["popularity"].astype(np.float64), 0))
        worth -= wish.popularity * spread / max(float(spread.max(initial=0)), 1e-9)
    worth += _welcome(artist_codes, np.asarray(list(seed_artists), np.int64), wish)

    caps = [
        (_dense(codes), cap)
        for codes, cap in ((artist_codes, wish.artist_cap), (known.get("albums"), wish.album_cap))
        if cap is not None and codes is not None
    ]
    rows = _unit(vectors[order]) if vectors is not None and wish.variety else None
    if rows is None and not caps:
        return order[np.argsort(-worth[order], kind="stable")][:count].astype(np.int64)
    caps = [(codes[order], cap) for codes, cap in caps]
    return order[_greedy(worth[order], rows, wish.variety, caps, count)].astype(np.int64)


def _greedy(
    worth: NDArray[np.float64],
    rows: NDArray[np.float32] | None,
    variety: float,
    caps: list[tuple[NDArray[np.int64], float]],
    count: int,
) -> NDArray[np.int64]:
    """Choose one place after the other: what is worth most, given what was chosen."""
    worth = worth.copy()
    likeness = np.zeros(len(worth), np.float32)  # to the nearest that was chosen, 0 if opposite
    taken = [np.zeros(int(codes.max(initial=0)) + 1) for codes, _ in caps]
    chosen = np.empty(count, np.int64)
    for place in range(count):
        value = worth - variety * likeness if rows is not None else worth
        for (codes, cap), counts in zip(caps, taken, strict=True):
            allowed = np.ceil(cap * (place + 1) / TEN)
            value = value - DEFERRED * (counts >= allowed)[codes]
        best = int(np.argmax(value))
        chosen[place] = best
        worth[best] = -np.inf
        if rows is not None:
            np.maximum(likeness, rows @ rows[best], out=likeness)
        for (codes, _), counts in zip(caps, taken, strict=True):
            counts[codes[best]] += 1
    return chosen


def _welcome(
    artists: NDArray[np.int64], seeds: NDArray[np.int64], wish: Strengths
) -> NDArray[np.float64]:
    """Tell what each candidate gains by its artist, shape (n,)."""
    seeds = seeds[seeds >= 0]
    if not len(seeds) or not (wish.new_artists or wish.loyalty):
        return np.zeros(len(artists))
    names, counts = np.unique(seeds, return_counts=True)
    places = np.minimum(np.searchsorted(names, artists), len(names) - 1)
    share = np.where(names[places] == artists, counts[places] / len(seeds), 0.0)
    is_new = (share == 0) & (artists >= 0)
    return np.asarray(wish.new_artists * is_new + wish.loyalty * share)


def _dense(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number codes from 0 on; each unknown one gets a number of its own."""
    distinct = np.where(codes < 0, -1 - np.arange(len(codes)), codes)
    return np.unique(distinct, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _unit(vectors: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    rows = np.asarray(vectors, np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    unit = np.zeros_like(rows)
    np.divide(rows, lengths, out=unit, where=lengths > 0)
    return unit


def _checked(n: int, **parts: ArrayLike | None) -> dict[str, NDArray[Any]]:
    """Give the parts as arrays, each with one row for a candidate."""
    arrays = {name: np.asarray(part) for name, part in parts.items() if part is not None}
    for name, array in arrays.items():
        if len(array) != n:
            raise BadInput(f"There are {len(array)} {name} for {n} candidates. Give one each.")
    return arrays
