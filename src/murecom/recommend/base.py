"""The contract of a recommender: what goes in, what comes out, and what all of them share.

A recommender is a dataclass whose fields are its parameters. It writes two functions: `_fit`, which
turns data into a dict of arrays, and `_scores`, which ranks every item for some seeds. The base
class checks input, translates ids, leaves out the seeds, keeps the best, brings scores to 0..1,
saves and loads.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from murecom import artefact, registry
from murecom.artefact import Array
from murecom.engine.base import Engine
from murecom.errors import BadInput, NotFound, NotReady
from murecom.index.base import check_k, top
from murecom.index.space import VectorBlock
from murecom.interactions import Interactions
from murecom.recommend.calibration import Calibration
from murecom.recommend.catalogue import Catalogue
from murecom.recommend.data import Data, Mode, Request, Seeds, Windows, check_weights
from murecom.types import Progress, TrackId, no_progress

__all__ = [
    "Data",
    "Interactions",
    "Mode",
    "Recommender",
    "Request",
    "Seeds",
    "VectorBlock",
    "Windows",
]


def _holds(part: Any) -> bool:
    return part is not None and (not hasattr(part, "__len__") or len(part) > 0)


def given(seeds: Seeds) -> frozenset[str]:
    """Say what there is to start from, in the words of `Recommender.takes`."""
    outside = bool(seeds.vectors or seeds.windows) and bool((seeds.vector_weights > 0).any())
    parts = {
        "items": bool((seeds.weights > 0).any()),
        "vectors": outside,
        "title": bool(seeds.title and seeds.title.strip()),
        "artists": bool(seeds.artists),
        "nothing": True,
    }
    return frozenset(part for part, is_there in parts.items() if is_there)


@dataclass(eq=False)
class Recommender(ABC):
    """Ranks the items of a catalogue for a request.

    A member is a dataclass in one file of `murecom/recommend`; its fields are its parameters, all
    with defaults, plain values only.
    """

    name: ClassVar[str] = ""
    "What settings, manifests and answers call it: the name of its file."
    needs: ClassVar[frozenset[str]] = frozenset()
    "Parts of `Data` it cannot do without: vectors, windows, interactions, titles, artists, albums."
    takes: ClassVar[frozenset[str]] = frozenset({"items"})
    "What it can start from: items, vectors, title, artists; `nothing` if it answers any request."
    subtracts: ClassVar[bool] = False
    "Whether seeds may have weights below 0: more like these, less like those."
    made_by: ClassVar[str] = "murecom scan"
    "The command that makes its artefact, for messages."

    state: dict[str, Array] = field(default_factory=dict, init=False, repr=False)
    "What was learned; empty before `fit`."
    metrics: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    "Figures about the fit, kept in the manifest; `evaluate` may add its own."
    manifest: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    "Of a loaded model, as it stands in its folder."
    engine: Engine | None = field(default=None, init=False, repr=False)
    "Where a fit may run parts of itself, for members that can; None is this process. Not kept."
    _catalogue: Catalogue | None = field(default=None, init=False, repr=False)
    _calibration: Calibration | None = field(default=None, init=False, repr=False)

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if "name" not in vars(cls):
            cls.name = cls.__module__.rpartition(".")[2]

    # -- what a member writes ---------------------------------------------------------------------

    @abstractmethod
    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        """Learn from checked data; give everything that `_scores` will need as plain arrays."""

    @abstractmethod
    def _scores(self, seeds: Seeds) -> NDArray[np.float32]:
        """Score every item, shape (n_items,); higher is better, -inf is never recommended."""

    def _open(self) -> None:  # noqa: B027 (a member may need nothing here)
        """Make of `self.state` whatever speeds up answers; called after a fit and after a load."""

    def _some(self, seeds: Seeds, items: NDArray[np.int64]) -> NDArray[np.float32]:
        """Score some items as `_scores` does, shape (len(items),); a member may do it faster."""
        return np.asarray(self._scores(seeds)[items], np.float32)

    def _top(
        self, seeds: Seeds, k: int, exclude: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Give the best k items and their raw scores; for members that need not score them all."""
        scores = np.array(self._scores(seeds), dtype=np.float32)
        scores[exclude] = -np.inf
        return top(scores, k)

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which known items can serve as seeds, shape (len(items),); all by default."""
        return np.ones(len(items), np.bool_)

    def _calibrate(self, data: Data) -> Calibration:
        """Learn how raw scores spread; the default samples random pairs and best pairs."""
        n = len(self.items)
        random = np.random.default_rng(0)
        others = random.choice(n, size=min(n, 2_000), replace=False)
        usable = np.arange(n)[self._usable(np.arange(n))] if "items" in self.takes else np.arange(0)
        titles = [title for title in data.titles if title.strip()] if "title" in self.takes else []
        if len(usable):
            sample = random.choice(usable, size=min(len(usable), 64), replace=False)
            requests = [Request((self.items[i],)) for i in sample]
        elif titles:
            sample = random.choice(len(titles), size=min(len(titles), 64), replace=False)
            requests = [Request(title=titles[i]) for i in sample]
        else:
            requests = [Request()] if "nothing" in self.takes else []
        raw: list[NDArray[np.float32]] = []
        for request in requests:
            seeds = self._resolve(request)
            raw += [self._some(seeds, others), self._top(seeds, 10, seeds.items)[1]]
        return Calibration.of_sample(np.concatenate([[], *raw]))

    # -- what everybody calls ---------------------------------------------------------------------

    @property
    def items(self) -> Catalogue:
        """The catalogue: track ids in the order of `scores`; NotReady before a fit."""
        if self._catalogue is None:
            raise NotReady(f"The model '{self.name}' has learned nothing yet. Run: {self.made_by}.")
        return self._catalogue

    def fit(self, data: Data, progress: Progress = no_progress) -> Self:
        """Learn from data, forgetting what was learned before.

        Raises
        ------
        NotReady
            The data lacks a part that this recommender needs.
        BadInput
            No items, or parts whose shapes do not agree.
        """
        data.check()
        for part in self.lacks(data):
            raise NotReady(f"'{self.name}' needs {part}, none are there. Run: {self.made_by}.")
        start = time.perf_counter()
        catalogue = Catalogue.build(data.items)
        before, self._catalogue = self._catalogue, catalogue
        try:
            state = self._fit(data, progress)
        except BaseException:
            self._catalogue = before
            raise
        self.state = {name: np.asarray(array) for name, array in state.items()}
        self._open()
        self._calibration = self._calibrate(data)
        self.metrics = {"items": len(catalogue), "fit_seconds": time.perf_counter() - start}
        self.manifest = {"data": data.hash(), "revision": data.revision}
        return self

    def begin_with(self, earlier: Recommender) -> Self:
        """Let the next fit begin with what an earlier model learned; most members learn anew."""
        return self

    def lacks(self, data: Data) -> list[str]:
        """Name the parts of the data that this recommender needs and that are not there."""
        return [part for part in sorted(self.needs) if not _holds(getattr(data, part))]

    def split(self, ids: Sequence[TrackId]) -> tuple[list[TrackId], list[TrackId]]:
        """Sort ids into those that can serve as seeds here and those that cannot."""
        items, places, _ = self.items.split(ids)
        good = set(places[self._usable(items)].tolist())
        return (
            [track_id for i, track_id in enumerate(ids) if i in good],
            [track_id for i, track_id in enumerate(ids) if i not in good],
        )

    def scores(self, request: Request) -> NDArray[np.float32]:
        """Score every item of the catalogue, seeds included.

        Returns
        -------
        ndarray of float32, shape (n_items,)
            Raw scores: comparable within one answer only. `calibrate` brings them to 0..1.

        Raises
        ------
        NotFound
            None of the seeds is known; the message names them.
        BadInput
            A weight or a mode is out of range, or there is nothing to start from.
        """
        scores = np.asarray(self._scores(self._resolve(request)), dtype=np.float32)
        assert scores.shape == (len(self.items),), f"{self.name}: scores of shape {scores.shape}"
        return scores

    def recommend(self, request: Request, k: int = 20) -> tuple[list[TrackId], NDArray[np.float32]]:
        """Give the best `k` items, without the seeds and what the request excludes.

        Returns
        -------
        ids : list of TrackId
            Best first; fewer than `k` when the catalogue has no more.
        scores : ndarray of float32
            0..1, falling.

        Raises
        ------
        NotFound, BadInput
            As in `scores`.
        """
        seeds = self._resolve(request)
        exclude = np.union1d(seeds.exclude, self.items.split(request.items)[0])
        items, raw = self._top(seeds, check_k(k), exclude)
        return self.items.ids(items), self.calibrate(raw)

    def recommend_many(
        self, requests: Sequence[Request], k: int = 20
    ) -> list[tuple[list[TrackId], NDArray[np.float32]]]:
        """Answer many requests; a member that is faster in batches overrides this."""
        return [self.recommend(request, k) for request in requests]

    def neighbours(self, item: TrackId, k: int = 20) -> tuple[list[TrackId], NDArray[np.float32]]:
        """Give the `k` items nearest to one, see `recommend`."""
        return self.recommend(Request((item,)), k)

    def calibrate(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring raw scores to 0..1, keeping their order."""
        if self._calibration is None:
            raise NotReady(f"The model '{self.name}' has learned nothing yet. Run: {self.made_by}.")
        return self._calibration(raw)

    # -- seeds ------------------------------------------------------------------------------------

    def _resolve(self, request: Request) -> Seeds:
        """Check a request and translate it into inner ids."""
        if request.mode not in ("continue", "next"):
            raise BadInput(f"There is no mode '{request.mode}'. Choose 'continue' or 'next'.")
        counts = {len(matrix) for matrix in request.vectors.values()}
        counts |= {len(rows) for rows in request.windows.values()}
        if len(counts) > 1:
            raise BadInput("The blocks have different numbers of rows. Give one row per seed.")
        outside = counts.pop() if counts else 0
        total = len(request.items) + outside
        weights = check_weights(request.weights, total)
        items, places, unknown = self.items.split(request.items)
        if not self.subtracts and (weights < 0).any():
            raise BadInput(
                f"'{self.name}' cannot keep away from tracks. Give weights of 0 or more."
            )
        good = self._usable(items) & (weights[places] != 0)
        seeds = Seeds(
            items=items[good],
            weights=weights[places[good]],
            vectors=request.vectors,
            windows=request.windows,
            vector_weights=weights[len(request.items) :],
            title=request.title,
            artists=tuple(name for name in request.artists if name.strip()),
            mode=request.mode,
            exclude=self.items.split(request.exclude)[0],
            unknown=unknown + tuple(self.items.ids(items[~self._usable(items)])),
        )
        self._check_start(seeds, total)
        return seeds

    def _check_start(self, seeds: Seeds, total: int) -> None:
        """Raise unless there is something this member can start from."""
        if self.takes & given(seeds):
            return
        if seeds.unknown:
            named = ", ".join(seeds.unknown[:5]) + (" …" if len(seeds.unknown) > 5 else "")
            raise NotFound(
                f"'{self.name}' knows none of the seeds: {named}. "
                f"If they are new, run: {self.made_by}."
            )
        takes = " or ".join(sorted(self.takes))
        raise BadInput(
            f"'{self.name}' starts from {takes}, and the request has none"
            f"{' with a weight above 0' if total else ''}. Add one."
        )

    def own(self, seeds: Seeds) -> Seeds | None:
        """Give what this member can start from; None if that is nothing. For members of others."""
        good = self._usable(seeds.items)
        if not good.all():
            seeds = replace(seeds, items=seeds.items[good], weights=seeds.weights[good])
        return seeds if self.takes & given(seeds) else None

    # -- files ------------------------------------------------------------------------------------

    def parameters(self) -> dict[str, Any]:
        """Give the fields of the dataclass with their values."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.init}

    def save(self, folder: Path | str) -> None:
        """Write the model as an artefact, in one step for whoever reads; see `artefact.save`."""
        calibration = self._calibration
        if calibration is None:
            raise NotReady(f"The model '{self.name}' has learned nothing yet. Run: {self.made_by}.")
        arrays = {f"items.{name}": array for name, array in self.items.arrays().items()}
        arrays |= {f"state.{name}": array for name, array in self.state.items()}
        arrays["calibration"] = calibration.table
        manifest = {
            "class": self.name,
            "parameters": self.parameters(),
            "items": len(self.items),
            "data": self.manifest.get("data"),
            "revision": self.manifest.get("revision"),
            "metrics": self.metrics,
        }
        artefact.save(folder, arrays, manifest)

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read a model; `Recommender.load` reads one of any class, found by the registry.

        Raises
        ------
        NotReady
            Nothing was saved there yet, or another version of murecom made it.
        BadInput
            The artefact is damaged, or of another class than the one that was asked.
        """
        what = f"model '{cls.name}'" if cls.name else "model"
        manifest, arrays = artefact.load(folder, what=what, remedy=cls.made_by)
        kind = cls._kind(manifest, folder)
        try:
            model = kind(**manifest["parameters"])
        except (TypeError, KeyError) as error:
            raise NotReady(
                f"The model in {folder} was made by another version of '{kind.name}' ({error}). "
                f"Make it again: {kind.made_by}."
            ) from error
        try:
            parts: dict[str, dict[str, Array]] = {"items": {}, "state": {}}
            for name, array in arrays.items():
                part, _, rest = name.partition(".")
                if rest:
                    parts[part][rest] = array
            model._catalogue = Catalogue.from_arrays(parts["items"])
            model.state = parts["state"]
            model._calibration = Calibration(arrays["calibration"])
            model._open()
        except (KeyError, ValueError, IndexError) as error:
            raise BadInput(
                f"The model in {folder} is damaged ({error}). Make it again: {kind.made_by}."
            ) from error
        model.metrics = dict(manifest.get("metrics") or {})
        model.manifest = manifest
        return model

    @classmethod
    def _kind(cls, manifest: Mapping[str, Any], folder: Path | str) -> type[Self]:
        name = str(manifest.get("class"))
        if cls.name == name:
            return cls
        if cls.name:
            raise BadInput(
                f"{folder} holds a model of the kind '{name}', not '{cls.name}'. "
                f"Make it again: {cls.made_by}."
            )
        found = registry.get("recommend", name)
        assert issubclass(found, cls)
        return found
