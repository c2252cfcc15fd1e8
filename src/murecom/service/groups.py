"""The library as a whole: its artists and albums, the parts it falls into, and a map of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from murecom.embed.musicnn import TAGS
from murecom.errors import BadInput, NotFound, NotReady
from murecom.index.clusters import Clusters, cluster
from murecom.index.layout import FEWEST
from murecom.index.sets import Near
from murecom.jobs.analyse import tags_key
from murecom.jobs.group_index import GroupIndex, GroupIndices, group_indices
from murecom.jobs.map_layout import map_places
from murecom.playlist.cluster_names import name_parts
from murecom.playlist.heard import Word, shared, words
from murecom.playlist.why import alike
from murecom.recommend.audio_knn import AudioKNN
from murecom.service.group_names import find_group
from murecom.service.opened import Opened
from murecom.types import (
    Album,
    Artist,
    Cluster,
    Clustering,
    GroupNeighbour,
    MusicMap,
    Place,
    Progress,
    SimilarAlbums,
    SimilarArtists,
    Track,
    no_progress,
)

WORDS_SHOWN = 3
"Words that a reason names, at most."

Tags = tuple[npt.NDArray[np.float32], npt.NDArray[np.float64], npt.NDArray[np.float64]]


class Groups(Opened):
    """Artists, albums, clusters and the map."""

    _indices: GroupIndices | None = None

    def artists(self, progress: Progress = no_progress) -> list[Artist]:
        """List the artists of the library, those with the most tracks first.

        Raises
        ------
        NotReady
            Nothing was scanned yet.
        """
        index = self._groups(progress).artists
        return [Artist(index.groups[n].name, len(index.groups[n].rows)) for n in _by_size(index)]

    def albums(self, progress: Progress = no_progress) -> list[Album]:
        """List the albums of the library in order of artists and titles; errors as `artists`."""
        groups = self._groups(progress).albums.groups
        return [Album(group.name, len(group.rows)) for group in groups]

    def find_artist(self, text: str, first: bool = False) -> Artist:
        """Find the one artist that a text means; see `service.group_names.find_group`."""
        groups = self._groups().artists.groups
        group = groups[find_group(groups, text, "artist", first)]
        return Artist(group.name, len(group.rows))

    def find_album(self, text: str, first: bool = False) -> Album:
        """Find the one album that a text means, by title, or by artist and title."""
        groups = self._groups().albums.groups
        group = groups[find_group(groups, text, "album", first)]
        return Album(group.name, len(group.rows))

    def similar_artists(
        self,
        seeds: Sequence[Artist],
        k: int = 10,
        *,
        notes: Sequence[str] = (),
        progress: Progress = no_progress,
    ) -> SimilarArtists:
        """Find the `k` artists whose tracks sound most like those of the seeds, taken together.

        Parameters
        ----------
        seeds : sequence of Artist
            At least one, as `artists` or `find_artist` gave it.
        k : int
            At least 1.
        notes : sequence of str
            Put in front of the answer's own notes.
        progress : callable
            Told while the index is built, once after every scan.

        Raises
        ------
        NotFound
            A seed is no artist of the library.
        BadInput
            No seed, or `k` below 1.
        """
        index = self._groups(progress).artists
        numbers = [_number(index, seed.name, "artist") for seed in seeds]
        found = self._near(index, numbers, k)
        model = AudioKNN.name
        return SimilarArtists(tuple(seeds), found, model, (*notes, *_notes(found, k, "artists")))

    def similar_albums(
        self,
        seeds: Sequence[Album],
        k: int = 10,
        *,
        notes: Sequence[str] = (),
        progress: Progress = no_progress,
    ) -> SimilarAlbums:
        """Find the `k` albums that sound most like the seeds; as `similar_artists`."""
        index = self._groups(progress).albums
        numbers = [_number(index, seed.name, "album") for seed in seeds]
        found = self._near(index, numbers, k)
        model = AudioKNN.name
        return SimilarAlbums(tuple(seeds), found, model, (*notes, *_notes(found, k, "albums")))

    def clusters(self, n: int | None = None, *, progress: Progress = no_progress) -> Clustering:
        """Divide the library into parts that sound alike, named in words.

        Parameters
        ----------
        n : int, optional
            How many; chosen by how clearly they stand apart otherwise.
        progress : callable
            Told while the model is built, if it must be.

        Raises
        ------
        BadInput
            `n` below 1.
        NotReady
            Nothing was scanned yet.
        """
        tracks, _, _, found, names = self._divided(n, progress)
        parts = tuple(
            Cluster(name, tuple(tracks[row] for row in found.members(number)))
            for number, name in enumerate(names)
        )
        notes = []
        if n is not None and len(parts) < n:
            notes.append(f"{n} clusters were asked for: only {len(parts)} of the tracks differ.")
        return Clustering(parts, AudioKNN.name, tuple(notes))

    def map(self, *, anew: bool = False, progress: Progress = no_progress) -> MusicMap:
        """Place every track of the library in the plane, near what it sounds like.

        The map is kept; after a scan the new tracks find their places and the others stay about
        where they were.

        Parameters
        ----------
        anew : bool
            Draw it from nothing.
        progress : callable
            Told while it is made.

        Raises
        ------
        NotReady
            Nothing was scanned yet.
        """
        tracks, genres, rows, found, names = self._divided(None, progress)
        places = map_places(self.home, self._sounds().model, progress, anew)[rows]
        places = places / max(float(np.abs(places).max(initial=0)), 1e-12)
        notes = []
        if len(tracks) < FEWEST:
            notes.append(f"Fewer than {FEWEST} tracks stand by their two main directions only.")
        return MusicMap(
            tuple(
                Place(
                    track,
                    round(float(x), 4),
                    round(float(y), 4),
                    names[found.labels[row]],
                    next(iter(genres[row]), None),
                )
                for row, (track, (x, y)) in enumerate(zip(tracks, places, strict=True))
            ),
            AudioKNN.name,
            tuple(notes),
        )

    # -- inside -----------------------------------------------------------------------------------

    def _groups(self, progress: Progress = no_progress) -> GroupIndices:
        model = self._sounds(progress).model
        self._indices = group_indices(self.store, self.home, model, progress, self._indices)
        return self._indices

    def _near(
        self, index: GroupIndex, numbers: Sequence[int], k: int
    ) -> tuple[GroupNeighbour, ...]:
        if not numbers:
            raise BadInput("Nothing to start from. Name at least one.")
        if k < 1:
            raise BadInput(f"k must be at least 1, not {k}.")
        own = np.unique(np.concatenate([index.sets.members(number) for number in numbers]))
        near = index.sets.nearest(own, k, exclude=numbers)
        scores = index.calibration([one.similarity for one in near])
        reasons = self._reasons(index, own, near, scores.tolist())
        return tuple(
            GroupNeighbour(
                index.groups[one.number].name,
                len(index.groups[one.number].rows),
                round(float(score), 4),
                why,
            )
            for one, score, why in zip(near, scores, reasons, strict=True)
        )

    def _reasons(
        self,
        index: GroupIndex,
        own: npt.NDArray[np.int64],
        near: Sequence[Near],
        scores: Sequence[float],
    ) -> list[str]:
        """Say what groups share with the seeds, and which two tracks are nearest."""
        model = self._sounds().model
        pairs = {row for one in near for row in (one.one, one.other)}
        titles = {
            track.id: track.title or track.name
            for track in self.store.tracks.get(model.items.ids(sorted(pairs))).values()
        }

        def title(row: int) -> str:
            return titles.get(model.items[row], model.items[row])

        tags, mean, scale = self._tags(model)
        here = _words(tags[own], mean, scale)
        reasons = []
        for one, score in zip(near, scores, strict=True):
            there = _words(tags[index.sets.members(one.number)], mean, scale)
            common = [word.text for word, _ in shared([here, there])][:WORDS_SHOWN]
            parts = [f"both: {', '.join(common)}" if common else alike(score)]
            if one.one == one.other:
                parts.append(f"together in “{title(one.one)}”")
            else:
                parts.append(f"nearest: “{title(one.one)}” – “{title(one.other)}”")
            reasons.append(" · ".join(parts))
        return reasons

    def _tags(self, model: AudioKNN) -> Tags:
        """Give the tag probabilities of a model's items, NaN where unknown, and what is usual."""
        ids, known = self.store.vectors.matrix(tags_key(self.sound))
        tags = np.full((len(model.items), known.shape[1]), np.nan, np.float32)
        items, places, _ = model.items.split(ids)
        tags[items] = known[places]
        some = known if len(known) else np.zeros((1, known.shape[1]))
        return tags, some.mean(axis=0, dtype=np.float64), some.std(axis=0, dtype=np.float64)

    def _divided(
        self, n: int | None, progress: Progress
    ) -> tuple[list[Track], list[tuple[str, ...]], npt.NDArray[np.int64], Clusters, list[str]]:
        """Give the tracks with a sound, their genres and rows in the model, clusters and names."""
        model = self._sounds(progress).model
        ids = list(model.items)
        known, details = self.store.tracks.get(ids), self.store.tracks.details(ids)
        heard: npt.NDArray[np.bool_] = np.any(model.vectors(), axis=1)
        rows = np.array([row for row, i in enumerate(ids) if i in known and heard[row]], np.int64)
        if not len(rows):
            raise NotReady("No track has been analysed yet. Run: murecom scan ~/Music")
        tracks = [known[ids[row]] for row in rows]
        genres = [details[ids[row]].genres if ids[row] in details else () for row in rows]
        found = cluster(np.ascontiguousarray(model.vectors()[rows]), n)
        members = [found.members(number).tolist() for number in range(len(found))]
        titles = [tracks[own[0]].title or tracks[own[0]].name for own in members]
        tags, _, _ = self._tags(model)
        names = name_parts(members, tags[rows], TAGS["msd"], genres, titles)
        return tracks, genres, rows, found, names


def _words(
    tags: npt.NDArray[np.float32], mean: npt.NDArray[np.float64], scale: npt.NDArray[np.float64]
) -> dict[str, Word]:
    known = tags[np.isfinite(tags).all(axis=1)]
    if not known.size:
        return {}
    return words(known.mean(axis=0), TAGS["msd"], mean, scale)


def _by_size(index: GroupIndex) -> list[int]:
    return sorted(range(len(index.groups)), key=lambda n: (-len(index.groups[n].rows), n))


def _number(index: GroupIndex, name: str, kind: str) -> int:
    for number, group in enumerate(index.groups):
        if group.name == name:
            return number
    raise NotFound(f"No {kind} of the library is called '{name}'. List them with: murecom {kind}s")


def _notes(found: Sequence[GroupNeighbour], k: int, kind: str) -> tuple[str, ...]:
    if len(found) == k:
        return ()
    return (f"{k} were asked for; other {kind} that have a sound: {len(found)}.",)
