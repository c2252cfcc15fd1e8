"""Tracks with their artists, album, ids elsewhere, genres and searchable names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.base import Backend
from murecom.store.bulk_tracks import COMPARE_AGAIN, put_unknown
from murecom.store.database import Database, Statement, Work
from murecom.store.descriptors import load_descriptors
from murecom.store.files import path_bytes
from murecom.store.loading import load_tracks, load_tracks_by_id
from murecom.store.moods import move_moods
from murecom.store.rows import (
    asked,
    batches,
    checked_id,
    clean,
    clean_or_none,
    inner_id,
    number_or_none,
)
from murecom.store.search import Search
from murecom.store.tags import best_guess, delete_tags, load_tags, move_tags, replace_tags
from murecom.store.texts import move_texts
from murecom.text.fold import name_key
from murecom.text.tokens import search_terms
from murecom.types import Track, TrackId

USER = "user"
"Source of tags that the user gave; they follow a track to its new id."


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a track beyond what a listener calls it by.

    `genres` are those of its tags, or, where it has none, those that a genre probe is sure of.
    `descriptors` has the numbers that were measured; `lost` is true when it had files and none of
    them can be heard now (gone or failed).
    """

    genres: tuple[str, ...] = ()
    year: int | None = None
    album_artist: str | None = None
    number: int | None = None
    descriptors: Mapping[str, float] = field(default_factory=dict)
    lost: bool = False


class Tracks:
    """The tracks of a store; use it as ``store.tracks``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        track: Track,
        *,
        album_artist: str | None = None,
        year: int | None = None,
        number: int | None = None,
        genres: Sequence[str] = (),
        source: str = "file",
    ) -> None:
        """Add a track, or replace what is known of it.

        Parameters
        ----------
        track : Track
            `path` is ignored: paths come from ``store.files``.
        album_artist : str, optional
            Tells albums of the same title apart.
        year, number : int, optional
            Year of release; position on its disc.
        genres : sequence of str
            Become tags ``genre`` of `source`, in place of its earlier ones.
        source : str
            Where the genres come from.

        Raises
        ------
        BadInput
            The id is not of the form ``source:source_id``.
        """
        checked_id(track.id)
        with self._database.write() as work:
            _put(work, track, album_artist, year, number, genres, source)

    def put_many(self, tracks: Iterable[Track]) -> int:
        """Add those tracks that are not known yet, thousands a second; give how many there were.

        As `put` without details; known tracks only get what they lack. Committed batch by batch.
        """
        new = 0
        for batch in batches(tracks, 5000):
            with self._database.write() as work:
                new += put_unknown(work, batch).tracks
        return new

    def get(self, ids: Iterable[TrackId]) -> dict[TrackId, Track]:
        """Give the tracks with these ids, in the order asked; unknown ids are absent.

        `Track.path` is a path at which a file of the track is present (the first in byte order).
        """
        wanted = list(dict.fromkeys(ids))
        found: dict[TrackId, Track] = {}
        with self._database.read() as connection:
            for batch in asked(wanted):
                tracks = load_tracks_by_id(connection, batch)
                found.update((track.id, track) for track in tracks.values())
        return {track_id: found[track_id] for track_id in wanted if track_id in found}

    def details(self, ids: Iterable[TrackId]) -> dict[TrackId, Details]:
        """Give the details of the tracks with these ids; unknown ids are absent."""
        track, album = schema.track.c, schema.album.c
        found: dict[TrackId, Details] = {}
        with self._database.read() as connection:
            for batch in asked(ids):
                genres = load_tags(connection, batch, key="genre")
                descriptors = load_descriptors(connection, batch)
                for row in connection.execute(
                    sa.select(
                        track.id, track.year, album.artist, track.number, ~schema.is_present()
                    )
                    .select_from(schema.track.outerjoin(schema.album))
                    .where(track.id.in_(batch))
                ):
                    track_id, year, album_artist, number, lost = row
                    found[TrackId(track_id)] = Details(
                        tuple(best_guess(genres.get(track_id, ()))),
                        year,
                        album_artist or None,
                        number,
                        {k: value for k, (value, _) in descriptors.get(track_id, {}).items()},
                        bool(lost),
                    )
        return found

    def search(self, text: str, limit: int = 20) -> list[tuple[Track, float]]:
        """Find present tracks by title, artist and album, best first.

        Case, accents, punctuation, traditional and simplified Chinese, hiragana and katakana do not
        matter; the last word may be unfinished; a misspelt word is corrected when nothing else is
        found.

        Parameters
        ----------
        text : str
            Any text at all; nothing in it is special. Without a letter, digit or sign: no results.
        limit : int
            Most results to give.

        Returns
        -------
        list of (Track, float)
            Scores are 0..1; 1.0 is given for the exact (folded) title, "artist title" or
            "artist - title" only. Of equal scores the track that was added first comes first.
        """
        with self._database.read() as connection:
            return Search(connection, self._database.backend, text, limit).results()

    def iter(self, batch: int = 1000) -> Iterator[Track]:
        """Yield all tracks, lost ones too, in the order they were added.

        Reads `batch` at a time, so that writers are not kept waiting by a slow consumer.
        """
        last = 0
        while True:
            with self._database.read() as connection:
                after = sa.select(schema.track.c.pk).where(schema.track.c.pk > last)
                pks = connection.scalars(after.order_by(schema.track.c.pk).limit(batch)).all()
                tracks: list[Track] = []
                for some in batches(pks):
                    tracks += load_tracks(connection, some).values()
            yield from tracks
            if len(pks) < batch:
                return
            last = pks[-1]

    def by_path(self, path: str) -> Track | None:
        """Give the track of a file, also of one that is gone; None for an unknown path."""
        query = sa.select(schema.file.c.track).where(schema.file.c.path == path_bytes(path))
        with self._database.read() as connection:
            pk = connection.scalar(query)
            if pk is None:
                return None
            return load_tracks(connection, [pk])[pk]

    def delete(self, ids: Iterable[TrackId]) -> None:
        """Delete tracks with their files' rows, vectors, tags, texts and places in playlists."""
        with self._database.write() as work:
            for batch in asked(ids):
                _delete(work, batch)

    def move(self, old: TrackId, new: TrackId) -> bool:
        """Let `new` take the place of `old`, whose file now has other content (a tag was edited).

        Places in playlists, the user's own tags, texts from elsewhere than the file and moods move
        to `new`; then `old` is deleted, unless it still has a present file elsewhere: then it is
        another copy, and nothing moves.

        Returns
        -------
        bool
            Whether `old` was moved. False also when there is no `old`.

        Raises
        ------
        NotFound
            No track `new`.
        """
        track, file, entry = schema.track.c, schema.file.c, schema.playlist_track.c
        if old == new:
            return False
        with self._database.write() as work:
            target = inner_id(work, new)
            connection = work.connection
            pk = connection.scalar(sa.select(track.pk).where(track.id.in_(list(*asked([old])))))
            present = (
                sa.select(file.path)
                .where(file.track == pk, file.state.not_in(schema.ABSENT))
                .limit(1)
            )
            if pk is None or connection.scalar(present) is not None:
                return False
            moved = connection.execute(
                sa.update(schema.playlist_track).where(entry.track == pk).values(track=target)
            )
            work.lists_changed = work.lists_changed or moved.rowcount > 0
            move_tags(work, old, new, USER)
            move_texts(work, pk, target)
            move_moods(work, pk, target)
            _delete(work, [old])
            return True


def _put(
    work: Work,
    track: Track,
    album_artist: str | None,
    year: int | None,
    number: int | None,
    genres: Sequence[str],
    source: str,
) -> None:
    title = clean_or_none(track.title)
    names = [clean(name) for name in track.artists]
    title_of_album = clean_or_none(track.album)
    artist_of_album = clean(album_artist or "")
    album = None if title_of_album is None else _album(work, title_of_album, artist_of_album)
    is_known = track.id in work.tracks or bool(work.rows(_FIND, id=track.id))
    before = load_tracks_by_id(work.connection, [track.id]) if is_known else {}
    pk = int(
        work.rows(
            _PUT,
            id=track.id,
            title=title,
            key=name_key(title or "")[: schema.KEY_LENGTH],
            album=album,
            duration=number_or_none(track.duration),
            year=year,
            number=number,
        )[0][0]
    )
    work.tracks[track.id] = pk
    work.changed = True
    if is_known:
        work.run(_FORGET_ARTISTS, track=pk)
        work.run(_FORGET_IDS, track=pk)
    artists = [_artist(work, name) for name in names]
    work.many(
        _PUT_ARTIST,
        [{"track": pk, "position": n, "artist": artist} for n, artist in enumerate(artists)],
    )
    work.many(
        _PUT_ID,
        [{"track": pk, "kind": clean(k), "value": clean(v)} for k, v in track.ids.items()],
    )
    if pk in before and _compared_by(track) != _compared_by(before[pk]):
        work.fill(COMPARE_AGAIN, track=[pk])
    rest = " ".join((*names, title_of_album or "", artist_of_album))
    work.backend.index(work.cursor, pk, search_terms(title or ""), search_terms(rest))
    if genres or is_known:
        rows = [("genre", genre, 1.0, source) for genre in genres]
        replace_tags(work, track.id, rows, also=(("genre", source),))


def _compared_by(track: Track) -> tuple[object, ...]:
    return track.title, tuple(track.artists), track.duration, dict(track.ids)


def _artist(work: Work, name: str) -> int:
    row = work.recall("artists", name)
    if row is None:
        key = name_key(name)[: schema.KEY_LENGTH]
        row = work.find_or_make("artists", name, _FIND_ARTIST, _MAKE_ARTIST, name=name, key=key)
    return int(row[0])


def _album(work: Work, title: str, artist: str) -> int:
    row = work.recall("albums", (title, artist))
    if row is None:
        values = {"title": title, "artist": artist}
        row = work.find_or_make("albums", (title, artist), _FIND_ALBUM, _MAKE_ALBUM, **values)
    return int(row[0])


def _delete(work: Work, ids: Sequence[str]) -> None:
    track = schema.track.c
    connection = work.connection
    pks = list(connection.scalars(sa.select(track.pk).where(track.id.in_(ids))))
    entry = schema.playlist_track.c.track
    if connection.scalar(sa.select(entry).where(entry.in_(pks)).limit(1)) is not None:
        work.lists_changed = True
    twin = schema.twin.c
    orphans = sa.select(twin.track).where(twin.file.in_(pks), twin.track.not_in(pks))
    work.fill(COMPARE_AGAIN, track=list(connection.scalars(orphans)))
    work.backend.unindex(work.cursor, pks)
    delete_tags(work, ids)
    connection.execute(sa.delete(schema.track).where(track.pk.in_(pks)))
    for track_id in ids:
        work.tracks.pop(track_id, None)
    work.changed = True


def _upsert(backend: Backend) -> Any:
    statement = backend.insert(schema.track)
    new = {name: statement.excluded[name] for name in _COLUMNS if name != "id"}
    statement = statement.on_conflict_do_update(index_elements=["id"], set_=new)
    return statement.returning(schema.track.c.pk)


def _made(table: sa.Table) -> Statement:
    """Insert into a table that others may be filling at the same time; gives the new row's id."""
    columns = [column.name for column in table.c if column.name != "pk"]
    return Statement(
        lambda backend: backend.insert(table).on_conflict_do_nothing().returning(table.c.pk),
        columns,
    )


_COLUMNS = ("id", "title", "key", "album", "duration", "year", "number")
_PUT = Statement(_upsert, _COLUMNS)
_FIND = Statement(
    lambda _: sa.select(schema.track.c.pk).where(schema.track.c.id == sa.bindparam("id"))
)
_FIND_ARTIST = Statement(
    lambda _: sa.select(schema.artist.c.pk).where(schema.artist.c.name == sa.bindparam("name"))
)
_MAKE_ARTIST = _made(schema.artist)
_FIND_ALBUM = Statement(
    lambda _: sa.select(schema.album.c.pk).where(
        schema.album.c.title == sa.bindparam("title"),
        schema.album.c.artist == sa.bindparam("artist"),
    )
)
_MAKE_ALBUM = _made(schema.album)
_PUT_ARTIST = Statement(lambda _: sa.insert(schema.track_artist))
_PUT_ID = Statement(lambda _: sa.insert(schema.external_id))
_FORGET_ARTISTS = Statement(
    lambda _: sa.delete(schema.track_artist).where(
        schema.track_artist.c.track == sa.bindparam("track")
    )
)
_FORGET_IDS = Statement(
    lambda _: sa.delete(schema.external_id).where(
        schema.external_id.c.track == sa.bindparam("track")
    )
)
