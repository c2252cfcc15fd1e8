"""Sets of vectors compared: how alike two artists or two albums are.

An artist is not one point: the mean of a quiet and a loud album is music that nobody played. So
each track of one set is held against its nearest track in the other, both ways, and the way that
fits less well decides: two sets are alike when everything in either has something like it in the
other. What is near to everything says little: of tracks and of sets it counts by how much nearer
than usual it is. `docs/design/groups.md` has the figures, of this and of what else was tried.

Sources: the best pairs both ways are Chamfer's distance (Barrow et al., IJCAI 1977); the correction
for crowded places is the local scaling of Conneau et al., "Word translation without parallel data",
ICLR 2018.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.errors import BadInput
from murecom.index.base import top
from murecom.types import Progress, Step, no_progress

SHORTLIST = 200
"Sets with the nearest means, which are then compared track by track."

MOST = 200
"Tracks of a set that are looked at, spread evenly: a composer's 3,000 tell no more than these."

SCALED = 0.75
"""Share of the crowding of both tracks that is taken from their cosine. 0.5 to 1 do as well
(`benchmarks/groups.py`); with nothing taken, best pairs are no better than the means."""

CROWD, CROWDED_AMONG = 3, 30
"""Nearest sets whose mean similarity is the crowding of a set, and sets by their means among which
these are looked for. 1 to 10 do as well; with fewer than eight sets for each, fewer count."""

_AT_ONCE = 500
"Sets whose neighbours by means are found at a time."

SAMPLE = 400
"Random pairs of sets whose similarities tell what is usual."


class Near(NamedTuple):
    """A set near the one asked about: its number, its similarity, and the nearest pair of rows."""

    number: int
    similarity: float
    one: int
    other: int


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Sets of rows of one matrix of unit vectors.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        Rows of length 1.
    crowding : ndarray of float32, shape (n,)
        Of each row, see `index.neighbourhood.crowding`.
    rows : ndarray of int64, shape (total,)
        The members, set after set; a row may stand in several sets.
    ends : ndarray of int64, shape (sets,)
        Where each set ends in `rows`; none is empty.
    means : ndarray of float32, shape (sets, dim)
        Of length 1.
    crowds : ndarray of float32, shape (sets,)
        Similarity of each set to the sets nearest to it.
    """

    vectors: NDArray[np.float32]
    crowding: NDArray[np.float32]
    rows: NDArray[np.int64]
    ends: NDArray[np.int64]
    means: NDArray[np.float32]
    crowds: NDArray[np.float32]

    @classmethod
    def build(
        cls,
        vectors: NDArray[np.float32],
        members: Sequence[Sequence[int] | NDArray[np.int64]],
        crowding: NDArray[np.float32],
        progress: Progress = no_progress,
    ) -> Self:
        """Take over sets of rows.

        Raises
        ------
        BadInput
            A set is empty, or names a row that does not exist.
        """
        if any(len(own) == 0 for own in members):
            raise BadInput("A set without tracks is like nothing. Leave it out.")
        rows = np.array([row for own in members for row in own], np.int64)
        if rows.size and not (rows.min() >= 0 and rows.max() < len(vectors)):
            raise BadInput(f"Members must be rows 0..{len(vectors) - 1}. Translate the ids first.")
        ends = np.cumsum([len(own) for own in members], dtype=np.int64)
        means = np.zeros((len(members), vectors.shape[1]), np.float32)
        for number, own in enumerate(members):
            means[number] = _unit(vectors[np.asarray(own)].mean(axis=0))
        sets = cls(vectors, crowding, rows, ends, means, np.zeros(len(members), np.float32))
        return replace(sets, crowds=sets._find_crowds(progress))

    def __len__(self) -> int:
        return len(self.ends)

    def members(self, number: int) -> NDArray[np.int64]:
        """Give the rows of one set."""
        return self.rows[self.ends[number - 1] if number else 0 : self.ends[number]]

    def nearest(
        self,
        rows: Sequence[int] | NDArray[np.int64],
        k: int,
        exclude: Sequence[int] = (),
        shortlist: int = SHORTLIST,
    ) -> list[Near]:
        """Find the `k` sets that are most like a set of rows.

        Parameters
        ----------
        rows : sequence of int
            At least one.
        k : int
            How many; fewer come when there are no more.
        exclude : sequence of int
            Numbers of sets that are left out.
        shortlist : int
            So many sets, by their means, are compared track by track; `k` at least.

        Returns
        -------
        list of Near
            Most alike first; equally alike ones by number.
        """
        own = _spread(np.asarray(rows, np.int64))
        by_mean = self.means @ _unit(self.vectors[own].mean(axis=0))
        by_mean[list(exclude)] = -np.inf
        chosen, _ = top(by_mean, max(shortlist, k))
        if not len(chosen):
            return []
        found = self._compare(own, chosen)
        crowd = (self.crowds[chosen] + self._crowd(found.similar)) / 2
        similar = np.asarray(found.similar - crowd, np.float32)
        best, raw = top(similar, k)
        return [
            Near(int(chosen[place]), float(value), *found.nearest_pair(place))
            for place, value in zip(best.tolist(), raw, strict=True)
        ]

    def similarity(self, one: int, other: int) -> float:
        """Tell how alike two sets are: most for the same set twice, mostly below 0 for others."""
        found = self._compare(_spread(self.members(one)), np.array([other]))
        return float(found.similar[0] - (self.crowds[one] + self.crowds[other]) / 2)

    def usual(self) -> tuple[float, float, float]:
        """Give the least, the median and the most that similarity is here, for a calibration.

        Of random pairs of sets the least and the median, of sets with themselves the most. With
        fewer than two sets (-1, 0, 1).
        """
        n = len(self)
        if n < 2:
            return -1.0, 0.0, 1.0
        random = np.random.default_rng(0)
        one = random.integers(n, size=SAMPLE)
        other = (one + random.integers(1, n, size=SAMPLE)) % n
        pairs = [self.similarity(int(a), int(b)) for a, b in zip(one, other, strict=True)]
        same = [self.similarity(int(a), int(a)) for a in one[:50]]
        return min(pairs), float(np.median(pairs)), float(np.median(same))

    def arrays(self) -> dict[str, Array]:
        """Give what `from_arrays` needs besides the vectors."""
        return {
            "crowding": self.crowding,
            "rows": self.rows,
            "ends": self.ends,
            "means": self.means.astype(np.float16),
            "crowds": self.crowds,
        }

    @classmethod
    def from_arrays(cls, vectors: NDArray[np.float32], arrays: Mapping[str, Array]) -> Self:
        """Make sets of what `arrays` gave; KeyError or ValueError where it does not fit."""
        crowding, rows, ends, means, crowds = (
            arrays[name] for name in ("crowding", "rows", "ends", "means", "crowds")
        )
        total = int(ends[-1]) if len(ends) else 0
        fits = len(crowding) == len(vectors) and len(rows) == total
        fits = fits and len(means) == len(ends) == len(crowds)
        if not fits or (means.size and means.shape[1] != vectors.shape[1]):
            raise ValueError("the sets do not fit the vectors")
        return cls(vectors, crowding, rows, ends, np.asarray(means, np.float32), crowds)

    def _compare(self, own: NDArray[np.int64], numbers: NDArray[np.int64]) -> _Compared:
        """Compare rows with whole sets, track by track."""
        members = [_spread(self.members(int(number))) for number in numbers]
        flat = np.concatenate(members)
        lengths = np.array([len(part) for part in members])
        begins = np.cumsum(lengths) - lengths
        pairs = self.vectors[own] @ self.vectors[flat].T
        pairs -= np.float32(SCALED) * (self.crowding[own][:, None] + self.crowding[flat])
        here = np.maximum.reduceat(pairs, begins, axis=1)  # (own, sets): best there for each here
        there = pairs.max(axis=0)  # (total,): best here for each there
        similar = np.minimum(here.mean(axis=0), np.add.reduceat(there, begins) / lengths)
        return _Compared(similar.astype(np.float32), pairs, own, flat, begins, lengths)

    def _find_crowds(self, progress: Progress) -> NDArray[np.float32]:
        n = len(self)
        crowds = np.zeros(n, np.float32)
        among = min(CROWDED_AMONG, n - 1)
        for start in range(0, n if among > 0 else 0, _AT_ONCE):
            cosines = self.means[start : start + _AT_ONCE] @ self.means.T
            own = np.arange(len(cosines))
            cosines[own, own + start] = -np.inf
            nearest = np.argpartition(cosines, n - among, axis=1)[:, n - among :]
            for number, candidates in enumerate(nearest, start):
                found = self._compare(_spread(self.members(number)), candidates)
                crowds[number] = self._crowd(found.similar)
            progress(Step("Comparing", min(start + _AT_ONCE, n), n))
        return crowds

    def _crowd(self, similar: NDArray[np.float32]) -> np.float32:
        """Give the mean of the highest similarities of one set to others."""
        k = min(CROWD, len(self) // 8, len(similar))
        return np.float32(np.sort(similar)[-k:].mean()) if k else np.float32(0)


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """Rows (`own`) held against the members of several sets (`flat`, cut at `begins`)."""

    similar: NDArray[np.float32]
    pairs: NDArray[np.float32]
    own: NDArray[np.int64]
    flat: NDArray[np.int64]
    begins: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def nearest_pair(self, place: int) -> tuple[int, int]:
        """Give the two rows that are nearest, one of each side."""
        part = slice(self.begins[place], self.begins[place] + self.lengths[place])
        row, column = divmod(int(self.pairs[:, part].argmax()), int(self.lengths[place]))
        return int(self.own[row]), int(self.flat[part][column])


def _spread(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give at most `MOST` of some rows, evenly spread over them."""
    if len(rows) <= MOST:
        return rows
    return rows[np.linspace(0, len(rows) - 1, MOST).round().astype(np.int64)]


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length > 1e-9 else vector
