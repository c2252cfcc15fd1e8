"""Candidates of many recommenders, put in order by trees that learned whom to believe when.

Members propose; a row of evidence is written for every candidate; gradient-boosted trees, trained
on playlists that the members have not seen, say which candidates the list really held. One set of
trees continues lists, another names the next track.
Source: Bruch, "An alternative cross entropy loss for learning-to-rank", WWW 2021; the two stages
are those of Volkovs et al., "Two-stage model for automatic playlist continuation at scale", RecSys
Challenge 2018.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom import artefact
from murecom.artefact import Array
from murecom.engine.threads import cores
from murecom.errors import MissingExtra
from murecom.recommend.base import Data, Mode, Seeds
from murecom.recommend.calibration import Calibration
from murecom.recommend.composite import CONTINUE, LISTS, NEXT, Composite, add
from murecom.recommend.evidence import Evidence, facts
from murecom.types import Progress, Step

LEAST_LISTS = 300
"Fewer playlists than that train no trees: candidates then stand in the order of the blend."

FIRST = (0, 1, 1, 2, 3, 5, 5, 10, 10, 15, 25, 25, 50, 100)
"Numbers of first tracks of a list that training takes as seeds; some oftener than others."

SCATTERED = (5, 10, 25, 25, 50)
"Numbers of tracks from anywhere in a list that it takes otherwise."

SHARE_SCATTERED = 0.3
"How often it does; playlists are continued at their end more often than filled up."

FEW_HELD = 0.05
"Where fewer of the lists are held out, the members that serve begin with what they learned then."

LEAST_HELD = 5
"Tracks that must be left to be found."


@dataclass(eq=False)
class Reranked(Composite):
    """Candidates of members in the order that trees give them.

    Where the data has too few playlists to train trees, or LightGBM is not installed, candidates
    stand in the order of the blend, and `notes` says so.
    """

    weights: dict[str, float] = field(default_factory=lambda: dict(CONTINUE))
    "Of members in the blend that stands behind the candidates of the trees; 0: only proposes."

    next_weights: dict[str, float] = field(default_factory=lambda: dict(NEXT))
    "The same where the next track is asked for."

    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    "Parameters of members, by name."

    depth: int = 400
    "Candidates that each member proposes."

    trees: int = 300
    "Trees of each of the two models."

    leaves: int = 31
    "Leaves of a tree."

    rate: float = 0.05
    "How much each tree may say."

    held_out: float = 0.25
    "Share of the lists that the trees learn from; members learn from the others meanwhile."

    most_lists: int = 1_200
    "At most so many lists are held out."

    negatives: int = 200
    "Wrong candidates of each request that are learned from."

    seed: int = 0
    "Of what is drawn at random."

    _boosters: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _of_blend: Calibration | None = field(default=None, init=False, repr=False)
    _evidence: Evidence | None = field(default=None, init=False, repr=False)

    def _asked(self) -> tuple[dict[str, float], Mapping[str, Mapping[str, Any]]]:
        return {**self.weights, **self.next_weights}, self.options

    # -- learning ---------------------------------------------------------------------------------

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        trees = self._train(data, progress)
        gc.collect()  # training leaves cycles that hold its members: gigabytes at full size
        state = self._fit_members(data, progress)
        state |= {f"facts.{name}": array for name, array in facts(data).items()}
        return state | {f"trees.{mode}": array for mode, array in trees.items()}

    def _train(self, data: Data, progress: Progress) -> dict[str, Array]:
        """Train the trees of both modes; none where there are too few playlists."""
        lists = data.interactions
        assert lists is not None
        if len(lists) < LEAST_LISTS or not _library(quiet=True):
            return {}
        random = np.random.default_rng(self.seed)
        rows: dict[str, list[Rows]] = {"continue": [], "next": []}
        held, rest = self._divide(len(lists), random)
        titles = [data.titles[row] for row in rest] if data.titles else ()
        model = Reranked(self.weights, self.next_weights, self.options, depth=self.depth)
        model.engine, model._catalogue = self.engine, self._catalogue
        inner = replace(data, interactions=lists.take(rest), titles=titles)
        model.state = model._fit_members(inner, progress)
        model.state |= {f"facts.{name}": array for name, array in facts(inner).items()}
        model._open()
        if len(held) < FEW_HELD * len(lists):  # then members know nearly all from this
            self.begin_with(model)
        for mode, found in model._rows(data, held, random, self.negatives, progress):
            rows[mode].append(found)
        return {mode: self._grow(found) for mode, found in rows.items() if found}

    def _divide(
        self, n: int, random: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Choose lists to ask about, and the others, which members learn from meanwhile."""
        order = random.permutation(n)
        held = min(round(n * self.held_out), self.most_lists)
        return np.sort(order[:held]), np.sort(order[held:])

    def _rows(
        self,
        data: Data,
        held: NDArray[np.int64],
        random: np.random.Generator,
        negatives: int,
        progress: Progress,
    ) -> Iterator[tuple[str, Rows]]:
        """Write the evidence for requests made of lists that the members have not seen."""
        assert data.interactions is not None
        seen = self.state["facts.popularity"] > 0
        for number, row in enumerate(held.tolist()):
            progress(Step("re-ranker", number, len(held)))
            title = data.titles[row] if data.titles else None
            for mode, seeds, wanted in cases(data.interactions[row], random):
                wanted = wanted[seen[wanted]]
                if not len(wanted):
                    continue
                own = seeds[seen[seeds]]
                request = seeds_of(own, mode, title if mode == "continue" else None)
                found = self.gather(request, self.depth, own)
                labels = np.isin(found.items, wanted)
                if not labels.any():
                    continue
                table = self.evidence.table(request, found)
                wrong = np.flatnonzero(~labels)
                wrong = random.choice(wrong, min(negatives, len(wrong)), replace=False)
                taken = np.concatenate([np.flatnonzero(labels), wrong])
                yield mode, Rows(table[taken], labels[taken])
        progress(Step("re-ranker", len(held), len(held)))

    def _grow(self, rows: list[Rows]) -> Array:
        lightgbm = _library()
        table = np.concatenate([one.table for one in rows])
        labels = np.concatenate([one.labels for one in rows]).astype(np.int8)
        sizes = [len(one.labels) for one in rows]
        parameters = {
            "objective": "rank_xendcg",
            "num_leaves": self.leaves,
            "learning_rate": self.rate,
            "min_data_in_leaf": 50,
            "feature_fraction": 0.7,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "lambda_l2": 1.0,
            "num_threads": cores(),
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }
        data = lightgbm.Dataset(table, labels, group=sizes)
        booster = lightgbm.train(parameters, data, self.trees)
        return np.frombuffer(booster.model_to_string().encode(), np.uint8)

    # -- answering --------------------------------------------------------------------------------

    def _open(self) -> None:
        super()._open()
        self._boosters = {}
        lists = artefact.part(self.state, LISTS)
        members = tuple(self.members)
        self._evidence = Evidence(artefact.part(self.state, "facts"), lists, members)

    @property
    def evidence(self) -> Evidence:
        """What writes the columns of candidates."""
        assert self._evidence is not None
        return self._evidence

    @property
    def notes(self) -> tuple[str, ...]:
        """What a listener should know of this model; empty when all is well."""
        if not _library(quiet=True):
            return ("LightGBM is not installed: the blend puts tracks in order.",)
        if "trees.continue" not in self.state:
            return (f"Trees that re-rank need {LEAST_LISTS} playlists: the blend orders tracks.",)
        return ()

    def calibrate(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring raw scores to 0..1; those of the blend where trees are there and cannot be run."""
        if "trees.continue" in self.state and not _library(quiet=True):
            if self._of_blend is None:
                self._of_blend = self._calibrate(Data(self.items))
            return self._of_blend(raw)
        return super().calibrate(raw)

    def _scores(self, seeds: Seeds) -> NDArray[np.float32]:
        items, total = self._ranked(seeds, self.depth, seeds.items)
        scores = np.full(len(self.items), -np.inf, np.float32)
        scores[items] = total
        return scores

    def _top(
        self, seeds: Seeds, k: int, exclude: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        items, total = self._ranked(seeds, max(self.depth, k), exclude)
        best = np.argsort(-total, kind="stable")[:k]
        return items[best], total[best]

    def _ranked(
        self, seeds: Seeds, each: int, exclude: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        if seeds.mode == "next" and len(seeds.items):
            seeds = replace(seeds, title=None)  # what comes next is learned from tracks alone
        found = self.gather(seeds, each, exclude)
        booster = self._booster(seeds.mode)
        if booster is None or not len(found.items):
            weights = self.next_weights if seeds.mode == "next" else self.weights
            return found.items, add(found, weights, "minmax")
        table = self.evidence.table(seeds, found)
        return found.items, booster.predict(table, num_threads=1).astype(np.float32)

    def _booster(self, mode: str) -> Any:
        """Give the trees of a mode, read once; None where there are none."""
        if mode not in self._boosters:
            text, library = self.state.get(f"trees.{mode}"), _library(quiet=True)
            self._boosters[mode] = None
            if text is not None and library:
                self._boosters[mode] = library.Booster(model_str=text.tobytes().decode())
        return self._boosters[mode]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The evidence of some candidates of one request, and which of them the list really held."""

    table: NDArray[np.float32]
    labels: NDArray[np.bool_]


def cases(
    entries: NDArray[np.int32], random: np.random.Generator
) -> Iterator[tuple[Mode, NDArray[np.int64], NDArray[np.int64]]]:
    """Make requests of a list: mode, seeds in order, tracks to be found."""
    items = entries.astype(np.int64)
    _, firsts = np.unique(items, return_index=True)
    items = items[np.sort(firsts)]
    is_scattered = random.random() < SHARE_SCATTERED
    sizes = [n for n in (SCATTERED if is_scattered else FIRST) if n + LEAST_HELD <= len(items)]
    if sizes:
        size = int(random.choice(sizes))
        chosen = np.arange(size)
        if is_scattered:
            chosen = np.sort(random.choice(len(items), size, replace=False))
        yield "continue", items[chosen], np.delete(items, chosen)
    if len(items) > 1:
        place = int(random.integers(1, len(items)))
        yield "next", items[:place], items[place : place + 1]


def seeds_of(items: NDArray[np.int64], mode: Mode, title: str | None = None) -> Seeds:
    """Make a checked request of inner ids."""
    return Seeds(
        items=items,
        weights=np.ones(len(items), np.float32),
        vectors={},
        vector_weights=np.zeros(0, np.float32),
        title=title,
        mode=mode,
        exclude=np.zeros(0, np.int64),
        unknown=(),
    )


def _library(quiet: bool = False) -> Any:
    """Import LightGBM; None if it is missing and that is said elsewhere."""
    try:
        import lightgbm
    except (ImportError, OSError) as error:  # OSError: without OpenMP it is there and cannot load
        if quiet:
            return None
        raise MissingExtra("playlists", "Training the re-ranker") from error
    logging.getLogger("lightgbm").setLevel(logging.ERROR)
    return lightgbm
