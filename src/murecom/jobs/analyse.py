"""What a worker does with one file: fingerprint, tags, lyrics, windows of sound, vectors.

A pure function of its task, so that any engine can run it; everything it learns, and everything
that went wrong, is in what it returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from murecom.audio.decode import Silent, TooShort, probe, read_windows
from murecom.embed.base import Embedder, Memo
from murecom.embed.genre_cnn import GenreCNN
from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import MusiCNN, MusiCNNTags
from murecom.errors import MurecomError, NotReady
from murecom.jobs.slices import network, read_slices
from murecom.library.identity import content_hash
from murecom.library.lyrics import Lyrics
from murecom.library.lyrics_files import lyrics_of
from murecom.library.tags import Tags, read_tags


@dataclass(frozen=True, slots=True)
class Sound:
    """Which vectors are made, and how: the settings of section `sound`."""

    model: Literal["msd", "rich", "genre_cnn"] = "msd"
    backend: Literal["auto", "numpy", "onnx"] = "auto"
    windows: int = 5
    mfcc_weight: float | None = None
    "Factor of the timbre block in comparisons; None takes the embedder's own."
    inputs: tuple[tuple[str, float], ...] = ()
    "Names and weights of what counts beside the sound, see `jobs.inputs`."
    network: tuple[str, int] | None = None
    "Folder and stamp of the genre network, for `genre_cnn` only; see `jobs.slices`."


@dataclass(frozen=True, slots=True)
class Task:
    """One file to analyse; `known` holds the hashes of analysed files of the same size.

    `lyrics` is the lyric file beside it. With `only_lyrics` nothing but the words is read.
    """

    path: str
    root: str | None
    sound: Sound
    known: frozenset[str] = frozenset()
    lyrics: str | None = None
    only_lyrics: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was learned of one file.

    `state` is "done", "short", "silent", "failed", "known" (its content was analysed before) or
    "words" (only its lyrics were read).
    `vectors` maps keys to float32 arrays of shape (windows, dim); empty unless "done".
    """

    state: str
    hash: str | None = None
    tags: Tags | None = None
    vectors: Mapping[str, npt.NDArray[np.float32]] = field(default_factory=dict)
    error: str | None = None
    lyrics: Lyrics | None = None


SECOND_WEIGHT = 0.7
"""Of the second network beside the first. With 1 it finds still more by the same artist and less
of the same genre (benchmarks/neighbours.py)."""


SHORT, SHORT_WINDOWS = 30.0, 5
"""Tracks below so many seconds are heard in five windows at least: that costs no more than three of
a long track, and three are too little of so short a one (benchmarks/neighbours.py: MAP -.05)."""


@lru_cache(maxsize=4)
def embedders(sound: Sound) -> tuple[Embedder, ...]:
    """Give the embedders of a model, made once a process; "rich" adds the second network.

    Raises
    ------
    NotReady, BadInput
        There is no genre network where `genre_cnn` looks for it, or it is damaged.
    """
    if sound.model == "genre_cnn":
        if sound.network is None:
            raise NotReady(
                "sound.model = genre_cnn needs a genre network. "
                "Run: murecom train genres DIR --model small"
            )
        return (network(*sound.network),)
    members: list[Embedder] = [
        MusiCNN("msd", backend=sound.backend),
        MusiCNNTags("msd", backend=sound.backend),
        MfccStatistics(),
    ]
    if sound.mfcc_weight is not None:
        members[-1].weight = sound.mfcc_weight
    if sound.model == "rich":
        members.append(MusiCNN("mtt", backend=sound.backend, weight=SECOND_WEIGHT))
    return tuple(members)


def keys_of(sound: Sound) -> tuple[str, ...]:
    """Give the keys under which `analyse` stores vectors, the network's first."""
    return tuple(member.key for member in embedders(sound))


def tags_key(sound: Sound) -> str:
    """Give the key of the tag probabilities, which explain neighbours in words.

    A genre network hears no tags; those of an earlier scan with MusiCNN serve where there are any.
    """
    return MusiCNNTags("msd", backend=sound.backend).key


def analyse(task: Task) -> Analysis:
    """Analyse one file; never raises for what the file is or is not."""
    if task.only_lyrics:
        return Analysis("words", lyrics=lyrics_of(task.path, task.lyrics))
    digest: str | None = None
    tags: Tags | None = None
    lyrics: Lyrics | None = None
    try:
        digest = content_hash(task.path)
        tags = read_tags(task.path, root=task.root)
        lyrics = lyrics_of(task.path, task.lyrics)
        if digest in task.known:
            return Analysis("known", digest, tags, lyrics=lyrics)
        vectors = vectors_of(task.path, task.sound)
        return Analysis("done", digest, tags, vectors, lyrics=lyrics)
    except TooShort as error:
        return Analysis("short", digest, tags, error=str(error), lyrics=lyrics)
    except Silent as error:
        return Analysis("silent", digest, tags, error=str(error), lyrics=lyrics)
    except MurecomError as error:
        return Analysis("failed", digest, tags, error=str(error))
    except OSError as error:
        return Analysis("failed", digest, tags, error=f"{error.strerror or error}.")


def vectors_of(path: str, sound: Sound) -> dict[str, npt.NDArray[np.float32]]:
    """Compute the vectors of a file.

    Returns
    -------
    dict of str to ndarray of float32, shape (windows, dim)
        By key.

    Raises
    ------
    BadInput
        The file cannot be decoded, is too short (`TooShort`) or silent (`Silent`).
    """
    members = embedders(sound)
    first = members[0]
    if isinstance(first, GenreCNN):
        return {first.key: first.embed(read_slices(path, first))}
    count = sound.windows
    if count < SHORT_WINDOWS and probe(Path(path)).duration < SHORT:
        count = SHORT_WINDOWS
    windows = read_windows(path, first.rate, count, first.samples)
    memo = Memo()
    return {member.key: member.embed(windows, memo) for member in members}
