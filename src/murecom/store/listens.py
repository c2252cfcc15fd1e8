"""Listens: what somebody heard and when, from the files and services that keep a history.

A listen is known by its time and its track, so that the same history may come again and again. What
Last.fm and ListenBrainz tell of one listen is one, too: the same second and the same recording.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.bulk_tracks import put_unknown
from murecom.store.database import Database, Statement, Work
from murecom.store.rows import batches, clean
from murecom.text.names import recording_key
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

        A listen is there if one of the same second is of the same track, of the same MusicBrainz
        recording, or of the same title by the same main artist. Of two of them the longer time
        heard stays.

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
    tracks = put_unknown(work, (listen.track for listen in fit)).tracks
    there: dict[int, dict[int, int | None]] = {}
    for at, track, ms in work.look_up(_THERE, list({listen.at for listen in fit})):
        there.setdefault(at, {})[track] = ms
    names = _Names(work, fit, there)
    new: dict[tuple[int, int], dict[str, Any]] = {}
    longer: dict[tuple[int, int], dict[str, Any]] = {}
    for listen in fit:
        own = work.tracks[listen.track.id]
        same = there.setdefault(listen.at, {})
        track = own if own in same or not same else names.alike(own, same)
        told = {"ms": listen.ms, "skipped": listen.is_skipped}
        key = listen.at, track
        if track not in same:
            new[key] = {"at": listen.at, "track": track, "source": source, **told}
        elif listen.ms is None or listen.ms <= (same[track] or -1):
            continue
        elif key in new:
            new[key].update(told)
        else:
            longer[key] = {"at_": listen.at, "track_": track, **told}
        same[track] = listen.ms
    added = 0
    if new:
        work.many(_PUT, list(new.values()))
        added = work.cursor.rowcount
    work.many(_LONGER, list(longer.values()))
    return ListensWritten(added, len(fit) - added, tracks, len(listens) - len(fit))


class _Names:
    """What the tracks of a batch, and those that were heard at the same seconds, are called."""

    def __init__(
        self, work: Work, listens: list[Listen], there: dict[int, dict[int, int | None]]
    ) -> None:
        self._tracks = {work.tracks[listen.track.id]: listen.track for listen in listens}
        self._known: dict[int, frozenset[str]] = {}
        unnamed = {track for tracks in there.values() for track in tracks} - set(self._tracks)
        pks = list(unnamed)
        titles = dict(work.look_up(_TITLES, pks))
        artists: dict[int, list[str]] = {}
        for track, name in work.look_up(_NAMED, pks):
            artists.setdefault(track, []).append(name)
        mbids = dict(work.look_up(_MBIDS, pks))
        for track in pks:
            key = recording_key(titles.get(track) or "", artists.get(track, ()))
            self._known[track] = _marks(key, mbids.get(track))

    def alike(self, track: int, others: Iterable[int]) -> int:
        """Give the one of the others that is the same recording, else the track itself."""
        own = self._marks(track)
        return next((other for other in others if own & self._marks(other)), track)

    def _marks(self, track: int) -> frozenset[str]:
        if track not in self._known:
            told = self._tracks[track]
            key = recording_key(told.title or "", told.artists)
            self._known[track] = _marks(key, told.ids.get("mbid"))
        return self._known[track]


def _marks(key: str, mbid: str | None) -> frozenset[str]:
    return frozenset(filter(None, (key, mbid and f"mbid {mbid.lower()}")))


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
_LONGER = Statement(
    lambda backend: (
        sa.update(schema.listen)
        .where(_listen.at == sa.bindparam("at_"), _listen.track == sa.bindparam("track_"))
        .values(ms=sa.bindparam("ms"), skipped=sa.bindparam("skipped"))
    )
)
_THERE = Statement(
    lambda backend: sa.select(_listen.at, _listen.track, _listen.ms).where(
        backend.among(_listen.at, "among")
    )
)
_TITLES = Statement(
    lambda backend: sa.select(schema.track.c.pk, schema.track.c.title).where(
        backend.among(schema.track.c.pk, "among")
    )
)
_NAMED = Statement(
    lambda backend: (
        sa.select(schema.track_artist.c.track, schema.artist.c.name)
        .join_from(
            schema.track_artist, schema.artist, schema.track_artist.c.artist == schema.artist.c.pk
        )
        .where(backend.among(schema.track_artist.c.track, "among"))
        .order_by(schema.track_artist.c.track, schema.track_artist.c.position)
    )
)
_MBIDS = Statement(
    lambda backend: sa.select(schema.external_id.c.track, schema.external_id.c.value).where(
        backend.among(schema.external_id.c.track, "among"), schema.external_id.c.kind == "mbid"
    )
)
_PUT = Statement(lambda backend: backend.insert(schema.listen).on_conflict_do_nothing())
