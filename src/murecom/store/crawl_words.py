"""Words of crawls, with what asking for them gave."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log2

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.crawl_rows import BEST_WORD, COUNT, LEARN, TAKE_WORD
from murecom.store.database import Database
from murecom.store.rows import clean


class CrawlWords:
    """What of `store.crawls` is no task."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- words ------------------------------------------------------------------------------------

    def count_words(self, source: str, counts: Mapping[str, tuple[int, float]]) -> None:
        """Add to how often words were seen: each with its number and what one is worth."""
        rows = [
            {"source": source, "text": clean(text), "number": number, "worth": number * worth}
            for text, (number, worth) in sorted(counts.items())
        ]
        with self._database.write() as work:
            work.many(COUNT, rows)

    def best_words(self, source: str) -> list[tuple[str, float]]:
        """Give the words that were never asked for: for each power of two the most frequent one.

        Returns
        -------
        list of (str, float)
            Word and worth (how often it was seen, numbers less), most first.
        """
        found: list[tuple[str, float]] = []
        below = float("inf")
        with self._database.read() as connection:
            while True:
                asked = {"source": source, "below": below}
                row = connection.execute(BEST_WORD, asked).one_or_none()
                if row is None:
                    return found
                found.append((row.text, float(row.rank)))
                below = 2.0 ** floor(log2(row.rank)) if row.rank > 0 else 0.0

    def take_word(self, source: str, text: str) -> bool:
        """Let a word be asked for, whether it was seen or not; False if it was before."""
        with self._database.write() as work:
            work.run(TAKE_WORD, source=source, text=clean(text))
            return bool(work.cursor.rowcount == 1)

    def learn(self, source: str, text: str, found: int, new: int) -> None:
        """Add what a page that a word brought gave: playlists, and those never met before."""
        with self._database.write() as work:
            work.run(LEARN, word_source=source, word_text=clean(text), more=found, fresh=new)

    def learned(self, source: str) -> list[tuple[float, int, int]]:
        """Give the worth that each word had when it was asked for, its pages, what was new."""
        word = schema.word.c
        query = sa.select(word.rank, word.pages, word.new).where(
            word.source == source, word.pages > 0
        )
        with self._database.read() as connection:
            return [(float(r), int(p), int(n)) for r, p, n in connection.execute(query)]

    def words(self, source: str) -> dict[str, int]:
        """Count the words: `seen` in names, `asked` for, and the `playlists` that these found."""
        word = schema.word.c
        query = sa.select(
            sa.func.count(), sa.func.count(sa.case((word.pages > 0, 1))), sa.func.sum(word.new)
        ).where(word.source == source)
        with self._database.read() as connection:
            seen, asked, new = connection.execute(query).one()
        return {"seen": int(seen), "asked": int(asked), "playlists": int(new or 0)}
