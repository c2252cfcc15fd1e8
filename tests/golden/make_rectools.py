"""Write rectools.json: synthetic answers, and what rectools 0.19 says about them.

Run with a Python that has rectools:  python tests/golden/make_rectools.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("rectools.json")
LISTS, ITEMS, K, PLAYLISTS = 25, 300, 60, 40


def answers() -> dict[str, list]:
    """Make answers of 60 tracks to 25 playlists with 1 to 90 hidden tracks, and who held what."""
    random = np.random.default_rng(4)
    likely = np.arange(1, ITEMS + 1) ** -0.4
    likely /= likely.sum()
    held = [
        sorted(random.choice(ITEMS, int(n), replace=False, p=likely).tolist())
        for n in random.integers(1, 90, LISTS)
    ]
    named = [random.choice(ITEMS, K, replace=False, p=likely).tolist() for _ in range(LISTS)]
    before = [
        sorted(random.choice(ITEMS, int(n), replace=False, p=likely).tolist())
        for n in random.integers(5, 60, PLAYLISTS)
    ]
    missing = sorted(set(range(ITEMS)) - {item for own in before for item in own})
    before[0] = sorted({*before[0], *missing})  # rectools knows no track that nobody holds
    return {"held": held, "named": named, "before": before}


def expected(made: dict[str, list]) -> dict[str, list[float] | float]:
    """Ask rectools."""
    import pandas as pd
    from rectools import metrics

    def table(lists: list[list[int]], ranked: bool = False) -> pd.DataFrame:
        rows = [
            {"user_id": user, "item_id": item, "rank": rank}
            for user, own in enumerate(lists)
            for rank, item in enumerate(own, 1)
        ]
        frame = pd.DataFrame(rows)
        return frame if ranked else frame.drop(columns="rank")

    reco, held = table(made["named"], ranked=True), table(made["held"])
    before = table(made["before"])
    items = list(range(ITEMS))
    asked = {
        "precision@10": metrics.Precision(k=10),
        "recall@50": metrics.Recall(k=50),
        "hit_rate@10": metrics.HitRate(k=10),
        "mrr@20": metrics.MRR(k=20),
        "ndcg@20": metrics.NDCG(k=20, divide_by_achievable=True),
        "ndcg@60": metrics.NDCG(k=K, divide_by_achievable=True),
    }
    figures = {
        name: [float(v) for v in metric.calc_per_user(reco, held).sort_index()]
        for name, metric in asked.items()
    }
    # what it calls R-precision divides by R, but looks at the first k and not at the first R
    figures["r_precision"] = [
        float(
            metrics.Precision(k=len(own))
            .calc_per_user(*(t[t.user_id == user] for t in (reco, held)))
            .iloc[0]
        )
        for user, own in enumerate(made["held"])
    ]
    figures["coverage@10"] = metrics.CatalogCoverage(k=10, normalize=True).calc(reco, items)
    figures["novelty_bits@10"] = float(metrics.MeanInvUserFreq(k=10).calc(reco, before))
    figures["popularity@10"] = float(metrics.AvgRecPopularity(k=10).calc(reco, before))
    features = pd.DataFrame(kinds(), index=items)
    distance = metrics.PairwiseHammingDistanceCalculator(features)
    figures["hamming@10"] = float(metrics.IntraListDiversity(10, distance).calc(reco))
    return figures


def kinds() -> np.ndarray:
    """Give one of five kinds to every track, as a 1 in one of five columns: shape (ITEMS, 5)."""
    return np.eye(5)[np.arange(ITEMS) % 5]


if __name__ == "__main__":
    made = answers()
    FILE.write_text(json.dumps({**made, "expected": expected(made)}, indent=None) + "\n")
