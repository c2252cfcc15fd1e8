"""A map: places in the plane at which tracks that sound alike stand together.

This is t-SNE in numpy. Tracks attract their nearest neighbours and push all others away; the
pushing goes through a grid and a Fourier transform, so that the time grows with the number of
tracks and not with its square. `docs/design/map.md` says why it is not one of the libraries.

Sources: van der Maaten & Hinton, "Visualizing data using t-SNE", JMLR 2008; Linderman et al., "Fast
interpolation-based t-SNE", Nature Methods 2019 (the grid); Böhm et al., "Attraction-repulsion
spectrum in neighbor embeddings", JMLR 2022 (equal attraction to the nearest few).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.index.base import check_matrix
from murecom.index.neighbourhood import nearest_rows
from murecom.types import Progress, Step, no_progress

Places = NDArray[np.float64]
"Coordinates, shape (n, 2)."

FEWEST = 8
"Fewer tracks are placed by their two main directions: there are no neighbourhoods to keep."

_EXACT = 400
"Up to so many points every pair is computed; beyond, the grid is faster."

_NODES = 3
"Points of a cell along one axis between which forces are interpolated (Linderman et al.)."

_CELLS = (30, 80, 300)
"""Least cells along an axis; most of width 1, which is the scale of the forces; and most of width
2. On a map of 381 tracks the forces are then 4 % off and 20 % off (root mean square), with the same
trustworthiness; a map of 10,000 tracks takes a third of the time with width 2."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the plane is filled.

    Parameters
    ----------
    neighbours : int
        Nearest tracks that attract a track.
    early, steps : int
        Steps with attraction enlarged, which finds the rough order, and steps after them.
    exaggeration : float
        By how much attraction is enlarged at first.
    again : int
        Steps when there is a former map to start from.
    """

    neighbours: int = 10
    early: int = 150
    steps: int = 350
    exaggeration: float = 12.0
    again: int = 150

    def __call__(
        self,
        vectors: NDArray[np.float32],
        former: Places | None = None,
        progress: Progress = no_progress,
    ) -> Places:
        """Place vectors in the plane.

        Parameters
        ----------
        vectors : ndarray of float32, shape (n, dim)
            Of length 1; the cosine says how near two are. n may be 0.
        former : ndarray, shape (n, 2), optional
            Where they stood in an earlier answer of this function; NaN for those that are new. What
            was there stays about where it was.
        progress : callable
            Told about every tenth step.

        Returns
        -------
        ndarray of float64, shape (n, 2)
            Around (0, 0). The same for the same input; without `former` it starts from the two main
            directions of the vectors, whose signs are fixed.

        Raises
        ------
        BadInput
            The vectors are no finite matrix, or `former` has another number of rows.
        """
        vectors = check_matrix(vectors)
        if former is not None and former.shape != (len(vectors), 2):
            raise BadInput(f"The former map has the shape {former.shape}. Give one row per track.")
        start = principal(vectors)
        if len(vectors) < FEWEST or not start.any():
            return start
        pairs = _attraction(vectors, min(self.neighbours, len(vectors) - 1), progress)
        known: NDArray[np.bool_] = np.all(np.isfinite(start if former is None else former), axis=1)
        if former is None or known.sum() < max(FEWEST, len(vectors) // 2):
            places = start * (1e-4 / start[:, 0].std())
            stages = [(self.early, 0.5, self.exaggeration), (self.steps, 0.8, 1.0)]
        else:
            places = _joined(former, known, pairs)
            stages = [(self.again, 0.5, 1.0)]
        return _descend(places, pairs, stages, progress)


def principal(vectors: NDArray[np.float32]) -> Places:
    """Place vectors by their two main directions (PCA), shape (n, 2).

    The sign of each direction is that of its largest coordinate in the vectors' space, so that it
    does not depend on the library that finds it. Directions in which nothing varies give 0.
    """
    n = len(vectors)
    places = np.zeros((n, 2))
    if n < 2:
        return places
    centred = vectors - vectors.mean(axis=0, dtype=np.float64)
    strength, directions = np.linalg.eigh(centred.T @ centred)
    for axis, column in enumerate(range(len(strength) - 1, max(-1, len(strength) - 3), -1)):
        direction = directions[:, column]
        if strength[column] > 1e-9 * n:
            places[:, axis] = centred @ (direction * np.sign(direction[np.abs(direction).argmax()]))
    return places


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Who attracts whom: rows `of` (sorted, `begin` says where each begins) and `to`, by `pull`."""

    of: NDArray[np.int64]
    to: NDArray[np.int64]
    pull: NDArray[np.float64]
    begin: NDArray[np.int64]


def _attraction(vectors: NDArray[np.float32], k: int, progress: Progress) -> _Pairs:
    """Find the `k` nearest of each; a pair that is so both ways attracts twice."""
    n = len(vectors)
    rows, _ = nearest_rows(vectors, k, progress)
    one, other = np.repeat(np.arange(n), k), rows.astype(np.int64).ravel()
    codes, counts = np.unique(
        np.concatenate([one * n + other, other * n + one]), return_counts=True
    )
    of, to = np.divmod(codes, n)
    return _Pairs(of, to, counts / counts.sum(), np.searchsorted(of, np.arange(n)))


def _joined(former: Places, known: NDArray[np.bool_], pairs: _Pairs) -> Places:
    """Put new tracks amid those of their neighbours that have a place."""
    places = np.where(known[:, None], former, 0.0)
    weight = pairs.pull * known[pairs.to]
    total = np.bincount(pairs.of, weight, len(places))
    middle = np.stack(
        [np.bincount(pairs.of, weight * places[pairs.to, axis], len(places)) for axis in (0, 1)], 1
    )
    new = ~known & (total > 0)
    places[new] = middle[new] / total[new, None]
    return places


def _descend(
    places: Places, pairs: _Pairs, stages: list[tuple[int, float, float]], progress: Progress
) -> Places:
    """Move all points down the gradient with momentum and a rate for each coordinate."""
    n = len(places)
    rate = max(50.0, n / 12)  # Belkina et al., Nature Communications 2019, halved for few points
    total, done = sum(steps for steps, _, _ in stages), 0
    for steps, momentum, enlarged in stages:
        speed, gains = np.zeros_like(places), np.ones_like(places)
        for _ in range(steps):
            if done % 10 == 0:
                progress(Step("Placing", done, total))
            done += 1
            gradient = 4 * (enlarged * _pull(places, pairs) - _push(places))
            same = np.sign(gradient) == np.sign(speed)
            gains = np.maximum(np.where(same, gains * 0.8, gains + 0.2), 0.01)
            speed = momentum * speed - rate * gains * gradient
            # no point leaves by more than a few units at a time (as openTSNE does)
            length = np.sqrt((speed**2).sum(axis=1, keepdims=True))
            speed *= np.minimum(1, 5 / np.maximum(length, 1e-300))
            places = places + speed
            places -= places.mean(axis=0)
    progress(Step("Placing", total, total))
    return places


def _pull(places: Places, pairs: _Pairs) -> Places:
    apart = places[pairs.of] - places[pairs.to]
    force = pairs.pull / (1 + np.einsum("ij,ij->i", apart, apart))
    pulled: Places = np.add.reduceat(force[:, None] * apart, pairs.begin)
    return pulled


def _push(places: Places) -> Places:
    """Push points apart: sums over all others of kernel² times the way, over that of the kernel."""
    charges = np.column_stack([np.ones(len(places)), places, (places**2).sum(axis=1)])
    felt = _all_pairs(places, charges) if len(places) <= _EXACT else _grid(places, charges)
    # 1/(1+d²) is (1+d²) times its square, and d² = y² - 2 y·z + z²
    kernel = (1 + charges[:, 3]) * felt[:, 0] - 2 * (places * felt[:, 1:3]).sum(axis=1) + felt[:, 3]
    total = max(float(kernel.sum()) - len(places), 1e-12)
    pushed: Places = (places * felt[:, :1] - felt[:, 1:3]) / total
    return pushed


def _all_pairs(places: Places, charges: NDArray[np.float64]) -> NDArray[np.float64]:
    square = (places**2).sum(axis=1)
    distance = np.maximum(square[:, None] + square - 2 * places @ places.T, 0)
    felt: NDArray[np.float64] = (1 + distance) ** -2.0 @ charges
    return felt


def _grid(places: Places, charges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum the charges of all points, each times (1 + d²)⁻², at every point: shape (n, charges).

    Charges are laid on the nodes of a grid, convolved with the kernel by Fourier transform, and
    read off at the points, with Lagrange polynomials through three nodes a cell.
    """
    low = places.min(axis=0)
    span = max(float((places.max(axis=0) - low).max()), 1e-9) * (1 + 1e-9)
    least, fine, most = _CELLS
    cells = _smooth(int(np.clip(span, least, max(fine, min(span / 2, most)))))
    nodes, step = cells * _NODES, span / (cells * _NODES)
    scaled = (places - low) / span * cells
    cell = np.minimum(scaled.astype(np.int64), cells - 1)
    inside = (scaled - cell) * _NODES - 0.5  # in steps from the first node of the cell
    a, b, c = inside, inside - 1, inside - 2
    weights = np.stack([b * c / 2, -a * c, a * b / 2], axis=2)  # (n, axes, nodes of a cell)
    first = cell * _NODES
    rows = first[:, 0, None] + np.arange(_NODES)
    columns = first[:, 1, None] + np.arange(_NODES)
    at = (rows[:, :, None] * nodes + columns[:, None, :]).reshape(len(places), -1)
    share = (weights[:, 0, :, None] * weights[:, 1, None, :]).reshape(len(places), -1)

    size = 2 * nodes
    ways = np.minimum(np.arange(size), size - np.arange(size)) * step
    kernel = np.fft.rfft2((1 + ways[:, None] ** 2 + ways**2) ** -2.0)
    felt = np.empty_like(charges)
    for column in range(charges.shape[1]):
        laid = np.bincount(at.ravel(), (share * charges[:, column, None]).ravel(), nodes * nodes)
        wave = np.fft.rfft2(laid.reshape(nodes, nodes), (size, size)) * kernel
        field = np.fft.irfft2(wave, (size, size))[:nodes, :nodes].ravel()
        felt[:, column] = (share * field[at]).sum(axis=1)
    return felt


def _smooth(least: int) -> int:
    """Give the next number without prime factors above 5, for which Fourier transforms are fast."""
    number = least
    while True:
        rest = number
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return number
        number += 1
