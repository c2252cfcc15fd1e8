"""What a worker does with one file: fingerprint, tags, windows of sound, vectors.

A pure function of its task, so that any engine can run it; everything it learns, and everything
that went wrong, is in what it returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from murecom.audio.decode import Silent, TooShort, read_windows
from murecom.embed.base import Embedder, Memo
from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import MusiCNN, MusiCNNTags
from murecom.errors import MurecomError
from murecom.library.identity import content_hash
from murecom.library.tags import Tags, read_tags


@dataclass(frozen=True, slots=True)
class Sound:
    """Which vectors are made, and how: the settings of section `sound`."""

    model: Literal["msd", "rich"] = "msd"
    backend: Literal["auto", "numpy", "onnx"] = "auto"
    windows: int = 5
    mfcc_weight: float | None = None
    "Factor of the timbre block in comparisons; None takes the embedder's own."


@dataclass(frozen=True, slots=True)
class Task:
    """One file to analyse; `known` holds the hashes of analysed files of the same size."""

    path: str
    root: str | None
    sound: Sound
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was learned of one file.

    `state` is "done", "short", "silent", "failed" or "known" (its content was analysed before).
    `vectors` maps keys to float32 arrays of shape (windows, dim); empty unless "done".
    """

    state: str
    hash: str | None = None
    tags: Tags | None = None
    vectors: Mapping[str, npt.NDArray[np.float32]] = field(default_factory=dict)
    error: str | None = None


@lru_cache(maxsize=4)
def embedders(sound: Sound) -> tuple[Embedder, ...]:
    """Give the embedders of a model, made once a process; "rich" adds the second network."""
    members: list[Embedder] = [
        MusiCNN("msd", backend=sound.backend),
        MusiCNNTags("msd", backend=sound.backend),
        MfccStatistics(),
    ]
    if sound.mfcc_weight is not None:
        members[-1].weight = sound.mfcc_weight
    if sound.model == "rich":
        members.append(MusiCNN("mtt", backend=sound.backend))
    return tuple(members)


def keys_of(sound: Sound) -> tuple[str, ...]:
    """Give the keys under which `analyse` stores vectors, the network's first."""
    return tuple(member.key for member in embedders(sound))


def tags_key(sound: Sound) -> str:
    """Give the key of the tag probabilities, which explain neighbours in words."""
    return next(e.key for e in embedders(sound) if isinstance(e, MusiCNNTags))


def analyse(task: Task) -> Analysis:
    """Analyse one file; never raises for what the file is or is not."""
    digest: str | None = None
    tags: Tags | None = None
    try:
        digest = content_hash(task.path)
        tags = read_tags(task.path, root=task.root)
        if digest in task.known:
            return Analysis("known", digest, tags)
        return Analysis("done", digest, tags, vectors_of(task.path, task.sound))
    except TooShort as error:
        return Analysis("short", digest, tags, error=str(error))
    except Silent as error:
        return Analysis("silent", digest, tags, error=str(error))
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
    windows = read_windows(path, first.rate, sound.windows, first.samples)
    memo = Memo()
    return {member.key: member.embed(windows, memo) for member in members}
