"""The same recording in several files."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.playlist.duplicates import DISTANCE, near_duplicates, same_content


def near(vector: np.ndarray, distance: float) -> np.ndarray:
    """Turn a vector by an angle of the given cosine distance."""
    across = np.roll(vector, 1) - (np.roll(vector, 1) @ vector) / (vector @ vector) * vector
    angle = np.arccos(1 - distance)
    unit = vector / np.linalg.norm(vector)
    return np.cos(angle) * unit + np.sin(angle) * across / np.linalg.norm(across)


def test_sound_and_duration_must_both_agree() -> None:
    base = np.array([3.0, 1, 2, 0.5])
    vectors = np.array([
        base, 7 * near(base, 0.0018), near(base, 0.05), near(base, 0.0001), -base, base,
    ])  # fmt: skip
    durations = [100, 102, 100, 104.5, 100, None]
    (group,) = near_duplicates(vectors, durations)
    assert group.kind == "sound"
    assert group.items == (0, 1)
    assert group.distance == pytest.approx(0.0018, abs=1e-5)


def test_chains_are_one_group() -> None:
    base = np.array([3.0, 1, 2, 0.5])
    vectors = np.stack([base, near(base, 0.0001), near(base, 0.0002), np.roll(base, 1)])
    groups = near_duplicates(vectors, [100, 101.5, 103, 100])
    assert [group.items for group in groups] == [(0, 1, 2)]
    assert groups[0].distance < DISTANCE


def test_several_groups_in_order(unit) -> None:
    rows = np.tile(unit(3), (3, 1))
    groups = near_duplicates(rows, [100] * 9)
    assert [group.items for group in groups] == [(0, 3, 6), (1, 4, 7), (2, 5, 8)]


def test_silence_and_nonsense_join_nothing() -> None:
    vectors = np.zeros((4, 3), np.float32)
    vectors[2:] = np.nan
    assert near_duplicates(vectors, [1, 1, 1, 1]) == []
    assert near_duplicates(np.empty((0, 3)), []) == []
    assert near_duplicates(np.ones((2, 3)), [float("nan"), float("inf")]) == []


@given(st.integers(0, 40), st.integers(0, 99))
def test_like_comparing_all_with_all(n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((6, 4))[random.integers(6, size=n)]
    vectors = vectors + 0.03 * random.standard_normal((n, 4))
    durations = random.integers(100, 110, n).astype(float)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    close = (1 - unit @ unit.T < DISTANCE) & (np.abs(durations[:, None] - durations) <= 2)
    linked = {i for i in range(n) if close[i].sum() > 1}
    groups = near_duplicates(vectors, durations.tolist())
    assert {i for group in groups for i in group.items} == linked
    for i, j in np.argwhere(close):
        assert i == j or any({i, j} <= set(group.items) for group in groups)


def test_blocks_do_not_matter(unit, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.tile(unit(40), (2, 1))
    durations = list(np.linspace(100, 130, 40)) * 2
    whole = near_duplicates(rows, durations)
    assert len(whole) == 40
    monkeypatch.setattr("murecom.playlist.duplicates._BLOCK", 3)
    assert near_duplicates(rows, durations) == whole


def test_ten_thousand_tracks_in_a_moment(unit) -> None:
    rows = unit(10_000, 50)
    rows[7] = rows[9_000]
    durations = np.random.default_rng(0).normal(230, 60, 10_000)
    durations[7] = durations[9_000] + 1
    start = time.process_time()
    groups = near_duplicates(rows, durations.tolist())
    assert [group.items for group in groups] == [(7, 9_000)]
    assert time.process_time() - start < 3


def test_files_with_the_same_bytes_are_another_kind() -> None:
    groups = same_content({"h1": ["b", "a"], "h2": ["c"], "h3": ["e", "d", "f"]})
    assert [(g.kind, g.paths) for g in groups] == [
        ("content", ("a", "b")),
        ("content", ("d", "e", "f")),
    ]


def test_numbers_must_agree() -> None:
    with pytest.raises(BadInput, match="differ in number"):
        near_duplicates(np.ones((2, 3)), [1.0])
