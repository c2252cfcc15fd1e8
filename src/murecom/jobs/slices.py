"""Indexing with a genre network, as the original did it: slices of a song, one vector each.

The original heard 30 seconds from second 30 on, cut into ten slices side by side, and left songs
shorter than a minute out without a word. Here those are heard from their beginning.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from murecom.audio.decode import SILENCE, Silent, TooShort, probe, read_mono, read_windows
from murecom.embed.genre_cnn import FRAMES, HOP, LONG, N_FFT, SECONDS, GenreCNN
from murecom.errors import NotReady

Floats = npt.NDArray[np.float32]

NETWORKS = ("small", "original")
"The better one first: the first that is there is taken."


def genre_folder(home: Path, model: str) -> Path:
    """Name the folder of a model of genres: "probe", "small" or "original"."""
    return home / "models" / f"genres-{model}"


def network_folder(home: Path, wished: Path | None = None) -> Path:
    """Give the folder of the genre network that `sound.genre_model` means.

    Raises
    ------
    NotReady
        There is none.
    """
    if wished is not None:
        return wished
    for model in NETWORKS:
        if (genre_folder(home, model) / "manifest.json").is_file():
            return genre_folder(home, model)
    raise NotReady(
        f"sound.model = genre_cnn needs a genre network, and there is none in {home / 'models'}. "
        "Run: murecom train genres DIR --model small"
    )


@lru_cache(maxsize=2)
def network(folder: str, stamp: int) -> GenreCNN:
    """Give the network of a folder, read once a process; another `stamp` reads it again."""
    return GenreCNN(folder)


def stamp_of(folder: Path) -> int:
    """Give a number that changes when another network is written there; 0 if there is none."""
    try:
        return (folder / "manifest.json").stat().st_mtime_ns
    except OSError:
        return 0


def read_slices(path: str, member: GenreCNN) -> Floats:
    """Read the slices of a song, placed as its network was meant to hear them.

    Returns
    -------
    ndarray of float32, shape (n, samples), 1 <= n <= 10
        `original`: side by side, see above. Other architectures: spread over the song, as the
        windows of MusiCNN are. Silent slices are left out.

    Raises
    ------
    TooShort
        The song is shorter than one slice.
    Silent
        Every slice is below -80 dBFS.
    BadInput, MissingExtra
        As `audio.decode.read_windows`.
    """
    if member.architecture != "original":
        return read_windows(path, member.rate, member.windows, member.samples)
    start = SECONDS if probe(path).duration >= LONG else 0.0
    wave = read_mono(path, member.rate, start, SECONDS)
    # frames are centred on multiples of the hop, zeros beyond the ends
    padded = np.pad(wave, N_FFT // 2)
    count = min(member.windows, (1 + len(wave) // HOP) // FRAMES)
    if count < 1:
        raise TooShort(
            f"{path} lasts {len(wave) / member.rate:.1f} s, and "
            f"{FRAMES * HOP / member.rate:.1f} s are needed to compare it. Leave it out of the "
            "music folder if it is no music."
        )
    slices = np.stack([padded[k * FRAMES * HOP :][: member.samples] for k in range(count)])
    loud: Floats = slices[np.sqrt(np.mean(slices * slices, axis=1)) > SILENCE]
    if not len(loud):
        raise Silent(
            f"{path} is silent wherever it was read (below -80 dBFS). "
            "Leave it out of the music folder, or replace it."
        )
    return loud
