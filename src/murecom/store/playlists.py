"""Playlists: ordered lists of tracks, where they come from, and whether models may use them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.bulk import Written, by_entries, put_playlists, split_id
from murecom.store.database import Database
from murecom.store.lists import Lists, album_lists, playlist_lists
from murecom.store.loading import load_tracks
from murecom.store.rows import batches
from murecom.store.tags import PLAYLIST, PLAYLIST_TAG, Tag, delete_tags, load_tags
from murecom.text.fold import name_key
from murecom.types import Playlist, Progress, Track, no_progress


class ListName(NamedTuple):
    """A playlist without its tracks: id, name, and how many entries it has."""

    id: str
    name: str
    tracks: int


class Playlists:
    """The playlists of a store; use it as ``store.playlists``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        playlist: Playlist,
        *,
        source: str = "murecom",
        source_id: str | None = None,
        trainable: bool = True,
    ) -> str:
        """Add a playlist, or replace the one with the same source and source id.

        Tracks that the store does not know are added as they are given; of known ones nothing
        changes. The order and repeated tracks are kept.

        Parameters
        ----------
        playlist : Playlist
            An `id` of the form ``source:source_id`` stands for both parameters of that name.
        source, source_id : str
            Where it comes from, and its id there; without an id it gets a new one.
        trainable : bool
            Whether models may learn from it, as far as nobody has decided otherwise before.

        Returns
        -------
        str
            Its id, ``source:source_id``.

        Raises
        ------
        BadInput
            An id, of the playlist or of a track, is not of the form ``source:source_id``.
        """
        if source_id is None:
            if playlist.id is not None:
                source, source_id = split_id(playlist.id)
            else:
                source_id = uuid.uuid4().hex[:12]
        playlist_id = f"{source}:{source_id}"
        with self._database.write() as work:
            put_playlists(work, [replace(playlist, id=playlist_id)], trainable=trainable)
        return playlist_id

    def put_many(
        self,
        playlists: Iterable[Playlist],
        *,
        trainable: bool = True,
        trainable_on: str | None = None,
        since: int | None = None,
    ) -> Written:
        """Add many playlists, or replace those of the same ids; tens of thousands of entries/s.

        As `put`, but all or nothing only within about 20,000 entries: what was committed before an
        interruption stays. Inside `transaction` all of it is one.

        Parameters
        ----------
        playlists : iterable of Playlist
            Read as they are written, so a stream of any length will do. Each needs an id; of two
            with one id the later stays.
        trainable : bool
            Whether models may learn from them, as far as nobody has decided otherwise before.
        trainable_on : str, optional
            The day (ISO 8601) on which somebody decides that, which then holds for later puts too.
        since : int, optional
            What `newest` gave: playlists that were added later and are replaced now are counted.

        Returns
        -------
        Written
            How much of it was new.

        Raises
        ------
        BadInput
            An id, of a playlist or of a track, is not of the form ``source:source_id``.
        """
        written = Written()
        for batch in by_entries(playlists):
            with self._database.write() as work:
                written += put_playlists(
                    work, batch, trainable=trainable, trainable_on=trainable_on, since=since
                )
        return written

    def lists(
        self, *, trainable: bool = True, titles: bool = False, progress: Progress = no_progress
    ) -> Lists:
        """Read all playlists as arrays, to learn from, millions of entries a minute.

        Parameters
        ----------
        trainable : bool
            Only those that models may learn from; the others are counted.
        titles : bool
            Read the titles of the tracks, too.
        progress : callable
            Told of the entries read.
        """
        with self._database.read() as connection:
            return playlist_lists(connection, trainable, titles, progress)

    def descriptions(self) -> dict[str, str]:
        """Give the descriptions that are not empty by playlist id, of those to learn from."""
        table = schema.playlist.c
        query = sa.select(table.source, table.source_id, table.description).where(
            table.trainable, table.description.is_not(None), table.description != ""
        )
        with self._database.read() as connection:
            return {f"{source}:{own}": text for source, own, text in connection.execute(query)}

    def albums(self) -> Lists:
        """Read the albums of two tracks or more as if they were playlists: "Artist – Album"."""
        with self._database.read() as connection:
            return album_lists(connection)

    def revision(self) -> int:
        """Give a number that grows with every committed change of playlists or their entries."""
        counter = schema.counter.c
        query = sa.select(counter.value).where(counter.name == "playlists")
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def newest(self) -> int:
        """Give the inner id of the playlist that was added last; 0 without playlists."""
        with self._database.read() as connection:
            return int(connection.scalar(sa.select(sa.func.max(schema.playlist.c.pk))) or 0)

    def get(self, playlist_id: str) -> Playlist | None:
        """Give a playlist with its tracks; None for an unknown id."""
        source, source_id = split_id(playlist_id)
        table = schema.playlist.c
        condition = (table.source == source) & (table.source_id == source_id)
        with self._database.read() as connection:
            return next(iter(_load(connection, condition).values()), None)

    def iter(self, batch: int = 200) -> Iterator[Playlist]:
        """Yield all playlists with their tracks, in the order they were added."""
        pk = schema.playlist.c.pk
        last = 0
        while True:
            with self._database.read() as connection:
                following = sa.select(pk).where(pk > last).order_by(pk).limit(batch)
                pks = connection.scalars(following).all()
                playlists = _load(connection, pk.in_(pks))
            yield from playlists.values()
            if len(pks) < batch:
                return
            last = pks[-1]

    def search(self, name: str, limit: int = 20) -> list[tuple[ListName, float]]:
        """Find playlists by name, best first; `get` gives the tracks of one.

        Returns
        -------
        list of (ListName, float)
            1.0 for the same folded name, 0.8 for its beginning, 0.5 for a part of it; of equal
            scores the playlist that was added first comes first.
        """
        key = name_key(name)[: schema.KEY_LENGTH]
        if not key or limit < 1:
            return []
        table = schema.playlist.c
        begins = (table.key >= key) & (table.key < key + "\U0010ffff")
        whole = sa.case((table.key == key, 1.0), else_=0.8)
        best = sa.select(table.pk, whole).where(begins).order_by(whole.desc(), table.pk)
        part = sa.select(table.pk).where(table.key.contains(key, autoescape=True), ~begins)
        with self._database.read() as connection:
            scores = dict(connection.execute(best.limit(limit)).all())
            if len(scores) < limit:  # only then look through all names
                rest = connection.scalars(part.order_by(table.pk).limit(limit - len(scores)))
                scores |= dict.fromkeys(rest, 0.5)
            rows = connection.execute(_NAMES.where(table.pk.in_(list(scores)))).all()
        found = {pk: ListName(f"{of}:{own}", name, count) for pk, of, own, name, count in rows}
        return [(found[pk], float(value)) for pk, value in scores.items()]

    def delete(self, playlist_id: str) -> None:
        """Delete a playlist; its tracks stay. An unknown id is passed over."""
        source, source_id = split_id(playlist_id)
        table = schema.playlist.c
        with self._database.write() as work:
            gone = work.connection.execute(
                sa.delete(schema.playlist).where(
                    table.source == source, table.source_id == source_id
                )
            )
            delete_tags(work, [f"{PLAYLIST}{source}:{source_id}"])
            work.lists_changed = work.lists_changed or gone.rowcount > 0


_NAMES = sa.select(
    schema.playlist.c.pk,
    schema.playlist.c.source,
    schema.playlist.c.source_id,
    schema.playlist.c.name,
    sa.select(sa.func.count())
    .where(schema.playlist_track.c.playlist == schema.playlist.c.pk)
    .scalar_subquery(),
)


def _load(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> dict[int, Playlist]:
    playlist, entry = schema.playlist.c, schema.playlist_track.c
    rows = connection.execute(
        sa.select(
            playlist.pk,
            playlist.source,
            playlist.source_id,
            playlist.name,
            playlist.description,
            playlist.snapshot,
        )
        .where(condition)
        .order_by(playlist.pk)
    ).all()
    entries: defaultdict[int, list[int]] = defaultdict(list)
    dates: defaultdict[int, list[int | None]] = defaultdict(list)
    for pk, track, added_at in connection.execute(
        sa.select(entry.playlist, entry.track, entry.added_at)
        .where(entry.playlist.in_([row.pk for row in rows]))
        .order_by(entry.playlist, entry.position)
    ):
        entries[pk].append(track)
        dates[pk].append(added_at)
    tracks = _tracks(connection, entries.values())
    ids = {row.pk: f"{row.source}:{row.source_id}" for row in rows}
    tags: dict[str, list[Tag]] = {}
    for batch in batches(f"{PLAYLIST}{playlist_id}" for playlist_id in ids.values()):
        tags |= load_tags(connection, batch, key=PLAYLIST_TAG)
    return {
        row.pk: Playlist(
            row.name,
            tuple(tracks[pk] for pk in entries.get(row.pk, ())),
            ids[row.pk],
            row.description,
            tuple(dates[row.pk]) if any(d is not None for d in dates[row.pk]) else (),
            tuple(tag.value for tag in tags.get(f"{PLAYLIST}{ids[row.pk]}", ())),
            row.snapshot,
        )
        for row in rows
    }


def _tracks(connection: sa.Connection, entries: Any) -> dict[int, Track]:
    pks: Sequence[int] = sorted({pk for of_one in entries for pk in of_one})
    tracks: dict[int, Track] = {}
    for batch in batches(pks):
        tracks |= load_tracks(connection, batch)
    return tracks
