"""SQLite: one file, readers and one writer at a time, terms in an FTS5 table.

Write-ahead logging lets readers go on beside the writer; `synchronous=NORMAL` means that a crash of
the program loses nothing and a power cut at most the last commits, never consistency
(sqlite.org/wal.html). Write transactions start with BEGIN IMMEDIATE: they queue at their beginning,
where waiting is possible, instead of failing in the middle.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from murecom.errors import BadInput, Unreachable
from murecom.store.base import Backend, Match
from murecom.store.faults import explained
from murecom.store.schema import ABSENT

_READING, _WRITING = -16_000, -64_000
"""Memory for pages in KB, as SQLite writes it. In a database of millions of tracks a bulk of 20,000
entries touches more than 16 MB of its indexes: a third more pages are then read twice."""

# As `schema.is_present`, for a row of the FTS5 table.
_FILE = "SELECT 1 FROM file WHERE file.track = track_name.rowid"
_IS_PRESENT = f"(EXISTS ({_FILE} AND file.state NOT IN {ABSENT}) OR NOT EXISTS ({_FILE}))"


def may_write(path: Path) -> bool:
    """Tell whether this user may write the file, and files beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _has_log(path: Path) -> bool:
    """Tell whether changes wait in the log: they cannot be read where nothing can be written."""
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


class SQLite(Backend):
    """A database in one file.

    Parameters
    ----------
    path : Path
        The file; made with its folders when first written.
    wait : float
        Seconds to wait for another writer before giving up.
    """

    def __init__(self, path: Path, wait: float) -> None:
        self.path = path
        self.wait = wait
        self.place = os.fspath(path)

    def engine(self) -> sa.Engine:
        """Make the engine, the folders and, where there is none, an empty file.

        A file in a place where we may not write is opened for reading.
        """
        try:
            if self.path.is_dir():
                raise BadInput(f"{self.place} is a folder. Name a file for the database.")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # A plain open tells what is wrong; SQLite only says "unable to open database file".
            with self.path.open("ab" if not self.path.exists() else "rb"):
                pass
        except OSError as error:
            raise explained(error, self.place) from error
        url = sa.URL.create("sqlite", database=os.fspath(self.path))
        if not may_write(self.path) and not _has_log(self.path):
            # A read-only folder has no room for the files that go with the log, and nobody writes.
            name = f"file:{quote(os.fspath(self.path.absolute()))}?mode=ro&immutable=1"
            url = sa.URL.create("sqlite", database=name, query={"uri": "true"})
        engine = sa.create_engine(
            url,
            connect_args={"timeout": self.wait, "check_same_thread": False},
            pool_size=4,
            max_overflow=-1,
        )
        sa.event.listen(engine, "connect", self._connected)
        return engine

    @staticmethod
    def _connected(driver: sqlite3.Connection, _record: object) -> None:
        # The driver must not begin transactions by itself: `begin` below does.
        driver.isolation_level = None
        for pragma in (
            "foreign_keys=ON",
            "synchronous=NORMAL",
            "temp_store=MEMORY",
            f"cache_size={_READING}",
            "wal_autocheckpoint=16000",  # 64 MB: a checkpoint waits for the disk, so make few
            "journal_size_limit=67108864",  # 64 MB: shrink the log after a bulk import
        ):
            driver.execute(f"PRAGMA {pragma}")
        # The mode is a property of the file; asking is cheaper than setting it again.
        if driver.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                driver.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
                    raise

    def insert(self, table: sa.Table) -> Any:
        """Begin an INSERT with SQLite's ON CONFLICT."""
        return insert(table)

    def insert_lists(self, table: sa.Table, columns: Sequence[str]) -> Any:
        """Begin an INSERT of one row; the driver repeats it for each."""
        return insert(table).values({name: sa.bindparam(name) for name in columns})

    def giving(self, statement: Any, *columns: sa.ColumnElement[Any]) -> Any:
        """Leave it: a statement that is repeated gives no rows."""
        return statement

    def fill(self, cursor: Any, text: str, values: Any) -> list[Any]:
        """Run it for each row."""
        cursor.executemany(text, zip(*values, strict=True))
        return []

    def among(self, column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
        """Let SQLite take a JSON array apart."""
        values = sa.func.json_each(sa.bindparam(name, type_=sa.Text)).table_valued("value")
        return column.in_(sa.select(values.c.value))

    def listed(self, values: Sequence[Any]) -> Any:
        """Write a JSON array."""
        return json.dumps(values)

    def begin(self, connection: sa.Connection, *, writing: bool) -> None:
        """Begin at once, waiting for another writer if need be."""
        if writing:
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA cache_size={_WRITING}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    def settle(self, connection: sa.Connection) -> None:
        """Do nothing: there is one writer, who numbers rows in the order of the commits."""

    def lock_schema(self, connection: sa.Connection) -> None:
        """Do nothing: a write transaction already keeps all others out."""

    def index(self, cursor: Any, pk: int, title: Sequence[str], rest: Sequence[str]) -> None:
        """Put terms into the FTS5 table."""
        cursor.execute(
            "INSERT OR REPLACE INTO track_name (rowid, title, rest) VALUES (?, ?, ?)",
            (pk, " ".join(title), " ".join(rest)),
        )

    def index_new(
        self, cursor: Any, rows: Sequence[tuple[int, Sequence[str], Sequence[str]]]
    ) -> None:
        """Put terms into the FTS5 table, without asking what it has."""
        cursor.executemany(
            "INSERT INTO track_name (rowid, title, rest) VALUES (?, ?, ?)",
            [(pk, " ".join(title), " ".join(rest)) for pk, title, rest in rows],
        )

    def unindex(self, cursor: Any, pks: Iterable[int]) -> None:
        """Delete rows of the FTS5 table."""
        cursor.executemany("DELETE FROM track_name WHERE rowid = ?", [(pk,) for pk in pks])

    def find(self, connection: sa.Connection, match: Match, limit: int) -> list[int]:
        """Ask the FTS5 table, which yields rows in the order of their ids and can stop early."""
        query = f"SELECT rowid FROM track_name WHERE track_name MATCH ? AND {_IS_PRESENT} LIMIT ?"
        rows = connection.exec_driver_sql(query, (_expression(match), limit))
        return [int(pk) for (pk,) in rows]

    def words(self, connection: sa.Connection, start: str, lengths: range) -> list[str]:
        """Read the FTS5 vocabulary."""
        query = (
            "SELECT term FROM track_word WHERE term >= ? AND term < ? "
            "AND length(term) BETWEEN ? AND ?"
        )
        bounds = (start, start + "\U0010ffff", lengths.start, lengths.stop - 1)
        return [str(term) for (term,) in connection.exec_driver_sql(query, bounds)]

    def backup(self, connection: sa.Connection, target: Path) -> None:
        """Copy with SQLite's online backup, check the copy, then give it its name."""
        if target.is_dir() or (target.exists() and target.samefile(self.path)):
            raise BadInput(f"{target} cannot take a backup. Name a new file.")
        if target.with_name(target.name + "-wal").exists():
            raise BadInput(f"{target} is a database in use. Name another file for the backup.")
        partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(partial)) as copy:
                driver: Any = connection.connection.driver_connection
                driver.backup(copy)
                # A copy that is complete in one file needs no log beside it.
                copy.execute("PRAGMA journal_mode=DELETE")
                verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                raise Unreachable(
                    f"The backup {target} would be damaged ({verdict}). Check the disk of "
                    f"{self.place} and of the backup."
                )
            with partial.open("rb+") as stream:
                os.fsync(stream.fileno())
            partial.replace(target)
        except (OSError, sqlite3.Error) as error:
            raise explained(error, os.fspath(target)) from error
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


def _expression(match: Match) -> str:
    """Write the match in FTS5's language (sqlite.org/fts5.html, section 3); all terms quoted."""
    groups = []
    for number, terms in enumerate(match.groups):
        star = "*" if match.is_prefix and number == len(match.groups) - 1 else ""
        quoted = ['"' + term.replace('"', '""') + '"' + star for term in terms]
        groups.append("(" + " OR ".join(quoted) + ")")
    joined = " AND ".join(groups)
    return f"title : ({joined})" if match.title_only else joined
