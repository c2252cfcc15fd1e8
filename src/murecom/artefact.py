"""Artefacts: what was built or trained, as a folder of arrays and one manifest.

Every part that keeps a result (an index, a recommender, later a mood model) saves it here, so that
all artefacts look alike: `manifest.json` names the class, its parameters, versions and metrics, and
the `.npy` files that belong to it. Nothing is pickled, neither written nor read.

A save is one step for whoever reads: the arrays get fresh names, reach the disk, and only then the
new manifest takes the place of the old one. Killed at any moment, the folder holds either the old
artefact or the new one, whole.
"""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import platform
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from murecom import __version__
from murecom.errors import BadInput, NotReady, Unreachable

FORMAT = 1
"Version of the layout that this code writes; it reads no later one."

MANIFEST = "manifest.json"

MAPPED_BYTES = 1 << 20
"Files above this size are memory-mapped, smaller ones read: below a page or two a map costs more."

ORPHAN_SECONDS = 24 * 3600
"Files of an interrupted save are swept by a save that comes at least this much later."

Array = NDArray[Any]


def save(folder: Path | str, arrays: Mapping[str, Array], manifest: Mapping[str, Any]) -> None:
    """Write an artefact, in place of the one that the folder holds already.

    Parameters
    ----------
    folder : Path or str
        Made with its parents when it is missing.
    arrays : mapping of str to ndarray
        Any shapes and plain types; names of letters, digits, `.`, `_` and `-`. One array under
        several names is written once.
    manifest : mapping
        Plain values for `manifest.json`. `format`, `created`, `versions` and `arrays` are added.

    Raises
    ------
    Unreachable
        The disk is full, read-only or not permitted. The earlier artefact is untouched.
    ValueError
        An array holds Python objects.
    """
    folder = Path(folder)
    token = secrets.token_hex(4)
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        entries: dict[str, dict[str, Any]] = {}
        stored: dict[int, str] = {}
        for name, array in arrays.items():
            if id(array) in stored:
                entries[name] = entries[stored[id(array)]]
                continue
            stored[id(array)] = name
            path = folder / f"{name}-{token}.npy"
            written.append(path)
            entries[name] = _write_array(path, np.asarray(array))
        content = {
            **manifest,
            "format": FORMAT,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": {
                "murecom": __version__,
                "numpy": np.__version__,
                "python": platform.python_version(),
            },
            "arrays": entries,
        }
        draft = folder / f"{MANIFEST}-{token}.part"
        written.append(draft)
        with draft.open("x", encoding="utf-8") as file:
            json.dump(_plain(content), file, ensure_ascii=False, indent=2, allow_nan=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(folder)  # the arrays must be there before a manifest names them
        replaced = _files_of(folder)
        draft.replace(folder / MANIFEST)
        _sync_folder(folder)
    except BaseException as error:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(folder, error) from error
        raise
    _sweep(folder, replaced - {entry["file"] for entry in entries.values()})


def load(
    folder: Path | str, *, what: str = "model", remedy: str = "murecom scan"
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Read an artefact; large arrays are memory-mapped and read-only.

    Parameters
    ----------
    folder : Path or str
        As given to `save`.
    what, remedy : str
        How to call it in a message, and the command that makes it.

    Returns
    -------
    manifest : dict
        The content of `manifest.json`.
    arrays : dict of str to ndarray
        As saved.

    Raises
    ------
    NotReady
        Nothing was saved there yet, or a later murecom wrote it.
    BadInput
        The manifest or an array is damaged, truncated or missing.
    """
    folder = Path(folder)
    for attempt in range(3):
        manifest = read_manifest(folder, what=what, remedy=remedy)
        try:
            arrays = _read_arrays(folder, manifest["arrays"])
        except FileNotFoundError as error:
            # Another process may have saved between our two reads: then the manifest is a new one.
            if attempt < 2 and manifest != read_manifest(folder, what=what, remedy=remedy):
                continue
            raise _damaged(folder, what, remedy, f"{error.filename} is missing") from error
        except OSError as error:
            raise Unreachable(
                f"The {what} in {folder} cannot be read ({error.strerror or error}). "
                "Check the disk and the permissions."
            ) from error
        except (ValueError, EOFError, KeyError, TypeError, AttributeError) as error:
            raise _damaged(folder, what, remedy, str(error)) from error
        return manifest, arrays
    raise AssertionError("unreachable")


def part(arrays: Mapping[str, Array], name: str) -> dict[str, Array]:
    """Give the arrays that are called `name.something`, by what they are called behind the dot."""
    start = f"{name}."
    return {key[len(start) :]: array for key, array in arrays.items() if key.startswith(start)}


def read_manifest(
    folder: Path | str, *, what: str = "model", remedy: str = "murecom scan"
) -> dict[str, Any]:
    """Read the manifest alone; errors as in `load`."""
    path = Path(folder) / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        version = manifest["format"]
        if not isinstance(version, int) or not isinstance(manifest["arrays"], dict):
            raise TypeError("the manifest has another shape")
    except (FileNotFoundError, NotADirectoryError):
        raise NotReady(f"There is no {what} in {folder} yet. Run: {remedy}.") from None
    except OSError as error:
        raise Unreachable(
            f"The {what} in {folder} cannot be read ({error.strerror or error}). "
            "Check the disk and the permissions."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(Path(folder), what, remedy, f"{MANIFEST}: {error}") from error
    if version > FORMAT:
        raise NotReady(
            f"The {what} in {folder} was written by a later murecom. "
            f"Update murecom, or make it again: {remedy}."
        )
    return dict(manifest)


def verify(folder: Path | str, *, what: str = "model", remedy: str = "murecom scan") -> None:
    """Compare every array with its checksum; `load` compares sizes only, for speed.

    Raises
    ------
    BadInput
        A file has other bytes than were saved. Other errors as in `load`.
    """
    manifest, _ = load(folder, what=what, remedy=remedy)
    for entry in manifest["arrays"].values():
        with (Path(folder) / entry["file"]).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
                raise _damaged(Path(folder), what, remedy, f"{entry['file']} has another checksum")


class _Summing:
    """A file that keeps the checksum and the size of what passes through."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.sum = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> int:
        self.sum.update(data)
        self.bytes += len(data)
        return self.file.write(data)


def _write_array(path: Path, array: Array) -> dict[str, Any]:
    with path.open("xb") as file:
        summing = _Summing(file)
        np.lib.format.write_array(summing, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return {"file": path.name, "bytes": summing.bytes, "sha256": summing.sum.hexdigest()}


def _read_arrays(folder: Path, entries: Mapping[str, Any]) -> dict[str, Array]:
    files: dict[str, Array] = {}
    arrays = {}
    for name, entry in entries.items():
        file = str(entry["file"])
        if file not in files:
            files[file] = _read_array(folder, entry)
        arrays[name] = files[file]
    return arrays


def _read_array(folder: Path, entry: Mapping[str, Any]) -> Array:
    name = str(entry["file"])
    if Path(name).name != name:
        raise ValueError(f"{name!r} is not a file of this folder")
    path = folder / name
    size = path.stat().st_size
    if size != entry["bytes"]:
        raise ValueError(f"{name} has {size} bytes instead of {entry['bytes']}")
    mapped = size > MAPPED_BYTES
    array: Array = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    return array.view(np.ndarray)  # a plain array over the map: same memory, no subclass


def _files_of(folder: Path) -> set[str]:
    """Names of the arrays of the artefact that stands in the folder; none if there is none."""
    try:
        entries = json.loads((folder / MANIFEST).read_bytes())["arrays"].values()
        return {str(entry["file"]) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()


def _sweep(folder: Path, replaced: set[str]) -> None:
    """Remove what the new manifest no longer names; what cannot be removed now may stay."""
    kept = _files_of(folder)
    old = time.time() - ORPHAN_SECONDS
    for path in folder.iterdir():
        if path.suffix not in {".npy", ".part"} or path.name in kept:
            continue
        try:
            if path.name in replaced or path.stat().st_mtime < old:
                path.unlink()
        except OSError:
            continue


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:  # some network file systems do not sync folders
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF}:
            raise
    finally:
        os.close(handle)


def _plain(value: Any) -> Any:
    """Turn numpy numbers, tuples and sets into what JSON knows; NaN and infinity into null."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(v) for v in value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _damaged(folder: Path, what: str, remedy: str, detail: str) -> BadInput:
    return BadInput(f"The {what} in {folder} is damaged ({detail}). Make it again: {remedy}.")


def _unwritable(folder: Path, error: OSError) -> Unreachable:
    reason = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error))
    return Unreachable(
        f"Nothing could be saved in {folder}: {reason}. "
        "Free some space or choose another data folder; what was saved before is still there."
    )
