"""Answers by sound and playlists together: one list from two models that know different tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from murecom.jobs.analyse import embedders
from murecom.playlist.order import order
from murecom.playlist.why import why
from murecom.recommend.calibration import RANDOM_PAIR
from murecom.service.answers import Limits, Sounds, Start
from murecom.service.asked import Asked
from murecom.service.by_playlists import ByPlaylists, shared
from murecom.service.choosing import Picked, Scored, apart, pick_from
from murecom.types import Neighbour, Recommendation


@dataclass(slots=True, eq=False)
class ByBoth:
    """A model of sounds and a model of playlists that answer together."""

    sounds: Sounds
    playlists: ByPlaylists

    def similar(
        self, start: Start, asked: Asked, k: int, limits: Limits, novelty: float
    ) -> Recommendation:
        """Answer with the `k` tracks that are nearest to the seeds in both ways, nearest first."""
        picked = self._pick(start, asked, k, limits, novelty)
        return self.answer(start, asked, picked, picked.ranked(by_score=not novelty))

    def continue_(
        self, start: Start, asked: Asked, length: int, limits: Limits, novelty: float, flow: bool
    ) -> Recommendation:
        """Answer with the next tracks of a list; ordered by flow if all of them have a sound."""
        picked = self._pick(start, asked, length, limits, novelty)
        scores = dict(found := apart(picked))
        rows = [row for row, _ in found]
        if flow and rows:
            around = [picked.given[-1], *rows]
            ids = [picked.pool.tracks[row].id for row in around]
            if not self.sounds.model.split(ids)[1]:
                rows = order(picked.pool, around, first=around[0], edges=self.sounds.edges(ids))[1:]
        return self.answer(start, asked, picked, [(row, scores[row]) for row in rows])

    def candidates(self, start: Start, asked: Asked, many: int) -> Scored:
        """Give the best tracks of both models.

        A track that both know has the mean of its two scores, one that a model knows but does not
        have among its best counts there as a random pair; a track that only one knows keeps its
        score.
        """
        sound = self.sounds.votes or self.sounds.model
        sides = [
            sound.recommend(start.request(), many),
            self.playlists.candidates(asked, many),
        ]
        excluded = self.playlists.files.excluded({*asked.exclude, *asked.items[: asked.direct]})
        scored = [dict(zip(ids, scores.tolist(), strict=True)) for ids, scores in sides]
        found = [i for i in dict.fromkeys([*scored[0], *scored[1]]) if i not in excluded]
        total, count = np.zeros(len(found)), np.zeros(len(found))
        known = [set(sound.split(found)[0]), self.playlists.files.known(found)]
        for knows, own in zip(known, scored, strict=True):
            for place, track_id in enumerate(found):
                score = own.get(track_id)
                if score is None and track_id in knows:
                    score = min(RANDOM_PAIR, min(own.values(), default=0.0))
                if score is not None:
                    total[place] += score
                    count[place] += 1
        means = total / np.maximum(count, 1)
        best = np.argsort(-means, kind="stable")
        return [found[place] for place in best], means[best].astype(np.float32)

    def _pick(
        self,
        start: Start,
        asked: Asked,
        length: int,
        limits: Limits,
        novelty: float,
    ) -> Picked:
        network = embedders(self.sounds.sound)[0]
        # what a genre network hears is too coarse to tell copies by
        is_coarse = self.sounds.sound.model == "genre_cnn"
        return pick_from(
            self.sounds.store,
            lambda many: self.candidates(start, asked, many),
            asked.seeds,
            length,
            limits,
            self.sounds.settings,
            heard=None if is_coarse else (network.key, network.dim),
            novelty=novelty,
            popularity=self.playlists.popularity,
            vectors=self.playlists.vectors,
        )

    def answer(
        self, start: Start, asked: Asked, picked: Picked, rows: Sequence[tuple[int, float]]
    ) -> Recommendation:
        """Put words to what was chosen: how many playlists, then what the tracks share."""
        tracks = [picked.pool.tracks[row] for row, _ in rows]
        together = self.playlists.together(asked, [track.id for track in tracks])
        known = set(self.sounds.model.split([track.id for track in tracks])[0])
        everyone = self.sounds.profiles([*tracks, *start.seeds], start)
        seeds = everyone[len(tracks) :]
        reasons = self.playlists.reasons(asked, tracks)
        neighbours = []
        for place, (track, (_, score)) in enumerate(zip(tracks, rows, strict=True)):
            told = shared(*together[place], asked)
            if track.id in known:
                heard = why(seeds, everyone[place], score)
                told = f"{told} · {heard}" if told else heard
            neighbours.append(Neighbour(track, round(float(score), 4), told or reasons[place]))
        sound = self.sounds.votes or self.sounds.model
        names = f"{sound.name} + {self.playlists.model.name}"
        notes = (*self.playlists.notes, *asked.notes, *start.notes, *picked.notes)
        return Recommendation(asked.seeds, tuple(neighbours), names, tuple(dict.fromkeys(notes)))
