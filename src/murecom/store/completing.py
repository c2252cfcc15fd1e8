"""What a later file adds to a track that an earlier one named with less; what is known stays.

Pure; `bulk_tracks` writes it. Exports tell the same id with more or less: one the title alone,
another the ISRC and all artists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from murecom.store.rows import number_or_none
from murecom.text.fold import name_key
from murecom.types import Track, TrackId


def fingerprint(track: Track) -> int:
    """Give a number for all that is told of a track, the same only within this process."""
    ids = tuple(track.ids.items()) if track.ids else None
    return hash((track.id, track.title, track.artists, track.album, track.duration, ids))


def may_complete(track: Track) -> bool:
    """Tell whether a track says anything; those of files are told by their tags alone."""
    says = track.title or track.artists or track.album or track.duration or track.ids
    return bool(says) and not track.id.startswith("file:")


def merged(tracks: Iterable[Track]) -> tuple[dict[TrackId, Track], set[TrackId]]:
    """Give each track once, with all that is told of it, and the ids told with different names."""
    by_id: dict[TrackId, Track] = {}
    differing = set()
    for track in tracks:
        first = by_id.setdefault(track.id, track)
        if first is not track and first != track:
            fuller = completed(first, track)
            if fuller is None:
                differing.add(track.id)
            else:
                by_id[track.id] = fuller
    return by_id, differing


def completed(known: Track, told: Track) -> Track | None:
    """Add to a track what it lacks and another telling of it has.

    Parameters
    ----------
    known : Track
        Title, album, duration and ids stay; artists are added behind its own, if the first of both
        is the same and the other names more.
    told : Track
        With the same id.

    Returns
    -------
    Track or None
        `known` itself if nothing is to be added; None if both title and artists differ after
        folding: then the id is not to be believed.
    """
    if is_other(known, told):
        return None
    gained: dict[str, object] = {}
    for name in ("title", "album"):
        if not getattr(known, name) and getattr(told, name):
            gained[name] = getattr(told, name)
    if known.duration is None and number_or_none(told.duration) is not None:
        gained["duration"] = told.duration
    if len(told.artists) > len(known.artists) and known.artists[:1] in ((), told.artists[:1]):
        more = tuple(name for name in told.artists if name not in known.artists)
        if more:
            gained["artists"] = (*known.artists, *more)
    if any(kind not in known.ids for kind in told.ids):
        gained["ids"] = {**told.ids, **known.ids}
    return replace(known, **gained) if gained else known  # type: ignore[arg-type]


def is_other(known: Track, told: Track) -> bool:
    """Tell whether two tellings of one id agree neither in the title nor in any artist."""
    if not (known.title and told.title and known.artists and told.artists):
        return False
    if known.title == told.title or known.artists[0] == told.artists[0]:
        return False
    if name_key(known.title) == name_key(told.title):
        return False
    return not set(map(name_key, known.artists)) & set(map(name_key, told.artists))
