"""Rows of a large library that are read from the store only when somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from murecom.store import Details, Store
from murecom.types import Track, TrackId


class _Ahead:
    """Says how many rows to read with one that is missing.

    Whoever looks for tracks that pass the rules takes row after row: each miss reads twice as many
    of the rows that follow, so that a thousand rows are ten questions and a single row is one.
    """

    MOST = 256

    def __init__(self) -> None:
        self._next = 1

    def __call__(self, row: int, total: int) -> range:
        rows = range(row, min(row + self._next, total))
        self._next = min(2 * self._next, self.MOST)
        return rows


class Tracks(Sequence[Track]):
    """Tracks by row."""

    def __init__(self, store: Store, ids: Sequence[TrackId], outside: Iterable[Track] = ()) -> None:
        self._store, self._ids = store, ids
        self._known = {track.id: track for track in outside}
        self._ahead = _Ahead()

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> Track:  # type: ignore[override]
        track_id = self._ids[index]
        if track_id not in self._known:
            self.load(self._ahead(index, len(self._ids)))
        # a track deleted since the model was made keeps its place and has no name
        return self._known.get(track_id) or Track(track_id)

    def load(self, rows: Iterable[int]) -> None:
        """Read many rows at once."""
        ids = [self._ids[row] for row in rows]
        missing = [track_id for track_id in ids if track_id not in self._known]
        self._known |= self._store.tracks.get(missing)


class AllDetails(Sequence[Details]):
    """Details of tracks by row."""

    def __init__(self, store: Store, ids: Sequence[TrackId]) -> None:
        self._store, self._ids = store, ids
        self._known: dict[TrackId, Details] = {}
        self._ahead = _Ahead()

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> Details:  # type: ignore[override]
        track_id = self._ids[index]
        if track_id not in self._known:
            self.load(self._ahead(index, len(self._ids)))
        return self._known.get(track_id) or Details()

    def load(self, rows: Iterable[int]) -> None:
        """Read many rows at once."""
        ids = [self._ids[row] for row in rows]
        missing = [track_id for track_id in ids if track_id not in self._known]
        found = self._store.tracks.details(missing)
        self._known |= {track_id: found.get(track_id) or Details() for track_id in missing}


class Stored:
    """Mean vectors of one key by rows; a row of zeros where there is none."""

    def __init__(
        self,
        store: Store,
        ids: Sequence[TrackId],
        key: str,
        outside: Mapping[TrackId, npt.NDArray[np.float32]],
        dim: int,
    ) -> None:
        self._store, self._ids, self._key, self._dim = store, ids, key, dim
        self._known = dict(outside)
        self._ahead = _Ahead()

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        ids = [self._ids[row] for row in rows]
        missing = [track_id for track_id in ids if track_id not in self._known]
        if missing:
            ahead = (self._ids[row] for row in self._ahead(rows[0], len(self._ids)))
            missing += [i for i in ahead if i not in self._known and i not in missing]
            found = self._store.vectors.windows(missing, self._key)
            for track_id in missing:
                windows = found.get(track_id)
                self._known[track_id] = (
                    np.zeros(self._dim, np.float32) if windows is None else windows.mean(axis=0)
                )
        return np.stack([self._known[track_id] for track_id in ids])
