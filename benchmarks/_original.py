"""The original's network and its two rankings, trained here on genre clips.

The clips themselves are ranked by five networks, each for the seeds that it was not trained on;
other music by one network that was trained on all clips.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import _common as common
import _retrieval as retrieval
from murecom.embed.genre_cnn import GenreCNN
from murecom.jobs.slices import read_slices
from murecom.recommend.base import Data, Request, Windows
from murecom.recommend.slice_votes import SliceVotes
from murecom.train.dataset import genres_of, labels_of, read_clips
from murecom.train.export import export
from murecom.train.genres import architecture_of
from murecom.train.loop import Task, train
from murecom.train.spectra import prepare
from murecom.train.splits import Fold, folds, whole
from murecom.types import TrackId

Floats = NDArray[np.float32]


def rankings(chosen: retrieval.Set, clips: Path) -> Iterator[tuple[str, Floats, float]]:
    """Give name, scores of all pairs and CPU-seconds a track of both rankings."""
    n = len(chosen.paths)
    votes, cosines = np.zeros((n, n), np.float32), np.zeros((n, n), np.float32)
    with tempfile.TemporaryDirectory() as work:
        trained = list(_networks(chosen, clips, Path(work)))
        began = time.process_time()
        for network, rows in trained:
            slices = [network.embed(read_slices(str(path), network)) for path in chosen.paths]
            votes[rows] = _votes(slices)[rows]
            cosines[rows] = _cosines(slices)[rows]
        seconds = (time.process_time() - began) / n / len(trained)
    yield "the original: its network, votes of slices", votes, seconds
    yield "the original: its network, mean vector", cosines, seconds


def _networks(
    chosen: retrieval.Set, clips: Path, work: Path
) -> Iterator[tuple[GenreCNN, NDArray[np.intp]]]:
    """Train networks; with each, the rows of the seeds that it may rank."""
    architecture = architecture_of("original")
    kept, spectra, _ = prepare(read_clips(clips)[0], work / "spectra")
    genres = genres_of(kept)
    task = Task(spectra, np.array(labels_of(kept, genres), np.intp), len(genres))
    own = [Path(clip.path).resolve() for clip in kept]
    place = {path.resolve(): row for row, path in enumerate(chosen.paths)}
    parts: list[tuple[Fold, NDArray[np.intp]]]
    if set(own) & set(place):
        if set(own) != set(place):
            raise SystemExit("The set and the clips to train on overlap only in part.")
        parts = [
            (fold, np.array([place[own[clip]] for clip in fold.test], np.intp))
            for fold in folds(kept).folds
        ]
    else:
        parts = [(whole(kept), np.arange(len(chosen.paths)))]
    for number, (fold, rows) in enumerate(parts):
        common.say(f"training the original's network, {number + 1} of {len(parts)}")
        network = train(architecture, task, fold, seed=number, file=work / f"{number}.npz")
        slices, _ = spectra.slices(fold.train)
        yield export(work / str(number), architecture, network, genres, slices, {}), rows


def _votes(slices: list[Floats]) -> Floats:
    ids = [TrackId(f"set:{i:06}") for i in range(len(slices))]
    counts = np.array([len(own) for own in slices], np.int64)
    data = Data(ids, windows={"slices": Windows(np.concatenate(slices), counts)})
    model = SliceVotes(own_slices=True).fit(data)
    return np.array([model.scores(Request((track,))) for track in ids])


def _cosines(slices: list[Floats]) -> Floats:
    means = np.array([own.mean(axis=0) for own in slices])
    unit = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    result: Floats = unit @ unit.T
    return result
