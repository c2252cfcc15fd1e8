"""Vectors: what embedders heard in the windows of a track.

Windows are kept in half precision, their mean in single precision beside them: models read the
means of all tracks at once, single windows are looked at rarely. Every row carries the key of its
embedder; vectors of different keys never meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from murecom.errors import BadInput
from murecom.store import schema
from murecom.store.base import Backend
from murecom.store.database import Database, Statement, Work
from murecom.store.rows import asked, inner_id
from murecom.types import TrackId

Vectors32 = npt.NDArray[np.float32]


class Vectors:
    """The vectors of a store; use it as ``store.vectors``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, track_id: TrackId, key: str, array: npt.ArrayLike) -> None:
        """Keep the vectors of a track's windows, in place of earlier ones of the same key.

        Parameters
        ----------
        track_id : TrackId
            A track in the store.
        key : str
            Which embedder made them, with its version.
        array : array of float, shape (n_windows, dim) or (dim,)
            Stored as float16; as float32 if a value is too large for that.

        Raises
        ------
        NotFound
            No such track.
        BadInput
            No window, a value that is not finite, or another `dim` than the key's.
        """
        windows = np.atleast_2d(np.asarray(array, dtype=np.float32))
        largest = np.abs(windows).max() if windows.ndim == 2 and windows.size else np.nan
        if not np.isfinite(largest):
            raise BadInput(
                f"The vectors '{key}' of '{track_id}' are not usable: shape {windows.shape} "
                "or a value that is not finite. Embed the track again."
            )
        stored = windows.astype("<f2" if largest <= 65504 else "<f4")
        # The mean of what is stored, not of what was given: both ways of reading agree.
        mean = stored.sum(axis=0, dtype="<f4") / np.float32(len(windows))
        with self._database.write() as work:
            pk = inner_id(work, track_id)
            number = _key_number(work, key, windows.shape[1])
            row = {"key": number, "track": pk}
            work.run(_PUT, **row, windows=len(windows), mean=mean.tobytes())
            work.run(_PUT_WINDOWS, **row, data=stored.tobytes())
            work.changed = True

    def get(self, track_id: TrackId, key: str) -> Vectors32 | None:
        """Give the vectors of a track's windows, float32, shape (n_windows, dim), or None."""
        return self.windows([track_id], key).get(track_id)

    def windows(self, ids: Iterable[TrackId], key: str) -> dict[TrackId, Vectors32]:
        """Give the windows, float32, shape (n_windows, dim), of those tracks that have any."""
        data, track = schema.vector_window.c, schema.track.c
        found: dict[TrackId, Vectors32] = {}
        with self._database.read() as connection:
            number, dim = _known_key(connection, key)
            for batch in asked(ids) if number else ():
                query = (
                    sa.select(track.id, data.data, schema.vector.c.windows)
                    .join_from(schema.vector_window, schema.track)
                    .join(
                        schema.vector,
                        (schema.vector.c.key == data.key) & (schema.vector.c.track == data.track),
                    )
                    .where(data.key == number, track.id.in_(batch))
                )
                for track_id, blob, count in connection.execute(query):
                    dtype = "<f2" if len(blob) == 2 * count * dim else "<f4"
                    rows = np.frombuffer(blob, dtype).reshape(count, dim).astype(np.float32)
                    found[TrackId(track_id)] = rows
        return found

    def matrix(self, key: str) -> tuple[list[TrackId], Vectors32]:
        """Give the mean vectors of all present tracks that have vectors of this key.

        Returns
        -------
        ids : list of TrackId
            In ascending order of the ids.
        matrix : ndarray of float32, shape (n, dim)
            Mean over windows, row i for ids[i]; shape (0, dim) without tracks, (0, 0) for an
            unknown key.
        """
        vector, track = schema.vector.c, schema.track.c
        with self._database.read() as connection:
            number, dim = _known_key(connection, key)
            rows = connection.execute(
                sa.select(track.id, vector.mean)
                .join_from(schema.vector, schema.track)
                .where(vector.key == number, schema.is_present())
            ).all()
        rows = sorted(rows, key=lambda row: row[0])
        matrix = np.frombuffer(bytearray().join([mean for _, mean in rows]), "<f4")
        return [TrackId(track_id) for track_id, _ in rows], matrix.reshape(len(rows), dim)

    def missing(self, keys: Sequence[str]) -> list[TrackId]:
        """List the present tracks that lack vectors of one of these keys, in order of their ids."""
        vector, track = schema.vector.c, schema.track.c
        if not keys:
            return []
        has = (
            sa.select(sa.func.count())
            .select_from(schema.vector.join(schema.vector_key))
            .where(vector.track == track.pk, schema.vector_key.c.key.in_(keys))
            .scalar_subquery()
        )
        query = sa.select(track.id).where(has < len(set(keys)), schema.is_present())
        with self._database.read() as connection:
            return sorted(TrackId(track_id) for track_id in connection.scalars(query))

    def keys(self) -> list[str]:
        """List the keys of which any track has vectors."""
        used = sa.select(1).where(schema.vector.c.key == schema.vector_key.c.pk)
        query = sa.select(schema.vector_key.c.key).where(used.exists())
        with self._database.read() as connection:
            return sorted(connection.scalars(query))


def _known_key(connection: sa.Connection, key: str) -> tuple[int, int]:
    """Give number and dim of a key; number 0, which no key has, if it is unknown."""
    query = sa.select(schema.vector_key.c.pk, schema.vector_key.c.dim)
    row = connection.execute(query.where(schema.vector_key.c.key == key)).first()
    return row or (0, 0)


def _key_number(work: Work, key: str, dim: int) -> int:
    row = work.recall("keys", key)
    number, known_dim = row or work.find_or_make("keys", key, _FIND, _MAKE, key=key, dim=dim)
    if known_dim != dim:
        raise BadInput(
            f"Vectors '{key}' have {known_dim} numbers, not {dim}. "
            "Give a changed embedder another key."
        )
    return int(number)


def _upsert(backend: Backend) -> Any:
    statement = backend.insert(schema.vector)
    new = {"windows": statement.excluded.windows, "mean": statement.excluded.mean}
    return statement.on_conflict_do_update(index_elements=["key", "track"], set_=new)


def _upsert_windows(backend: Backend) -> Any:
    statement = backend.insert(schema.vector_window)
    return statement.on_conflict_do_update(
        index_elements=["key", "track"], set_={"data": statement.excluded.data}
    )


_PUT = Statement(_upsert)
_PUT_WINDOWS = Statement(_upsert_windows)
_FIND = Statement(
    lambda _: sa.select(schema.vector_key.c.pk, schema.vector_key.c.dim).where(
        schema.vector_key.c.key == sa.bindparam("key")
    )
)
_MAKE = Statement(
    lambda backend: (
        backend.insert(schema.vector_key)
        .on_conflict_do_nothing()
        .returning(schema.vector_key.c.pk, schema.vector_key.c.dim)
    ),
    ("key", "dim"),
)
