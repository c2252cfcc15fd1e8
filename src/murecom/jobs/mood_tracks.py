"""Moods of all tracks: each part by itself, then all parts together.

Parts that read texts know what they have read (`mood_texts`); the others are sums over the whole
library, computed anew and written where something changed. Every step commits what it finished.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from murecom.embed.musicnn import TAGS, MusiCNN, MusiCNNTags, tags_of
from murecom.jobs.lock import only_one
from murecom.jobs.mood_model import stamp_of as taught_stamp
from murecom.jobs.mood_names import playlist_moods
from murecom.jobs.mood_texts import (
    Sources,
    model_key,
    read_comments,
    read_lyrics,
    read_tags,
    read_titles,
    rows_of,
    source_leans,
)
from murecom.mood.labels import FELT
from murecom.mood.parts import Column, Read, Reader, nothing
from murecom.mood.sound import MEASURES, by_sound
from murecom.mood.track import combined
from murecom.store import MoodRow, Store
from murecom.store.moods import ALL, PARTS
from murecom.types import Progress, Step, TrackId, no_progress

STEPS = 100
"A point that moved by less than 1 / STEPS is the same: nothing is written for it."

AT_ONCE = 50_000
"Moods written in a transaction: a second's work."


@dataclass(frozen=True, slots=True)
class _Marked:
    """A model whose key also tells what was taught to it in this home."""

    model: Reader
    key: str

    def readings(self, texts: Sequence[str]) -> Read:
        return self.model.readings(texts)


@dataclass(frozen=True, slots=True)
class MoodReport:
    """What a run did.

    `tracks` have a mood now; `parts` maps keys of parts to how many tracks each tells something of;
    `changed` is how many tracks got a new mood; `counts` has what was read, unchanged and refused
    by part.
    """

    tracks: int
    changed: int
    parts: dict[str, int] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


def mood_tracks(
    store: Store,
    home: Path,
    model: Reader,
    again: bool = False,
    progress: Progress = no_progress,
) -> MoodReport:
    """Bring the moods of all tracks up to date.

    Parameters
    ----------
    store, home
        The library, and where names of playlists that were read are kept.
    model : Reader
        Reads texts.
    again : bool
        Read everything anew; without it only what changed.
    progress : callable
        Told of texts and names.

    Returns
    -------
    MoodReport
        A library without texts, playlists and sound gives no moods, and that is no error.

    Raises
    ------
    NotReady
        Another run is going on in this home.
    """
    with only_one(home, "mood-tracks"):
        model = _Marked(model, f"{model_key(model)} {taught_stamp(home)}")
        counts: dict[str, Counter[str]] = {}
        sources: Sources = {}
        counts["lyrics"] = read_lyrics(store, model, again, progress)
        counts["comments"] = read_comments(store, model, again, progress, sources)
        counts["tags"] = read_tags(store, model, again, progress)
        tracks, column, counts["playlists"] = playlist_moods(store, home, model, again, progress)
        counts["playlists"]["read"] = _keep(store, "playlists", tracks, column)
        # where lyrics or playlists tell enough, titles are not read
        counts["title"] = read_titles(store, model, again, progress)
        tracks, column = sound_moods(store, progress)
        counts["sound"] = Counter(read=_keep(store, "sound", tracks, column))
        changed = combine(store, progress, sources)
        found = store.moods.counts()
    return MoodReport(
        found[ALL],
        changed,
        {key: found[key] for key in PARTS},
        {key: dict(counts[key]) for key in PARTS},
    )


def sound_moods(store: Store, progress: Progress = no_progress) -> tuple[list[TrackId], Column]:
    """Give the moods of tracks by their sound: descriptors, and the tags that MusiCNN hears.

    Tags come from their own vectors, or from those of the network where only these are stored.
    """
    listener = MusiCNNTags("msd")
    heard = dict(zip(*store.vectors.matrix(listener.key), strict=True))
    ids, vectors = store.vectors.matrix(MusiCNN("msd").key)
    missing = [row for row, track in enumerate(ids) if track not in heard]
    if missing:
        told = tags_of(vectors[missing], "msd")
        heard.update((ids[row], tags) for row, tags in zip(missing, told, strict=True))
    rows = {row.track: None for row in store.files.iter() if row.track and row.state != "failed"}
    every = list(dict.fromkeys([*heard, *rows]))
    measures = {name: np.full(len(every), np.nan, np.float32) for name in MEASURES}
    tags = np.full((len(every), len(TAGS["msd"])), np.nan, np.float32)
    for start in range(0, len(every), 5000):
        progress(Step("Sound", start, len(every)))
        some = every[start : start + 5000]
        known = store.descriptors.get(some)
        for row, track in enumerate(some, start):
            if track in heard:
                tags[row] = heard[track]
            for name, (value, _) in known.get(track, {}).items():
                if name in measures:
                    measures[name][row] = value
    progress(Step("Sound", len(every), len(every)))
    return every, by_sound(measures, tags, TAGS["msd"], listener.statistics())


def combine(store: Store, progress: Progress = no_progress, sources: Sources | None = None) -> int:
    """Combine the parts of all tracks that are present; give how many moods changed.

    With `sources`, what a source of comments leans to is taken off first.
    """
    row_of: dict[TrackId, int] = {}
    tables = {}
    for number, key in enumerate(PARTS):
        progress(Step("Combining", number, len(PARTS)))
        tables[key] = store.moods.all(key, popularity=key == "playlists")
        for track in tables[key].ids:
            row_of.setdefault(track, len(row_of))
    popularity = np.zeros(len(row_of), np.int64)
    parts = {}
    for key, table in tables.items():
        rows = np.array([row_of[track] for track in table.ids], np.int64)
        if not len(rows):
            continue
        column = nothing(len(row_of))
        column.points[rows] = table.points
        column.probabilities[rows] = table.probabilities
        column.confidence[rows] = table.confidence
        if key == "comments" and sources:
            column.points[rows] -= source_leans(table.ids, table.confidence, table.points, sources)
        popularity[rows] = np.maximum(popularity[rows], table.popularity)
        parts[key] = column
    tables.clear()
    tracks = list(row_of)
    changed = _keep(store, ALL, tracks, combined(parts, popularity))
    progress(Step("Combining", len(PARTS), len(PARTS)))
    return changed


def _keep(store: Store, key: str, tracks: Sequence[TrackId], column: Column) -> int:
    """Write the moods that changed, forget those of other tracks; give how many changed."""
    known = store.moods.stamps(key)
    numbers = np.column_stack([column.points, column.confidence]) * STEPS
    labels = column.probabilities.argmax(axis=1) if len(column) else np.zeros(0, np.int64)
    has_labels = column.probabilities.any(axis=1)
    labels = np.where(has_labels, labels, len(FELT))
    stamps = [
        f"{v}/{a}/{c}/{n}/{label}" if c > 0 else ""
        for (v, a, c), n, label in zip(
            np.floor(numbers + 0.5).astype(int).tolist(),
            column.count.tolist(),
            labels.tolist(),
            strict=True,
        )
    ]
    rows = np.array(
        [n for n, (t, s) in enumerate(zip(tracks, stamps, strict=True)) if known.get(t, "") != s],
        np.int64,
    )
    # faint moods that round to none are none
    sure = np.where(numbers[:, 2] >= 0.5, column.confidence, 0).astype(np.float32)
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        new = Column(
            column.points[some],
            column.probabilities[some],
            sure[some],
            column.count[some],
            column.spread[some],
        )
        ids, marks = [tracks[row] for row in some], [stamps[row] for row in some]
        store.moods.put(rows_of(key, ids, new, marks))
    present = set(tracks)
    gone = [track for track, stamp in known.items() if stamp and track not in present]
    store.moods.put(MoodRow(track, key) for track in gone)
    return len(rows) + len(gone)
