"""PostgreSQL: for a service of several processes; terms in a tsvector with a GIN index.

The driver is chosen by the URL (`postgresql+psycopg://…`) and is not among the dependencies. Terms
of the title carry weight A, those of artists and album weight B. They are written in the notation
of `tsvector` itself, so that no dictionary of the server takes part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from murecom.errors import Unsupported
from murecom.store import schema
from murecom.store.base import SCHEMA, WRITERS, Backend, Match


class Postgres(Backend):
    """A database on a server.

    Parameters
    ----------
    url : sqlalchemy.URL
        With the driver, host, user and database name.
    wait : float
        Seconds to wait for a lock of another writer before giving up.
    """

    def __init__(self, url: sa.URL, wait: float) -> None:
        self.url = url
        self.wait = wait
        self.place = url.render_as_string(hide_password=True)

    def engine(self) -> sa.Engine:
        """Make the engine; the server is asked at the first use."""
        try:
            return sa.create_engine(
                self.url,
                pool_pre_ping=True,
                connect_args={"options": f"-c lock_timeout={int(self.wait * 1000)}"},
            )
        except ModuleNotFoundError as error:
            raise Unsupported(
                f"{self.place} needs the driver {error.name}. Run: pip install {error.name}"
            ) from error

    def insert(self, table: sa.Table) -> Any:
        """Begin an INSERT with PostgreSQL's ON CONFLICT."""
        return insert(table)

    def insert_lists(self, table: sa.Table, columns: Sequence[str]) -> Any:
        """Begin an INSERT that takes arrays apart: one statement and one answer for all rows."""
        arrays = (sa.bindparam(name, type_=_array(table.c[name].type)) for name in columns)
        rows = sa.select(*(sa.func.unnest(array) for array in arrays))
        return insert(table).from_select(list(columns), rows)

    def giving(self, statement: Any, *columns: sa.ColumnElement[Any]) -> Any:
        """Add RETURNING; rows that were there before are not given."""
        return statement.returning(*columns)

    def fill(self, cursor: Any, text: str, values: Any) -> list[Any]:
        """Send all rows at once."""
        cursor.execute(text, values)
        return list(cursor.fetchall()) if cursor.description else []

    def among(self, column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
        """Compare with an array."""
        return column == sa.any_(sa.bindparam(name, type_=_array(column.type)))

    def listed(self, values: Sequence[Any]) -> Any:
        """Give the list: the driver makes it an array."""
        return list(values)

    def begin(self, connection: sa.Connection, *, writing: bool) -> None:
        """Let a reader see one state throughout; writers see each other's commits.

        Only the statements of writers are prepared: there are few of them, and all look rows up by
        keys. A plan that was made while a table was empty would read all of it for ever after, so
        theirs must use indexes.
        """
        driver: Any = connection.connection.driver_connection
        driver.prepare_threshold = 5 if writing else None
        if writing:
            connection.exec_driver_sql(
                "SET LOCAL enable_seqscan = off; SET LOCAL jit = off; "
                f"SELECT pg_advisory_xact_lock_shared({WRITERS})"
            )
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def settle(self, connection: sa.Connection) -> None:
        """Take the lock of the writers alone.

        A reader's snapshot is older than the wait, so it holds no number above one that is missing.
        """
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITERS)))

    def lock_schema(self, connection: sa.Connection) -> None:
        """Take the advisory lock that stands for the schema."""
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SCHEMA)))

    def index(self, cursor: Any, pk: int, title: Sequence[str], rest: Sequence[str]) -> None:
        """Put terms into the tsvector."""
        cursor.execute(
            "INSERT INTO track_name (track, terms) VALUES (%s, CAST(%s AS tsvector)) "
            "ON CONFLICT (track) DO UPDATE SET terms = excluded.terms",
            (pk, _vector(title, rest)),
        )

    def index_new(
        self, cursor: Any, rows: Sequence[tuple[int, Sequence[str], Sequence[str]]]
    ) -> None:
        """Put terms into the tsvectors of new rows."""
        cursor.execute(
            "INSERT INTO track_name (track, terms) SELECT pk, CAST(vector AS tsvector) "
            "FROM unnest(CAST(%s AS bigint[]), CAST(%s AS text[])) AS fresh (pk, vector) "
            "ON CONFLICT DO NOTHING",
            ([pk for pk, _, _ in rows], [_vector(title, rest) for _, title, rest in rows]),
        )

    def unindex(self, cursor: Any, pks: Iterable[int]) -> None:
        """Do nothing: the terms go with their track."""

    def find(self, connection: sa.Connection, match: Match, limit: int) -> list[int]:
        """Ask the GIN index."""
        pk = schema.track.c.pk
        fits = sa.text("track_name.terms @@ CAST(:query AS tsquery)")
        query = (
            sa.select(pk)
            .join(sa.table("track_name", sa.column("track")), sa.column("track") == pk)
            .where(fits, schema.is_present())
            .order_by(pk)
            .limit(limit)
        )
        return list(connection.scalars(query, {"query": _expression(match)}))

    def words(self, connection: sa.Connection, start: str, lengths: range) -> list[str]:
        """Give none: PostgreSQL lists the terms of an index only by reading the whole table."""
        return []

    def backup(self, connection: sa.Connection, target: Path) -> None:
        """Refuse: the server has its own tools."""
        raise Unsupported(
            f"murecom makes backups of SQLite files only. Run: pg_dump -Fc -f {target}"
        )


def _array(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """Give the type of an array; how texts are ordered is the table's business."""
    return sa.ARRAY(sa.Text() if isinstance(kind, sa.Text) else kind)


def _vector(title: Sequence[str], rest: Sequence[str]) -> str:
    """Write terms in the notation of tsvector (PostgreSQL manual, 8.11.1)."""
    words = [f"{_quoted(term)}:1A" for term in title]
    words += [f"{_quoted(term)}:2B" for term in rest]
    return " ".join(words)


def _expression(match: Match) -> str:
    """Write the match in the notation of tsquery (PostgreSQL manual, 8.11.2)."""
    groups = []
    for number, terms in enumerate(match.groups):
        star = "*" if match.is_prefix and number == len(match.groups) - 1 else ""
        label = star + ("A" if match.title_only else "")
        quoted = [_quoted(term) + (f":{label}" if label else "") for term in terms]
        groups.append("(" + " | ".join(quoted) + ")")
    return " & ".join(groups)


def _quoted(term: str) -> str:
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"
