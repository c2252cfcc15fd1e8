"""Exact search."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from murecom import artefact
from murecom.errors import BadInput
from murecom.index.base import top
from murecom.index.exact import _SLACK, ExactIndex, _Bounds
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


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let small indexes use bounds, and tell for each query whether they spared it rows."""
    monkeypatch.setattr("murecom.index.exact._BOUND_FROM", 1)
    monkeypatch.setattr("murecom.index.exact._SHORT", 8)
    spared = []
    whole = ExactIndex._candidates

    def note(*arguments: Any) -> Any:
        some = whole(*arguments)
        spared.append(some is not None)
        return some

    monkeypatch.setattr(ExactIndex, "_candidates", note)
    return spared


def rows_like(kind: str, random: np.random.Generator, n: int = 1500) -> NDArray[np.float32]:
    """Make rows that float16 holds exactly, in 40 dimensions of which the first matter most."""
    rows = random.standard_normal((n, 40)) * np.arange(1, 41) ** -1.0
    if kind == "clustered":
        rows = rows[random.integers(12, size=n)] + 0.02 * random.standard_normal((n, 40))
    elif kind == "double":
        rows[n // 2 :] = rows[: n - n // 2]
    elif kind == "equal":
        rows[:] = rows[0]
    elif kind == "mostly zero":
        rows[random.permutation(n)[: n * 9 // 10]] = 0
    elif kind == "zero":
        rows[:] = 0
    elif kind == "flat":
        rows = random.standard_normal((n, 40))
    elif kind == "of one plane":
        rows[:, 2:] = 0
    elif kind == "of many lengths":
        rows *= 10 ** random.uniform(-3, 3, (n, 1))
    return rows.astype(np.float16).astype(np.float32)


KINDS = (
    "random",
    "clustered",
    "double",
    "equal",
    "mostly zero",
    "zero",
    "flat",
    "of one plane",
    "of many lengths",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_bounds_change_no_answer(kind: str, seed: int, bounded: list[bool]) -> None:
    random = np.random.default_rng(seed)
    rows = rows_like(kind, random)
    index = ExactIndex().build(rows)
    across = np.zeros(40, np.float32)
    across[-1] = 1  # orthogonal to a plane, and where the bounds tell least
    one = rows[random.integers(len(rows))]
    queries = [one, -one, one * 1e-15, one * 1e15, rows[:5].mean(axis=0), across, 0 * across]
    queries += list(random.standard_normal((3, 40)).astype(np.float32))
    for query in queries:
        nearest = np.argsort(-(rows @ query), kind="stable")
        excludes = (None, nearest[:7], random.permutation(len(rows))[: len(rows) - 20])
        for exclude in excludes:
            for k in (1, 10, 100, 5000):
                items, similarities = index.search(query, k, exclude)
                truth = np.einsum("ij,j->i", rows, query)
                truth[[] if exclude is None else exclude] = -np.inf
                wanted, best = top(truth, min(k, np.isfinite(truth).sum()))
                assert items[0].tolist() == wanted.tolist()
                assert similarities[0].tolist() == best.tolist()
    assert any(bounded)


def test_bounds_are_never_too_low() -> None:
    random = np.random.default_rng(0)
    for kind in KINDS:
        rows = rows_like(kind, random)
        bounds = _Bounds.of(rows)
        for query in (rows[0], -rows[1], random.standard_normal(40).astype(np.float32)):
            lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(query)
            margin = bounds(query) - rows.astype(np.float64) @ query
            assert (margin >= 0.9 * _SLACK * lengths).all()


def test_bounds_wait_for_the_second_query_of_a_large_index(bounded: list[bool]) -> None:
    rows = rows_like("random", np.random.default_rng(0))
    index = ExactIndex().build(rows)
    index.search(rows[:4], 3)
    index.search(rows[0], 3)
    index.search(rows[0], 3)
    assert bounded == [False, True]
    index.build(rows[:50] + 1).search(rows[0], 3)
    assert bounded[2:] == [False]
    assert index.search(rows[0], 3)[0].max() < 50


def test_a_small_index_has_no_bounds() -> None:
    rows = np.random.default_rng(0).standard_normal((500, 200)).astype(np.float32)
    index = ExactIndex().build(rows)
    for query in rows[:5]:
        index.search(query, 3)
    assert index._bounds is None


def test_one_query_is_answered_as_one_of_many(bounded: list[bool]) -> None:
    rows = rows_like("double", np.random.default_rng(0))
    index = ExactIndex().build(rows)
    items, similarities = index.search(rows[:40], 20)
    for i in range(40):
        alone = index.search(rows[i], 20)
        assert alone[0][0].tolist() == items[i].tolist()
        assert alone[1][0].tolist() == similarities[i].tolist()
    assert not bounded[0]
    assert all(bounded[1:])
