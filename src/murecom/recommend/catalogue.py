"""The items of a model: raw ids outside, row numbers inside.

A model of five million tracks must open at once and stay small, so the ids are not a Python dict
but four arrays that can stay on disk: the text of all ids, where each ends, and their checksums in
order, which a look-up searches by halving.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self, overload

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.errors import BadInput
from murecom.types import TrackId


class Catalogue(Sequence[TrackId]):
    """A fixed list of different track ids that answers quickly where an id stands."""

    def __init__(
        self,
        text: NDArray[np.uint8],
        ends: NDArray[np.int64],
        sums: NDArray[np.uint32],
        order: NDArray[np.int32],
    ) -> None:
        self._text, self._ends, self._sums, self._order = text, ends, sums, order

    @classmethod
    def build(cls, ids: Iterable[TrackId]) -> Self:
        """Take over a list of ids.

        Raises
        ------
        BadInput
            An id occurs twice.
        """
        ids = list(ids)
        if len(set(ids)) != len(ids):
            seen: set[TrackId] = set()
            twice = next(i for i in ids if i in seen or seen.add(i))  # type: ignore[func-returns-value]
            raise BadInput(f"The track {twice} occurs twice among the items. Give each one once.")
        encoded = [_encode(track_id) for track_id in ids]
        sums = np.fromiter(map(zlib.crc32, encoded), np.uint32, len(ids))
        order = np.argsort(sums, kind="stable").astype(np.int32)
        lengths = np.fromiter(map(len, encoded), np.int64, len(ids))
        text = np.frombuffer(b"".join(encoded), np.uint8)
        return cls(text, np.cumsum(lengths), sums[order], order)

    def item(self, track_id: TrackId) -> int | None:
        """Give the row of an id; None when this model does not know it."""
        encoded = _encode(track_id)
        sum_ = np.uint32(zlib.crc32(encoded))
        place = int(np.searchsorted(self._sums, sum_))
        while place < len(self._sums) and self._sums[place] == sum_:
            item = int(self._order[place])
            if self._bytes(item) == encoded:
                return item
            place += 1  # another id with the same checksum
        return None

    def split(
        self, ids: Iterable[TrackId]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[TrackId, ...]]:
        """Sort ids into known and unknown ones.

        Returns
        -------
        items : ndarray of int64, shape (known,)
            Rows of the known ones, in the order given.
        places : ndarray of int64, shape (known,)
            Where each of these stood in `ids`.
        unknown : tuple of TrackId
            The others.
        """
        items, places, unknown = [], [], []
        for place, track_id in enumerate(ids):
            item = self.item(track_id)
            if item is None:
                unknown.append(track_id)
            else:
                items.append(item)
                places.append(place)
        return np.array(items, np.int64), np.array(places, np.int64), tuple(unknown)

    def ids(self, items: Iterable[int]) -> list[TrackId]:
        """Give the ids of rows."""
        return [self[int(item)] for item in items]

    def arrays(self) -> dict[str, Array]:
        """Give the arrays from which `from_arrays` makes the same catalogue again."""
        return {"text": self._text, "ends": self._ends, "sums": self._sums, "order": self._order}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Make a catalogue of what `arrays` gave; KeyError or ValueError if they do not agree."""
        text, ends, sums, order = (arrays[name] for name in ("text", "ends", "sums", "order"))
        if not len(ends) == len(sums) == len(order) or len(text) != (ends[-1] if len(ends) else 0):
            raise ValueError("the ids of the items do not agree")
        return cls(text, ends, sums, order)

    @overload
    def __getitem__(self, index: int) -> TrackId: ...

    @overload
    def __getitem__(self, index: slice) -> list[TrackId]: ...

    def __getitem__(self, index: int | slice) -> TrackId | list[TrackId]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"there are {len(self)} items, none at {index}")
        return TrackId(self._bytes(index % len(self)).decode("utf-8", "surrogatepass"))

    def __iter__(self) -> Iterator[TrackId]:
        text, start = self._text.tobytes(), 0
        for end in self._ends.tolist():
            yield TrackId(text[start:end].decode("utf-8", "surrogatepass"))
            start = end

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and self.item(TrackId(value)) is not None

    def __len__(self) -> int:
        return len(self._ends)

    def _bytes(self, item: int) -> bytes:
        start = int(self._ends[item - 1]) if item else 0
        return self._text[start : int(self._ends[item])].tobytes()


def _encode(track_id: TrackId) -> bytes:
    return track_id.encode("utf-8", "surrogatepass")
