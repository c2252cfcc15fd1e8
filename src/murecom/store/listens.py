"""Listens: what somebody heard and when, from the files and services that keep a history.

A listen is known by its time and its track, so that the same history may come again and again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.bulk import put_unknown
from murecom.store.database import Database, Statement, Work
from murecom.store.rows import batches, clean
from murecom.types import Listen, TrackId

BATCH = 20_000
"Listens of a transaction when many are put."

CHUNK = 10_000
"Rows of a listing that are in memory."

AHEAD = 86_400
"Seconds that a listen may lie in the future: time zones mixed up, clocks that go fast."


@dataclass(frozen=True, slots=True)
class ListensWritten:
    """What a put of listens did.

    Listens `added`, and those that were there before (`unchanged`); `tracks` that were new; those
    `refused` whose time cannot be true.
    """

    added: int = 0
    unchanged: int = 0
    tracks: int = 0
    refused: int = 0

    def __add__(self, other: ListensWritten) -> ListensWritten:
        return ListensWritten(
            self.added + other.added,
            self.unchanged + other.unchanged,
            self.tracks + other.tracks,
            self.refused + other.refused,
        )


def why_not(listen: Listen, now: float | None = None) -> str | None:
    """Say why the time of a listen cannot be true; None if it can.

    Parameters
    ----------
    listen : Listen
        One listen.
    now : float, optional
        Seconds since 1970; the clock of this machine without it.
    """
    if listen.at <= 0:
        return "it was heard in 1970 or before: a clock that was not set"
    if listen.at > (time.time() if now is None else now) + AHEAD:
        return "it was heard in the future"
    return None


class Listens:
    """The listens of a store; use it as ``store.listens``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_many(self, listens: Iterable[Listen], *, source: str) -> ListensWritten:
        """Add listens that are not there yet; tracks that the store does not know are added.

        All or nothing only within 20,000 listens: what was committed before an interruption stays.
        Inside `transaction` all of it is one.

        Parameters
        ----------
        listens : iterable of Listen
            Read as they are written, so a stream of any length will do. Those of 1970 and before,
            and of more than a day in the future, are left out and counted; see `why_not`.
        source : str
            The kind of file or service that tells of them. It stays that of the first put.

        Returns
        -------
        ListensWritten
            How much of it was new.

        Raises
        ------
        BadInput
            A track's id is not of the form ``source:source_id``.
        """
        written = ListensWritten()
        for batch in batches(listens, BATCH):
            with self._database.write() as work:
                written += _put(work, batch, clean(source))
        return written

    def plays(
        self, since: int | None = None
    ) -> Iterator[tuple[TrackId, int, int | None, bool | None]]:
        """Yield track, time, milliseconds heard and whether it was broken off, earliest first.

        Parameters
        ----------
        since : int, optional
            Seconds since 1970; only listens from then on.
        """
        rows = _PLAYS if since is None else _PLAYS.where(_listen.at >= since)
        streamed = {"stream_results": True, "max_row_buffer": CHUNK}
        with self._database.read() as connection:
            result = connection.execute(rows, execution_options=streamed)
            for chunk in result.partitions(CHUNK):
                for track_id, at, ms, skipped in chunk:
                    yield TrackId(track_id), at, ms, skipped

    def heard_since(self, at: int) -> set[TrackId]:
        """Give the tracks that were heard at this time or later; seconds since 1970."""
        with self._database.read() as connection:
            return {TrackId(track_id) for track_id in connection.scalars(_HEARD, {"at": at})}

    def count(self) -> int:
        """Count all listens."""
        with self._database.read() as connection:
            return int(connection.scalar(_COUNT) or 0)

    def newest(self) -> int | None:
        """Give the time of the last listen, in seconds since 1970; None without any."""
        with self._database.read() as connection:
            newest = connection.scalar(sa.select(sa.func.max(_listen.at)))
        return None if newest is None else int(newest)

    def forget(self) -> int:
        """Delete all listens; give how many. Tracks that only they named stay."""
        with self._database.write() as work:
            return int(work.connection.execute(sa.delete(schema.listen)).rowcount)


def _put(work: Work, listens: list[Listen], source: str) -> ListensWritten:
    now = time.time()
    fit = [listen for listen in listens if why_not(listen, now) is None]
    tracks = put_unknown(work, (listen.track for listen in fit))
    rows = [
        {
            "at": listen.at,
            "track": work.tracks[listen.track.id],
            "source": source,
            "ms": listen.ms,
            "skipped": listen.is_skipped,
        }
        for listen in fit
    ]
    added = 0
    if rows:
        work.many(_PUT, rows)
        added = work.cursor.rowcount
    return ListensWritten(added, len(fit) - added, tracks, len(listens) - len(fit))


_listen = schema.listen.c
_PLAYS = (
    sa.select(schema.track.c.id, _listen.at, _listen.ms, _listen.skipped)
    .join_from(schema.listen, schema.track, _listen.track == schema.track.c.pk)
    .order_by(_listen.at, _listen.track)
)
_HEARD = (
    sa.select(schema.track.c.id)
    .join_from(schema.listen, schema.track, _listen.track == schema.track.c.pk)
    .where(_listen.at >= sa.bindparam("at"))
    .distinct()
)
_COUNT = sa.select(sa.func.count()).select_from(schema.listen)
_PUT = Statement(lambda backend: backend.insert(schema.listen).on_conflict_do_nothing())
