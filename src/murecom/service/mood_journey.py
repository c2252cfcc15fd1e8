"""A journey through the moods of a library: way points, candidates, the search, and the reasons."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from murecom.config import Playlist as PlaylistSettings
from murecom.playlist.journey import GAP, find_journey, largest_step, progress, waypoints
from murecom.playlist.mood_list import WIDTH, Aim, Floats, Moods
from murecom.recommend.calibration import RANDOM_PAIR
from murecom.service.answers import Limits, Sounds
from murecom.service.choosing import MOST
from murecom.service.mood_reasons import reasons
from murecom.service.near_mood import NOVEL, Chosen, pool_of, vectors
from murecom.store import Store
from murecom.types import Neighbour

NEAR = 48
"Candidates for each way point; eight times as many when rules refuse too many."

UNSURE = 0.05
"In squares of `WIDTH`, how much farther a candidate seems whose mood is quite unsure."

SAME = 0.1
"Ends of a journey that are so near are one mood."


def travel(
    store: Store,
    settings: PlaylistSettings,
    limits: Limits,
    moods: Moods,
    sounds: Sounds | None,
    ends: tuple[Aim, Aim],
    length: int,
    way: str = "walk",
    novelty: float = 0.0,
) -> tuple[Chosen, Floats]:
    """Choose the tracks of a journey between two moods.

    Parameters
    ----------
    store, settings, limits
        The library and which rules there are.
    moods : Moods
        Where its tracks stand.
    sounds : Sounds, optional
        Bounds the steps in sound.
    ends : (Aim, Aim)
        Both moods; each is moved to where the library has tracks.
    length : int
        Tracks.
    way : {"walk", "straight"}
        See `playlist.journey.WAYS`.
    novelty : float
        0 to 1: how much less tracks count that are in many playlists.

    Returns
    -------
    chosen : Chosen
        The tracks, with how near each is to its way point.
    aims : ndarray of float32, shape (tracks, 2)
        The way points.
    """
    start, end = (moods.settle(aim.point) for aim in ends)
    aims = waypoints(start, end, length, way)
    bound = largest_step(sounds.model.vectors()) if sounds else 2.0
    many = NEAR
    while True:
        rows = candidates(moods, aims, many, novelty)
        ids = [moods.ids[row] for row in rows.tolist()]
        unit = vectors(sounds, ids)
        pool = pool_of(store, sounds, ids, None, unit, ahead=len(ids))
        rules = limits.rules(pool, settings, artist_gap=GAP)
        points, trust = moods.points[rows], moods.trust[rows]
        dear = prices(moods, ends, aims, rows, novelty)
        found = find_journey(
            pool, points, aims, rules, trust=trust, unit=unit, bound=bound, dear=dear
        )
        is_full = len(found.items) == length
        if (is_full and (not found.notes or many > NEAR)) or len(rows) >= min(len(moods), MOST):
            break
        many *= 8
    chosen = [pool.tracks[item] for item in found.items]
    whys = reasons(store, [track.id for track in chosen], found.scores, to="the way")
    tracks = tuple(
        Neighbour(track, round(float(score), 4), why)
        for track, score, why in zip(chosen, found.scores, whys, strict=True)
    )
    notes = [*_beyond(moods, ends, start, end), *found.notes]
    if sounds is None:
        notes.append("There is no model of sound, so steps in sound are not bounded.")
    model = f"mood + {sounds.model.name}" if sounds else "mood"
    return Chosen(tracks, model, tuple(notes)), aims[: len(tracks)]


def candidates(
    moods: Moods, aims: Floats, many: int, novelty: float = 0.0
) -> npt.NDArray[np.int64]:
    """Give the rows of the tracks nearest to each way point, ascending.

    Unsure ones come later, and so, with novelty, does what is in many playlists.
    """
    if many >= len(moods):
        return np.arange(len(moods))
    unsure = UNSURE * (1 - moods.trust) + _in_squares(1 - NOVEL * novelty * moods.fame)
    across, up = moods.points[:, 0] / WIDTH, moods.points[:, 1] / WIDTH
    near = [
        np.argpartition((across - a) ** 2 + (up - b) ** 2 + unsure, many)[:many]
        for a, b in np.unique(aims, axis=0) / WIDTH
    ]
    return np.unique(np.concatenate(near)).astype(np.int64)


def prices(
    moods: Moods,
    ends: tuple[Aim, Aim],
    aims: Floats,
    rows: npt.NDArray[np.int64],
    novelty: float = 0.0,
) -> Floats:
    """Tell what tracks cost besides their distance: for fame, and for labels they do not share.

    Returns
    -------
    ndarray of float32, shape (steps, rows)
        In squares of `WIDTH`, so that it weighs what the same factor does in `Moods.nearness`.
        Labels of the start count ever less along the way, those of the end ever more.
    """
    fame = _in_squares(1 - NOVEL * novelty * moods.fame[rows])
    start, end = (_in_squares(moods.alike(aim, rows)) for aim in ends)
    along = progress(aims, aims[0], aims[-1])[:, None]
    return np.asarray(fame + (1 - along) * start + along * end, np.float32)


def _in_squares(factor: Floats) -> Floats:
    """Give the square of the distance, in `WIDTH`, that makes nearness so many times smaller."""
    return np.asarray(np.log(factor) / np.log(RANDOM_PAIR), np.float32)


def _beyond(moods: Moods, ends: tuple[Aim, Aim], start: Floats, end: Floats) -> list[str]:
    """Say how far the library reaches if an end lies beyond; say if both ends are the same."""
    notes = []
    if any(
        np.linalg.norm(place - aim.point) >= SAME
        for place, aim in zip((start, end), ends, strict=True)
    ):
        low, high = moods.low, moods.high
        notes.append(
            f"The moods of the library reach from valence {low[0]:.2f} to {high[0]:.2f} and from "
            f"arousal {low[1]:.2f} to {high[1]:.2f}: this journey goes from {_place(start)} to "
            f"{_place(end)}."
        )
    if np.linalg.norm(end - start) < SAME:
        notes.append("Both moods are nearly the same here: this is a playlist of one mood.")
    return notes


def _place(point: Floats) -> str:
    return f"{point[0]:.2f}, {point[1]:.2f}"
