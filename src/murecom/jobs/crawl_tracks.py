"""Tasks about tracks of the library: lyrics, comments, tags, tracks that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from murecom.crawl.base import Source
from murecom.store import Store
from murecom.store.crawls import New
from murecom.types import Track, TrackId

PLANNED = 5000
"Tracks that are put into the queue at a time; when all were asked about, more are."


def plan_tracks(store: Store, source: Source, kinds: Sequence[str], most: int = PLANNED) -> int:
    """Put the tracks that were never asked about into the queue, those in most playlists first.

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
        Tasks that were added; 0 when all tracks that the source knows were asked about.
    """
    added = 0
    tracks = 0
    for batch in store.crawls.tracks():
        keys = {key: pair for pair in batch if (key := key_of(source, pair[0])) is not None}
        new = 0
        for kind in kinds:
            rows = [New(key, float(n), about_track(track)) for key, (track, n) in keys.items()]
            made = store.crawls.add(source.name, kind, rows)
            added += made
            new = max(new, made)
        tracks += new
        if tracks >= most:
            break
    return added


def key_of(source: Source, track: Track) -> str | None:
    """Give the source's own id of a track, by the track's id or by another that it is known by.

    None if the source does not know the track.
    """
    if (key := source.key_of(track.id)) is not None:
        return key
    for kind in (source.name, *source.id_kinds):
        if value := track.ids.get(kind):
            own = source.key_of(TrackId(value))  # some ids have their source in front already
            return own if own is not None else value
    return None


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
