"""Which track of the library an entry of a playlist file means."""

from __future__ import annotations

import os

from murecom.store import Store
from murecom.text.fold import same_name
from murecom.text.names import recording_key
from murecom.types import Track

CANDIDATES = 9
"Hits of a search by name that are compared with an entry."


def by_identity(store: Store, entry: Track, folder: str) -> Track | None:
    """Find a track by its id, then by its path, which may be relative to `folder`."""
    known = store.tracks.get([entry.id])
    if known:
        return next(iter(known.values()))
    if entry.path:
        return store.tracks.by_path(os.path.abspath(os.path.join(folder, entry.path)))
    return None


def by_name(store: Store, entry: Track) -> Track | None:
    """Find a track by title and main artist, by the title alone if the entry tells no artist.

    Tracks that only a playlist names (``text:``) come last.
    """
    if not entry.title:
        return None
    key = recording_key(entry.title, entry.artists)
    text = f"{' '.join(entry.artists)} {entry.title}"
    named = None
    for track, _ in store.tracks.search(text, limit=CANDIDATES):
        if same_name(track.title or "", entry.title) and (
            recording_key(track.title or "", track.artists) == key or not entry.artists
        ):
            if not track.id.startswith("text:"):
                return track
            named = named or track
    return named
