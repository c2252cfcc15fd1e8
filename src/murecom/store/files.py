"""Files: where a track was last seen, and what became of the files that gave none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from murecom.errors import BadInput
from murecom.store import schema
from murecom.store.base import Backend
from murecom.store.database import Database, Statement
from murecom.store.rows import clean_or_none, inner_id
from murecom.types import TrackId

STATES = ("done", "failed", "short", "silent", "gone")
"What can become of a file; `error` says why for all but done."


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as it was when last looked at.

    `path` may hold bytes that are no text, as Python writes them (surrogateescape); `size` is in
    bytes, `mtime_ns` in nanoseconds; `hash` is of the content, `state` one of `STATES`. `lyrics` is
    the mark of the lyric file beside it, empty if there was none, None if nobody looked yet.
    """

    path: str
    size: int
    mtime_ns: int
    hash: str | None = None
    track: TrackId | None = None
    state: str = "done"
    error: str | None = None
    lyrics: str | None = None


class Files:
    """The files of a store; use it as ``store.files``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, path: str) -> FileRow | None:
        """Give what is known of a path; None if nothing."""
        return next(iter(self._select(schema.file.c.path == path_bytes(path))), None)

    def put(self, row: FileRow) -> None:
        """Add a file, or replace what is known of its path.

        Raises
        ------
        BadInput
            The state is none of `STATES`.
        NotFound
            The track is not in the store; put it first.
        """
        if row.state not in STATES:
            raise BadInput(f"'{row.state}' is no state of a file. Use one of: {', '.join(STATES)}.")
        with self._database.write() as work:
            work.run(
                _PUT,
                path=path_bytes(row.path),
                size=row.size,
                mtime_ns=row.mtime_ns,
                hash=row.hash,
                track=None if row.track is None else inner_id(work, row.track),
                state=row.state,
                error=clean_or_none(row.error),
                lyrics=clean_or_none(row.lyrics),
            )
            work.changed = True

    def iter(
        self, under: str | None = None, state: str | None = None, batch: int = 1000
    ) -> Iterator[FileRow]:
        """Yield files in byte order of their paths.

        Parameters
        ----------
        under : str, optional
            Only this path and what is below it.
        state : str, optional
            Only files in this state.
        batch : int
            Rows read at a time; changes made meanwhile behind that point are not seen.
        """
        path = schema.file.c.path
        condition = _is_under(under) if under is not None else sa.true()
        if state is not None:
            condition &= schema.file.c.state == state
        last = b""
        while True:
            rows = self._select(condition & (path > last), batch)
            yield from rows
            if len(rows) < batch:
                return
            last = path_bytes(rows[-1].path)

    def by_hash(self, digest: str) -> list[FileRow]:
        """List the files with this content, gone ones too."""
        return self._select(schema.file.c.hash == digest)

    def counts(self) -> dict[str, int]:
        """Count the files by state; every state is there."""
        state = schema.file.c.state
        query = sa.select(state, sa.func.count()).group_by(state)
        with self._database.read() as connection:
            return dict.fromkeys(STATES, 0) | dict(connection.execute(query).all())

    def mark_gone(self, paths: Iterable[str]) -> None:
        """Say that files are no longer there; unknown paths are passed over.

        What is known of them stays, so that they can come back.
        """
        with self._database.write() as work:
            work.many(_GONE, [{"gone_path": path_bytes(path)} for path in paths])
            work.changed = True

    def roots(self) -> list[str]:
        """Give the music folders that were scanned, in byte order of their paths."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(schema.root.c.path).order_by(schema.root.c.path))
            return [os.fsdecode(path) for (path,) in rows]

    def set_roots(self, paths: Iterable[str]) -> None:
        """Remember these music folders, in place of those before."""
        rows = [{"path": path_bytes(path)} for path in paths]
        with self._database.write() as work:
            work.run(_NO_ROOTS)
            work.many(_ADD_ROOT, rows)

    def _select(self, condition: sa.ColumnElement[bool], limit: int | None = None) -> list[FileRow]:
        file = schema.file.c
        query = (
            sa.select(
                file.path, file.size, file.mtime_ns, file.hash, schema.track.c.id, file.state,
                file.error, file.lyrics,
            )
            .select_from(schema.file.outerjoin(schema.track))
            .where(condition)
            .order_by(file.path)
            .limit(limit)
        )  # fmt: skip
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [FileRow(os.fsdecode(path), *rest) for path, *rest in rows]


def path_bytes(path: str) -> bytes:
    """Give the bytes that the file system knows a path by."""
    if "\0" in path:
        raise BadInput("A path cannot hold a NUL character. Give the path of a file.")
    return os.fsencode(path)


def _is_under(folder: str) -> sa.ColumnElement[bool]:
    path, exact = schema.file.c.path, path_bytes(folder)
    start = exact.rstrip(b"/") + b"/"
    # The byte after "/" ends the range of everything below.
    return sa.or_(path == exact, (path >= start) & (path < start[:-1] + b"0"))


def _upsert(backend: Backend) -> Any:
    statement = backend.insert(schema.file)
    new = {c.name: statement.excluded[c.name] for c in schema.file.c if c.name != "path"}
    return statement.on_conflict_do_update(index_elements=["path"], set_=new)


_PUT = Statement(_upsert)
_NO_ROOTS = Statement(lambda _: sa.delete(schema.root))
_ADD_ROOT = Statement(lambda backend: backend.insert(schema.root).on_conflict_do_nothing())
_GONE = Statement(
    lambda _: (
        sa.update(schema.file)
        .where(schema.file.c.path == sa.bindparam("gone_path"))
        .values(state="gone")
    )
)
