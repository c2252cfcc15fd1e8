"""Transactions: who reads, who writes, and what a write transaction remembers.

A thread has at most one write transaction; whatever it calls meanwhile joins that one. Reads within
it see what it wrote. Statements that run once per track are compiled by SQLAlchemy a single time
and then go straight to the driver (`Statement`), several times faster: docs/design/store.md.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa

from murecom.errors import BadInput, MurecomError, NotReady, Unsupported
from murecom.store import schema
from murecom.store.base import Backend
from murecom.store.faults import explained
from murecom.store.sqlite import SQLite
from murecom.store.told import Told

_REMEMBERED = 50_000
"Rows of artists and of albums kept in memory: some MB, more artists than most folders have."

Row = tuple[Any, ...]
Memory = dict[str, dict[Hashable, Row]]


def backend_of(url: str | Path, wait: float) -> Backend:
    """Choose the kind of database by URL; anything without ``://`` is the path of a SQLite file.

    Raises
    ------
    BadInput
        The URL cannot be read or names no file.
    Unsupported
        A kind of database that murecom does not know.
    """
    text = os.fspath(url)
    if "://" not in text:
        return SQLite(Path(text).expanduser(), wait)
    try:
        parsed = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise BadInput(
            f"'{text}' is no database address. Give a path or a URL such as sqlite:///music.db."
        ) from error
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        # Its part of SQLAlchemy takes a tenth of a second to import, which most users never need.
        from murecom.store.postgres import Postgres

        return Postgres(parsed, wait)
    if kind != "sqlite":
        raise Unsupported(f"murecom keeps no data in {kind}. Use SQLite (a path) or PostgreSQL.")
    if not parsed.database or parsed.database == ":memory:":
        raise BadInput(
            "The database needs a file. Give a path or a URL such as sqlite:///music.db."
        )
    return SQLite(Path(parsed.database), wait)


Binder = Callable[[Mapping[str, Any]], Any]


class Statement:
    """A statement that is compiled once for each kind of database.

    Parameters
    ----------
    make : callable
        Takes the backend and gives the SQLAlchemy statement; its bound parameters are given by name
        at every run.
    columns : sequence of str, optional
        Columns that an INSERT without values fills; all without it.
    """

    def __init__(
        self, make: Callable[[Backend], Any], columns: Sequence[str] | None = None
    ) -> None:
        self._make = make
        self._columns = columns
        self._compiled: dict[str, tuple[str, Binder]] = {}

    def compiled(self, backend: Backend, dialect: sa.Dialect) -> tuple[str, Binder]:
        """Give the text, and what makes the driver's parameters of values by name."""
        found = self._compiled.get(dialect.name)
        if found is None:
            result = self._make(backend).compile(dialect=dialect, column_keys=self._columns)
            found = self._compiled[dialect.name] = (str(result), _binder(result))
        return found


class Work:
    """An open write transaction.

    `changed` says whether tracks, files or vectors were touched, `lists_changed` whether playlists
    or what is in them; `tracks` and `found` hold inner ids and rows that were looked up or made in
    it.
    """

    def __init__(self, database: Database, connection: sa.Connection) -> None:
        self.backend = database.backend
        self.errors = database.errors
        self.connection = connection
        self.changed = False
        self.lists_changed = False
        self.failure: Exception | None = None
        self.tracks: dict[str, int] = {}
        self.told: set[int] = set()
        self.found: Memory = {kind: {} for kind in database.known}
        self._known = database.known
        self._told = database.told
        self._dialect = connection.dialect
        self.cursor: Any = connection.connection.cursor()

    def run(self, statement: Statement, **values: Any) -> None:
        """Run a statement that gives no rows."""
        text, bind = statement.compiled(self.backend, self._dialect)
        self.cursor.execute(text, bind(values))

    def rows(self, statement: Statement, **values: Any) -> list[Any]:
        """Run a statement and give all its rows."""
        text, bind = statement.compiled(self.backend, self._dialect)
        self.cursor.execute(text, bind(values))
        return list(self.cursor.fetchall())

    def many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each row."""
        if rows:
            text, bind = statement.compiled(self.backend, self._dialect)
            self.cursor.executemany(text, [bind(row) for row in rows])

    def fill(self, statement: Statement, **columns: Sequence[Any]) -> list[Any]:
        """Insert as many rows as the lists are long, by what `Backend.insert_lists` began.

        Gives columns of the new rows where the statement asks and the database can (`giving`).
        """
        if not next(iter(columns.values())):
            return []
        text, bind = statement.compiled(self.backend, self._dialect)
        return self.backend.fill(self.cursor, text, bind(columns))

    def look_up(self, statement: Statement, among: Sequence[Any], **values: Any) -> list[Any]:
        """Give all rows that belong to one of many values, the parameter `among` of a statement."""
        if not among:
            return []
        return self.rows(statement, among=self.backend.listed(among), **values)

    def is_told(self, mark: int) -> bool:
        """Tell whether a track came with just this before; see `store.completing`."""
        return mark in self.told or mark in self._told

    def recall(self, kind: str, what: Hashable) -> Row | None:
        """Give the row of an artist, album or key of vectors if it was looked up before."""
        return self._known[kind].get(what) or self.found[kind].get(what)

    def find_or_make(
        self, kind: str, what: Hashable, find: Statement, make: Statement, /, **values: Any
    ) -> Row:
        """Give the row of an artist, album or key of vectors, made if need be, and remember it.

        They are never changed or deleted: what one transaction committed holds for the next ones.
        """
        # An insert that meets an existing row gives nothing, so the row is looked up first and,
        # for writers that came in between, last.
        rows = self.rows(find, **values) or self.rows(make, **values)
        row = self.found[kind][what] = tuple((rows or self.rows(find, **values))[0])
        return row


class Joined:
    """A step inside a transaction that is already open.

    A class, not a generator: a bulk import enters it twice for each track.
    """

    __slots__ = ("_work",)

    def __init__(self, work: Work) -> None:
        self._work = work

    def __enter__(self) -> Work:
        if self._work.failure is not None:
            raise NotReady("This transaction failed before. Leave it and start it again.")
        return self._work

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Our own errors are raised before anything is written: the caller may go on. After all
        # others half a change must not be committed, even if the caller swallows them.
        if isinstance(error, self._work.errors):
            self._work.failure = explained(error, self._work.backend.place)
            if self._work.failure is not error:
                raise self._work.failure from error
        elif isinstance(error, Exception) and not isinstance(error, MurecomError):
            self._work.failure = error


class Database:
    """The engine and the transactions of each thread.

    Parameters
    ----------
    backend : Backend
        The kind of database and where it is.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.engine = backend.engine()
        self.known: Memory = {"artists": {}, "albums": {}, "keys": {}}
        self.told = Told()
        self._local = threading.local()
        self._process = os.getpid()
        dbapi: Any = self.engine.dialect.dbapi
        self.errors: tuple[type[Exception], ...] = (sa.exc.DBAPIError, sqlite3.Error, dbapi.Error)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the database throughout."""
        self._check_process()
        work: Work | None = getattr(self._local, "work", None)
        if work is not None:
            with Joined(work):
                yield work.connection
            return
        outer: sa.Connection | None = getattr(self._local, "connection", None)
        if outer is not None:
            with self._translated():
                yield outer
            return
        with self._translated(), self.engine.connect() as connection:
            connection.begin()
            self.backend.begin(connection, writing=False)
            self._local.connection = connection
            try:
                yield connection
            finally:
                self._local.connection = None

    def write(self) -> AbstractContextManager[Work]:
        """Give the write transaction of this thread; the outermost caller's end commits it.

        Raises
        ------
        NotReady
            Something in this transaction failed before, so nothing of it can be kept.
        """
        self._check_process()
        work: Work | None = getattr(self._local, "work", None)
        return self._outermost() if work is None else Joined(work)

    @contextmanager
    def _outermost(self) -> Iterator[Work]:
        if getattr(self._local, "connection", None) is not None:
            raise NotReady("A write began inside a read. Finish reading first.")
        with self._translated(), self.engine.connect() as connection:
            connection.begin()
            self.backend.begin(connection, writing=True)
            work = Work(self, connection)
            self._local.work = work
            try:
                yield work
                if work.failure is not None:
                    raise work.failure
                if work.changed:
                    work.run(_GREW, name="revision")
                if work.lists_changed:
                    work.run(_GREW, name="playlists")
                connection.commit()
            finally:
                self._local.work = None
                # After a full disk there may be no transaction left to roll back.
                with suppress(*self.errors):
                    connection.rollback()
            self._remember(work)

    @property
    def is_writing(self) -> bool:
        """Whether this thread has a write transaction open."""
        return getattr(self._local, "work", None) is not None

    def close(self) -> None:
        """Close all connections."""
        if os.getpid() == self._process:
            self.engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self.errors as error:
            raised = explained(error, self.backend.place)
            if raised is error:
                raise
            raise raised from error

    def _check_process(self) -> None:
        # SQLite connections must not cross a fork (sqlite.org/howtocorrupt.html, 2.6).
        if os.getpid() != self._process:
            raise NotReady("This store belongs to another process. Open it again in this one.")

    def _remember(self, work: Work) -> None:
        self.told.update(work.told)
        for kind, known in self.known.items():
            if len(known) > _REMEMBERED:
                self.known[kind] = {}
            self.known[kind].update(work.found[kind])


def _binder(compiled: Any) -> Binder:
    """Order values as a compiled statement wants them; constants in it are parameters, too."""
    given = {name for name, bind in compiled.binds.items() if bind.required}
    fixed = {
        name: value
        for name, value in compiled.params.items()
        if value is not None and name not in given
    }
    if not compiled.positional:
        return lambda values: {**fixed, **values}
    names = compiled.positiontup
    if len(names) > 1 and not fixed:
        return itemgetter(*names)
    return lambda values: [values[name] if name in values else fixed[name] for name in names]


def _count_up(backend: Backend) -> Any:
    statement = backend.insert(schema.counter).values(name=sa.bindparam("name"), value=1)
    return statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": schema.counter.c.value + 1}
    )


_GREW = Statement(_count_up)
