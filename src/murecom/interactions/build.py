"""From a stream of playlists to numbers: what stands between any source of lists and the models.

A track becomes a row of the catalogue when it is first met. Entries are kept as four bytes each, so
that a million playlists with 66 million entries stream through; per track there is its id, and per
playlist its id and its name. `Builder` takes playlists one by one, `assemble` takes arrays that
somebody has already numbered (a database); both end in the same steps: the same recording merged,
rare tracks and empty playlists left out.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.interactions.base import Interactions
from murecom.text.counts import counted
from murecom.text.recordings import take_key
from murecom.types import TrackId

Entry = tuple[str, str | None, str | None, str | None]
"A track as a source names it: raw id, title, main artist, album; None where unknown."


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """Playlists as numbers, and what the numbers stand for.

    `items`, `artists` and `albums` have one entry per track of the catalogue; `playlists` (ids) and
    `titles` (names) one per row of `interactions`. `notes` are sentences on what was left out.
    """

    interactions: Interactions
    items: Sequence[TrackId]
    artists: Sequence[str | None]
    albums: Sequence[str | None]
    playlists: Sequence[str]
    titles: Sequence[str]
    notes: tuple[str, ...] = ()


class Builder:
    """Takes playlists one by one.

    Parameters
    ----------
    merge : bool
        Count releases of the same recording under one id, the one that is met most often; they are
        told by `text.recordings.take_key`. Tracks without a title or an artist stay apart.
    min_count : int
        Leave out tracks that are in fewer playlists.
    keep_empty : bool
        Keep the rows of playlists that hold nothing (any more); they only have a name to tell.
    """

    def __init__(
        self, *, merge: bool = False, min_count: int = 1, keep_empty: bool = False
    ) -> None:
        if min_count < 1:
            raise BadInput(f"A track cannot be in {min_count} playlists. Give 1 or more.")
        self._merge, self._min_count, self._keep_empty = merge, min_count, keep_empty
        self._rows: dict[str, int] = {}
        self._groups: dict[str, int] = {}
        self._group = array("i")
        self._entries = array("i")
        self._starts = array("q", [0])
        self._artists: list[str | None] = []
        self._albums: list[str | None] = []
        self._names: dict[str, str] = {}  # one object for each artist and album
        self._playlists: dict[str, None] = {}
        self._titles: list[str] = []
        self._not_trainable = self._repeated = 0

    def add(
        self, title: str, playlist_id: str, entries: Iterable[Entry], *, trainable: bool = True
    ) -> bool:
        """Take a playlist; a track that stands in it twice does so afterwards.

        Returns
        -------
        bool
            Whether it was taken: not one that models may not learn from, nor one whose id was met
            before.
        """
        if not trainable:
            self._not_trainable += 1
            return False
        if playlist_id in self._playlists:
            self._repeated += 1
            return False
        self._playlists[playlist_id] = None
        self._titles.append(title)
        rows = self._rows
        for track_id, name, artist, album in entries:
            row = rows.get(track_id)
            if row is None:
                row = self._row(track_id, name, artist, album)
            self._entries.append(row)
        self._starts.append(len(self._entries))
        return True

    def finish(self) -> Built:
        """Give what was taken; the builder cannot be used afterwards.

        No playlists at all give no rows and no tracks.
        """
        notes = []
        if self._not_trainable:
            notes.append(f"{counted(self._not_trainable, 'playlist')} may not be learned from.")
        if self._repeated:
            notes.append(f"{counted(self._repeated, 'playlist')} came again under the same id.")
        built = Built(
            # read where they stand: copies would double the memory
            Interactions(
                np.frombuffer(self._starts, np.int64),
                np.frombuffer(self._entries, np.int32),
                len(self._rows),
            ),
            [TrackId(track_id) for track_id in self._rows],
            self._artists,
            self._albums,
            list(self._playlists),
            self._titles,
            tuple(f"Left out: {note}" for note in notes),
        )
        self._rows, self._playlists = {}, {}
        groups = np.frombuffer(self._group, np.int32) if self._merge else None
        return assemble(
            built, groups=groups, min_count=self._min_count, keep_empty=self._keep_empty
        )

    def _row(self, track_id: str, title: str | None, artist: str | None, album: str | None) -> int:
        row = self._rows[track_id] = len(self._rows)
        names = self._names
        self._artists.append(names.setdefault(artist, artist) if artist else None)
        self._albums.append(names.setdefault(album, album) if album else None)
        if self._merge:
            self._group.append(group_of(self._groups, row, title, artist))
        return row


def group_of(groups: dict[str, int], row: int, title: str | None, artist: str | None) -> int:
    """Give the first row that holds the same recording as this one: itself if there is none.

    `groups` remembers the keys that were met.
    """
    key = take_key(title, [artist]) if title and artist else ""
    return groups.setdefault(key, row) if key else row


def build(
    playlists: Iterable[tuple[str, str, Iterable[Entry]]],
    *,
    merge: bool = False,
    min_count: int = 1,
    keep_empty: bool = False,
) -> Built:
    """Make the interactions of a stream of playlists: (name, id, entries); see `Builder`.

    Examples
    --------
    >>> built = build([("a", "x:1", [("t:1", "One", "A", None), ("t:2", "Two", "B", None)])])
    >>> len(built.interactions), list(built.items)
    (1, ['t:1', 't:2'])
    """
    builder = Builder(merge=merge, min_count=min_count, keep_empty=keep_empty)
    for title, playlist_id, entries in playlists:
        builder.add(title, playlist_id, entries)
    return builder.finish()


def assemble(
    built: Built,
    *,
    groups: NDArray[np.int32] | None = None,
    min_count: int = 1,
    keep_empty: bool = False,
) -> Built:
    """Merge, then leave out what is rare, then what is empty; see `Builder`.

    Parameters
    ----------
    built : Built
        Everything as it was met.
    groups : ndarray of int32, shape (n_items,), optional
        For each track the first one that is the same recording, itself if none is.
    """
    if groups is not None:
        built = _merged(built, groups)
    if min_count > 1:
        kept = np.flatnonzero(built.interactions.popularity >= min_count)
        rare = built.interactions.n_items - len(kept)
        if rare:
            some = counted(rare, "track that is", "tracks that are")
            note = f"Left out: {some} in fewer than {min_count} playlists."
            interactions = built.interactions.keep(kept)
            built = replace(
                _catalogue(built, kept), interactions=interactions, notes=(*built.notes, note)
            )
    return built if keep_empty else _without_empty(built)


def _merged(built: Built, groups: NDArray[np.int32]) -> Built:
    """Count every group as one track: that of its ids which is met most often, the first of two."""
    old = built.interactions
    counts = np.bincount(old.entries, minlength=old.n_items)
    firsts, number = np.unique(groups, return_inverse=True)
    copies = old.n_items - len(firsts)
    if not copies:
        return built
    order = np.lexsort((-counts, number))  # stable: the first of equals stays first
    best = order[np.concatenate([[True], np.diff(number[order]) > 0])]
    entries = number.astype(np.int32)[old.entries]
    some = counted(copies, "track is", "tracks are")
    note = f"{some} counted as another release of the same recording."
    return replace(
        _catalogue(built, best),
        interactions=Interactions(old.starts, entries, len(firsts)),
        notes=(*built.notes, note),
    )


def _catalogue(built: Built, rows: NDArray[np.integer[Any]]) -> Built:
    wanted = rows.tolist()
    return replace(
        built,
        items=[built.items[row] for row in wanted],
        artists=[built.artists[row] for row in wanted],
        albums=[built.albums[row] for row in wanted],
    )


def _without_empty(built: Built) -> Built:
    old = built.interactions
    holds = old.lengths > 0
    empty = len(old) - int(holds.sum())
    if not empty:
        return built
    rows = np.flatnonzero(holds)
    return replace(
        built,
        interactions=Interactions(
            np.concatenate([[0], old.starts[1:][holds]]).astype(np.int64), old.entries, old.n_items
        ),
        playlists=[built.playlists[row] for row in rows.tolist()],
        titles=[built.titles[row] for row in rows.tolist()],
        notes=(*built.notes, f"Left out: {counted(empty, 'playlist')} without a track."),
    )
