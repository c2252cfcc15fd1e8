"""Tracks of a model of playlists, given as the files that are the same recording.

Playlists from elsewhere name tracks by ids of their sources. Where a file is the same recording
(`store.twins`), an answer gives the file, which can be played, and gives it once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from murecom.recommend.base import Recommender
from murecom.store import Store
from murecom.types import TrackId

Scored = tuple[list[TrackId], npt.NDArray[np.float32]]


class SameFiles:
    """Translates between the items of a model and files; remembers what it translated."""

    def __init__(self, store: Store, model: Recommender) -> None:
        self._store, self._model = store, model
        self._item: dict[TrackId, TrackId] = {}

    def given(self, scored: Scored, without: Iterable[TrackId] = ()) -> Scored:
        """Put files in the place of items, each once, at its best score; order stays.

        Parameters
        ----------
        scored : (list of TrackId, ndarray of float32)
            Items and scores, falling.
        without : iterable of TrackId
            Tracks that shall not come up: neither do their files, nor other ids of these.
        """
        ids, scores = scored
        without = list(without)
        files = self._store.twins.files([*ids, *without])
        if not files:
            return scored
        taken = {*without, *(files[one] for one in without if one in files)}
        kept: list[TrackId] = []
        rows: list[int] = []
        for row, own in enumerate(ids):
            file = files.get(own, own)
            if file in taken:
                continue
            taken.add(file)
            if file != own and file not in self._model.items:
                self._item.setdefault(file, own)
            kept.append(file)
            rows.append(row)
        return kept, scores[rows]

    def excluded(self, ids: Collection[TrackId]) -> set[TrackId]:
        """Give tracks with the files that are the same recordings."""
        return {*ids, *self._store.twins.files(ids).values()}

    def known(self, ids: Sequence[TrackId]) -> set[TrackId]:
        """Tell which tracks the model knows, by their own id or another one."""
        known = {one for one in ids if one in self._model.items}
        others = self._store.twins.others([one for one in ids if one not in known])
        for file, twins in others.items():
            if file not in self._item:
                items = [twin for twin in twins if twin in self._model.items]
                if items:
                    self._item[file] = items[0]
        return known | {one for one in ids if one in self._item}

    def items(self, ids: Iterable[TrackId]) -> list[TrackId]:
        """Give for tracks that were translated the items they stand for, all others as they are."""
        return [self._item.get(one, one) for one in ids]

    def renamed(self, popularity: npt.NDArray[np.integer[Any]]) -> tuple[Renamed, list[int]]:
        """Give all items under the names of files, and the rows that would come up twice.

        Parameters
        ----------
        popularity : ndarray of int, shape (items,)
            Of several items of one file the one in most playlists stays.
        """
        files = self._store.twins.all()
        items = self._model.items
        rows: dict[TrackId, list[int]] = {}
        for own, file in files.items():
            row = items.item(own)
            if row is not None:
                rows.setdefault(file, []).append(row)
        twice: list[int] = []
        for file, found in rows.items():
            best = items.item(file)
            if best is None:
                best = max(found, key=lambda row: (popularity[row], -row))
                self._item.setdefault(file, items.ids([best])[0])
            twice += [row for row in found if row != best]
        return Renamed(items, files), twice


class Renamed(Sequence[TrackId]):
    """The items of a model, under the names of files where there are some."""

    def __init__(self, items: Sequence[TrackId], files: dict[TrackId, TrackId]) -> None:
        self._items, self._files = items, files

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> TrackId: ...

    @overload
    def __getitem__(self, index: slice) -> list[TrackId]: ...

    def __getitem__(self, index: int | slice) -> TrackId | list[TrackId]:
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(len(self)))]
        own = self._items[index]
        return self._files.get(own, own)
