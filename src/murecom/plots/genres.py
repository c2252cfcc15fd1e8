"""What genres look like: which are taken for which, and the mean mel spectrogram of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from murecom.plots.figure import make, write

SHADES = " ░▒▓█"


def confusion(path: Path, genres: Sequence[str], counts: ArrayLike, title: str = "") -> Path:
    """Draw a confusion matrix.

    Parameters
    ----------
    path : Path
        The PNG file to write.
    genres : sequence of str
        Names of rows (true) and columns (said).
    counts : array_like of int, shape (genres, genres)
        Clips; the colour is the share of a row.
    title : str
        Above the picture.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    Unreachable
        The file cannot be written.
    """
    matrix = np.asarray(counts)
    size = 2.2 + 0.45 * len(genres)
    figure = make(size, size)
    axes = figure.add_subplot()
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    places = np.arange(len(genres))
    axes.set_xticks(places, genres, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(places, genres)
    axes.set_xlabel("said")
    axes.set_ylabel("true")
    axes.set_title(title)
    for row, column in zip(*np.nonzero(matrix), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(matrix[row, column]), ha="center", va="center", color=colour)
    return write(figure, path)


def spectrograms(path: Path, genres: Sequence[str], means: ArrayLike) -> Path:
    """Draw the mean mel spectrogram of each genre.

    Parameters
    ----------
    path : Path
        The PNG file to write.
    genres : sequence of str
        Names of the pictures.
    means : array_like of float, shape (genres, frames, bands)
        Decibels; all pictures share one scale of colours.

    Raises
    ------
    MissingExtra, Unreachable
        As `confusion`.
    """
    pictures = np.asarray(means)
    columns = min(4, len(genres))
    rows = -(-len(genres) // columns)
    figure = make(3.2 * columns, 2.6 * rows)
    low, high = float(pictures.min()), float(pictures.max())
    for number, (genre, picture) in enumerate(zip(genres, pictures, strict=True), 1):
        axes = figure.add_subplot(rows, columns, number)
        drawn = axes.imshow(
            picture.T, origin="lower", aspect="auto", cmap="magma", vmin=low, vmax=high
        )
        axes.set_title(genre)
        axes.set_xlabel("frames of 23 ms")
        axes.set_ylabel("mel band")
        figure.colorbar(drawn, ax=axes, label="dB")
    return write(figure, path)


def spectrogram_text(picture: ArrayLike, rows: int = 12, columns: int = 64) -> str:
    """Draw a spectrogram with letters: low bands at the bottom, time from left to right.

    Parameters
    ----------
    picture : array_like of float, shape (frames, bands)
        Decibels; from the lowest to the highest of the picture in five shades.
    rows, columns : int
        Lines and letters; fewer where the picture is smaller.
    """
    values: NDArray[Any] = np.asarray(picture).T[::-1]
    bands = np.array_split(values, min(rows, len(values)), axis=0)
    cells = np.array(
        [
            [part.mean() for part in np.array_split(band, min(columns, band.shape[1]), axis=1)]
            for band in bands
        ]
    )
    span = max(float(np.ptp(cells)), 1e-9)
    shades = ((cells - cells.min()) / span * (len(SHADES) - 1)).round().astype(int)
    return "\n".join("".join(SHADES[shade] for shade in row) for row in shades)
