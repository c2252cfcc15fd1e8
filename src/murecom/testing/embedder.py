"""The contract of embedders."""

# ruff: noqa: D102 (the name of a check says what it checks)

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from murecom.embed.base import Embedder
from murecom.errors import BadInput


class EmbedderContract:
    """What every embedder does; derive and set `make`."""

    make: ClassVar[Any]

    @pytest.fixture
    def embedder(self) -> Embedder:
        """Make the embedder."""
        made: Embedder = type(self).make()
        return made

    def windows(self, embedder: Embedder, n: int = 3) -> NDArray[np.float32]:
        """Make windows of different sound: chords with a little noise."""
        time = np.arange(embedder.samples, dtype=np.float32) / embedder.rate
        random = np.random.default_rng(5)
        waves = [
            sum(np.sin(2 * np.pi * pitch * (i + 2) * 110 * time) for pitch in (1, 1.25, 1.5))
            + 0.1 * random.standard_normal(embedder.samples)
            for i in range(n)
        ]
        return (0.2 * np.stack(waves)).astype(np.float32)

    def test_describes_itself(self, embedder: Embedder) -> None:
        assert embedder.key
        assert min(embedder.dim, embedder.rate, embedder.samples, embedder.windows) > 0
        assert embedder.weight > 0

    def test_gives_one_vector_per_window(self, embedder: Embedder) -> None:
        vectors = embedder.embed(self.windows(embedder))
        assert vectors.shape == (3, embedder.dim)
        assert vectors.dtype == np.float32
        assert np.isfinite(vectors).all()
        assert embedder.embed(self.windows(embedder)[:0]).shape == (0, embedder.dim)

    def test_refuses_what_is_no_window(self, embedder: Embedder) -> None:
        windows = self.windows(embedder)
        broken = windows.copy()
        broken[1, 7] = np.nan
        for bad in (windows[0], windows[:, 1:], broken):
            with pytest.raises(BadInput):
                embedder.embed(bad)

    def test_windows_do_not_meet(self, embedder: Embedder) -> None:
        windows = self.windows(embedder)
        together = embedder.embed(windows)
        alone = np.concatenate([embedder.embed(window[None]) for window in windows])
        assert together == pytest.approx(alone, rel=1e-3, abs=1e-3)
        assert (together == embedder.embed(windows)).all()

    def test_tells_sounds_apart(self, embedder: Embedder) -> None:
        vectors = embedder.embed(self.windows(embedder))
        assert np.ptp(vectors, axis=0).max() > 1e-3

    def test_silence_is_no_trouble(self, embedder: Embedder) -> None:
        silent = np.zeros((1, embedder.samples), np.float32)
        assert np.isfinite(embedder.embed(silent)).all()

    def test_statistics_fit(self, embedder: Embedder) -> None:
        mean, scale = embedder.statistics()
        assert mean.shape == scale.shape == (embedder.dim,)
        assert np.isfinite(mean).all()
        assert (scale > 0).all()
