"""Ways to choose the next word, for `crawl.py`, on a service that answers at once.

`Learned` decides with the class that the crawl itself decides with (`jobs.crawl_words`); the others
take words as a whole, page after page.
"""

from __future__ import annotations

import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np

from _crawl_fake import Service
from murecom.jobs.crawl_words import DRY, Expectation, after
from murecom.text.playlist_words import weight


class Walk(ABC):
    """A walk by words."""

    dry = DRY
    is_weighed = False

    def __init__(self, service: Service, seed: int) -> None:
        self.service = service
        self.random = random.Random(seed)
        self.names: list[str] = []
        self.ids: dict[str, int] = {}
        self.count = np.zeros(1 << 18)
        self.is_open = np.zeros(1 << 18, dtype=bool)
        self.known: set[int] = set()
        self.calls = 0

    def run(self, start: str, marks: Sequence[int]) -> list[int]:
        """Give how many names are known after so many calls."""
        self.add(start)
        found = []
        for mark in marks:
            while self.calls < mark and self.step(mark):
                pass
            found.append(len(self.known))
        return found

    @abstractmethod
    def step(self, most: int) -> bool:
        """Ask on, with at most `most` calls in all; False if there is nothing left to ask."""

    def ask(self, word: str, page: int) -> tuple[int, bool]:
        """Ask for a page; give how many names were new and whether there is another page."""
        found, more = self.service.search(word, page)
        self.calls += 1
        fresh = [number for number in found if number not in self.known]
        self.known.update(fresh)
        for number in fresh:
            for other in self.words_of(number):
                self.add(other)
        return len(fresh), more

    def add(self, word: str) -> None:
        """Count a word."""
        if word not in self.ids:
            self.ids[word] = len(self.names)
            self.is_open[len(self.names)] = True
            self.names.append(word)
        self.count[self.ids[word]] += weight(word) if self.is_weighed else 1

    def words_of(self, number: int) -> list[str]:
        """Give the words of a name."""
        return self.service.words[number]


class WordByWord(Walk):
    """Asks for a word to its end before the next; `choose` is what a way to choose differs in."""

    def step(self, most: int) -> bool:
        """Ask for a word to its end; False if there is none."""
        choices = np.flatnonzero(self.is_open[: len(self.names)])
        if not len(choices):
            return False
        chosen = self.choose(choices)
        self.is_open[chosen] = False
        page = dry = 0
        more = True
        while more and dry < self.dry and self.calls < most:
            new, more = self.ask(self.names[chosen], page)
            page, dry = page + 1, 0 if new else dry + 1
        return True

    @abstractmethod
    def choose(self, choices: np.ndarray) -> int:
        """Give one of the words that were not asked for."""


class Random(WordByWord):
    """Any word that was seen."""

    def choose(self, choices: np.ndarray) -> int:
        """Draw one."""
        return int(self.random.choice(choices))


class Frequent(WordByWord):
    """The word that was seen most often."""

    def choose(self, choices: np.ndarray) -> int:
        """Give the first of the most frequent ones."""
        return int(choices[self.count[choices].argmax()])


class Original(Frequent):
    """As the original: Latin letters and digits only, no stop words, a word is read to its end."""

    dry = 10**9

    def words_of(self, number: int) -> list[str]:
        """Drop all other signs, then cut at blanks."""
        name = re.sub(r"[^a-zA-Z0-9 ]", "", self.service.names[number])
        return list(dict.fromkeys(name.lower().split()))


class Learned(Walk):
    """The page that promises most, of a word new or old, as the crawl does."""

    is_weighed = True

    def __init__(self, service: Service, seed: int) -> None:
        super().__init__(service, seed)
        self.expectation = Expectation(service.page)
        self.begun: dict[str, tuple[float, int, int]] = {}

    def step(self, most: int) -> bool:
        """Ask for one page."""
        count = len(self.names)
        worth = np.where(self.is_open[:count], self.count[:count], 0.0)
        best = self.expectation.best(self.candidates(worth))
        top = max(self.begun, key=lambda word: self.begun[word][0], default=None)
        if best is None and top is None:
            return False
        if best is not None and (top is None or best[1] > self.begun[top][0]):
            word, expected, page, dry = *best, 0, 0
            self.is_open[self.ids[word]] = False
        else:
            assert top is not None
            word = top
            expected, page, dry = self.begun.pop(word)
        new, more = self.ask(word, page)
        if page == 0:
            self.expectation.learn(worth[self.ids[word]], new)
        dry = 0 if new else dry + 1
        if more and dry < self.dry:
            self.begun[word] = (after(expected, new), page + 1, dry)
        return True

    def candidates(self, worth: np.ndarray) -> list[tuple[str, float]]:
        """Give the most frequent word of each power of two, as `store.crawls.best_words`."""
        found = []
        below = np.inf
        while (masked := np.where(worth < below, worth, 0.0)).any():
            best = int(masked.argmax())
            found.append((self.names[best], float(worth[best])))
            below = 2.0 ** np.floor(np.log2(worth[best]))
        return found


WAYS: dict[str, Callable[[Service, int], Walk]] = {
    "random": Random,
    "most frequent": Frequent,
    "the original's": Original,
    "murecom": Learned,
}
