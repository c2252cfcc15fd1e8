"""Imported files: how far each one has come, so that a stopped import goes on where it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from murecom.store import schema
from murecom.store.base import Backend
from murecom.store.database import Database, Statement
from murecom.store.files import path_bytes


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An imported file as it was then.

    `size` is in bytes, `mtime_ns` in nanoseconds; `trainable` is what was decided for all of it,
    None if nothing. `playlists` of it, or listens or whatever it holds, are in the store, `refused`
    rows were left out; `finished` says whether its end was reached.
    """

    path: str
    size: int
    mtime_ns: int
    trainable: bool | None = None
    playlists: int = 0
    refused: int = 0
    finished: bool = False


class Imports:
    """The imported files of a store; use it as ``store.imports``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, path: str) -> ImportRow | None:
        """Give what is known of a file; None if it was never imported."""
        table = schema.imported.c
        query = sa.select(schema.imported).where(table.path == path_bytes(path))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else ImportRow(path, *row[1:])

    def put(self, row: ImportRow) -> None:
        """Remember a file, in place of what was known of its path."""
        with self._database.write() as work:
            work.run(
                _PUT,
                path=path_bytes(row.path),
                size=row.size,
                mtime_ns=row.mtime_ns,
                trainable=row.trainable,
                playlists=row.playlists,
                refused=row.refused,
                finished=row.finished,
            )


def _upsert(backend: Backend) -> Any:
    statement = backend.insert(schema.imported)
    new = {c.name: statement.excluded[c.name] for c in schema.imported.c if c.name != "path"}
    return statement.on_conflict_do_update(index_elements=["path"], set_=new)


_PUT = Statement(_upsert)
