"""What accuracy does not show: how much of the catalogue is heard, how known, how varied it is.

A recommender that names the same famous tracks to everybody can be accurate; these figures tell.
Functions of many answers take a matrix of items, shape (lists, k), with -1 in empty places; those
of one answer take its items or rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Items = NDArray[np.integer[Any]]

SMOOTHING = 0.01
"Share of the seeds' kinds mixed into the answer's (Steck 2018): no logarithm is then of 0."


def coverage(answers: ArrayLike, n_items: int) -> float:
    """Give the share of the catalogue that is in at least one answer, 0..1."""
    return len(np.unique(_named(answers))) / n_items if n_items else 0.0


def gini(answers: ArrayLike, n_items: int) -> float:
    """Tell how unequally the catalogue is named: 0 all items alike, near 1 always the same few.

    Gini coefficient of how often each item of the catalogue is in an answer (as in Fleder and
    Hosanagar, Management Science 2009); 0 when nothing was named.
    """
    named = _named(answers)
    if not len(named):
        return 0.0
    counts = np.sort(np.bincount(named, minlength=n_items)).astype(np.float64)
    ranks = np.arange(1, n_items + 1)
    return float((2 * ranks - n_items - 1) @ counts / (n_items * counts.sum()))


def mean_popularity(answers: ArrayLike, popularity: ArrayLike) -> float:
    """Give in how many playlists a named track is, on average over lists; 0 when nothing was."""
    return _mean_over_lists(answers, np.asarray(popularity, np.float64))


def novelty_bits(answers: ArrayLike, popularity: ArrayLike, playlists: int) -> float:
    """Give -log2 of the share of playlists that hold a named track, on average over lists.

    What a track tells that is in one list of eight is 3 bits (self-information: Zhou et al., PNAS
    2010; rectools calls it MeanInvUserFreq). A track that no playlist holds counts like one of one
    playlist.
    """
    held = np.maximum(np.asarray(popularity, np.float64), 1.0)
    return _mean_over_lists(answers, np.log2(max(playlists, 1) / held))


def intra_list_distance(rows: ArrayLike) -> float:
    """Give the mean of 1 - cosine over all pairs of an answer, 0..2 (Ziegler et al., WWW 2005).

    Parameters
    ----------
    rows : array_like of float, shape (k, dim)
        A vector for each track, of any length; tracks with a row of zeros are left out.

    Returns
    -------
    float
        0 for fewer than two tracks.
    """
    matrix = np.asarray(rows, np.float64)
    lengths = np.sqrt((matrix * matrix).sum(axis=1))
    matrix = matrix[lengths > 0] / lengths[lengths > 0, None]
    n = len(matrix)
    if n < 2:
        return 0.0
    total = matrix.sum(axis=0)
    return float(1.0 - (total @ total - n) / (n * (n - 1)))


def unique_artists(artists: ArrayLike) -> int:
    """Count the artists of an answer; those below 0 are unknown, each another one."""
    codes = np.asarray(artists)
    return len(np.unique(codes[codes >= 0])) + int((codes < 0).sum())


def new_artist_share(artists: ArrayLike, seed_artists: ArrayLike) -> float:
    """Give the share of an answer by artists who are not among the seeds', 0..1.

    Tracks of unknown artists (below 0) are left out; 0 when none is left.
    """
    codes = np.asarray(artists)
    known = codes[codes >= 0]
    return float((~np.isin(known, np.asarray(seed_artists))).mean()) if len(known) else 0.0


def calibration(kinds: ArrayLike, seed_kinds: ArrayLike) -> float:
    """Tell how far the kinds in an answer are from those in the seeds: 0 the same, higher is worse.

    Kullback-Leibler divergence in bits of the answer's distribution from the seeds'; the answer's
    is smoothed by `SMOOTHING` of the seeds' (Steck, RecSys 2018).

    Parameters
    ----------
    kinds, seed_kinds : array_like of int
        Genre or artist of each track; below 0 where unknown, which is left out.

    Returns
    -------
    float
        At most 6.65, when the answer has nothing of the seeds' kinds. 0 when either side is empty.
    """
    answer, seeds = np.asarray(kinds), np.asarray(seed_kinds)
    answer, seeds = answer[answer >= 0], seeds[seeds >= 0]
    if not len(answer) or not len(seeds):
        return 0.0
    found, counts = np.unique(seeds, return_counts=True)
    wanted = counts / len(seeds)
    places = np.minimum(np.searchsorted(found, answer), len(found) - 1)
    given = np.bincount(places[found[places] == answer], minlength=len(found)) / len(answer)
    given = (1 - SMOOTHING) * given + SMOOTHING * wanted
    return float(wanted @ np.log2(wanted / given))


def _named(answers: ArrayLike) -> Items:
    items = np.asarray(answers)
    return np.asarray(items[items >= 0].astype(np.int64))


def _mean_over_lists(answers: ArrayLike, values: NDArray[np.float64]) -> float:
    """Average over the places of each list, then over the lists that name anything."""
    items = np.atleast_2d(np.asarray(answers, np.int64))
    is_named = items >= 0
    sums = np.where(is_named, values[items], 0.0).sum(axis=1) if values.size else np.zeros(0)
    counts = is_named.sum(axis=1)
    lists = counts > 0
    return float((sums[lists] / counts[lists]).mean()) if lists.any() else 0.0
