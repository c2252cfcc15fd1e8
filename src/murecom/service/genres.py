"""Genres of the library: what a probe that the user trained says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from murecom.errors import BadInput, MurecomError, NotFound, NotReady
from murecom.jobs.analyse import Sound, vectors_of
from murecom.jobs.slices import genre_folder
from murecom.label.names import covered
from murecom.label.probe import SURE, Probe
from murecom.service.opened import Opened
from murecom.store.rows import batches
from murecom.store.tags import GUESS
from murecom.types import Neighbour, Progress, Recommendation, Step, Track, TrackId, no_progress

Floats = npt.NDArray[np.float32]

KEPT, LEAST_KEPT = 3, 0.05
"""Labels of a track that are kept as tags: the best three that have some probability, but always
the best one, which also tells that the track has been looked at."""

AGAINST = 0.05
"Probability below which a probe denies a genre that the tags name."


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the library is of one genre."""

    genre: str
    tracks: int
    share: float


@dataclass(frozen=True, slots=True)
class GenreSummary:
    """The genres of the library.

    `unsure` tracks have no genre of the probability asked for; `unheard` ones have vectors, but of
    another model than the probe reads. `written` counts the tracks whose labels were kept now.
    """

    probe: Mapping[str, Any]
    tracks: int
    genres: tuple[Share, ...]
    unsure: int
    unheard: int
    least: float
    written: int | None = None


@dataclass(frozen=True, slots=True)
class TrackGenres:
    """What is known of the genre of one track.

    `genre` is the probe's answer, None when it is unsure; `own` is what the tags say; `genres` are
    all probabilities, highest first, whose sum is `evidence`: the rest is "none of these".
    """

    track: Track
    genre: str | None
    own: tuple[str, ...]
    genres: tuple[tuple[str, float], ...]
    evidence: float


class Genres(Opened):
    """What a genre probe says of the library."""

    def genres(
        self, least: float = SURE, *, write: bool = False, progress: Progress = no_progress
    ) -> GenreSummary:
        """Count the genres of the library.

        Parameters
        ----------
        least : float
            Probability that a label needs, 0..1; tracks without one count as unsure.
        write : bool
            Keep the labels as tags of the tracks that have none of this probe yet; those of other
            probes give way. Rules count them where a track has no genre of its own, from 0.5 on.
        progress : callable
            Told while labels are kept. Stopped in between, the next call goes on.

        Raises
        ------
        NotReady
            No probe was trained, or no track has the vectors it reads.
        BadInput
            `least` is not a probability.
        """
        probe = self._genre_probe()
        _check(least)
        ids, said = self._said_of_library(probe)
        best = said.argmax(axis=1)
        sure = said[np.arange(len(ids)), best] >= least
        counts = Counter(probe.genres[column] for column in best[sure].tolist())
        shares = [Share(genre, n, n / len(ids)) for genre, n in counts.most_common()]
        summary = GenreSummary(
            probe=self._about_probe(probe),
            tracks=len(ids),
            genres=tuple(shares),
            unsure=int((~sure).sum()),
            unheard=max(0, self.store.status()["embedded"] - len(ids)),
            least=least,
        )
        if write:
            summary = replace(summary, written=self._keep_labels(probe, ids, said, progress))
        return summary

    def genres_of(self, tracks: Sequence[Track], least: float = SURE) -> list[TrackGenres]:
        """Tell how probable each genre is for these tracks, in the library or files outside.

        Raises
        ------
        NotFound
            A track has no vectors and no file that could be heard.
        NotReady, BadInput
            As in `genres`.
        """
        probe = self._genre_probe()
        _check(least)
        means = [self._mean_vectors(track, probe) for track in tracks]
        blocks = {
            key: np.stack([mean[key] for mean in means])
            if means
            else np.zeros((0, 0), dtype=np.float32)
            for key in probe.keys
        }
        said = probe.probabilities(blocks) if means else np.zeros((0, len(probe.genres)))
        own = self._own_genres([track.id for track in tracks])
        found = []
        for track, row in zip(tracks, said, strict=True):
            order = np.argsort(-row, kind="stable")
            ranked = tuple((probe.genres[c], round(float(row[c]), 4)) for c in order)
            genre = ranked[0][0] if row[order[0]] >= least else None
            evidence = round(float(row.sum()), 4)
            found.append(TrackGenres(track, genre, own.get(track.id, ()), ranked, evidence))
        return found

    def tracks_of_genre(
        self, genre: str, k: int | None = None, least: float = SURE
    ) -> Recommendation:
        """List the tracks that are most surely of a genre, the surest first, all if `k` is None.

        Raises
        ------
        NotFound
            The probe knows no such genre; the sentence names those it knows.
        """
        probe = self._genre_probe()
        _check(least)
        columns = sorted(covered(genre, probe.genres))
        exact = [c for c, name in enumerate(probe.genres) if name == genre]
        if not columns and not exact:
            raise NotFound(
                f"The probe knows no genre '{genre}'. It knows: {', '.join(probe.genres)}."
            )
        columns = exact or columns
        ids, said = self._said_of_library(probe)
        scores = said[:, columns].sum(axis=1)
        order = [row for row in np.argsort(-scores, kind="stable") if scores[row] >= least][:k]
        chosen = [ids[row] for row in order]
        tracks, own = self.store.tracks.get(chosen), self._own_genres(chosen)
        neighbours = tuple(
            Neighbour(tracks[i], round(float(scores[row]), 4), _tagged(own.get(i, ())))
            for row, i in zip(order, chosen, strict=True)
            if i in tracks
        )
        return Recommendation((), neighbours, probe.source)

    def genre_disagreements(self, k: int | None = None, least: float = SURE) -> Recommendation:
        """List tracks whose own genre the probe denies while it is sure of another, surest first.

        Tags that name none of the probe's genres are passed over: nothing can be said about them.
        """
        probe = self._genre_probe()
        _check(least)
        ids, said = self._said_of_library(probe)
        best = said.argmax(axis=1)
        rows = np.flatnonzero(said[np.arange(len(ids)), best] >= least)
        own = self._own_genres([ids[row] for row in rows])
        speaks = {tag: covered(tag, probe.genres) for tags in own.values() for tag in tags}
        found = []
        for row in rows.tolist():
            tags = own.get(ids[row], ())
            columns = sorted(frozenset().union(*(speaks[tag] for tag in tags)))
            if columns and said[row, columns].sum() < AGAINST:
                found.append((float(said[row, best[row]]), row))
        found.sort(key=lambda one: -one[0])
        tracks = self.store.tracks.get([ids[row] for _, row in found[:k]])
        neighbours = tuple(
            Neighbour(
                tracks[ids[row]],
                round(score, 4),
                f"sounds like {probe.genres[best[row]]}, {_tagged(own[ids[row]])}",
            )
            for score, row in found[:k]
            if ids[row] in tracks
        )
        return Recommendation((), neighbours, probe.source)

    def forget_genres(self) -> int:
        """Delete the labels that any probe gave; the tags of the files stay. Gives how many."""
        sources = [s for s in self.store.tags.sources("genre") if s.startswith(GUESS)]
        return sum(self.store.tags.forget("genre", source) for source in sources)

    # -- inside -----------------------------------------------------------------------------------

    def _genre_probe(self) -> Probe:
        return Probe.load(genre_folder(self.home, "probe"))

    def _about_probe(self, probe: Probe) -> dict[str, Any]:
        metrics = probe.metrics
        accuracy = (metrics.get("report") or {}).get("accuracy")
        return {
            "version": probe.version,
            "genres": list(probe.genres),
            "accuracy": accuracy,
            "clips": metrics.get("clips"),
            "split": metrics.get("split"),
        }

    def _said_of_library(self, probe: Probe) -> tuple[list[TrackId], Floats]:
        """Give the present tracks that have all vectors, and their probabilities."""
        blocks = {key: self.store.vectors.matrix(key) for key in probe.keys}
        common = set.intersection(*(set(ids) for ids, _ in blocks.values()))
        if not common:
            there = self.store.vectors.keys()
            if not there:
                raise NotReady("No track has been analysed yet. Run: murecom scan ~/Music")
            raise NotReady(
                f"The genre probe reads vectors of {', '.join(probe.keys)}, and the library has "
                f"those of {', '.join(there)}. Set sound.model = msd, then run: murecom scan"
            )
        ids = sorted(common)
        vectors = {}
        for key, (own, matrix) in blocks.items():
            if own != ids:
                row_of = {track: row for row, track in enumerate(own)}
                matrix = matrix[[row_of[track] for track in ids]]
            vectors[key] = matrix
        return ids, probe.probabilities(vectors)

    def _mean_vectors(self, track: Track, probe: Probe) -> dict[str, Floats]:
        found = {key: self.store.vectors.get(track.id, key) for key in probe.keys}
        if any(rows is None for rows in found.values()):
            if not track.path:
                raise NotFound(f"{track.name} has no sound here. Scan the folder of its file.")
            try:
                heard = vectors_of(track.path, Sound(backend=self.settings.sound.backend))
            except MurecomError as error:
                raise NotFound(f"{track.name} cannot be heard: {error}") from error
            found = {key: heard[key] for key in probe.keys}
        return {key: rows.mean(axis=0) for key, rows in found.items() if rows is not None}

    def _own_genres(self, ids: Sequence[TrackId]) -> dict[TrackId, tuple[str, ...]]:
        """Give the genres that tags name, not those of a probe."""
        found: dict[TrackId, tuple[str, ...]] = {}
        for track_id, tags in self.store.tags.of(ids, "genre").items():
            own = [tag.value for tag in tags if not tag.source.startswith(GUESS)]
            if own:
                found[TrackId(track_id)] = tuple(dict.fromkeys(own))
        return found

    def _keep_labels(
        self, probe: Probe, ids: Sequence[TrackId], said: Floats, progress: Progress
    ) -> int:
        """Keep labels of the tracks that have none of this probe; a batch a commit."""
        tags = self.store.tags
        done = tags.tagged("genre", probe.source)
        old = [s for s in tags.sources("genre") if s.startswith(GUESS) and s != probe.source]
        todo = [row for row, track_id in enumerate(ids) if track_id not in done]
        progress(Step("Labelling", 0, len(todo)))
        finished = 0
        for batch in batches(todo):
            with self.store.transaction():
                for row in batch:
                    order = np.argsort(-said[row], kind="stable")[:KEPT].tolist()
                    kept = [c for c in order if said[row, c] >= LEAST_KEPT] or order[:1]
                    rows = [
                        ("genre", probe.genres[c], round(float(said[row, c]), 4), probe.source)
                        for c in kept
                    ]
                    tags.put(ids[row], rows, instead_of=[("genre", source) for source in old])
            finished += len(batch)
            progress(Step("Labelling", finished, len(todo)))
        return finished


def _tagged(own: Sequence[str]) -> str:
    return f"tagged {', '.join(own)}" if own else "no genre tag"


def _check(least: float) -> None:
    if not 0 <= least <= 1:
        raise BadInput(f"A probability lies between 0 and 1, not at {least}. Correct it.")
