"""Exact search."""

from pathlib import Path

import numpy as np
import pytest

from murecom import artefact
from murecom.errors import BadInput
from murecom.index.exact import ExactIndex
from murecom.testing import IndexContract


class TestExactIndex(IndexContract):
    make = ExactIndex


def test_rows_are_half_size_on_disk(tmp_path: Path) -> None:
    ExactIndex().build(np.ones((1000, 64), np.float32)).save(tmp_path)
    _, arrays = artefact.load(tmp_path)
    assert arrays["rows"].dtype == np.float16
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 1000 * 64 * 2 + 2000


def test_float16_moves_no_cosine_far() -> None:
    rows = np.random.default_rng(0).standard_normal((500, 260)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    items, similarities = ExactIndex().build(rows).search(rows[:20], 50)
    truth = np.take_along_axis(rows[:20] @ rows.T, items, 1)
    assert np.abs(similarities - truth).max() < 2e-4


def test_many_queries_are_split(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32)
    index = ExactIndex().build(rows)
    whole = index.search(rows, 5)
    monkeypatch.setattr("murecom.index.exact._SCORES_AT_ONCE", 120)
    assert (index.search(rows, 5)[0] == whole[0]).all()


def test_too_large_for_float16() -> None:
    with pytest.raises(BadInput, match="too large"):
        ExactIndex().build(np.full((2, 2), 1e5, np.float32))


def test_its_vectors_cannot_be_changed() -> None:
    index = ExactIndex().build(np.eye(3, dtype=np.float32))
    with pytest.raises(ValueError, match="read-only"):
        index.vectors()[0, 0] = 7


def test_another_kind_of_index_is_refused(tmp_path: Path) -> None:
    artefact.save(tmp_path, {"rows": np.zeros((2, 2), np.float16)}, {"class": "other"})
    with pytest.raises(BadInput, match="'other'"):
        ExactIndex.load(tmp_path)
    artefact.save(tmp_path, {"rows": np.zeros(2, np.float16)}, {"class": "exact"})
    with pytest.raises(BadInput, match="damaged"):
        ExactIndex.load(tmp_path)
    artefact.save(tmp_path, {}, {"class": "exact"})
    with pytest.raises(BadInput, match="damaged"):
        ExactIndex.load(tmp_path)
