"""What a listener reads behind a track that was chosen for its mood, and who says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from murecom.mood.labels import FELT, near
from murecom.playlist.rules import CLOSE
from murecom.store import Store
from murecom.store.moods import ALL, PARTS, MoodRow
from murecom.types import TrackId

NEAR = 0.5
"Nearness that is called so; below `rules.CLOSE` a track is called far."

AGREE = 0.5
"A part says what all parts say if its point lies so near to theirs."

TOLD = 2
"So many parts are named, the surest first."

CLEAR = 0.3
"A label with such a share is named; else the words of the point are."

LIKE = 0.15
"""Of what a point is like, the least that must be that label: lists called by joyful names hold
angry music, too."""

NEUTRAL = 0.15
"Up to here an axis is neither one nor the other."


Numbers = Sequence[float] | npt.NDArray[np.floating]


def reasons(
    store: Store,
    ids: Sequence[TrackId],
    nearness: Numbers,
    fit: Numbers | None = None,
    to: str = "the mood",
) -> list[str]:
    """Say of each track how near it is to the mood that was asked for, and what tells its own.

    Parameters
    ----------
    store : Store
        Holds the parts of moods.
    ids : sequence of TrackId
        The tracks.
    nearness : sequence of float
        Of each, see `playlist.mood_list.Moods.nearness`; what it is for a track of unknown mood
        does not matter.
    fit : sequence of float, optional
        Of each, see `Moods.fit`: what fits but is not near is among the nearest there are.
    to : str
        What they are near to.

    Returns
    -------
    list of str
        Such as "near the mood: lyrics and sound say sadness".
    """
    found = store.moods.get(ids)
    fits = nearness if fit is None else fit
    return [
        reason(found.get(track_id, {}), float(near), float(best), to)
        for track_id, near, best in zip(ids, nearness, fits, strict=True)
    ]


def reason(
    rows: Mapping[str, MoodRow], nearness: float, fit: float = 0.0, to: str = "the mood"
) -> str:
    """Say it of one track, from its mood by key."""
    whole = rows.get(ALL)
    if whole is None or whole.valence is None or whole.arousal is None:
        return "mood not known"
    if nearness < NEAR <= fit:
        said = "among the nearest in mood"
    else:
        where = "near" if nearness >= NEAR else "not far from" if nearness >= CLOSE else "far from"
        said = f"{where} {to}"
    parts = [part for key in PARTS if (part := rows.get(key)) and part.valence is not None]
    parts.sort(key=lambda part: -part.confidence)
    agreeing = [part.key for part in parts if _apart(part, whole) <= AGREE][:TOLD]
    if not agreeing:
        return f"{said}: {words_of(whole)}"
    verb = "says" if agreeing in (["sound"], ["title"]) else "say"
    return f"{said}: {' and '.join(agreeing)} {verb} {words_of(whole)}"


def words_of(row: MoodRow) -> str:
    """Give the label of a mood if there is a clear one, else what its point is called."""
    if row.probabilities is not None:
        best = int(np.argmax(row.probabilities))
        is_there = near(row.valence or 0.0, row.arousal or 0.0)[best] >= LIKE
        if row.probabilities[best] >= CLEAR and FELT[best] != "neutral" and is_there:
            return FELT[best]
    return describe(row.valence or 0.0, row.arousal or 0.0)


def describe(valence: float, arousal: float) -> str:
    """Put a point in words: bright or dark, lively or quiet, or neither."""
    words = [
        word
        for value, above, below in ((valence, "bright", "dark"), (arousal, "lively", "quiet"))
        if (word := above if value > NEUTRAL else below if value < -NEUTRAL else "")
    ]
    return " and ".join(words) or "neither bright nor dark"


def _apart(one: MoodRow, other: MoodRow) -> float:
    return float(
        np.hypot(
            (one.valence or 0.0) - (other.valence or 0.0),
            (one.arousal or 0.0) - (other.arousal or 0.0),
        )
    )
