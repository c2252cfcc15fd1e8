"""Rows of a large library that are read from the store only when somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from murecom.store import Details, Store
from murecom.types import Track, TrackId


class Tracks(Sequence[Track]):
    """Tracks by row."""

    def __init__(self, store: Store, ids: Sequence[TrackId], outside: Iterable[Track] = ()) -> None:
        self._store, self._ids = store, ids
        self._known = {track.id: track for track in outside}

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> Track:  # type: ignore[override]
        track_id = self._ids[index]
        if track_id not in self._known:
            self.load([index])
        # a track deleted since the model was made keeps its place and has no name
        return self._known.get(track_id) or Track(track_id)

    def load(self, rows: Iterable[int]) -> None:
        """Read many rows at once."""
        self._known |= self._store.tracks.get([self._ids[row] for row in rows])


class AllDetails(Sequence[Details]):
    """Details of tracks by row."""

    def __init__(self, store: Store, ids: Sequence[TrackId]) -> None:
        self._store, self._ids = store, ids
        self._known: dict[TrackId, Details] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> Details:  # type: ignore[override]
        track_id = self._ids[index]
        if track_id not in self._known:
            self.load([index])
        return self._known.get(track_id) or Details()

    def load(self, rows: Iterable[int]) -> None:
        """Read many rows at once."""
        self._known |= self._store.tracks.details([self._ids[row] for row in rows])


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

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        ids = [self._ids[row] for row in rows]
        missing = [track_id for track_id in ids if track_id not in self._known]
        if missing:
            found = self._store.vectors.windows(missing, self._key)
            for track_id in missing:
                windows = found.get(track_id)
                self._known[track_id] = (
                    np.zeros(self._dim, np.float32) if windows is None else windows.mean(axis=0)
                )
        return np.stack([self._known[track_id] for track_id in ids])
