"""Tracks as words."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from murecom.errors import BadInput, MissingExtra, NotFound
from murecom.recommend.base import Interactions, Request
from murecom.recommend.word2vec import Word2Vec
from murecom.testing import RecommenderContract, tiny_data
from murecom.types import Step, TrackId

pytest.importorskip("gensim")


def small(**more: object) -> Word2Vec:
    """Make one that learns the tiny data."""
    return Word2Vec(**{"epochs": 150, "vector_size": 8, "rate": 0.05, **more})  # type: ignore[arg-type]


class TestInOut(RecommenderContract):
    make = staticmethod(small)


class TestMostSimilar(RecommenderContract):
    make = staticmethod(lambda: small(scoring="most_similar"))


def gensim_of(model: Word2Vec) -> object:
    """Train gensim itself with the same settings."""
    gensim = pytest.importorskip("gensim.models")
    lists = tiny_data().interactions
    assert lists is not None
    return gensim.Word2Vec(
        [[str(item) for item in items] for items in lists],
        vector_size=8, window=model.window, epochs=150, negative=model.negative,
        ns_exponent=model.ns_exponent, sample=0, alpha=0.05, sg=1, min_count=1,
        workers=1, seed=1,
    )  # fmt: skip


def test_most_similar_is_what_gensim_gives() -> None:
    model = small(scoring="most_similar").fit(tiny_data())
    wanted = dict(gensim_of(model).wv.most_similar("3", topn=11))  # type: ignore[attr-defined]
    scores = model.scores(Request((TrackId("test:3"),)))
    for word, cosine in wanted.items():
        assert scores[int(word)] == pytest.approx(cosine, abs=1e-4)


def test_in_out_is_the_product_that_was_trained_and_a_part_of_popularity() -> None:
    model = small(popular_weigh=0.7).fit(tiny_data())
    other = gensim_of(model)
    inputs = np.mean([other.wv["1"], other.wv["2"]], axis=0)  # type: ignore[attr-defined]
    popularity = tiny_data().interactions.popularity  # type: ignore[union-attr]
    scores = model.scores(Request((TrackId("test:1"), TrackId("test:2"))))
    for place, word in enumerate(other.wv.index_to_key):  # type: ignore[attr-defined]
        product = inputs @ other.syn1neg[place]  # type: ignore[attr-defined]
        wanted = product + 0.7 * np.log(popularity[int(word)])
        assert scores[int(word)] == pytest.approx(wanted, abs=1e-4)


def test_the_last_seed_counts_most_for_the_next_track() -> None:
    model = small().fit(tiny_data())
    seeds = Request(tuple(TrackId(f"test:{i}") for i in (0, 1, 2, 3, 8)), mode="next")
    later = model.scores(seeds)
    alike = model.scores(replace(seeds, mode="continue"))
    assert (later[8:] - later[:4].mean()).mean() > (alike[8:] - alike[:4].mean()).mean()


def test_rare_tracks_have_no_vector_unless_all_are_rare() -> None:
    data = tiny_data()
    lists = data.interactions
    assert lists is not None
    most = np.flatnonzero(lists.popularity == lists.popularity.max())
    model = small(min_count=99).fit(data)
    assert model.split(data.items)[0] == [f"test:{item}" for item in most]
    alone = Interactions(np.array([0, 2, 4, 5]), np.array([0, 1, 0, 1, 2], np.int32), 12)
    model = small(min_count=2).fit(replace(data, interactions=alone, titles=()))
    assert model.split(data.items)[0] == ["test:0", "test:1"]
    with pytest.raises(NotFound, match="test:2"):
        model.recommend(Request((TrackId("test:2"),)))
    empty = Interactions(np.array([0, 0]), np.empty(0, np.int32), 12)
    assert small().fit(replace(data, interactions=empty, titles=())).split(data.items)[0] == []


def test_it_tells_its_epochs_and_nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    steps: list[Step] = []
    small(epochs=3).fit(tiny_data(), steps.append)
    assert steps == [Step("Training vectors", done, 3) for done in range(4)]
    assert capfd.readouterr() == ("", "")


def test_an_unknown_scoring_is_refused() -> None:
    with pytest.raises(BadInput, match="most_similar"):
        Word2Vec(scoring="cosine")


def test_a_missing_library_is_named_and_answers_need_none(monkeypatch: pytest.MonkeyPatch) -> None:
    model = small().fit(tiny_data())
    for name in ("gensim", "gensim.models", "scipy"):
        monkeypatch.setitem(sys.modules, name, None)
    assert model.recommend(Request((TrackId("test:0"),)), 3)[0]
    with pytest.raises(MissingExtra, match="playlists"):
        small().fit(tiny_data())
