"""Clusters: what belongs together comes together, the same way every time."""

import numpy as np
import pytest

from murecom.errors import BadInput
from murecom.index import clusters as module
from murecom.index.clusters import choose_number, cluster, silhouette


def blobs(sizes, dim: int = 12, noise: float = 0.15, seed: int = 0):
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.eye(dim, dtype=np.float32)[labels]
    rows = rows + noise * random.standard_normal(rows.shape).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels


def test_blobs_are_found_largest_first():
    vectors, labels = blobs([10, 30, 20, 15])
    found = cluster(vectors, 4)
    assert [len(found.members(number)) for number in range(4)] == [30, 20, 15, 10]
    for number in range(4):
        assert len(set(labels[found.members(number)])) == 1
    assert np.linalg.norm(found.centres, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_the_most_typical_come_first():
    vectors, _ = blobs([20, 20])
    found = cluster(vectors, 2)
    cosines = vectors[found.members(0)] @ found.centres[0]
    assert (np.diff(cosines) <= 1e-6).all()


def test_the_same_every_time():
    vectors, _ = blobs([30, 30, 30], noise=0.5)
    assert cluster(vectors, 5).labels.tolist() == cluster(vectors.copy(), 5).labels.tolist()


def test_the_number_is_found():
    vectors, _ = blobs([20] * 6)
    assert choose_number(vectors) == 6
    assert len(cluster(vectors)) == 6
    assert choose_number(vectors[:11]) == 1  # too few to divide
    assert len(cluster(vectors[:1])) == 1


def test_a_large_library_is_sampled_for_the_number(monkeypatch):
    monkeypatch.setattr(module, "_SAMPLE", 60)
    vectors, _ = blobs([100] * 5)
    assert choose_number(vectors) == 5


def test_a_large_library_tries_with_a_part_and_settles_whole(monkeypatch):
    vectors, labels = blobs([60, 50, 40, 30])
    monkeypatch.setattr(module, "_TRIED", 45)
    found = cluster(vectors, 4)
    assert [len(found.members(number)) for number in range(4)] == [60, 50, 40, 30]
    assert len(found.labels) == len(labels) == len(found.typical)


def test_never_more_clusters_than_different_tracks():
    vectors, _ = blobs([1, 1, 1], noise=0)
    assert len(cluster(np.repeat(vectors, 5, axis=0), 7)) == 3
    assert len(cluster(vectors, 50)) == 3


def test_silhouette_by_hand():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    assert silhouette(vectors, np.array([0, 0, 1])) == pytest.approx(2 / 3)
    assert silhouette(vectors, np.array([0, 1, 1])) < 0
    assert silhouette(vectors, np.zeros(3, np.int64)) == 0


def test_silhouette_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is compared with")
    vectors, labels = blobs([10, 5, 1, 7], noise=0.4)
    wanted = metrics.silhouette_score(vectors, labels, metric="cosine")
    assert silhouette(vectors, labels) == pytest.approx(wanted, abs=1e-4)


def test_refusals():
    vectors, _ = blobs([3])
    with pytest.raises(BadInput, match="at least 1"):
        cluster(vectors, 0)
    with pytest.raises(BadInput, match="murecom scan"):
        cluster(vectors[:0])
