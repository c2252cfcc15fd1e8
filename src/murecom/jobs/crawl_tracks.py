"""Tasks about tracks of the library: lyrics, comments, tags, tracks that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from murecom.crawl.base import Source
from murecom.store import Store
from murecom.store.crawls import New
from murecom.types import Track

PLANNED = 5000
"Tracks that are put into the queue at a time; when all were asked about, more are."


def plan_tracks(store: Store, source: Source, kinds: Sequence[str], most: int = PLANNED) -> int:
    """Put the tracks that were never asked about into the queue, those in most playlists first.

    They are looked for before anything is written: that takes seconds in a large library.

    Parameters
    ----------
    store, source
        Whose tracks, and who is to be asked.
    kinds : sequence of str
        What about.
    most : int
        Tracks to plan at a time.

    Returns
    -------
    int
        Tracks that were found; 0 when all that the source knows were asked about.
    """
    found = store.crawls.unasked(source.name, kinds, source.prefix, source.id_kinds, most)
    rows = [New(key, float(entries), about_track(track)) for key, track, entries in found]
    with store.crawls.turn():
        for kind in kinds:
            store.crawls.add(source.name, kind, rows)
    return len(rows)


def about_track(track: Track) -> dict[str, Any]:
    """Tell a source what is known of a track: its id, names, duration and MusicBrainz id."""
    about = {
        "track": track.id,
        "title": track.title,
        "artists": list(track.artists),
        "album": track.album,
        "duration": track.duration,
        "mbid": track.ids.get("mbid"),
    }
    return {name: value for name, value in about.items() if value}
