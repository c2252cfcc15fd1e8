"""The shipped files: the same as the scripts say, complete, and good enough."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import struct
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from murecom.embed.base import Embedder, load_arrays, shipped_statistics
from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import MusiCNN, MusiCNNTags

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "murecom" / "embed" / "data"
ALL = [MusiCNN("msd"), MusiCNN("mtt"), MusiCNNTags("msd"), MusiCNNTags("mtt"), MfccStatistics()]


def load(path: Path) -> ModuleType:
    """Import a program that is no part of the package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def converter() -> ModuleType:
    return load(ROOT / "scripts" / "convert_musicnn.py")


def test_shipped_files_are_what_the_converter_makes(converter: ModuleType) -> None:
    found = {n: hashlib.sha256((DATA / n).read_bytes()).hexdigest() for n in converter.SHA256}
    assert found == converter.SHA256


def test_provenance_names_the_wheel_and_the_licence(converter: ModuleType) -> None:
    page = (DATA / "PROVENANCE.md").read_text(encoding="utf-8")
    assert converter.WHEEL_SHA256 in page
    assert "ISC" in page
    assert "Permission to use, copy" in (DATA / "musicnn.LICENSE").read_text(encoding="utf-8")
    for package in ("wesnoth-1.16-music", "asc-music"):
        assert f"| {package} |" in page


def test_npz_bytes_depend_on_the_numbers_only(converter: ModuleType) -> None:
    arrays = {"b": np.arange(3.0), "a": np.float64(2), "c": np.array([1, 2])}
    first = converter.npz(arrays)
    assert first == converter.npz(dict(reversed(arrays.items())))
    with np.load(io.BytesIO(first)) as read:
        assert {k: (read[k].dtype.str, read[k].shape) for k in read.files} == {
            "a": ("<f4", ()),
            "b": ("<f4", (3,)),
            "c": ("<i4", (2,)),
        }


def test_checkpoint_reader_on_a_table_written_by_hand(converter: ModuleType) -> None:
    def entry(shared: int, key: bytes, value: bytes) -> bytes:
        return bytes([shared, len(key), len(value)]) + key + value

    data = np.array([1.5, -2, 3, 4, 5, 6], "<f4").tobytes()
    shape = b"\x12\x04" + b"\x12\x02\x08\x02"  # a dimension of 2
    first = b"\x08\x01" + shape + b"\x28\x08"  # type float, size 8, offset 0 (left out)
    shape2 = b"\x12\x08" + b"\x12\x02\x08\x02" * 2
    second = b"\x08\x01" + shape2 + b"\x20\x08\x28\x10"
    restarts = struct.pack("<II", 0, 1)
    block = entry(0, b"", b"\x08\x01") + entry(0, b"layer/bias", first)
    block += entry(6, b"bias/Adam", first) + entry(6, b"kernel", second) + restarts
    index = entry(0, b"z", bytes([0, len(block)])) + restarts
    footer = bytes([0, 0, len(block), len(index)]).ljust(40, b"\0")
    footer += struct.pack("<Q", 0xDB4775248B80FB57)
    variables = converter.read_checkpoint(block + index + footer, data)
    assert list(variables) == ["layer/bias", "layer/kernel"]
    np.testing.assert_array_equal(variables["layer/bias"], [1.5, -2])
    np.testing.assert_array_equal(variables["layer/kernel"], [[3, 4], [5, 6]])


@pytest.mark.parametrize("embedder", ALL, ids=lambda e: e.key)
def test_statistics_are_shipped_for_every_key(embedder: Embedder) -> None:
    arrays = load_arrays("statistics.npz")
    assert f"{embedder.key}.mean" in arrays
    _, scale = embedder.statistics()
    assert scale.std() > 0
    whitening = embedder.whitening()
    assert whitening is not None
    assert whitening.shape == (embedder.dim, embedder.dim)
    np.testing.assert_allclose(whitening, whitening.T, atol=1e-5)
    assert np.linalg.eigvalsh(whitening).min() > 0.1  # no direction is thrown away


def test_an_embedder_without_statistics_is_left_as_it_is() -> None:
    mean, scale = shipped_statistics("somebody-else-1", 3)
    assert mean.tolist() == [0, 0, 0]
    assert scale.tolist() == [1, 1, 1]


def test_data_stays_small() -> None:
    assert sum(p.stat().st_size for p in DATA.iterdir()) < 2_500_000


def test_neighbours_are_of_the_same_genre(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    benchmark = load(ROOT / "benchmarks" / "sound.py")
    clips = benchmark.retrieval.clips(data_dir / "gtzan")
    if len(clips.paths) < 50:
        pytest.skip(f"no GTZAN clips in {data_dir}")
    analysed = benchmark.Analysed(clips, benchmark.MODELS["default"])
    measured = benchmark.retrieval.row("default", analysed.scores(), analysed.set)
    for _, set_, figure, limit in benchmark.BARS:
        assert set_ == "genre"
        assert measured[figure] >= limit
