"""Playlists that have only a name."""

from typing import Any

import pytest

from murecom.recommend.base import Request
from murecom.recommend.title import Title
from murecom.testing import RecommenderContract
from murecom.testing.recommender import SIZE, TITLES

pytest.importorskip("irspack")


class TestTitle(RecommenderContract):
    make = Title

    def seed(self, *items: int, **more: Any) -> Request:
        return super().seed(*items, title=TITLES[items[0] // SIZE], **more)
