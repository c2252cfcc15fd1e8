"""Playlists by tracks as a sparse matrix that remembers the order of each list.

One array of tracks and one of places where each playlist begins: 66 million entries take 264 MB.
Order is kept because what comes next depends on it; the matrix of which track is in which list is
made from it when a recommender asks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput, MissingExtra

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class Interactions:
    """Playlists of inner ids, in their order.

    Parameters
    ----------
    starts : ndarray of int64, shape (playlists + 1,)
        Where each playlist begins in `entries`; rising, from 0 to len(entries).
    entries : ndarray of int32
        Rows of the catalogue, playlist after playlist, each in its order. A track that a list holds
        twice is in it twice.
    n_items : int
        Tracks of the catalogue.
    """

    starts: NDArray[np.int64]
    entries: NDArray[np.int32]
    n_items: int

    def __post_init__(self) -> None:
        """Check that the parts fit.

        Raises
        ------
        BadInput
            They do not.
        """
        starts, entries = self.starts, self.entries
        fits = (
            starts.ndim == entries.ndim == 1
            and len(starts) > 0
            and starts[0] == 0
            and starts[-1] == len(entries)
            and (np.diff(starts) >= 0).all()
            and (not len(entries) or (entries.min() >= 0 and entries.max() < self.n_items))
        )
        if not fits:
            raise BadInput("The arrays of the playlists do not fit. Import the playlists again.")

    def __len__(self) -> int:
        """Number of playlists."""
        return len(self.starts) - 1

    def __getitem__(self, playlist: int) -> NDArray[np.int32]:
        """Give the tracks of a playlist in their order."""
        return self.entries[self.starts[playlist] : self.starts[playlist + 1]]

    def __iter__(self) -> Iterator[NDArray[np.int32]]:
        """Give the playlists one by one."""
        return (self[playlist] for playlist in range(len(self)))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Entries of each playlist, shape (playlists,)."""
        return np.diff(self.starts)

    @cached_property
    def _unique(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Row pointers and sorted columns without repeats."""
        rows = np.repeat(np.arange(len(self), dtype=np.int64), self.lengths)
        keys = rows * max(self.n_items, 1) + self.entries
        keys.sort()
        if len(keys):
            keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])]
        columns = (keys % max(self.n_items, 1)).astype(np.int32)
        counts = np.bincount(keys // max(self.n_items, 1), minlength=len(self))
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), columns

    @cached_property
    def popularity(self) -> NDArray[np.int64]:
        """In how many playlists each track is, shape (n_items,); twice in one counts once."""
        return np.bincount(self._unique[1], minlength=self.n_items)

    @cached_property
    def holders(self) -> tuple[NDArray[np.int64], NDArray[np.integer[Any]]]:
        """Where each track stands: the inverted index.

        Returns
        -------
        starts : ndarray of int64, shape (n_items + 1,)
            Where the places of each track begin.
        places : ndarray of int32 (int64 above two thousand million entries), shape (entries,)
            Places in `entries`, rising within each track; `playlists_of` says in which list.
        """
        starts = np.zeros(self.n_items + 1, np.int64)
        np.cumsum(np.bincount(self.entries, minlength=self.n_items), out=starts[1:])
        kind = np.int32 if len(self.entries) < 2**31 else np.int64
        return starts, np.argsort(self.entries, kind="stable").astype(kind)

    def playlists_of(self, places: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """Tell in which playlist each place in `entries` lies."""
        return np.searchsorted(self.starts, places, side="right") - 1

    def matrix(self) -> csr_array[Any, tuple[int, int]]:
        """Give the matrix of float32, shape (playlists, n_items): 1 where a list holds a track.

        Raises
        ------
        MissingExtra
            scipy is not installed.
        """
        try:
            from scipy.sparse import csr_array
        except ImportError as error:
            raise MissingExtra("playlists", "Learning from playlists") from error
        pointers, columns = self._unique
        kind = np.int32 if len(columns) < 2**31 else np.int64
        values = np.ones(len(columns), np.float32)
        parts = (values, columns.astype(kind, copy=False), pointers.astype(kind))
        return csr_array(parts, shape=(len(self), self.n_items))

    def take(self, playlists: Sequence[int] | NDArray[np.integer[Any]]) -> Interactions:
        """Give some of the playlists, in the order in which they are named."""
        rows = np.asarray(playlists, dtype=np.int64)
        lengths = self.lengths[rows]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        places = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], lengths)
        return Interactions(starts, self.entries[places], self.n_items)

    def keep(self, items: NDArray[np.integer[Any]]) -> Interactions:
        """Give the playlists with only these tracks, which become rows 0, 1, … of the catalogue.

        A playlist may become empty; it keeps its place.
        """
        new = np.full(self.n_items, -1, np.int32)
        new[items] = np.arange(len(items), dtype=np.int32)
        entries = new[self.entries]
        stays = entries >= 0
        running = np.concatenate([[0], np.cumsum(stays)])
        return Interactions(running[self.starts].astype(np.int64), entries[stays], len(items))

    def hash(self) -> str:
        """Compute a checksum of everything: 64 hexadecimal digits."""
        sum_ = hashlib.sha256(str(self.n_items).encode())
        sum_.update(np.ascontiguousarray(self.starts, np.int64).data)
        sum_.update(np.ascontiguousarray(self.entries, np.int32).data)
        return sum_.hexdigest()
