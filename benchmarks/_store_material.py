"""What the benchmarks of the store write, and the two other ways of writing it.

`stream` is a part of the playlists of `synthetic.py`: about a quarter of the entries name a track
that was not there before, as at full size. `unknown` is the worst case: 50 new tracks each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, registry

import synthetic
from murecom.store import Store
from murecom.text.fold import name_key
from murecom.text.tokens import search_terms
from murecom.types import Playlist

Lists = Sequence[Playlist]
Write = Callable[[Lists], None]


def stream(scale: float) -> list[Playlist]:
    """Give playlists of all lengths whose tracks come again and again."""
    return list(synthetic._playlists(synthetic.make(scale), lambda _: None))


def unknown(count: int, length: int = 50) -> list[Playlist]:
    """Give playlists none of whose tracks is in another."""
    made = synthetic.make(max(count * length / synthetic.TRACKS * 1.2, 0.01))
    rows = range(0, count * length, length)
    return [
        Playlist(f"All new {row}", tuple(map(made.track, range(row, row + length))), f"new:{row}")
        for row in rows
    ]


def again(lists: Lists) -> list[Playlist]:
    """Give the same lists under other ids: nothing but playlists and entries is new."""
    return [replace(playlist, id=f"other-{playlist.id}") for playlist in lists]


def entries(lists: Lists) -> int:
    """Count the rows of `playlist_track`."""
    return sum(len(playlist.tracks) for playlist in lists)


def one_by_one(store: Store) -> Write:
    """Give murecom's way with a commit for each playlist."""

    def write(lists: Lists) -> None:
        for playlist in lists:
            store.playlists.put(playlist)

    return write


def together(store: Store) -> Write:
    """Give murecom's way with a commit for every 20,000 entries."""
    return lambda lists: void(store.playlists.put_many(lists))


def void(_: object) -> None:
    """Drop a result."""


def orm(path: Path) -> Write:
    """Give the way of the original: each row merged by its key, a commit for each playlist.

    Its tables are smaller than ours: no albums, no ids elsewhere, no folded keys, no name index.
    """
    mapper, data = registry(), sa.MetaData()
    text = sa.Text
    tables = {
        "Artist": sa.Table("artists", data, sa.Column("id", text, primary_key=True)),
        "Song": sa.Table(
            "tracks", data, sa.Column("id", text, primary_key=True), sa.Column("name", text),
            sa.Column("artist", text, sa.ForeignKey("artists.id"), index=True),
        ),
        "List": sa.Table(
            "playlists", data, sa.Column("id", text, primary_key=True), sa.Column("name", text)
        ),
        "Entry": sa.Table(
            "playlist_tracks", data,
            sa.Column("playlist", text, sa.ForeignKey("playlists.id"), primary_key=True),
            sa.Column("position", sa.Integer, primary_key=True),
            sa.Column("track", text, sa.ForeignKey("tracks.id"), index=True),
        ),
    }  # fmt: skip
    kinds = {name: type(name, (), {}) for name in tables}
    for name, kind in kinds.items():
        mapper.map_imperatively(kind, tables[name])
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    data.create_all(engine)

    def write(lists: Lists) -> None:
        for playlist in lists:
            with Session(engine) as session:
                session.merge(kinds["List"](id=playlist.id, name=playlist.name))
                for number, track in enumerate(playlist.tracks):
                    artist = track.artists[0]
                    session.merge(kinds["Artist"](id=artist))
                    session.merge(kinds["Song"](id=track.id, name=track.title, artist=artist))
                    session.merge(
                        kinds["Entry"](playlist=playlist.id, position=number, track=track.id)
                    )
                session.commit()
        engine.dispose()
        mapper.dispose()

    return write


# The columns that `raw` fills, of our own tables.
_COLUMNS = {
    "artist": "pk, name, key",
    "album": "pk, title, artist",
    "track": "pk, id, title, key, album, duration",
    "track_artist": "track, position, artist",
    "external_id": "track, kind, value",
    "track_name": "rowid, title, rest",
    "playlist": "pk, source, source_id, name, key, trainable",
    "playlist_track": "playlist, position, track",
}

Rows = dict[str, list[tuple[Any, ...]]]


class Raw:
    """Only what SQLite itself has to do: rows that somebody made beforehand, inner ids included."""

    def __init__(self, path: Path, lists_a_commit: int) -> None:
        self._path = path
        self._size = lists_a_commit
        self._pks: dict[str, dict[str, int]] = {name: {} for name in _COLUMNS}

    def prepare(self, lists: Lists) -> list[Rows]:
        """Make the rows of each playlist."""
        return [self._rows(playlist) for playlist in lists]

    def write(self, prepared: Sequence[Rows]) -> None:
        """Run INSERTs, committing after so many playlists."""
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            for pragma in ("synchronous=NORMAL", "cache_size=-64000", "wal_autocheckpoint=16000"):
                connection.execute(f"PRAGMA {pragma}")
            for first in range(0, len(prepared), self._size):
                connection.execute("BEGIN IMMEDIATE")
                for rows in prepared[first : first + self._size]:
                    for table, values in rows.items():
                        marks = ", ".join("?" * (_COLUMNS[table].count(",") + 1))
                        command = f"INSERT INTO {table} ({_COLUMNS[table]}) VALUES ({marks})"
                        connection.executemany(command, values)
                connection.execute("COMMIT")

    def _pk(self, table: str, name: str) -> tuple[int, bool]:
        known = self._pks[table]
        is_new = name not in known
        return known.setdefault(name, len(known) + 1), is_new

    def _rows(self, playlist: Playlist) -> Rows:
        rows: Rows = {name: [] for name in _COLUMNS}
        for track in playlist.tracks:
            pk, is_new = self._pk("track", track.id)
            if not is_new:
                continue
            (name,), title, album = track.artists, track.title or "", track.album or ""
            artist, is_new_artist = self._pk("artist", name)
            if is_new_artist:
                rows["artist"].append((artist, name, name_key(name)))
            record, is_new_album = self._pk("album", album)
            if is_new_album:
                rows["album"].append((record, album, ""))
            rows["track"].append((pk, track.id, title, name_key(title), record, track.duration))
            rows["track_artist"].append((pk, 0, artist))
            rows["external_id"] += [(pk, kind, value) for kind, value in track.ids.items()]
            terms = (search_terms(title), search_terms(f"{name} {album}"))
            rows["track_name"].append((pk, *map(" ".join, terms)))
        own, _ = self._pk("playlist", playlist.id or "")
        source, _, source_id = (playlist.id or "").partition(":")
        rows["playlist"].append(
            (own, source, source_id, playlist.name, name_key(playlist.name), True)
        )
        held = enumerate(self._pks["track"][track.id] for track in playlist.tracks)
        rows["playlist_track"] = [(own, number, track) for number, track in held]
        return rows
