"""Write surprise.json: synthetic playlists, and what scikit-surprise 1.1.5 makes of them.

Run with a Python that has scikit-surprise:  python tests/golden/make_surprise.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("surprise.json")
ITEMS, LISTS, TOPICS, K = 40, 300, 5, 10


def playlists() -> list[list[int]]:
    """Make playlists of 3 to 10 tracks, most of them of one topic, popular ones more often."""
    random = np.random.default_rng(11)
    likely = np.arange(1, ITEMS + 1) ** -0.7
    made = []
    for _ in range(LISTS):
        own = np.where(np.arange(ITEMS) % TOPICS == random.integers(TOPICS), 8.0, 1.0) * likely
        size = int(random.integers(3, 11))
        made.append(sorted(random.choice(ITEMS, size, replace=False, p=own / own.sum()).tolist()))
    return made


def only_ones(lists: list[list[int]]) -> dict[str, list[float]]:
    """Give the different likenesses and estimates where there are only "ratings" of 1."""
    trainset = _trainset([(n, item, 1.0) for n, row in enumerate(lists) for item in row])
    found: dict[str, list[float]] = {}
    for name in ("msd", "cosine"):
        model = _fitted(name, trainset)
        apart = model.sim[~np.eye(len(model.sim), dtype=bool)]
        found[name] = np.unique(np.round(apart, 12)).tolist()
        estimates = [model.predict(0, item).est for item in range(ITEMS)]
        found[f"{name} estimates"] = np.unique(np.round(estimates, 12)).tolist()
    return found


def full_table(lists: list[list[int]]) -> list[dict]:
    """Estimate tracks for some playlists from the full table of zeros and ones.

    One cell is unknown each time: that of the track in the playlist.
    """
    random = np.random.default_rng(12)
    found = []
    for number in range(0, 60, 6):
        seeds, others = lists[number], [row for n, row in enumerate(lists) if n != number]
        for item in random.choice(sorted(set(range(ITEMS)) - set(seeds)), 3, replace=False):
            cells = [(n, i, float(i in row)) for n, row in enumerate(others) for i in range(ITEMS)]
            cells += [("own", i, float(i in seeds)) for i in range(ITEMS) if i != item]
            estimate = _fitted("cosine", _trainset(cells)).predict("own", int(item), clip=False)
            found.append({"list": number, "item": int(item), "estimate": estimate.est})
    return found


def _trainset(cells: list[tuple]) -> object:
    import pandas as pd
    from surprise import Dataset, Reader

    frame = pd.DataFrame(cells, columns=["list", "item", "rating"])
    return Dataset.load_from_df(frame, Reader(rating_scale=(0, 1))).build_full_trainset()


def _fitted(name: str, trainset: object) -> object:
    from surprise import KNNBaseline

    options = {"name": name, "user_based": False}
    return KNNBaseline(k=K, sim_options=options, verbose=False).fit(trainset)


if __name__ == "__main__":
    lists = playlists()
    content = {
        "k": K, "items": ITEMS, "lists": lists,
        "only_ones": only_ones(lists), "full_table": full_table(lists),
    }  # fmt: skip
    FILE.write_text(json.dumps(content) + "\n", encoding="utf-8")
