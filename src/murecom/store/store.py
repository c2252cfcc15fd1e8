"""The store: everything murecom remembers, behind one object."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from murecom.errors import NotReady
from murecom.store import schema
from murecom.store.abouts import Abouts
from murecom.store.crawls import Crawls
from murecom.store.database import Database, backend_of
from murecom.store.descriptors import Descriptors
from murecom.store.files import Files
from murecom.store.imports import Imports
from murecom.store.listens import Listens
from murecom.store.moods import Moods
from murecom.store.playlists import Playlists
from murecom.store.sqlite import SQLite
from murecom.store.tags import Tags
from murecom.store.texts import Texts
from murecom.store.tracks import Tracks
from murecom.store.twins import Twins
from murecom.store.upgrade import bring_up_to_date
from murecom.store.vectors import Vectors


class Store:
    """A database of music. Make one with `Store.open`; threads may share it, processes may not.

    Attributes
    ----------
    tracks, files, vectors, descriptors, tags, texts, playlists, imports, moods, listens, abouts,
    crawls, twins
        The kinds of things in it, each with `put`, `get` and what else suits it. Every put commits
        itself unless it stands inside `transaction`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.tracks = Tracks(database)
        self.files = Files(database)
        self.vectors = Vectors(database)
        self.descriptors = Descriptors(database)
        self.tags = Tags(database)
        self.texts = Texts(database)
        self.playlists = Playlists(database)
        self.imports = Imports(database)
        self.moods = Moods(database)
        self.listens = Listens(database)
        self.abouts = Abouts(database)
        self.crawls = Crawls(database)
        self.twins = Twins(database)

    @classmethod
    def open(cls, url: str | Path, *, wait: float = 30.0) -> Self:
        """Open a database, made or brought up to date if need be.

        Parameters
        ----------
        url : str or Path
            Path of a SQLite file (folders are made), or a URL (``postgresql+psycopg://…``).
        wait : float
            Seconds that a write waits for other writers.

        Raises
        ------
        BadInput
            No murecom database: damaged, another program's, a folder.
        Unsupported
            Written by a newer murecom, or a kind of database that is not known.
        Unreachable
            No permission, no room, no answer.
        NotReady
            Another program kept it locked for longer than `wait`.
        """
        database = Database(backend_of(url, wait))
        try:
            bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    @staticmethod
    def exists(url: str | Path) -> bool:
        """Tell whether there is a file to open; always of a database that is none."""
        backend = backend_of(url, 0.0)
        return not isinstance(backend, SQLite) or backend.path.exists()

    def close(self) -> None:
        """Close all connections; the store cannot be relied on afterwards."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is put inside, or, after an error, nothing of it.

        Transactions of one thread nest: the outermost one commits. Other threads and processes
        read on meanwhile, see nothing of it before, and wait with their own puts.
        """
        with self._database.write():
            yield

    def status(self) -> dict[str, int]:
        """Count what is there.

        Returns
        -------
        dict of str to int
            `tracks` that are present; `artists` (by folded name) and `albums` of these;
            `playlists`, of which models may learn from those that are `trainable`; `vectors` of
            present tracks over all keys; `embedded`, present tracks with any vector; `lyrics`,
            present tracks with words; `lost`, tracks whose files are all gone or failed; `listens`;
            `files`, of which `failed` and `gone`.
        """
        is_present = schema.is_present()
        track, link, vector = schema.track, schema.track_artist, schema.vector
        present = sa.select(track.c.pk, track.c.album).where(is_present).cte("present")
        artists = (
            sa.select(sa.func.count(schema.artist.c.key.distinct()))
            .select_from(present)
            .join(link, link.c.track == present.c.pk)
            .join(schema.artist, schema.artist.c.pk == link.c.artist)
        )
        vectors = sa.select(sa.func.count(), sa.func.count(vector.c.track.distinct())).join_from(
            present, vector, vector.c.track == present.c.pk
        )
        with self._database.read() as connection:
            all_tracks, tracks, albums = connection.execute(
                sa.select(
                    sa.select(sa.func.count()).select_from(track).scalar_subquery(),
                    sa.select(sa.func.count()).select_from(present).scalar_subquery(),
                    sa.select(sa.func.count(present.c.album.distinct())).scalar_subquery(),
                )
            ).one()
            number, embedded = connection.execute(vectors).one()
            counted = {
                "tracks": tracks,
                "playlists": connection.scalar(
                    sa.select(sa.func.count()).select_from(schema.playlist)
                ),
                "trainable": connection.scalar(
                    sa.select(sa.func.count())
                    .select_from(schema.playlist)
                    .where(schema.playlist.c.trainable)
                ),
                "artists": connection.scalar(artists),
                "albums": albums,
                "vectors": number,
                "embedded": embedded,
                "lyrics": self.texts.count("lyrics"),
                "lost": all_tracks - tracks,
                "listens": self.listens.count(),
            }
            files = self.files.counts()
        counted |= {"files": sum(files.values()), "failed": files["failed"], "gone": files["gone"]}
        return {name: int(value or 0) for name, value in counted.items()}

    def revision(self) -> int:
        """Give a number that grows with every committed change of tracks, files or vectors."""
        counter = schema.counter.c
        query = sa.select(counter.value).where(counter.name == "revision")
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def backup(self, target: str | Path) -> None:
        """Copy the database as it is now into a new file, checked for damage.

        Others may read and write meanwhile. A file of that name is replaced, at the very end.

        Raises
        ------
        Unsupported
            The database is no SQLite file.
        BadInput
            The target is a folder, the database itself, or a database in use.
        Unreachable
            The target cannot be written.
        NotReady
            This thread is in the middle of a transaction.
        """
        if self._database.is_writing:
            raise NotReady("No backup is made inside a transaction. Finish the transaction first.")
        with self._database.read() as connection:
            self._database.backend.backup(connection, Path(target).expanduser())
