"""Twins: tracks that are the same recording as one of which there is a file; use ``store.twins``.

A track with a file stands in the table, too, as its own twin (`OWN`): that marks it as looked at.
What is asked here when tracks are compared (who plays what, ids elsewhere) stands here as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.base import Backend
from murecom.store.database import Database, Statement
from murecom.store.loading import load_tracks, many
from murecom.store.rows import asked, batches
from murecom.types import Track, TrackId

OWN = "file"
"How a track with a file is its own twin."

MOST = 64
"Tracks of one title that are looked at before the artist is asked for as well."

OF_ARTIST = 500
"Tracks of the artists of an entry of which the titles are looked at."

CHUNK = 2000
"Rows of one question of a pass over all tracks."


class Twins:
    """The twins of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- who is whose twin ------------------------------------------------------------------------

    def files(self, ids: Iterable[TrackId]) -> dict[TrackId, TrackId]:
        """Give for tracks without a file those with one that are the same recording.

        Tracks that have a file themselves, or none anywhere, are absent.
        """
        found: dict[TrackId, TrackId] = {}
        with self._database.read() as connection:
            if connection.scalar(_ANY) is None:
                return {}
            for batch in asked(ids):
                found.update(connection.execute(_FILES, {"ids": batch}).all())
        return found

    def others(self, ids: Iterable[TrackId]) -> dict[TrackId, list[TrackId]]:
        """Give for tracks with a file the others that are the same recording; the reverse."""
        found: dict[TrackId, list[TrackId]] = {}
        with self._database.read() as connection:
            if connection.scalar(_ANY) is None:
                return {}
            for batch in asked(ids):
                for twin, file in connection.execute(_OTHERS, {"ids": batch}).all():
                    found.setdefault(file, []).append(twin)
        return found

    def all(self) -> dict[TrackId, TrackId]:
        """Give what `files` gives for all tracks: few, as only those with a file count."""
        with self._database.read() as connection:
            return dict(connection.execute(_EVERY).all())

    def of(self, track_id: TrackId) -> list[TrackId]:
        """List the tracks that are the same recording as one, those with a file first."""
        own = sa.select(_twin.file).join(schema.track, _twin.track == _track.pk)
        files = own.where(_track.id == track_id)
        query = (
            sa.select(_track.id)
            .join(schema.twin, _twin.track == _track.pk)
            .where(_twin.file.in_(files), _track.id != track_id)
            .order_by(_twin.how != OWN, _track.pk)
        )
        with self._database.read() as connection:
            return list(connection.scalars(query).all())

    def counts(self) -> dict[str, int]:
        """Count the twins by how they were found; tracks with a file are not counted."""
        query = sa.select(_twin.how, sa.func.count()).where(_twin.how != OWN).group_by(_twin.how)
        with self._database.read() as connection:
            return dict(sorted(connection.execute(query).all()))

    def put(self, rows: Iterable[tuple[int, int, str]]) -> None:
        """Keep rows of (inner id of a track, of the one with the file, how).

        A track that has a twin keeps it; one that got a file becomes its own.
        """
        with self._database.write() as work:
            for track, file, how in rows:
                work.run(_PUT_OWN if how == OWN else _PUT, track=track, file=file, how=how)

    def forget(self) -> None:
        """Forget all twins."""
        with self._database.write() as work:
            work.connection.execute(sa.delete(schema.twin))
            work.connection.execute(sa.delete(schema.uncompared))

    def renew(self) -> list[int]:
        """Forget what no longer holds; give the inner ids of tracks to be compared again.

        These are the twins of files that went, tracks of which more is known now, and the twins of
        such files, which count as new. They are given again until `compared` is called.
        """
        with self._database.write() as work:
            insert = work.backend.insert(schema.uncompared)
            again = sa.select(_twin.track).where(_STALE)
            work.connection.execute(insert.from_select(["track"], again).on_conflict_do_nothing())
            stale = sa.or_(_STALE, _twin.track.in_(_UNCOMPARED))
            work.connection.execute(sa.delete(schema.twin).where(stale))
            return list(work.connection.scalars(_UNCOMPARED.order_by(_again.track)).all())

    def compared(self, tracks: Iterable[int]) -> None:
        """Say that tracks which `renew` gave were compared."""
        with self._database.write() as work:
            for batch in batches(tracks):
                work.connection.execute(_DONE, {"tracks": batch})

    # -- how far the comparison has come ----------------------------------------------------------

    def mark(self, name: str) -> int:
        """Give a number that was kept under a name; 0 at first."""
        query = sa.select(schema.counter.c.value).where(schema.counter.c.name == f"twins {name}")
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def set_mark(self, name: str, value: int) -> None:
        """Keep a number under a name."""
        with self._database.write() as work:
            work.run(_SET, name=f"twins {name}", value=value)

    def newest(self) -> int:
        """Give the inner id of the track that was added last; 0 if there is none.

        No track with a lower one comes later: who is just adding tracks is waited for.
        """
        with self._database.read() as connection:
            self._database.backend.settle(connection)
            return int(connection.scalar(sa.select(sa.func.max(_track.pk))) or 0)

    def new_files(self) -> list[int]:
        """List the inner ids of tracks with a file that are not in the table as such."""
        known = sa.select(_twin.track).where(_twin.how == OWN)
        query = _WITH_FILE.where(_file.track.not_in(known))
        with self._database.read() as connection:
            return sorted(set(connection.scalars(query).all()))

    def known_files(self) -> list[int]:
        """List the inner ids of tracks with a file that are in the table."""
        query = sa.select(_twin.track).where(_twin.how == OWN).order_by(_twin.track)
        with self._database.read() as connection:
            return list(connection.scalars(query).all())

    # -- what is compared -------------------------------------------------------------------------

    def load(self, pks: Iterable[int]) -> Iterator[tuple[int, Track]]:
        """Yield tracks with their inner ids."""
        for batch in batches(pks):
            with self._database.read() as connection:
                found = load_tracks(connection, batch)
            yield from found.items()

    def artists(self, since: int = 0) -> Iterator[tuple[int, str]]:
        """Yield all artists, or those of the tracks after `since`: inner id and name."""
        last = 0
        of_new = sa.select(_link.artist).where(_link.track > since)
        query = sa.select(_artist.pk, _artist.name).where(_artist.pk > sa.bindparam("last"))
        if since:
            query = query.where(_artist.pk.in_(of_new))
        query = query.order_by(_artist.pk)
        if since:  # once through: the tracks after `since` are looked up for each question
            with self._database.read() as connection:
                rows = connection.execute(query, {"last": 0}).all()
            yield from ((pk, name) for pk, name in rows)
            return
        while True:
            with self._database.read() as connection:
                rows = connection.execute(query.limit(CHUNK), {"last": last}).all()
            yield from ((pk, name) for pk, name in rows)
            if len(rows) < CHUNK:
                return
            last = rows[-1][0]

    def tracks_of(self, artists: Sequence[int], since: int = 0) -> list[tuple[int, str]]:
        """List the tracks after `since` of some artists: inner id and key of the title."""
        with self._database.read() as connection:
            rows = connection.execute(_TRACKS_OF, {"artists": artists, "since": since}).all()
        return [(pk, key) for pk, key in rows]

    def by_value(self, values: Sequence[str]) -> list[tuple[int, str, str]]:
        """List who has one of these ids elsewhere: inner id of the track, kind, value."""
        with self._database.read() as connection:
            rows = connection.execute(_BY_VALUE, {"values": values}).all()
        return [(pk, kind, value) for pk, kind, value in rows]

    def titled(self, starts: Sequence[str], artists: Sequence[str]) -> list[Track]:
        """List present tracks whose key begins with one of `starts`.

        If these are many, only those by artists with one of the keys `artists`.
        """
        pks: dict[int, None] = {}
        with self._database.read() as connection:
            for start in starts:
                low = start[: schema.KEY_LENGTH]
                values: dict[str, Any] = {"low": low, "high": low + "\U0010ffff", "limit": MOST}
                found = connection.scalars(_TITLED, values).all()
                if len(found) == MOST and artists:
                    found = connection.scalars(_TITLED_BY, values | {"names": artists}).all()
                pks |= dict.fromkeys(found)
            return list(load_tracks(connection, list(pks)).values())

    def keys_by(self, artists: Sequence[str]) -> list[tuple[int, str]]:
        """List the first `OF_ARTIST` present tracks by artists with one of these keys: id, key."""
        values = {"names": artists, "limit": OF_ARTIST}
        with self._database.read() as connection:
            return [(pk, key) for pk, key in connection.execute(_KEYS_BY, values).all()]


_track, _artist, _link = schema.track.c, schema.artist.c, schema.track_artist.c
_twin, _file, _other = schema.twin.c, schema.file.c, schema.external_id.c
_again = schema.uncompared.c
_LIMIT: sa.BindParameter[int] = sa.bindparam("limit", type_=sa.Integer)
_own = schema.track.alias("own")

_WITH_FILE = sa.select(_file.track).where(
    _file.track.is_not(None), _file.state.not_in(schema.ABSENT)
)
_UNCOMPARED = sa.select(_again.track)
_STALE = sa.or_(_twin.file.not_in(_WITH_FILE), _twin.file.in_(_UNCOMPARED))
_DONE = sa.delete(schema.uncompared).where(_again.track.in_(many("tracks")))
_HAS_FILE = (
    sa.select(1)
    .where(_file.track == _twin.file, _file.state.not_in(schema.ABSENT))
    .correlate(schema.twin)
    .exists()
)
_ANY = sa.select(_twin.track).where(_twin.how != OWN).limit(1)
_EVERY = (
    sa.select(_track.id, _own.c.id)
    .select_from(
        schema.twin.join(schema.track, _track.pk == _twin.track).join(_own, _own.c.pk == _twin.file)
    )
    .where(_twin.how != OWN, _HAS_FILE)
)
_FILES = _EVERY.where(_track.id.in_(many("ids")))
_OTHERS = _EVERY.where(_own.c.id.in_(many("ids"))).order_by(_twin.track)
_TRACKS_OF = (
    sa.select(_track.pk, _track.key)
    .join_from(schema.track_artist, schema.track, _link.track == _track.pk)
    .where(_link.artist.in_(many("artists")), _link.track > sa.bindparam("since"))
)
_BY_VALUE = sa.select(_other.track, _other.kind, _other.value).where(
    _other.value.in_(many("values"))
)
_TITLED = (
    sa.select(_track.pk)
    .where(_track.key >= sa.bindparam("low"), _track.key < sa.bindparam("high"))
    .where(schema.is_present())
    .order_by(_track.key, _track.pk)
    .limit(_LIMIT)
)
_BY_ARTISTS = (
    sa.select(_track.pk, _track.key)
    .select_from(
        schema.artist.join(schema.track_artist, _link.artist == _artist.pk).join(
            schema.track, _track.pk == _link.track
        )
    )
    .where(_artist.key.in_(many("names")))
    .where(schema.is_present())
    .limit(_LIMIT)
)
_TITLED_BY = _BY_ARTISTS.with_only_columns(_track.pk).where(
    _track.key >= sa.bindparam("low"), _track.key < sa.bindparam("high")
)
_KEYS_BY = _BY_ARTISTS.order_by(_track.pk)


def _put(backend: Backend) -> Any:
    return backend.insert(schema.twin).on_conflict_do_nothing()


def _put_own(backend: Backend) -> Any:
    statement = backend.insert(schema.twin)
    new = {name: statement.excluded[name] for name in ("file", "how")}
    return statement.on_conflict_do_update(index_elements=["track"], set_=new)


def _set(backend: Backend) -> Any:
    statement = backend.insert(schema.counter)
    new = {"value": statement.excluded.value}
    return statement.on_conflict_do_update(index_elements=["name"], set_=new)


_PUT = Statement(_put)
_PUT_OWN = Statement(_put_own)
_SET = Statement(_set, ("name", "value"))
