"""The genre network at serving time: numpy alone, from any folder that training wrote."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from murecom import artefact
from murecom.audio import mel
from murecom.embed.base import Memo
from murecom.embed.genre_cnn import BANDS, DIM, FRAMES, SAMPLES, GenreCNN
from murecom.errors import BadInput, NotReady
from murecom.testing import EmbedderContract

GENRES = ["jazz", "metal", "rock"]


def arrays(kind: str, seed: int = 0) -> dict[str, np.ndarray]:
    """Make random weights of the shapes that training gives."""
    rng = np.random.default_rng(seed)
    small = kind == "small"
    first = 40 if small else BANDS
    made: dict[str, np.ndarray] = {
        "input_mean": np.full(first, -20.0 if small else 0.0),
        "input_scale": np.full(first, 20.0 if small else 1.0),
        "statistics_mean": np.zeros(DIM),
        "statistics_scale": np.ones(DIM),
    }
    if small:
        made["input_basis"] = rng.normal(0, 0.1, (BANDS, first))
    sizes = (first, 64) if small else (first, 64, 128, 256)
    for level, (before, after) in enumerate(pairwise(sizes), 1):
        made[f"conv{level}_kernel"] = rng.normal(0, 0.05, (3, before, after))
        made[f"conv{level}_bias"] = rng.normal(0, 0.1, after)
        made[f"conv{level}_scale"] = rng.uniform(0.5, 1, after)
        made[f"conv{level}_shift"] = rng.normal(0, 0.1, after)
    dense = {"hidden1": (3 * (40 + 64) if small else 256, DIM), "output": (DIM, len(GENRES))}
    if not small:
        dense["hidden2"] = (DIM, DIM)
    for name, shape in dense.items():
        made[f"{name}_kernel"] = rng.normal(0, 0.05, shape)
        made[f"{name}_bias"] = rng.normal(0, 0.1, shape[1])
    return {name: array.astype(np.float32) for name, array in made.items()}


def write(folder: Path, kind: str = "small", seed: int = 0, **changes: Any) -> Path:
    """Write a network of random weights."""
    small = kind == "small"
    manifest = {
        "class": "GenreCNN",
        "architecture": kind,
        "genres": GENRES,
        "parameters": {
            "log": "db" if small else "none",
            "floor": 1e-4 if small else 0.0,
            "padding": int(small),
            "pooling": ["mean", "std", "change"] if small else ["max"],
            "levels": [0, 1] if small else [3],
        },
    }
    artefact.save(folder, arrays(kind, seed), manifest | changes)
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = tmp_path_factory.mktemp("models")
    return {kind: write(made / kind, kind) for kind in ("small", "original")}


class _OfFolder(EmbedderContract):
    kind: str

    @pytest.fixture(autouse=True)
    def _folder(self, folders: dict[str, Path]) -> None:
        type(self).make = staticmethod(lambda: GenreCNN(folders[self.kind]))


class TestSmall(_OfFolder):
    kind = "small"


class TestOriginal(_OfFolder):
    kind = "original"


@pytest.fixture
def network(folders: dict[str, Path]) -> GenreCNN:
    return GenreCNN(folders["small"])


@pytest.fixture
def windows(network: GenreCNN) -> np.ndarray:
    return 0.1 * np.random.default_rng(1).standard_normal((20, SAMPLES)).astype(np.float32)


def test_what_it_says_of_itself(network):
    assert network.dim == 256
    assert network.genres == tuple(GENRES)
    assert network.rate == 22050
    assert network.key.startswith("genre_cnn-small-1-")


def test_a_window_holds_128_frames():
    silence = np.zeros((1, SAMPLES), np.float32)
    shape = mel.mel_power(silence, rate=22050, n_fft=2048, hop=512, n_mels=BANDS).shape
    assert shape == (1, FRAMES, BANDS)


def test_probabilities(network, windows):
    said = network.probabilities(windows)
    assert said.shape == (20, 3)
    assert said.dtype == np.float32
    np.testing.assert_allclose(said.sum(axis=1), 1, rtol=1e-5)
    assert (said >= 0).all()
    memo = Memo()
    network.embed(windows, memo)
    assert np.array_equal(network.probabilities(windows, memo), said)
    assert network.probabilities(windows[:0]).shape == (0, 3)
    with pytest.raises(BadInput):
        network.probabilities(np.zeros((1, 7), np.float32))


def test_two_networks_share_a_memo_and_nothing_else(folders, windows):
    memo = Memo()
    for folder in folders.values():
        network = GenreCNN(folder)
        assert np.array_equal(network.embed(windows, memo), network.embed(windows))


def test_key_follows_the_weights(tmp_path):
    first = GenreCNN(write(tmp_path / "a", seed=1)).key
    assert GenreCNN(write(tmp_path / "b", seed=1)).key == first
    assert GenreCNN(write(tmp_path / "c", seed=2)).key != first
    assert GenreCNN(write(tmp_path / "d", genres=["a", "b", "c"], seed=1)).key == first
    own = GenreCNN(tmp_path / "a").manifest["parameters"]
    other = GenreCNN(write(tmp_path / "e", parameters=own | {"floor": 1e-5}, seed=1))
    assert other.key != first


def test_nothing_there(tmp_path):
    with pytest.raises(NotReady, match="murecom train genres"):
        GenreCNN(tmp_path)


@pytest.mark.parametrize(
    "changes", [{"class": "AudioKNN"}, {"genres": ["one"]}, {"parameters": {}}, {"genres": None}]
)
def test_something_else_there(tmp_path, changes):
    with pytest.raises(BadInput, match="holds no genre network"):
        GenreCNN(write(tmp_path / "model", **changes))


def test_needs_no_torch(folders):
    program = (
        "import sys, numpy as np\n"
        "from murecom.embed.genre_cnn import GenreCNN, SAMPLES\n"
        f"GenreCNN({str(folders['small'])!r}).embed(np.zeros((1, SAMPLES), np.float32))\n"
        "assert not {'torch', 'sklearn', 'matplotlib'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
