"""Like this, not like that: seeds with weights below 0."""

from __future__ import annotations

import numpy as np
import pytest

from murecom.errors import BadInput, NotFound
from murecom.recommend.audio_knn import AudioKNN, loss
from murecom.recommend.base import Data, Request, VectorBlock
from murecom.testing import tiny_data
from murecom.types import TrackId


def ids(*numbers: int) -> tuple[TrackId, ...]:
    return tuple(TrackId(f"t:{number}") for number in numbers)


@pytest.fixture(scope="module")
def model() -> AudioKNN:
    """Tracks on a line from one kind (0) to another (29), with a third kind elsewhere."""
    random = np.random.default_rng(0)
    share = np.linspace(0, 1, 30)[:, None]
    axes = np.eye(6)
    rows = np.concatenate(
        [(1 - share) * axes[0] + share * axes[1], np.repeat(axes[2:3], 10, axis=0)]
    )
    rows += 0.03 * random.standard_normal(rows.shape)
    matrix = rows.astype(np.float32)
    block = VectorBlock(matrix, np.zeros(6, np.float32), np.ones(6, np.float32))
    return AudioKNN().fit(Data(ids(*range(40)), {"v": block}))


def test_the_answer_moves_away_and_stays_near(model):
    plain, _ = model.recommend(Request(ids(15)), 8)
    away, scores = model.recommend(Request(ids(15, 25), weights=[1, -1]), 8)
    unit = model.vectors()
    seed, unwanted = unit[15], unit[25]

    def cosines(tracks, other):
        return model.vectors(tracks) @ other

    assert cosines(away, unwanted).mean() < cosines(plain, unwanted).mean() - 0.02
    assert (cosines(away, seed) > cosines(away, unwanted)).all()
    # nothing of the third kind, which is farthest from what is not wanted
    assert all(int(track.split(":")[1]) < 30 for track in away)
    assert not set(away) & set(ids(15, 25))
    assert (np.diff(scores) <= 0).all()


def test_scores_and_ranking_agree(model):
    request = Request(ids(3, 20, 28), weights=[1, 2, -1.5])
    found, _ = model.recommend(request, 5)
    raw = model.scores(request)
    raw[[3, 20, 28]] = -np.inf
    assert found == model.items.ids(np.argsort(-raw, kind="stable")[:5])


def test_only_ratios_count_and_stronger_dislikes_push_farther(model):
    once = model.scores(Request(ids(15, 25), weights=[1, -1]))
    assert model.scores(Request(ids(15, 25), weights=[4, -4])) == pytest.approx(once, abs=1e-5)
    strong = model.scores(Request(ids(15, 25), weights=[1, -2]))
    assert strong[25] < once[25]


def test_a_second_dislike_does_not_weaken_the_first(model):
    one = model.scores(Request(ids(15, 25), weights=[1, -1]))
    two = model.scores(Request(ids(15, 25, 35), weights=[1, -1, -1]))
    assert two[25] == pytest.approx(one[25], abs=1e-5)
    assert two[36] < one[36]


def test_tracks_outside_the_library_can_be_unwanted(model):
    inside = Request(ids(15, 25), weights=[1, -1])
    matrix = np.eye(6, dtype=np.float32)[1:2]
    outside = Request(ids(15), weights=[1, -1], vectors={"v": matrix})
    assert model.scores(outside)[29] < model.scores(Request(ids(15)))[29] - 0.2
    assert model.unlike_rows(inside).shape == (1, 6)
    assert model.unlike_rows(outside).shape == (1, 6)
    assert model.unlike_rows(Request(ids(15))).shape == (0, 6)


def test_something_must_be_wanted(model):
    for weights in ([-1.0], [0.0]):
        with pytest.raises(BadInput, match="above 0"):
            model.recommend(Request(ids(1), weights=weights))
    with pytest.raises(NotFound, match="t:99"):
        model.recommend(Request(ids(99, 1), weights=[1, -1]))


def test_the_opposite_of_what_is_not_wanted_gains_nothing():
    vectors = np.array([[1, 0], [0.6, 0.8], [-1, 0]], np.float32)
    assert loss(vectors, np.array([[0.5, 0]], np.float32)).tolist() == pytest.approx([0.5, 0.3, 0])
    assert loss(vectors, np.empty((0, 2), np.float32)).tolist() == [0, 0, 0]


def test_the_strength_is_a_parameter():
    data = tiny_data()
    request = Request(tuple(data.items[i] for i in (0, 4, 5)), weights=[1, 1, -1])
    gentle, harsh = (AudioKNN(unlike=strength).fit(data).scores(request) for strength in (0.1, 0.9))
    assert harsh[6] < gentle[6]
