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
from murecom.embed.genre_cnn import FRAMES, HOP, N_FFT, GenreCNN
from murecom.errors import NotReady

Floats = npt.NDArray[np.float32]

LONG, START, SECONDS = 60.0, 30.0, 30.0
"Songs of a minute and longer are heard for 30 s from second 30; as in training (`train.spectra`)."

NAMES = ("genres-small", "genres-original")
"Networks below `models` in home, the better one first: the first that is there is taken."


def network_folder(home: Path, wished: Path | None = None) -> Path:
    """Give the folder of the genre network that `sound.genre_model` means.

    Raises
    ------
    NotReady
        There is none.
    """
    if wished is not None:
        return wished
    for name in NAMES:
        if (home / "models" / name / "manifest.json").is_file():
            return home / "models" / name
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
    start = START if probe(path).duration >= LONG else 0.0
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
