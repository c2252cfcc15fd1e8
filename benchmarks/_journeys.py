"""How well journeys through moods go, and how long a playlist of a mood takes.

For `mood.py`. Measured are Spearman's correlation of position with progress along the way, artists
that come twice in ten tracks, the largest step in sound as a percentile of random steps, and the
mean distance to the way points; on a synthetic library of any size, or on a scanned one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.playlist.journey import GAP, find_journey, largest_step, progress, waypoints
from murecom.playlist.mood_list import Moods
from murecom.playlist.pool import Pool
from murecom.playlist.rules import standard
from murecom.service import Murecom
from murecom.service.mood_journey import NEAR, candidates
from murecom.service.near_mood import vectors
from murecom.store.moods import MoodRow
from murecom.types import Track, TrackId

Floats = NDArray[np.float32]

FULL = 100_000
LENGTH = 20
DIM = 32
BATCH = 5_000
LEAST = 0.5
"Journeys measured lead at least so far in the plane; shorter ones are playlists of one mood."


@dataclass(frozen=True)
class World:
    """A library in memory: tracks, their moods, unit vectors of sound."""

    tracks: Sequence[Track]
    moods: Moods
    unit: Floats


@dataclass(frozen=True)
class Trip:
    """Figures of one journey."""

    length: int
    spearman: float
    repeats: int
    percentile: float
    "Of the largest step in sound among random steps; NaN without sound."
    distance: float
    ms: float


def synthetic(tracks: int = FULL, seed: int = 1) -> World:
    """Make a library of seeded chance.

    Moods are drawn from seven clusters, are shrunk towards the middle where they are unsure, and
    half of the vectors of sound is a linear image of the mood, the other half noise. Artists have
    as many tracks as Zipf's law gives them, eight in the mean.
    """
    random = np.random.default_rng(seed)
    centres = random.uniform(-0.6, 0.6, (7, 2))
    points = centres[random.integers(7, size=tracks)] + random.normal(0, 0.25, (tracks, 2))
    sure = random.beta(2, 3, tracks)
    points = np.clip(points * (0.4 + 0.6 * sure[:, None]), -1, 1).astype(np.float32)
    shares = random.dirichlet(np.full(9, 0.5), tracks).astype(np.float32)
    held = random.zipf(1.8, tracks).clip(max=10_000)
    image = points @ random.normal(0, 1, (2, DIM))
    rows = image / np.linalg.norm(image, axis=1).mean() + random.normal(0, DIM**-0.5, (tracks, DIM))
    unit = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    artists = (random.pareto(1.2, tracks) * tracks / 40).astype(int) % max(tracks // 8, 1)
    made = [
        Track(TrackId(f"test:{n}"), f"Song {n}", (f"Artist {artist}",), None, 120.0 + n % 240)
        for n, artist in enumerate(artists)
    ]
    return World(made, Moods([t.id for t in made], points, shares, sure, held), unit)


def ends(moods: Moods, trips: int, seed: int = 1) -> Iterator[tuple[Floats, Floats]]:
    """Draw pairs of moods of which the library has tracks and that lie `LEAST` apart."""
    random = np.random.default_rng(seed)
    found = 0
    for _ in range(200 * trips):
        drawn = random.uniform(-1, 1, (2, 2)).astype(np.float32)
        start, end = moods.settle(drawn[0]), moods.settle(drawn[1])
        if np.linalg.norm(end - start) >= LEAST:
            yield start, end
            found += 1
            if found == trips:
                return


def journeys(world: World, trips: int = 50, length: int = LENGTH, seed: int = 1) -> list[Trip]:
    """Measure journeys in a library in memory, with the usual rules."""
    bound = largest_step(world.unit)
    found = []
    for start, end in ends(world.moods, trips, seed):
        before = time.perf_counter()
        aims = waypoints(start, end, length)
        rows = candidates(world.moods, aims, NEAR)
        unit, points = world.unit[rows], world.moods.points[rows]
        pool = Pool([world.tracks[row] for row in rows], None, unit)
        rules = standard(pool, artist_gap=GAP, artist_cap=2)
        trust = world.moods.trust[rows]
        chosen = find_journey(pool, points, aims, rules, trust=trust, unit=unit, bound=bound)
        ms = 1e3 * (time.perf_counter() - before)
        items = list(chosen.items)
        tracks = [pool.tracks[item] for item in items]
        found.append(_trip(tracks, points[items], aims, unit[items], world.unit, ms))
    return found


def journeys_of(app: Murecom, trips: int = 50, length: int = LENGTH, seed: int = 1) -> list[Trip]:
    """Measure journeys in a library that was scanned and has moods, as the service makes them."""
    moods, sounds = app._mood_points(), app._heard("both")
    every = sounds.model.vectors() if sounds else None
    found = []
    for start, end in ends(moods, trips, seed):
        before = time.perf_counter()
        one, other = ((float(point[0]), float(point[1])) for point in (start, end))
        answer = app.mood(point=one, journey=other, length=length)
        ms = 1e3 * (time.perf_counter() - before)
        tracks = [neighbour.track for neighbour in answer.tracks]
        ids = [track.id for track in tracks]
        points = moods.points[moods.rows.split(ids)[0]]
        aims = np.array(answer.points, np.float32)
        found.append(_trip(tracks, points, aims, vectors(sounds, ids), every, ms))
    return found


def summary(trips: Sequence[Trip]) -> dict[str, Any]:
    """Sum up journeys: means, worst cases, and how many reach the bar of each measure."""
    if not trips:
        return {"journeys": 0}
    spearman = np.array([trip.spearman for trip in trips])
    steps = np.array([trip.percentile for trip in trips])
    heard = steps[~np.isnan(steps)]
    return {
        "journeys": len(trips),
        "tracks": float(np.mean([trip.length for trip in trips])),
        "spearman mean": float(spearman.mean()),
        "spearman least": float(spearman.min()),
        "spearman >= .95": float((spearman >= 0.95).mean()),
        "artists twice in ten": int(sum(trip.repeats for trip in trips)),
        "largest step, percentile, mean": float(heard.mean()) if len(heard) else None,
        "largest step <= 75th": float((heard <= 75).mean()) if len(heard) else None,
        "distance to the way points": float(np.mean([trip.distance for trip in trips])),
        "ms median": float(np.median([trip.ms for trip in trips])),
    }


def store_of(home: Path, tracks: int = FULL, seed: int = 1) -> World:
    """Keep a synthetic library and its moods in the database of a home folder."""
    world = synthetic(tracks, seed)
    moods = world.moods
    with Murecom(home=home) as app:
        app.store.tracks.put_many(world.tracks)
        for first in range(0, tracks, BATCH):
            app.store.moods.put(
                MoodRow(
                    moods.ids[row],
                    key,
                    float(moods.points[row, 0]),
                    float(moods.points[row, 1]),
                    float(moods.trust[row]),
                    probabilities=moods.shares[row],
                )
                for row in range(first, min(first + BATCH, tracks))
                for key in ("lyrics", "all")
            )
    return world


def latency(app: Murecom, texts: Sequence[str], length: int = LENGTH) -> dict[str, float]:
    """Clock words -> first songs -> playlist, in milliseconds, after everything is open.

    The first text opens the models and is not counted; no text is asked twice.
    """
    app.mood(texts[0], length=length)
    taken = []
    for text in texts[1:]:
        before = time.perf_counter()
        app.mood(text, length=length)
        taken.append(1e3 * (time.perf_counter() - before))
    low, middle, high = np.percentile(taken, (5, 50, 95))
    return {"ms 5%": float(low), "ms median": float(middle), "ms 95%": float(high)}


def held(app: Murecom, trips: int = 40, length: int = LENGTH, by: str = "both") -> dict[str, float]:
    """Measure how near lists of a mood stay: mean distance in the plane of their parts.

    Aims are points of tracks, drawn by chance; `random` is the distance of any track.
    """
    moods = app._mood_points()
    random = np.random.default_rng(3)
    first, rest, chance = [], [], []
    for row in random.choice(len(moods), min(trips, len(moods)), replace=False):
        aim = moods.points[row]
        answer = app.mood(point=(float(aim[0]), float(aim[1])), length=length, by=by)
        rows, places, _ = moods.rows.split(one.track.id for one in answer.tracks)
        off = np.linalg.norm(moods.points[rows] - aim, axis=1)
        first += off[places < len(answer.seeds)].tolist()
        rest += off[places >= len(answer.seeds)].tolist()
        chance.append(float(np.linalg.norm(moods.points - aim, axis=1).mean()))
    parts = {"first songs": first, "what follows": rest, "random": chance}
    return {name: float(np.mean(values)) for name, values in parts.items() if values}


def _trip(
    tracks: Sequence[Track],
    points: Floats,
    aims: Floats,
    unit: Floats | None,
    every: Floats | None,
    ms: float,
) -> Trip:
    along = progress(points, aims[0], aims[-1])
    off = np.linalg.norm(points - aims[: len(points)], axis=1)
    return Trip(
        len(tracks),
        spearman_of(along),
        repeats(tracks),
        step_percentile(unit, every) if unit is not None and every is not None else float("nan"),
        float(off.mean()),
        ms,
    )


def spearman_of(along: Floats) -> float:
    """Correlate progress with position by ranks, equal ones sharing theirs; 0 if all are equal."""
    _, inverse, counts = np.unique(along, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    if len(along) < 2 or ranks.std() == 0:
        return 0.0
    return float(np.corrcoef(ranks, np.arange(len(along)))[0, 1])


def repeats(tracks: Sequence[Track], window: int = 10) -> int:
    """Count tracks with an artist that one of the nine before has, too."""
    return sum(
        any(set(track.artists) & set(other.artists) for other in tracks[max(0, n - window + 1) : n])
        for n, track in enumerate(tracks)
    )


def step_percentile(unit: Floats, every: Floats, pairs: int = 20_000) -> float:
    """Tell which share of random steps, in percent, is smaller than the largest of these."""
    random = np.random.default_rng(2)
    one, other = random.integers(len(every), size=(2, pairs))
    first, second = every[one], every[other]
    heard = (one != other) & first.any(axis=1) & second.any(axis=1)
    usual = 1 - np.einsum("ij,ij->i", first[heard], second[heard])
    known = unit[1:].any(axis=1) & unit[:-1].any(axis=1)
    own = 1 - np.einsum("ij,ij->i", unit[1:][known], unit[:-1][known])
    return float(100 * (usual < own.max()).mean()) if len(own) and len(usual) else float("nan")
