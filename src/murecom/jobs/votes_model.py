"""The model behind `sound.ranking = votes`: slices of the store, built anew when they change."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from murecom.errors import BadInput, NotReady
from murecom.jobs.analyse import Sound, keys_of
from murecom.recommend.base import Data, Windows
from murecom.recommend.slice_votes import SliceVotes
from murecom.store import Store
from murecom.types import Progress, no_progress


def votes_model(
    store: Store,
    home: Path,
    sound: Sound,
    progress: Progress = no_progress,
    loaded: SliceVotes | None = None,
) -> SliceVotes:
    """Give the model of the slices that are in the store now.

    Parameters
    ----------
    store, home, sound, progress, loaded
        As in `jobs.sound_model.sound_model`.

    Raises
    ------
    NotReady
        No track has slices of this network yet.
    """
    revision, key = store.revision(), keys_of(sound)[0]
    if loaded is not None and _fits(loaded, revision, key):
        return loaded
    folder = home / "models" / SliceVotes.name
    try:
        stored = SliceVotes.load(folder)
        if _fits(stored, revision, key):
            return stored
    except (NotReady, BadInput):
        pass  # missing, damaged or of another version: all are mended by building it again
    model = SliceVotes().fit(read_slices_of(store, key, revision), progress)
    model.save(folder)
    return model


def read_slices_of(store: Store, key: str, revision: int | None = None) -> Data:
    """Read the slices of all present tracks.

    Raises
    ------
    NotReady
        There are none of this key.
    """
    items, _ = store.vectors.matrix(key)
    if not items:
        raise NotReady(f"No track has slices of {key} yet. Run: murecom scan")
    found = store.vectors.windows(items, key)
    # a track that went between the two questions is left out
    items = [track for track in items if track in found]
    counts = np.array([len(found[track]) for track in items], np.int64)
    rows = np.concatenate([found[track] for track in items])
    return Data(items=items, windows={key: Windows(rows, counts)}, revision=revision)


def _fits(model: SliceVotes, revision: int, key: str) -> bool:
    is_ours = model.parameters() == SliceVotes().parameters()
    return is_ours and model.manifest.get("revision") == revision and model.key == key
