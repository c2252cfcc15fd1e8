"""MusiCNN against the original graph, and what its two backends promise."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from tests.embed import signals

from murecom import registry
from murecom.embed import musicnn
from murecom.embed.base import Embedder, Memo
from murecom.embed.musicnn import TAGS, MusiCNN, MusiCNNTags, onnx_file
from murecom.embed.musicnn.weights import load_weights
from murecom.errors import BadInput, MissingExtra, NotReady
from murecom.testing import EmbedderContract

GOLDEN = Path(__file__).parents[1] / "golden"

BACKENDS = ["numpy", "onnx"]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    if request.param == "onnx":
        pytest.importorskip("onnxruntime", reason="the extra 'fast' is not installed")
    return request.param


def golden(model: str) -> tuple[np.ndarray, np.ndarray]:
    with np.load(GOLDEN / f"musicnn_{model}.npz") as arrays:
        return arrays["embedding"], arrays["tags"]


class TestMusiCNN(EmbedderContract):
    make = MusiCNN


class TestMusiCNNTags(EmbedderContract):
    make = MusiCNNTags


class TestSecondModel(EmbedderContract):
    def make(self) -> Embedder:
        return MusiCNN("mtt", "numpy")


# -- against TensorFlow ------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["msd", "mtt"])
def test_network_equals_the_original_graph(model: str, backend: str) -> None:
    embedding, tags = musicnn.network(model, backend)(signals.mels())
    expected_embedding, expected_tags = (values[:4] for values in golden(model))
    # Values up to 5 in float32, summed in another order: 1.2e-5 at most where this was written.
    np.testing.assert_allclose(embedding, expected_embedding, rtol=0, atol=5e-5)
    np.testing.assert_allclose(tags, expected_tags, rtol=0, atol=1e-5)


@pytest.mark.parametrize("model", ["msd", "mtt"])
def test_sound_to_vector_equals_the_original_chain(model: str, backend: str) -> None:
    embedding, tags = MusiCNN(model, backend).embed_and_tags(signals.wave())
    expected_embedding, expected_tags = (values[4:] for values in golden(model))
    # Librosa's mel spectrogram and TensorFlow's network there, ours here.
    np.testing.assert_allclose(embedding, expected_embedding, rtol=0, atol=1e-4)
    np.testing.assert_allclose(tags, expected_tags, rtol=0, atol=2e-5)


@pytest.mark.parametrize("model", ["msd", "mtt"])
def test_backends_agree(model: str) -> None:
    pytest.importorskip("onnxruntime", reason="the extra 'fast' is not installed")
    rng = np.random.default_rng(3)
    mel = np.concatenate([signals.mels(), rng.uniform(0, 6, (7, 187, 96)).astype(np.float32)])
    for one, two in zip(*(musicnn.network(model, b)(mel) for b in BACKENDS), strict=True):
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-4)


def test_windows_of_any_number_go_through(backend: str) -> None:
    rng = np.random.default_rng(4)
    windows = rng.uniform(-0.1, 0.1, (2 * musicnn.AT_ONCE + 1, 48128)).astype(np.float32)
    vectors = MusiCNN("msd", backend).embed(windows)
    np.testing.assert_allclose(vectors[-1:], MusiCNN("msd", backend).embed(windows[-1:]), atol=1e-4)


# -- tags --------------------------------------------------------------------------------------


def test_tags_are_named() -> None:
    assert {model: len(set(tags)) for model, tags in TAGS.items()} == {"msd": 50, "mtt": 50}
    assert (TAGS["msd"][0], TAGS["msd"][28], TAGS["msd"][49]) == ("rock", "ambient", "happy")
    assert (TAGS["mtt"][0], TAGS["mtt"][9], TAGS["mtt"][49]) == ("guitar", "piano", "choral")
    assert MusiCNN("mtt").tag_names == TAGS["mtt"]


def test_tags_stand_in_the_order_of_their_names() -> None:
    """Soft low tones are taken for ambient or piano, noise bursts for beats: both models agree."""
    t = np.arange(48128) / 16000
    pad = sum(np.sin(2 * np.pi * f * t) for f in (110, 165, 220)) * 0.1
    tags = MusiCNN("mtt").tags(pad.astype(np.float32)[None])[0]
    best = {TAGS["mtt"][k] for k in np.argsort(-tags)[:8]}
    assert best & {"ambient", "slow", "synth", "new age", "electronic"}
    tags = MusiCNN("msd").tags(pad.astype(np.float32)[None])[0]
    best = {TAGS["msd"][k] for k in np.argsort(-tags)[:8]}
    assert best & {"ambient", "electronic", "experimental", "chillout"}


def test_tags_are_an_embedder_too() -> None:
    windows = signals.wave()
    assert np.array_equal(MusiCNNTags().embed(windows), MusiCNN().tags(windows))
    assert MusiCNNTags().key == f"{MusiCNN().key}-tags"
    assert MusiCNN().embed_and_tags(np.zeros((0, 48128)))[1].shape == (0, 50)


def test_a_memo_saves_the_second_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    original = musicnn.network

    def counted(model: str, backend: str) -> object:
        runs.append(model)
        return original(model, backend)

    monkeypatch.setattr(musicnn, "network", counted)
    windows, memo = signals.wave(), Memo()
    MusiCNN().embed(windows, memo)
    MusiCNNTags().embed(windows, memo)
    assert runs == ["msd"]
    MusiCNN("mtt").embed(windows, memo)
    assert runs == ["msd", "mtt"]


# -- choices -----------------------------------------------------------------------------------


def test_keys_tell_model_and_version() -> None:
    assert MusiCNN().key == "musicnn-msd-1"
    assert MusiCNN("mtt", "numpy").key == "musicnn-mtt-1"
    assert registry.get("embed", "musicnn") is MusiCNN
    assert registry.get("embed", "musicnn_tags") is MusiCNNTags


def test_unknown_choices_are_refused() -> None:
    with pytest.raises(BadInput, match="Take 'msd' or 'mtt'"):
        MusiCNN("vgg")
    with pytest.raises(BadInput, match="backend"):
        MusiCNN(backend="torch")


@pytest.fixture
def _no_onnxruntime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setattr(musicnn, "network", musicnn.network.__wrapped__)


@pytest.mark.usefixtures("_no_onnxruntime")
def test_onnx_names_its_extra() -> None:
    with pytest.raises(MissingExtra, match=r"\.\[fast\]"):
        MusiCNN(backend="onnx").embed(signals.wave())


@pytest.mark.usefixtures("_no_onnxruntime")
def test_auto_does_without_onnxruntime() -> None:
    expected = MusiCNN(backend="numpy").embed(signals.wave())
    assert np.array_equal(MusiCNN(backend="auto").embed(signals.wave()), expected)


def test_missing_weights_are_told() -> None:
    with pytest.raises(NotReady, match="Install murecom again"):
        load_weights("vgg")


def test_onnx_numbers_are_written_as_varints() -> None:
    assert onnx_file._varint(1) == b"\x01"
    assert onnx_file._varint(300) == b"\xac\x02"  # the example of the protocol buffers' guide
    assert onnx_file._field(2, "testing") == bytes.fromhex("120774657374696e67")
