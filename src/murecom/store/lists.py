"""Playlists read as arrays: what models learn from, without an object per entry.

All of it is one state of the database. Rows go from the driver straight into arrays; ten million
entries of two million tracks take less than a minute (`benchmarks/synthetic.py`) and need no more
than the arrays and the names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from murecom.store import schema
from murecom.types import Progress, Step, TrackId

CHUNK = 200_000
"Rows taken from the driver at a time."


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Playlists and the tracks that are in them.

    Parameters
    ----------
    playlists, titles : sequence of str
        Id and name of each playlist, in the order they were added.
    starts : ndarray of int64, shape (playlists + 1,)
        Where each playlist begins in `entries`.
    entries : ndarray of int32
        Rows of `tracks`, playlist after playlist, each in its order, repeats included.
    tracks : sequence of TrackId
        The tracks that occur, in the order they were added.
    artists, albums : sequence of str or None
        Main artist and album of each track.
    names : sequence of str or None
        Title of each track; empty if it was not asked for.
    left_out : int
        Playlists that models may not learn from.
    """

    playlists: Sequence[str]
    titles: Sequence[str]
    starts: NDArray[np.int64]
    entries: NDArray[np.int32]
    tracks: Sequence[TrackId]
    artists: Sequence[str | None]
    albums: Sequence[str | None]
    names: Sequence[str | None] = ()
    left_out: int = 0


def playlist_lists(
    connection: sa.Connection, trainable: bool, titles: bool, progress: Progress
) -> Lists:
    """Read playlists; see `Playlists.lists`."""
    pks: list[int] = []
    ids: list[str] = []
    names: list[str] = []
    left_out = 0
    for pk, source, source_id, name, may in _fetched(connection, _PLAYLISTS):
        if trainable and not may:
            left_out += 1
            continue
        pks.append(pk)
        ids.append(f"{source}:{source_id}")
        names.append(name)
    row_of = _rows(np.asarray(pks, np.int64))
    counts = np.zeros(len(pks), np.int64)
    parts: list[NDArray[np.int64]] = []
    total = int(connection.scalar(_COUNT) or 0)
    done = 0
    for pairs in _pairs(connection, _ENTRIES):
        done += len(pairs)
        rows = row_of[np.minimum(pairs[:, 0], len(row_of) - 1)]
        kept = rows >= 0
        counts += np.bincount(rows[kept], minlength=len(pks))
        parts.append(pairs[kept, 1])
        progress(Step("Reading playlists", done, total))
    inner = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    del parts
    occurs = np.zeros(int(inner.max(initial=0)) + 1, bool)
    occurs[inner] = True
    tracks, artists, albums, track_names = _tracks(connection, occurs, titles, progress)
    return Lists(
        ids,
        names,
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        _rows(np.flatnonzero(occurs))[inner] if len(inner) else inner.astype(np.int32),
        tracks,
        artists,
        albums,
        track_names,
        left_out,
    )


def album_lists(connection: sa.Connection) -> Lists:
    """Read albums as lists; see `Playlists.albums`.

    An album is told by its album artist, or where that is not known by the artist of the track.
    """
    groups: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    called: dict[tuple[int, str], str] = {}
    ids: list[TrackId] = []
    artists: list[str | None] = []
    albums: list[str | None] = []
    names: list[str | None] = []
    for track_id, name, artist, album, title, album_artist in _fetched(connection, _ALBUMS):
        key = (album, album_artist or artist or "")
        called[key] = f"{key[1]} – {title}" if key[1] else title
        groups[key].append(len(ids))
        ids.append(TrackId(track_id))
        artists.append(artist)
        albums.append(title)
        names.append(name)
    by_name: defaultdict[str, list[int]] = defaultdict(list)  # two albums may be called alike
    for key, rows in groups.items():
        by_name[called[key]] += rows
    kept = {name: rows for name, rows in by_name.items() if len(rows) > 1}
    used = sorted(row for rows in kept.values() for row in rows)
    new = _rows(np.asarray(used, np.int64))
    lengths = [len(rows) for rows in kept.values()]
    return Lists(
        [f"album:{name}" for name in kept],
        list(kept),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.asarray([new[row] for rows in kept.values() for row in rows], np.int32),
        [ids[row] for row in used],
        [artists[row] for row in used],
        [albums[row] for row in used],
        [names[row] for row in used],
    )


def _tracks(
    connection: sa.Connection, occurs: NDArray[np.bool_], titles: bool, progress: Progress
) -> tuple[list[TrackId], list[str | None], list[str | None], list[str | None]]:
    """Read the marked tracks in ascending order of their inner ids."""
    total = int(occurs.sum())
    ids: list[TrackId] = []
    albums: list[str | None] = []
    names: list[str | None] = []
    known: dict[str, str] = {}  # one object for each album
    for pk, track_id, title, album in _fetched(connection, _TITLED if titles else _TRACKS):
        if pk >= len(occurs) or not occurs[pk]:
            continue
        ids.append(track_id)
        albums.append(known.setdefault(album, album) if album else None)
        if titles:
            names.append(title)
        if len(ids) % CHUNK == 0:
            progress(Step("Reading names", len(ids), total))
    row_of = _rows(np.flatnonzero(occurs))
    artist_of = np.full(total, -1, np.int64)
    for pairs in _pairs(connection, _LINKS):
        rows = row_of[np.minimum(pairs[:, 0], len(row_of) - 1)]
        kept = rows >= 0
        artist_of[rows[kept]] = pairs[kept, 1]
    called: dict[int, str | None] = dict(tuple(row) for row in _fetched(connection, _ARTISTS))
    progress(Step("Reading names", total, total))
    return ids, [called.get(pk) for pk in artist_of.tolist()], albums, names


def _rows(keys: NDArray[np.int64]) -> NDArray[np.int32]:
    """Give for each number up to one beyond the largest key its place among the keys, or -1."""
    rows = np.full(int(keys.max(initial=0)) + 2, -1, np.int32)
    rows[keys] = np.arange(len(keys), dtype=np.int32)
    return rows


def _fetched(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[Any]:
    """Yield rows as the driver gives them, some at a time."""
    for rows in _chunks(connection, statement):
        yield from rows


def _pairs(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[NDArray[np.int64]]:
    """Yield rows of two numbers as arrays of shape (rows, 2)."""
    for rows in _chunks(connection, statement):
        yield np.fromiter(chain.from_iterable(rows), np.int64, 2 * len(rows)).reshape(-1, 2)


def _chunks(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    # a cursor on the server, where there is one: the driver would else hold all rows at once
    result = connection.execute(
        statement, execution_options={"stream_results": True, "max_row_buffer": CHUNK}
    )
    yield from result.partitions(CHUNK)


_track, _album, _artist = schema.track.c, schema.album.c, schema.artist.c
_link, _entry, _playlist = schema.track_artist.c, schema.playlist_track.c, schema.playlist.c

_is_listed = sa.select(1).where(_entry.track == _track.pk).correlate(schema.track).exists()
_PLAYLISTS = sa.select(
    _playlist.pk, _playlist.source, _playlist.source_id, _playlist.name, _playlist.trainable
).order_by(_playlist.pk)
_COUNT = sa.select(sa.func.count()).select_from(schema.playlist_track)
_ENTRIES = sa.select(_entry.playlist, _entry.track).order_by(_entry.playlist, _entry.position)
_TITLED = (
    sa.select(_track.pk, _track.id, _track.title, _album.title)
    .select_from(schema.track.outerjoin(schema.album))
    .where(_is_listed)
    .order_by(_track.pk)
)
_TRACKS = _TITLED.with_only_columns(_track.pk, _track.id, sa.null(), _album.title)
_LINKS = sa.select(_link.track, _link.artist).where(_link.position == 0)
_ARTISTS = sa.select(_artist.pk, _artist.name)
_first = sa.and_(_link.track == _track.pk, _link.position == 0)
_ALBUMS = (
    sa.select(_track.id, _track.title, _artist.name, _album.pk, _album.title, _album.artist)
    .select_from(
        schema.track.join(schema.album)
        .outerjoin(schema.track_artist, _first)
        .outerjoin(schema.artist, _artist.pk == _link.artist)
    )
    .where(schema.is_present())
    .order_by(_album.pk, _track.number.is_(None), _track.number, _track.pk)
)
