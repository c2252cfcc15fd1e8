"""What a library tells about itself."""

import numpy as np
import pytest

from murecom.index import neighbourhood
from murecom.index.neighbourhood import crowding, lean, nearest_rows
from murecom.types import Step


def unit(rows: int, dim: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    matrix = random.standard_normal((rows, dim)) * np.arange(1, dim + 1) ** -0.7
    return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)


def test_nearest_rows_are_the_nearest_others() -> None:
    rows = unit(700, 12)  # more than two groups of scores
    steps: list[Step] = []
    found, cosines = nearest_rows(rows, 3, steps.append)
    scores = rows @ rows.T
    np.fill_diagonal(scores, -np.inf)
    assert (found == np.argsort(-scores, axis=1)[:, :3]).all()
    assert cosines == pytest.approx(np.sort(scores, axis=1)[:, :-4:-1], abs=1e-6)
    assert (steps[-1].done, steps[-1].total) == (700, 700)


def test_a_copy_is_the_nearest_but_never_the_row_itself() -> None:
    rows = np.repeat(unit(4, 6), 2, axis=0)
    found, cosines = nearest_rows(rows, 1)
    assert found[:, 0].tolist() == [1, 0, 3, 2, 5, 4, 7, 6]
    assert cosines == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_few_rows_have_few_neighbours(rows: int) -> None:
    vectors = unit(rows, 5)
    found, cosines = nearest_rows(vectors, 10)
    assert found.shape == cosines.shape == (rows, max(rows - 1, 0))
    assert crowding(cosines).shape == (rows,)
    assert lean(vectors, vectors, found, cosines).shape == vectors.shape


def test_a_large_library_is_searched_along_its_main_directions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = unit(3000, 160)
    exact, cosines = nearest_rows(rows, 10)
    monkeypatch.setattr(neighbourhood, "_EXACT_UP_TO", 1000)
    found, shortlisted = nearest_rows(rows, 10)
    common = [len(set(a) & set(b)) for a, b in zip(exact.tolist(), found.tolist(), strict=True)]
    assert np.mean(common) > 9.7
    assert (shortlisted <= cosines + 1e-6).all()
    assert shortlisted == pytest.approx(np.einsum("nd,nkd->nk", rows, rows[found]), abs=1e-5)


def test_leaning_brings_neighbours_closer_and_keeps_lengths() -> None:
    rows = unit(200, 20)
    found, cosines = nearest_rows(rows, 10)
    moved = lean(rows, rows, found, cosines)
    assert np.linalg.norm(moved, axis=1) == pytest.approx(1, abs=1e-5)
    after = np.einsum("nd,nkd->nk", moved, moved[found])[:, :5]
    assert after.mean() > cosines[:, :5].mean()
    assert lean(rows, rows, found, cosines, leaning=0) == pytest.approx(rows, abs=1e-6)
    wanted = rows[3] + sum(0.5 * max(c, 0) ** 3 * rows[i] for i, c in
                           zip(found[3, :5], cosines[3, :5], strict=True))  # fmt: skip
    assert moved[3] == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-5)


def test_a_row_of_zeros_stays_and_pulls_nobody() -> None:
    rows = unit(6, 4)
    rows[2] = 0
    found, cosines = nearest_rows(rows, 5)
    moved = lean(rows, rows, found, cosines)
    assert not moved[2].any()
    others = [i for i in range(6) if i != 2]
    alone = rows[others]
    assert moved[others] == pytest.approx(lean(alone, alone, *nearest_rows(alone, 5)), abs=1e-5)


def test_it_is_most_crowded_in_the_middle() -> None:
    random = np.random.default_rng(1)
    spread = np.repeat([0.1, 3.0], 50)[:, None]
    rows = random.standard_normal((100, 8)) * spread + [4, 0, 0, 0, 0, 0, 0, 0]
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    dense = crowding(nearest_rows(rows)[1])
    assert dense[:50].min() > dense[50:].mean()
