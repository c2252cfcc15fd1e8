"""A contract suite is worth what it catches."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from murecom.index.exact import ExactIndex
from murecom.recommend.audio_knn import AudioKNN
from murecom.testing import IndexContract, RecommenderContract


class Backwards(ExactIndex):
    def search(self, queries, k, exclude=None):
        items, similarities = super().search(queries, k, exclude)
        return items[:, ::-1], similarities[:, ::-1]


class Forgets(ExactIndex):
    def search(self, queries, k, exclude=None):
        return super().search(queries, k)


@pytest.mark.parametrize(
    ("kind", "check"),
    [(Backwards, "test_finds_the_nearest"), (Forgets, "test_leaves_out_what_is_excluded")],
)
def test_a_wrong_index_is_caught(kind: type, check: str) -> None:
    suite = type("Suite", (IndexContract,), {"make": kind})()
    with pytest.raises(AssertionError):
        getattr(suite, check)()


@dataclass(eq=False)
class Parrot(AudioKNN):
    """Recommends the seeds."""

    def _top(self, seeds, k, exclude):
        return super()._top(seeds, k, exclude[:0])


@dataclass(eq=False)
class Shuffled(AudioKNN):
    """Has no idea."""

    def _scores(self, seeds):
        return np.random.default_rng().permutation(super()._scores(seeds))

    def _top(self, seeds, k, exclude):
        scores = self._scores(seeds)
        items = np.argsort(-scores)
        items = items[~np.isin(items, exclude)][:k]
        return items, scores[items]


@dataclass(eq=False)
class Forgetful(AudioKNN):
    """Writes into its folder before it knows that the disk has room."""

    def save(self, folder):
        for path in Path(folder).glob("*.npy"):
            path.unlink()
        super().save(folder)


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        (Parrot, "test_recommends_best_first_and_no_seed"),
        (Shuffled, "test_finds_the_group"),
        (Forgetful, "test_an_interrupted_save_leaves_the_old_model"),
    ],
)
def test_a_wrong_recommender_is_caught(kind: type, check: str, tmp_path: Path) -> None:
    suite = type("Suite", (RecommenderContract,), {"make": kind})()
    model = kind().fit(suite.data())
    more = (tmp_path,) if "save" in check else ()
    with pytest.raises(Exception):  # noqa: B017, PT011 (an assertion, or the damage it caused)
        getattr(suite, check)(model, *more)
