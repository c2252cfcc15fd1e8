"""Moods of tracks: a point, how sure it is and what it came from.

A track has one row for each part that says something (its lyrics, its comments …) and one for all
of them together. A row without a point only remembers that these inputs said nothing, so that they
are not read again; no reader gets to see it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.store import schema
from murecom.store.base import Backend
from murecom.store.database import Database, Statement, Work
from murecom.store.loading import many
from murecom.store.rows import asked, batches, clean
from murecom.types import TrackId

Floats = NDArray[np.float32]

ALL: Final = "all"
"Key of the mood that all parts together give a track."

PARTS: Final = ("lyrics", "comments", "title", "playlists", "tags", "sound")
"Keys of the parts, in the order in which they are shown."

KEYS: Final = (*PARTS, ALL)
"Every key."

LABELS: Final = 9
"Numbers in `probabilities`: the labels that a text can have, `mood.labels.FELT`."

CHUNK = 50_000
"Rows taken from the driver at a time."


@dataclass(frozen=True, slots=True, eq=False)
class MoodRow:
    """The mood of a track by one key.

    `valence` and `arousal` are -1..1, both None where the inputs said nothing; `confidence` 0..1.
    `count` is how many lines, comments, playlists … it rests on, `spread` their mean distance from
    the point. `probabilities` are float32[9] over `mood.labels.FELT`, None where only a point is
    known. `stamp` says what it was computed from.
    """

    track: TrackId
    key: str
    valence: float | None = None
    arousal: float | None = None
    confidence: float = 0.0
    count: int = 0
    spread: float = 0.0
    probabilities: Floats | None = None
    stamp: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class MoodTable:
    """The moods of many tracks by one key, a row of each array for each of `ids`.

    Parameters
    ----------
    ids : list of TrackId
        In the order in which the tracks were added.
    points : ndarray of float32, shape (n, 2)
        Valence and arousal, -1..1.
    probabilities : ndarray of float32, shape (n, 9)
        Over `mood.labels.FELT`; zeros where only a point is known.
    confidence : ndarray of float32, shape (n,)
        0..1.
    popularity : ndarray of int64, shape (n,)
        In how many playlists the track is.
    """

    ids: list[TrackId]
    points: Floats
    probabilities: Floats
    confidence: Floats
    popularity: NDArray[np.int64]


class Moods:
    """The moods of a store; use it as ``store.moods``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, rows: Iterable[MoodRow]) -> int:
        """Keep moods, each in place of an earlier one of the same track and key.

        Give many at once: they are written in one transaction, about 50,000 a second.

        Parameters
        ----------
        rows : iterable of MoodRow
            A row without a point is remembered for its stamp only.

        Returns
        -------
        int
            How many were kept; those of tracks that are not in the store are passed over, because
            a track may go while its mood is computed.

        Raises
        ------
        BadInput
            No such key, a value that is not finite or out of range, or not nine probabilities.
        """
        kept = 0
        with self._database.write() as work:
            for batch in batches(rows, 5000):
                values = [_values(row) for row in batch]
                _look_up(work, {row.track for row in batch})
                pks = [work.tracks.get(row.track) for row in batch]
                known = [
                    {"track": pk, **value}
                    for pk, value in zip(pks, values, strict=True)
                    if pk is not None
                ]
                work.many(_PUT, known)
                kept += len(known)
            work.changed = work.changed or kept > 0
        return kept

    def get(self, ids: Iterable[TrackId]) -> dict[TrackId, dict[str, MoodRow]]:
        """Give key → mood for the tracks that have any, keys in the order of `KEYS`."""
        mood, track = schema.mood.c, schema.track.c
        found: defaultdict[TrackId, dict[str, MoodRow]] = defaultdict(dict)
        with self._database.read() as connection:
            for batch in asked(ids):
                query = (
                    sa.select(track.id, *_COLUMNS)
                    .join_from(schema.mood, schema.track)
                    .where(track.id.in_(batch), mood.valence.is_not(None))
                )
                for track_id, *values in connection.execute(query):
                    row = MoodRow(TrackId(track_id), *values)
                    found[row.track][row.key] = _unpacked(row)
        return {
            track_id: {key: rows[key] for key in KEYS if key in rows}
            for track_id, rows in found.items()
        }

    def all(self, key: str = ALL, popularity: bool = True) -> MoodTable:
        """Give the moods of all present tracks that have one, as arrays.

        Parameters
        ----------
        key : str
            One of `KEYS`.
        popularity : bool
            Without it the column holds zeros, and the playlists are not counted.
        """
        ids: list[TrackId] = []
        inner: list[int] = []
        numbers: list[NDArray[np.float64]] = []
        blobs: list[bytes] = []
        missing = bytes(4 * LABELS)
        with self._database.read() as connection:
            for rows in _chunks(connection, _ALL, {"key": _checked(key)}):
                inner += [row[0] for row in rows]
                ids += [row[1] for row in rows]
                numbers.append(np.array([row[2:5] for row in rows], np.float64).reshape(-1, 3))
                blobs.append(b"".join([row[5] or missing for row in rows]))
            counts = np.zeros(len(ids), np.int64)
            if popularity and ids:
                counts = _popularity(connection, np.asarray(inner, np.int64))
        table = np.concatenate([np.zeros((0, 3)), *numbers]).astype(np.float32)
        shares = np.frombuffer(bytearray().join(blobs), "<f4").reshape(-1, LABELS)
        return MoodTable(ids, table[:, :2], shares, table[:, 2], counts)

    def stamps(self, key: str) -> dict[TrackId, str]:
        """Give what the moods by a key were computed from, by track; also what said nothing."""
        with self._database.read() as connection:
            return {
                row[0]: row[1]
                for rows in _chunks(connection, _STAMPS, {"key": _checked(key)})
                for row in rows
            }

    def counts(self) -> dict[str, int]:
        """Count the present tracks with a mood by key; every key is there."""
        mood = schema.mood.c
        query = (
            sa.select(mood.key, sa.func.count())
            .join_from(schema.mood, schema.track)
            .where(mood.valence.is_not(None), schema.is_present())
            .group_by(mood.key)
        )
        with self._database.read() as connection:
            return dict.fromkeys(KEYS, 0) | dict(connection.execute(query).all())

    def forget(self, key: str | None = None) -> None:
        """Forget the moods of all tracks, or those by one key."""
        statement = sa.delete(schema.mood)
        if key is not None:
            statement = statement.where(schema.mood.c.key == _checked(key))
        with self._database.write() as work:
            gone = work.connection.execute(statement)
            work.changed = work.changed or gone.rowcount > 0


def move_moods(work: Work, old: int, new: int) -> None:
    """Move moods to a track that has none by the same key; what they came from moves, too."""
    mood = schema.mood.c
    other = schema.mood.alias()
    taken = sa.select(1).where(other.c.track == new, other.c.key == mood.key)
    work.connection.execute(
        sa.update(schema.mood).where(mood.track == old, ~taken.exists()).values(track=new)
    )


def _unpacked(row: MoodRow) -> MoodRow:
    """Make numbers of the bytes that stand in a row as it is read."""
    blob: Any = row.probabilities
    return row if blob is None else replace(row, probabilities=np.frombuffer(blob, "<f4"))


def _popularity(connection: sa.Connection, inner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the playlists of tracks that are given in ascending order of their inner ids."""
    counts = np.zeros(len(inner), np.int64)
    for rows in _chunks(connection, _POPULARITY, {}):
        pairs = np.array([tuple(row) for row in rows], np.int64).reshape(-1, 2)
        places = np.minimum(np.searchsorted(inner, pairs[:, 0]), len(inner) - 1)
        hits = inner[places] == pairs[:, 0]
        counts[places[hits]] = pairs[hits, 1]
    return counts


def _look_up(work: Work, ids: Iterable[str]) -> None:
    """Remember the inner ids of those tracks that exist."""
    missing = [track_id for track_id in ids if track_id not in work.tracks]
    for batch in asked(missing):
        for track_id, pk in work.connection.execute(_FIND, {"ids": batch}):
            work.tracks[track_id] = pk


def _values(row: MoodRow) -> dict[str, Any]:
    """Check a row and give its columns."""
    _checked(row.key)
    point = (row.valence, row.arousal)
    numbers = [row.confidence, row.spread, *(value for value in point if value is not None)]
    if (
        not all(map(math.isfinite, numbers))
        or (row.valence is None) != (row.arousal is None)
        or any(value is not None and abs(value) > 1 for value in point)
        or not 0 <= row.confidence <= 1
    ):
        raise BadInput(
            f"The mood '{row.key}' of '{clean(row.track)[:80]}' is not usable: {point} with "
            f"confidence {row.confidence}. Give a point from -1 to 1 and a confidence from 0 to 1."
        )
    blob = None
    if row.probabilities is not None:
        shares = np.asarray(row.probabilities, "<f4")
        if shares.shape != (LABELS,) or not np.isfinite(shares).all():
            raise BadInput(
                f"The mood '{row.key}' of '{clean(row.track)[:80]}' has probabilities of shape "
                f"{shares.shape}. Give {LABELS} finite numbers."
            )
        blob = shares.tobytes()
    return {
        "key": row.key,
        "valence": None if row.valence is None else float(row.valence),
        "arousal": None if row.arousal is None else float(row.arousal),
        "confidence": float(row.confidence),
        "count": int(row.count),
        "spread": float(row.spread),
        "probabilities": blob,
        "stamp": clean(row.stamp),
    }


def _checked(key: str) -> str:
    if key not in KEYS:
        raise BadInput(f"'{key}' is no key of moods. Use one of: {', '.join(KEYS)}.")
    return key


def _chunks(
    connection: sa.Connection, query: sa.Select[Any], values: dict[str, Any]
) -> Iterator[Sequence[Any]]:
    # a cursor on the server, where there is one: the driver would else hold all rows at once
    options = {"stream_results": True, "max_row_buffer": CHUNK}
    yield from connection.execute(query, values, execution_options=options).partitions(CHUNK)


def _upsert(backend: Backend) -> Any:
    statement = backend.insert(schema.mood)
    new = {c.name: statement.excluded[c.name] for c in schema.mood.c if not c.primary_key}
    return statement.on_conflict_do_update(index_elements=["track", "key"], set_=new)


_mood, _track, _entry = schema.mood.c, schema.track.c, schema.playlist_track.c
_COLUMNS = (
    _mood.key, _mood.valence, _mood.arousal, _mood.confidence, _mood.count, _mood.spread,
    _mood.probabilities, _mood.stamp,
)  # fmt: skip
_PUT = Statement(_upsert)
_FIND = sa.select(_track.id, _track.pk).where(_track.id.in_(many("ids")))
_OF_KEY = (
    sa.select(_track.pk, _track.id)
    .join_from(schema.mood, schema.track)
    .where(_mood.key == sa.bindparam("key"))
)
_ALL = (
    _OF_KEY.add_columns(_mood.valence, _mood.arousal, _mood.confidence, _mood.probabilities)
    .where(_mood.valence.is_not(None), schema.is_present())
    .order_by(_mood.track)
)
_STAMPS = _OF_KEY.with_only_columns(_track.id, _mood.stamp)
_POPULARITY = sa.select(_entry.track, sa.func.count(_entry.playlist.distinct())).group_by(
    _entry.track
)
