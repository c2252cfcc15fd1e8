"""The contract of recommenders, on twelve items in three groups."""

# ruff: noqa: D102 (the name of a check says what it checks)

from __future__ import annotations

import json
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from murecom.artefact import MANIFEST
from murecom.errors import BadInput, NotFound, NotReady, Unreachable
from murecom.recommend.base import Data, Interactions, Recommender, Request, VectorBlock
from murecom.testing.disk import full_disk
from murecom.types import TrackId

GROUPS, SIZE = 3, 4
"The tiny data: so many groups of so many items each; items of a group belong together."

TITLES = ("quiet morning", "dance floor", "韓國流行")
"How the playlists of each group are called; a number follows."

UNKNOWN = TrackId("test:nobody")


def group_of(track_id: TrackId) -> int:
    """Give the group of an item of the tiny data."""
    return int(track_id.split(":")[1]) // SIZE


def tiny_data() -> Data:
    """Make twelve items in three groups, told apart by vectors, playlists, artists and albums."""
    n = GROUPS * SIZE
    random = np.random.default_rng(7)
    centres = np.repeat(np.eye(GROUPS, 8, dtype=np.float32), SIZE, axis=0)
    matrix = centres + 0.05 * random.standard_normal((n, 8)).astype(np.float32)
    block = VectorBlock(matrix, np.zeros(8, np.float32), np.ones(8, np.float32))
    # every group has each of its tracks first, second, third and last once, and in pairs
    lists = [np.roll(np.arange(SIZE), -shift)[: SIZE - shift % 2] for shift in range(SIZE)]
    lists += [np.array([first, (first + 1) % SIZE]) for first in range(SIZE)]
    rows = [group * SIZE + items for group in range(GROUPS) for items in lists]
    starts = np.cumsum([0, *map(len, rows)])
    titles = [f"{title} {number}" for title in TITLES for number in range(len(lists))]
    return Data(
        items=[TrackId(f"test:{i}") for i in range(n)],
        vectors={"test-1": block},
        interactions=Interactions(starts, np.concatenate(rows).astype(np.int32), n),
        titles=titles,
        artists=[f"artist {i // SIZE}" for i in range(n)],
        albums=[f"album {i // 2}" for i in range(n)],
    )


class RecommenderContract:
    """What every recommender does; derive, set `make`, and add what is special to yours."""

    make: ClassVar[Any]
    "The class, or a function without arguments that makes one."
    finds_groups: ClassVar[bool] = True
    "Whether the neighbours of an item are those of its group; not so for popularity."

    def data(self) -> Data:
        """Give data in which items of one group belong together; extend it for other needs."""
        return tiny_data()

    def seed(self, *items: int, **more: Any) -> Request:
        """Make a request from row numbers of the data; override to add what your model takes."""
        return Request(tuple(self.data().items[i] for i in items), **more)

    @pytest.fixture
    def model(self) -> Recommender:
        """Fit a model on the data."""
        model = type(self).make().fit(self.data())
        assert isinstance(model, Recommender)
        return model

    def test_describes_itself(self, model: Recommender) -> None:
        assert is_dataclass(model)
        assert "__dataclass_fields__" in vars(type(model)), "decorate the class with @dataclass"
        assert model.name
        parts = {"vectors", "windows", "interactions", "titles", "artists", "albums"}
        assert model.needs <= parts
        assert model.takes
        assert model.takes <= {"items", "vectors", "title", "artists", "nothing"}
        assert json.loads(json.dumps(model.parameters())) == model.parameters()

    def test_state_is_plain_arrays(self, model: Recommender) -> None:
        assert model.state
        assert all(isinstance(array, np.ndarray) for array in model.state.values())
        assert not any(array.dtype.hasobject for array in model.state.values())

    def test_scores_every_item(self, model: Recommender) -> None:
        scores = model.scores(self.seed(0))
        assert scores.shape == (len(self.data().items),)
        assert scores.dtype == np.float32
        assert not np.isnan(scores).any()

    def test_recommends_best_first_and_no_seed(self, model: Recommender) -> None:
        request = self.seed(0, 5)
        ids, scores = model.recommend(request, 6)
        assert len(ids) == len(set(ids)) == len(scores) <= 6
        assert not set(ids) & set(request.items)
        assert ((scores >= 0) & (scores <= 1)).all()
        assert (np.diff(scores) <= 0).all()
        raw = dict(zip(self.data().items, model.scores(request).tolist(), strict=True))
        order = [raw[track_id] for track_id in ids]
        assert order == pytest.approx(sorted(order, reverse=True), abs=1e-5)

    def test_finds_the_group(self, model: Recommender) -> None:
        if not self.finds_groups:
            return
        for seed in range(GROUPS * SIZE):
            ids, _ = model.recommend(self.seed(seed), SIZE - 1)
            assert {group_of(track_id) for track_id in ids} == {seed // SIZE}

    def test_leaves_out_what_is_excluded(self, model: Recommender) -> None:
        best = model.recommend(self.seed(0), 1)[0][0]
        ids, _ = model.recommend(self.seed(0, exclude=(best, UNKNOWN)), 100)
        assert best not in ids

    def test_gives_all_there_is(self, model: Recommender) -> None:
        ids, _ = model.recommend(self.seed(0), 10_000)
        assert len(ids) <= len(self.data().items) - 1

    def test_neighbours_are_recommendations(self, model: Recommender) -> None:
        if "items" not in model.takes:
            return
        item = self.data().items[3]
        ids, scores = model.neighbours(item, 4)
        again, same = model.recommend(Request((item,)), 4)
        assert ids == again
        assert scores.tolist() == same.tolist()

    def test_answers_a_batch_like_single_requests(self, model: Recommender) -> None:
        requests = [self.seed(i) for i in range(5)]
        for (ids, scores), request in zip(model.recommend_many(requests, 3), requests, strict=True):
            alone, same = model.recommend(request, 3)
            assert ids == alone
            assert scores == pytest.approx(same, abs=1e-5)

    def test_weights_are_ratios_and_zero_is_absent(self, model: Recommender) -> None:
        plain = model.recommend(self.seed(0), 5)
        weighed = model.recommend(self.seed(0, weights=[7.0]), 5)
        assert plain[0] == weighed[0]
        without = model.scores(self.seed(0, 5, weights=[1.0, 0.0]))
        assert without == pytest.approx(model.scores(self.seed(0)), abs=1e-5)

    def test_keeps_away_from_what_is_not_wanted(self, model: Recommender) -> None:
        request = self.seed(0, SIZE, SIZE + 1, weights=[1.0, 1.0, -1.0])
        if not model.subtracts:
            with pytest.raises(BadInput, match="weights of 0 or more"):
                model.recommend(request)
            return
        ids, scores = model.recommend(request, 2 * SIZE)
        assert not set(ids) & set(request.items)
        assert {group_of(track_id) for track_id in ids[: SIZE - 1]} == {0}
        assert (np.diff(scores) <= 0).all()
        halved = self.seed(0, SIZE, SIZE + 1, weights=[2.0, 2.0, -2.0])
        assert model.scores(halved) == pytest.approx(model.scores(request), abs=1e-5)
        with pytest.raises(BadInput, match="above 0"):
            model.recommend(self.seed(0, SIZE, weights=[0.0, -1.0]))

    def test_passes_over_unknown_seeds_and_names_them(self, model: Recommender) -> None:
        known = self.seed(0)
        mixed = replace(known, items=(*known.items, UNKNOWN))
        assert model.recommend(mixed, 4)[0] == model.recommend(known, 4)[0]
        assert model.split([*known.items, UNKNOWN]) == (list(known.items), [UNKNOWN])
        if model.takes <= {"items", "vectors"}:
            with pytest.raises(NotFound, match=UNKNOWN):
                model.recommend(Request((UNKNOWN,)))

    def test_refuses_bad_requests(self, model: Recommender) -> None:
        for more in ({"mode": "shuffle"}, {"weights": [1.0, 2.0]}, {"weights": [-1.0]}):
            with pytest.raises(BadInput):
                model.recommend(self.seed(0, **more))
        with pytest.raises(BadInput):
            model.recommend(self.seed(0, weights=[float("nan")]))
        with pytest.raises(BadInput):
            model.recommend(self.seed(0), 0)
        if "nothing" not in model.takes:
            with pytest.raises(BadInput):
                model.recommend(Request())

    def test_says_what_data_it_lacks(self) -> None:
        model = type(self).make()
        with pytest.raises(BadInput):
            model.fit(Data(items=()))
        if model.needs:
            with pytest.raises(NotReady, match=next(iter(sorted(model.needs)))):
                model.fit(Data(items=self.data().items))
        data = self.data()
        with pytest.raises(BadInput, match="twice"):
            model.fit(replace(data, items=[data.items[0]] * len(data.items)))

    def test_is_not_ready_before_a_fit(self, tmp_path: Path) -> None:
        model = type(self).make()
        with pytest.raises(NotReady):
            model.recommend(self.seed(0))
        with pytest.raises(NotReady):
            model.scores(self.seed(0))
        with pytest.raises(NotReady):
            model.save(tmp_path / "model")

    def test_calibrates_strictly(self, model: Recommender) -> None:
        raw = np.unique(model.scores(self.seed(0)))
        raw = raw[np.isfinite(raw)]
        scores = model.calibrate(raw)
        assert ((scores >= 0) & (scores <= 1)).all()
        assert (np.diff(scores) >= 0).all()

    def test_fits_the_same_twice(self, model: Recommender) -> None:
        again = type(self).make().fit(self.data())
        assert again.recommend(self.seed(2), 5)[0] == model.recommend(self.seed(2), 5)[0]

    def test_comes_back_from_disk(self, model: Recommender, tmp_path: Path) -> None:
        model.save(tmp_path / "model")
        loaded = type(model).load(tmp_path / "model")
        assert loaded.parameters() == model.parameters()
        assert loaded.manifest["data"] == self.data().hash()
        for i in range(4):
            ids, scores = loaded.recommend(self.seed(i), 5)
            assert ids == model.recommend(self.seed(i), 5)[0]
            assert scores == pytest.approx(model.recommend(self.seed(i), 5)[1], abs=1e-6)

    def test_pickles_nothing(self, model: Recommender, tmp_path: Path) -> None:
        model.save(tmp_path)
        assert {path.suffix for path in tmp_path.iterdir()} == {".npy", ".json"}
        for path in tmp_path.glob("*.npy"):
            np.load(path, allow_pickle=False)

    def test_an_interrupted_save_leaves_the_old_model(
        self, model: Recommender, tmp_path: Path
    ) -> None:
        model.save(tmp_path)
        before = model.recommend(self.seed(0), 3)
        with full_disk(), pytest.raises(Unreachable):
            model.save(tmp_path)
        after = type(model).load(tmp_path).recommend(self.seed(0), 3)
        assert before[0] == after[0]

    def test_damage_is_told(self, model: Recommender, tmp_path: Path) -> None:
        with pytest.raises(NotReady):
            type(model).load(tmp_path / "nothing")
        model.save(tmp_path)
        largest = max(tmp_path.glob("*.npy"), key=lambda path: path.stat().st_size)
        largest.write_bytes(largest.read_bytes()[:-1])
        with pytest.raises(BadInput, match="damaged"):
            type(model).load(tmp_path)
        (tmp_path / MANIFEST).write_text("{")
        with pytest.raises(BadInput, match="damaged"):
            type(model).load(tmp_path)
