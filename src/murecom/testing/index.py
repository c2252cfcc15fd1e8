"""The contract of indexes."""

# ruff: noqa: D102 (the name of a check says what it checks)

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from murecom.artefact import MANIFEST
from murecom.errors import BadInput, NotReady
from murecom.index.base import Index


class IndexContract:
    """What every index does; derive and set `make`."""

    make: ClassVar[Any]
    exact: ClassVar[bool] = True
    "Whether it finds exactly the nearest; an approximate one must find nine of ten."

    def vectors(self, n: int = 300, dim: int = 16) -> NDArray[np.float32]:
        """Make unit vectors that float16 holds without loss of order for most queries."""
        rows = np.random.default_rng(3).standard_normal((n, dim)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows.astype(np.float16).astype(np.float32)

    def build(self, vectors: NDArray[np.float32]) -> Index:
        """Build an index."""
        index = type(self).make().build(vectors)
        assert isinstance(index, Index)
        return index

    def test_finds_the_nearest(self) -> None:
        rows = self.vectors()
        queries = self.vectors(20)[:, ::-1].copy()
        items, similarities = self.build(rows).search(queries, 10)
        assert items.shape == similarities.shape == (20, 10)
        assert items.dtype == np.int64
        assert similarities.dtype == np.float32
        truth = queries @ rows.T
        assert similarities == pytest.approx(np.take_along_axis(truth, items, 1), abs=1e-5)
        assert (np.diff(similarities) <= 0).all()
        best = np.argsort(-truth, axis=1)[:, :10]
        found = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(items, best, strict=True)])
        assert found == 1 if self.exact else found >= 0.9

    def test_finds_itself_first(self) -> None:
        rows = self.vectors(50)
        items, similarities = self.build(rows).search(rows, 1)
        assert items[:, 0].tolist() == list(range(50))
        assert similarities[:, 0] == pytest.approx(np.ones(50), abs=1e-3)

    def test_leaves_out_what_is_excluded(self) -> None:
        rows = self.vectors(30)
        items, _ = self.build(rows).search(rows[0], 30, exclude=[0, 7, 7])
        assert items.shape == (1, 28)
        assert not {0, 7} & set(items[0].tolist())
        assert self.build(rows).search(rows[0], 3, exclude=range(30))[0].shape == (1, 0)

    def test_equally_near_rows_come_by_number(self) -> None:
        rows = np.tile(self.vectors(1), (9, 1))
        items, _ = self.build(rows).search(rows[0], 4)
        assert items[0].tolist() == [0, 1, 2, 3]

    def test_one_query_is_a_batch_of_one(self) -> None:
        rows = self.vectors(40)
        index = self.build(rows)
        one, batch = index.search(rows[5], 6), index.search(rows[4:7], 6)
        assert one[0][0].tolist() == batch[0][1].tolist()

    def test_gives_all_there_is(self) -> None:
        rows = self.vectors(5)
        assert self.build(rows).search(rows[0], 100)[0].shape == (1, 5)
        empty = self.build(np.empty((0, 4), np.float32))
        assert len(empty) == 0
        assert empty.search(np.ones(4), 3)[0].shape == (1, 0)

    def test_keeps_the_rows(self) -> None:
        rows = self.vectors(20)
        index = self.build(rows)
        assert (len(index), index.dim) == rows.shape
        assert index.vectors() == pytest.approx(rows, abs=1e-3)
        assert index.vectors([3, 1]) == pytest.approx(rows[[3, 1]], abs=1e-3)

    def test_refuses_what_it_cannot_use(self) -> None:
        rows = self.vectors(10)
        index = self.build(rows)
        broken = rows.copy()
        broken[4, 2] = np.nan
        for bad in (broken, rows[0], np.full((2, 3), np.inf, np.float32)):
            with pytest.raises(BadInput):
                self.build(bad)
        for query, k, exclude in (
            (np.ones(3), 2, None),
            (broken[4], 2, None),
            (rows[0], 0, None),
            (rows[0], 2, [10]),
        ):
            with pytest.raises(BadInput):
                index.search(query, k, exclude)

    def test_comes_back_from_disk(self, tmp_path: Path) -> None:
        rows = self.vectors()
        index = self.build(rows)
        index.save(tmp_path)
        loaded = type(index).load(tmp_path)
        items, similarities = loaded.search(rows[:9], 7)
        assert items.tolist() == index.search(rows[:9], 7)[0].tolist()
        assert similarities.tolist() == index.search(rows[:9], 7)[1].tolist()
        (tmp_path / MANIFEST).write_text("[]")
        with pytest.raises(BadInput):
            type(index).load(tmp_path)
        with pytest.raises(NotReady):
            type(index).load(tmp_path / "nothing")
