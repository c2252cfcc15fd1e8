"""Which files hold the same recording: equal bytes by their hash, equal sound by vectors."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from murecom.playlist.duplicates import near_duplicates, same_content
from murecom.store import Store
from murecom.types import Track


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Files that hold the same recording: `kind` is "content" (same bytes) or "sound".

    `distance` is that of the farthest linked pair, 0 for the same bytes.
    """

    kind: str
    tracks: tuple[Track, ...]
    paths: tuple[str, ...]
    distance: float = 0.0


def find_duplicates(
    store: Store, network: str, distance: float, seconds: float
) -> list[DuplicateGroup]:
    """Group the files of a library; groups of equal bytes come first.

    Parameters
    ----------
    network : str
        Key of the vectors to compare.
    distance, seconds : float
        Limits, see `murecom.playlist.duplicates.near_duplicates`.
    """
    files: defaultdict[str, list[str]] = defaultdict(list)
    for row in store.files.iter():
        if row.track and row.state not in ("gone", "failed"):
            files[row.track].append(row.path)
    groups = []
    for group in same_content(files):
        track = store.tracks.by_path(group.paths[0])
        if track:
            groups.append(DuplicateGroup(group.kind, (track,), group.paths))
    ids, matrix = store.vectors.matrix(network)
    tracks = store.tracks.get(ids)
    durations = [tracks[i].duration if i in tracks else None for i in ids]
    for near in near_duplicates(matrix, durations, distance=distance, seconds=seconds):
        members = tuple(tracks[ids[row]] for row in near.items)
        paths = tuple(path for track in members for path in files.get(track.id, ()))
        groups.append(DuplicateGroup(near.kind, members, paths, round(near.distance, 5)))
    return groups
