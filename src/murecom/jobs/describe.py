"""The second pass: tempo, key, loudness and other readable numbers of whole files.

Apart from the scan because it decodes every file from end to end; resumable like the scan, one
commit a track. A failure here never hides the track: it keeps its vectors and is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from murecom.audio.descriptors import NAMES, VERSION, describe
from murecom.engine.base import Engine
from murecom.errors import MurecomError
from murecom.jobs.lock import only_one
from murecom.store import Store
from murecom.types import Progress, Step, TrackId, no_progress

VERSION_NAME = "descriptors_version"
"Stored beside the numbers: the `audio.descriptors.VERSION` that they were measured by."

TIMEOUT = 600.0
"Seconds for one file: hours of sound on a slow disk."


@dataclass(frozen=True, slots=True)
class Described:
    """What a worker measured: values with their units, or the reason why there are none."""

    values: dict[str, tuple[float, str]] | None = None
    error: str | None = None


def measure(path: str) -> Described:
    """Measure one file; never raises for what the file is or is not."""
    try:
        return Described(values=describe(path))
    except MurecomError as error:
        return Described(error=str(error))
    except OSError as error:
        return Described(error=f"{error.strerror or error}.")


def describe_tracks(
    store: Store, home: Path, engine: Engine, progress: Progress = no_progress
) -> tuple[int, list[tuple[str, str]]]:
    """Measure every analysed track that has no descriptors yet, or those of an older version.

    Returns
    -------
    measured : int
        How many tracks got descriptors now.
    failures : list of (path, reason)
        Files that could not be measured; the next call tries them again.

    Raises
    ------
    NotReady
        A scan or another pass is running in this home.
    """
    with only_one(home, "scan"):
        todo = dict(_without_descriptors(store))
        paths = {path: track for track, path in todo.items()}
        measured, failures = 0, []
        progress(Step("Measuring", 0, len(paths)))
        for outcome in engine.map(measure, paths, timeout=TIMEOUT):
            result = outcome.value or Described(error=outcome.error)
            if result.values:
                values = {**result.values, VERSION_NAME: (float(VERSION), "version")}
                store.descriptors.put(paths[outcome.batch], values, instead_of=NAMES)
                measured += 1
            else:
                failures.append((outcome.batch, result.error or "Nothing could be measured."))
            counts = {"measured": measured, "failed": len(failures)}
            progress(Step("Measuring", measured + len(failures), len(paths), counts))
    return measured, failures


def _without_descriptors(store: Store) -> Iterator[tuple[TrackId, str]]:
    rows = [row for row in store.files.iter(state="done") if row.track]
    known = store.descriptors.get([row.track for row in rows if row.track])
    for row in rows:
        version, _ = known.get(row.track or TrackId(""), {}).get(VERSION_NAME, (1.0, ""))
        if row.track and (row.track not in known or version != VERSION):
            yield row.track, row.path
