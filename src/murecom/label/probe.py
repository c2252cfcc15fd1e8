"""Genres from vectors of sound: a linear probe, served by numpy alone.

Trained by `train.probe` on a library with a folder for each genre. What it says of a track is one
matrix product on the means of its stored vectors, so labelling a library costs next to nothing.

The probabilities of a row sum to the *evidence* that the track is like anything the probe was
trained on: 1 for ordinary music, near 0 far from all of it. What is missing to 1 is "none of these,
or nobody knows": noise, speech or a style without a folder must not be forced into a genre.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from murecom import artefact
from murecom.errors import BadInput

Floats = NDArray[np.float32]

KEYS = ("musicnn-msd-1", "musicnn-msd-1-tags", "mfcc-1")
"The blocks that a probe of this version may read, in the order of its columns."

DIMS = {"musicnn-msd-1": 200, "musicnn-msd-1-tags": 50, "mfcc-1": 60}

REMEDY = "murecom train genres DIR"
WHAT = "genre probe"

SURE = 0.5
"A label counts from this probability on; below, a track is unsure."

_ODDS = 1e-3
"Keeps the log-odds of tags finite: a tag below this was not heard."


def features(vectors: Mapping[str, NDArray[np.floating]], keys: Sequence[str] = KEYS) -> Floats:
    """Put the blocks side by side, tags as log-odds.

    Parameters
    ----------
    vectors : mapping of key to array, shape (n, dim)
        More keys than needed do no harm.
    keys : sequence of str
        Which blocks, in this order.

    Returns
    -------
    ndarray of float32, shape (n, sum of dims)
        A row that some block does not know (NaN) is NaN throughout.

    Raises
    ------
    BadInput
        A block is missing or has another shape.
    """
    missing = [key for key in keys if key not in vectors]
    if missing:
        raise BadInput(
            f"The genre probe needs vectors of {', '.join(missing)}. "
            "Set sound.model = msd (or rich), then run: murecom scan"
        )
    blocks = []
    for key in keys:
        block = np.asarray(vectors[key], np.float32)
        if block.ndim != 2 or block.shape[1] != DIMS.get(key, block.shape[1]):
            raise BadInput(
                f"Vectors of '{key}' must have the shape (n, {DIMS.get(key, 'dim')}), not "
                f"{block.shape}. Embed the tracks again with: murecom scan"
            )
        if key.endswith("-tags"):
            block = np.log((block + _ODDS) / (1 - block + _ODDS))
        blocks.append(block)
    if len({len(block) for block in blocks}) > 1:
        raise BadInput("The blocks have different numbers of rows. Give one row per track.")
    joined: Floats = np.concatenate(blocks, axis=1)
    joined[np.isnan(joined).any(axis=1)] = np.nan
    return joined


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A linear classifier with calibrated probabilities and a sense of what it has never heard.

    Attributes
    ----------
    genres : tuple of str
        Names of the columns.
    keys : tuple of str
        Keys of the vectors it reads.
    mean, scale : ndarray of float32, shape (dim,)
        Z-scores of the features, see `features`.
    weights, bias : ndarray of float32, shapes (dim, genres) and (genres,)
        Logits of z-scored features, temperature included.
    whitening : ndarray of float32, shape (dim, rank)
        Turns z-scores so that clips of a genre lie in a ball around its centre.
    centres : ndarray of float32, shape (genres, rank)
        Means of the genres there.
    near, far : float
        Distances to the nearest centre up to which evidence is whole, and where a tenth is left; it
        falls by the same factor again with every further step of that size.
    metrics : mapping
        What training measured.
    """

    genres: tuple[str, ...]
    keys: tuple[str, ...]
    mean: Floats
    scale: Floats
    weights: Floats
    bias: Floats
    whitening: Floats
    centres: Floats
    near: float
    far: float
    metrics: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dim, n = len(self.mean), len(self.genres)
        rank = self.whitening.shape[-1]
        shapes = {
            "scale": (self.scale.shape, (dim,)),
            "weights": (self.weights.shape, (dim, n)),
            "bias": (self.bias.shape, (n,)),
            "whitening": (self.whitening.shape, (dim, rank)),
            "centres": (self.centres.shape, (n, rank)),
            "mean": ((dim,), (sum(DIMS[key] for key in self.keys),)),
        }
        for name, (is_, should) in shapes.items():
            if is_ != should:
                raise ValueError(f"{name} has the shape {is_}, not {should}")
        if not 0 <= self.near < self.far or not (self.scale > 0).all():
            raise ValueError("distances or scales are out of range")

    @property
    def version(self) -> str:
        """Eight characters that change with everything the probabilities depend on."""
        sum_ = hashlib.sha256("\0".join((*self.keys, *self.genres)).encode())
        for array in (self.mean, self.scale, self.weights, self.bias, self.whitening, self.centres):
            sum_.update(np.ascontiguousarray(array, np.float32).data)
        sum_.update(np.array([self.near, self.far]).tobytes())
        return sum_.hexdigest()[:8]

    @property
    def source(self) -> str:
        """What labels in the store name as their source."""
        return f"probe-{self.version}"

    def probabilities(self, vectors: Mapping[str, NDArray[np.floating]]) -> Floats:
        """Tell how probable each genre is.

        Parameters
        ----------
        vectors : mapping of key to array, shape (n, dim)
            Means over the windows of each track, for every one of `keys`.

        Returns
        -------
        ndarray of float32, shape (n, genres)
            Each row sums to `evidence`, 1 at most. No rows give shape (0, genres); a row of NaN (a
            track without such a vector) gives zeros.

        Raises
        ------
        BadInput
            A key is missing, or has another shape.
        """
        z = self._z(vectors)
        logits = z @ self.weights + self.bias
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        result: Floats = odds / odds.sum(axis=1, keepdims=True) * self._evidence(z)[:, None]
        return np.nan_to_num(result, copy=False, nan=0.0)

    def evidence(self, vectors: Mapping[str, NDArray[np.floating]]) -> Floats:
        """Tell how much each track is like what the probe learned from: (n,), 0..1."""
        return np.nan_to_num(self._evidence(self._z(vectors)), nan=0.0)

    def _z(self, vectors: Mapping[str, NDArray[np.floating]]) -> Floats:
        z: Floats = (features(vectors, self.keys) - self.mean) / self.scale
        return z

    def _evidence(self, z: Floats) -> Floats:
        distance = nearest(z @ self.whitening, self.centres)
        beyond = np.maximum(distance - self.near, 0) / (self.far - self.near)
        result: Floats = np.power(np.float32(0.1), beyond).astype(np.float32, copy=False)
        return result

    # -- files ------------------------------------------------------------------------------------

    def save(self, folder: Path | str) -> None:
        """Write the probe as an artefact; errors as in `artefact.save`."""
        names = ("mean", "scale", "weights", "bias", "whitening", "centres")
        arrays = {name: np.asarray(getattr(self, name), np.float32) for name in names}
        manifest = {
            "class": "probe",
            "genres": list(self.genres),
            "keys": list(self.keys),
            "near": self.near,
            "far": self.far,
            "version": self.version,
            "metrics": self.metrics,
        }
        artefact.save(folder, arrays, manifest)

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read a probe.

        Raises
        ------
        NotReady
            None was trained yet.
        BadInput
            It is damaged, or another kind of model.
        """
        manifest, arrays = artefact.load(folder, what=WHAT, remedy=REMEDY)
        if manifest.get("class") != "probe":
            raise BadInput(
                f"{folder} holds a model of the kind '{manifest.get('class')}', not a genre probe. "
                f"Name another folder, or train one: {REMEDY}"
            )
        try:
            return cls(
                genres=tuple(str(genre) for genre in manifest["genres"]),
                keys=tuple(str(key) for key in manifest["keys"]),
                near=float(manifest["near"]),
                far=float(manifest["far"]),
                metrics=dict(manifest.get("metrics") or {}),
                **arrays,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                f"The {WHAT} in {folder} is damaged ({error}). Train it again: {REMEDY}"
            ) from error


def nearest(points: Floats, centres: Floats) -> Floats:
    """Give the Euclidean distance of each point to its nearest centre: (n,)."""
    square = (
        np.einsum("nd,nd->n", points, points)[:, None]
        - 2 * points @ centres.T
        + np.einsum("cd,cd->c", centres, centres)[None]
    )
    result: Floats = np.sqrt(np.maximum(square.min(axis=1), 0))
    return result
