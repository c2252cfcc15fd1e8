"""Contract suites: what every recommender, index, embedder and format must do.

A third party derives a test class, says what to make, and gets the checks:

    class TestMyNeighbours(RecommenderContract):
        make = MyNeighbours

Everything runs on tiny data with known answers, in milliseconds. This package needs pytest.
"""

from murecom.testing.disk import full_disk
from murecom.testing.embedder import EmbedderContract
from murecom.testing.format import FormatContract
from murecom.testing.index import IndexContract
from murecom.testing.recommender import UNKNOWN, RecommenderContract, group_of, tiny_data

__all__ = [
    "UNKNOWN",
    "EmbedderContract",
    "FormatContract",
    "IndexContract",
    "RecommenderContract",
    "full_disk",
    "group_of",
    "tiny_data",
]
