"""The model behind `--by playlists`: trained when somebody asks for it, kept in one folder.

It is saved in one step: whatever ends a training early, the model before it goes on answering.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from murecom import artefact, registry
from murecom.engine.base import Engine
from murecom.errors import BadInput, MurecomError, NotFound, NotReady
from murecom.recommend.base import Data, Recommender
from murecom.store import Store
from murecom.train.search import Trial
from murecom.types import Progress, no_progress

if TYPE_CHECKING:
    from murecom.jobs.playlist_data import PlaylistData

SERVED: Final = ("reranked", "blend")
"Recommenders that combine others; the first that is there answers."

REMEDY: Final = "murecom train playlists"

STALE: Final = f"Playlists have changed since the model was trained. Run: {REMEDY}"

WARM_FROM: Final = 1_000_000
"Entries from which a training begins with the vectors of the model before; below it is quick."

FEW: Final = 200
"With fewer playlists a note says that answers cannot be good yet."

OTHERS: Final = 0.3
"Weight of a recommender that is not served by default."

Parameters = Mapping[str, Mapping[str, Any]]
"Parameters of parts by the names of both."


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training made.

    Attributes
    ----------
    model, parts : str and tuple of str
        Which recommender answers, and which it combines.
    folder : str
        Where it lies.
    playlists, tracks, entries : int
        What it learned from.
    parameters : mapping
        Of each part, where they are not the defaults.
    seconds : float
        The fit took so long.
    notes : tuple of str
        What a user should know.
    tried : tuple of Trial
        Parameters that were tried before, if that was asked.
    """

    model: str
    parts: tuple[str, ...]
    folder: str
    playlists: int
    tracks: int
    entries: int
    parameters: Parameters
    seconds: float
    notes: tuple[str, ...] = ()
    tried: tuple[Trial, ...] = ()


def folder_of(home: Path) -> Path:
    """Name the folder of the model."""
    return home / "models" / "playlists"


def stamp_of(folder: Path) -> tuple[int, ...] | None:
    """Give what changes when another model is saved; None where there is none."""
    try:
        stat = (folder / artefact.MANIFEST).stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def load(folder: Path) -> Recommender:
    """Open the model.

    Raises
    ------
    NotReady
        None was trained yet, or another version of murecom trained it.
    BadInput
        It is damaged.
    """
    if stamp_of(folder) is None:
        raise NotReady(
            "No model of playlists was trained yet. "
            f"Run: {REMEDY} (and before it, to have some: murecom import FILE…)"
        )
    manifest = artefact.read_manifest(folder, what="model of playlists", remedy=REMEDY)
    try:
        kind: type[Recommender] = registry.get("recommend", str(manifest.get("class")))
    except NotFound as error:
        raise NotReady(
            f"The model of playlists in {folder} was made by another version of murecom "
            f"({manifest.get('class')}). Make it again: {REMEDY}."
        ) from error
    return kind.load(folder)


def takes(model: Recommender) -> frozenset[str]:
    """Tell what a model can start from; of one that combines others, what any of these can."""
    members = getattr(model, "members", None)
    if members is None:
        return model.takes
    return frozenset().union(*(member.takes for member in members.values()))


def popularity(model: Recommender) -> NDArray[np.integer[Any]]:
    """Tell in how many playlists each item of a model is, shape (n_items,); zeros if it forgot."""
    for name in ("facts.popularity", "popularity"):
        if name in model.state:
            return model.state[name]
    if "lists.holders" in model.state:  # a list that holds a track twice counts twice here
        return np.diff(model.state["lists.holders"])
    return np.zeros(len(model.items), np.int64)


def is_stale(model: Recommender, store: Store) -> bool:
    """Tell whether playlists have changed since; never of a model trained from files alone."""
    own = model.metrics.get("playlists_revision")
    return own is not None and own != store.playlists.revision()


def about(home: Path, store: Store) -> dict[str, Any] | None:
    """Tell what model there is: what it learned from, when, whether playlists changed since.

    None if there is none; of a damaged one only what is wrong.
    """
    folder = folder_of(home)
    if stamp_of(folder) is None:
        return None
    try:
        manifest = artefact.read_manifest(folder, what="model of playlists", remedy=REMEDY)
    except MurecomError as error:
        return {"damaged": str(error)}
    own = dict(manifest.get("metrics") or {})
    revision = own.get("playlists_revision")
    return {
        "class": manifest.get("class"),
        "trained": own.get("trained") or manifest.get("created"),
        "playlists": own.get("playlists"),
        "tracks": own.get("tracks"),
        "stale": revision is not None and revision != store.playlists.revision(),
    }


def make(models: Sequence[str] = (), parameters: Parameters | None = None) -> Recommender:
    """Make the recommender to train: one, or one that combines several.

    Parameters
    ----------
    models : sequence of str
        Names; none for those served by default. One alone is a blend of one, so that it explains
        its answers as others do; `reranked` or `blend` in front of several says how these are
        combined.
    parameters : mapping, optional
        Fields of each, where they are not to be the defaults. Those under `blend` are the weights
        by which a list is continued.

    Raises
    ------
    NotFound, BadInput
        A name or a parameter is unknown.
    """
    given = {name: dict(own) for name, own in (parameters or {}).items()}
    names = list(models)
    own: dict[str, Any]
    if len(names) == 1 and names[0] not in SERVED:
        options = given.get(names[0], {})
        _one(names[0], options)  # a parameter that does not exist is told
        alone = {names[0]: 1.0}
        own = {"weights": alone, "next_weights": dict(alone)}
        return _one("blend", {**own, "options": {names[0]: options} if options else {}})
    chosen = names.pop(0) if names and names[0] in SERVED else SERVED[0]
    whole: Any = _one(chosen, {})
    if not hasattr(whole, "weights"):  # it combines none
        return _one(chosen, given.get(chosen, {}))
    own = {"weights": dict(whole.weights)}
    if names:
        own = _weights(names, whole.weights, whole.next_weights)
    own["weights"] |= {n: w for n, w in given.pop("blend", {}).items() if n in own["weights"]}
    for name, options in given.items():
        _one(name, options)  # a parameter that does not exist is told before anything is fitted
    return _one(chosen, {**own, "options": given})


def parts_of(model: Recommender) -> tuple[str, ...]:
    """Name the recommenders that a model combines; its own name if it combines none."""
    weights = {**getattr(model, "weights", {}), **getattr(model, "next_weights", {})}
    return tuple(weights) or (model.name,)


def _weights(
    names: Sequence[str], usual: Mapping[str, float], usual_next: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """Weigh some recommenders as they are usually weighed, and others a little."""
    for name in names:
        registry.get("recommend", name)
    others = {name: OTHERS for name in names if name not in usual and name not in usual_next}
    chosen = {
        "weights": {name: usual[name] for name in names if name in usual} | others,
        "next_weights": {name: usual_next[name] for name in names if name in usual_next} | others,
    }
    for own in chosen.values():
        if not any(own.values()):
            own.update(dict.fromkeys(names, 1.0))
    return chosen


def train(
    data: PlaylistData,
    folder: Path,
    *,
    models: Sequence[str] = (),
    parameters: Parameters | None = None,
    about: Mapping[str, Any] | None = None,
    engine: Engine | None = None,
    progress: Progress = no_progress,
) -> Trained:
    """Fit the model on all playlists, and save it in place of the one before.

    Parameters
    ----------
    data : PlaylistData
        What to learn from.
    folder : Path
        Where the model is kept.
    models, parameters
        See `make`.
    about : mapping, optional
        Plain values for the manifest: by which options, what was tried.

    engine : Engine, optional
        Where parts of it may run; this process by default.

    Raises
    ------
    NotReady
        There are no playlists.
    BadInput
        Nothing can be learned from them, or a model or parameter is unknown.
    """
    check(data)
    model = make(models, parameters)
    _check_parts(parts_of(model), data.data)  # told before anything is fitted
    model.engine = engine
    lists = data.data.interactions
    if lists is not None and len(lists.entries) >= WARM_FROM:
        with suppress(NotReady, BadInput):  # none yet, or of no use: then from nothing
            model.begin_with(load(folder))
    began = time.perf_counter()
    model.fit(data.data, progress)
    seconds = round(time.perf_counter() - began, 1)
    interactions = data.data.interactions
    assert interactions is not None
    made = Trained(
        model=model.name,
        parts=tuple(getattr(model, "members", ())),
        folder=str(folder),
        playlists=len(interactions),
        tracks=len(data.data.items),
        entries=len(interactions.entries),
        parameters={name: dict(own) for name, own in (parameters or {}).items()},
        seconds=seconds,
        notes=(*data.notes, *_few(len(interactions)), *getattr(model, "notes", ())),
    )
    model.metrics |= {
        "playlists_revision": data.data.revision,
        "playlists": made.playlists,
        "tracks": made.tracks,
        "entries": made.entries,
        "trained": datetime.now(UTC).isoformat(timespec="seconds"),
        "tuned": made.parameters,
        **(about or {}),
    }
    model.save(folder)
    return made


def check(data: PlaylistData) -> None:
    """Raise unless something can be learned from these playlists; see `train`."""
    interactions = data.data.interactions
    if interactions is None or not len(interactions) or not len(interactions.entries):
        raise NotReady(
            "There are no playlists to learn from. Run: murecom import FILE… "
            "(or, with the albums of your library: murecom train playlists --albums)"
        )
    same_list = np.ones(max(len(interactions.entries) - 1, 0), np.bool_)
    borders = interactions.starts[1:-1]
    same_list[borders[(borders > 0) & (borders < len(interactions.entries))] - 1] = False
    if not (same_list & (np.diff(interactions.entries) != 0)).any():
        raise BadInput(
            "No playlist holds two different tracks: nothing tells what goes together. "
            "Import playlists with more tracks."
        )


def _check_parts(names: Sequence[str], data: Data) -> None:
    """Raise if a recommender does not exist, or if the data suffices for none of them."""
    kinds: list[type[Recommender]] = [registry.get("recommend", name) for name in names]
    lacking = [kind().lacks(data) for kind in kinds]
    if all(lacking):
        raise NotReady(f"'{names[0]}' needs {lacking[0][0]}, none are there. Train another model.")


def _few(playlists: int) -> list[str]:
    if playlists >= FEW:
        return []
    some = "1 playlist is" if playlists == 1 else f"{playlists} playlists are"
    return [f"{some} little to learn from: expect more from some hundred."]


def _one(name: str, parameters: Mapping[str, Any]) -> Recommender:
    kind: type[Recommender] = registry.get("recommend", name)
    known = {f.name for f in fields(kind) if f.init}
    for parameter in parameters:
        if parameter not in known:
            raise BadInput(
                f"'{name}' has no parameter '{parameter}'. It has: {', '.join(sorted(known))}."
            )
    return kind(**parameters)
