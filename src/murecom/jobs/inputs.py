"""More than sound: names, numbers and words of tracks as blocks of the vector.

The original wished for title, artist, album, duration and lyrics beside the spectrogram. Each is a
block of its own with a weight of section `inputs`; a weight of 0, the default, leaves it out.
`docs/design/inputs.md` says what each is worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from murecom import artefact
from murecom.artefact import Array
from murecom.errors import BadInput, NotReady
from murecom.index.numbers import LENGTHS, YEARS, durations, years
from murecom.index.space import VectorBlock
from murecom.index.words import Words
from murecom.jobs.analyse import Sound
from murecom.library.lyrics_files import read_lyrics
from murecom.library.tags import read_tags
from murecom.store import Details, Store
from murecom.types import Track, TrackId

Floats = NDArray[np.float32]

_ENCODERS = {
    "title": Words(32),
    "artist": Words(32, whole=True),
    "album": Words(32, whole=True),
    "genre": Words(16, whole=True),
    "lyrics": Words(32, method="topics"),
}
_NUMBERS = {"year": len(YEARS), "duration": len(LENGTHS)}

VERSION = 1
"Of the way in which vectors are made; it is in their keys, and other ones are never compared."

_TINY = 1e-6
"A spread below this is nothing, as in `index.space`."

WHAT = "model of names and words"

NAMES = (*_ENCODERS, *_NUMBERS)
"The blocks, as the settings call them."


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a track beside its sound; None and empty where nothing is."""

    title: str | None = None
    artists: tuple[str, ...] = ()
    album: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    duration: float | None = None
    lyrics: str | None = None

    def texts(self, name: str) -> tuple[str, ...]:
        """Give the texts of a block of words."""
        one = {"title": self.title, "album": self.album, "lyrics": self.lyrics}
        if name in one:
            return (one[name],) if one[name] else ()  # type: ignore[return-value]
        return self.artists if name == "artist" else self.genres


def key_of(name: str) -> str:
    """Give the key of a block's vectors."""
    return f"input-{name}-{VERSION}"


@dataclass(eq=False)
class Inputs:
    """Makes the blocks of those inputs whose weight is not 0.

    Parameters
    ----------
    weights : mapping of name to float
        See `NAMES`.
    revision : int, optional
        State of the store that is learned from.

    Raises
    ------
    BadInput
        A name is none of them.
    """

    weights: Mapping[str, float]
    revision: int | None = None
    _words: dict[str, Words] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the names."""
        for name in self.weights:
            if name not in NAMES:
                raise BadInput(f"There is no input '{name}'. Use: {', '.join(NAMES)}.")
        self.weights = {name: float(w) for name, w in self.weights.items() if w}

    def fit(self, facts: Sequence[Facts]) -> Self:
        """Learn which words are common in this library, and what lyrics speak of."""
        for name in self.weights:
            if name in _ENCODERS:
                encoder = _fresh(name)
                self._words[name] = encoder.fit([fact.texts(name) for fact in facts])
        return self

    def vectors(self, facts: Sequence[Facts]) -> dict[str, Floats]:
        """Give the vectors of tracks by key; rows of NaN where there is nothing to go by."""
        made = {}
        for name in self.weights:
            if name in self._words:
                matrix = self._words[name].transform([fact.texts(name) for fact in facts])
            elif name == "year":
                matrix = years([fact.year for fact in facts])
            else:
                matrix = durations([fact.duration for fact in facts])
            made[key_of(name)] = matrix
        return made

    def blocks(self, facts: Sequence[Facts]) -> dict[str, VectorBlock]:
        """Give the vectors of the tracks that were learned from as blocks with their weights.

        A track without a value gets a random direction of its own, which has as little to do with
        one track as with another. As nothing, it would stand nearer to other tracks without a value
        than to all that have one: `docs/design/inputs.md` has the figures.
        """
        blocks = {}
        vectors = self.vectors(facts)
        for number, (name, weight) in enumerate(self.weights.items()):
            matrix = vectors[key_of(name)]
            has = np.flatnonzero(~np.isnan(matrix[:, 0]))
            mean = np.zeros(matrix.shape[1], np.float32)
            scale = mean + 1
            if len(has) > 1:
                mean = matrix[has].mean(axis=0, dtype=np.float64).astype(np.float32)
                scale = matrix[has].std(axis=0, dtype=np.float64).astype(np.float32)
                scale[scale < _TINY] = 1
                random = np.random.default_rng([0, number]).standard_normal(matrix.shape)
                filled = mean + scale * random.astype(np.float32)
                filled[has] = matrix[has]
                matrix = filled
            blocks[key_of(name)] = VectorBlock(matrix, mean, scale, weight)
        return blocks

    def save(self, folder: Path) -> None:
        """Write what was learned, for tracks that come later."""
        arrays: dict[str, Array] = {}
        for name, encoder in self._words.items():
            arrays |= {f"{name}.{part}": array for part, array in encoder.arrays().items()}
        manifest = {
            "class": "inputs",
            "weights": dict(self.weights),
            "version": VERSION,
            "revision": self.revision,
        }
        artefact.save(folder, arrays, manifest)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        NotReady
            There is nothing in the folder.
        BadInput
            It is damaged or of another version.
        """
        manifest, arrays = artefact.load(folder, what=WHAT)
        try:
            if manifest["class"] != "inputs" or manifest["version"] != VERSION:
                raise ValueError("it was made by another version")
            inputs = cls(manifest["weights"], manifest["revision"])
            for name in inputs.weights:
                if name in _ENCODERS:
                    inputs._words[name] = _fresh(name).restore(artefact.part(arrays, name))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise BadInput(
                f"The inputs in {folder} cannot be used: {error}. Remove the folder and try again."
            ) from error
        return inputs


def folder_of(home: Path) -> Path:
    """Name the folder of what was learned about names and words."""
    return home / "models" / "inputs"


def has_inputs(home: Path, sound: Sound, revision: int) -> bool:
    """Tell whether what a model of this state and these settings needs for new tracks was kept.

    A model that was interrupted while it was built leaves inputs behind that are not those of the
    model before it.
    """
    weights = {name: weight for name, weight in sound.inputs if weight}
    if not weights:
        return True
    try:
        kept = artefact.read_manifest(folder_of(home), what=WHAT)
    except (NotReady, BadInput):
        return False
    return bool(kept.get("weights") == weights and kept.get("revision") == revision)


def facts_of(store: Store, ids: Sequence[TrackId]) -> list[Facts]:
    """Read what the store knows of tracks beside their sound, in the order of their ids."""
    tracks, details = store.tracks.get(ids), store.tracks.details(ids)
    lyrics = store.texts.get(ids, "lyrics")
    facts = []
    for track_id in ids:
        # one that was deleted since its vectors were read has nothing but these
        track, more = tracks.get(track_id, Track(track_id)), details.get(track_id, Details())
        words = next((text.body for text in lyrics.get(track_id, ()) if text.body), None)
        facts.append(
            Facts(
                track.title, track.artists, track.album, more.genres, more.year,
                track.duration, words,
            )
        )  # fmt: skip
    return facts


def facts_of_file(path: str) -> Facts:
    """Read the same from a file that the library does not hold."""
    tags, lyrics = read_tags(path), read_lyrics(path)
    return Facts(
        tags.title, tags.artists, tags.album, tags.genres, tags.year, tags.duration,
        lyrics.text or None,
    )  # fmt: skip


def outside_vectors(home: Path, sound: Sound, path: str) -> dict[str, Floats]:
    """Give the vectors of a file outside the library, shape (1, dim) each; {} without inputs.

    Made as those of the library were, so a model must have been built with these settings.
    """
    if not any(weight for _, weight in sound.inputs):
        return {}
    return Inputs.load(folder_of(home)).vectors([facts_of_file(path)])


def _fresh(name: str) -> Words:
    pattern = _ENCODERS[name]
    return Words(pattern.dim, pattern.method, pattern.whole)
