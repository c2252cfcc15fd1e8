"""Vectors of clips, kept on disk by content: what the probe learns from.

The same windows and embedders as the scan's, so that a probe fits the library. Each clip is kept as
soon as it is heard: a run that was interrupted goes on, and moved or renamed clips are known.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from murecom.audio.decode import read_windows
from murecom.embed.base import Embedder, Memo
from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import MusiCNN, MusiCNNTags
from murecom.engine.base import Engine
from murecom.errors import MurecomError, Unreachable
from murecom.library.identity import content_hash
from murecom.train.dataset import Clip, Unreadable
from murecom.types import Progress, Step, no_progress

Floats = NDArray[np.float32]

TIMEOUT = 300.0
"Seconds for one clip: a thousand times the usual, for network drives and sleeping disks."


@dataclass(frozen=True, slots=True)
class Task:
    """One clip to hear, and where its vectors may be already."""

    path: str
    cache: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What a worker brings back: vectors by key, or the reason why there are none."""

    hash: str | None = None
    vectors: Mapping[str, Floats] = field(default_factory=dict)
    is_new: bool = False
    error: str | None = None


def embedders() -> tuple[Embedder, ...]:
    """Give the embedders whose keys `label.probe.KEYS` names, in that order."""
    return MusiCNN("msd"), MusiCNNTags("msd"), MfccStatistics()


def hear(task: Task) -> Heard:
    """Give the vectors of one clip, from the cache or by listening; never raises for the clip."""
    try:
        digest = content_hash(task.path)
        known = _read(_file(Path(task.cache), digest))
        if known:
            return Heard(digest, known)
        members = embedders()
        windows = read_windows(task.path, members[0].rate, members[0].windows, members[0].samples)
        memo = Memo()
        vectors = {member.key: member.embed(windows, memo) for member in members}
        return Heard(digest, vectors, is_new=True)
    except MurecomError as error:
        return Heard(error=str(error))
    except OSError as error:
        return Heard(error=f"{error.strerror or error}.")


def clip_vectors(
    clips: Sequence[Clip], cache: Path, engine: Engine, progress: Progress = no_progress
) -> tuple[dict[int, Mapping[str, Floats]], list[Unreadable]]:
    """Hear clips, as far as they are not known.

    Parameters
    ----------
    clips : sequence of Clip
        What to hear.
    cache : Path
        A folder; made when missing.
    engine : Engine
        Runs the analysis.
    progress : callable
        Told after each clip.

    Returns
    -------
    vectors : dict of int to mapping of key to float32 (windows, dim)
        By the clip's place, of those that could be read.
    problems : list of Unreadable
        The others, each with a sentence that says why.

    Raises
    ------
    Unreachable
        The cache cannot be written.
    """
    places: dict[str, list[int]] = {}
    for place, clip in enumerate(clips):
        places.setdefault(str(clip.path), []).append(place)
    found: dict[int, Mapping[str, Floats]] = {}
    problems: list[Unreadable] = []
    new = 0
    tasks = (Task(path, str(cache)) for path in places)
    progress(Step("Listening", 0, len(places)))
    outcomes = engine.map(hear, tasks, timeout=TIMEOUT)
    try:
        for done, outcome in enumerate(outcomes, 1):
            path = outcome.batch.path
            heard = outcome.value or Heard(error=outcome.error)
            if heard.hash is None:
                problems.append(Unreadable(path, heard.error or "It could not be heard."))
            else:
                if heard.is_new:
                    _write(_file(cache, heard.hash), heard.vectors)
                    new += 1
                found |= dict.fromkeys(places[path], heard.vectors)
            counts = {"new": new, "known": done - new - len(problems), "failed": len(problems)}
            progress(Step("Listening", done, len(places), counts))
    finally:
        _close(outcomes)
    return found, sorted(problems, key=lambda one: one.path)


def _close(outcomes: Iterator[object]) -> None:
    """End the workers of an engine whose outcomes nobody will take any more."""
    close = getattr(outcomes, "close", None)
    if close is not None:
        close()


def _file(cache: Path, digest: str) -> Path:
    return cache / digest[:2] / f"{digest}.npz"


def _read(path: Path) -> dict[str, Floats] | None:
    """Read what is kept of a clip; None if nothing is, or by other embedders, or damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            known = {member.key: np.asarray(arrays[member.key]) for member in embedders()}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
    return known


def _write(path: Path, vectors: Mapping[str, Floats]) -> None:
    draft = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            np.savez(file, allow_pickle=False, **vectors)
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise Unreachable(
            f"The vectors cannot be kept in {path.parent} ({error.strerror or error}). "
            "Make room, then run the same command again: it goes on where it stopped."
        ) from error
