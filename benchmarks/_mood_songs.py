"""How well the mood of songs is known by their titles and playlists, for `mood.py`.

Songs whose valence and arousal people gave (`song_mood.jsonl`) are the measure. `_mood_tracks.py`
finds those that are in playlists, and tells which half of them constants were chosen on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import _mood_tracks
from _mood_figures import Part, Row, pearson, precision_at, shown, spearman, with_interval
from _mood_readers import opponents
from murecom.mood.model import MoodModel
from murecom.mood.parts import Column
from murecom.mood.track import combined
from murecom.playlist.mood_list import Aim, Moods
from murecom.types import TrackId

QUADRANTS = {
    "glad, lively": (0.6, 0.6), "angry, tense": (-0.6, 0.6), "sad, tired": (-0.6, -0.6),
    "calm, tender": (0.6, -0.6),
}  # fmt: skip
"What is asked for, and by the signs which songs are right: 0 is the middle of both scales."

FIRST = 10
BEST = "title and playlists"
"What `murecom mood tracks` makes of both."


def songs(model: MoodModel, data: Path) -> list[Part]:
    """Valence and arousal by title, by playlists, and the right quadrant among the first ten."""
    _mood_tracks.DATA = data
    every = [json.loads(line) for line in (data / "emotion" / "song_mood.jsonl").open("rb")]
    truth = np.array([(song["valence"], song["arousal"]) for song in every]) * 2 - 1
    titles = [song["title"] for song in every]
    part = Part("songs", "valence and arousal that people gave")
    for said in opponents(data, titles):
        row: Row = {"what": f"title alone, {said.name}", "songs": len(titles)}
        part.rows.append(row | _known(1 - said.is_silent.mean(), said.points, truth))
    found = model.readings(titles)
    row = {"what": "title alone, murecom", "songs": len(titles)}
    part.rows.append(row | _known(float((found.confidence > 0).mean()), found.points, truth))
    given = _mood_tracks.material()
    told = _mood_tracks.parts(model, given, _mood_tracks.Passing())
    odd = ~given.is_even
    columns = {
        "title": combined({"title": told["title"]}),
        "playlists": combined({"playlists": told["playlists"]}),
        BEST: combined(told),
    }
    for name, column in columns.items():
        row = {"what": f"{name} (odd half of those in the lists)", "songs": int(odd.sum())}
        known = float((column.confidence[odd] > 0).mean())
        part.rows.append(row | _known(known, column.points[odd], given.truth[odd]))
    part.notes.append(
        "r: Pearson; rho: Spearman. Constants of the lower rows come from the even half."
    )
    return [part, _quadrants(given, columns)]


def _known(known: float, points: NDArray[np.floating], truth: NDArray[np.floating]) -> Row:
    return {
        "known": float(known),
        "valence r": pearson(points[:, 0], truth[:, 0]),
        "arousal r": pearson(points[:, 1], truth[:, 1]),
        "valence rho": spearman(points[:, 0], truth[:, 0]),
        "arousal rho": spearman(points[:, 1], truth[:, 1]),
    }


def _quadrants(given: _mood_tracks.Material, columns: dict[str, Column]) -> Part:
    rows = np.flatnonzero(~given.is_even)
    truth = given.truth[rows]
    part = Part("quadrants", f"right quadrant among the first {FIRST} of {len(rows)} songs")
    held = np.bincount(given.entries, minlength=len(given.titles))[given.songs[rows]]
    is_right = {
        name: (np.sign(truth) == np.sign(point)).all(axis=1) for name, point in QUADRANTS.items()
    }
    chance = {name: float(right.mean()) for name, right in is_right.items()}
    part.rows.append({"ranked by": "chance", **chance, "macro": float(np.mean([*chance.values()]))})

    macros = {}

    def add(name: str, order_of: Callable[[Aim], NDArray[np.integer]]) -> None:
        row: Row = {"ranked by": name}
        drawn = []
        for quadrant, point in QUADRANTS.items():
            drawn.append(precision_at(order_of(Aim(*point)), is_right[quadrant], FIRST))
            row[quadrant] = with_interval(drawn[-1][0], drawn[-1][1:])
        macros[name] = macro = np.mean(drawn, axis=0)
        part.rows.append(row | {"macro": with_interval(macro[0], macro[1:])})

    famous = np.argsort(-held, kind="stable")
    add("popularity", lambda _: famous)
    ids = [TrackId(f"song:{row}") for row in rows.tolist()]
    for name, column in columns.items():
        moods = Moods(
            ids, column.points[rows], column.probabilities[rows], column.confidence[rows], held
        )
        add(name, lambda aim, moods=moods: np.argsort(-moods.fit(aim), kind="stable"))
    for other in ("popularity", "title"):
        more = macros[BEST] - macros[other]
        figure = with_interval(more[0], more[1:])
        part.bar(f"{BEST} above {other}, macro, lower end", figure.low, 0.0)
        part.notes.append(f"{BEST} above {other}: {shown(figure)}.")
    part.notes.append(
        "Asked for are the points (±.6, ±.6), ranked as first songs are, without rules."
    )
    return part
