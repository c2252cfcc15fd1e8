"""The stored map of a library: where each track stands, kept from scan to scan."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from murecom import artefact
from murecom.errors import BadInput, NotReady, Unreachable
from murecom.index.layout import Layout
from murecom.jobs.group_index import stamp_of
from murecom.recommend.audio_knn import AudioKNN
from murecom.recommend.catalogue import Catalogue
from murecom.types import Progress, no_progress

NAME = "map"
"The folder of the map among the models, and its class in the manifest."

Places = npt.NDArray[np.float64]


def map_places(
    home: Path, model: AudioKNN, progress: Progress = no_progress, anew: bool = False
) -> Places:
    """Give the places of a model's tracks: those that are stored, else made and stored.

    Parameters
    ----------
    home : Path
        Where the map is kept.
    model : AudioKNN
        Whose tracks and vectors it shows.
    progress : callable
        Told while the map is made.
    anew : bool
        Forget the stored map; otherwise a stale one is where the new one starts from, so that
        tracks stay about where they were.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        In the order of the model's items; NaN for a track without sound.
    """
    folder, stamp = home / "models" / NAME, stamp_of(model)
    # maps of other kinds of vectors have nothing to do with each other
    kind = " ".join(f"{key}={weight:g}" for key, weight in sorted(model.weights.items()))
    heard = np.flatnonzero(model.vectors().any(axis=1))
    former: Places | None = None
    if not anew:
        try:
            manifest, arrays = artefact.load(folder, what="map", remedy="murecom map")
            if manifest.get("class") == NAME and manifest.get("kind") == kind:
                kept = np.asarray(arrays["places"], np.float64)
                if manifest.get("stamp") == stamp and kept.shape == (len(model.items), 2):
                    return kept
                known = Catalogue.from_arrays(
                    {name: arrays[name] for name in ("text", "ends", "sums", "order")}
                )
                former = np.full((len(heard), 2), np.nan)
                rows, places, _ = known.split(model.items[int(item)] for item in heard)
                former[places] = kept[rows]
        except (NotReady, BadInput, KeyError, ValueError, IndexError):
            former = None  # missing, damaged or of another version: a map is made from nothing
    vectors = np.ascontiguousarray(model.vectors()[heard])
    placed = np.full((len(model.items), 2), np.nan)
    placed[heard] = Layout()(vectors, former, progress)
    manifest = {"class": NAME, "stamp": stamp, "kind": kind, "revision": model.manifest["revision"]}
    with suppress(Unreachable):  # where nothing can be written, it is made each time
        artefact.save(folder, {"places": placed, **model.items.arrays()}, manifest)
    return placed
