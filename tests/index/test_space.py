"""The space in which tracks are compared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.index.space import Space, VectorBlock

RANDOM = np.random.default_rng(2)


def block(matrix: np.ndarray, weight: float = 1.0) -> VectorBlock:
    dim = matrix.shape[1]
    mean, scale = np.zeros(dim, np.float32), np.ones(dim, np.float32)
    return VectorBlock(matrix.astype(np.float32), mean, scale, weight)


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


@given(st.floats(0.1, 3), st.floats(0.1, 3))
def test_cosine_is_the_mean_of_the_blocks_by_squared_weights(v: float, w: float) -> None:
    one, other = RANDOM.standard_normal((6, 5)), RANDOM.standard_normal((6, 3))
    blocks = {"a": block(one, v), "b": block(other, w)}
    placed = Space().fit(blocks).transform({k: b.matrix for k, b in blocks.items()})
    cosines = [unit(rows) @ unit(rows).T for rows in (one, other)]
    wanted = (v**2 * cosines[0] + w**2 * cosines[1]) / (v**2 + w**2)
    assert placed @ placed.T == pytest.approx(wanted, abs=1e-5)
    assert placed.dtype == np.float32


def test_blocks_are_scored_by_their_statistics_whatever_the_library() -> None:
    mean, scale = np.array([5, 5], np.float32), np.array([1, 2], np.float32)
    rows = np.array([[6, 7], [4, 5]], np.float32)
    many = np.repeat(rows, 600, axis=0)
    space = Space().fit({"a": VectorBlock(many, mean, scale)})
    assert space.transform({"a": rows}) == pytest.approx(unit(np.array([[1, 1], [-1, 0]])))


def test_whitening_is_multiplied_to_the_scored_rows() -> None:
    rows = RANDOM.standard_normal((9, 3)).astype(np.float32)
    matrix = np.array([[2, 1, 0], [1, 2, 0], [0, 0, 0.5]], np.float32)
    zeros, ones = np.zeros(3, np.float32), np.ones(3, np.float32)
    other = block(RANDOM.standard_normal((9, 2)))
    blocks = {"a": VectorBlock(rows, zeros, ones, 1.0, matrix), "b": other}
    space = Space().fit(blocks)
    alone = space.transform({"a": rows})[:, :3]
    assert alone == pytest.approx(unit(rows @ matrix), abs=1e-5)
    again = Space.from_arrays(space.arrays())
    vectors = {key: b.matrix for key, b in blocks.items()}
    assert again.transform(vectors) == pytest.approx(space.transform(vectors), abs=0)
    with pytest.raises(BadInput, match="do not fit"):
        Space().fit({"a": VectorBlock(rows, zeros, ones, 1.0, matrix[:2])})
    broken = {**space.arrays(), "whitening": matrix.ravel()[:4]}
    with pytest.raises(ValueError, match="whitening"):
        Space.from_arrays(broken)


def test_what_is_missing_counts_as_nothing() -> None:
    one, other = RANDOM.standard_normal((3, 5)), RANDOM.standard_normal((3, 4))
    other[1] = np.nan
    blocks = {"a": block(one), "b": block(other)}
    space = Space().fit(blocks)
    placed = space.transform({k: b.matrix for k, b in blocks.items()})
    alone = space.transform({"a": one.astype(np.float32)})
    assert placed[1] == pytest.approx(alone[1])
    assert np.linalg.norm(placed, axis=1) == pytest.approx(np.ones(3))
    nothing = space.transform({"a": np.full((1, 5), np.nan, np.float32)})
    assert not nothing.any()


def test_a_dimension_without_spread_is_harmless() -> None:
    rows = np.ones((20, 3), np.float32)
    rows[:, 0] = np.arange(20)
    block_ = VectorBlock(rows, np.ones(3, np.float32), np.zeros(3, np.float32))
    placed = Space().fit({"a": block_}).transform({"a": rows})
    assert np.isfinite(placed).all()
    assert not placed[:, 1:].any()


def test_order_of_the_blocks_does_not_matter() -> None:
    one, other = block(RANDOM.standard_normal((3, 5))), block(RANDOM.standard_normal((3, 4)))
    space, turned = Space().fit({"a": one, "b": other}), Space().fit({"b": other, "a": one})
    vectors = {"b": other.matrix, "a": one.matrix}
    assert (space.transform(vectors) == turned.transform(vectors)).all()


def test_large_matrices_go_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    one = block(RANDOM.standard_normal((50, 5)))
    space = Space().fit({"a": one})
    whole = space.transform({"a": one.matrix})
    monkeypatch.setattr("murecom.index.space._ROWS_AT_ONCE", 7)
    assert (space.transform({"a": one.matrix}) == whole).all()


def test_round_trip() -> None:
    blocks = {"b": block(RANDOM.standard_normal((3, 5))), "a": block(np.eye(3), 0.5)}
    space = Space().fit(blocks)
    again = Space.from_arrays(space.arrays())
    vectors = {k: b.matrix for k, b in blocks.items()}
    assert again.keys == ("a", "b")
    assert again.dim == 8
    assert (again.transform(vectors) == space.transform(vectors)).all()
    with pytest.raises(ValueError, match="agree"):
        Space.from_arrays(space.arrays() | {"mean": np.zeros(3)})


def test_refuses_what_does_not_fit() -> None:
    rows = np.ones((3, 4), np.float32)
    good = block(rows)
    space = Space().fit({"a": good})
    with pytest.raises(BadInput, match=r"Run: murecom scan"):
        Space().fit({})
    for bad in (
        VectorBlock(rows, good.mean[:3], good.scale, 1.0),
        VectorBlock(rows, good.mean, good.scale[:3], 1.0),
        VectorBlock(rows, good.mean, good.scale, -1.0),
        VectorBlock(rows, good.mean, good.scale, float("nan")),
        VectorBlock(rows[0], good.mean, good.scale, 1.0),
    ):
        with pytest.raises(BadInput):
            Space().fit({"a": bad})
    broken = rows.copy()
    broken[2, 1] = np.nan
    with pytest.raises(BadInput, match="row 2"):
        space.transform({"a": broken})
    with pytest.raises(BadInput, match="compares vectors of a, not b"):
        space.transform({"b": rows})
    with pytest.raises(BadInput, match="nothing"):
        space.transform({})
    with pytest.raises(BadInput, match=r"\(n, 4\)"):
        space.transform({"a": rows[:, :2]})
    two = Space().fit({"a": good, "b": good})
    with pytest.raises(BadInput, match="numbers of rows"):
        two.transform({"a": rows, "b": rows[:2]})
