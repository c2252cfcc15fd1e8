"""Small worlds of tracks for the tests of playlists."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from murecom.playlist.pool import Details, Pool
from murecom.types import Track, TrackId

MakePool = Callable[..., Pool]


@pytest.fixture(scope="session")
def make_pool() -> MakePool:
    """Give a function that makes a pool from a word per track: `Artist/Album/Title` or less."""

    def make(
        names: Sequence[str] | str,
        *,
        details: Sequence[Details] | None = None,
        vectors: np.ndarray | None = None,
        scores: Sequence[float] | None = None,
        durations: Sequence[float | None] | None = None,
        paths: Sequence[str | None] | None = None,
        **more: object,
    ) -> Pool:
        tracks = []
        for i, name in enumerate(names.split() if isinstance(names, str) else names):
            artist, _, rest = name.partition("/")
            album, _, title = rest.partition("/")
            tracks.append(
                Track(
                    TrackId(f"t:{i}"),
                    title or f"song {chr(97 + i // 26)}{chr(97 + i % 26)}",
                    tuple(filter(None, artist.split("&"))),
                    album or None,
                    durations[i] if durations else 200.0 + 5 * i,
                    paths[i] if paths else None,
                )
            )
        if scores is None:
            scores = np.linspace(1, 0.1, len(tracks))
        return Pool(tracks, details, vectors, scores, **more)

    return make


@pytest.fixture(scope="session")
def unit() -> Callable[..., np.ndarray]:
    """Give a function that makes random unit vectors, the same for the same seed."""

    def make(n: int, dim: int = 8, seed: int = 0) -> np.ndarray:
        rows = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    return make
