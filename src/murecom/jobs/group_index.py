"""The index behind similar artists and albums, built anew when the model of sounds changes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from murecom import artefact
from murecom.artefact import Array
from murecom.errors import BadInput, NotReady, Unreachable
from murecom.index.sets import Sets
from murecom.library.groups import Group, by_album, by_artist
from murecom.recommend.audio_knn import AudioKNN
from murecom.recommend.calibration import RANDOM_PAIR, Calibration
from murecom.store import Store
from murecom.types import Progress, no_progress

NAME = "groups"
"The folder of the index among the models, and its class in the manifest."


@dataclass(frozen=True, slots=True, eq=False)
class GroupIndex:
    """Groups of one kind, as `sets` numbers them."""

    groups: tuple[Group, ...]
    sets: Sets
    calibration: Calibration


@dataclass(frozen=True, slots=True, eq=False)
class GroupIndices:
    """Artists and albums of one model; `stamp` tells which."""

    artists: GroupIndex
    albums: GroupIndex
    stamp: str


def group_indices(
    store: Store,
    home: Path,
    model: AudioKNN,
    progress: Progress = no_progress,
    loaded: GroupIndices | None = None,
) -> GroupIndices:
    """Give the indices for the tracks of a model; read, or built and kept in `home`.

    Parameters
    ----------
    store, home, model
        Where names are, where the index is kept, and whose tracks and vectors it is about.
    progress : callable
        Told while it is built.
    loaded : GroupIndices, optional
        From an earlier call, to save reading it again.
    """
    stamp = stamp_of(model)
    if loaded is not None and loaded.stamp == stamp:
        return loaded
    folder = home / "models" / NAME
    vectors = np.ascontiguousarray(model.vectors())
    try:
        manifest, arrays = artefact.load(folder, what="index of artists", remedy="murecom artists")
        if manifest.get("class") == NAME and manifest.get("stamp") == stamp:
            artists = _opened(vectors, arrays, "artists")
            return GroupIndices(artists, _opened(vectors, arrays, "albums"), stamp)
    except (NotReady, BadInput, KeyError, ValueError, IndexError):
        pass  # missing, damaged or of another version: all are mended by building it again
    built = _build(store, model, vectors, progress)
    arrays = {"crowding": built.artists.sets.crowding}
    for kind, own in (("artists", built.artists), ("albums", built.albums)):
        arrays |= {f"{kind}.{name}": array for name, array in _arrays(own).items()}
    with suppress(Unreachable):  # where nothing can be written, it is built each time
        artefact.save(folder, arrays, {"class": NAME, "stamp": stamp})
    return built


def stamp_of(model: AudioKNN) -> str:
    """Name the state of library and settings that a model was made of."""
    return f"{model.manifest.get('revision')} {model.manifest.get('data')} {model.parameters()}"


def _build(
    store: Store, model: AudioKNN, vectors: npt.NDArray[np.float32], progress: Progress
) -> GroupIndices:
    ids = list(model.items)
    crowding = model.crowding()
    tracks, details = store.tracks.get(ids), store.tracks.details(ids)
    # a track that was deleted since then keeps its row and has no name
    heard = [row for row, i in enumerate(ids) if i in tracks and vectors[row].any()]
    known = [tracks[ids[row]] for row in heard]
    owners = [details[ids[row]].album_artist if ids[row] in details else None for row in heard]

    def index(groups: Sequence[Group]) -> GroupIndex:
        own = tuple(
            Group(group.name, group.key, tuple(heard[row] for row in group.rows))
            for group in groups
        )
        sets = Sets.build(vectors, [group.rows for group in own], crowding, progress)
        return GroupIndex(own, sets, _calibration(sets))

    return GroupIndices(index(by_artist(known)), index(by_album(known, owners)), stamp_of(model))


def _calibration(sets: Sets) -> Calibration:
    low, middle, high = sets.usual()
    middle = max(middle, low + 1e-3)
    return Calibration.through([(low, 0.0), (middle, RANDOM_PAIR), (max(high, middle + 1e-3), 1.0)])


def _arrays(index: GroupIndex) -> dict[str, Array]:
    text = [f"{group.name}\t{group.key}".encode("utf-8", "surrogatepass") for group in index.groups]
    own = {name: array for name, array in index.sets.arrays().items() if name != "crowding"}
    return own | {
        "names": np.frombuffer(b"\0".join(text), np.uint8),
        "calibration": index.calibration.table,
    }


def _opened(vectors: npt.NDArray[np.float32], arrays: dict[str, Array], kind: str) -> GroupIndex:
    own = artefact.part(arrays, kind)
    sets = Sets.from_arrays(vectors, own | {"crowding": arrays["crowding"]})
    raw = own["names"].tobytes().decode("utf-8", "surrogatepass")
    names = [entry.split("\t") for entry in raw.split("\0")] if raw else []
    if len(names) != len(sets):
        raise ValueError("the names do not fit the groups")
    groups = tuple(
        Group(name, key, tuple(sets.members(number).tolist()))
        for number, (name, key) in enumerate(names)
    )
    return GroupIndex(groups, sets, Calibration(own["calibration"]))
