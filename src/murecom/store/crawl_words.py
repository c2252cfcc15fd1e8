"""Words of crawls with what asking for them gave, and the tracks that crawls ask about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import floor, log2

import numpy as np
import sqlalchemy as sa

from murecom.store import schema
from murecom.store.crawl_rows import BEST_WORD, COUNT, LEARN, TAKE_WORD
from murecom.store.database import Database
from murecom.store.loading import load_tracks
from murecom.store.rows import clean
from murecom.types import Track

SIMILAR = "similar/"
"What the source id of a list of similar tracks begins with."


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

    # -- tracks -----------------------------------------------------------------------------------

    def tracks(self, batch: int = 500) -> Iterator[list[tuple[Track, int]]]:
        """Yield the tracks in batches, those in most playlists first, with how many entries.

        Lists of similar tracks do not count, and tracks that only these know are left out: asking
        about them in their turn would never come to an end.
        """
        entry, track, playlist = schema.playlist_track.c, schema.track.c, schema.playlist.c
        is_similar = playlist.source_id.startswith(SIMILAR)
        number = sa.func.count(sa.case((~is_similar, 1)))
        everywhere = schema.track.outerjoin(schema.playlist_track, entry.track == track.pk)
        query = (
            sa.select(track.pk, number)
            .select_from(everywhere.outerjoin(schema.playlist, playlist.pk == entry.playlist))
            .group_by(track.pk)
            .having(sa.or_(number > 0, sa.func.count(entry.playlist) == 0))
            .order_by(number.desc(), track.pk)
        )
        pair = np.dtype([("pk", np.int64), ("entries", np.int64)])
        with self._database.read() as connection:
            rows = np.fromiter((tuple(row) for row in connection.execute(query)), pair)
        for start in range(0, len(rows), batch):
            part = dict(rows[start : start + batch].tolist())
            with self._database.read() as connection:
                found = load_tracks(connection, list(part))
            yield [(found[pk], entries) for pk, entries in part.items() if pk in found]
