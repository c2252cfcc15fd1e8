"""The model behind `--by sound`: built from the vectors in the store, anew when they change."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from murecom.errors import BadInput, NotReady
from murecom.index.space import VectorBlock
from murecom.jobs.analyse import Sound, embedders
from murecom.jobs.inputs import Inputs, facts_of, has_inputs, key_of
from murecom.jobs.inputs import folder_of as folder_of_inputs
from murecom.recommend.audio_knn import AudioKNN
from murecom.recommend.base import Data
from murecom.store import Store
from murecom.types import Progress, TrackId, no_progress


def folder_of(home: Path) -> Path:
    """Name the folder of the model."""
    return home / "models" / AudioKNN.name


def sound_model(
    store: Store,
    home: Path,
    sound: Sound,
    progress: Progress = no_progress,
    loaded: AudioKNN | None = None,
) -> AudioKNN:
    """Give the model of the tracks that are in the store now.

    Parameters
    ----------
    store, home, sound
        Where the vectors are, where the model is kept, and which vectors to compare.
    progress : callable
        Told while a new model is built; the stored one is used as long as it fits.
    loaded : AudioKNN, optional
        A model from an earlier call, to save reading it again.

    Raises
    ------
    NotReady
        No track has these vectors yet.
    """
    revision = store.revision()
    if loaded is not None and _fits(loaded, sound) and _is_of(loaded, revision):
        return loaded
    folder = folder_of(home)
    stored = None
    with suppress(NotReady, BadInput):  # missing, damaged or foreign: a new one mends it
        stored = AudioKNN.load(folder)
    has_words = any(weight for _, weight in sound.inputs)
    if stored and _fits(stored, sound):
        if _is_of(stored, revision) and has_inputs(home, sound, revision):
            return stored
    else:
        stored = None
    data = read_vectors(store, sound, revision)
    if stored and not has_words and stored.manifest.get("data") == data.hash():
        # something else has changed in the store: labels, lyrics, playlists
        stored.manifest["revision"] = revision
        stored.save(folder)
        return stored
    if has_words:
        inputs, facts = Inputs(dict(sound.inputs), revision), facts_of(store, data.items)
        data = replace(data, vectors={**data.vectors, **inputs.fit(facts).blocks(facts)})
        inputs.save(folder_of_inputs(home))  # before the model, which must not be without it
    model = AudioKNN().fit(data, progress)
    model.save(folder)
    return model


def read_vectors(store: Store, sound: Sound, revision: int | None = None) -> Data:
    """Read the vectors of all present tracks that have every block.

    Raises
    ------
    NotReady
        There is no such track.
    """
    blocks: dict[str, tuple[list[TrackId], npt.NDArray[np.float32]]] = {}
    members = embedders(sound)
    for member in members:
        blocks[member.key] = store.vectors.matrix(member.key)
    common = set.intersection(*(set(ids) for ids, _ in blocks.values()))
    if not common:
        if store.vectors.keys():
            raise NotReady(
                f"No track has all vectors of sound.model = {sound.model} yet. Run: murecom scan"
            )
        raise NotReady("No track has been analysed yet. Run: murecom scan ~/Music")
    items = sorted(common)
    vectors = {}
    for member in members:
        ids, matrix = blocks[member.key]
        if ids != items:
            rows = {track: row for row, track in enumerate(ids)}
            matrix = matrix[[rows[track] for track in items]]
        mean, scale = member.statistics()
        whitening = member.whitening()
        vectors[member.key] = VectorBlock(matrix, mean, scale, member.weight, whitening)
    return Data(items=items, vectors=vectors, revision=revision)


def _fits(model: AudioKNN, sound: Sound) -> bool:
    """Whether a model compares what the settings wish, by the statistics of this murecom."""
    words = {key_of(name): weight for name, weight in sound.inputs if weight}
    if {key: model.weights.get(key) for key in words} != words:
        return False
    if model.parameters() != AudioKNN().parameters():
        return False  # a later murecom may fit otherwise
    nothing = np.zeros((0, 0), np.float32)
    blocks = {
        e.key: VectorBlock(nothing, *e.statistics(), e.weight, e.whitening())
        for e in embedders(sound)
    }
    return model.compares(blocks, besides=words)


def _is_of(model: AudioKNN, revision: int) -> bool:
    return model.manifest.get("revision") == revision
