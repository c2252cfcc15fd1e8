"""A made-up service with names like real ones, for `crawl.py`: what a search finds, page by page.

Names come from half of the real ones (Million Playlist Dataset, NetEase), which half is a choice: a
third as they are, the others with words put in, taken out or exchanged for other words and artists
of the same half, in proportion to how frequent these are. A word finds all names that have it, in
an order of popularity that is the same for all words, as far as a service lets one look.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np

from murecom.text.playlist_words import playlist_words

FARTHEST = 1000
"Names that a search shows of what it finds, as at Spotify."


def real_names(data: Path, half: int) -> tuple[list[str], list[str]]:
    """Give the names and artists of one half of the real playlists."""
    names: list[str] = []
    artists: Counter[str] = Counter()
    with gzip.open(data / "mpd" / "playlists.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 2 == half:
                row = json.loads(line)
                names.append(row["name"])
                artists.update(track["artist_name"] for track in row["tracks"][:10])
    with gzip.open(data / "netease" / "playlists.txt.gz", "rt", encoding="utf-8") as lines:
        names += [
            line.partition("##")[0] for number, line in enumerate(lines) if number % 2 == half
        ]
    return names, list(artists.elements())


def made_names(data: Path, half: int, size: int, seed: int) -> list[str]:
    """Make names like those of one half of the real ones."""
    rng = random.Random(f"{half} {seed}")
    names, artists = real_names(data, half)
    pool = [word for name in names for word in playlist_words(name)]
    made = []
    for _ in range(size):
        name = rng.choice(names)
        if rng.random() > 1 / 3:
            words = playlist_words(name) or [name]
            for _ in range(rng.choice((1, 1, 2))):
                other = rng.choice(artists) if rng.random() < 0.15 else rng.choice(pool)
                place = rng.randrange(len(words))
                words[place : place + rng.randrange(2)] = [other]
            name = " ".join(words)
        made.append(name)
    return made


class Service:
    """Names behind a search.

    Parameters
    ----------
    names : list of str
        The most popular one first.
    page : int
        Names on a page.
    """

    def __init__(self, names: list[str], page: int = 20) -> None:
        self.page = page
        found: dict[str, list[int]] = {}
        self.words: list[list[str]] = []
        for number, name in enumerate(names):
            words = playlist_words(name)
            self.words.append(words)
            for word in words:
                found.setdefault(word, []).append(number)
        self.found = {word: np.array(ids[:FARTHEST]) for word, ids in found.items()}
        self.names = names

    def search(self, word: str, page: int) -> tuple[list[int], bool]:
        """Give a page of what a word finds, and whether there is a next one."""
        ids = self.found.get(word)
        if ids is None:
            return [], False
        end = (page + 1) * self.page
        return ids[page * self.page : end].tolist(), end < len(ids)
