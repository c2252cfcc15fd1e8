"""What was heard of late: looked up once for a request, so that no rule has to ask the store."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import replace

from murecom.playlist.history import DAY, NotHeard, check_days, days_told
from murecom.service.answers import Limits
from murecom.store import Store
from murecom.text.counts import counted
from murecom.text.names import recording_key
from murecom.types import Track, TrackId

UNHEARD = (
    "No listening history is known, so nothing was left out. Bring one in with: murecom import FILE"
)


def looked_up(store: Store, limits: Limits, now: float | None = None) -> tuple[Limits, list[str]]:
    """Find the tracks that `exclude_recent` keeps out; gives the limits with them, and notes.

    Other ids of what was heard are kept out as well: its file, what is the same recording as that
    file, and what has the same artist and title, in another version too unless versions are wished.

    Parameters
    ----------
    store : Store
        The library, which knows what was heard.
    limits : Limits
        Come back as they are without `exclude_recent`, or with 0 days.
    now : float, optional
        Seconds since 1970; the clock by default. What was heard later than that counts as heard.

    Raises
    ------
    BadInput
        The number of days is below 0.
    """
    if limits.exclude_recent is None or not check_days(limits.exclude_recent):
        return limits, []
    until = time.time() if now is None else now
    heard = store.listens.heard_since(int(max(0.0, until - limits.exclude_recent * DAY)))
    notes = [] if heard or store.listens.newest() is not None else [UNHEARD]
    rule = not_heard(store, heard, limits.exclude_recent, bool(limits.versions))
    return replace(limits, recent=rule), notes


def not_heard(
    store: Store, heard: Collection[TrackId], days: float, versions: bool = False
) -> NotHeard:
    """Make the rule that keeps out some tracks and the same recordings under other ids."""
    ids = with_twins(store, heard)
    tracks = () if versions else store.tracks.get(heard).values()
    return NotHeard(days, frozenset(ids), frozenset(recordings(tracks)))


def recordings(tracks: Iterable[Track]) -> set[str]:
    """Give the keys of recordings, as pools have them; tracks without an artist have none."""
    keys = {recording_key(one.title, one.artists) for one in tracks if one.title and one.artists}
    return keys - {""}


def left_out(limits: Limits) -> list[str]:
    """Say after an answer how many tracks `exclude_recent` kept out of it; nothing if none."""
    return limits.recent.notes() if limits.recent else []


def heard_of_late(limits: Limits) -> list[str]:
    """Say, before an endless answer begins, how many tracks will not come up."""
    if limits.recent is None or not limits.recent.ids:
        return []
    many = counted(len(limits.recent.ids), "track")
    return [f"Left out: {many} heard in {days_told(limits.recent.days)}."]


def with_twins(store: Store, ids: Collection[TrackId]) -> set[TrackId]:
    """Give tracks with their files, and with all that is the same recording as these."""
    if not ids:
        return set()
    files = {*ids, *store.twins.files(ids).values()}
    return files.union(*store.twins.others(files).values())
