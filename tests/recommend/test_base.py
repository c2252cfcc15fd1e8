"""What the base class of recommenders does for its members."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from murecom.errors import BadInput, NotFound, NotReady
from murecom.recommend.base import Data, Recommender, Request, Seeds
from murecom.testing import UNKNOWN, RecommenderContract, tiny_data
from murecom.types import Progress, TrackId


@dataclass(eq=False)
class SameArtist(Recommender):
    """The smallest member: two functions."""

    needs: ClassVar[frozenset[str]] = frozenset({"artists"})
    shared: float = 2.0

    def _fit(self, data: Data, progress: Progress) -> dict[str, np.ndarray]:
        codes = {artist: i for i, artist in enumerate(sorted(set(data.artists)))}
        return {"artist": np.array([codes[artist] for artist in data.artists])}

    def _scores(self, seeds: Seeds) -> np.ndarray:
        same = self.state["artist"] == self.state["artist"][seeds.items][:, None]
        return (self.shared * seeds.weights @ same / seeds.weights.sum()).astype(np.float32)


@dataclass(eq=False)
class Popular(Recommender):
    """Answers whatever it is asked; half of the items it never recommends."""

    takes: ClassVar[frozenset[str]] = frozenset({"nothing"})

    def _fit(self, data: Data, progress: Progress) -> dict[str, np.ndarray]:
        scores = np.arange(len(data.items), dtype=np.float32)
        scores[::2] = -np.inf
        return {"scores": scores}

    def _scores(self, seeds: Seeds) -> np.ndarray:
        return self.state["scores"]


@dataclass(eq=False)
class ByTitle(Popular):
    takes: ClassVar[frozenset[str]] = frozenset({"title"})


class TestSameArtist(RecommenderContract):
    make = SameArtist


class TestPopular(RecommenderContract):
    make = Popular
    finds_groups = False


class TestByTitle(RecommenderContract):
    make = ByTitle
    finds_groups = False

    def seed(self, *items: int, **more: object) -> Request:
        return replace(super().seed(*items, **more), title="sleep")


def test_a_member_is_named_by_its_file() -> None:
    assert SameArtist.name == "test_base"


def test_what_a_member_never_recommends_does_not_come() -> None:
    model = Popular().fit(tiny_data())
    ids, _ = model.recommend(Request(), 100)
    assert ids == [f"test:{i}" for i in (11, 9, 7, 5, 3, 1)]


def test_a_title_alone_is_enough_for_who_takes_titles() -> None:
    model = ByTitle().fit(tiny_data())
    assert model.recommend(Request(title="sleep"), 2)[0] == ["test:11", "test:9"]
    titled = ByTitle().fit(replace(tiny_data(), interactions=None, titles=["sleep", " ", "run"]))
    assert titled.recommend(Request(title="sleep"), 2)[0] == ["test:11", "test:9"]
    with pytest.raises(BadInput, match="starts from title"):
        model.recommend(Request(title="  "))
    with pytest.raises(NotFound, match=UNKNOWN):
        model.recommend(Request((UNKNOWN,)))


def test_many_unknown_seeds_are_named_up_to_five() -> None:
    model = SameArtist().fit(tiny_data())
    with pytest.raises(NotFound, match=r"x0, x1, x2, x3, x4 …"):
        model.recommend(Request([TrackId(f"x{i}") for i in range(9)]))


def test_weights_follow_the_known_seeds() -> None:
    model = SameArtist().fit(tiny_data())
    request = Request((UNKNOWN, TrackId("test:0"), TrackId("test:4")), weights=[9, 1, 3])
    scores = model.scores(request)
    assert scores[:8].tolist() == [0.5] * 4 + [1.5] * 4


def test_all_weights_zero_is_no_seed() -> None:
    model = SameArtist().fit(tiny_data())
    with pytest.raises(BadInput, match="weight above 0"):
        model.recommend(Request((TrackId("test:0"),), weights=[0]))


def test_parts_of_data_must_agree() -> None:
    data = tiny_data()
    for bad in (replace(data, artists=["x"]), replace(data, items=data.items[:3])):
        with pytest.raises(BadInput, match="one per item"):
            SameArtist().fit(bad)


def test_the_hash_tells_data_apart() -> None:
    data = tiny_data()
    assert data.hash() == tiny_data().hash()
    block = replace(data.vectors["test-1"], weight=0.5)
    others = [
        replace(data, items=[*data.items[1:], data.items[0]]),
        replace(data, vectors={"test-1": block}),
        replace(data, artists=()),
        replace(data, albums=data.artists, artists=data.albums),
    ]
    assert len({data.hash(), *(other.hash() for other in others)}) == 5


def test_a_later_version_of_the_class_is_told(tmp_path: Path) -> None:
    SameArtist().fit(tiny_data()).save(tmp_path)

    @dataclass(eq=False)
    class Other(Popular):
        name: ClassVar[str] = "test_base"

    with pytest.raises(NotReady, match="another version of 'test_base'"):
        Other.load(tmp_path)


def test_another_class_is_refused(tmp_path: Path) -> None:
    SameArtist().fit(tiny_data()).save(tmp_path)

    @dataclass(eq=False)
    class Other(SameArtist):
        name: ClassVar[str] = "other"

    with pytest.raises(BadInput, match="of the kind 'test_base', not 'other'"):
        Other.load(tmp_path)


def test_the_manifest_tells_what_it_is(tmp_path: Path) -> None:
    SameArtist(shared=3.0).fit(replace(tiny_data(), revision=41)).save(tmp_path)
    model = SameArtist.load(tmp_path)
    manifest = model.manifest
    assert manifest["class"] == "test_base"
    assert manifest["parameters"] == {"shared": 3.0}
    assert manifest["items"] == 12
    assert manifest["revision"] == 41
    assert {"created", "versions", "data"} <= set(manifest)
    assert model.metrics["fit_seconds"] >= 0
