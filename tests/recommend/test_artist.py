"""Artists instead of tracks."""

import pytest

from murecom.recommend.artist import Artist
from murecom.testing import RecommenderContract

pytest.importorskip("irspack")


class TestArtist(RecommenderContract):
    make = Artist
