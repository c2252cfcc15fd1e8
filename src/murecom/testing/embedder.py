"""The contract of embedders."""

# ruff: noqa: D102 (the name of a check says what it checks)

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from murecom.embed.base import Embedder, Floats, Memo
from murecom.errors import BadInput


class EmbedderContract:
    """What every embedder does; derive and set `make`."""

    make: ClassVar[Any]
    "The class, or a function without arguments that makes one."

    @pytest.fixture
    def embedder(self) -> Embedder:
        """Make the embedder."""
        made: Embedder = self.make()
        return made

    @pytest.fixture
    def windows(self, embedder: Embedder) -> Floats:
        """Five sounds: tones of different pitch over different amounts of noise."""
        rng = np.random.default_rng(5)
        t = np.arange(embedder.samples) / embedder.rate
        tones = [np.sin(2 * np.pi * 110 * 2**k * t) * np.exp(-3 * (t % 0.5)) for k in range(5)]
        noise = rng.standard_normal((5, embedder.samples)) * np.linspace(0.001, 0.05, 5)[:, None]
        return (0.3 * np.array(tones) + noise).astype(np.float32)

    def test_names_are_set(self, embedder: Embedder) -> None:
        assert embedder.name.isidentifier()
        assert embedder.key
        assert embedder.key[-1].isalnum()
        assert not set(embedder.key) & set(" /:")
        assert min(embedder.dim, embedder.rate, embedder.samples, embedder.windows) > 0
        assert embedder.weight > 0

    def test_one_vector_for_each_window(self, embedder: Embedder, windows: Floats) -> None:
        vectors = embedder.embed(windows)
        assert vectors.shape == (5, embedder.dim)
        assert vectors.dtype == np.float32
        assert np.isfinite(vectors).all()

    def test_different_sounds_differ(self, embedder: Embedder, windows: Floats) -> None:
        mean, scale = embedder.statistics()
        vectors = (embedder.embed(windows) - mean) / scale
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        assert (vectors @ vectors.T)[~np.eye(5, dtype=bool)].max() < 0.999

    def test_same_sound_same_vector(self, embedder: Embedder, windows: Floats) -> None:
        assert np.array_equal(embedder.embed(windows), embedder.embed(windows.copy()))
        again = self.make().embed(windows)
        np.testing.assert_allclose(embedder.embed(windows), again, rtol=0, atol=1e-4)

    def test_windows_do_not_see_each_other(self, embedder: Embedder, windows: Floats) -> None:
        many = np.concatenate([windows, windows[::-1], windows])
        alone = np.concatenate([embedder.embed(window[None]) for window in windows])
        expected = np.concatenate([alone, alone[::-1], alone])
        scale = embedder.statistics()[1]
        np.testing.assert_allclose(embedder.embed(many) / scale, expected / scale, atol=1e-3)

    def test_no_windows(self, embedder: Embedder) -> None:
        empty = embedder.embed(np.zeros((0, embedder.samples), np.float32))
        assert empty.shape == (0, embedder.dim)
        assert empty.dtype == np.float32

    @pytest.mark.parametrize("level", [0.0, 1e-7, 1.0, 100.0])
    def test_any_level_gives_finite_numbers(self, embedder: Embedder, level: float) -> None:
        sound = np.sin(np.arange(embedder.samples, dtype=np.float32))[None] * np.float32(level)
        assert np.isfinite(embedder.embed(sound)).all()

    def test_input_stays_as_it_is(self, embedder: Embedder, windows: Floats) -> None:
        before = windows.copy()
        windows.setflags(write=False)
        embedder.embed(windows)
        assert np.array_equal(windows, before)

    def test_other_floats_and_layouts_are_taken(self, embedder: Embedder, windows: Floats) -> None:
        expected = embedder.embed(windows)
        scale = embedder.statistics()[1]
        for other in (windows.astype(np.float64), np.asfortranarray(windows)):
            np.testing.assert_allclose(embedder.embed(other) / scale, expected / scale, atol=1e-3)

    @pytest.mark.parametrize(
        "shape", [(0,), (48_000,), (1, 100), (1, 1, 48_128)], ids=lambda shape: f"{len(shape)}d"
    )
    def test_other_shapes_are_refused(self, embedder: Embedder, shape: tuple[int, ...]) -> None:
        with pytest.raises(BadInput, match=embedder.key):
            embedder.embed(np.zeros(shape, np.float32))

    def test_integers_are_refused(self, embedder: Embedder) -> None:
        with pytest.raises(BadInput, match="floats"):
            embedder.embed(np.zeros((1, embedder.samples), np.int16))

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_values_that_are_no_numbers_are_refused(
        self, embedder: Embedder, windows: Floats, bad: float
    ) -> None:
        windows[2, 7] = bad
        with pytest.raises(BadInput, match="NaN or infinity"):
            embedder.embed(windows)

    def test_memo_changes_nothing(self, embedder: Embedder, windows: Floats) -> None:
        memo = Memo()
        first = embedder.embed(windows, memo)
        assert np.array_equal(first, embedder.embed(windows))
        assert np.array_equal(first, embedder.embed(windows, memo))

    def test_memo_of_other_windows_is_refused(self, embedder: Embedder, windows: Floats) -> None:
        memo = Memo()
        embedder.embed(windows, memo)
        with pytest.raises(BadInput, match="other windows"):
            embedder.embed(windows[:2], memo)

    def test_statistics(self, embedder: Embedder) -> None:
        mean, scale = embedder.statistics()
        assert mean.shape == scale.shape == (embedder.dim,)
        assert mean.dtype == scale.dtype == np.float32
        assert np.isfinite(mean).all()
        assert np.isfinite(scale).all()
        assert (scale > 0).all()
        mean[:] = 7  # a caller's copy
        assert not np.array_equal(embedder.statistics()[0], mean)
