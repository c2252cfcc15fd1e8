"""Playlists as what recommenders learn from: read from the store, or straight from files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from murecom.errors import BadInput, MurecomError, Unsupported
from murecom.formats import ContentStream, Refused
from murecom.formats.base import Source
from murecom.interactions import Builder, Built, Interactions, assemble, group_of
from murecom.jobs.playlist_files import identified, is_named, nothing_found, playlist_files
from murecom.recommend.base import Data
from murecom.store import Lists, Store
from murecom.types import Playlist, Progress, Step, TrackId, no_progress

TOLD = 5
"Files and rows that could not be used, named in the notes; the others are counted."

EVERY = 1000
"Playlists between two reports of progress."


@dataclass(frozen=True, slots=True, eq=False)
class PlaylistData:
    """Playlists to learn from.

    `playlists` are their ids, ``source:source_id``, one per row of ``data.interactions``; `notes`
    are sentences on what was left out.
    """

    data: Data
    playlists: Sequence[str]
    notes: tuple[str, ...] = ()


def read_store(
    store: Store,
    *,
    merge: bool = False,
    min_count: int = 1,
    albums: bool = False,
    progress: Progress = no_progress,
) -> PlaylistData:
    """Read the playlists of a store that models may learn from.

    Parameters
    ----------
    store : Store
        Read in one state; `data.revision` is that of its playlists.
    merge, min_count
        As of `interactions.Builder`.
    albums : bool
        Take the albums of two tracks or more as playlists too, each called "Artist – Album".
    progress : callable
        Told of entries and names read.

    Returns
    -------
    PlaylistData
        Without playlists (and without items) if there are none.
    """
    revision = store.playlists.revision()
    lists = store.playlists.lists(titles=merge, progress=progress)
    notes = []
    if lists.left_out:
        some = "1 playlist" if lists.left_out == 1 else f"{lists.left_out:,} playlists"
        notes.append(f"Left out: {some} that may not be learned from.")
    if albums:
        found = store.playlists.albums()
        count = len(found.playlists)
        taken = "1 album is" if count == 1 else f"{count:,} albums are"
        notes.append(f"{taken} taken as playlists.")
        lists = _together(lists, found)
    groups = None
    if merge:
        known: dict[str, int] = {}
        names = zip(lists.names, lists.artists, strict=True)
        numbers = (group_of(known, row, *name) for row, name in enumerate(names))
        groups = np.fromiter(numbers, np.int32, len(lists.tracks))
    built = Built(
        Interactions(lists.starts, lists.entries, len(lists.tracks)),
        lists.tracks,
        lists.artists,
        lists.albums,
        lists.playlists,
        lists.titles,
        tuple(notes),
    )
    return _data(assemble(built, groups=groups, min_count=min_count), revision)


def read_files(
    paths: Sequence[Path],
    *,
    merge: bool = False,
    min_count: int = 1,
    progress: Progress = no_progress,
) -> PlaylistData:
    """Read playlist files, and those in folders, without keeping anything of them.

    Parameters
    ----------
    paths : sequence of Path
        Files of any format of `formats`, folders that hold some.
    merge, min_count
        As of `interactions.Builder`.
    progress : callable
        Told of the kilobytes read.

    Returns
    -------
    PlaylistData
        Files and rows that could not be used are counted in its notes. Of two playlists with one id
        the first counts.

    Raises
    ------
    NotFound
        There are no playlist files.
    MurecomError
        No file could be used; that of the first one.
    """
    files, missing = playlist_files(paths)
    if not files:
        raise nothing_found(paths)
    builder = Builder(merge=merge, min_count=min_count)
    sizes = [os.path.getsize(file) if os.path.exists(file) else 0 for file in files]
    total = sum(sizes) // 1000
    failed = [f"{path}: {reason}" for path, reason in missing]
    refused: list[str] = []
    forbidden: list[str] = []
    count = read = 0
    first: MurecomError | None = None
    for file, before in zip(files, np.cumsum([0, *sizes]).tolist(), strict=False):
        try:
            stream = ContentStream(file)
        except Unsupported as error:
            if is_named(file, paths):  # of a folder only what is a playlist counts
                first = first or error
                failed.append(f"{file}: {error}")
            continue
        except MurecomError as error:
            first = first or error
            failed.append(f"{file}: {error}")
            continue
        if not stream.format.trainable:
            forbidden.append(file)
            continue
        rows = _Rows(file, stream.source, refused)
        try:
            for playlist in identified(stream):
                if not isinstance(playlist, Playlist):
                    continue
                read += 1
                builder.add(
                    playlist.name,
                    playlist.id or "",
                    (
                        (t.id, t.title, t.artists[0] if t.artists else None, t.album)
                        for t in playlist.tracks
                    ),
                )
                if read % EVERY == 0:
                    done = (before + stream.source.done) // 1000
                    progress(Step("Reading playlists", done, total, {"playlists": read}))
        except MurecomError as error:
            first = first or error
            failed.append(f"{file}: {error}")
        rows.take(stream.source.refused)
        count += rows.count
    progress(Step("Reading playlists", total, total, {"playlists": read}))
    if not read:
        raise first or (_forbidden(forbidden) if forbidden else nothing_found(paths))
    notes = [*_told("file", len(failed), failed), *_told("row", count, refused)]
    if forbidden:
        some = "1 file" if len(forbidden) == 1 else f"{len(forbidden):,} files"
        notes.append(f"Left out: {some} of services whose terms forbid learning from them.")
    built = builder.finish()
    found = _data(built, None)
    return PlaylistData(found.data, found.playlists, (*notes, *found.notes))


def limited(data: PlaylistData, min_count: int) -> PlaylistData:
    """Leave out tracks that are in fewer playlists, as the readers do it."""
    own = data.data
    assert own.interactions is not None
    built = Built(
        own.interactions,
        own.items,
        own.artists,
        own.albums,
        data.playlists,
        own.titles,
        data.notes,
    )
    return _data(assemble(built, min_count=min_count), own.revision)


class _Rows:
    """Counts the refused rows of a file; the first few are added to `named`."""

    def __init__(self, file: str, source: Source, named: list[str]) -> None:
        self._file, self._named, self._free = file, named, TOLD
        self.count = 0
        source.told = self.take

    def take(self, refused: list[Refused]) -> None:
        """Count rows and forget them."""
        self.count += len(refused)
        self._named += [f"{self._file}, {r.where}: {r.reason}" for r in refused[: self._free]]
        self._free = max(0, self._free - len(refused))
        refused.clear()


def _forbidden(files: Sequence[str]) -> BadInput:
    return BadInput(
        f"{files[0]} comes from a service whose terms forbid learning from it. If you may all the "
        "same, say so: murecom import --trainable FILE, then train without files."
    )


def _told(what: str, count: int, examples: Sequence[str]) -> list[str]:
    if not count:
        return []
    more = f" … and {count - TOLD:,} more" if count > TOLD else ""
    return [f"Left out: {count:,} {what}{'s' * (count > 1)}: {'; '.join(examples[:TOLD])}{more}"]


def _data(built: Built, revision: int | None) -> PlaylistData:
    data = Data(
        items=built.items,
        interactions=built.interactions,
        titles=built.titles,
        artists=built.artists,
        albums=built.albums,
        revision=revision,
    )
    return PlaylistData(data, built.playlists, built.notes)


def _together(lists: Lists, others: Lists) -> Lists:
    """Put further lists behind these; a track that both know is one."""
    row_of: dict[TrackId, int] = {track: row for row, track in enumerate(lists.tracks)}
    for track in others.tracks:
        row_of.setdefault(track, len(row_of))
    rows = np.fromiter((row_of[track] for track in others.tracks), np.int32, len(others.tracks))
    known = set(lists.tracks)
    new = [row for row, track in enumerate(others.tracks) if track not in known]

    def both(first: Sequence[str | None], second: Sequence[str | None]) -> list[str | None]:
        return [*first, *(second[row] for row in new)] if second else list(first)

    return Lists(
        [*lists.playlists, *others.playlists],
        [*lists.titles, *others.titles],
        np.concatenate([lists.starts, lists.starts[-1] + others.starts[1:]]),
        np.concatenate([lists.entries, rows[others.entries]]).astype(np.int32, copy=False),
        [*lists.tracks, *(others.tracks[row] for row in new)],
        both(lists.artists, others.artists),
        both(lists.albums, others.albums),
        both(lists.names, others.names) if lists.names or not lists.tracks else (),
        lists.left_out,
    )
