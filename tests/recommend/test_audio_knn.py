"""Neighbours by sound."""

from pathlib import Path

import numpy as np
import pytest

from murecom import artefact
from murecom.errors import BadInput, NotFound
from murecom.recommend.audio_knn import AudioKNN
from murecom.recommend.base import Data, Recommender, Request, VectorBlock
from murecom.testing import RecommenderContract, tiny_data
from murecom.types import Step, TrackId


def data(rows: list[list[float]]) -> Data:
    matrix = np.array(rows, np.float32)
    dim = matrix.shape[1]
    block = VectorBlock(matrix, np.zeros(dim, np.float32), np.ones(dim, np.float32))
    return Data([TrackId(f"t:{i}") for i in range(len(rows))], {"v": block})


class TestAudioKNN(RecommenderContract):
    make = AudioKNN


def test_score_is_the_weighted_mean_of_cosines() -> None:
    model = AudioKNN(hub_penalty=0).fit(tiny_data())
    unit = model.vectors()
    request = Request((TrackId("test:0"), TrackId("test:9")), weights=[1, 3])
    wanted = (1 * unit[0] + 3 * unit[9]) / 4 @ unit.T
    assert model.scores(request) == pytest.approx(wanted, abs=1e-6)


def test_hubs_are_held_back_and_a_copy_still_scores_one() -> None:
    plain, held = AudioKNN(hub_penalty=0).fit(tiny_data()), AudioKNN().fit(tiny_data())
    cosines, scores = (m.scores(Request((TrackId("test:4"),))) for m in (plain, held))
    unit = AudioKNN(leaning=0).fit(tiny_data()).vectors()
    others = unit @ unit.T - 2 * np.eye(12)
    crowding = np.sort(others, axis=1)[:, -10:].mean(axis=1)
    assert cosines - scores == pytest.approx(0.2 * (crowding - crowding[4]), abs=1e-3)
    assert scores[4] == pytest.approx(1, abs=1e-3)


def test_vectors_lean_on_their_nearest_neighbours() -> None:
    rows = [[1, 0, 0.2], [1, 0.2, 0], [0, 1, 0], [0.1, 1, 0.2]]
    alone, leaning = (AudioKNN(leaning=a).fit(data(rows)).vectors() for a in (0, 0.5))
    before, after = alone @ alone.T, leaning @ leaning.T
    assert after[0, 1] > before[0, 1]
    assert after[2, 3] > before[2, 3]
    wanted = alone[0] + sum(0.5 * max(before[0, i], 0) ** 3 * alone[i] for i in (1, 2, 3))
    assert leaning[0] == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-3)


def test_a_track_outside_is_like_one_inside() -> None:
    inside = tiny_data()
    model = AudioKNN(leaning=0, hub_penalty=0).fit(inside)
    matrix = inside.vectors["test-1"].matrix
    ids, scores = model.recommend(Request(vectors={"test-1": matrix[5:6]}), 4)
    assert ids[0] == "test:5"  # it is the same, but nobody said so
    assert scores[0] == pytest.approx(1, abs=1e-3)
    both = model.scores(Request((TrackId("test:1"),), vectors={"test-1": matrix[5:6]}))
    wanted = model.scores(Request((TrackId("test:1"), TrackId("test:5"))))
    assert both == pytest.approx(wanted, abs=1e-3)
    weighed = Request((TrackId("test:1"),), [0, 2], {"test-1": matrix[5:6]})
    assert model.scores(weighed) == pytest.approx(model.scores(weighed), abs=0)
    assert model.recommend(weighed, 1)[0] == ["test:5"]


def test_a_track_outside_leans_as_one_inside() -> None:
    inside = tiny_data()
    model = AudioKNN().fit(inside)
    matrix = inside.vectors["test-1"].matrix
    for row in range(12):
        ids, scores = model.recommend(Request(vectors={"test-1": matrix[row : row + 1]}), 12)
        inside_score = scores[ids.index(TrackId(f"test:{row}"))]
        assert inside_score > scores[0] - 0.1  # of twelve tracks, all are each other's neighbours
    nothing = np.full((1, matrix.shape[1]), np.nan, np.float32)
    two = np.concatenate([nothing, matrix[5:6]])  # the first has no sound
    assert model.recommend(Request(vectors={"test-1": two}), 1)[0] == ["test:5"]
    assert model.place({"test-1": two})[0] == pytest.approx(0)


def test_vectors_of_another_embedder_never_meet() -> None:
    model = AudioKNN().fit(tiny_data())
    with pytest.raises(BadInput, match="compares vectors of test-1, not cnn-2"):
        model.recommend(Request(vectors={"cnn-2": np.ones((1, 8), np.float32)}))
    assert model.keys == ("test-1",)
    assert model.weights == {"test-1": 1.0}


def test_tracks_without_sound_are_neither_found_nor_seeds(tmp_path: Path) -> None:
    nan = float("nan")
    rows = [[1, 0.1], [nan, nan], [-1, 0], [1, -0.1], [0, 1]]
    model = AudioKNN().fit(data(rows))
    for each in (model, (model.save(tmp_path), AudioKNN.load(tmp_path))[1]):
        ids, _ = each.recommend(Request((TrackId("t:0"),)), 10)
        assert ids == ["t:3", "t:4", "t:2"]
        assert each.split([TrackId("t:0"), TrackId("t:1"), TrackId("t:7")]) == (
            ["t:0"], ["t:1", "t:7"],
        )  # fmt: skip
        with pytest.raises(NotFound, match="t:1"):
            each.neighbours(TrackId("t:1"))
        assert each.recommend(Request((TrackId("t:1"), TrackId("t:0"))), 1)[0] == ["t:3"]
    with pytest.raises(NotFound, match="vector of sound"):
        model.recommend(Request(vectors={"v": np.full((1, 2), nan, np.float32)}))


def test_scores_mean_the_same_in_every_library() -> None:
    random = np.random.default_rng(0)
    for centre in (0.0, 0.7):  # around 0.7 the vectors all lean one way: random pairs are "near"
        matrix = (random.standard_normal((400, 20)) + centre).astype(np.float32)
        model = AudioKNN().fit(data(matrix.tolist()))
        unit = model.vectors()
        one = random.integers(400, size=3000)
        other = (one + random.integers(1, 400, size=3000)) % 400
        cosines = np.einsum("ij,ij->i", unit[one], unit[other])
        assert np.median(model.calibrate(cosines)) == pytest.approx(0.1, abs=0.02)
        assert model.calibrate(np.array([-1.0, 1.0])) == pytest.approx([0, 1])


def test_one_track_has_no_neighbours() -> None:
    model = AudioKNN().fit(data([[1, 2]]))
    ids, scores = model.neighbours(TrackId("t:0"))
    assert (ids, scores.tolist()) == ([], [])


def test_its_vectors_serve_playlists() -> None:
    inside = tiny_data()
    model = AudioKNN().fit(inside)
    assert np.linalg.norm(model.vectors(), axis=1) == pytest.approx(np.ones(12), abs=1e-3)
    placed = model.place({"test-1": inside.vectors["test-1"].matrix[3:5]})
    own = model.vectors([TrackId("test:3"), TrackId("test:4")])
    assert (
        np.einsum("ij,ij->i", own, placed) > 0.95
    ).all()  # outside, they also lean on themselves
    with pytest.raises(NotFound, match="nobody"):
        model.vectors([TrackId("nobody")])


def test_progress_is_told() -> None:
    steps: list[Step] = []
    AudioKNN().fit(tiny_data(), steps.append)
    assert [(s.stage, s.done, s.total) for s in steps] == [
        ("Indexing", 0, 12),
        ("Comparing", 12, 12),
        ("Indexing", 12, 12),
    ]


def test_any_recommender_is_loaded_by_name(tmp_path: Path) -> None:
    AudioKNN(leaning=0.25).fit(tiny_data()).save(tmp_path)
    model = Recommender.load(tmp_path)
    assert isinstance(model, AudioKNN)
    assert model.leaning == 0.25


def test_arrays_that_do_not_belong_together_are_told(tmp_path: Path) -> None:
    small, large = AudioKNN().fit(data([[1, 2], [2, 1]])), AudioKNN().fit(tiny_data())
    small.save(tmp_path / "small")
    manifest, arrays = artefact.load(tmp_path / "small")
    arrays["state.index.rows"] = large.state["index.rows"]
    artefact.save(tmp_path / "mixed", arrays, manifest)
    with pytest.raises(BadInput, match="damaged"):
        AudioKNN.load(tmp_path / "mixed")
