"""What goes into a recommender: data to learn from, requests to answer.

Part of `recommend.base`, which hands it on: members import it from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.index.space import VectorBlock
from murecom.interactions import Interactions
from murecom.types import TrackId

Mode = Literal["continue", "next"]
"To prolong a list, or to say what comes right after its last track."


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Single windows of the items: `rows` (total, dim) item after item, `counts` (n,) of each."""

    rows: NDArray[np.float32]
    counts: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """What a recommender may learn from; each member declares which parts it `needs`.

    Parameters
    ----------
    items : sequence of TrackId
        The catalogue: every array with one row per item follows this order.
    vectors : mapping of embedder key to VectorBlock
        Matrices with one row per item; a row of NaN where an item has no such vector.
    windows : mapping of embedder key to Windows
        The vectors of single windows, for members that compare these.
    interactions : Interactions, optional
        Playlists by items, in their order.
    titles : sequence of str
        Names of the playlists, one per row of `interactions`.
    artists, albums : sequence of str or None
        Main artist and album, one per item.
    revision : int, optional
        State of the store that this was read from; a model keeps it, to tell when it is stale.
    """

    items: Sequence[TrackId]
    vectors: Mapping[str, VectorBlock] = field(default_factory=dict)
    interactions: Interactions | None = None
    titles: Sequence[str] = ()
    artists: Sequence[str | None] = ()
    albums: Sequence[str | None] = ()
    revision: int | None = None
    windows: Mapping[str, Windows] = field(default_factory=dict)

    def hash(self) -> str:
        """Compute a checksum of everything a model can learn from: 64 hexadecimal digits."""
        sum_ = hashlib.sha256()
        for texts in (self.items, self.titles, self.artists, self.albums):
            sum_.update("\0".join(text or "" for text in texts).encode("utf-8", "surrogatepass"))
            sum_.update(b"\1")
        for key in sorted(self.vectors):
            block = self.vectors[key]
            sum_.update(f"{key} {block.weight!r}".encode())
            for array in (block.matrix, block.mean, block.scale, block.whitening):
                if array is not None:
                    sum_.update(np.ascontiguousarray(array, np.float32).data)
        for key in sorted(self.windows):
            own = self.windows[key]
            sum_.update(f"windows {key}".encode())
            sum_.update(np.ascontiguousarray(own.rows, np.float32).data)
            sum_.update(np.ascontiguousarray(own.counts, np.int64).data)
        if self.interactions is not None:
            sum_.update(str(self.interactions.hash()).encode())
        return sum_.hexdigest()

    def check(self) -> None:
        """Raise BadInput when there are no items or a part has not one row per item."""
        n = len(self.items)
        if n == 0:
            raise BadInput("There are no tracks to learn from. Run: murecom scan.")
        rows = {f"vectors of '{key}'": len(block.matrix) for key, block in self.vectors.items()}
        rows |= {f"windows of '{key}'": len(own.counts) for key, own in self.windows.items()}
        rows |= {"artists": len(self.artists) or n, "albums": len(self.albums) or n}
        if self.interactions is not None:
            rows |= {"interactions": self.interactions.n_items}
            lists = len(self.interactions)
            if self.titles and len(self.titles) != lists:
                raise BadInput(f"There are {len(self.titles)} titles for {lists} playlists.")
        for part, count in rows.items():
            if count != n:
                raise BadInput(f"The {part} have {count} rows for {n} items. Give one per item.")
        for key, own in self.windows.items():
            if own.rows.ndim != 2 or int(own.counts.sum()) != len(own.rows):
                raise BadInput(
                    f"The windows of '{key}' are {len(own.rows)}, their counts say "
                    f"{int(own.counts.sum())}. Give one row per window."
                )


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What somebody starts from.

    Parameters
    ----------
    items : sequence of TrackId
        Ordered seeds, the latest last.
    weights : sequence of float, optional
        One per seed, first for `items`, then for the rows of `vectors`. All alike by default. Only
        their ratios count. Those below 0 say "not like that"; at least one seed needs more than 0,
        and the recommender must be one that `subtracts`.
    vectors : mapping of embedder key to ndarray, shape (m, dim)
        Seeds outside the catalogue, such as a file that was never scanned.
    windows : mapping of embedder key to sequence of ndarray, shape (windows, dim)
        Single windows of the seeds in `vectors`, in the same order; for members that compare them.
    title : str, optional
        Name of the playlist to continue.
    artists : sequence of str
        Who plays what the list holds besides `items`: tracks that no model may know.
    mode : {"continue", "next"}
        See `Mode`; a member that makes no difference between them ignores it.
    exclude : collection of TrackId
        Never to be answered, as the seeds themselves never are. Unknown ids do no harm.
    """

    items: Sequence[TrackId] = ()
    weights: Sequence[float] | None = None
    vectors: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    title: str | None = None
    mode: Mode = "continue"
    exclude: Collection[TrackId] = ()
    windows: Mapping[str, Sequence[NDArray[np.float32]]] = field(default_factory=dict)
    artists: Sequence[str] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """A checked request in inner ids: what `_scores` receives.

    `items` (s,) are rows of known seeds, `weights` (s,) theirs, never 0 and below 0 only for a
    member that `subtracts`; `vectors` (m, dim) and `vector_weights` (m,) are the seeds outside the
    catalogue, `windows` their single windows, empty or m of each key; `unknown` are the ids nobody
    knows; `artists` as in the request.
    """

    items: NDArray[np.int64]
    weights: NDArray[np.float32]
    vectors: Mapping[str, NDArray[np.float32]]
    vector_weights: NDArray[np.float32]
    title: str | None
    mode: Mode
    exclude: NDArray[np.int64]
    unknown: tuple[TrackId, ...]
    windows: Mapping[str, Sequence[NDArray[np.float32]]] = field(default_factory=dict)
    artists: tuple[str, ...] = ()


def check_weights(weights: Sequence[float] | None, total: int) -> NDArray[np.float32]:
    """Give one weight per seed, or raise BadInput; all 1 when there are none."""
    if weights is None:
        return np.ones(total, np.float32)
    checked = np.asarray(weights, dtype=np.float32)
    if checked.shape != (total,):
        raise BadInput(f"There are {checked.size} weights for {total} seeds. Give one per seed.")
    if not np.isfinite(checked).all():
        raise BadInput("Weights of seeds must be finite numbers. Correct them.")
    return checked
