"""Playlists for tests of recommenders, from plain lists of numbers."""

import numpy as np

from murecom.interactions import Interactions
from murecom.recommend.base import Data
from murecom.types import TrackId


def data(rows, n_items=None) -> Data:
    """Make data of playlists of items 0, 1, …, which are called `t:0`, `t:1`, …."""
    entries = np.array([item for row in rows for item in row], np.int32)
    n = int(entries.max(initial=-1)) + 1 if n_items is None else n_items
    starts = np.cumsum([0, *map(len, rows)]).astype(np.int64)
    items = [TrackId(f"t:{item}") for item in range(n)]
    return Data(items, interactions=Interactions(starts, entries, n))


def random_rows(playlists=300, n_items=80, seed=0):
    """Make playlists of a few topics, some tracks far more popular than others."""
    random = np.random.default_rng(seed)
    likely = np.arange(1, n_items + 1) ** -0.8
    for _ in range(playlists):
        own = np.where(np.arange(n_items) % 4 == random.integers(4), 6.0, 1.0) * likely
        size = int(random.integers(2, 15))
        yield random.choice(n_items, size, replace=False, p=own / own.sum()).tolist()


def table_of(model):
    """Give the table of a model as a dense matrix, row by seed."""
    n = len(model.items)
    matrix = np.zeros((n, n), np.float32)
    for item in range(n):
        items, values = model._table.row(item)
        assert len(items) == len(set(items.tolist()))
        matrix[item, items] = values
    return matrix
