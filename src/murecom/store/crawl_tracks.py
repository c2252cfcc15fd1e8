"""The tracks that a crawl asks about: those in most playlists first, each once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.database import Database
from murecom.store.loading import load_tracks
from murecom.store.rows import batches
from murecom.types import Track

SIMILAR = "similar/"
"What the source id of a list of similar tracks begins with."


class CrawlTracks:
    """What of `store.crawls` finds tracks.

    Lists of similar tracks do not count, and tracks that only these know are left out: asking about
    them in their turn would never come to an end.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def unasked(
        self, source: str, kinds: Sequence[str], prefix: str, id_kinds: Sequence[str], most: int
    ) -> list[tuple[str, Track, int]]:
        """Give tracks that have no task of one of these kinds, those in most playlists first.

        Parameters
        ----------
        source : str
            Whose tasks.
        kinds : sequence of str
            Of tasks.
        prefix, id_kinds : str and sequence of str
            How the source knows tracks: see `crawl.base.Source`.
        most : int
            Tracks to give.

        Returns
        -------
        list of (str, Track, int)
            The source's own id, each once; the track; in how many playlists it is.
        """
        entry, known = schema.playlist_track.c, _known(source, prefix, id_kinds)
        lists = (
            sa.select(entry.track, sa.func.count().label("number"))
            .where(entry.playlist.not_in(_similar()))
            .group_by(entry.track)
            .subquery()
        )
        number = sa.func.coalesce(lists.c.number, 0)
        query = (
            sa.select(known.c.pk, known.c.key, number)
            .select_from(known.outerjoin(lists, lists.c.track == known.c.pk))
            .where(sa.or_(lists.c.number > 0, ~_is_listed(known.c.pk)))
            .where(sa.or_(*(~_is_asked(source, kind, known.c.key) for kind in kinds)))
            .order_by(number.desc(), known.c.pk)
            .limit(most)
        )
        tracks: dict[int, Track] = {}
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            for batch in batches([pk for pk, _, _ in rows], 500):
                tracks |= load_tracks(connection, batch)
        found: dict[str, tuple[str, Track, int]] = {}
        for pk, key, entries in rows:
            if pk in tracks:
                found.setdefault(key, (key, tracks[pk], int(entries)))
        return list(found.values())

    def count_unasked(
        self, source: str, kinds: Sequence[str], prefix: str, id_kinds: Sequence[str]
    ) -> dict[str, int]:
        """Count the tracks that have no task, by kind of task; see `unasked`."""
        known = _known(source, prefix, id_kinds)
        numbers = [
            sa.func.count(sa.case((~_is_asked(source, kind, known.c.key), 1))) for kind in kinds
        ]
        is_there = sa.or_(_is_listed(known.c.pk, similar=False), ~_is_listed(known.c.pk))
        with self._database.read() as connection:
            row = connection.execute(sa.select(*numbers).select_from(known).where(is_there)).one()
        return {kind: int(n) for kind, n in zip(kinds, row, strict=True)}


def _known(source: str, prefix: str, id_kinds: Sequence[str]) -> Any:
    """Give inner ids of tracks with the source's own id: by the track's id, else by another one."""
    track, other = schema.track.c, schema.external_id.c

    def ending(column: Any) -> Any:
        return sa.case((_begins(column, prefix), sa.func.substr(column, len(prefix) + 1)))

    keys = [ending(track.id)]
    for kind in (source, *id_kinds):
        its = other.track == track.pk, other.kind == kind
        # some ids have their source in front already
        value = sa.select(sa.func.coalesce(ending(other.value), other.value)).where(*its)
        keys.append(value.scalar_subquery())
    key = sa.func.coalesce(*keys)
    found = sa.select(track.pk, key.label("key")).subquery()
    return sa.select(found.c.pk, found.c.key).where(found.c.key != "").subquery()


def _begins(column: Any, prefix: str) -> Any:
    # LIKE would be blind to case in SQLite
    return sa.func.substr(column, 1, len(prefix)) == prefix


def _similar() -> Any:
    playlist = schema.playlist.c
    return sa.select(playlist.pk).where(_begins(playlist.source_id, SIMILAR))


def _is_listed(pk: Any, *, similar: bool = True) -> Any:
    entry = schema.playlist_track.c
    query = sa.select(1).where(entry.track == pk)
    return (query if similar else query.where(entry.playlist.not_in(_similar()))).exists()


def _is_asked(source: str, kind: str, key: Any) -> Any:
    task = schema.task.c
    return sa.select(1).where(task.source == source, task.kind == kind, task.key == key).exists()
