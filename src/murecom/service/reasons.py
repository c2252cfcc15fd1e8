"""What reasons are made of: what the store knows of a few tracks, as profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from murecom.embed.base import shipped_statistics
from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import TAGS, MusiCNN, tags_of
from murecom.jobs.analyse import Sound, tags_key
from murecom.playlist.heard import Word, merged, words
from murecom.playlist.why import Profile
from murecom.store import Details, Store
from murecom.types import Track, TrackId

Windows = Mapping[str, Sequence[npt.NDArray[np.float32]]]


def profiles(
    store: Store,
    sound: Sound,
    tracks: Sequence[Track],
    outside: Sequence[Track] = (),
    windows: Windows | None = None,
) -> list[Profile]:
    """Collect what is known of tracks.

    Parameters
    ----------
    store, sound
        Where vectors and descriptors are, and how tracks are heard.
    tracks : sequence of Track
        Those to tell of.
    outside : sequence of Track
        Which of them are not in the store.
    windows : mapping of key to sequence of ndarray, optional
        Their vectors: for each of `outside` an array of shape (windows, dim).

    Returns
    -------
    list of Profile
        In the order of `tracks`.
    """
    ids = [track.id for track in tracks]

    def of(key: str) -> dict[TrackId, npt.NDArray[np.float32]]:
        found = dict(store.vectors.windows(ids, key))
        given = (windows or {}).get(key, ())
        return found | {t.id: rows for t, rows in zip(outside, given, strict=False)}

    first, second, timbre = tags_key(sound), MusiCNN("mtt").key, MfccStatistics().key
    heard_first = {track: rows.mean(axis=0) for track, rows in of(first).items()}
    # the tags of the second network follow from its vectors, which only "rich" stores
    heard_second = {i: tags_of(rows, "mtt").mean(axis=0) for i, rows in of(second).items()}
    stuff = {track: rows.mean(axis=0) for track, rows in of(timbre).items()}
    usual_first = shipped_statistics(first, len(TAGS["msd"]))
    usual_second = shipped_statistics(f"{second}-tags", len(TAGS["mtt"]))
    mean, scale = shipped_statistics(timbre, MfccStatistics().dim)
    details = store.tracks.details(ids)
    made = []
    for track in tracks:
        known = details.get(track.id, Details())
        heard: dict[str, Word] = {}
        if track.id in heard_first:
            heard = words(heard_first[track.id], TAGS["msd"], *usual_first)
        if track.id in heard_second:
            # of the second network only voices and instruments: its styles say the same again
            more = words(heard_second[track.id], TAGS["mtt"], *usual_second)
            heard = merged(heard, {text: word for text, word in more.items() if word.is_instrument})
        block = (stuff[track.id] - mean) / scale if track.id in stuff else None
        made.append(Profile(track, known.descriptors, heard, block, known.genres, known.year))
    return made
