"""Compute statistics of the embedders' vectors over free music: embed/data/statistics.npz.

    python scripts/fit_statistics.py FOLDER

FOLDER holds the packages below, each unpacked into a folder of its name; what is missing is fetched
with `apt-get download` and `dpkg -x` (Debian, no root, about 1.6 GB). Small libraries are z-scored
with these means and scales, large ones with their own. Both are whitened: less is made of what
differs between windows of one track and between tracks of one artist (`docs/design/neighbours.md`).
No evaluation data takes part. The list of packages, versions and tracks is written into
embed/data/PROVENANCE.md.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from convert_musicnn import DATA, npz
from numpy.typing import NDArray
from tinytag import TinyTag

from murecom.audio.decode import probe, read_windows
from murecom.embed.base import Embedder, Memo
from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import MusiCNN, MusiCNNTags
from murecom.errors import BadInput

PACKAGES = (
    "ardentryst",
    "asc-music",
    "btanks-data",
    "extremetuxracer-data",
    "fillets-ng-data",
    "freedroidrpg-data",
    "fretsonfire-songs-muldjord",
    "fretsonfire-songs-sectoid",
    "hedgewars-data",
    "hyperrogue-music",
    "lincity-ng-data",
    "naev-data",
    "planetblupi-music-ogg",
    "pushover-data",
    "singularity-music",
    "supertux-data",
    "ufoai-music",
    "warzone2100-music",
    "wesnoth-1.16-music",
)
"Debian 12. Their copyright files name the licences of the music, all free."

SUFFIXES = {".ogg", ".opus", ".mp3", ".flac"}

SHORTEST = 40.0
"Seconds; what is shorter in these packages is a jingle or a noise."

SHRINKAGE = 0.5
"Share of the unit matrix in the covariance."

EXPONENT = -0.35
"""-0.5 would make all directions alike in which one track, or one artist, varies: better for the
same artist, worse for the same genre; -0.25 the other way round. benchmarks/neighbours.py measures
it on packages that it did not learn from."""

HEADING = "## statistics.npz"


def fetch(package: str, folder: Path) -> str:
    """Unpack a package into `folder` unless it is there; give its version."""
    target = folder / package
    version = folder / f"{package}.version"
    if not version.exists():
        subprocess.run(["apt-get", "-q", "download", package], cwd=folder, check=True)
        deb = next(folder.glob(f"{package}_*.deb"))
        field = ["dpkg-deb", "--field", deb.name, "Version"]
        found = subprocess.run(field, cwd=folder, check=True, capture_output=True, text=True)
        subprocess.run(["dpkg", "-x", deb.name, package], cwd=folder, check=True)
        for archive in target.rglob("*.pk3"):  # a zip file of ufoai-music
            with zipfile.ZipFile(archive) as inner:
                inner.extractall(archive.with_suffix(""))
        deb.unlink()
        version.write_text(found.stdout.strip())
    return version.read_text()


def tracks(folder: Path) -> list[Path]:
    """List the music in a folder, in order of names."""
    files = (p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    return sorted(p for p in files if probe(p).duration >= SHORTEST)


def vectors(path: Path, embedders: list[Embedder]) -> dict[str, NDArray[np.float32]]:
    """Give the vectors of a track by key, one for each window."""
    windows = read_windows(path)
    memo = Memo()
    return {e.key: e.embed(windows, memo) for e in embedders}


def group(path: Path, package: str) -> str:
    """Name what a track belongs with: its package and artist."""
    return f"{package}/{TinyTag.get(path).artist or ''}"


def statistics(
    tracks: Sequence[NDArray[np.floating]], groups: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """Give mean and scale of the means of tracks, and what whitens them.

    Parameters
    ----------
    tracks : sequence of float[windows, dim]
        Vectors of one embedder.
    groups : sequence of str
        Which tracks belong together; the label of a track that is alone in its group is not used.

    Returns
    -------
    dict
        `mean` and `scale`, float64[dim]; `whitening`, float64[dim, dim].
    """
    means = np.array([track.mean(axis=0, dtype=np.float64) for track in tracks])
    spread = means.std(axis=0)
    scale = np.where(spread > 1e-6, spread, 1)
    return {
        "mean": means.mean(axis=0),
        "scale": scale,
        "whitening": whitening(tracks, groups, scale),
    }


def whitening(
    tracks: Sequence[NDArray[np.floating]],
    groups: Sequence[str],
    scale: NDArray[np.floating],
    exponent: float = EXPONENT,
) -> NDArray[np.float64]:
    """Make less of the directions in which windows of a track, and tracks of a group, differ."""
    windows = [track / scale for track in tracks]
    means = np.array([track.mean(axis=0, dtype=np.float64) for track in windows])
    within_tracks = np.concatenate([w - mean for w, mean in zip(windows, means, strict=True)])
    named = np.array(groups)
    rows = [np.flatnonzero(named == name) for name in sorted(set(groups))]
    within_groups = np.concatenate([means[row] - means[row].mean(axis=0) for row in rows])
    parts = [_covariance(rows) for rows in (within_tracks, within_groups) if rows.any()]
    covariance = np.mean(parts, axis=0)
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * np.eye(len(covariance))
    variances, directions = np.linalg.eigh(covariance)
    matrix: NDArray[np.float64] = directions * variances**exponent @ directions.T
    return matrix


def _covariance(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Covariance of rows with mean 0, scaled so that the mean variance is 1."""
    covariance = rows.T @ rows
    return covariance * (len(covariance) / np.trace(covariance))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the packages are, or go")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)

    embedders: list[Embedder] = [MfccStatistics()]
    for model in ("msd", "mtt"):
        embedders += [MusiCNN(model, "numpy"), MusiCNNTags(model, "numpy")]
    table, found, groups = [], [], []
    for package in PACKAGES:
        version, before = fetch(package, folder), len(found)
        for path in tracks(folder / package):
            try:
                found.append(vectors(path, embedders))
                groups.append(group(path, package))
            except BadInput as error:
                print(f"left out: {error}")
        table.append(f"| {package} | {version} | {len(found) - before} |")
        print(table[-1])

    arrays = {}
    for embedder in embedders:
        own = statistics([track[embedder.key] for track in found], groups)
        arrays |= {f"{embedder.key}.{name}": array for name, array in own.items()}
    (DATA / "statistics.npz").write_bytes(npz(arrays))

    page = DATA / "PROVENANCE.md"
    head = "| package (Debian) | version | tracks |\n|---|---|---|\n"
    total = f"| {len(PACKAGES)} packages | | {len(found)} |\n"
    text = head + "".join(f"{row}\n" for row in table) + total
    old = page.read_text(encoding="utf-8")
    pattern = rf"(?s)({re.escape(HEADING)}.*?\n)\| package .*?\n\n"
    page.write_text(
        re.sub(pattern, rf"\g<1>{text}\n", old + "\n").rstrip() + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
