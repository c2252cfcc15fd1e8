"""Which word to ask for next: the one whose next page is expected to bring most that is new.

Two kinds compete. A word that was asked for is judged by its last pages; a word that never was, by
what words brought that were seen about as often (in powers of two) when they were asked for. The
latest pages count most, since every playlist that is found leaves fewer to find.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, log2

DRY = 3
"Pages in a row without anything new after which a word, or a category, is done with."

MEMORY = 30.0
"Calls after which what a bucket of words gave is forgotten by 63 %; chosen in benchmarks/crawl.py."

PRIOR = 2.0
"Calls that the guess for a bucket of which nothing is known counts as much as."


class Expectation:
    """What the next page of a word is expected to bring: playlists that are not known yet.

    Parameters
    ----------
    page_size : float
        Playlists on a page of a search: what is expected before anything is known.
    learned : iterable of (worth, pages, new)
        What earlier crawls found out, by word: see `store.crawls.learned`.
    """

    def __init__(self, page_size: float, learned: Iterable[tuple[float, int, int]] = ()) -> None:
        self._first = page_size
        self._calls: dict[int, float] = {}
        self._new: dict[int, float] = {}
        for worth, pages, new in learned:
            self._add(_bucket(worth), float(pages), float(new))

    def learn(self, worth: float, new: int) -> None:
        """Tell what the first pages of a word that was worth so much brought."""
        self._add(_bucket(worth), 1.0, float(new))

    def of(self, worth: float) -> float:
        """Give what the first page of a word of this worth is expected to bring.

        A bucket of which little is known leans on its neighbour of more frequent words, which
        brings at least as much, up to the whole page where nothing is known at all.
        """
        expected = self._first
        for bucket in range(max(self._calls, default=0), _bucket(worth) - 1, -1):
            calls = self._calls.get(bucket, 0.0)
            if calls:
                expected = (self._new[bucket] + PRIOR * expected) / (calls + PRIOR)
        return expected

    def best(self, words: Iterable[tuple[str, float]]) -> tuple[str, float] | None:
        """Choose among words with their worth; of equal expectations the more frequent one."""
        scored = [(self.of(worth), worth, text) for text, worth in words]
        if not scored:
            return None
        expected, _, text = max(scored)
        return text, expected

    def _add(self, bucket: int, calls: float, new: float) -> None:
        kept = (1.0 - 1.0 / MEMORY) ** calls
        before, gave = self._calls.get(bucket, 0.0), self._new.get(bucket, 0.0)
        added = (1.0 - kept) * MEMORY  # `calls` pages, the later ones counting more
        self._calls[bucket] = before * kept + added
        self._new[bucket] = gave * kept + added * new / max(calls, 1.0)


def after(expected: float, new: int) -> float:
    """Give what the page after one that brought `new` is expected to bring."""
    return (expected + new) / 2


def _bucket(worth: float) -> int:
    return floor(log2(max(worth, 0.5))) + 1
