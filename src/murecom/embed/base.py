"""The contract of an embedder: windows of sound in, one vector for each window out.

A track's vector is the mean over its windows. Vectors of different embedders never meet: each is
stored under the `key` of its embedder, and only vectors of one key are compared.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from murecom.errors import BadInput

Floats = NDArray[np.float32]
T = TypeVar("T")


class Memo:
    """What several embedders can share while they look at the same windows.

    The mel spectrogram and the outputs of a network are computed by whoever needs them first::

        memo = Memo()
        vectors = {e.key: e.embed(windows, memo) for e in embedders}

    A memo belongs to the windows it saw first; give it no other array, nor the same one changed.
    """

    __slots__ = ("_results", "_windows")

    def __init__(self) -> None:
        self._windows: object = None
        self._results: dict[str, Any] = {}

    def see(self, windows: object) -> None:
        """Remember which windows this memo is about; refuse others."""
        if self._windows is None:
            self._windows = windows
        elif self._windows is not windows:
            raise BadInput("This memo holds results for other windows. Use a new Memo().")

    def get(self, name: str, make: Callable[[], T]) -> T:
        """Give the result of that name; `make` computes it if nobody has yet."""
        if name not in self._results:
            self._results[name] = make()
        result: T = self._results[name]
        return result


class Embedder(ABC):
    """Turns windows of sound into vectors.

    A member writes `_embed` and says `key` and `dim`; this class checks what comes in.

    The key names everything that the numbers depend on: network, weights, front-end, statistics.
    Whoever changes one of them changes the key, usually the number at its end. Otherwise old and
    new vectors are mixed in one library and the neighbours are wrong without any error.
    """

    name: ClassVar[str]
    "Name of the member in its family."

    rate: int = 16000
    "Hz of the windows."

    samples: int = 48128
    "Length of a window (3 s)."

    windows: int = 5
    """How many windows to read from a track. Spread over the whole track, five beat one block of
    30 s at half the price (see docs/design/embedders.md). Fewer are fine and are not another key.
    """

    weight: float = 1.0
    "Factor of this block where blocks are combined (`index.space.Space`)."

    @property
    @abstractmethod
    def key(self) -> str:
        """Name under which the vectors are stored."""

    @property
    @abstractmethod
    def dim(self) -> int:
        """Length of a vector."""

    @abstractmethod
    def _embed(self, windows: Floats, memo: Memo) -> Floats:
        """Turn checked windows, at least one, into float32[n, dim]."""

    def embed(self, windows: ArrayLike, memo: Memo | None = None) -> Floats:
        """Turn windows of sound into vectors.

        Parameters
        ----------
        windows : ndarray of float32, shape (n, samples)
            Mono at `rate`, full scale 1.0. Each window is looked at alone.
        memo : Memo, optional
            Shared with the other embedders that look at the same windows.

        Returns
        -------
        ndarray of float32, shape (n, dim)
            No windows give shape (0, dim). Silence gives a finite vector that means nothing:
            whoever reads the file leaves silent windows out (`audio.decode.read_windows`).

        Raises
        ------
        BadInput
            Another shape, or values that are not finite numbers.
        """
        checked, memo = self._checked(windows, memo)
        if not len(checked):
            return np.zeros((0, self.dim), np.float32)
        return self._embed(checked, memo)

    def statistics(self) -> tuple[Floats, Floats]:
        """Give mean and scale of the vectors of tracks: what z-scoring uses in a small library.

        Returns
        -------
        mean, scale : ndarray of float32, shape (dim,)
            Of the free music that `scripts/fit_statistics.py` names; 0 and 1 for an embedder that
            has none. A dimension that never changes has scale 1, never 0.
        """
        return shipped_statistics(self.key, self.dim)

    def whitening(self) -> Floats | None:
        """Give what z-scored vectors are multiplied by before they are compared.

        Returns
        -------
        ndarray of float32, shape (dim, dim), or None
            Symmetric. It makes less of the directions in which windows of one track and tracks of
            one artist differ, in the free music of `statistics`; None for an embedder that has
            none. `docs/design/neighbours.md` says what it is worth.
        """
        matrix = load_arrays("statistics.npz").get(f"{self.key}.whitening")
        return None if matrix is None else matrix.astype(np.float32)

    def _checked(self, windows: ArrayLike, memo: Memo | None) -> tuple[Floats, Memo]:
        array = np.asarray(windows)
        if array.ndim != 2 or array.shape[1] != self.samples or array.dtype.kind != "f":
            raise BadInput(
                f"{self.key} takes windows of floats of shape (n, {self.samples}), not "
                f"{array.shape} of {array.dtype}. Read them with audio.decode.read_windows."
            )
        checked: Floats = np.ascontiguousarray(array, dtype=np.float32)
        if not np.isfinite(checked).all():
            raise BadInput("The windows hold NaN or infinity. Read the file again.")
        memo = Memo() if memo is None else memo
        memo.see(windows)
        return checked, memo


def shipped_statistics(key: str, dim: int) -> tuple[Floats, Floats]:
    """Give the shipped mean and scale of a key; zeros and ones if there are none."""
    arrays = load_arrays("statistics.npz")
    mean, scale = arrays.get(f"{key}.mean"), arrays.get(f"{key}.scale")
    if mean is None or scale is None:
        return np.zeros(dim, np.float32), np.ones(dim, np.float32)
    return mean.copy(), scale.copy()


@lru_cache(maxsize=8)
def load_arrays(name: str) -> dict[str, Floats]:
    """Read a `.npz` of `embed/data`; {} if it is not there."""
    file = resources.files("murecom.embed") / "data" / name
    if not file.is_file():
        return {}
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}
