"""A scanned library to measure: the vectors that the default model compares, and what is known."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import _common as common
from murecom.service import Murecom
from murecom.store import Details
from murecom.types import Track

ROOT = Path(__file__).resolve().parents[1]
SHORTEST = 40.0
"Seconds of free music; what is shorter in these packages is a jingle."


@dataclass(frozen=True)
class Library:
    """Tracks with their vectors, row by row; `labels` are folders or, of clips, genres."""

    tracks: Sequence[Track]
    details: Sequence[Details]
    vectors: NDArray[np.float32]
    crowding: NDArray[np.float32]
    labels: Sequence[str]


def clips_folder() -> Path:
    """Where the genre clips of the evaluation data are."""
    data = os.environ.get("MURECOM_DATA") or ROOT.parent / "shared" / "data"
    return Path(data) / "gtzan"


def clips(folder: Path) -> Library:
    """Scan clips called genre.number.ext."""
    return _scanned(folder, 0, lambda path: path.name.split(".")[0])


def music(folder: Path) -> Library:
    """Scan free music, a folder a package."""
    root = folder.resolve()
    return _scanned(folder, SHORTEST, lambda path: path.relative_to(root).parts[0])


def _scanned(folder: Path, shortest: float, label) -> Library:  # type: ignore[no-untyped-def]
    with tempfile.TemporaryDirectory() as home, Murecom(home=Path(home)) as m:
        common.say(f"Scanning {folder} …")
        m.scan([folder.resolve()])
        model = m._sounds().model
        ids = list(model.items)
        tracks, details = m.store.tracks.get(ids), m.store.tracks.details(ids)
        rows = [row for row, i in enumerate(ids) if (tracks[i].duration or 0) >= shortest]
        return Library(
            [tracks[ids[row]] for row in rows],
            [details[ids[row]] for row in rows],
            np.ascontiguousarray(model.vectors()[rows]),
            model.crowding()[rows],
            [label(Path(tracks[ids[row]].path or "")) for row in rows],
        )


def options(parser) -> None:  # type: ignore[no-untyped-def]
    """Add the options that name the music."""
    parser.add_argument("--clips", type=Path, default=clips_folder(), metavar="FOLDER")
    parser.add_argument("--music", type=Path, metavar="FOLDER", help="free music, by package")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def libraries(arguments) -> dict[str, Library]:  # type: ignore[no-untyped-def]
    """Scan what the options name; exit code 3 when that is nothing."""
    found = {}
    if arguments.clips.is_dir():
        found["clips"] = clips(arguments.clips)
    else:
        common.say(f"No clips at {arguments.clips} (MURECOM_DATA or --clips names a folder).")
    if arguments.music:
        found["music"] = music(arguments.music)
    if not found:
        raise SystemExit(3)
    return found
