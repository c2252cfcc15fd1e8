"""Run one recommender of another project on the questions of `playlists.py`, in its own process.

    python benchmarks/_playlist_peers.py NAME QUESTIONS.npz ANSWERS.npz

QUESTIONS holds the training playlists (`starts`, `entries`, `n_items`) and, for each scenario, the
known seeds of its cases (`<scenario>.starts`, `<scenario>.seeds`). ANSWERS gets the best 500 of
each, -1 in empty places, and one line of JSON the cost. Only numpy and the library itself are
needed, so that it runs under the interpreter that holds the library.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

import _common as common

DEPTH = 500
TIMED, WARM, SCENARIO, RESULTS = 200, 20, "first10", 100
"Requests that are timed, unmeasured ones before, of which scenario, and how many tracks they want."

ORIGINAL_ROWS = 10_000
"Rows (playlist, track) that the original gave to Surprise."

Items = NDArray[np.int64]
Answer = Callable[[Items, int], Items]
"From seeds and a number to as many items, best first; seeds may be among them."

Answers = Callable[[list[Items], int], list[Items]]
"The same for many requests at once, where the library does that faster."

SOME = 64
"Requests that are put together."


class Lists:
    """The training playlists."""

    def __init__(self, file: Any) -> None:
        self.starts: Items = file["starts"]
        self.entries: Items = file["entries"].astype(np.int64)
        self.n_items = int(file["n_items"])

    def __iter__(self) -> Any:
        return (self.entries[a:b] for a, b in pairwise(self.starts))

    def matrix(self) -> Any:
        """Give the matrix of ones, playlists by items."""
        from scipy.sparse import csr_matrix

        values = np.ones(len(self.entries), np.float32)
        shape = (len(self.starts) - 1, self.n_items)
        matrix = csr_matrix((values, self.entries, self.starts), shape=shape)
        matrix.sum_duplicates()
        matrix.data[:] = 1
        return matrix


def row_of(seeds: Items, n_items: int) -> Any:
    """Give the seeds as a matrix of one row."""
    from scipy.sparse import csr_matrix

    items = np.unique(seeds)
    values = np.ones(len(items), np.float32)
    return csr_matrix((values, items, [0, len(items)]), shape=(1, n_items))


def best(scores: NDArray[Any], k: int, seeds: Items) -> Items:
    """Give the k items of the highest scores above 0, without the seeds."""
    scores = np.array(scores, np.float32)
    scores[seeds] = 0
    k = min(k, len(scores) - 1)
    some = np.argpartition(-scores, k)[:k]
    some = some[np.argsort(-scores[some], kind="stable")]
    return some[scores[some] > 0]


# -- the peers --------------------------------------------------------------------------------


def gensim_original(lists: Lists) -> Answer:
    """Fit as the original did: CBOW, all defaults but min_count 4; neighbours by most_similar."""
    from gensim.models import Word2Vec

    sentences = [[str(item) for item in own.tolist()] for own in lists]
    model = Word2Vec(sentences, min_count=4, workers=1, seed=1)

    def answer(seeds: Items, k: int) -> Items:
        known = [str(item) for item in seeds.tolist() if str(item) in model.wv]
        found = model.wv.most_similar(positive=known, topn=k) if known else []
        return np.array([int(word) for word, _ in found], np.int64)

    return answer


def implicit_cosine(lists: Lists) -> Answer:
    """Fit item-kNN of implicit, K = 200 (its default of 20 is much worse)."""
    from implicit.nearest_neighbours import CosineRecommender

    return _implicit(CosineRecommender(K=200, num_threads=1), lists, {})


def implicit_als(lists: Lists) -> Answer:
    """Fit ALS of implicit; playlists are folded in at request time."""
    from implicit.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=128, regularization=0.1, alpha=10, iterations=15, num_threads=1, random_state=0
    )
    return _implicit(model, lists, {"recalculate_user": True})


def _implicit(model: Any, lists: Lists, more: dict[str, Any]) -> Answer:
    model.fit(lists.matrix(), show_progress=False)

    def answer(seeds: Items, k: int) -> Items:
        row = row_of(seeds, lists.n_items)
        items, scores = model.recommend(0, row, N=k, filter_already_liked_items=True, **more)
        return np.asarray(items[scores > 0], np.int64)

    return answer


def similaripy_rp3beta(lists: Lists) -> Answer:
    """Fit RP3beta of similaripy, with what research found best here."""
    import similaripy

    matrix = lists.matrix()
    table = similaripy.rp3beta(
        matrix.T.tocsr(), alpha=0.6, beta=0.2, k=1000, verbose=False, num_threads=1,
        format_output="csr",
    )  # fmt: skip

    def answer(seeds: Items, k: int) -> Items:
        scores = (row_of(seeds, lists.n_items) @ table).toarray()[0]
        return best(scores, k, seeds)

    return answer


def irspack_ials(lists: Lists) -> tuple[Answer, Answers]:
    """Fit iALS of irspack, d = 256."""
    from irspack import IALSRecommender

    model = IALSRecommender(
        lists.matrix(), n_components=256, alpha0=0.02, reg=0.006, train_epochs=8, n_threads=1
    )
    model.learn()

    def many(seeds: list[Items], k: int) -> list[Items]:
        from scipy.sparse import vstack

        rows = vstack([row_of(own, lists.n_items) for own in seeds], format="csr")
        # half of a request is the same for all: it is spared when many are put together
        found = np.array(model.get_score_cold_user(rows), np.float32)
        return [best_of(scores, k, own) for scores, own in zip(found, seeds, strict=True)]

    def best_of(scores: NDArray[np.float32], k: int, seeds: Items) -> Items:
        scores[seeds] = -np.inf
        some = np.argpartition(-scores, k)[:k]
        return some[np.argsort(-scores[some], kind="stable")]

    def answer(seeds: Items, k: int) -> Items:
        return many([seeds], k)[0]

    return answer, many


def surprise_original(lists: Lists) -> tuple[Answer, Answers]:
    """Fit KNNBaseline of scikit-surprise as the original did: the first 10,000 rows, all rated 1.

    Its neighbours of one song are the original's answer; those of several are added up.
    """
    import pandas
    from surprise import Dataset, KNNBaseline, Reader

    lengths = np.diff(lists.starts)
    playlists = np.repeat(np.arange(len(lengths)), lengths)[:ORIGINAL_ROWS]
    items = lists.entries[:ORIGINAL_ROWS]
    rows = pandas.DataFrame({"playlist": playlists, "track": items, "rating": 1})
    rows = rows.drop_duplicates()
    dataset = Dataset.load_from_df(rows, Reader(rating_scale=(0, 1)))
    trainset = dataset.build_full_trainset()
    model = KNNBaseline(sim_options={"user_based": False}, verbose=False)
    model.fit(trainset)
    outer = np.array([trainset.to_raw_iid(i) for i in range(trainset.n_items)], np.int64)
    inner = {item: i for i, item in enumerate(outer.tolist())}

    def answer(seeds: Items, k: int) -> Items:
        return added(seeds, k, lambda seed: model.get_neighbors(seed, k=k))

    def many(seeds: list[Items], k: int) -> list[Items]:
        return [added(own, k, lambda seed: nearest(seed, k)) for own in seeds]

    def nearest(seed: int, k: int) -> Any:
        # what get_neighbors gives, in its order, without its loop in Python
        order = np.argsort(-model.sim[seed], kind="stable")
        return order[order != seed][:k]

    def added(seeds: Items, k: int, near: Callable[[int], Any]) -> Items:
        known = [inner[item] for item in seeds.tolist() if item in inner]
        scores = np.zeros(len(outer), np.float32)
        for seed in known:
            items = near(seed)
            scores[items] += model.sim[seed, items]
        scores[known] = 0
        order = np.argsort(-scores, kind="stable")[:k]
        return outer[order[scores[order] > 0]]

    return answer, many


PEERS: dict[str, tuple[Callable[[Lists], Any], str]] = {
    "original: gensim": (gensim_original, "gensim"),
    "original: surprise": (surprise_original, "scikit-surprise"),
    "implicit cosine": (implicit_cosine, "implicit"),
    "implicit ALS": (implicit_als, "implicit"),
    "similaripy rp3beta": (similaripy_rp3beta, "similaripy"),
    "irspack iALS": (irspack_ials, "irspack"),
}
"By the name that tables give them: how each is fitted, and the package it comes from."


def answers(many: Answers, starts: Items, seeds: Items) -> NDArray[np.int32]:
    """Ask all questions of a scenario; a question without known seeds gets no answer."""
    found = np.full((len(starts) - 1, DEPTH), -1, np.int32)
    rows = [row for row in range(len(found)) if starts[row + 1] > starts[row]]
    for first in range(0, len(rows), SOME):
        asked = rows[first : first + SOME]
        own = [seeds[starts[row] : starts[row + 1]] for row in asked]
        for row, shown, items in zip(asked, own, many(own, DEPTH), strict=True):
            items = items[~np.isin(items, shown)][:DEPTH]
            found[row, : len(items)] = items
    return found


def times(answer: Answer, starts: Items, seeds: Items) -> tuple[float, float]:
    """Time requests one by one; median and 95th percentile in milliseconds."""
    taken = []
    rows = [seeds[a:b] for a, b in pairwise(starts) if b > a]
    for turn in range(min(len(rows), TIMED) + WARM):
        began = time.perf_counter()
        answer(rows[turn % len(rows)], RESULTS)
        if turn >= WARM:
            taken.append((time.perf_counter() - began) * 1000)
    median, high = np.quantile(taken, [0.5, 0.95])
    return float(median), float(high)


def main(name: str, questions: str, output: str) -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    make, package = PEERS[name]
    with np.load(questions) as file:
        lists = Lists(file)
        asked = {
            key.partition(".")[0]: (file[key], file[key.replace(".starts", ".seeds")])
            for key in file.files
            if key.endswith(".starts")
        }
    try:
        lists.matrix()  # what it needs is loaded before the clock starts
        __import__({"scikit-surprise": "surprise"}.get(package, package))
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return
    began, cpu = time.perf_counter(), common.cpu_seconds()
    made = make(lists)
    cost = {
        "fit_seconds": time.perf_counter() - began,
        "fit_cpu_seconds": common.cpu_seconds() - cpu,
    }
    answer, many = made if isinstance(made, tuple) else (made, None)
    many = many or (lambda rows, k: [answer(own, k) for own in rows])
    cost |= dict(
        zip(("request_ms", "request_ms_p95"), times(answer, *asked[SCENARIO]), strict=True)
    )
    found = {scenario: answers(many, *own) for scenario, own in asked.items()}
    np.savez(output, **found)
    print()  # ends the line of a progress bar
    print(json.dumps({**cost, "peak_mb": common.peak_mb(), "version": common.version(package)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
